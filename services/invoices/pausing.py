"""What becomes of invoices that were made while their collection was paused."""

from collections.abc import Sequence

from domain.lifecycles import InvoiceStatus
from domain.subscriptions import PausedCollection
from models import PaymentIntent
from services.aggregates import WholeInvoice
from services.invoices.voiding import Voiding
from services.payments import PaymentIntents
from services.scope import Scope


async def without_paused(
    scope: Scope, invoices: Sequence[WholeInvoice], intents: Sequence[PaymentIntent]
) -> Sequence[PaymentIntent]:
    """Of the payments that invoices ask for after their finalization, those that are to be tried.

    The others' invoices become VOID or UNCOLLECTIBLE, as was said when collection was paused. Where nothing was paused,
    nothing is done.
    """
    paused = {
        each.row.id: each
        for each in invoices
        if each.row.collection_paused is not None and each.row.status == InvoiceStatus.OPEN
    }
    if not paused:
        return intents
    await PaymentIntents(scope).store([intent for intent in intents if intent.invoice_id in paused])
    voiding = Voiding(scope)
    to_void = {key for key, each in paused.items() if each.row.collection_paused == PausedCollection.VOID}
    await voiding.void([each for key, each in paused.items() if key in to_void])
    await voiding.mark_uncollectible([each for key, each in paused.items() if key not in to_void])
    return [intent for intent in intents if intent.invoice_id not in paused]
