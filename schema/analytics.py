"""Figures in the API: what a seller wants to know about all of it together."""

from decimal import Decimal

from schema.base import Wrapping, column, part_type
from schema.scalars import Currency, MinorUnits


@part_type
class RecoveryFigure(Wrapping):
    """What became of the invoices of one currency that failed for the first time in one month."""

    month: str = column("The month of the first failure in UTC, such as 2027-02.")
    currency: Currency = column("What the amounts are in.")
    invoices_failed: int = column("How many invoices failed; first invoices of subscriptions are not counted.")
    amount_failed: MinorUnits = column("What was due on them.")
    invoices_recovered: int = column("How many of them are paid by now.")
    amount_recovered: MinorUnits = column("What was paid of them.")
    rate: Decimal = column("The amount recovered in per cent of the amount failed, with two decimals.")
