"""Price migrations: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.price_migrations import (
    PreviewedMigration,
    PriceMigrationCancelInput,
    PriceMigrationCancelPayload,
    PriceMigrationCreateInput,
    PriceMigrationCreatePayload,
    PriceMigrationFilter,
    PriceMigrationPreview,
    PriceMigrationPreviewInput,
    PriceMigrationPreviewPayload,
)
from schema.refs import PriceMigrationRef
from services.pages import Listing
from services.price_migrations import MigrationDraft, MigrationSearch

_Filter = Annotated[PriceMigrationFilter | None, strawberry.argument(description="Which ones; all without it.")]


class PriceMigrationQueries:
    """Reading price migrations."""

    price_migration: PriceMigrationRef | None = by_id("The price migration with this id; null when there is none.")

    @listing(PriceMigrationRef, kind="subscriptions")
    def price_migrations(self, info: Info, filter: _Filter = None) -> Listing:
        """Price migrations, newest first."""
        search = draft_of(MigrationSearch, filter) if filter else MigrationSearch()
        return info.context.services.price_migrations.matching(search)


class PriceMigrationMutations:
    """Moving subscribers from one price to another."""

    @mutation(kind="subscriptions", payload=PriceMigrationPreviewPayload)
    async def price_migration_preview(self, info: Info, input: PriceMigrationPreviewInput) -> Answer:
        """Tells what moving everybody from one price to another would do. Nothing is written."""
        preview = await info.context.services.price_migrations.preview(draft_of(MigrationDraft, input))
        return PreviewedMigration(PriceMigrationPreview.of(preview))

    @mutation(kind="subscriptions", payload=PriceMigrationCreatePayload)
    async def price_migration_create(self, info: Info, input: PriceMigrationCreateInput) -> Answer:
        """Moves everybody who subscribes to one price to another, in the background."""
        return await info.context.services.price_migrations.create(draft_of(MigrationDraft, input))

    @mutation(kind="subscriptions", payload=PriceMigrationCancelPayload)
    async def price_migration_cancel(self, info: Info, input: PriceMigrationCancelInput) -> Answer:
        """Gives a migration up: subscriptions that were not moved yet stay as they are."""
        return await info.context.services.price_migrations.cancel(input.id)
