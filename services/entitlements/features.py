"""Features: what the seller's code asks about."""

from tortoise.exceptions import IntegrityError

from domain.checks import checked, checked_where_given
from domain.drafts import UNSET
from domain.entitlements import LOOKUP_KEY_LENGTH_MAX, NAME_LENGTH_MAX
from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix
from domain.metadata import merged_metadata
from domain.texts import required_text
from models import Feature
from services.base import Service
from services.entitlements.drafts import FeatureChange, FeatureDraft, FeatureFilter
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.transactions import savepoint


class Features(Service):
    """Making and changing features. Nothing of this is told as an event, as with Stripe."""

    def matching(self, wanted: FeatureFilter) -> Listing:
        """The features that pass the filter; without a word about it those that are not archived."""
        rows = self.mine(Feature).filter(active=not wanted.archived)
        return rows if wanted.lookup_key is None else rows.filter(lookup_key=wanted.lookup_key.strip())

    @transactional
    async def create(self, draft: FeatureDraft) -> Feature:
        """A new feature. A lookup key that another one has, archived or not, is refused."""
        problems = Problems()
        name = checked(problems, required_text, draft.name, NAME_LENGTH_MAX, ("name",))
        lookup_key = checked(problems, required_text, draft.lookup_key, LOOKUP_KEY_LENGTH_MAX, ("lookupKey",))
        metadata = checked(problems, merged_metadata, {}, draft.metadata)
        if lookup_key is not None and await self.mine(Feature).filter(lookup_key=lookup_key).exists():
            problems.add_from(_taken(lookup_key))
        problems.raise_any()
        assert name is not None and lookup_key is not None and metadata is not None

        row = Feature.made(
            id=self.new_id(Prefix.FEATURE),
            created_at=self.scope.clock.now(),
            name=name,
            lookup_key=lookup_key,
            metadata=metadata,
            **self.ownership(),
        )
        try:
            async with savepoint():
                await insert_rows([row])
        except IntegrityError:  # Another one took the key between our look and the insertion.
            raise _taken(lookup_key) from None
        return row

    @transactional
    async def update(self, identifier: str, change: FeatureChange) -> Feature:
        """The feature with these fields changed. Archived, it is attached to nothing more; who has it keeps it."""
        row = await self.lock(Feature, identifier)
        problems = Problems()
        columns = {
            "name": checked_where_given(problems, required_text, change.name, NAME_LENGTH_MAX, ("name",)),
            "active": change.active,
            "metadata": checked(problems, merged_metadata, row.metadata, change.metadata),
        }
        problems.raise_any()
        changed = [name for name, value in columns.items() if value is not UNSET]
        for name in changed:
            setattr(row, name, columns[name])
        await update_rows([row], changed)
        return row


def _taken(lookup_key: str) -> DomainError:
    return DomainError(
        ErrorCode.RESOURCE_ALREADY_EXISTS,
        f"There is a feature with the lookup key '{lookup_key}' already; use it, or choose another key.",
        "lookupKey",
    )
