"""What callers hand in about payouts, top-ups and external accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.drafts import UNSET, Unset
from domain.external_accounts import ExternalAccountType, HolderType
from domain.lifecycles import PayoutStatus
from domain.payouts import PayoutMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutDraft:
    """A payout to be made: `amount` minor units, to the default of the currency where no destination is named."""

    amount: int
    currency: str
    destination: str | None = None
    method: PayoutMethod = PayoutMethod.STANDARD
    description: str | None = None
    statement_descriptor: str | None = None
    test_clock: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSearch:
    """Which payouts a list shows."""

    status: PayoutStatus | None = None
    destination: str | None = None
    currency: str | None = None
    method: PayoutMethod | None = None
    automatic: bool | None = None
    test_clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupDraft:
    """Money to be called in: `amount` minor units."""

    amount: int
    currency: str
    description: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    test_clock: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccountDraft:
    """A bank account as somebody typed it."""

    country: str
    currency: str
    account_number: str = field(repr=False)
    routing_number: str | None = None
    account_holder_name: str | None = None
    account_holder_type: HolderType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitCardDraft:
    """A debit card as somebody typed it."""

    currency: str
    number: str = field(repr=False)
    exp_month: int
    exp_year: int
    cvc: str | None = field(default=None, repr=False)
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAccountWords:
    """How it is named: by one of these."""

    token: str | None = None
    bank_account: BankAccountDraft | None = None
    card: DebitCardDraft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAccountDraft:
    """A bank account or debit card to be paid out to, on the scope's account or on one that is connected to it."""

    external_account: ExternalAccountWords
    account: str | None = None
    default_for_currency: bool | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAccountChange:
    """What to change of it; what is not mentioned stays."""

    id: str
    account: str | None = None
    account_holder_name: str | Unset | None = UNSET
    account_holder_type: HolderType | Unset | None = UNSET
    default_for_currency: bool | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAccountSearch:
    """Which external accounts a list shows."""

    type: ExternalAccountType | None = None
    currency: str | None = None
