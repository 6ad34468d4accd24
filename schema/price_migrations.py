"""Price migrations in the API: everybody who subscribes to one price moves to another."""

from dataclasses import dataclass
from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.lifecycles import PriceMigrationStatus, SubscriptionStatus
from domain.plan_changes import ChangeBehavior
from domain.price_migrations import MemberStatus, SkipReason
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.connections import Connection
from schema.payloads import payload
from schema.refs import PriceMigrationMemberRef, PriceMigrationRef, PriceRef, SubscriptionRef
from schema.relations import one, page
from schema.scalars import Currency, MinorUnits

describe_enum(
    PriceMigrationStatus,
    "Where a price migration stands.",
    RUNNING="Subscriptions are being moved.",
    COMPLETED="Every subscription was moved or skipped.",
    CANCELED="No further subscription is moved; those that were stay so.",
)
describe_enum(
    MemberStatus,
    "How far a subscription of a price migration is.",
    PENDING="It will be looked at.",
    MIGRATED="It has the new price, or will have it with its next period where that was asked.",
    SKIPPED="It was left as it was.",
)
describe_enum(
    SkipReason,
    "Why a subscription was left as it was.",
    STATUS="Its items cannot change in its status.",
    CHANGED_MEANWHILE="It does not have the old price any more.",
    CHANGE_WAITS="Another change of its items waits for the end of its period.",
    SCHEDULED="It follows a schedule, which decides about its items.",
    MADE_BY_ANOTHER="The platform that asked for it did not make it; the account itself has to move it.",
    CHANGE_REFUSED="`subscriptionUpdate` would refuse it (it has the new price beside the old one), it would begin a "
    "new period, or it has several intervals and the change is to wait for a period's end.",
)


@strawberry.input(description="Which migrations to list.")
class PriceMigrationFilter:
    """Arguments of `priceMigrations`."""

    status: PriceMigrationStatus | None = input_field("Only those that stand like this.")


@strawberry.input(description="Which of a migration's subscriptions to show.")
class PriceMigrationMemberPageFilter:
    """Arguments of `PriceMigration.members`; its fields are columns."""

    status: list[MemberStatus] | None = input_field("Only those that are so far.")
    reason: list[SkipReason] | None = input_field("Only those that were skipped for one of these reasons.")


@part_type
class PriceMigrationSkips(Wrapping):
    """How many subscriptions were left as they were for one reason."""

    reason: SkipReason = column("Why.")
    subscriptions: int = column("How many.")


@part_type
class PriceMigrationStatusCount(Wrapping):
    """How many subscriptions of the old price are in one status."""

    status: SubscriptionStatus = column("The status.")
    subscriptions: int = column("How many.")


@node_type(models.PriceMigration, kind="subscriptions", prefix=Prefix.PRICE_MIGRATION)
class PriceMigration(Node):
    """A move of everybody who subscribes to one price to another. It is worked off in the background, in groups."""

    created: datetime = column("When it was begun.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    from_price: PriceRef = one("from_price_id", "The price that they had.")
    to_price: PriceRef = one("to_price_id", "The price that they get.")
    behavior: ChangeBehavior = column("How the change takes effect for each subscription.")
    status: PriceMigrationStatus = column("Where it stands.")
    subscriptions_found: int = column("Subscriptions of the old price that were found so far.")
    subscriptions_migrated: int = column("How many of them were moved.")
    subscriptions_skipped: int = column("How many of them were left as they were.")
    members: Connection[PriceMigrationMemberRef] = page(
        "migration_id", "Its subscriptions, and what became of each.", filter=PriceMigrationMemberPageFilter
    )
    completed_at: datetime | None = column("When it was done; null while it is not.")
    canceled_at: datetime | None = column("When it was canceled; null when it was not.")

    @computed("How many were left as they were, by reason.")
    def skips(self) -> list[PriceMigrationSkips]:
        """In order of the reasons."""
        counts = self.row.skips
        return [
            PriceMigrationSkips.of({"reason": each.value, "subscriptions": counts[each]})
            for each in SkipReason
            if each in counts
        ]


@node_type(models.PriceMigrationMember, kind="subscriptions", prefix=Prefix.PRICE_MIGRATION_MEMBER)
class PriceMigrationMember(Node):
    """One subscription of a price migration."""

    migration: PriceMigrationRef = one("migration_id", "The migration.")
    subscription: SubscriptionRef | None = one("subscription_id", "The subscription; null when it is gone.")
    status: MemberStatus = column("How far it is.")
    reason: SkipReason | None = column("Why it was skipped.")


@part_type
class PreviewedMove(Wrapping):
    """What would become of one subscription."""

    subscription: SubscriptionRef = one("subscription_id", "The subscription.")
    quantity: int = column("How many units it has.")
    currency: Currency = column("What it is billed in.")
    amount_now: MinorUnits = column("What the rest of its period would cost more; negative gives back.")
    amount_per_period_before: MinorUnits = column("What the item costs a period now.")
    amount_per_period_after: MinorUnits = column("What it would cost a period.")


@part_type
class PriceMigrationPreviewSums(Wrapping):
    """What moves in one currency would cost more."""

    currency: Currency = column("The currency.")
    amount_now: MinorUnits = column("What their current periods would cost more all together; negative gives back.")
    amount_per_period: MinorUnits = column("What they would cost more a period all together; negative is less.")


@part_type
class PriceMigrationPreview(Wrapping):
    """What a migration would do if it were carried out now."""

    currency: Currency = column("What the sums are in: the prices' own currency.")
    behavior: ChangeBehavior = column("How the change would take effect.")
    subscriptions_migrated: int = column("How many subscriptions would move.")
    amount_now: MinorUnits = column("What their current periods would cost more all together; negative gives back.")
    amount_per_period: MinorUnits = column("What they would cost more a period all together; negative is less.")

    @computed("The sums of those who are billed in other currencies that the prices are offered in.")
    def in_other_currencies(self) -> list[PriceMigrationPreviewSums]:
        """In order of the currencies."""
        return [PriceMigrationPreviewSums.of(each) for each in self.row.in_other_currencies]

    @computed("Everybody who subscribes to the old price, by status.")
    def by_status(self) -> list[PriceMigrationStatusCount]:
        """In order of the statuses."""
        return [PriceMigrationStatusCount.of(each) for each in self.row.by_status]

    @computed("How many would be left as they are, by reason.")
    def skips(self) -> list[PriceMigrationSkips]:
        """In order of the reasons."""
        return [PriceMigrationSkips.of(each) for each in self.row.skipped]

    @computed("The first of those that would move, oldest first.")
    def sample(self) -> list[PreviewedMove]:
        """As many as were asked for."""
        return [PreviewedMove.of(each) for each in self.row.sample]


@strawberry.input(description="Which migration is thought of.")
class PriceMigrationPreviewInput:
    """Becomes `MigrationDraft`."""

    from_price: strawberry.ID = input_field("The price that subscribers have.")
    to_price: strawberry.ID = input_field("The price that they would get: active, of the same currency and interval.")
    behavior: ChangeBehavior | None = input_field("How the change would take effect; PRORATE by default.")
    sample_size: int | None = input_field("How many subscriptions to show, from 0 to 100; 10 by default.")


@strawberry.input(description="Which subscribers move, where to and how.")
class PriceMigrationCreateInput:
    """Becomes `MigrationDraft`."""

    from_price: strawberry.ID = input_field("The price that subscribers have.")
    to_price: strawberry.ID = input_field("The price that they get: active, of the same currency and interval.")
    behavior: ChangeBehavior | None = input_field("How the change takes effect for each; PRORATE by default.")


@strawberry.input(description="Which migration is given up.")
class PriceMigrationCancelInput:
    """Names the migration."""

    id: strawberry.ID = input_field("The migration; it has to be RUNNING.")


@dataclass(frozen=True, slots=True)
class PreviewedMigration:
    """What the payload shows."""

    preview: PriceMigrationPreview


PriceMigrationPreviewPayload = payload(
    "priceMigrationPreview", preview=(PriceMigrationPreview, "What it would do; null when refused.")
)
PriceMigrationCreatePayload = payload(
    "priceMigrationCreate", price_migration=(PriceMigrationRef, "The migration, which goes on by itself.")
)
PriceMigrationCancelPayload = payload(
    "priceMigrationCancel", price_migration=(PriceMigrationRef, "The migration, canceled.")
)
