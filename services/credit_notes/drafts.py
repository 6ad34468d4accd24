"""What callers ask of credit notes. Amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.credit_notes import CreditNoteLineType, CreditNoteReason
from domain.drafts import UNSET, Unset
from domain.lifecycles import CreditNoteStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteLineDraft:
    """What is credited: units, or an amount, of a line of the invoice; or something described by hand."""

    type: CreditNoteLineType
    invoice_line_item: str | None = None
    amount: int | None = None
    quantity: int | None = None
    description: str | None = None
    unit_amount: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteDraft:
    """A credit note to be made: lines or an `amount`, and in which ways what was paid already is given back."""

    invoice: str
    lines: Sequence[CreditNoteLineDraft] | None = None
    amount: int | None = None
    refund_amount: int = 0
    credit_amount: int = 0
    out_of_band_amount: int = 0
    reason: CreditNoteReason | None = None
    memo: str | None = None
    effective_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteChange:
    """What to change of a credit note."""

    memo: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteSearch:
    """Which credit notes to list."""

    customer: str | None = None
    invoice: str | None = None
    status: CreditNoteStatus | None = None
