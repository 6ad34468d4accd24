"""Create, list, roll and revoke the platform's API keys. A secret is shown once, when it is made."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from domain.errors import DomainError, ErrorCode
from domain.keys import KeyKind, Resource
from models import Account, ApiKey
from prorata.house import House, opened, platform_of
from prorata.settings import load_settings
from services.api_keys import ApiKeyDraft, ApiKeys, Grant, IssuedKey, is_valid
from services.scope import Access

_Action = Callable[[House, Account, argparse.Namespace], Awaitable[None]]


def declare(parser: argparse.ArgumentParser) -> None:
    """One action with its options."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print its secret")
    create.add_argument(
        "--kind",
        choices=[each.value for each in KeyKind],
        default=KeyKind.SECRET.value,
        help="who it is made for: a server (by default), a part of your system, or browsers",
    )
    create.add_argument("--live", action="store_true", help="for live mode; without it for test mode")
    create.add_argument("--name", help="what the key is for")
    create.add_argument(
        "--grant",
        action="append",
        default=[],
        metavar="KIND=ACCESS",
        help="for a restricted key: customers=read, subscriptions=write, …",
    )
    create.add_argument("--account", metavar="ID", help="a connected account with a full dashboard, acct_…")
    create.set_defaults(action=_create)
    listing = actions.add_parser("list", help="list keys, revoked ones too")
    listing.add_argument("--account", metavar="ID", help="those of a connected account, acct_…")
    listing.set_defaults(action=_list)
    roll = actions.add_parser("roll", help="make a key that replaces another, and print its secret")
    roll.add_argument("key", help="id of the key to replace, mk_…")
    roll.add_argument("--overlap-hours", type=int, default=0, help="how long the old key goes on working")
    roll.set_defaults(action=_roll)
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("key", help="id of the key, mk_…")
    revoke.set_defaults(action=_revoke)


def run(options: argparse.Namespace) -> int:
    """Carry out the action."""
    asyncio.run(_run(options.action, options))
    return 0


async def _run(action: _Action, options: argparse.Namespace) -> None:
    async with opened(load_settings()) as house:
        await action(house, await platform_of(house), options)


async def _create(house: House, platform: Account, options: argparse.Namespace) -> None:
    keys = ApiKeys(house.scope(platform, livemode=options.live))
    grants = [_grant_of(text) for text in options.grant]
    draft = ApiKeyDraft(kind=KeyKind(options.kind), name=options.name, grants=grants, account=options.account)
    _show(await keys.create(draft))


async def _list(house: House, platform: Account, options: argparse.Namespace) -> None:
    now = house.clock.now()
    owner = platform if options.account is None else await _connected(platform, options.account)
    for key in await ApiKey.filter(account_id=owner.id).order_by("livemode", "id"):
        state = "revoked" if key.revoked_at else "valid" if is_valid(key, now) else "expired"
        used = f"used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
        ends = f"ends {key.expires_at:%Y-%m-%d %H:%M} UTC  " if state == "valid" and key.expires_at else ""
        print(f"{key.id}  {key.hint}  {key.kind:<11}  {state:<7}  {used}  {ends}{key.name or ''}".rstrip())


async def _connected(platform: Account, identifier: str) -> Account:
    """The account with this id, connected to the platform in one mode or the other."""
    account = await Account.get_or_none(id=identifier, platform_id=platform.id, disconnected_at=None)
    if account is None:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such account: '{identifier}'.", "account")
    return account


async def _roll(house: House, platform: Account, options: argparse.Namespace) -> None:
    keys = await _keys_of(house, platform, options.key)
    _show(await keys.roll(options.key, options.overlap_hours))


async def _revoke(house: House, platform: Account, options: argparse.Namespace) -> None:
    keys = await _keys_of(house, platform, options.key)
    key = await keys.revoke(options.key)
    print(f"{key.id} {key.hint} is revoked.")


async def _keys_of(house: House, platform: Account, identifier: str) -> ApiKeys:
    """The keys of the mode that a key belongs to."""
    key = await ApiKey.get_or_none(id=identifier, account_id=platform.id)
    return ApiKeys(house.scope(platform, livemode=key.livemode if key is not None else False))


def _grant_of(text: str) -> Grant:
    resource, _, access = text.partition("=")
    try:
        return Grant(Resource(resource), Access(access))
    except ValueError:
        kinds, levels = ", ".join(Resource), ", ".join(Access)
        raise DomainError(
            ErrorCode.PARAMETER_INVALID, f"'{text}' grants nothing. A grant is KIND=ACCESS with {kinds}; {levels}."
        ) from None


def _show(issued: IssuedKey) -> None:
    print(f"{issued.api_key.id}  {issued.secret}")
