"""What callers send about customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.addresses import Address
from domain.drafts import UNSET, Unset
from domain.kinds import TaxExempt
from domain.tax_ids import TaxIdType
from models import Customer
from services.answers import answer
from services.coupons.redemption import DiscountDraft
from services.events import CreatedSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """To whom and where goods go."""

    name: str
    address: Address
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class CustomField:
    """A line of the merchant's own on every invoice of a customer."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxIdDraft:
    """A tax number and its kind."""

    type: TaxIdType
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSettingsChange:
    """How a customer's invoices look and are paid; None removes."""

    default_payment_method: str | Unset | None = UNSET
    custom_fields: Sequence[CustomField] | Unset | None = UNSET
    footer: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDraft:
    """A new customer; nothing is required."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    description: str | None = None
    address: Address | None = None
    shipping: Shipping | None = None
    tax_exempt: TaxExempt = TaxExempt.NONE
    tax_ids: Sequence[TaxIdDraft] = ()
    preferred_locales: Sequence[str] = ()
    invoice_prefix: str | None = None
    next_invoice_sequence: int = 1
    invoice_settings: InvoiceSettingsChange = InvoiceSettingsChange()
    test_clock: str | None = None
    payment_method: str | None = None
    """Attached by `SignUp`; it may be named as the default as well."""
    discount: DiscountDraft | None = None
    represents_account: str | None = None
    """The connected account for which the customer stands."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """What to change of a customer; None removes, an address replaces the whole of the one before."""

    email: str | Unset | None = UNSET
    name: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    description: str | Unset | None = UNSET
    address: Address | Unset | None = UNSET
    shipping: Shipping | Unset | None = UNSET
    tax_exempt: TaxExempt | Unset = UNSET
    preferred_locales: Sequence[str] | Unset | None = UNSET
    invoice_prefix: str | Unset = UNSET
    next_invoice_sequence: int | Unset = UNSET
    invoice_settings: InvoiceSettingsChange = InvoiceSettingsChange()
    discount: DiscountDraft | Unset | None = UNSET
    represents_account: str | Unset | None = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Merged into what is there; an empty text removes its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTransactionDraft:
    """A change of a customer's balance by hand: negative gives credit, positive is owed with the next invoice."""

    customer: str
    amount: int
    currency: str
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTaxIdDraft(TaxIdDraft):
    """A tax number for a customer who exists."""

    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """Which customers a list shows; None asks nothing."""

    email: str | None = None
    created: CreatedSpan | None = None
    test_clock: str | None = None
    represents_account: str | None = None


@answer
@dataclass(frozen=True, slots=True)
class CustomerCreated:
    """A new customer, and those who have the same e-mail already, newest first."""

    customer: Customer
    possible_duplicates: Sequence[Customer]
