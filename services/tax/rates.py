"""Tax rates: made, changed but for what they ask for, archived."""

from collections.abc import Mapping
from typing import Any, Final

from domain.addresses import country_of
from domain.checks import checked, checked_where_given
from domain.drafts import UNSET
from domain.errors import ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.metadata import merged_metadata
from domain.taxes import percentage_text
from domain.texts import required_text
from models import TaxRate
from services.base import Service, part
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.tax.drafts import TaxRateChange, TaxRateDraft, TaxRateSearch

DISPLAY_NAME_LENGTH_MAX: Final = 50
DESCRIPTION_LENGTH_MAX: Final = 500
PLACE_LENGTH_MAX: Final = 50


class TaxRates(Service):
    """Making and changing tax rates. There is no delete: an archived rate keeps serving what has it."""

    events = part(Events)

    def matching(self, wanted: TaxRateSearch) -> Listing:
        """The tax rates that a list shows."""
        equal = {"active": wanted.active, "inclusive": wanted.inclusive}
        return self.mine(TaxRate).filter(**{name: value for name, value in equal.items() if value is not None})

    @transactional
    async def create(self, draft: TaxRateDraft) -> TaxRate:
        """A new tax rate. Event `tax_rate.created`."""
        problems = Problems()
        columns = _columns(problems, draft, {})
        percentage = checked(problems, percentage_text, draft.percentage)
        problems.raise_any()
        row = TaxRate.made(
            id=self.new_id(Prefix.TAX_RATE),
            created_at=self.scope.clock.now(),
            percentage=percentage,
            inclusive=draft.inclusive,
            **columns,
            **self.ownership(),
        )
        await insert_rows([row])
        self.events.record(EventType.TAX_RATE_CREATED, row, at=row.created_at)
        return row

    @transactional
    async def update(self, change: TaxRateChange) -> TaxRate:
        """The tax rate with these fields changed. Event `tax_rate.updated` when anything differs.

        A rate that automatic tax made stays archived: nobody else is to use it.
        """
        row = await self.lock(TaxRate, change.id)
        before = self.events.snapshot(row)
        problems = Problems()
        columns = _columns(problems, change, row.metadata)
        if change.active is True and row.origin is not None:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Tax rate {row.id} was made by automatic tax and stays archived; create a rate of your own.",
                "active",
            )
        problems.raise_any()
        for name, value in columns.items():
            setattr(row, name, value)
        if self.events.snapshot(row) != before:
            await update_rows([row], list(columns))
            self.events.record(EventType.TAX_RATE_UPDATED, row, at=self.scope.clock.now(), before=before)
        return row


def _columns(problems: Problems, said: TaxRateDraft | TaxRateChange, metadata: Mapping[str, str]) -> dict[str, Any]:
    """The columns that the caller gave, checked; `metadata` is what the rate has."""
    columns = {
        "display_name": checked_where_given(
            problems, required_text, said.display_name, DISPLAY_NAME_LENGTH_MAX, "displayName"
        ),
        "active": said.active,
        "description": checked_where_given(
            problems, required_text, said.description, DESCRIPTION_LENGTH_MAX, "description"
        ),
        "jurisdiction": checked_where_given(
            problems, required_text, said.jurisdiction, PLACE_LENGTH_MAX, "jurisdiction"
        ),
        "country": checked_where_given(problems, country_of, said.country),
        "state": checked_where_given(problems, required_text, said.state, PLACE_LENGTH_MAX, "state"),
        "tax_type": said.tax_type,
        "metadata": checked(problems, merged_metadata, metadata, said.metadata),
    }
    return {name: value for name, value in columns.items() if value is not UNSET}
