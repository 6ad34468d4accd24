"""Lines of papers: what was sold or credited, how much of it, at what price, for which time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.core import Locale

from documents.figures import amount_text, period_text, quantity_text
from documents.letters import Entry
from domain.pricing import Quantity


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One amount in minor units. A line that was not worked out from a unit amount, such as a proration, shows none."""

    description: str
    amount: int
    quantity: Quantity | None
    unit_amount: Decimal | None = None
    period: tuple[datetime, datetime] | None = None


def entry_of(line: PaperLine, currency: str, locale: Locale) -> Entry:
    """The line as an entry of a letter's table."""
    return Entry(
        description=line.description,
        quantity="" if line.quantity is None else quantity_text(line.quantity, locale),
        unit_price="" if line.unit_amount is None else amount_text(line.unit_amount, currency, locale),
        amount=line.amount,
        below=None if line.period is None else period_text(*line.period, locale),
    )
