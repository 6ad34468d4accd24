"""Coupons: made, renamed, withdrawn. What they take off never changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from tortoise.exceptions import IntegrityError

from domain.checks import checked, checked_where_given
from domain.coupons import (
    MONTHS_MAX,
    PRODUCTS_MAX,
    REDEMPTIONS_MAX,
    CouponDuration,
    amount_of,
    coupon_name_of,
    identifier_of,
    number_of,
    percent_text,
    redeem_by_of,
)
from domain.currencies import currency_of
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.metadata import merged_metadata
from models import Coupon, Product
from services.aggregates import WholeCoupon
from services.base import Service, part
from services.coupons.drafts import AmountOff, CouponChange, CouponDraft
from services.coupons.options import merged_options
from services.coupons.validity import CouponsByIdentifier, earliest_present
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.transactions import savepoint


class Coupons(Service):
    """Making, changing and deleting coupons."""

    events = part(Events)
    known = part(CouponsByIdentifier)

    def matching(self) -> Listing:
        """The coupons that a list shows; deleted ones are gone from it."""
        return self.mine(Coupon).filter(deletion="")

    async def named(self, identifier: str) -> Coupon | None:
        """The coupon that callers know by this id, or None; a deleted one is gone."""
        return (await self.all_named([identifier])).get(identifier)

    async def all_named(self, identifiers: Sequence[str]) -> dict[str, Coupon]:
        """Those that callers know by these ids, as `named`; one statement."""
        return await self.known.standing(identifiers)

    @transactional
    async def create(self, draft: CouponDraft) -> Coupon:
        """A new coupon. Event `coupon.created`."""
        now = self.scope.clock.now()
        problems = Problems()
        earliest = await earliest_present(self, draft.redeem_by)
        identifier = checked_where_given(problems, identifier_of, draft.id)
        columns: dict[str, Any] = {
            **_money(problems, draft),
            **_lasting(problems, draft),
            "name": checked_where_given(problems, coupon_name_of, draft.name),
            "products": await self._products(problems, draft),
            "max_redemptions": checked_where_given(
                problems, number_of, draft.max_redemptions, REDEMPTIONS_MAX, ("maxRedemptions",)
            ),
            "redeem_by": checked_where_given(problems, redeem_by_of, draft.redeem_by, now, earliest),
            "metadata": checked(problems, merged_metadata, {}, draft.metadata),
        }
        problems.raise_any()
        new = self.new_id(Prefix.COUPON)
        row = Coupon.made(id=new, created_at=now, identifier=identifier or new, **columns, **self.ownership())
        await self._keep(row)
        self.events.record(EventType.COUPON_CREATED, WholeCoupon(row, now), at=now)
        return row

    @transactional
    async def update(self, change: CouponChange) -> Coupon:
        """The coupon with these fields changed. Event `coupon.updated` when anything differs."""
        row = await self._held(change.id)
        now = self.scope.clock.now()
        before = self.events.snapshot(WholeCoupon(row, now))
        problems = Problems()
        columns = {
            "name": checked_where_given(problems, coupon_name_of, change.name),
            "currency_options": _options(problems, row, change.currency_options),
            "metadata": checked(problems, merged_metadata, row.metadata, change.metadata),
        }
        problems.raise_any()
        changed = {name: value for name, value in columns.items() if value is not UNSET}
        for name, value in changed.items():
            setattr(row, name, value)
        whole = WholeCoupon(row, now)
        if self.events.snapshot(whole) != before:
            await update_rows([row], list(changed))
            self.events.record(EventType.COUPON_UPDATED, whole, at=now, before=before)
        return row

    @transactional
    async def delete(self, identifier: str) -> Coupon:
        """Nobody redeems the coupon any more, nor its codes; discounts that run stay. Event `coupon.deleted`."""
        row = await self._held(identifier)
        row.deleted_at, row.deletion = self.scope.clock.now(), row.id
        await update_rows([row], ["deleted_at", "deletion"])
        self.events.record(EventType.COUPON_DELETED, WholeCoupon(row, row.deleted_at), at=row.deleted_at)
        return row

    async def _held(self, identifier: str) -> Coupon:
        """The coupon, locked; RESOURCE_MISSING where there is none or it was deleted."""
        row = (await self.known.standing([identifier], lock=True)).get(identifier)
        if row is None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such coupon: '{identifier[:100]}'.", "id")
        return row

    async def _products(self, problems: Problems, draft: CouponDraft) -> list[str]:
        """The products that the coupon is for, each once; all of them exist."""
        wanted = list(dict.fromkeys(draft.applies_to.products)) if draft.applies_to else []
        at = ("appliesTo", "products")
        if draft.applies_to and not wanted:
            problems.add(
                ErrorCode.PARAMETER_MISSING,
                "A coupon for no product would take nothing off; name its products, or leave appliesTo out for all.",
                *at,
            )
        if len(wanted) > PRODUCTS_MAX:
            problems.add(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"The list has {len(wanted)} products; it may have {PRODUCTS_MAX}.",
                *at,
            )
            return []
        known = {row.id for row in await self.gather(Product, "id", wanted)}
        for place, each in enumerate(wanted):
            if each not in known:
                problems.add(ErrorCode.RESOURCE_MISSING, f"No such product: '{each[:100]}'.", *at, str(place))
        return wanted

    async def _keep(self, row: Coupon) -> None:
        try:
            async with savepoint():
                await insert_rows([row])
        except IntegrityError:
            raise DomainError(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"There is a coupon '{row.identifier}' already; choose another id, or delete that one first.",
                "id",
            ) from None


def _money(problems: Problems, draft: CouponDraft) -> dict[str, Any]:
    """What the coupon takes off: per cents, or an amount with its currency."""
    if (draft.percent_off is None) == (draft.amount_off is None):
        problems.add(
            ErrorCode.PARAMETER_MISSING if draft.percent_off is None else ErrorCode.PARAMETERS_EXCLUSIVE,
            "A coupon takes off either so many per cent or an amount: give percentOff or amountOff.",
            "percentOff",
        )
        return {}
    if draft.amount_off is None:
        for name, value in (("currency", draft.currency), ("currencyOptions", draft.currency_options)):
            if value:
                problems.add(
                    ErrorCode.PARAMETERS_EXCLUSIVE,
                    f"Per cents off are the same in every currency; {name} goes with amountOff.",
                    name,
                )
        return {"percent_off": checked_where_given(problems, percent_text, draft.percent_off)}
    amount = checked(problems, amount_of, draft.amount_off, ("amountOff",))
    if draft.currency is None:
        problems.add(
            ErrorCode.PARAMETER_MISSING,
            f"An amount off of {draft.amount_off} needs a currency, such as usd.",
            "currency",
        )
        return {}
    currency = checked(problems, currency_of, draft.currency)
    options = _merged(problems, {}, currency, draft.currency_options)
    return {"amount_off": amount, "currency": currency, "currency_options": options}


def _options(problems: Problems, row: Coupon, added: Sequence[AmountOff]) -> dict[str, int]:
    """The currency options of a coupon with these added."""
    if added and row.amount_off is None:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Coupon {row.identifier} takes {row.percent_off} per cent off, the same in every currency; it has no"
            " currencyOptions.",
            "currencyOptions",
        )
        return {}
    return _merged(problems, row.currency_options, row.currency, added)


def _merged(
    problems: Problems, current: Mapping[str, int], main: str | None, added: Sequence[AmountOff]
) -> dict[str, int]:
    pairs = [(each.currency, each.amount_off) for each in added]
    return merged_options(problems, current, main, pairs, at=("currencyOptions",), amount="amountOff")


def _lasting(problems: Problems, draft: CouponDraft) -> dict[str, Any]:
    """How long discounts of the coupon last."""
    months, repeating = draft.duration_in_months, draft.duration is CouponDuration.REPEATING
    if repeating == (months is None):
        problems.add(
            ErrorCode.PARAMETER_MISSING if repeating else ErrorCode.PARAMETERS_EXCLUSIVE,
            "durationInMonths says for how many months a REPEATING coupon lasts, and only goes with that duration.",
            "durationInMonths",
        )
    elif months is not None:
        checked(problems, number_of, months, MONTHS_MAX, ("durationInMonths",))
    return {"duration": draft.duration, "duration_in_months": months}
