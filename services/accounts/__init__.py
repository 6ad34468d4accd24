"""Accounts: the platform, and those connected to it."""

from domain.addresses import country_of
from domain.currencies import currency_of
from domain.ids import IdMint, Prefix
from models import Account
from services.base import Service
from services.scope import Clock
from services.transactions import current_unit, in_transaction, is_postgres


class Accounts(Service):
    """Reading the scope's own account, and founding the first of a database."""

    async def current(self) -> Account:
        """The account that the scope acts for."""
        return await Account.get(id=self.scope.account_id)

    @staticmethod
    async def platform() -> Account | None:
        """The first account of this database; None as long as it is empty."""
        return await Account.all().order_by("id").first()

    @staticmethod
    async def connected_to(platform_id: str, identifier: str, *, livemode: bool) -> Account | None:
        """The account with this id where it is connected to the platform in this mode; None for any other."""
        return await Account.get_or_none(
            id=identifier, platform_id=platform_id, livemode=livemode, disconnected_at=None
        )

    @staticmethod
    async def founded(
        clock: Clock,
        ids: IdMint,
        *,
        country: str = "US",
        default_currency: str = "usd",
        business_name: str | None = None,
        email: str | None = None,
    ) -> Account:
        """The platform, made now if there is none yet; however many processes ask at once, there is one.

        Refuses a country or a currency that is none.
        """
        home, currency = country_of(country), currency_of(default_currency, "defaultCurrency")

        async def body() -> Account:
            await _hold_founding()
            present = await Accounts.platform()
            if present is not None:
                return present
            identifier = ids.new(Prefix.ACCOUNT)
            return await Account.create(
                id=identifier,
                created_at=clock.now(),
                platform_id=identifier,
                country=home,
                default_currency=currency,
                business_name=business_name,
                email=email,
            )

        return await in_transaction(body)


async def _hold_founding() -> None:
    """Let one process at a time found the platform; SQLite has one writer anyway."""
    unit = current_unit()
    assert unit is not None
    if is_postgres():
        # There is no row to lock yet. Reading goes on meanwhile.
        await unit.session().script("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE")
