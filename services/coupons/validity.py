"""Coupons by the ids that callers know, and which promotion codes of a list can be redeemed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from models import Coupon, TestClock
from services.base import Service


def active_codes(coupons: QuerySet[Coupon], at: datetime) -> Q:
    """The condition of a list for what `WholePromotionCode.is_active` says of one, given all coupons."""
    valid = coupons.filter(_in_time("redeem_by", at), _LEFT, deleted_at=None)
    return Q(_in_time("expires_at", at), _LEFT, active=True, coupon_id__in=Subquery(valid.values("id")))


_LEFT = Q(max_redemptions=None) | Q(times_redeemed__lt=F("max_redemptions"))


def _in_time(column: str, at: datetime) -> Q:
    never: dict[str, Any] = {column: None}
    later: dict[str, Any] = {f"{column}__gte": at}
    return Q(**never) | Q(**later)


async def earliest_present(service: Service, until: datetime | None) -> datetime:
    """The system's present, or an earlier one of a test clock that has not passed this moment."""
    now = service.scope.clock.now()
    if until is None or until >= now:
        return now
    standing = await service.mine(TestClock).filter(frozen_at__lte=until).order_by("frozen_at").first()
    return now if standing is None else standing.frozen_at


class CouponsByIdentifier(Service):
    """Finds coupons by the ids that callers know them by."""

    async def standing(self, identifiers: Sequence[str], *, lock: bool = False) -> dict[str, Coupon]:
        """These coupons that were not deleted, by those ids; one statement."""
        found = await self.gather(Coupon, "identifier", identifiers, lock=lock, deletion="")
        return {row.identifier: row for row in found}
