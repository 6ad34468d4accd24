"""Usage of the running period on a subscription item."""

from datetime import datetime
from decimal import Decimal
from inspect import isawaitable
from typing import Any

import strawberry

from schema.base import DIRECT, Wrapping, column, input_field, part_type
from schema.scalars import Currency, MinorUnits
from services.subscriptions import current_usage_by_item


@part_type
class SubscriptionItemUsage(Wrapping):
    """What an item used in the period under way and has not been billed. What comes late of earlier ones is beside."""

    quantity: Decimal = column("What its meter reads for the time so far.")
    from_: datetime = column("From when on it counts.", name="from", source="start")
    to: datetime = column("Up to when: now, by the customer's clock.", source="end")
    amount: MinorUnits = column("What that costs, before discounts and tax.")
    currency: Currency = column("What the amounts are in.")
    projected_quantity: Decimal = column(
        "What it will read at the end of the period at the same pace, in whole units; what is the last, the largest or"
        " a number of different values stays as it is."
    )
    projected_amount: MinorUnits = column("What that would cost, before discounts and tax.")


async def _usage(source: Any, info: Any) -> SubscriptionItemUsage | None:
    if source.row.metered_since is None:
        return None
    found = info.context.load.values(current_usage_by_item, _nothing, kind="usage").load(source.row.id)
    usage = await found if isawaitable(found) else found
    return None if usage is None else SubscriptionItemUsage.of(usage)


def _nothing() -> None:
    return None


def current_usage(description: str) -> Any:
    """The field of a subscription item that tells its usage."""
    return strawberry.field(description=description, metadata={DIRECT: _usage})


@part_type
class SubscriptionBillingThresholds(Wrapping):
    """From which cost on usage is invoiced before its period is over."""

    amount_gte: MinorUnits = column("As soon as what was used and not invoiced costs as much.")
    reset_billing_cycle_anchor: bool = column("Whether a new period begins with that.")


@strawberry.input(description="From which cost on usage is invoiced before its period is over.")
class BillingThresholdsInput:
    """Becomes `ThresholdsDraft`."""

    amount_gte: MinorUnits = input_field("As soon as what was used and not invoiced costs as much; in minor units.")
    reset_billing_cycle_anchor: bool | None = input_field("Whether a new period begins with that; false by default.")
