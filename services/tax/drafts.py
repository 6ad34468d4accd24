"""What callers send about tax rates and registrations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.drafts import UNSET, Unset
from domain.taxes import RegistrationStatus, TaxType


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateDraft:
    """A new tax rate; `percentage` of the amount, or of what remains of it without tax where it is inclusive."""

    display_name: str
    percentage: Decimal
    inclusive: bool
    active: bool = True
    description: str | None = None
    jurisdiction: str | None = None
    country: str | None = None
    state: str | None = None
    tax_type: TaxType | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateChange:
    """What to change of a tax rate; what it asks for never changes. None removes."""

    id: str
    display_name: str | Unset = UNSET
    active: bool | Unset = UNSET
    description: str | Unset | None = UNSET
    jurisdiction: str | Unset | None = UNSET
    country: str | Unset | None = UNSET
    state: str | Unset | None = UNSET
    tax_type: TaxType | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateSearch:
    """Which tax rates a list shows; None asks nothing."""

    active: bool | None = None
    inclusive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRegistrationDraft:
    """A place where tax is to be collected, from now on where no moment is given."""

    country: str
    state: str | None = None
    active_from: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRegistrationChange:
    """What to change of a registration; None lets it last for ever."""

    id: str
    active_from: datetime | Unset = UNSET
    expires_at: datetime | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRegistrationSearch:
    """Which registrations a list shows; None asks nothing."""

    country: str | None = None
    status: RegistrationStatus | None = None
