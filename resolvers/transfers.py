"""Transfers and application fees: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import ApplicationFeeRef, DestinationPaymentRef, TransferRef
from schema.transfers import ApplicationFeeFilter, TransferFilter
from services.pages import Listing
from services.transfers import ApplicationFeeSearch, TransferSearch

_Transfers = Annotated[TransferFilter | None, strawberry.argument(description="Which transfers; all without it.")]
_Fees = Annotated[ApplicationFeeFilter | None, strawberry.argument(description="Which fees; all without it.")]


class TransferQueries:
    """Reading money between accounts."""

    transfer: TransferRef | None = by_id("The transfer with this id; null when there is none.")
    destination_payment: DestinationPaymentRef | None = by_id(
        "What arrived of a transfer, with this id; null when there is none."
    )
    application_fee: ApplicationFeeRef | None = by_id("The application fee with this id; null when there is none.")

    @listing(TransferRef, kind="transfers")
    def transfers(self, info: Info, filter: _Transfers = None) -> Listing:
        """What the account sent to others, newest first."""
        wanted = draft_of(TransferSearch, filter) if filter else TransferSearch()
        return info.context.services.money_between.transfers(wanted)

    @listing(DestinationPaymentRef, kind="payments")
    def destination_payments(self, info: Info) -> Listing:
        """What others sent to the account, newest first."""
        return info.context.services.money_between.payments()

    @listing(ApplicationFeeRef, kind="application_fees")
    def application_fees(self, info: Info, filter: _Fees = None) -> Listing:
        """What the platform kept of its accounts' payments, newest first."""
        wanted = draft_of(ApplicationFeeSearch, filter) if filter else ApplicationFeeSearch()
        return info.context.services.money_between.fees(wanted)
