"""Rows that are told about together with what belongs to them, for snapshots and for verbs that need the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.coupons import is_redeemable
from domain.ids import Prefix
from domain.invoices import InvoicePaymentStatus, InvoicePaymentType
from domain.lifecycles import PaymentIntentStatus
from models import (
    Account,
    ActiveEntitlement,
    ApplicationFee,
    ApplicationFeeRefund,
    BalanceTransaction,
    BillingAlert,
    BillingAlertTrigger,
    Charge,
    Coupon,
    CreditNote,
    CreditNoteLine,
    Customer,
    CustomerTaxId,
    DestinationPayment,
    Discount,
    Dispute,
    EntitlementSummary,
    Invoice,
    InvoiceLine,
    OutOfBandPayment,
    PaymentIntent,
    Person,
    Price,
    PromotionCode,
    Refund,
    Subscription,
    SubscriptionItem,
    Transfer,
    TransferReversal,
)
from services.availability import Balance


@dataclass(frozen=True, slots=True)
class WholeBalance:
    """What an account owns in one world."""

    row: Account
    balance: Balance
    livemode: bool


@dataclass(frozen=True, slots=True)
class WholeAccount:
    """An account, with the person that it is where it is no company."""

    row: Account
    individual: Person | None = None


@dataclass(frozen=True, slots=True)
class WholeCapability:
    """One thing that an account is able to do, or is to be."""

    row: Account
    name: str


@dataclass(frozen=True, slots=True)
class WholeApplication:
    """A platform as the application that accounts are connected to, in one mode."""

    row: Account
    livemode: bool


@dataclass(frozen=True, slots=True)
class WholeCoupon:
    """A coupon as it is at a moment."""

    row: Coupon
    at: datetime

    @property
    def is_valid(self) -> bool:
        """Whether it can be redeemed."""
        row = self.row
        return is_redeemable(
            until=row.redeem_by,
            most=row.max_redemptions,
            redeemed=row.times_redeemed,
            at=self.at,
            withdrawn=row.deleted_at is not None,
        )


@dataclass(frozen=True, slots=True)
class WholePromotionCode:
    """A promotion code with its coupon as they are at a moment."""

    row: PromotionCode
    coupon: Coupon
    at: datetime

    @property
    def is_active(self) -> bool:
        """Whether it can be redeemed by those who may: it is active, in time and not used up, and its coupon valid."""
        row = self.row
        own = is_redeemable(
            until=row.expires_at,
            most=row.max_redemptions,
            redeemed=row.times_redeemed,
            at=self.at,
            withdrawn=not row.active,
        )
        return own and WholeCoupon(self.coupon, self.at).is_valid


@dataclass(frozen=True, slots=True)
class WholeDiscount:
    """A discount with its coupon; `is_deleted` once it was taken away, or ended."""

    row: Discount
    coupon: Coupon
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class WholeCustomer:
    """A customer with the balance that its journal sums to (negative is credit)."""

    row: Customer
    balance: int
    tax_ids: Sequence[CustomerTaxId] = ()
    discount: WholeDiscount | None = None


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A subscription item with its price."""

    row: SubscriptionItem
    price: Price


@dataclass(frozen=True, slots=True)
class WholeTransfer:
    """A transfer with what came back of it, oldest first."""

    row: Transfer
    reversals: Sequence[TransferReversal] = ()

    @property
    def amount_reversed(self) -> int:
        """What came back of it, in minor units."""
        return sum(each.amount for each in self.reversals)

    @property
    def left(self) -> int:
        """What can still come back."""
        return int(self.row.amount) - self.amount_reversed


@dataclass(frozen=True, slots=True)
class WholeDestinationPayment:
    """What arrived of a transfer, with what went back of it and what the platform kept, in minor units."""

    row: DestinationPayment
    amount_refunded: int = 0
    application_fee_amount: int | None = None


@dataclass(frozen=True, slots=True)
class WholeApplicationFee:
    """A platform's fee with what it gave back of it, oldest first."""

    row: ApplicationFee
    refunds: Sequence[ApplicationFeeRefund] = ()

    @property
    def amount_refunded(self) -> int:
        """What was given back of it, in minor units."""
        return sum(each.amount for each in self.refunds)

    @property
    def left(self) -> int:
        """What can still be given back."""
        return int(self.row.amount) - self.amount_refunded


@dataclass(frozen=True, slots=True)
class WholeSubscription:
    """A subscription with its items in order of creation."""

    row: Subscription
    items: Sequence[PricedItem]


@dataclass(frozen=True, slots=True)
class WholeEntitlements:
    """Everything that one customer is entitled to, in order of its coming."""

    row: EntitlementSummary
    entitlements: Sequence[ActiveEntitlement]


@dataclass(frozen=True, slots=True)
class WholeInvoice:
    """An invoice with its lines in order."""

    row: Invoice
    lines: Sequence[InvoiceLine]


@dataclass(frozen=True, slots=True)
class UpcomingInvoice:
    """An invoice that does not exist yet: its rows are never stored."""

    row: Invoice
    lines: Sequence[InvoiceLine]


@dataclass(frozen=True, slots=True)
class WholeCreditNote:
    """A credit note with its lines in order and the refunds that give its money back."""

    row: CreditNote
    lines: Sequence[CreditNoteLine]
    refunds: Sequence[Refund]


@dataclass(frozen=True, slots=True)
class WholeInvoicePayment:
    """One payment of an invoice: a payment intent, or money that came elsewhere, and what it means for the invoice."""

    row: PaymentIntent | OutOfBandPayment
    invoice: Invoice

    @property
    def id(self) -> str:
        """Its id, which that of the payment intent determines."""
        return Prefix.INVOICE_PAYMENT + self.row.id.rpartition("_")[2]

    @property
    def created(self) -> datetime:
        """When it was asked for or written down."""
        return self.row.created_at

    @property
    def currency(self) -> str:
        """What its amounts are in."""
        return self.row.currency

    @property
    def amount_requested(self) -> int:
        """What was asked for, in minor units."""
        return int(self.row.amount)

    @property
    def payment_intent_id(self) -> str | None:
        """The payment intent behind it; None for money that came elsewhere."""
        return self.row.id if isinstance(self.row, PaymentIntent) else None

    @property
    def type(self) -> InvoicePaymentType:
        """What stands behind it."""
        elsewhere = isinstance(self.row, OutOfBandPayment)
        return InvoicePaymentType.PAYMENT_RECORD if elsewhere else InvoicePaymentType.PAYMENT_INTENT

    @property
    def status(self) -> InvoicePaymentStatus:
        """Where it stands."""
        if isinstance(self.row, OutOfBandPayment) or self.row.status == PaymentIntentStatus.SUCCEEDED:
            return InvoicePaymentStatus.PAID
        canceled = self.row.status == PaymentIntentStatus.CANCELED
        return InvoicePaymentStatus.CANCELED if canceled else InvoicePaymentStatus.OPEN

    @property
    def amount_paid(self) -> int | None:
        """What came in with it, in minor units; None until it is paid."""
        if isinstance(self.row, OutOfBandPayment):
            return int(self.row.amount)
        return int(self.row.amount_received) if self.status is InvoicePaymentStatus.PAID else None

    @property
    def is_default(self) -> bool:
        """Whether the invoice asks for it by itself."""
        return self.row.id == self.invoice.payment_intent_id

    @property
    def paid_at(self) -> datetime | None:
        """When the money came."""
        return self.row.succeeded_at if isinstance(self.row, PaymentIntent) else self.row.created_at

    @property
    def canceled_at(self) -> datetime | None:
        """When it was canceled."""
        return self.row.canceled_at if isinstance(self.row, PaymentIntent) else None


@dataclass(frozen=True, slots=True)
class WholeAlertTrigger:
    """That a customer's usage reached the threshold of an alert."""

    row: BillingAlertTrigger
    alert: BillingAlert


@dataclass(frozen=True, slots=True)
class WholeCharge:
    """A charge with what has been given back of it."""

    row: Charge
    amount_refunded: int


@dataclass(frozen=True, slots=True)
class WholeDispute:
    """A dispute with its charge and the movements that took its money and brought it back, in order."""

    row: Dispute
    charge: Charge
    movements: Sequence[BalanceTransaction] = ()
