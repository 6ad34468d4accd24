"""Schedules: phases that follow one another, and how a subscription passes from one to the next.

    start |--- phase 0 ---| end = start |--- phase 1 ---| ... | end of the schedule: RELEASE, CANCEL or NONE

A phase ends where the next one begins. Lengths in months or years fall on the days that periods fall on: counted from
the anchor, a month that begins on 28 February ends on 31 March when the anchor is a 31st.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.errors import DomainError, ErrorCode
from domain.periods import Interval, Recurrence, boundary
from domain.subscriptions import ProrationBehavior

PHASES_MAX: Final = 10
EXPIRING_BEFORE: Final = timedelta(days=7)
"""How long before its end a schedule is told to be expiring."""
TRIED_AGAIN_AFTER: Final = timedelta(days=1)
"""When a phase is tried again that could not begin."""


class SubscriptionScheduleEndBehavior(StrEnum):
    """What becomes of the subscription when the last phase ends."""

    RELEASE = "release"
    """It goes on, free of the schedule."""
    CANCEL = "cancel"
    """It ends."""
    NONE = "none"
    """It goes on; the schedule is completed and keeps naming it."""


@dataclass(frozen=True, slots=True)
class PhaseDiscount:
    """What is to be redeemed when a phase begins: a coupon, perhaps by a code; or a `discount` that is there already.

    `coupon` is the coupon's row, `identifier` the id that callers know it by.
    """

    coupon: str
    identifier: str
    promotion_code: str | None = None
    discount: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {
            "coupon": self.coupon,
            "identifier": self.identifier,
            "promotion_code": self.promotion_code,
            "discount": self.discount,
        }


@dataclass(frozen=True, slots=True)
class PhaseItem:
    """One price that the subscription has during a phase."""

    price: str
    quantity: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    tax_rates: tuple[str, ...] = ()
    unit_amount: int | None = None
    """What the customer chose to pay for a unit, in minor units, where the price lets them."""
    discounts: tuple[PhaseDiscount, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The item for a JSON column."""
        return {
            "price": self.price,
            "quantity": self.quantity,
            "metadata": dict(self.metadata),
            "tax_rates": list(self.tax_rates),
            "unit_amount": self.unit_amount,
            "discounts": [each.as_json() for each in self.discounts],
        }


@dataclass(frozen=True, slots=True)
class PhaseCharge:
    """A one-time price that is charged once, with the next invoice of a phase."""

    price: str
    quantity: int
    tax_rates: tuple[str, ...] = ()
    discounts: tuple[PhaseDiscount, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The charge for a JSON column."""
        return {
            "price": self.price,
            "quantity": self.quantity,
            "tax_rates": list(self.tax_rates),
            "discounts": [each.as_json() for each in self.discounts],
        }


@dataclass(frozen=True, slots=True)
class Phase:
    """What the subscription is to be from `start` up to `end`. `trial` says that all of it is free until its end."""

    start: datetime
    end: datetime
    items: tuple[PhaseItem, ...]
    add_invoice_items: tuple[PhaseCharge, ...] = ()
    trial: bool = False
    trial_end: datetime | None = None
    proration_behavior: ProrationBehavior = ProrationBehavior.CREATE_PRORATIONS
    default_payment_method: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    default_tax_rates: tuple[str, ...] = ()
    """Ids of tax rates; without any, the subscription keeps its own."""
    discounts: tuple[PhaseDiscount, ...] = ()
    """What the subscription has during the phase; without any, it has none of its own."""
    sharing: Mapping[str, Any] | None = None
    """Who else has a part in what the subscription brings during the phase, as `Sharing.as_json` says it."""

    def as_json(self) -> dict[str, Any]:
        """The phase for a JSON column; moments are unix seconds."""
        return {
            "start": int(self.start.timestamp()),
            "end": int(self.end.timestamp()),
            "items": [each.as_json() for each in self.items],
            "add_invoice_items": [each.as_json() for each in self.add_invoice_items],
            "trial": self.trial,
            "trial_end": None if self.trial_end is None else int(self.trial_end.timestamp()),
            "proration_behavior": self.proration_behavior.value,
            "default_payment_method": self.default_payment_method,
            "description": self.description,
            "metadata": dict(self.metadata),
            "default_tax_rates": list(self.default_tax_rates),
            "discounts": [each.as_json() for each in self.discounts],
            "sharing": None if self.sharing is None else dict(self.sharing),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Phase":
        """The phase that `as_json` gave."""
        trial_end = stored["trial_end"]
        return cls(
            start=_moment(stored["start"]),
            end=_moment(stored["end"]),
            items=tuple(PhaseItem(**_bought(each)) for each in stored["items"]),
            add_invoice_items=tuple(PhaseCharge(**_bought(each)) for each in stored["add_invoice_items"]),
            trial=stored["trial"],
            trial_end=None if trial_end is None else _moment(trial_end),
            proration_behavior=ProrationBehavior(stored["proration_behavior"]),
            default_payment_method=stored["default_payment_method"],
            description=stored["description"],
            metadata=stored["metadata"],
            default_tax_rates=tuple(stored["default_tax_rates"]),
            discounts=_discounts(stored),
            sharing=stored["sharing"],
        )


@dataclass(frozen=True, slots=True)
class Length:
    """How long a phase lasts: until `end`, for a `duration`, or (neither) for one `recurrence` of its prices."""

    end: datetime | None
    duration: Recurrence | None
    recurrence: Recurrence


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item that the subscription has: its id, its price and its quantity."""

    id: str
    price: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ItemStep:
    """What a phase changes about one item: `held` is None for one that comes, `wanted` for one that goes."""

    held: HeldItem | None
    wanted: PhaseItem | None


def phase_end(start: datetime, length: Length, anchor: datetime, *param: str) -> datetime:
    """When a phase ends that begins at `start`; refused (at `endDate` below `param`) unless that is later.

    Months that begin on a month's boundary of the anchor end on one, so that an end meets the end of a period.
    """
    if length.end is not None:
        if length.duration is not None:
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE, "A phase has either endDate or duration, not both.", (*param, "endDate")
            )
        if length.end <= start:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"The phase begins at {start:%Y-%m-%d %H:%M:%S} UTC and cannot end at {length.end:%Y-%m-%d %H:%M:%S}"
                " UTC; its end would have to be later.",
                (*param, "endDate"),
            )
        return length.end
    lasting = length.duration or length.recurrence
    if lasting.interval in (Interval.DAY, Interval.WEEK):
        return boundary(start, lasting, 1)
    months = lasting.interval_count * (12 if lasting.interval is Interval.YEAR else 1)
    since = (start.year - anchor.year) * 12 + start.month - anchor.month
    month = Recurrence(Interval.MONTH)
    if boundary(anchor, month, since) == start:
        return boundary(anchor, month, since + months)
    return boundary(start, month, months)


def steps_between(held: Iterable[HeldItem], wanted: Sequence[PhaseItem]) -> list[ItemStep]:
    """What turns the items of a subscription into those of a phase, in the order of the phase.

    What has the same price stays. The others that are there become those that are wanted, in order, so that an item
    that changes its price keeps its id; what remains comes or goes.
    """
    by_price = {each.price: each for each in held}
    asked = {each.price for each in wanted}
    free = [each for each in by_price.values() if each.price not in asked]
    steps = []
    for item in wanted:
        there = by_price.get(item.price)
        steps.append(ItemStep(there if there is not None else free.pop(0) if free else None, item))
    return steps + [ItemStep(each, None) for each in free]


def expiring_at(end: datetime) -> datetime:
    """When the coming end of a schedule is told: seven days before it."""
    return end - EXPIRING_BEFORE


def _bought(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {**stored, "tax_rates": tuple(stored["tax_rates"]), "discounts": _discounts(stored)}


def _discounts(stored: Mapping[str, Any]) -> tuple[PhaseDiscount, ...]:
    return tuple(PhaseDiscount(**each) for each in stored["discounts"])


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
