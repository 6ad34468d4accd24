"""What a dispute means for the subscription whose payment it is about."""

from collections.abc import Sequence

from domain.lifecycles import LIVING
from domain.subscriptions import CancellationReason
from models import Invoice
from services.aggregates import WholeDispute
from services.base import Service, part
from services.scope import Scope
from services.settings import Settings
from services.snapshots import Subject
from services.subscriptions.cancellation import Cancellation


class Disputed(Service):
    """Ends subscriptions, where that was chosen."""

    settings = part(Settings)
    cancellation = part(Cancellation)

    async def end(self, disputes: Sequence[WholeDispute]) -> None:
        """Subscriptions whose payments banks took back end now, with nothing given back. Their invoices stay paid."""
        paid = {each.charge.invoice_id for each in disputes} - {None}
        if not paid or not (await self.settings.current()).cancel_subscription_on_dispute:
            return
        invoices = await self.gather(Invoice, "id", paid)
        found = await self.cancellation.wholes.by("id", {each.subscription_id for each in invoices}, lock=True)
        living = [whole for whole in found if whole.row.status in LIVING]
        for whole in living:
            reason = {"reason": CancellationReason.PAYMENT_DISPUTED.value}
            whole.row.cancellation_details = {**whole.row.cancellation_details, **reason}
        if living:
            await self.cancellation.end(living)


async def end_disputed(scope: Scope, disputes: Sequence[Subject]) -> None:
    """Reaction to banks taking money back."""
    await Disputed(scope).end([each for each in disputes if isinstance(each, WholeDispute)])
