"""Alerts: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import BillingAlertRef
from schema.usage.alerts import (
    BillingAlertActivateInput,
    BillingAlertActivatePayload,
    BillingAlertArchiveInput,
    BillingAlertArchivePayload,
    BillingAlertCreateInput,
    BillingAlertCreatePayload,
    BillingAlertDeactivateInput,
    BillingAlertDeactivatePayload,
    BillingAlertsFilter,
)
from services.pages import Listing
from services.usage import AlertDraft, AlertSearch

_Alerts = Annotated[BillingAlertsFilter | None, strawberry.argument(description="Which alerts; all without it.")]


class AlertQueries:
    """Reading alerts."""

    billing_alert: BillingAlertRef | None = by_id("The alert with this id; null when there is none.")

    @listing(BillingAlertRef, kind="usage")
    def billing_alerts(self, info: Info, filter: _Alerts = None) -> Listing:
        """Alerts, newest first."""
        wanted = draft_of(AlertSearch, filter) if filter else AlertSearch()
        return info.context.services.alerts.matching(wanted)


class AlertMutations:
    """Changing alerts."""

    @mutation(kind="usage", payload=BillingAlertCreatePayload)
    async def billing_alert_create(self, info: Info, input: BillingAlertCreateInput) -> Answer:
        """Watches usage from the next event on. Event `billing.alert.triggered` once for each customer."""
        return await info.context.services.alerts.create(draft_of(AlertDraft, input))

    @mutation(kind="usage", payload=BillingAlertActivatePayload)
    async def billing_alert_activate(self, info: Info, input: BillingAlertActivateInput) -> Answer:
        """Lets an alert be told of again, for those for whom it was not told of before."""
        return await info.context.services.alerts.activate(input.id)

    @mutation(kind="usage", payload=BillingAlertDeactivatePayload)
    async def billing_alert_deactivate(self, info: Info, input: BillingAlertDeactivateInput) -> Answer:
        """Lets an alert be told of no more until it is activated."""
        return await info.context.services.alerts.deactivate(input.id)

    @mutation(kind="usage", payload=BillingAlertArchivePayload)
    async def billing_alert_archive(self, info: Info, input: BillingAlertArchiveInput) -> Answer:
        """Puts an alert away for good."""
        return await info.context.services.alerts.archive(input.id)
