"""How the program is put together: settings, clock, ids and gateways, around one connected database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from tortoise.exceptions import DBConnectionError, OperationalError

from domain.ids import IdMint
from gateways.registry import Gateways
from gateways.sandbox import SandboxGateway
from gateways.tax import EmbeddedCalculator, TaxCalculator
from models import Account
from prorata.clock import SYSTEM_CLOCK
from prorata.database import connect, disconnect
from prorata.migrations import SchemaState, migrate, schema_state
from prorata.refusals import ConfigurationWrong, DatabaseUnreachable, SchemaUnfit
from prorata.settings import Settings
from services.accounts import Accounts
from services.scope import Actor, ActorKind, Clock, Scope


@dataclass(frozen=True, slots=True)
class House:
    """The parts that every command works with, beside the connected database."""

    settings: Settings
    clock: Clock
    ids: IdMint
    gateways: Gateways

    def scope(self, platform: Account, *, livemode: bool = False) -> Scope:
        """The platform's scope with the program itself as actor."""
        return Scope(
            account_id=platform.id,
            platform_id=platform.id,
            livemode=livemode,
            clock=self.clock,
            ids=self.ids,
            gateways=self.gateways,
            actor=Actor(ActorKind.SYSTEM),
        )


def house_of(settings: Settings) -> House:
    """The house with these settings. Touches neither disk nor network."""
    return House(
        settings=settings,
        clock=SYSTEM_CLOCK,
        ids=IdMint(SYSTEM_CLOCK.ticks),
        gateways=Gateways(
            test=SandboxGateway(),
            grace=timedelta(seconds=settings.attempt_grace_seconds),
            tax=calculator_named(settings.tax_calculator),
        ),
    )


def calculator_named(name: str) -> TaxCalculator:
    """Who works tax out: the embedded calculator, or what a module of the installation makes (`shop.tax:Calculator`).

    Raises `ConfigurationWrong` where there is no such thing.
    """
    if name == "embedded":
        return EmbeddedCalculator()
    module, _, attribute = name.partition(":")
    try:
        calculator: TaxCalculator = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise ConfigurationWrong([f"PRORATA_TAX_CALCULATOR is {name!r}, which cannot be loaded: {error}."]) from error
    return calculator


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The house with its database connected, for the length of a block; an empty database is migrated first.

    Raises `DatabaseUnreachable`, and `SchemaUnfit` when the database has the schema of another release.
    """
    await prepare(settings)
    try:
        yield house_of(settings)
    finally:
        await disconnect()


async def prepare(settings: Settings) -> None:
    """Connect to the database, which is migrated if it is empty, and refuse one that is of another release."""
    await open_database(settings)
    try:
        state = await schema_state()
        if state.is_empty:
            await disconnect()
            await migrated(settings)
            await open_database(settings)
            state = await schema_state()
        _refuse_unless_current(state)
    except BaseException:
        await disconnect()
        raise


async def open_database(settings: Settings) -> None:
    """Connect to the database as it is. Raises `DatabaseUnreachable`; nothing stays open then."""
    make_folder(settings)
    try:
        await connect(settings.database_url)
    except (DBConnectionError, OperationalError) as error:
        raise DatabaseUnreachable(str(error)) from error


async def migrated(settings: Settings) -> tuple[str, ...]:
    """The migrations that the database lacked until now, in order. Raises `DatabaseUnreachable`."""
    make_folder(settings)
    try:
        return await migrate(settings.database_url)
    except DBConnectionError as error:
        raise DatabaseUnreachable(str(error)) from error


def make_folder(settings: Settings) -> None:
    """The folder of an SQLite file, readable by its owner only when it has to be made."""
    if settings.sqlite_file is None:
        return
    try:
        settings.sqlite_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(f"The folder {settings.sqlite_file.parent} cannot be made: {error}") from error


def _refuse_unless_current(state: SchemaState) -> None:
    if state.unknown:
        raise SchemaUnfit(
            f"The database has migrations of a newer release ({', '.join(state.unknown)}), which this release does "
            "not know. Run the newer release, or restore a backup from before."
        )
    if state.pending:
        raise SchemaUnfit(
            f"The database lacks {len(state.pending)} migrations of this release ({', '.join(state.pending)}). "
            "Back it up, then run `prorata migrate`."
        )


async def platform_of(house: House) -> Account:
    """The platform's account, made now when the database has none."""
    return await Accounts.founded(house.clock, house.ids)
