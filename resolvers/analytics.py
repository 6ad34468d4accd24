"""Figures: fields of Query."""

from resolvers.context import Info
from resolvers.queries import query
from schema.analytics import RecoveryFigure


class AnalyticsQueries:
    """Reading figures."""

    @query(kind="invoices")
    async def recovery_figures(self, info: Info) -> list[RecoveryFigure]:
        """How much of what was declined could be collected after all, by month and currency, latest month first."""
        return [RecoveryFigure.of(each) for each in await info.context.services.analytics.recovery()]
