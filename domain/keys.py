"""API keys: what a secret looks like, and what a restricted key can be granted."""

import re
import secrets
from enum import StrEnum
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH: Final = 32  # 190 bits: nothing to guess, and no salt needed where it is hashed
SECRET_LENGTH_MAX: Final = 255
_REST: Final = re.compile(r"[A-Za-z0-9_]{16,247}")


class KeyKind(StrEnum):
    """Who a key is made for."""

    SECRET = "secret"  # noqa: S105 - a kind of key, not a key
    RESTRICTED = "restricted"
    PUBLISHABLE = "publishable"


class Resource(StrEnum):
    """The kinds of objects that a restricted key is granted one by one. Keys themselves are not among them."""

    ACCOUNTS = "accounts"
    APPLICATION_FEES = "application_fees"
    BALANCES = "balances"
    CATALOG = "catalog"
    CLOCKS = "clocks"
    COUPONS = "coupons"
    CREDIT_GRANTS = "credit_grants"
    CREDIT_NOTES = "credit_notes"
    CUSTOMERS = "customers"
    DISPUTES = "disputes"
    ENTITLEMENTS = "entitlements"
    EVENTS = "events"
    INVOICES = "invoices"
    PAYMENT_METHODS = "payment_methods"
    PAYMENTS = "payments"
    PAYOUTS = "payouts"
    QUOTES = "quotes"
    REFUNDS = "refunds"
    SETTINGS = "settings"
    SUBSCRIPTIONS = "subscriptions"
    TAX = "tax"
    TRANSFERS = "transfers"
    USAGE = "usage"


_PREFIXES: Final = {KeyKind.SECRET: "sk", KeyKind.RESTRICTED: "rk", KeyKind.PUBLISHABLE: "pk"}


def new_secret(kind: KeyKind, *, livemode: bool) -> str:
    """A fresh secret such as `sk_test_…`; the prefix tells kind and mode."""
    return _prefix(kind, livemode=livemode) + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))


def belongs_to(secret: str, kind: KeyKind, *, livemode: bool) -> bool:
    """Whether a secret has the form of this kind and mode."""
    prefix = _prefix(kind, livemode=livemode)
    return secret.startswith(prefix) and _REST.fullmatch(secret, len(prefix)) is not None


def hint_of(secret: str) -> str:
    """Enough to recognise a key by, too little to use it: `sk_test_…wXyZ`."""
    kind, mode, rest = secret.split("_", 2)
    return f"{kind}_{mode}_…{rest[-4:]}"


def _prefix(kind: KeyKind, *, livemode: bool) -> str:
    return f"{_PREFIXES[kind]}_{'live' if livemode else 'test'}_"
