"""What a caller asks for when a quote is made, changed or finalized."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.drafts import UNSET, Unset, given
from domain.invoices import CollectionMethod
from domain.lifecycles import QuoteStatus
from domain.sharing import Share, Sharing
from domain.subscriptions import BillingMode
from domain.taxes import AutomaticTaxDraft
from services.catalog import InlinePriceDraft
from services.coupons.redemption import DiscountDraft


@dataclass(frozen=True, slots=True)
class QuoteLineDraft:
    """So many units of one price to be offered: a catalogue price, or one made for it.

    `id` is that of a line that stays, `price_made` tells that its price was made for it before.
    """

    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int = 1
    discounts: tuple[DiscountDraft, ...] = ()
    id: str | None = None
    price_made: bool = False
    tax_rates: tuple[str, ...] = ()
    tax_rates_kept: tuple[str, ...] = ()
    """Those that the line has already, which may be archived by now."""


@dataclass(frozen=True, slots=True)
class SubscriptionData:
    """What the subscription will be like that comes of the quote."""

    trial_period_days: int | None = None
    effective_date: datetime | None = None
    billing_mode: BillingMode = BillingMode.FLEXIBLE
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuoteInvoiceSettings:
    """How the invoices are to be that come of the quote."""

    days_until_due: int | None = None


@dataclass(frozen=True, slots=True)
class FromQuote:
    """A quote to be copied; a revision takes its place once it is finalized."""

    quote: str
    is_revision: bool = False


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote to be made: for a customer with its lines, or copied `from_quote`."""

    customer: str | None = None
    line_items: tuple[QuoteLineDraft, ...] = ()
    discounts: tuple[DiscountDraft, ...] = ()
    subscription_data: SubscriptionData | None = None
    collection_method: CollectionMethod = CollectionMethod.CHARGE_AUTOMATICALLY
    invoice_settings: QuoteInvoiceSettings | None = None
    default_tax_rates: tuple[str, ...] = ()
    automatic_tax: AutomaticTaxDraft | None = None
    header: str | None = None
    footer: str | None = None
    description: str | None = None
    expires_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    from_quote: FromQuote | None = None
    application_fee_amount: int | None = None
    application_fee_percent: Decimal | None = None
    transfer_data: tuple[Share, ...] = ()
    on_behalf_of: str | None = None

    @property
    def sharing(self) -> Sharing:
        """Who is to have which part of what comes of it."""
        return Sharing(
            application_fee_amount=self.application_fee_amount,
            application_fee_percent=self.application_fee_percent,
            shares=self.transfer_data,
            on_behalf_of=self.on_behalf_of,
        )


@dataclass(frozen=True, slots=True)
class QuoteLineChange:
    """One line as it is to be: one that is there (`id`), perhaps with another price or quantity, or a new one."""

    id: str | None = None
    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | Unset = UNSET
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class SubscriptionDataChange:
    """What is to change about the subscription to come; metadata replaces what was there (Stripe's)."""

    trial_period_days: int | Unset | None = UNSET
    effective_date: datetime | Unset | None = UNSET
    description: str | Unset | None = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class QuoteInvoiceSettingsChange:
    """What is to change about the invoices to come."""

    days_until_due: int | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class QuoteChange:
    """What is to change about a quote; absent fields stay. Lines that are given replace all there were."""

    id: str
    line_items: tuple[QuoteLineChange, ...] | Unset = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    subscription_data: SubscriptionDataChange | None = None
    collection_method: CollectionMethod | Unset = UNSET
    invoice_settings: QuoteInvoiceSettingsChange | None = None
    default_tax_rates: tuple[str, ...] | Unset | None = UNSET
    automatic_tax: AutomaticTaxDraft | Unset = UNSET
    header: str | Unset | None = UNSET
    footer: str | Unset | None = UNSET
    description: str | Unset | None = UNSET
    expires_at: datetime | Unset = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET
    application_fee_amount: int | Unset | None = UNSET
    application_fee_percent: Decimal | Unset | None = UNSET
    transfer_data: tuple[Share, ...] | Unset | None = UNSET
    on_behalf_of: str | Unset | None = UNSET

    @property
    def shares(self) -> bool:
        """Whether it says who has a part in what comes of the quote."""
        said = (self.application_fee_amount, self.application_fee_percent, self.transfer_data, self.on_behalf_of)
        return any(each is not UNSET for each in said)

    def sharing_over(self, former: Sharing) -> Sharing:
        """Who is to have which part from now on."""
        return Sharing(
            application_fee_amount=given(self.application_fee_amount, former.application_fee_amount),
            application_fee_percent=given(self.application_fee_percent, former.application_fee_percent),
            shares=former.shares if self.transfer_data is UNSET else self.transfer_data or (),
            on_behalf_of=given(self.on_behalf_of, former.on_behalf_of),
        )

    @property
    def rewords(self) -> bool:
        """Whether it changes more than the expiry and metadata, which is only for drafts."""
        words = (
            self.line_items, self.discounts, self.header, self.footer, self.description, self.collection_method,
            self.default_tax_rates, self.automatic_tax,
        )  # fmt: skip
        parts = (self.subscription_data, self.invoice_settings)
        return self.shares or any(each is not None for each in parts) or any(each is not UNSET for each in words)


@dataclass(frozen=True, slots=True)
class QuoteFinalizeDraft:
    """A quote to be finalized, perhaps with another expiry."""

    id: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuoteSearch:
    """Which quotes to list."""

    customer: str | None = None
    status: QuoteStatus | None = None
