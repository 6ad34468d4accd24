"""Settings of an account: reading them whole, changing them one by one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from domain.accounts import Field, pays_by_platform
from domain.addresses import country_of
from domain.checks import checked_list, checked_where_given
from domain.currencies import currency_of
from domain.descriptors import statement_descriptor
from domain.drafts import UNSET, Unset
from domain.dunning import CUSTOM_RETRIES_MAX, RetriesEnd, RetryPolicy, RetryWindow, UnpaidInvoice, wait_days
from domain.errors import ErrorCode, Problems
from domain.invoices import InvoiceNumbering
from domain.invoicing import validated_invoice_prefix
from domain.plan_changes import ChangeBehavior
from domain.reckoning import TaxRounding
from domain.settings import (
    DEFAULT_SETTINGS,
    FEES_MAX,
    ORIGINS_MAX,
    AccountSettings,
    ApplicationFeeBase,
    DisputeFee,
    ProcessingFee,
    announced_days,
    dispute_fee,
    fee_percent,
    finalization_delay,
    origin_of,
    reminder_days,
    settings_of,
    stored_settings,
    validated_dispute_fee,
    validated_fee,
)
from domain.taxes import PriceTaxDefault
from domain.texts import email_of, required_text
from models import Account, Customer
from services.accounts.reach import Reach
from services.accounts.standing import Standings
from services.base import Service, part
from services.idempotency import transactional
from services.rows import fetch_by
from services.scope import Scope
from services.transactions import current_unit

BUSINESS_NAME_LENGTH_MAX = 200
FEE = TypeVar("FEE", ProcessingFee, DisputeFee)
_SETTINGS = "settings by account"
_FOLLOWERS: "dict[str, tuple[Follower, ...]]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """What to change of an account and its settings; a setting changed to None goes back to its default."""

    country: str | Unset = UNSET
    default_currency: str | Unset = UNSET
    business_name: str | Unset | None = UNSET
    email: str | Unset | None = UNSET
    invoice_finalization_delay: int | Unset | None = UNSET
    invoice_numbering: InvoiceNumbering | Unset | None = UNSET
    invoice_prefix: str | Unset | None = UNSET
    invoice_due_reminder_days: int | Unset | None = UNSET
    upcoming_invoice_days: int | Unset | None = UNSET
    statement_descriptor: str | Unset | None = UNSET
    processing_fee_percent: Decimal | Unset | None = UNSET
    processing_fees: Sequence[ProcessingFee] | Unset | None = UNSET
    dispute_fee: int | Unset | None = UNSET
    dispute_fees: Sequence[DisputeFee] | Unset | None = UNSET
    cancel_subscription_on_dispute: bool | Unset | None = UNSET
    billing_fee_percent: Decimal | Unset | None = UNSET
    invoicing_fee_percent: Decimal | Unset | None = UNSET
    test_clock_advance_is_limited: bool | Unset | None = UNSET
    allowed_origins: Sequence[str] | Unset | None = UNSET
    retry_policy: RetryPolicy | Unset | None = UNSET
    retry_window: RetryWindow | Unset | None = UNSET
    retry_waits: Sequence[int] | Unset | None = UNSET
    retries_end: RetriesEnd | Unset | None = UNSET
    unpaid_invoice: UnpaidInvoice | Unset | None = UNSET
    retry_on_new_payment_method: bool | Unset | None = UNSET
    upgrade_behavior: ChangeBehavior | Unset | None = UNSET
    downgrade_behavior: ChangeBehavior | Unset | None = UNSET
    past_due_entitles: bool | Unset | None = UNSET
    tax_rounding: TaxRounding | Unset | None = UNSET
    default_tax_behavior: PriceTaxDefault | Unset | None = UNSET
    application_fee_base: ApplicationFeeBase | Unset | None = UNSET
    end_fees_on_disconnect: bool | Unset | None = UNSET


Follower = Callable[[Scope], Awaitable[None]]


def react_to_setting(name: str, *followers: Follower) -> None:
    """Let these follow every change of this setting in its own transaction. Only `services/reactions.py` calls this."""
    _FOLLOWERS[name] = followers


class Settings(Service):
    """The settings of the scope's account."""

    reach = part(Reach)
    standings = part(Standings)

    async def current(self) -> AccountSettings:
        """All settings, those never chosen with their defaults. A transaction reads them once."""
        return await _known(self.scope.account_id)

    async def of_the_platform(self) -> AccountSettings:
        """As `current`, those of the platform that the account is connected to."""
        return await _known(self.scope.platform_id)

    @transactional
    async def update(self, change: SettingsChange) -> Account:
        """The account with these settings changed. Reports all problems of the change together.

        Records `account.updated` where the account is shown otherwise than before.
        """
        account = await self.reach.reached(None)
        problems = Problems()
        self.reach.refuse_unless_may_write(account, _groups_of(change), problems)
        former = settings_of(account.settings)
        settings = _changed(former, change, problems)
        if not self.scope.stand.is_platform:
            _refuse_to_connected(change, problems)
            if pays_by_platform(account.controller) and not self.scope.stand.is_direct:
                _refuse_to_who_does_not_pay(change, problems)
        columns = {
            "country": checked_where_given(problems, country_of, change.country, "country"),
            "default_currency": checked_where_given(problems, currency_of, change.default_currency, "defaultCurrency"),
            "business_name": checked_where_given(
                problems, required_text, change.business_name, BUSINESS_NAME_LENGTH_MAX, "businessName"
            ),
            "email": checked_where_given(problems, email_of, change.email),
        }
        problems.raise_any()
        await self._check_prefix(settings, problems)
        problems.raise_any()
        representative = await self.standings.representative_of(account)
        told = self.standings.before(account, representative)
        for name, value in columns.items():
            if value is not UNSET:
                setattr(account, name, value)
        account.settings = stored_settings(settings)
        await account.save(update_fields=[*columns, "settings"])
        self.standings.tell(account, representative, told, self.scope.clock.now())
        if (unit := current_unit()) is not None:
            known: dict[str, AccountSettings] = unit.state(_SETTINGS, dict)
            known.pop(account.id, None)
        for name, followers in _FOLLOWERS.items():
            if getattr(former, name) != getattr(settings, name):
                for follow in followers:
                    await follow(self.scope)
        return account

    async def _check_prefix(self, settings: AccountSettings, problems: Problems) -> None:
        """Numbers of the account and of its customers must not meet."""
        if settings.invoice_prefix is None:
            return
        if await Customer.filter(account_id=self.scope.account_id, invoice_prefix=settings.invoice_prefix).exists():
            problems.add(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"A customer's invoices begin with {settings.invoice_prefix} already; choose another prefix.",
                "invoicePrefix",
            )


async def _known(account_id: str) -> AccountSettings:
    unit = current_unit()
    known: dict[str, AccountSettings] = {} if unit is None else unit.state(_SETTINGS, dict)
    if account_id not in known:
        [account] = await fetch_by(Account, "id", [account_id])
        known[account.id] = settings_of(account.settings)
    return known[account_id]


async def allowed_origins() -> frozenset[str]:
    """The origins that any account allows: what a preflight is answered from, which carries no key."""
    accounts = await Account.all()
    return frozenset(origin for each in accounts for origin in settings_of(each.settings).allowed_origins)


def _changed(settings: AccountSettings, change: SettingsChange, problems: Problems) -> AccountSettings:
    """The settings after the change; wherever it is refused, problems are noted and the result is of no use."""
    wanted: dict[str, Any] = {
        "invoice_finalization_delay": checked_where_given(
            problems, finalization_delay, change.invoice_finalization_delay
        ),
        "invoice_numbering": change.invoice_numbering,
        "invoice_prefix": checked_where_given(problems, validated_invoice_prefix, change.invoice_prefix),
        "invoice_due_reminder_days": checked_where_given(problems, reminder_days, change.invoice_due_reminder_days),
        "upcoming_invoice_days": checked_where_given(problems, announced_days, change.upcoming_invoice_days),
        "statement_descriptor": checked_where_given(problems, statement_descriptor, change.statement_descriptor),
        "processing_fee_percent": checked_where_given(problems, fee_percent, change.processing_fee_percent),
        "billing_fee_percent": checked_where_given(
            problems, fee_percent, change.billing_fee_percent, "billingFeePercent"
        ),
        "invoicing_fee_percent": checked_where_given(
            problems, fee_percent, change.invoicing_fee_percent, "invoicingFeePercent"
        ),
        "test_clock_advance_is_limited": change.test_clock_advance_is_limited,
        "processing_fees": _fees(validated_fee, change.processing_fees, "processingFees", problems),
        "dispute_fee": checked_where_given(problems, dispute_fee, change.dispute_fee),
        "dispute_fees": _fees(validated_dispute_fee, change.dispute_fees, "disputeFees", problems),
        "cancel_subscription_on_dispute": change.cancel_subscription_on_dispute,
        "allowed_origins": checked_list(problems, origin_of, change.allowed_origins, ORIGINS_MAX, ("allowedOrigins",)),
        "retry_waits": _waits(change.retry_waits, problems),
        "retry_policy": change.retry_policy,
        "retry_window": change.retry_window,
        "retries_end": change.retries_end,
        "unpaid_invoice": change.unpaid_invoice,
        "retry_on_new_payment_method": change.retry_on_new_payment_method,
        "upgrade_behavior": change.upgrade_behavior,
        "downgrade_behavior": change.downgrade_behavior,
        "past_due_entitles": change.past_due_entitles,
        "tax_rounding": change.tax_rounding,
        "default_tax_behavior": change.default_tax_behavior,
        "application_fee_base": change.application_fee_base,
        "end_fees_on_disconnect": change.end_fees_on_disconnect,
    }
    kept = {
        name: getattr(DEFAULT_SETTINGS, name) if value is None else value
        for name, value in wanted.items()
        if value is not UNSET
    }
    if "retry_waits" in kept:
        kept["retry_waits"] = tuple(kept["retry_waits"])
    if "allowed_origins" in kept:
        kept["allowed_origins"] = tuple(dict.fromkeys(kept["allowed_origins"]))
    return replace(settings, **kept)


def _groups_of(change: SettingsChange) -> dict[Field, tuple[str, ...]]:
    """What the change writes that one side alone may decide about a connected account."""
    details = {
        "country": change.country,
        "defaultCurrency": change.default_currency,
        "businessName": change.business_name,
        "email": change.email,
    }
    found: dict[Field, tuple[str, ...]] = {}
    first = next((name for name, value in details.items() if value is not UNSET), None)
    if first is not None:
        found[Field.DETAILS] = (first,)
    if change.statement_descriptor is not UNSET:
        found[Field.SETTINGS] = ("statementDescriptor",)
    return found


def _refuse_to_connected(change: SettingsChange, problems: Problems) -> None:
    """A connected account has no application fees to decide about, and stays where it is at home."""
    own = {
        "applicationFeeBase": change.application_fee_base,
        "endFeesOnDisconnect": change.end_fees_on_disconnect,
    }
    for name in (name for name, value in own.items() if value is not UNSET):
        problems.add(
            ErrorCode.PLATFORM_ACCOUNT_REQUIRED, f"{name} is a setting of the platform, who has the fees.", name
        )
    if change.country is not UNSET:
        problems.add(
            ErrorCode.ACCOUNT_INVALID, "A connected account stays in the country in which it was made.", "country"
        )


def _refuse_to_who_does_not_pay(change: SettingsChange, problems: Problems) -> None:
    """Fees that are the platform's to pay are not for the account to raise."""
    fees = {
        "processingFeePercent": change.processing_fee_percent,
        "processingFees": change.processing_fees,
        "disputeFee": change.dispute_fee,
        "disputeFees": change.dispute_fees,
        "billingFeePercent": change.billing_fee_percent,
    }
    for name in (name for name, value in fees.items() if value is not UNSET):
        problems.add(
            ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
            f"The platform pays the fees of this account, and sets {name} with `Stripe-Account`.",
            name,
        )


def _waits(waits: Sequence[int] | Unset | None, problems: Problems) -> Sequence[int] | Unset | None:
    """Waits before retries: none at all is a choice, None is the default."""
    if waits is None:
        return None
    return checked_list(problems, wait_days, waits, CUSTOM_RETRIES_MAX, ("retryWaits",))


def _fees(
    rule: Callable[[FEE, tuple[str, ...]], FEE], fees: Sequence[FEE] | Unset | None, param: str, problems: Problems
) -> tuple[FEE, ...] | Unset:
    """Fees by currency, each currency once."""
    valid = checked_list(problems, rule, fees, FEES_MAX, (param,))
    if valid is UNSET:
        return UNSET
    currencies = [fee.currency for fee in valid]
    for index, currency in enumerate(currencies):
        if currency in currencies[:index]:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"There are two fees for {currency}; there can be one for each currency.",
                param,
                str(index),
                "currency",
            )
    return tuple(valid)
