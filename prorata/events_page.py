"""The page about events, `docs/events.md`, written from what is in force: `prorata schema --events`."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from domain.event_types import API_VERSION, EventType
from prorata.event_stories import Story, stories

_INTRODUCTION: Final = """\
# Events

Whatever happens is recorded as an event, in the same transaction as the change itself. An event carries its object as
it was right after the change, in the shape of Stripe's API version `{version}`, and the former values of what
changed (`previousAttributes`). Each has a `sequence` that grows by one per account and mode in the order of commits,
without gaps, and an `objectSequence` that counts the events of its object.

This page is generated: `prorata schema --events > docs/events.md`. A test plays the stories of its second half and
holds them to what is recorded. [Life cycles](lifecycles.md) shows which statuses follow one another.

## Types
"""
_STORIES: Final = """\
## Stories

What is recorded, in order, when the usual things happen. Events of test clocks are left out.
"""

_MEANINGS: Final = {
    "account.updated": "Something about an account changed, such as what it has still to submit.",
    "account.application.authorized": "A connected account with a dashboard is connected to its platform again. "
    "Recorded on the platform.",
    "account.application.deauthorized": "A connected account with a dashboard is no more connected to its platform. "
    "Recorded on the platform.",
    "capability.updated": "A capability was asked for or given up, or became ACTIVE, PENDING or INACTIVE.",
    "person.created": "A person behind an account was added.",
    "person.updated": "Something about a person behind an account changed.",
    "person.deleted": "A person behind an account was removed.",
    "application_fee.created": "A platform has a fee of a payment to one of its accounts.",
    "application_fee.refunded": "Part or all of a platform's fee went back to the account that had paid it.",
    "payment.created": "A share of another account's payment arrived, on the account that received it.",
    "transfer.created": "Money was sent to another account.",
    "transfer.updated": "The description or metadata of a transfer changed.",
    "transfer.reversed": "Part or all of a transfer came back.",
    "account.external_account.created": "A bank account or debit card to be paid out to was added.",
    "account.external_account.updated": "Something about it changed; a payout to one that is `errored` failed.",
    "account.external_account.deleted": "It was deleted.",
    "balance.available": "Money became available: all there is of one test clock's customers, or of all others.",
    "payout.created": "Money is being paid out.",
    "payout.updated": "A payout went to the bank.",
    "payout.paid": "A payout arrived.",
    "payout.failed": "A payout did not arrive; the money is in the balance again.",
    "payout.canceled": "A payout was canceled; the money is in the balance again.",
    "topup.created": "Money is being called in.",
    "topup.succeeded": "Money that was called in is there.",
    "customer.created": "A customer came to be.",
    "customer.updated": "Something about a customer changed, such as the currency of their first subscription, their "
    "balance, or whether they are delinquent.",
    "customer.deleted": "A customer was deleted.",
    "customer.discount.created": "A coupon was redeemed for a customer or a subscription.",
    "customer.discount.updated": "A discount of a customer or a subscription took the place of another one.",
    "customer.discount.deleted": "A discount of a customer or a subscription was taken away, or was used up.",
    "customer.tax_id.created": "A tax number was added to a customer.",
    "customer.tax_id.deleted": "A tax number was taken from a customer.",
    "customer.subscription.created": "A subscription came to be, before its first payment is tried.",
    "customer.subscription.updated": "Something about a subscription changed: its status, period, items or settings.",
    "customer.subscription.deleted": "A subscription ended, now or at the end of its period: it is CANCELED.",
    "customer.subscription.paused": "A subscription became PAUSED.",
    "customer.subscription.resumed": "A subscription that was PAUSED is ACTIVE again.",
    "customer.subscription.trial_will_end": "A trial ends in three days, or at once where it is shorter.",
    "customer.subscription.pending_update_applied": "A change that waited for its payment was made.",
    "customer.subscription.pending_update_expired": "A change that waited for its payment was dropped.",
    "product.created": "A product came to be.",
    "product.updated": "Something about a product changed.",
    "product.deleted": "A product was deleted.",
    "price.created": "A price came to be, in the catalogue or inline.",
    "price.updated": "Something about a price changed.",
    "payment_method.attached": "A payment method was attached to a customer.",
    "payment_method.detached": "A payment method was taken from its customer.",
    "payment_method.updated": "Something about a payment method changed.",
    "setup_intent.created": "The set-up of a payment method began.",
    "setup_intent.requires_action": "A set-up waits for the customer to authenticate.",
    "setup_intent.succeeded": "A payment method was set up.",
    "setup_intent.setup_failed": "An attempt to set up a payment method failed.",
    "setup_intent.canceled": "A set-up was given up.",
    "payment_intent.created": "A payment is wished for, by itself or for an invoice.",
    "payment_intent.requires_action": "A payment waits for the customer to authenticate.",
    "payment_intent.amount_capturable_updated": "Money of a payment is held and can be captured.",
    "payment_intent.succeeded": "A payment arrived.",
    "payment_intent.payment_failed": "An attempt at a payment was declined.",
    "payment_intent.canceled": "A payment was given up.",
    "charge.succeeded": "An attempt to take money, or to hold it, succeeded.",
    "charge.failed": "An attempt to take money was declined.",
    "charge.captured": "Held money was taken.",
    "charge.updated": "Something about a charge changed, such as a refund of it that failed, or that it is disputed.",
    "charge.refunded": "Money of a charge was given back, in part or whole.",
    "charge.dispute.created": "A cardholder disputes a charge.",
    "charge.dispute.updated": "Something about a dispute changed, such as its evidence, or an inquiry was escalated.",
    "charge.dispute.funds_withdrawn": "A bank took the money of a charge back.",
    "charge.dispute.funds_reinstated": "The money of a disputed charge came back.",
    "charge.dispute.closed": "A dispute was won, lost, or came to nothing.",
    "refund.created": "Money is being given back.",
    "refund.updated": "Something about a refund changed.",
    "refund.failed": "Money could not be given back.",
    "invoice.created": "A draft came to be; lines may still change.",
    "invoice.updated": "Something about an invoice changed, such as when it is tried next.",
    "invoice.deleted": "A draft was deleted.",
    "invoice.finalized": "A draft became a demand for payment: it has a number, and its amounts stay.",
    "invoice.finalization_failed": "A draft could not be finalized.",
    "invoice.sent": "An invoice was sent to its customer.",
    "invoice.will_be_due": "The day on which an invoice is due draws near.",
    "invoice.overdue": "The day on which an invoice was due has passed.",
    "invoice.upcoming": "A subscription renews in a few days; the snapshot previews the invoice and has no id.",
    "invoice.overpaid": "More was paid than an invoice asked for.",
    "invoice.paid": "An invoice is PAID, with money that came here or elsewhere, or because nothing was due.",
    "invoice.payment_succeeded": "The payment of an invoice succeeded, or nothing was due.",
    "invoice.payment_failed": "An attempt to collect an invoice was declined.",
    "invoice.payment_action_required": "The payment of an invoice waits for the customer to authenticate.",
    "invoice.marked_uncollectible": "An invoice was given up; it may still be paid.",
    "invoice.voided": "Nobody shall pay an invoice any more.",
    "invoice_payment.paid": "A payment was counted towards an invoice.",
    "invoiceitem.created": "An amount waits for an invoice.",
    "invoiceitem.deleted": "An amount that waited for an invoice was deleted.",
    "billing.alert.triggered": "A customer's usage reached the threshold of an alert.",
    "billing.credit_grant.created": "Prepaid credit was granted.",
    "billing.credit_grant.updated": "Something about prepaid credit changed; it expired before its time, or is void.",
    "billing.credit_balance_transaction.created": "Prepaid credit came, paid for something, was given back or lost.",
    "credit_note.created": "A credit note was issued.",
    "credit_note.updated": "Something about a credit note changed.",
    "credit_note.voided": "A credit note was voided.",
    "quote.created": "A draft of a quote came to be.",
    "quote.finalized": "A quote was finalized and may be accepted.",
    "quote.accepted": "A quote was accepted.",
    "quote.canceled": "A quote was canceled, or its time ran out.",
    "quote.will_expire": "A quote expires soon.",
    "subscription_schedule.created": "A schedule came to be.",
    "subscription_schedule.updated": "Something about a schedule changed, such as its current phase.",
    "subscription_schedule.expiring": "A schedule ends in seven days.",
    "subscription_schedule.completed": "A schedule went through all of its phases.",
    "subscription_schedule.released": "A schedule let go of its subscription, which goes on by itself.",
    "subscription_schedule.canceled": "A schedule was canceled, and its subscription with it.",
    "subscription_schedule.aborted": "A schedule ended because its subscription was canceled for want of payment.",
    "coupon.created": "A coupon came to be.",
    "coupon.updated": "A coupon was renamed, labelled, or got further currencies.",
    "coupon.deleted": "Nobody redeems the coupon any more; discounts that run stay.",
    "promotion_code.created": "A promotion code came to be.",
    "promotion_code.updated": "Something about a promotion code changed, such as whether it is active.",
    "tax_rate.created": "A tax rate came to be, by hand or by automatic tax.",
    "tax_rate.updated": "Something about a tax rate changed; what it asks for never does.",
    "billing.meter.created": "A meter came to be.",
    "billing.meter.updated": "A meter was given another name.",
    "billing.meter.deactivated": "A meter was deactivated: it refuses events.",
    "billing.meter.reactivated": "A meter counts again.",
    "entitlements.active_entitlement_summary.updated": "What a customer is entitled to is another set of features than "
    "before. Its object has no id; the event is found by the customer's.",
    "test_helpers.test_clock.created": "A test clock came to be.",
    "test_helpers.test_clock.advancing": "A test clock set off.",
    "test_helpers.test_clock.ready": "A test clock arrived.",
    "test_helpers.test_clock.deleted": "A test clock was deleted, with everything that lived by it.",
    "test_helpers.test_clock.internal_failure": "A test clock could not go on.",
}


def object_of(type: str) -> str:
    """The `object` of the snapshot that an event of this type carries."""
    path, _, _ = type.rpartition(".")
    if path == "payment":
        return "charge"
    if path == "account.external_account":
        return "bank_account"
    return path if path.startswith(("billing.", "entitlements.", "test_helpers.")) else path.rpartition(".")[2]


def unexplained() -> list[str]:
    """The types of which the page could say nothing."""
    return [each.value for each in EventType if each.value not in _MEANINGS]


def events_page() -> str:
    """The whole page in Markdown, ending with a line break."""
    introduction = _INTRODUCTION.format(version=API_VERSION)
    return "\n".join([introduction, *_types(), _STORIES, *(_told(story) for story in stories())])


def _types() -> Iterator[str]:
    """One row for each type, in groups of one object."""
    yield "| Type | Object | When it is recorded |"
    yield "|---|---|---|"
    for kind, types in groupby(EventType, key=lambda each: object_of(each.value)):
        yield from (f"| `{each.value}` | `{kind}` | {_MEANINGS.get(each.value, '')} |" for each in types)
    yield ""


def _told(story: Story) -> str:
    """A story as a numbered list of steps, each with its events in order."""
    lines = [f"### {story.title}", ""]
    for place, step in enumerate(story.steps, start=1):
        lines += [f"{place}. {step.what}", *(f"   - `{event}`" for event in step.events)]
    return "\n".join([*lines, ""])
