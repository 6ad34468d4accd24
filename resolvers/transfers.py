"""Transfers and application fees: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.inputs import draft_of
from schema.refs import ApplicationFeeRef, DestinationPaymentRef, TransferRef
from schema.transfers import (
    ApplicationFeeFilter,
    ApplicationFeeRefundCreateInput,
    ApplicationFeeRefundCreatePayload,
    TransferCreateInput,
    TransferCreatePayload,
    TransferFilter,
    TransferReversalCreateInput,
    TransferReversalCreatePayload,
    TransferUpdateInput,
    TransferUpdatePayload,
)
from services.pages import Listing
from services.transfers import (
    ApplicationFeeSearch,
    NewFeeRefund,
    NewReversal,
    NewTransfer,
    TransferChange,
    TransferSearch,
)

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


class TransferMutations:
    """Sending money to other accounts, and taking it back."""

    @mutation(kind="transfers", payload=TransferCreatePayload)
    async def transfer_create(self, info: Info, input: TransferCreateInput) -> Answer:
        """Sends money of a charge, or of what is available, to another account."""
        return await info.context.services.transfers.create(draft_of(NewTransfer, input))

    @mutation(kind="transfers", payload=TransferUpdatePayload)
    async def transfer_update(self, info: Info, input: TransferUpdateInput) -> Answer:
        """Changes the description or the metadata of a transfer."""
        return await info.context.services.transfers.update(input.id, draft_of(TransferChange, input))

    @mutation(kind="transfers", payload=TransferReversalCreatePayload)
    async def transfer_reversal_create(self, info: Info, input: TransferReversalCreateInput) -> Answer:
        """Takes part or all of a transfer back, never more than is left of it."""
        return await info.context.services.transfer_reversals.create(draft_of(NewReversal, input))

    @mutation(kind="application_fees", payload=ApplicationFeeRefundCreatePayload)
    async def application_fee_refund_create(self, info: Info, input: ApplicationFeeRefundCreateInput) -> Answer:
        """Gives part or all of an application fee back to the account that paid it, never more than is left of it."""
        return await info.context.services.application_fees.refund(draft_of(NewFeeRefund, input))
