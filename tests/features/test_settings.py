"""Accounts and their settings: the platform is founded once, settings have defaults and limits."""

import asyncio
from decimal import Decimal

import pytest

from domain.dunning import RetriesEnd, RetryPolicy, RetryRules, RetryWindow
from domain.errors import DomainError
from domain.ids import IdMint
from domain.settings import AccountSettings, DisputeFee, ProcessingFee
from models import Account
from services.accounts import Accounts
from services.scope import Scope
from services.settings import Settings, SettingsChange, allowed_origins
from tests.features.scopes import StandingClock, founded_scope, problems_of, strangers


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def test_platform_is_founded_once_however_many_ask(database: str) -> None:
    clock = StandingClock()
    ids = IdMint(clock.ticks)
    assert await Accounts.platform() is None
    founded = await asyncio.gather(*(Accounts.founded(clock, ids, country="de") for _ in range(8)))
    [account] = await Account.all()
    assert {each.id for each in founded} == {account.id}
    assert (account.platform_id, account.country, account.default_currency) == (account.id, "DE", "usd")


async def test_settings_begin_with_their_defaults(scope: Scope) -> None:
    settings = await Settings(scope).current()
    assert settings == AccountSettings()
    assert settings.invoice_finalization_delay == 3600
    assert settings.processing_fee_percent == Decimal("2.9")
    assert (await Accounts(scope).current()).settings == {}


async def test_settings_change_one_by_one_and_go_back(scope: Scope) -> None:
    settings = Settings(scope)
    change = SettingsChange(
        invoice_finalization_delay=0,
        statement_descriptor="PHOTO HOST",
        processing_fee_percent=Decimal("1.5"),
        processing_fees=[ProcessingFee("brl", Decimal("3.99"), 39)],
        allowed_origins=["https://APP.example.com:443", "http://localhost:5173", "https://app.example.com"],
        business_name="Photo Host",
        email="billing@example.com",
        default_currency="EUR",
        country="br",
    )
    account = await settings.update(change)
    assert (account.country, account.default_currency, account.business_name) == ("BR", "eur", "Photo Host")
    current = await settings.current()
    assert (current.invoice_finalization_delay, current.statement_descriptor) == (0, "PHOTO HOST")
    assert current.allowed_origins == ("https://app.example.com", "http://localhost:5173")
    assert current.fee_schedule("brl").fixed == 39
    assert current.fee_schedule("usd").percent == Decimal("1.5")
    assert await allowed_origins() == {"https://app.example.com", "http://localhost:5173"}
    await settings.update(SettingsChange(processing_fees=None, processing_fee_percent=None, business_name=None))
    current = await settings.current()
    assert (current.processing_fees, current.processing_fee_percent) == ((), Decimal("2.9"))
    assert current.statement_descriptor == "PHOTO HOST"
    assert (await Accounts(scope).current()).business_name is None


async def test_all_problems_of_settings_are_reported_together(scope: Scope) -> None:
    change = SettingsChange(
        country="XX",
        default_currency="abc",
        email="nobody",
        invoice_finalization_delay=72 * 3600 + 1,
        statement_descriptor="12345",
        processing_fee_percent=Decimal("2.90001"),
        processing_fees=[ProcessingFee("usd", Decimal(101)), ProcessingFee("eur", Decimal(1), -1)],
        allowed_origins=["https://example.com/path", "*", "example.com", "https://a.example:x"],
        business_name="Photo Host",
    )
    with pytest.raises(DomainError) as refused:
        await Settings(scope).update(change)
    assert problems_of(refused.value) == [
        ("PARAMETER_INVALID_INTEGER", "invoiceFinalizationDelay"),
        ("PARAMETER_INVALID", "statementDescriptor"),
        ("PARAMETER_INVALID", "processingFeePercent"),
        ("PARAMETER_INVALID", "processingFees.0.percent"),
        ("PARAMETER_INVALID_INTEGER", "processingFees.1.fixed"),
        ("URL_INVALID", "allowedOrigins.0"),
        ("URL_INVALID", "allowedOrigins.1"),
        ("URL_INVALID", "allowedOrigins.2"),
        ("URL_INVALID", "allowedOrigins.3"),
        ("COUNTRY_CODE_INVALID", "country"),
        ("CURRENCY_INVALID", "defaultCurrency"),
        ("EMAIL_INVALID", "email"),
    ]
    account = await Accounts(scope).current()
    assert (account.settings, account.business_name, account.country) == ({}, None, "US")


async def test_one_fee_for_each_currency(scope: Scope) -> None:
    fees = [ProcessingFee("usd", Decimal(1)), ProcessingFee("usd", Decimal(2))]
    with pytest.raises(DomainError) as refused:
        await Settings(scope).update(SettingsChange(processing_fees=fees))
    assert problems_of(refused.value) == [("PARAMETER_INVALID", "processingFees.1.currency")]


async def test_settings_are_the_account_s_own(scope: Scope) -> None:
    live, other = await strangers(scope)
    await Settings(other).update(SettingsChange(statement_descriptor="OTHER SHOP"))
    assert (await Settings(scope).current()).statement_descriptor is None
    await Settings(scope).update(SettingsChange(statement_descriptor="PHOTO HOST"))
    # An account has one set of settings for both modes.
    assert (await Settings(live).current()).statement_descriptor == "PHOTO HOST"


async def test_parallel_changes_of_different_settings_all_stay(scope: Scope) -> None:
    await asyncio.gather(
        Settings(scope).update(SettingsChange(invoice_finalization_delay=60)),
        Settings(scope).update(SettingsChange(statement_descriptor="PHOTO HOST")),
        Settings(scope).update(SettingsChange(allowed_origins=["https://a.example"])),
    )
    assert await Settings(scope).current() == AccountSettings(
        invoice_finalization_delay=60, statement_descriptor="PHOTO HOST", allowed_origins=("https://a.example",)
    )


async def test_fees_of_disputes_are_chosen_and_given_back(scope: Scope) -> None:
    settings = Settings(scope)
    await settings.update(SettingsChange(dispute_fee=700, dispute_fees=[DisputeFee("eur", 2000)]))
    current = await settings.current()
    assert [current.fee_of_dispute(currency) for currency in ("usd", "eur")] == [700, 2000]
    await settings.update(SettingsChange(dispute_fee=None, dispute_fees=None))
    assert await settings.current() == AccountSettings()
    assert (await settings.current()).fee_of_dispute("jpy") == 1500


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (SettingsChange(dispute_fee=-1), ("PARAMETER_INVALID_INTEGER", "disputeFee")),
        (SettingsChange(dispute_fee=100_000_000), ("PARAMETER_INVALID_INTEGER", "disputeFee")),
        (
            SettingsChange(dispute_fees=[DisputeFee("eur", 1), DisputeFee("usd", -1)]),
            ("PARAMETER_INVALID_INTEGER", "disputeFees.1.amount"),
        ),
        (
            SettingsChange(dispute_fees=[DisputeFee("eur", 1), DisputeFee("eur", 2)]),
            ("PARAMETER_INVALID", "disputeFees.1.currency"),
        ),
    ],
)
async def test_fees_of_disputes_out_of_range_are_refused(
    scope: Scope, change: SettingsChange, problem: tuple[str, str]
) -> None:
    with pytest.raises(DomainError) as refused:
        await Settings(scope).update(change)
    assert problems_of(refused.value) == [problem]
    assert (await Accounts(scope).current()).settings == {}


async def test_retries_are_chosen_and_given_back(scope: Scope) -> None:
    settings = Settings(scope)
    change = SettingsChange(
        retry_policy=RetryPolicy.CUSTOM,
        retry_window=RetryWindow.TWO_MONTHS,
        retry_waits=[1, 60],
        retries_end=RetriesEnd.UNPAID,
        retry_on_new_payment_method=False,
    )
    await settings.update(change)
    current = await settings.current()
    assert current.retry_rules == RetryRules(RetryPolicy.CUSTOM, RetryWindow.TWO_MONTHS, (1, 60))
    assert (current.retries_end, current.retry_on_new_payment_method) == (RetriesEnd.UNPAID, False)
    await settings.update(SettingsChange(retry_policy=None, retry_window=None, retry_waits=None, retries_end=None))
    assert await settings.current() == AccountSettings(retry_on_new_payment_method=False)


@pytest.mark.parametrize(
    ("waits", "problem"),
    [
        ([1, 0], ("PARAMETER_INVALID_INTEGER", "retryWaits.1")),
        ([61], ("PARAMETER_INVALID_INTEGER", "retryWaits.0")),
        ([1, 2, 3, 4], ("PARAMETER_LIST_TOO_LONG", "retryWaits")),
    ],
)
async def test_waits_out_of_range_are_refused(scope: Scope, waits: list[int], problem: tuple[str, str]) -> None:
    with pytest.raises(DomainError) as refused:
        await Settings(scope).update(SettingsChange(retry_waits=waits))
    assert problems_of(refused.value) == [problem]
    assert (await Accounts(scope).current()).settings == {}
