"""Payouts by schedule: everything that an account has available in one world, a payout for each currency."""

from domain.lifecycles import ExternalAccountStatus
from domain.payout_schedules import PayoutInterval
from models import Account, ExternalAccount
from services.availability import Availability
from services.base import Service, part
from services.payouts.sending import Order, Sending
from services.rows import fetch_by
from services.settings import Settings


class Automatic(Service):
    """Pays the scope's account out."""

    availability = part(Availability)
    sending = part(Sending)
    settings = part(Settings)

    async def pay_out(self, test_clock_id: str | None) -> None:
        """Within a transaction: a payout for each currency that has something available and somewhere to go.

        Nothing where payouts are switched off or done by hand by now, and where the last one came back.
        """
        [account] = await fetch_by(Account, "id", [self.scope.account_id], lock=True)
        schedule = (await self.settings.current()).payout_schedule
        if not account.payouts_enabled or schedule.interval is PayoutInterval.MANUAL:
            return
        at = await self.availability.moment(test_clock_id)
        orders = []
        for destination in await self._destinations():
            amount = await self.availability.held_available(destination.currency, test_clock_id)
            if amount > 0:
                orders.append(
                    Order(amount=amount, destination=destination, at=at, test_clock_id=test_clock_id, automatic=True)
                )
        await self.sending.send(orders)

    async def _destinations(self) -> list[ExternalAccount]:
        """Where each currency goes, as far as it can."""
        known = self.mine(ExternalAccount).filter(default_for_currency=True, deleted_at=None)
        return await known.exclude(status=ExternalAccountStatus.ERRORED).order_by("currency")
