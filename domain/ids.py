"""Ids: a prefix that tells the kind, then text that sorts by creation.

After the prefix come 11 characters of microseconds since 1970 and 12 random ones, both in base 36 with lower-case
letters. Base 62 would be four characters shorter, but mixed case sorts differently under a database's language
collation than under ASCII; digits and lower-case letters sort alike everywhere, and lists are ordered by id.
"""

import secrets
from collections.abc import Callable
from enum import StrEnum

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)
_PAIR = len(_PAIRS)
_RANDOM_BITS = 62  # the most that 12 characters of base 36 hold
_TIME_LENGTH = 11
_RANDOM_LENGTH = 12


class Prefix(StrEnum):
    """What stands before the underscore, for every kind of object that has an id."""

    ACCOUNT = "acct_"
    AGENDA_ENTRY = "agenda_"
    API_KEY = "mk_"
    BALANCE_TRANSACTION = "txn_"
    CHARGE = "ch_"
    CUSTOMER = "cus_"
    CUSTOMER_BALANCE_TRANSACTION = "cbtxn_"
    EVENT = "evt_"
    FILE = "file_"
    INVOICE = "in_"
    INVOICE_ITEM = "ii_"
    INVOICE_LINE = "il_"
    PAYMENT_INTENT = "pi_"
    PAYMENT_METHOD = "pm_"
    PRICE = "price_"
    PRODUCT = "prod_"
    REFUND = "re_"
    REQUEST = "req_"
    SANDBOX_OUTCOME = "sbo_"
    SETUP_INTENT = "seti_"
    SUBSCRIPTION = "sub_"
    SUBSCRIPTION_ITEM = "si_"
    TAX_ID = "txi_"
    TEST_CLOCK = "clock_"


def new_id(prefix: str, microseconds: int, random_bits: int) -> str:
    """The id of that prefix for a moment (microseconds since 1970) and 62 random bits."""
    return prefix + _time_text(microseconds) + _random_text(random_bits)


def prefix_of(identifier: str) -> Prefix | None:
    """The kind that an id claims to be, or None when it has no known prefix or not the length of an id."""
    stem, underscore, rest = identifier.rpartition("_")
    if len(rest) != _TIME_LENGTH + _RANDOM_LENGTH:
        return None
    try:
        return Prefix(stem + underscore)
    except ValueError:
        return None


class IdMint:
    """Makes ids that strictly increase within this process, whatever the clock does.

    `ticks` gives microseconds since 1970. Two ids of one microsecond, or of a clock set back, count on from the last.
    """

    def __init__(self, ticks: Callable[[], int], random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._ticks = ticks
        self._random_bits = random_bits
        self._last = 0

    def new(self, prefix: Prefix) -> str:
        """A new id, greater than every one before it with the same prefix."""
        now = self._ticks()
        self._last = now if now > self._last else self._last + 1
        return prefix + _time_text(self._last) + _random_text(self._random_bits(_RANDOM_BITS))

    def many(self, prefix: Prefix, count: int) -> list[str]:
        """So many new ids in rising order."""
        return [self.new(prefix) for _ in range(count)]


def _time_text(microseconds: int) -> str:
    """Eleven characters, enough until the year 6140."""
    rest, a = divmod(microseconds, _PAIR)
    rest, b = divmod(rest, _PAIR)
    rest, c = divmod(rest, _PAIR)
    rest, d = divmod(rest, _PAIR)
    rest, e = divmod(rest, _PAIR)
    return _DIGITS[rest] + _PAIRS[e] + _PAIRS[d] + _PAIRS[c] + _PAIRS[b] + _PAIRS[a]


def _random_text(bits: int) -> str:
    """Twelve characters."""
    rest, a = divmod(bits, _PAIR)
    rest, b = divmod(rest, _PAIR)
    rest, c = divmod(rest, _PAIR)
    rest, d = divmod(rest, _PAIR)
    rest, e = divmod(rest, _PAIR)
    return _PAIRS[rest] + _PAIRS[e] + _PAIRS[d] + _PAIRS[c] + _PAIRS[b] + _PAIRS[a]
