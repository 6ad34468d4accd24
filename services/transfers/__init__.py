"""Money between accounts.

sending       transfers by themselves
reversing     what comes back of transfers
fees          what platforms give back of their fees
returns       what refunds take along
drafts        what callers ask for
settlement    what others have of a payment that came in, in sets
movements     movements on any account of the platform
reading       lists and sums
"""

from services.transfers.drafts import NewFeeRefund, NewReversal, NewTransfer, TransferChange
from services.transfers.fees import ApplicationFees
from services.transfers.reading import (
    ApplicationFeeSearch,
    MoneyBetween,
    TransferSearch,
    fees_refunded,
    payments_refunded,
    transfers_reversed,
)
from services.transfers.reversing import Reversals
from services.transfers.sending import Transfers
from services.transfers.settlement import Settlement, Told

__all__ = [
    "ApplicationFeeSearch",
    "ApplicationFees",
    "MoneyBetween",
    "NewFeeRefund",
    "NewReversal",
    "NewTransfer",
    "Reversals",
    "Settlement",
    "Told",
    "TransferChange",
    "TransferSearch",
    "Transfers",
    "fees_refunded",
    "payments_refunded",
    "transfers_reversed",
]
