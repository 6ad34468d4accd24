"""By which meters usage can be invoiced before its period is over: what each adds has to be its own."""

from collections.abc import Iterable, Sequence

from domain.errors import DomainError, ErrorCode
from domain.usage import Formula
from models import Meter
from services.aggregates import WholeSubscription
from services.base import Service

_ADDING_UP = (Formula.COUNT, Formula.SUM)


class ThresholdRules(Service):
    """Keeps `billingThresholds` apart from usage that does not add up."""

    async def refuse_unfit(self, whole: WholeSubscription, param: str) -> None:
        """Refuse thresholds beside a meter whose figure would be billed anew by every invoice; no statement else."""
        if whole.row.billing_thresholds is None:
            return
        for meter in await self._not_adding_up([whole]):
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"billingThresholds invoice what was added since the last invoice; meter {meter.id} tells"
                f" {meter.formula.upper()}, of which every invoice would bill the whole again. Leave out the"
                " thresholds, or use meters with COUNT or SUM.",
                param,
            )

    async def fit(self, wholes: Sequence[WholeSubscription]) -> list[WholeSubscription]:
        """Those whose usage adds up; others may have come to such a price in the meantime, and wait for the period."""
        unfit = {meter.id for meter in await self._not_adding_up(wholes)}
        return [whole for whole in wholes if not any(item.price.meter_id in unfit for item in whole.items)]

    async def _not_adding_up(self, wholes: Iterable[WholeSubscription]) -> list[Meter]:
        meters = {item.price.meter_id for whole in wholes for item in whole.items}
        return [meter for meter in await self.gather(Meter, "id", meters) if meter.formula not in _ADDING_UP]
