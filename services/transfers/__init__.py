"""Money between accounts.

settlement    what others have of a payment that came in, in sets
movements     movements on any account of the platform
reading       lists and sums
"""

from services.transfers.reading import (
    ApplicationFeeSearch,
    MoneyBetween,
    TransferSearch,
    fees_refunded,
    payments_refunded,
    transfers_reversed,
)
from services.transfers.settlement import Settlement, Told

__all__ = [
    "ApplicationFeeSearch",
    "MoneyBetween",
    "Settlement",
    "Told",
    "TransferSearch",
    "fees_refunded",
    "payments_refunded",
    "transfers_reversed",
]
