"""Payments: intents, and the charges that are the attempts at them.

intents       making, confirming, capturing, canceling
checks        what may be asked of an intent
invoiced      what pays an invoice: held in one order, never more than is due
attempts      charges through the gateway, in sets: prepare, call, settle; `carried_out` for verbs
wishes        what callers hand in
instructions  what a gateway is told, kept on the charge
outcomes      what its answer means
resolution    charges whose answer was lost
"""

from services.payments.attempts import Attempts
from services.payments.drafts import (
    ChargeSearch,
    Confirmation,
    NewPaymentIntent,
    PaymentIntentChange,
    PaymentIntentSearch,
)
from services.payments.instructions import Errand, Instruction, Step, in_flight
from services.payments.intents import PaymentIntents
from services.payments.invoiced import Invoiced, refuse_in_flight, sharing_of
from services.payments.outcomes import Effect
from services.payments.resolution import PAYMENT_HANDLER, Resolution
from services.payments.wishes import Prepared, Wish

__all__ = [
    "PAYMENT_HANDLER",
    "Attempts",
    "ChargeSearch",
    "Confirmation",
    "Effect",
    "Errand",
    "Instruction",
    "Invoiced",
    "NewPaymentIntent",
    "PaymentIntentChange",
    "PaymentIntentSearch",
    "PaymentIntents",
    "Prepared",
    "Resolution",
    "Step",
    "Wish",
    "in_flight",
    "refuse_in_flight",
    "sharing_of",
]
