"""Moving all subscribers of one price to another.

planning   what it does to each subscription, and what that costs
working    subscriptions are enrolled and moved, in groups of the agenda
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tortoise.queryset import QuerySet

from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.lifecycles import LIVING, PRICE_MIGRATION, PriceMigrationStatus, SubscriptionStatus
from domain.plan_changes import ChangeBehavior
from domain.price_migrations import SkipReason
from models import Price, PriceMigration, Product, Subscription, SubscriptionItem
from services.aggregates import WholeSubscription
from services.base import Service, part
from services.catalog.rates import recurrence_of_price
from services.idempotency import transactional
from services.price_migrations.planning import MovePlanning, PlannedMove
from services.price_migrations.working import Working
from services.rows import insert_rows, update_rows
from services.subscriptions.wholes import WholeSubscriptions

SAMPLE_SIZE_MAX = 100
_LOOKED_AT = 1_000
"""Subscriptions that a preview looks at together."""


@dataclass(frozen=True, slots=True)
class MigrationDraft:
    """A move to be made, or to be thought of with the first `sample_size` subscriptions shown."""

    from_price: str
    to_price: str
    behavior: ChangeBehavior = ChangeBehavior.PRORATE
    sample_size: int = 10


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many subscriptions of the old price are in a status."""

    status: SubscriptionStatus
    subscriptions: int


@dataclass(frozen=True, slots=True)
class SkipCount:
    """How many subscriptions are left as they are for one reason."""

    reason: SkipReason
    subscriptions: int


@dataclass(frozen=True, slots=True)
class PreviewedMove:
    """What would become of one subscription; amounts in minor units."""

    subscription_id: str
    quantity: int
    currency: str
    amount_now: int
    amount_per_period_before: int
    amount_per_period_after: int


@dataclass(slots=True)
class CurrencySums:
    """What all moves in one currency would cost more: for the rest of their periods, and a period."""

    currency: str
    amount_now: int = 0
    amount_per_period: int = 0


@dataclass(slots=True)
class MigrationPreview:
    """What a migration would do; its sums are by currency, and one is the prices' own."""

    currency: str
    behavior: ChangeBehavior
    statuses: Counter[str] = field(default_factory=Counter)
    skips: Counter[SkipReason] = field(default_factory=Counter)
    subscriptions_migrated: int = 0
    sums: dict[str, CurrencySums] = field(default_factory=dict)
    sample: list[PreviewedMove] = field(default_factory=list)

    def add(self, move: PlannedMove) -> None:
        """Count one move."""
        currency = move.plan.whole.row.currency
        sums = self.sums.setdefault(currency, CurrencySums(currency))
        sums.amount_now += move.now
        sums.amount_per_period += move.per_period_after - move.per_period_before
        self.subscriptions_migrated += 1

    @property
    def amount_now(self) -> int:
        """What the current periods would cost more, in the prices' own currency."""
        return self.sums[self.currency].amount_now if self.currency in self.sums else 0

    @property
    def amount_per_period(self) -> int:
        """What a period would cost more, in the prices' own currency."""
        return self.sums[self.currency].amount_per_period if self.currency in self.sums else 0

    @property
    def in_other_currencies(self) -> list[CurrencySums]:
        """The sums in other currencies, in order of these."""
        return [self.sums[currency] for currency in sorted(self.sums) if currency != self.currency]

    @property
    def by_status(self) -> list[StatusCount]:
        """In order of the statuses."""
        return [StatusCount(status, self.statuses[status]) for status in SubscriptionStatus if self.statuses[status]]

    @property
    def skipped(self) -> list[SkipCount]:
        """In order of the reasons."""
        return [SkipCount(reason, self.skips[reason]) for reason in SkipReason if self.skips[reason]]


@dataclass(frozen=True, slots=True)
class MigrationSearch:
    """Which migrations to list."""

    status: PriceMigrationStatus | None = None


class PriceMigrations(Service):
    """What can be asked of price migrations."""

    wholes = part(WholeSubscriptions)
    planning = part(MovePlanning)
    working = part(Working)

    def matching(self, search: MigrationSearch) -> QuerySet[PriceMigration]:
        """The migrations that a list shows."""
        found = self.mine(PriceMigration)
        return found if search.status is None else found.filter(status=search.status)

    async def preview(self, draft: MigrationDraft) -> MigrationPreview:
        """What the migration would do now. Nothing is written; it looks at every subscriber, group by group."""
        migration, currency = await self._drafted(draft)
        if not 0 <= draft.sample_size <= SAMPLE_SIZE_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"A sample of {draft.sample_size} is not possible; it would have to be from 0 to {SAMPLE_SIZE_MAX}.",
                "sampleSize",
            )
        preview = MigrationPreview(currency, draft.behavior)
        async for wholes in self._subscribers(migration):
            presents = await self.presents(whole.row.test_clock_id for whole in wholes)
            quantities = {item.row.id: item.row.quantity for whole in wholes for item in whole.items}
            planned = await self.planning.planned(migration, wholes, presents, told=False)
            preview.statuses.update(whole.row.status for whole in wholes)
            preview.skips.update(planned.skipped.values())
            for move in planned.moves:
                preview.add(move)
            shown = planned.moves[: draft.sample_size - len(preview.sample)]
            preview.sample += [_previewed(move, quantities[str(move.change.id)]) for move in shown]
        return preview

    @transactional
    async def create(self, draft: MigrationDraft) -> PriceMigration:
        """Begin to move everybody who subscribes to the old price now."""
        migration, _ = await self._drafted(draft)
        await insert_rows([migration])
        await self.working.enroll(migration)
        return migration

    @transactional
    async def cancel(self, identifier: str) -> PriceMigration:
        """Move nobody any more; those who were moved stay so."""
        migration = await self.lock(PriceMigration, identifier)
        status = PriceMigrationStatus(migration.status)
        PRICE_MIGRATION.refuse_unless("cancel", migration.id, status)
        migration.status = PRICE_MIGRATION.move(migration.id, status, PriceMigrationStatus.CANCELED)
        migration.canceled_at = self.scope.clock.now()
        await update_rows([migration], ("status", "canceled_at"))
        return migration

    async def _drafted(self, draft: MigrationDraft) -> tuple[PriceMigration, str]:
        """The migration, not stored, and its currency; refused when nobody could be moved like that."""
        problems = Problems()
        old = await self._price(draft.from_price, "fromPrice", problems)
        new = await self._price(draft.to_price, "toPrice", problems)
        if old is not None and new is not None:
            await self._check(old, new, problems)
        problems.raise_any()
        assert old is not None, "a price that is absent is a problem"
        migration = PriceMigration.made(
            id=self.new_id(Prefix.PRICE_MIGRATION),
            created_at=self.scope.clock.now(),
            from_price_id=draft.from_price,
            to_price_id=draft.to_price,
            behavior=draft.behavior,
            status=PriceMigrationStatus.RUNNING,
            enrolls_up_to=await self._last_subscriber(draft.from_price),
            application_id=self.scope.application_id,
            **self.ownership(),
        )
        return migration, old.currency

    async def _last_subscriber(self, price_id: str) -> str:
        """The greatest id of a subscription that has the price now; empty when none has."""
        having = self.mine(SubscriptionItem).filter(price_id=price_id).order_by("-subscription_id").first()
        last = await having
        return "" if last is None else last.subscription_id

    async def _price(self, identifier: str, param: str, problems: Problems) -> Price | None:
        try:
            return await self.require(Price, identifier, param)
        except DomainError as error:
            problems.add_from(error)
            return None

    async def _check(self, old: Price, new: Price, problems: Problems) -> None:
        """The new price is another one, for sale, in the same currency and at the same intervals."""
        if old.id == new.id:
            problems.add(ErrorCode.PARAMETER_INVALID, f"Price {new.id} is the old price too.", "toPrice")
        if not new.active:
            problems.add(ErrorCode.PRICE_INACTIVE, f"Price {new.id} is archived; choose an active price.", "toPrice")
        product = await self.require(Product, new.product_id, "toPrice")
        if not product.active:
            problems.add(
                ErrorCode.PRODUCT_INACTIVE,
                f"Product {product.id} of price {new.id} is archived; activate it or choose another.",
                "toPrice",
            )
        if new.currency != old.currency:
            problems.add(
                ErrorCode.CURRENCY_MISMATCH,
                f"Price {new.id} is in {new.currency}, the old price in {old.currency}.",
                "toPrice",
            )
        if old.interval is None or recurrence_of_price(old) != recurrence_of_price(new):
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Prices {old.id} and {new.id} do not recur alike; subscribers move between prices of one interval.",
                "toPrice",
            )

    async def _subscribers(self, migration: PriceMigration) -> AsyncIterator[Sequence[WholeSubscription]]:
        """Everybody who has the old price and has not ended, group by group."""
        after = ""
        while True:
            having = self.mine(SubscriptionItem).filter(price_id=migration.from_price_id, subscription_id__gt=after)
            listed = having.order_by("subscription_id").limit(_LOOKED_AT)
            ids = [str(each) for each in await listed.values_list("subscription_id", flat=True)]
            rows = await self.gather(Subscription, "id", ids, order=("id",))
            yield await self.wholes.of([row for row in rows if row.status in LIVING])
            if len(ids) < _LOOKED_AT:
                return
            after = ids[-1]


def _previewed(move: PlannedMove, quantity: int) -> PreviewedMove:
    row = move.plan.whole.row
    return PreviewedMove(row.id, quantity, row.currency, move.now, move.per_period_before, move.per_period_after)
