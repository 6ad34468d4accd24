"""Tax: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import TaxRateRef, TaxRegistrationRef
from schema.tax import (
    TaxRateCreateInput,
    TaxRateCreatePayload,
    TaxRateFilter,
    TaxRateUpdateInput,
    TaxRateUpdatePayload,
    TaxRegistrationCreateInput,
    TaxRegistrationCreatePayload,
    TaxRegistrationFilter,
    TaxRegistrationUpdateInput,
    TaxRegistrationUpdatePayload,
)
from services.pages import Listing
from services.tax import (
    TaxRateChange,
    TaxRateDraft,
    TaxRateSearch,
    TaxRegistrationChange,
    TaxRegistrationDraft,
    TaxRegistrationSearch,
)

_Rates = Annotated[TaxRateFilter | None, strawberry.argument(description="Which tax rates; all without it.")]
_Registrations = Annotated[
    TaxRegistrationFilter | None, strawberry.argument(description="Which registrations; all without it.")
]


class TaxQueries:
    """Reading tax rates and registrations."""

    tax_rate: TaxRateRef | None = by_id("The tax rate with this id; null when there is none.")
    tax_registration: TaxRegistrationRef | None = by_id("The registration with this id; null when there is none.")

    @listing(TaxRateRef, kind="tax")
    def tax_rates(self, info: Info, filter: _Rates = None) -> Listing:
        """Tax rates, newest first."""
        wanted = draft_of(TaxRateSearch, filter) if filter else TaxRateSearch()
        return info.context.services.tax_rates.matching(wanted)

    @listing(TaxRegistrationRef, kind="tax")
    def tax_registrations(self, info: Info, filter: _Registrations = None) -> Listing:
        """Registrations, newest first."""
        wanted = draft_of(TaxRegistrationSearch, filter) if filter else TaxRegistrationSearch()
        return info.context.services.tax_registrations.matching(wanted)


class TaxMutations:
    """Changing tax rates and registrations."""

    @mutation(kind="tax", payload=TaxRateCreatePayload)
    async def tax_rate_create(self, info: Info, input: TaxRateCreateInput) -> Answer:
        """Makes a tax rate. Event `tax_rate.created`."""
        return await info.context.services.tax_rates.create(draft_of(TaxRateDraft, input))

    @mutation(kind="tax", payload=TaxRateUpdatePayload)
    async def tax_rate_update(self, info: Info, input: TaxRateUpdateInput) -> Answer:
        """Changes what a tax rate does not ask for; false for `active` archives it. Event `tax_rate.updated`."""
        return await info.context.services.tax_rates.update(draft_of(TaxRateChange, input))

    @mutation(kind="tax", payload=TaxRegistrationCreatePayload)
    async def tax_registration_create(self, info: Info, input: TaxRegistrationCreateInput) -> Answer:
        """Makes a registration, of which a place has one at a time."""
        return await info.context.services.tax_registrations.create(draft_of(TaxRegistrationDraft, input))

    @mutation(kind="tax", payload=TaxRegistrationUpdatePayload)
    async def tax_registration_update(self, info: Info, input: TaxRegistrationUpdateInput) -> Answer:
        """Changes when a registration begins or ends, as long as that has not come."""
        return await info.context.services.tax_registrations.update(draft_of(TaxRegistrationChange, input))
