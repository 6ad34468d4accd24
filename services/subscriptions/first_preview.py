"""What the first invoice of a subscription would be that is only thought of."""

from dataclasses import replace
from datetime import datetime

from domain.invoicing import InvoiceDraft, Settlement, settled_beside_balance, settled_with_balance
from domain.subscriptions import PaymentBehavior
from services.base import Service, part
from services.invoices.draws import Draws
from services.invoices.reckoning import Reckoning, Unreckoned
from services.subscriptions.drafts import SubscriptionDraft
from services.subscriptions.metering import Metering
from services.subscriptions.period_agenda import current_period_end
from services.subscriptions.planning import Plan, Planning
from services.subscriptions.renewal import next_invoice, next_periods
from services.subscriptions.wholes import WholeSubscriptions
from services.transactions import in_transaction


class _Planned(Exception):
    def __init__(self, plan: Plan, draft: InvoiceDraft) -> None:
        super().__init__("planned")
        self.plan, self.draft = plan, draft


class FirstPreviews(Service):
    """Runs the planning of new subscriptions without writing."""

    planning = part(Planning)
    wholes = part(WholeSubscriptions)
    reckoning = part(Reckoning)
    metering = part(Metering)
    draws = part(Draws)

    async def planned(self, draft: SubscriptionDraft) -> tuple[Plan, InvoiceDraft]:
        """The plan that creation would carry out, and its first invoice; where that comes only with the anchor, that.

        Refused as the creation would be, except for want of a payment method.
        """
        harmless = replace(draft, default_payment_method=None, payment_behavior=PaymentBehavior.DEFAULT_INCOMPLETE)
        try:
            await in_transaction(lambda: self._plan(harmless))
        except _Planned as planned:
            return planned.plan, planned.draft
        raise AssertionError("planning ends without a plan")

    async def _plan(self, draft: SubscriptionDraft) -> None:
        """Within a transaction that is rolled back, because inline prices are made while planning."""
        plan = await self.planning.plan(draft)
        if plan.invoice is not None:
            raise _Planned(plan, await self._drawn(plan, plan.invoice, plan.at, waits=plan.waits))
        facts = await self.wholes.facts_of(item.price for item in plan.whole.items)
        usage = await self.metering.foreseen([plan.whole])
        following = next_invoice(plan.whole, next_periods(plan.whole), facts, (), usage.of(plan.whole.row.id))
        row, at = plan.whole.row, current_period_end(plan.whole)
        [following] = await self.reckoning.drafts([Unreckoned(following, row, row.customer_id, at, plan.redeemed)])
        raise _Planned(plan, await self._drawn(plan, following, at, waits=True))

    async def _drawn(self, plan: Plan, draft: InvoiceDraft, at: datetime, *, waits: bool) -> InvoiceDraft:
        """The draft with what prepaid credit would pay of it."""
        payer = plan.payer.row
        wanted = Unreckoned(draft, plan.whole.row, payer.id, at, plan.redeemed, waits=waits)
        [drawn] = await self.draws.foreseen([wanted], [payer])
        return drawn


def settlement_of(plan: Plan, draft: InvoiceDraft) -> Settlement:
    """What would be due; a trial asks for no debt."""
    settle = settled_beside_balance if plan.whole.row.trial_end is not None else settled_with_balance
    return settle(draft.total, plan.payer.balance, draft.currency)
