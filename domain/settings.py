"""The settings of an account: every one with its default, in one place.

A row keeps only what differs from the defaults, so that a changed default reaches every account that never chose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from domain.dunning import RetriesEnd, RetryPolicy, RetryRules, RetryWindow, UnpaidInvoice
from domain.errors import DomainError, ErrorCode
from domain.fees import DEFAULT_FEES, DISPUTE_FEE, FeeSchedule
from domain.invoices import InvoiceNumbering
from domain.payout_schedules import DELAY_DAYS, PayoutInterval, PayoutSchedule, Weekday
from domain.plan_changes import ChangeBehavior, ChangeRules
from domain.reckoning import TaxRounding
from domain.taxes import PriceTaxDefault

FINALIZATION_DELAY_MAX: Final = 72 * 3600
"""Seconds. Stripe waits 72 hours at most before it finalizes a draft."""
UPCOMING_DAYS_MAX: Final = 60
ORIGINS_MAX: Final = 50
REMINDER_DAYS_MAX: Final = 60
FEES_MAX: Final = 200
FEE_PERCENT_MAX: Final = 100
FEE_PERCENT_DECIMALS_MAX: Final = 4
FEE_FIXED_MAX: Final = 99_999_999


class ApplicationFeeBase(StrEnum):
    """What a platform's percentage is taken of."""

    INCLUDING_TAX = "including_tax"
    EXCLUDING_TAX = "excluding_tax"


@dataclass(frozen=True, slots=True)
class ProcessingFee:
    """What the payment network keeps of a charge in one currency: per cent of the amount, and minor units.

    Without a fixed part the currency's default holds (`domain/fees.py`).
    """

    currency: str
    percent: Decimal
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class DisputeFee:
    """What the payment network takes for a dispute in one currency, in minor units."""

    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """Every setting of an account. A field's default is the setting's default."""

    invoice_finalization_delay: int = 3600
    """Seconds between the draft of a renewal and its finalization; 0 finalizes at once."""

    invoice_numbering: InvoiceNumbering = InvoiceNumbering.CUSTOMER
    """Whether every customer's invoices are numbered by themselves, or the account's all together."""

    invoice_prefix: str | None = None
    """What the account's own invoice numbers begin with; None takes the end of the account's id."""

    invoice_due_reminder_days: int = 3
    """Days before the due date of an invoice at which `invoice.will_be_due` is told; 0 never tells it."""

    upcoming_invoice_days: int = 7
    """Days before a renewal at which its invoice is announced; 0 announces none. Counts from the next period."""

    statement_descriptor: str | None = None
    """What customers read beside a charge on the card statement, unless the product says otherwise."""

    processing_fee_percent: Decimal = DEFAULT_FEES.percent
    """Per cent of every charge that the payment network keeps, in currencies without a fee of their own."""

    processing_fees: tuple[ProcessingFee, ...] = ()
    """Fees for single currencies, at most one each."""

    dispute_fee: int = DISPUTE_FEE
    """Minor units that the network takes for every dispute, in currencies without a fee of their own."""

    dispute_fees: tuple[DisputeFee, ...] = ()
    """Fees for disputes in single currencies, at most one each."""

    cancel_subscription_on_dispute: bool = False
    """Whether a subscription ends when the money of one of its payments was taken back."""

    billing_fee_percent: Decimal = Decimal(0)
    """Per cent of what subscriptions bring in that billing itself keeps, beside the network's fee; 0 keeps nothing."""

    invoicing_fee_percent: Decimal = Decimal(0)
    """Per cent of what invoices of no subscription bring in that billing itself keeps; 0 keeps nothing."""

    test_clock_advance_is_limited: bool = False
    """Whether a test clock goes at most two of the shortest billing interval ahead in one call, as Stripe's does."""

    allowed_origins: tuple[str, ...] = ()
    """Origins of web pages (https://app.example.com) whose scripts may call the API with this account's keys."""

    retry_policy: RetryPolicy = RetryPolicy.SMART
    """Who decides when a declined payment is tried again."""

    retry_window: RetryWindow = RetryWindow.TWO_WEEKS
    """How long SMART goes on after the first try."""

    retry_waits: tuple[int, ...] = (3, 5, 7)
    """Days before each retry under CUSTOM, each counted from the try before; at most three."""

    retries_end: RetriesEnd = RetriesEnd.CANCEL
    """What becomes of a subscription when the last retry has failed."""

    unpaid_invoice: UnpaidInvoice = UnpaidInvoice.OPEN
    """What becomes of the invoice when the last retry has failed."""

    retry_on_new_payment_method: bool = True
    """Whether a new default payment method is tried at once for invoices that wait for a retry."""

    upgrade_behavior: ChangeBehavior = ChangeBehavior.PRORATE
    """How a change of items that costs more per period takes effect when it does not say so itself."""

    downgrade_behavior: ChangeBehavior = ChangeBehavior.PRORATE
    """The same for one that costs less."""

    past_due_entitles: bool = True
    """Whether a subscription that is PAST_DUE still gives its customer the features of its products."""

    tax_rounding: TaxRounding = TaxRounding.PER_LINE
    """Where tax is rounded to minor units."""

    default_tax_behavior: PriceTaxDefault = PriceTaxDefault.INFERRED_BY_CURRENCY
    """Whether automatic tax is in the amounts of prices that do not say so."""

    application_fee_base: ApplicationFeeBase = ApplicationFeeBase.INCLUDING_TAX
    """What the application fees of a platform are a percentage of. The platform's own setting counts."""

    end_fees_on_disconnect: bool = False
    """Whether a platform's application fees end with the connection. The platform's own setting counts."""

    branding_icon: str | None = None
    """Address of a square picture for pages, receipts and invoices."""

    branding_logo: str | None = None
    """Address of a picture that is shown in place of the icon and the name."""

    branding_primary_color: str | None = None
    """`#rrggbb` of the brand."""

    branding_secondary_color: str | None = None
    """`#rrggbb` beside it."""

    payout_interval: PayoutInterval = PayoutInterval.DAILY
    """How often the account is paid out by itself."""

    payout_weekly_anchor: Weekday | None = None
    """The day of weekly payouts."""

    payout_monthly_anchor: int | None = None
    """The day of monthly payouts."""

    payout_delay_days: int = DELAY_DAYS
    """Days after which the money of a charge is available."""

    @property
    def payout_schedule(self) -> PayoutSchedule:
        """When the account is paid out."""
        return PayoutSchedule(
            interval=self.payout_interval,
            weekly_anchor=self.payout_weekly_anchor,
            monthly_anchor=self.payout_monthly_anchor,
            delay_days=self.payout_delay_days,
        )

    @property
    def change_rules(self) -> ChangeRules:
        """How changes take effect that do not say it themselves."""
        return ChangeRules(self.upgrade_behavior, self.downgrade_behavior)

    @property
    def retry_rules(self) -> RetryRules:
        """When declined payments are tried again."""
        return RetryRules(self.retry_policy, self.retry_window, self.retry_waits)

    def fee_schedule(self, currency: str) -> FeeSchedule:
        """The processing fee for charges in this currency."""
        for fee in self.processing_fees:
            if fee.currency == currency:
                return FeeSchedule(fee.percent, fee.fixed)
        return FeeSchedule(self.processing_fee_percent)

    def fee_of_dispute(self, currency: str) -> int:
        """What a dispute of a charge in this currency costs, in minor units."""
        return next((fee.amount for fee in self.dispute_fees if fee.currency == currency), self.dispute_fee)


DEFAULT_SETTINGS: Final = AccountSettings()


def stored_settings(settings: AccountSettings) -> dict[str, Any]:
    """What differs from the defaults, for a JSON column."""
    return {
        each.name: _stored(value)
        for each in fields(settings)
        if (value := getattr(settings, each.name)) != getattr(DEFAULT_SETTINGS, each.name)
    }


def settings_of(stored: Mapping[str, Any]) -> AccountSettings:
    """The settings that `stored_settings` gave; names that are no setting any more are passed over."""
    if not stored:
        return DEFAULT_SETTINGS
    known = {each.name: stored[each.name] for each in fields(AccountSettings) if each.name in stored}
    for name in ("processing_fee_percent", "billing_fee_percent", "invoicing_fee_percent"):
        if name in known:
            known[name] = Decimal(known[name])
    if "processing_fees" in known:
        known["processing_fees"] = tuple(
            ProcessingFee(fee["currency"], Decimal(fee["percent"]), fee["fixed"]) for fee in known["processing_fees"]
        )
    if "dispute_fees" in known:
        known["dispute_fees"] = tuple(DisputeFee(fee["currency"], fee["amount"]) for fee in known["dispute_fees"])
    if "allowed_origins" in known:
        known["allowed_origins"] = tuple(known["allowed_origins"])
    if "retry_waits" in known:
        known["retry_waits"] = tuple(known["retry_waits"])
    for name, kind in _ENUMS.items():
        if known.get(name) is not None:
            known[name] = kind(known[name])
    return AccountSettings(**known)


_ENUMS: Final = {
    "invoice_numbering": InvoiceNumbering,
    "retry_policy": RetryPolicy,
    "retry_window": RetryWindow,
    "retries_end": RetriesEnd,
    "unpaid_invoice": UnpaidInvoice,
    "upgrade_behavior": ChangeBehavior,
    "downgrade_behavior": ChangeBehavior,
    "tax_rounding": TaxRounding,
    "default_tax_behavior": PriceTaxDefault,
    "application_fee_base": ApplicationFeeBase,
    "payout_interval": PayoutInterval,
    "payout_weekly_anchor": Weekday,
}


def finalization_delay(seconds: int, param: str | tuple[str, ...] = "invoiceFinalizationDelay") -> int:
    """The delay itself, from 0 seconds to 72 hours."""
    if not 0 <= seconds <= FINALIZATION_DELAY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A delay of {seconds} seconds is not possible; it would have to be from 0 to {FINALIZATION_DELAY_MAX}"
            " (72 hours).",
            param,
        )
    return seconds


def reminder_days(days: int, param: str | tuple[str, ...] = "invoiceDueReminderDays") -> int:
    """The days themselves, from 0 to 60."""
    if not 0 <= days <= REMINDER_DAYS_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A reminder {days} days before is not possible; it would have to be from 0 to {REMINDER_DAYS_MAX}.",
            param,
        )
    return days


def announced_days(days: int, param: str | tuple[str, ...] = "upcomingInvoiceDays") -> int:
    """The days themselves, from 0 to 60."""
    if not 0 <= days <= UPCOMING_DAYS_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"An invoice cannot be announced {days} days ahead; it would have to be from 0 to {UPCOMING_DAYS_MAX}.",
            param,
        )
    return days


def fee_percent(percent: Decimal, param: str | tuple[str, ...] = "processingFeePercent") -> Decimal:
    """The share of a charge in per cent, from 0 to 100 with at most four decimals."""
    if not 0 <= percent <= FEE_PERCENT_MAX or percent.scaleb(FEE_PERCENT_DECIMALS_MAX) % 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A fee of {percent:f} per cent is not possible; it would have to be from 0 to {FEE_PERCENT_MAX}"
            f" with at most {FEE_PERCENT_DECIMALS_MAX} decimals.",
            param,
        )
    return percent


def validated_fee(fee: ProcessingFee, param: tuple[str, ...] = ()) -> ProcessingFee:
    """The fee itself; refuses a share or a fixed part that is out of range. The currency is one already."""
    fee_percent(fee.percent, (*param, "percent"))
    if fee.fixed is not None and not 0 <= fee.fixed <= FEE_FIXED_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A fixed fee of {fee.fixed} {fee.currency} is not possible; it would have to be from 0 to"
            f" {FEE_FIXED_MAX} minor units.",
            (*param, "fixed"),
        )
    return fee


def dispute_fee(amount: int, param: str | tuple[str, ...] = "disputeFee") -> int:
    """The fee itself, in minor units, from 0 to eight digits."""
    if not 0 <= amount <= FEE_FIXED_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A fee of {amount} for a dispute is not possible; it would have to be from 0 to {FEE_FIXED_MAX} minor"
            " units.",
            param,
        )
    return amount


def validated_dispute_fee(fee: DisputeFee, param: tuple[str, ...] = ()) -> DisputeFee:
    """The fee itself; refuses an amount that is out of range. The currency is one already."""
    dispute_fee(fee.amount, (*param, "amount"))
    return fee


def origin_of(text: str, param: str | tuple[str, ...] = "allowedOrigins") -> str:
    """The origin in lower case, as browsers send it: scheme, host and a port that is not the scheme's own."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:  # such as a port that is no number
        raise _no_origin(text, param) from None
    beyond = parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in {"http", "https"} or not parts.hostname or beyond or any(map(str.isspace, parts.netloc)):
        raise _no_origin(text, param)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, default} else f":{port}")


def _no_origin(text: str, param: str | tuple[str, ...]) -> DomainError:
    return DomainError(
        ErrorCode.URL_INVALID,
        f"'{text[:100]}' is not an origin; it would have to be scheme and host alone, such as https://app.example.com.",
        param,
    )


def _stored(value: Any) -> Any:
    """A setting's value as JSON."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, ProcessingFee):
        return {"currency": value.currency, "percent": format(value.percent, "f"), "fixed": value.fixed}
    if isinstance(value, DisputeFee):
        return {"currency": value.currency, "amount": value.amount}
    if isinstance(value, tuple):
        return [_stored(each) for each in value]
    return value
