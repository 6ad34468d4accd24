"""Promotion codes: words that customers redeem coupons by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Subquery

from domain.checks import checked, checked_where_given
from domain.coupons import (
    REDEMPTIONS_MAX,
    amount_of,
    code_of,
    number_of,
    refuse_passed,
    shown,
)
from domain.currencies import currency_of
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.metadata import merged_metadata
from models import Coupon, Customer, PromotionCode
from services.aggregates import WholeCoupon, WholePromotionCode
from services.base import Service, part
from services.coupons.drafts import (
    MinimumAmount,
    PromotionCodeChange,
    PromotionCodeDraft,
    PromotionCodeSearch,
    RestrictionsDraft,
)
from services.coupons.options import merged_options
from services.coupons.validity import CouponsByIdentifier, active_codes, earliest_present
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.transactions import savepoint

_MADE_UP_LENGTH: Final = 10
"""Of the twelve random characters of an id: as many codes as nobody will guess."""


class PromotionCodes(Service):
    """Making and changing promotion codes. There is no delete: an inactive one gives its code free."""

    events = part(Events)
    known = part(CouponsByIdentifier)

    def matching(self, wanted: PromotionCodeSearch) -> Listing:
        """The promotion codes that a list shows."""
        rows = self.mine(PromotionCode)
        equal = {
            "code_folded": None if wanted.code is None else wanted.code.strip().lower(),
            "customer_id": wanted.customer,
        }
        rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
        if wanted.coupon is not None:
            named = self.mine(Coupon).filter(identifier=wanted.coupon)
            rows = rows.filter(coupon_id__in=Subquery(named.values("id")))
        if wanted.active is None:
            return rows
        active = active_codes(self.mine(Coupon), self.scope.clock.now())
        return rows.filter(active if wanted.active else ~active)

    @transactional
    async def create(self, draft: PromotionCodeDraft) -> PromotionCode:
        """A new code for a coupon. Event `promotion_code.created`."""
        now = self.scope.clock.now()
        problems = Problems()
        coupon = await self._coupon(problems, draft.coupon, now)
        customer = await self._customer(problems, draft.customer)
        earliest = await earliest_present(self, draft.expires_at)
        code = None if draft.code is None else checked(problems, code_of, draft.code)
        columns = {
            "expires_at": checked_where_given(problems, _expiry, draft.expires_at, coupon, earliest),
            "max_redemptions": checked_where_given(problems, _redemptions, draft.max_redemptions, coupon),
            "metadata": checked(problems, merged_metadata, {}, draft.metadata),
            **_restrictions(problems, draft.restrictions),
        }
        problems.raise_any()
        assert coupon is not None
        new = self.new_id(Prefix.PROMOTION_CODE)
        code = code or new[-_MADE_UP_LENGTH:].upper()
        row = PromotionCode.made(
            id=new,
            created_at=now,
            coupon_id=coupon.id,
            code=code,
            code_folded=code.lower(),
            active=draft.active,
            inactivity="" if draft.active else new,
            customer_id=customer,
            restricted_to=customer or "",
            **columns,
            **self.ownership(),
        )
        await self._keep(row, None)
        self.events.record(EventType.PROMOTION_CODE_CREATED, WholePromotionCode(row, coupon, now), at=now)
        return row

    @transactional
    async def update(self, change: PromotionCodeChange) -> PromotionCode:
        """The promotion code with these fields changed. Event `promotion_code.updated` when anything differs.

        One becomes active again only where it could be redeemed then.
        """
        row = await self.lock(PromotionCode, change.id)
        [coupon] = await self.gather(Coupon, "id", [row.coupon_id])
        now = self.scope.clock.now()
        whole = WholePromotionCode(row, coupon, now)
        before = self.events.snapshot(whole)
        problems = Problems()
        columns: dict[str, Any] = {
            "currency_options": _options(
                problems, row.currency_options, row.minimum_amount_currency, change.restrictions.currency_options
            ),
            "metadata": checked(problems, merged_metadata, row.metadata, change.metadata),
        }
        if change.active is not UNSET:
            again = change.active and not row.active
            row.active = change.active
            columns |= {"active": change.active, "inactivity": "" if change.active else row.id}
            if again and not whole.is_active:
                problems.add(
                    ErrorCode.COUPON_EXPIRED,
                    f"Promotion code {row.id} cannot become active: it, or its coupon {coupon.identifier}, was redeemed"
                    " as often as it may be, has expired or was deleted. Create a new one.",
                    "active",
                )
        problems.raise_any()
        for name, value in columns.items():
            setattr(row, name, value)
        if self.events.snapshot(whole) != before:
            await self._keep(row, list(columns))
            self.events.record(EventType.PROMOTION_CODE_UPDATED, whole, at=now, before=before)
        return row

    async def _coupon(self, problems: Problems, identifier: str, now: datetime) -> Coupon | None:
        """The coupon, kept as it is until the code stands; it can still be redeemed."""
        row = (await self.known.standing([identifier], lock=True)).get(identifier)
        if row is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such coupon: '{identifier[:100]}'.", "coupon")
        elif not WholeCoupon(row, now).is_valid:
            problems.add(
                ErrorCode.COUPON_EXPIRED,
                f"Coupon {row.identifier} cannot be redeemed any more; make a code for another one.",
                "coupon",
            )
        return row

    async def _customer(self, problems: Problems, identifier: str | None) -> str | None:
        row = None if identifier is None else await self.find(Customer, identifier)
        if identifier is not None and (row is None or row.deleted_at is not None):
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such customer: '{identifier[:100]}'.", "customer")
        return identifier

    async def _keep(self, row: PromotionCode, columns: list[str] | None) -> None:
        """Insert the row, or update these columns of it; an active code is unique for those who may redeem it."""
        try:
            async with savepoint():
                await (insert_rows([row]) if columns is None else update_rows([row], columns))
        except IntegrityError:
            whom = f"customer {row.customer_id}" if row.customer_id else "everyone"
            raise DomainError(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"An active promotion code for {whom} reads {row.code} already; make that one inactive first, or choose"
                " another code.",
                "code" if columns is None else "active",
            ) from None


def _expiry(moment: datetime, coupon: Coupon | None, earliest: datetime) -> datetime:
    """When the code expires: no later than its coupon, and not in the past."""
    refuse_passed(moment, earliest, "expiresAt")
    if coupon is not None and coupon.redeem_by is not None and moment > coupon.redeem_by:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The code cannot expire at {shown(moment)}, after its coupon, which can be redeemed until"
            f" {shown(coupon.redeem_by)}.",
            "expiresAt",
        )
    return moment


def _redemptions(number: int, coupon: Coupon | None) -> int:
    """How often the code can be redeemed: no more often than its coupon."""
    most = REDEMPTIONS_MAX if coupon is None else coupon.max_redemptions or REDEMPTIONS_MAX
    return number_of(number, most, ("maxRedemptions",))


def _restrictions(problems: Problems, wanted: RestrictionsDraft) -> dict[str, Any]:
    """The columns behind `restrictions`."""
    at = "restrictions"
    amount, currency = wanted.minimum_amount, wanted.minimum_amount_currency
    if (amount is None) != (currency is None):
        problems.add(
            ErrorCode.PARAMETER_MISSING,
            "A least amount needs its currency, and the other way round: give minimumAmount and minimumAmountCurrency.",
            at,
            "minimumAmount" if amount is None else "minimumAmountCurrency",
        )
    elif amount is None and wanted.currency_options:
        problems.add(
            ErrorCode.PARAMETER_MISSING,
            "Options tell the least amount in other currencies; give minimumAmount and minimumAmountCurrency too.",
            at,
            "minimumAmount",
        )
    main = checked_where_given(problems, currency_of, currency, (at, "minimumAmountCurrency"))
    return {
        "first_time_transaction": wanted.first_time_transaction,
        "minimum_amount": checked_where_given(problems, amount_of, amount, (at, "minimumAmount")),
        "minimum_amount_currency": main,
        "currency_options": _options(problems, {}, main if isinstance(main, str) else None, wanted.currency_options),
    }


def _options(
    problems: Problems, current: Mapping[str, int], main: str | None, added: Sequence[MinimumAmount]
) -> dict[str, int]:
    at = ("restrictions", "currencyOptions")
    pairs = [(each.currency, each.minimum_amount) for each in added]
    return merged_options(problems, current, main, pairs, at=at, amount="minimumAmount")
