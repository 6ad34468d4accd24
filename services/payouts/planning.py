"""When what an account has available is paid out by itself: a note on the agenda of the world that has it."""

from collections.abc import Sequence
from dataclasses import replace

from domain.agenda import AgendaKind
from domain.payouts import next_payout_at
from models import BalanceTransaction, ExternalAccount
from services.availability import Availability
from services.base import Service, part
from services.due import Appointment, Due
from services.expected_money import World
from services.scope import Scope
from services.settings import Settings
from services.snapshots import Subject, row_of


class Planning(Service):
    """Notes payouts of the scope's account."""

    availability = part(Availability)
    due = part(Due)
    settings = part(Settings)

    async def plan(self, *test_clock_ids: str | None) -> None:
        """Within a transaction: let these worlds be paid out when the schedule says; the first plan stays.

        Nothing where it is done by hand, or where there is nothing to pay out to.
        """
        schedule = (await self.settings.current()).payout_schedule
        appointments = []
        for clock in dict.fromkeys(test_clock_ids):
            due_at = next_payout_at(schedule, await self.availability.moment(clock))
            if due_at is not None:
                world = World(self.scope.account_id, self.scope.livemode, clock)
                appointments.append(Appointment(AgendaKind.PAYOUT_RUN, world.id, due_at, clock))
        if appointments and await self.mine(ExternalAccount).filter(deleted_at=None).exists():
            await self.due.schedule_once(appointments)

    async def plan_anew(self) -> None:
        """As `plan`, for every world that the account has money in; former plans are dropped."""
        found = await self.mine(BalanceTransaction).distinct().values("test_clock_id")
        worlds = [World(self.scope.account_id, self.scope.livemode, each["test_clock_id"]) for each in found]
        await self.due.cancel_all((AgendaKind.PAYOUT_RUN, each.id) for each in worlds)
        await self.plan(*(each.test_clock_id for each in worlds))


async def follow_schedules(scope: Scope, accounts: Sequence[Subject]) -> None:
    """Accounts have another schedule: the plans that were made by the former one are made anew."""
    for each in accounts:
        await Planning(replace(scope, account_id=row_of(each).id)).plan_anew()
