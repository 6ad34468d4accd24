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
_TIME_LENGTH = 11
_RANDOM_LENGTH = 12
_POOL = 512 * _RANDOM_LENGTH
_OF_BYTE = bytes(ord(_DIGITS[byte % len(_DIGITS)]) for byte in range(256))


class Prefix(StrEnum):
    """What stands before the underscore, for every kind of object that has an id."""

    ACCOUNT = "acct_"
    AGENDA_ENTRY = "agenda_"
    ALERT = "alrt_"
    ALERT_TRIGGER = "alrttr_"
    API_KEY = "mk_"
    APPLICATION_FEE = "fee_"
    APPLICATION_FEE_REFUND = "fr_"
    BALANCE_TRANSACTION = "txn_"
    BANK_ACCOUNT = "ba_"
    CARD = "card_"
    CHARGE = "ch_"
    COUPON = "coupon_"
    CREDIT_BALANCE_TRANSACTION = "cgtxn_"
    CREDIT_GRANT = "credgr_"
    CREDIT_NOTE = "cn_"
    CREDIT_NOTE_LINE = "cnli_"
    CUSTOMER = "cus_"
    CUSTOMER_BALANCE_TRANSACTION = "cbtxn_"
    DESTINATION_PAYMENT = "py_"
    DISCOUNT = "di_"
    DISPUTE = "dp_"
    ENTITLEMENT = "ent_"
    EVENT = "evt_"
    FEATURE = "feat_"
    FILE = "file_"
    INVOICE = "in_"
    INVOICE_ITEM = "ii_"
    INVOICE_LINE = "il_"
    INVOICE_PAYMENT = "inpay_"
    METER = "mtr_"
    METER_EVENT = "mev_"
    PAYMENT_INTENT = "pi_"
    PAYMENT_METHOD = "pm_"
    PERSON = "person_"
    PAYOUT = "po_"
    PRICE = "price_"
    PRICE_MIGRATION = "pmig_"
    PRICE_MIGRATION_MEMBER = "pmigm_"
    PRODUCT = "prod_"
    PRODUCT_FEATURE = "prodft_"
    PROMOTION_CODE = "promo_"
    QUOTE = "qt_"
    QUOTE_LINE = "li_"
    REFUND = "re_"
    REQUEST = "req_"
    SANDBOX_OUTCOME = "sbo_"
    SETUP_INTENT = "seti_"
    SUBSCRIPTION = "sub_"
    SUBSCRIPTION_ITEM = "si_"
    SUBSCRIPTION_SCHEDULE = "sub_sched_"
    TAX_ID = "txi_"
    TAX_RATE = "txr_"
    TAX_REGISTRATION = "taxreg_"
    TEST_CLOCK = "clock_"
    TOPUP = "tu_"
    TRANSFER = "tr_"
    TRANSFER_REVERSAL = "trr_"
    USAGE_BUCKET = "ub_"
    USAGE_PERIOD = "up_"
    USAGE_VALUE = "uv_"


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

    def __init__(self, ticks: Callable[[], int], random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._ticks = ticks
        self._random_bytes = random_bytes
        self._last = 0
        self._epoch = -1
        self._epoch_text = ""
        self._pool = ""
        """Random characters, each of a byte: twelve have 62 bits, some characters being an eighth likelier."""
        self._drawn = 0

    def new(self, prefix: Prefix) -> str:
        """A new id, greater than every one before it with the same prefix."""
        now = self._ticks()
        if now <= self._last:
            now = self._last + 1
        self._last = now
        epoch, rest = divmod(now, _PAIR)
        if epoch != self._epoch:  # mostly the same within a group, so only two characters of the time are new
            self._epoch, self._epoch_text = epoch, _time_text(now)[:-2]
        start = self._drawn
        if start + _RANDOM_LENGTH > len(self._pool):
            self._pool, start = self._random_bytes(_POOL).translate(_OF_BYTE).decode(), 0
        self._drawn = start + _RANDOM_LENGTH
        return prefix + self._epoch_text + _PAIRS[rest] + self._pool[start : self._drawn]

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
