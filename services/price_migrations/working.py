"""Working a price migration off: subscriptions are enrolled, then moved, in groups of the agenda.

A group is one transaction, and a subscription's agenda entry goes with it: each is moved once, whenever a process dies.
One that cannot be moved by a mistake of ours is split off and tried again by the agenda, and holds up no other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import compress, groupby

from domain.agenda import AgendaKind
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoicing import InvoiceDraft, invoice_draft_of
from domain.lifecycles import LIVING, PRICE_MIGRATION, PriceMigrationStatus
from domain.plan_changes import ChangeBehavior
from domain.price_migrations import MemberStatus, SkipReason
from domain.taxes import AutomaticTaxStatus
from models import (
    AgendaEntry,
    Charge,
    InvoiceItem,
    PaymentIntent,
    PriceMigration,
    PriceMigrationMember,
    Subscription,
    SubscriptionItem,
)
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Appointment, Due
from services.events import Events
from services.invoices.collection import Collection
from services.invoices.finalization import Finalization, Payer
from services.invoices.items import InvoiceItems, line_of
from services.invoices.reckoning import Reckoning, Unreckoned
from services.price_migrations.planning import MovePlanning, PlannedMove, PlannedMoves
from services.rows import insert_rows, update_rows
from services.subscriptions.at_once import InvoicesAtOnce
from services.subscriptions.item_changes import ItemChanges
from services.subscriptions.scheduled import scheduled_change_of
from services.subscriptions.wholes import WholeSubscriptions

ENROLLED_AT_ONCE = 1_000
_COUNTS = ("status", "subscriptions_migrated", "subscriptions_skipped", "skips", "completed_at")
_SUBSCRIPTION = ("has_pending_items", "latest_invoice_id", "scheduled_change")


class Working(Service):
    """Enrolls and moves, in sets."""

    events = part(Events)
    due = part(Due)
    wholes = part(WholeSubscriptions)
    planning = part(MovePlanning)
    items = part(InvoiceItems)
    item_changes = part(ItemChanges)
    at_once = part(InvoicesAtOnce)
    reckoning = part(Reckoning)
    finalization = part(Finalization)
    collection = part(Collection)

    async def enroll(self, migration: PriceMigration) -> None:
        """Put the next subscriptions of a held migration on the agenda, and the rest of them after that."""
        having = self.mine(SubscriptionItem).filter(
            price_id=migration.from_price_id,
            subscription_id__gt=migration.enrolled_up_to,
            subscription_id__lte=migration.enrolls_up_to,
        )
        listed = having.order_by("subscription_id").limit(ENROLLED_AT_ONCE)
        ids = [str(each) for each in await listed.values_list("subscription_id", flat=True)]
        rows = [row for row in await self.gather(Subscription, "id", ids, order=("id",)) if row.status in LIVING]
        members = [self._member(migration, row) for row in rows]
        presents = await self.presents(row.test_clock_id for row in rows)
        await insert_rows(members)
        kind = AgendaKind.PRICE_MIGRATION_MOVE
        await self.due.schedule_all(
            [
                Appointment(kind, member.id, presents[row.test_clock_id], row.test_clock_id)
                for member, row in zip(members, rows, strict=True)
            ],
            fresh=True,
        )
        migration.subscriptions_found += len(members)
        migration.is_enrolled = len(ids) < ENROLLED_AT_ONCE
        migration.enrolled_up_to = ids[-1] if ids else migration.enrolls_up_to
        self._complete(migration)
        await update_rows(
            [migration], ("status", "completed_at", "subscriptions_found", "is_enrolled", "enrolled_up_to")
        )
        if not migration.is_enrolled:
            await self.due.schedule(AgendaKind.PRICE_MIGRATION_ENROLL, migration.id, self.scope.clock.now())

    async def enroll_due(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's PRICE_MIGRATION_ENROLL."""
        for migration in await self.gather(PriceMigration, "id", [each.subject_id for each in entries], lock=True):
            if migration.status == PriceMigrationStatus.RUNNING:
                await self.enroll(migration)

    async def move_due(self, entries: Sequence[AgendaEntry]) -> list[Charge]:
        """The agenda's PRICE_MIGRATION_MOVE: the group is moved; the charges to be sent once that is committed.

        Members of a migration that was canceled stay as they are.
        """
        found = await self.gather(PriceMigrationMember, "id", [each.subject_id for each in entries])
        found.sort(key=lambda member: (member.migration_id, member.id))
        migrations = {
            each.id: each
            for each in await self.gather(PriceMigration, "id", {each.migration_id for each in found}, lock=True)
        }
        charges: list[Charge] = []
        for identifier, members in groupby(found, key=lambda member: member.migration_id):
            if migrations[identifier].status == PriceMigrationStatus.RUNNING:
                charges += await self._move(migrations[identifier], list(members))
        return charges

    async def forget(self, subscription_ids: Sequence[str]) -> None:
        """These subscriptions are no more: migrations that were to move them wait for them no longer."""
        found = await self.gather(
            PriceMigrationMember, "subscription_id", subscription_ids, status=MemberStatus.PENDING
        )
        found.sort(key=lambda member: member.migration_id)
        held = await self.gather(PriceMigration, "id", {each.migration_id for each in found}, lock=True)
        migrations = {each.id: each for each in held}
        for identifier, members in groupby(found, key=lambda member: member.migration_id):
            if migrations[identifier].status == PriceMigrationStatus.RUNNING:
                gone = list(members)
                self._note(migrations[identifier], gone, PlannedMoves())
                await update_rows(gone, ("status", "reason"))
        await update_rows(held, _COUNTS)

    async def _move(self, migration: PriceMigration, members: Sequence[PriceMigrationMember]) -> list[Charge]:
        ids = [member.subscription_id for member in members]
        payers = await self._payers(migration, ids)
        wholes = await self.wholes.by("id", ids, lock=True)
        presents = await self.presents(whole.row.test_clock_id for whole in wholes)
        planned = await self.planning.planned(migration, wholes, presents, told=True)
        charges = await self._written(migration, planned, payers)
        self._note(migration, members, planned)
        await update_rows(members, ("status", "reason"))
        await update_rows([migration], _COUNTS)
        return charges

    async def _payers(self, migration: PriceMigration, ids: Sequence[str]) -> dict[str, Payer]:
        """The customers, held before their subscriptions, where they are charged at once."""
        if migration.behavior != ChangeBehavior.CHARGE_NOW:
            return {}
        known = await self.gather(Subscription, "id", ids)
        return {payer.row.id: payer for payer in await self.finalization.payers({row.customer_id for row in known})}

    async def _written(
        self, migration: PriceMigration, planned: PlannedMoves, payers: Mapping[str, Payer]
    ) -> list[Charge]:
        """Write the moves. Events as for a change of each subscription by itself."""
        rows = [move.plan.whole.row for move in planned.moves]
        if migration.behavior == ChangeBehavior.WAIT_FOR_PERIOD_END:
            for move in planned.moves:
                move.plan.whole.row.scheduled_change = scheduled_change_of([move.change])
            await update_rows(rows, _SUBSCRIPTION)
            return []
        plans = [move.plan for move in planned.moves]
        await self.planning.exchanges.read_usage(plans)
        await self.item_changes.store(plans)
        invoices, waiting = await self._invoiced(planned.moves, payers)
        await self.items.store(waiting)
        held = {each.row.customer_id for each in invoices}
        intents = await self.finalization.finalize(invoices, [payers[each] for each in sorted(held)])
        await update_rows(rows, _SUBSCRIPTION)
        for move in planned.moves:
            whole = move.plan.whole
            self.events.record(EventType.CUSTOMER_SUBSCRIPTION_UPDATED, whole, at=move.at, before=move.before)
        return await self._charged(invoices, intents)

    async def _charged(self, invoices: Sequence[WholeInvoice], intents: Sequence[PaymentIntent]) -> list[Charge]:
        return await self.collection.prepare(invoices, intents) if invoices else []

    async def _invoiced(
        self, moves: Sequence[PlannedMove], payers: Mapping[str, Payer]
    ) -> tuple[list[WholeInvoice], list[InvoiceItem]]:
        """The items of the differences, and the invoices of those whose customers are charged at once.

        Where collection is paused, or tax is not known, nobody is charged now: the difference waits for the next
        invoice.
        """
        asked: list[tuple[Subscription, InvoiceDraft, datetime]] = []
        on_them: list[list[InvoiceItem]] = []
        items: list[InvoiceItem] = []
        for move in moves:
            row = move.plan.whole.row
            made = self.items.made(row, move.plan.lines, move.at)
            if made and row.customer_id in payers and row.pause_behavior is None:
                draft = invoice_draft_of((), row.currency, [line_of(item) for item in made])
                asked.append((row, draft, move.at))
                on_them.append(made)
            elif made:
                row.has_pending_items = True
            items += made
        drafts = await self.reckoning.drafts([Unreckoned(draft, row, row.customer_id, at) for row, draft, at in asked])
        taxed = [each.automatic_tax_status in (None, AutomaticTaxStatus.COMPLETE) for each in drafts]
        charged = [(row, draft, at) for (row, _, at), draft, known in zip(asked, drafts, taxed, strict=True) if known]
        invoices = await self.at_once.drafted_all(charged)
        for invoice, made in zip(invoices, compress(on_them, taxed), strict=True):
            for item in made:
                item.pending, item.invoice_id = False, invoice.row.id
        for (row, _, _), known in zip(asked, taxed, strict=True):
            row.has_pending_items = row.has_pending_items or not known
        return invoices, items

    def _note(self, migration: PriceMigration, members: Sequence[PriceMigrationMember], planned: PlannedMoves) -> None:
        moved = {move.plan.whole.row.id for move in planned.moves}
        for member in members:
            if member.subscription_id in moved:
                member.status = MemberStatus.MIGRATED
            else:  # a subscription that is gone has no reason of its own
                member.status = MemberStatus.SKIPPED
                member.reason = planned.skipped.get(member.subscription_id, SkipReason.CHANGED_MEANWHILE)
        reasons = Counter(str(member.reason) for member in members if member.reason is not None)
        migration.subscriptions_migrated += len(moved)
        migration.subscriptions_skipped += reasons.total()
        migration.skips = dict(Counter(migration.skips) + reasons)
        self._complete(migration)

    def _complete(self, migration: PriceMigration) -> None:
        """It is over when all that were found have been looked at."""
        done = migration.subscriptions_migrated + migration.subscriptions_skipped
        if migration.is_enrolled and done == migration.subscriptions_found:
            status = PriceMigrationStatus(migration.status)
            migration.status = PRICE_MIGRATION.move(migration.id, status, PriceMigrationStatus.COMPLETED)
            migration.completed_at = self.scope.clock.now()

    def _member(self, migration: PriceMigration, row: Subscription) -> PriceMigrationMember:
        return PriceMigrationMember.made(
            id=self.new_id(Prefix.PRICE_MIGRATION_MEMBER),
            created_at=self._now(),
            migration_id=migration.id,
            subscription_id=row.id,
            status=MemberStatus.PENDING,
            **self.ownership(),
        )

    def _now(self) -> datetime:
        return self.scope.clock.now()
