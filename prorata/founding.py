"""The first start on a database: the platform's account and its first keys; and the sandbox key of the demo."""

from dataclasses import dataclass

from domain.keys import KeyKind
from models import Account, ApiKey
from prorata.house import House, platform_of
from prorata.kept_keys import SANDBOX_KEY_FILE, keep, read_kept
from services.api_keys import ApiKeyDraft, ApiKeys, authenticate
from services.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """The test keys of a database that has just been founded; they are stored nowhere."""

    secret: str
    publishable: str


@dataclass(frozen=True, slots=True)
class Founded:
    """The platform, and its first keys for the one process that founded it."""

    platform: Account
    first_keys: FirstKeys | None


async def found(house: House, *, secret: str | None = None) -> Founded:
    """The platform; the process that makes it also makes a secret and a publishable test key.

    The secret key is the bootstrap key of the settings, else `secret`, else a new one. However many processes start
    at once, one of them founds.
    """
    bootstrap = house.settings.bootstrap_secret_key
    known = bootstrap.get_secret_value() if bootstrap is not None else secret

    async def body() -> Founded:
        platform = await platform_of(house)
        if await ApiKey.filter(account_id=platform.id, livemode=False).exists():
            return Founded(platform, None)
        keys = ApiKeys(house.scope(platform))
        first = await keys.create(ApiKeyDraft(name="First secret key"), secret=known)
        browser = await keys.create(ApiKeyDraft(kind=KeyKind.PUBLISHABLE, name="First publishable key"))
        assert first.secret is not None and browser.secret is not None
        return Founded(platform, FirstKeys(first.secret, browser.secret))

    return await in_transaction(body)


async def opens(house: House, secret: str) -> bool:
    """Whether a secret is a valid key of this database."""
    return await authenticate(secret, house.clock.now()) is not None


async def sandbox_key(house: House, founded: Founded) -> str:
    """A test key of this database that is kept in a file beside it, made anew when the kept one opens nothing."""
    path = house.settings.folder / SANDBOX_KEY_FILE
    kept = read_kept(path)
    if kept is not None and await opens(house, kept):
        return kept
    if founded.first_keys is not None:
        secret = founded.first_keys.secret
    else:
        issued = await ApiKeys(house.scope(founded.platform)).create(ApiKeyDraft(name="Sandbox"))
        assert issued.secret is not None
        secret = issued.secret
    keep(path, secret)
    return secret
