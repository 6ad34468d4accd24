"""What is wrong with when something is asked for."""

from typing import Final

from domain.error_meanings.meaning import API, IDEMPOTENCY, INVALID, Meaning

STATES: Final = {
    "payment_method_unexpected_state": Meaning(
        INVALID,
        "The payment method's state does not allow this, for instance because another customer has it.",
        "Use a payment method that is attached to this customer, or a new one.",
    ),
    "payment_intent_unexpected_state": Meaning(
        INVALID,
        "The payment intent's status does not allow this.",
        "The message names the status and those that would do.",
    ),
    "setup_intent_unexpected_state": Meaning(
        INVALID,
        "The setup intent's status does not allow this.",
        "The message names the status and those that would do.",
    ),
    "subscription_under_schedule": Meaning(
        INVALID,
        "The subscription follows a schedule, which decides this.",
        "Change the schedule with `subscriptionScheduleUpdate`, or release the subscription from it first.",
    ),
    "subscription_schedule_unexpected_state": Meaning(
        INVALID,
        "The schedule's status does not allow this.",
        "The message names the status and those that would do; what was released, completed or canceled has ended.",
    ),
    "subscription_unexpected_state": Meaning(
        INVALID,
        "The subscription's status does not allow this.",
        "The message names the status and those that would do; a canceled subscription never comes back.",
    ),
    "invoice_unexpected_state": Meaning(
        INVALID,
        "The invoice's status does not allow this.",
        "The message names the status and those that would do.",
    ),
    "price_migration_unexpected_state": Meaning(
        INVALID,
        "The price migration's status does not allow this.",
        "The message names the status and those that would do; what is over cannot be canceled.",
    ),
    "quote_unexpected_state": Meaning(
        INVALID,
        "The quote's status does not allow this, or it has expired.",
        "The message names the status and those that would do; make a new quote, or a revision of an open one.",
    ),
    "charge_unexpected_state": Meaning(
        INVALID,
        "The charge's status does not allow this.",
        "The message names the status and those that would do.",
    ),
    "charge_already_refunded": Meaning(
        INVALID,
        "The charge was refunded in full before.",
        "Nothing is left to refund.",
    ),
    "refund_unexpected_state": Meaning(
        INVALID,
        "The refund's status does not allow this.",
        "The message names the status and those that would do.",
    ),
    "credit_note_unexpected_state": Meaning(
        INVALID,
        "The credit note's state does not allow this.",
        "Only a credit note that lowered what is due of a still open invoice can be void.",
    ),
    "credit_grant_unexpected_state": Meaning(
        INVALID,
        "The grant's status does not allow this, or some of it was used.",
        "Only a grant that is neither expired nor void changes; one of which something was used can still expire.",
    ),
    "alert_unexpected_state": Meaning(
        INVALID,
        "The alert's status does not allow this.",
        "Make another alert; one that is archived stays so.",
    ),
    "meter_unexpected_state": Meaning(
        INVALID,
        "The meter's status does not allow this.",
        "Reactivate the meter, or name another one.",
    ),
    "meter_inactive": Meaning(
        INVALID,
        "The meter of this event name was deactivated.",
        "Reactivate it, or create another meter for the event name.",
    ),
    "meter_event_value_invalid": Meaning(
        INVALID,
        "The value of the event is not a number that can be counted exactly.",
        "Send a whole number, or a decimal as text.",
    ),
    "meter_event_too_old": Meaning(
        INVALID,
        "The event happened more than 35 days ago.",
        "Usage of that time can be billed with an invoice item.",
    ),
    "meter_event_in_future": Meaning(
        INVALID,
        "The event lies more than five minutes ahead of its customer's time.",
        "Send it once it has happened; look at the clock of the machine that sends.",
    ),
    "meter_event_too_late_to_cancel": Meaning(
        INVALID,
        "The event was received more than 24 hours ago.",
        "Send another event with the negative value, where the meter sums.",
    ),
    "meter_sum_too_large": Meaning(
        INVALID,
        "The usage of a customer's day would exceed what can be summed exactly.",
        "Send larger units, such as gigabytes where bytes were sent.",
    ),
    "test_clock_unexpected_state": Meaning(
        INVALID,
        "The test clock's status does not allow this.",
        "A clock that failed internally can only be deleted.",
    ),
    "test_clock_advancing": Meaning(
        INVALID,
        "The customer's test clock is advancing, and until it arrives nothing of theirs can be changed.",
        "Wait until the clock is READY, or advance it with `wait: true`.",
    ),
    "idempotency_key_in_use": Meaning(
        IDEMPOTENCY,
        "Another request with this idempotency key is still under way.",
        "Repeat the same request after a moment; it is answered with the first one's result.",
    ),
    "idempotency_key_reused": Meaning(
        IDEMPOTENCY,
        "This idempotency key was used with another input within the last 24 hours.",
        "Use a new key for a new request.",
    ),
    "lock_timeout": Meaning(
        API,
        "The object was being changed by other requests for too long.",
        "Repeat the request; nothing was changed.",
    ),
    "gateway_not_configured": Meaning(
        API,
        "No payment gateway is configured for live mode, so nothing can be charged.",
        "Configure a gateway, or use test mode.",
    ),
}
