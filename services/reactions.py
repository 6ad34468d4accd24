"""What follows from what, in the same transaction: the one place that shows causality.

payment succeeded        → its invoice is paid
payment failed           → its invoice counts the attempt
payment needs the payer  → its invoice says so
invoice failed           → it is tried again later, or its subscription is given up
invoice paid, failed, overdue, voided, given up → its subscription's status follows (so does one whose payer must act)
invoice voided           → what it charged counts no more as invoiced, when items change
resumption voided        → its subscription stays paused, and what it billed beside the period waits again
new default payment method → invoices that wait for a retry are tried with it
discount used up, or at its end → whoever has it has it no more
payment method detached  → subscriptions with it as their own have none
a change's invoice paid or void → the change that waits for it is carried out or dropped
charge refunded in full  → what a bank asks about it comes to nothing
dispute took its money   → the subscription ends, where that was chosen; its invoice stays paid
subscription ended       → its schedule is canceled, and the change that waits is dropped (so is that of a paused one)
subscription began, changed, ended, or a setting that says which count → its customer's entitlements follow
payout schedule changed  → what is available is paid out by the new one
customer deleted         → subscriptions end, schedules never begin, payment methods are detached
"""

from domain.event_types import EventType
from services.accounts.banking import bank_by
from services.customers.discounts import drop_ended_of_customers
from services.disputes import close_inquiries_of_refunded
from services.entitlements.following import (
    follow_beginnings,
    follow_changes,
    follow_endings,
    follow_setting,
    touched_entitlements,
)
from services.events import react_to, react_to_change, react_to_concern
from services.invoices.retries import plan_retries
from services.invoices.settlement import action_required, paid, payment_failed
from services.payment_methods import detach_all_of
from services.payouts.external_accounts import open_in_sandbox, with_external_accounts
from services.payouts.planning import follow_schedules
from services.schedules.ending import cancel_with_customers, cancel_with_subscriptions
from services.settings import react_to_setting
from services.subscriptions.cancellation import cancel_all_of
from services.subscriptions.detaching import forget_detached
from services.subscriptions.discounts import drop_ended
from services.subscriptions.disputed import end_disputed
from services.subscriptions.dunning import (
    give_up,
    try_new_default_of_customers,
    try_new_default_of_subscriptions,
)
from services.subscriptions.following import follow_invoices, follow_waiting_invoices
from services.subscriptions.pending_updates import apply_paid_updates, drop_void_updates, give_up_updates
from services.subscriptions.resumption import abandon_resumptions
from services.subscriptions.void_time import take_void_time_back


def connect() -> None:
    """Put the table into force; done once by the program, before it serves or works."""
    react_to(EventType.PAYMENT_INTENT_SUCCEEDED, paid)
    react_to(EventType.PAYMENT_INTENT_PAYMENT_FAILED, payment_failed)
    react_to(EventType.PAYMENT_INTENT_REQUIRES_ACTION, action_required)
    react_to(EventType.INVOICE_PAID, follow_invoices, apply_paid_updates)
    react_to(EventType.INVOICE_PAYMENT_FAILED, plan_retries, follow_invoices, give_up)
    react_to(EventType.INVOICE_PAYMENT_ACTION_REQUIRED, plan_retries, follow_waiting_invoices, give_up)
    react_to(EventType.INVOICE_OVERDUE, follow_invoices)
    react_to(EventType.INVOICE_VOIDED, follow_invoices, abandon_resumptions, drop_void_updates, take_void_time_back)
    react_to(EventType.INVOICE_MARKED_UNCOLLECTIBLE, follow_invoices)
    react_to_change(EventType.CUSTOMER_UPDATED, "invoice_settings.default_payment_method", try_new_default_of_customers)
    react_to_change(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, "default_payment_method", try_new_default_of_subscriptions)
    react_to(EventType.CUSTOMER_DISCOUNT_DELETED, drop_ended, drop_ended_of_customers)
    react_to(EventType.CHARGE_REFUNDED, close_inquiries_of_refunded)
    react_to(EventType.CHARGE_DISPUTE_FUNDS_WITHDRAWN, end_disputed)
    react_to(EventType.PAYMENT_METHOD_DETACHED, forget_detached)
    react_to(EventType.CUSTOMER_SUBSCRIPTION_CREATED, follow_beginnings)
    react_to_concern(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, touched_entitlements, follow_changes)
    react_to(EventType.CUSTOMER_SUBSCRIPTION_DELETED, cancel_with_subscriptions, give_up_updates, follow_endings)
    react_to_setting("past_due_entitles", follow_setting)
    react_to_change(EventType.ACCOUNT_UPDATED, "settings.payouts.schedule", follow_schedules)
    bank_by(with_external_accounts, open_in_sandbox)
    react_to(EventType.CUSTOMER_SUBSCRIPTION_PAUSED, give_up_updates)
    react_to(EventType.CUSTOMER_DELETED, cancel_all_of, cancel_with_customers, detach_all_of)
