"""The commands that work on a database: migrate, keys, seed, reset, doctor and schema."""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.agenda import AgendaKind
from domain.keys import KeyKind
from models import Account, AgendaEntry, ApiKey, Customer, EventCounter, Price, Product, TestClock
from prorata.cli import main
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connected
from prorata.house import house_of, platform_of
from prorata.settings import Settings
from services.accounts import AccountDraft, Accounts
from services.api_keys import authenticate
from services.transactions import database

Work = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard output."""
        return self.out.splitlines()


@dataclass(frozen=True, slots=True)
class Program:
    """The command line on one database."""

    url: str
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Output:
        """Run a command to its end."""
        with pytest.raises(SystemExit) as ended:
            main(words)
        printed = self.captured.readouterr()
        assert isinstance(ended.value.code, int)
        return Output(ended.value.code, printed.out, printed.err)

    def within(self, work: Work) -> Any:
        """What `work` gives while connected to the database."""

        async def connected_work() -> Any:
            async with connected(self.url):
                return await work()

        return asyncio.run(connected_work())


@pytest.fixture
def program(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Program]:
    """The command line on an empty database of this test's own, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRORATA_DATABASE_URL", empty_database_url)
    umask = os.umask(0o022)
    yield Program(empty_database_url, capsys)
    os.umask(umask)
    gc.enable()


def test_migrate_brings_an_empty_database_up_to_date_once(program: Program) -> None:
    assert program("migrate").out == "Migrated: 0001_initial.\n"
    assert program("migrate").out == "The database has the schema of this release.\n"


def test_a_key_is_shown_when_made_and_never_again(program: Program) -> None:
    identifier, secret = program("keys", "create", "--name", "shop").out.split()
    assert secret.startswith("sk_test_")
    listed = program("keys", "list").out
    assert identifier in listed
    assert "shop" in listed
    assert secret not in listed


def test_a_rolled_key_is_replaced_and_a_revoked_one_ends(program: Program) -> None:
    first, _ = program("keys", "create", "--live").out.split()
    second, secret = program("keys", "roll", first).out.split()
    assert secret.startswith("sk_live_")
    assert program("keys", "revoke", second).code == 0
    states = {line.split()[0]: line.split()[3] for line in program("keys", "list").lines}
    assert states == {first: "expired", second: "revoked"}
    assert program.within(lambda: authenticate(secret, SYSTEM_CLOCK.now())) is None


def test_a_key_that_is_rolled_with_an_overlap_says_when_it_ends(program: Program) -> None:
    first, _ = program("keys", "create").out.split()
    second, _ = program("keys", "roll", first, "--overlap-hours", "2").out.split()
    ending = program.within(lambda: ApiKey.get(id=first)).expires_at
    lines = {line.split()[0]: line for line in program("keys", "list").lines}
    assert lines[first].endswith(f"valid    never used  ends {ending:%Y-%m-%d %H:%M} UTC")
    assert lines[second].endswith("valid    never used")


def test_a_restricted_key_is_granted_kind_by_kind(program: Program) -> None:
    identifier, _ = program("keys", "create", "--kind", "restricted", "--grant", "customers=read").out.split()
    key = program.within(lambda: ApiKey.get(id=identifier))
    assert (key.kind, key.grants) == (KeyKind.RESTRICTED, {"customers": "read"})
    refused = program("keys", "create", "--kind", "restricted", "--grant", "customers")
    assert (refused.code, refused.out) == (1, "")
    assert "'customers' grants nothing. A grant is KIND=ACCESS" in refused.err


def test_an_unknown_key_is_refused(program: Program) -> None:
    refused = program("keys", "revoke", "mk_unknown")
    assert (refused.code, refused.err) == (1, "prorata: No such valid API key: 'mk_unknown'.\n")


async def _standard_account() -> str:
    """An account that is connected to the platform in test mode and looks after itself."""
    house = house_of(Settings())
    platform = await platform_of(house)
    return (await Accounts(house.scope(platform)).create(AccountDraft())).id


def test_keys_of_a_connected_account_are_made_and_listed_by_its_id(program: Program) -> None:
    program("migrate")
    identifier = program.within(_standard_account)
    key, secret = program("keys", "create", "--account", identifier).out.split()
    found = program.within(lambda: authenticate(secret, SYSTEM_CLOCK.now()))
    assert found is not None
    assert found.account_id == identifier
    assert [line.split()[0] for line in program("keys", "list", "--account", identifier).lines] == [key]
    assert key not in program("keys", "list").out
    for action in ("create", "list"):
        refused = program("keys", action, "--account", "acct_1")
        assert (refused.code, refused.err) == (1, "prorata: No such account: 'acct_1'.\n")
    assert program("keys", "create", "--live", "--account", identifier).code == 1


async def _counts() -> list[int]:
    return [await model.all().count() for model in (Product, Price, Customer, EventCounter, ApiKey)]


def test_the_demo_is_seeded_once(program: Program) -> None:
    assert program("seed").out == "Added 7 of the demo's products, customers and accounts.\n"
    assert program("seed").out == "The demo is there already.\n"
    assert program.within(_counts) == [3, 3, 3, 2, 0]

    async def prices() -> Any:
        return (
            await Price.all().order_by("unit_amount").values_list("lookup_key", "unit_amount", "currency", "interval")
        )

    async def who() -> Any:
        sold = {str(each.id): each.business_name or "the platform" for each in await Account.all()}
        return [
            (sold[each.account_id], each.name, sold.get(each.represents_account_id or ""))
            for each in await Customer.all().order_by("name")
        ]

    assert [tuple(price) for price in program.within(prices)] == [
        ("prints_monthly", 900, "usd", "month"),
        ("basic_monthly", 1500, "usd", "month"),
        ("premium_monthly", 2500, "usd", "month"),
    ]
    assert program.within(who) == [
        ("the platform", "Ada's Studio", "Ada's Studio"),
        ("the platform", "Jenny Rosen", None),
        ("Ada's Studio", "Ravi Patel", None),
    ]


def test_reset_removes_all_but_account_and_keys(program: Program) -> None:
    program("keys", "create")
    program("seed")
    # 3 products, 3 prices, 3 customers, an account with owner and bank account, 17 events and two counters of these
    assert program("reset", "--yes").out.startswith("Removed 31 rows.")
    assert program.within(_counts) == [0, 0, 0, 0, 1]


def test_reset_removes_connected_accounts_with_their_keys(program: Program) -> None:
    program("migrate")
    identifier = program.within(_standard_account)
    program("keys", "create", "--account", identifier)
    program("keys", "create")
    # The account and its key, two capabilities that were told of, the counter of these, and nothing of the platform's
    assert program("reset", "--yes").out.startswith("Removed 5 rows.")
    assert program.within(lambda: Account.all().count()) == program.within(lambda: ApiKey.all().count()) == 1


def test_reset_without_a_yes_removes_nothing(program: Program) -> None:
    program("seed")
    refused = program("reset")
    assert (refused.code, refused.err) == (1, "prorata: Nothing was removed. `prorata reset --yes` does not ask.\n")
    assert program.within(_counts) == [3, 3, 3, 2, 0]


def test_reset_refuses_live_data(program: Program) -> None:
    program("seed")

    async def go_live() -> None:
        await Customer.all().update(livemode=True)

    program.within(go_live)
    refused = program("reset", "--yes")
    assert (refused.code, refused.err) == (1, "prorata: There is live data (customers): nothing was removed.\n")
    assert program.within(_counts) == [3, 3, 3, 2, 0]


def test_the_doctor_finds_a_fresh_database_in_order(program: Program) -> None:
    program("seed")
    found = program("doctor")
    assert (found.code, found.lines[-1]) == (0, "All is in order.")
    assert {line[:4] for line in found.lines[:-1]} == {"ok  "}


def test_the_doctor_says_what_to_do_without_a_schema(program: Program) -> None:
    found = program("doctor")
    assert (found.code, found.lines[-1]) == (1, "One thing is wrong.")
    assert "`prorata migrate`" in found.lines[-2]


async def _trouble() -> None:
    now = SYSTEM_CLOCK.now()
    account: dict[str, Any] = {"account_id": "acct_1", "livemode": False, "created_at": now}
    overdue = account | {"kind": AgendaKind.SUBSCRIPTION_RENEW, "due_at": now - timedelta(minutes=5)}
    await AgendaEntry.create(id="agenda_1", subject_id="sub_1", **overdue)
    await AgendaEntry.create(id="agenda_2", subject_id="sub_2", attempts=3, last_error="KeyError: 'x'", **overdue)
    await TestClock.create(id="clock_1", frozen_at=now, target_at=now, status="internal_failure", **account)


def test_the_doctor_names_what_is_late_fails_or_broke(program: Program) -> None:
    program("seed")
    program.within(_trouble)
    found = program("doctor")
    wrong = [line for line in found.lines if line.startswith("FAIL")]
    assert (found.code, found.lines[-1], len(wrong)) == (1, "3 things are wrong.", 3)
    assert "1 entries are due, the first (subscription.renew of sub_1) since 0:05:0" in wrong[0]
    assert wrong[1].endswith("subscription.renew of sub_2 failed 3 times: KeyError: 'x'")
    assert wrong[2].endswith("clock_1 broke: None")


def test_a_database_of_a_newer_release_is_refused(program: Program) -> None:
    program("migrate")

    async def a_newer_release() -> None:
        columns, values = "(app, name, applied_at)", "('models', '9999_x', '2027-01-01')"
        await database().query(f"INSERT INTO tortoise_migrations {columns} VALUES {values}")

    program.within(a_newer_release)
    refused = program("keys", "list")
    assert refused.code == 1
    assert "has migrations of a newer release (9999_x), which this release does not know" in refused.err


def test_an_unreachable_database_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRORATA_DATABASE_URL", "postgresql://shop:hunter2@127.0.0.1:1/shop")
    refused = Program("", capsys)("keys", "list")
    assert refused.code == 1
    assert "PostgreSQL at 127.0.0.1/shop cannot be used" in refused.err
    assert "hunter2" not in refused.err
