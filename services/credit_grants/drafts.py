"""What callers send about credit grants, and what they are told of balances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.credit_grants import PRIORITY_DEFAULT, CreditGrantCategory, CreditPriceType
from domain.drafts import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class MonetaryDraft:
    """An amount in minor units of a currency."""

    value: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditAmountDraft:
    """How much is granted."""

    monetary: MonetaryDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditScopeDraft:
    """What a grant is for: a kind of prices, or named ones."""

    price_type: CreditPriceType | None = None
    prices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicabilityDraft:
    """To what a grant applies."""

    scope: CreditScopeDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGrantDraft:
    """New credit; in force at once and for ever where nothing else is said."""

    customer: str
    amount: CreditAmountDraft
    applicability_config: ApplicabilityDraft
    category: CreditGrantCategory
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    name: str | None = None
    priority: int = PRIORITY_DEFAULT
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGrantChange:
    """What to change of a grant; None lets it never expire."""

    id: str
    expires_at: datetime | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGrantSearch:
    """Which grants a list shows; None asks nothing."""

    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditBalanceTransactionSearch:
    """Which lines of journals a list shows; None asks nothing."""

    customer: str | None = None
    credit_grant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditBalanceFilter:
    """Of which grants to sum the balances: one, or those that apply to a kind of prices or to one of these prices."""

    credit_grant: str | None = None
    applicability_scope: CreditScopeDraft | None = None


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """What is left in one currency: `available` can be drawn now, `ledger` is all that the journals sum to."""

    currency: str
    available: int
    ledger: int


@dataclass(frozen=True, slots=True)
class CreditBalanceSummary:
    """What is left of a customer's grants, by currency."""

    customer_id: str
    balances: Sequence[CreditBalance]
