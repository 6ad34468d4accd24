"""Balances: fields of Query."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.queries import by_id, listing, query
from schema.balances import Balance, BalanceTransactionFilter
from schema.inputs import draft_of
from schema.refs import BalanceTransactionRef
from services.balances import MovementSearch
from services.pages import Listing

_Filter = Annotated[
    BalanceTransactionFilter | None, strawberry.argument(description="Which movements; all without it.")
]
_Clock = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only the money of this test clock's customers; all there is without it."),
]


class BalanceQueries:
    """Reading the books."""

    balance_transaction: BalanceTransactionRef | None = by_id("The movement with this id; null when there is none.")

    @listing(BalanceTransactionRef, kind="balances")
    def balance_transactions(self, info: Info, filter: _Filter = None) -> Listing:
        """Movements of money on the account, newest first."""
        wanted = draft_of(MovementSearch, filter) if filter else MovementSearch()
        return info.context.services.balances.matching(wanted)

    @query(kind="balances")
    async def balance(self, info: Info, test_clock: _Clock = None) -> Balance:
        """What the account owns after fees, each movement judged by the clock of its customer."""
        return Balance.of(await info.context.services.balances.current(test_clock))
