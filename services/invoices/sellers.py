"""On whose behalf invoices are collected: while such an account is gone, nothing is charged by itself for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode
from domain.event_types import EventType
from domain.invoices import CollectionMethod
from domain.lifecycles import InvoiceStatus
from models import Invoice, Quote, Subscription
from services.accounts.parts import Parts
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.rows import update_rows

_LEFT = ("auto_advance", "automatically_finalizes_at", "next_payment_attempt")


class Sellers(Service):
    """Keeps back invoices on behalf of accounts that have left; no statement where nobody else sells."""

    events = part(Events)
    due = part(Due)
    parts = part(Parts)

    async def gone(self, sharings: Iterable[Mapping[str, Any] | None]) -> set[str]:
        """The accounts on whose behalf something is to be collected, as far as they are not connected any more."""
        named = {str(each["on_behalf_of"]) for each in sharings if each is not None and "on_behalf_of" in each}
        return named - (await self.parts.connected(named)).keys() if named else set()

    async def without_gone(self, invoices: Sequence[WholeInvoice]) -> list[WholeInvoice]:
        """Within a transaction: those of these held invoices that may be collected.

        The others wait until somebody lets them go on: drafts are not finalized, and open ones not tried again. Event
        `invoice.updated` for each of those that are stored already.
        """
        gone = await self.gone(each.row.sharing for each in invoices)
        if not gone:
            return list(invoices)
        left = [each for each in invoices if seller_of(each.row) in gone]
        stored = [each for each in left if each.row._saved_in_db]
        befores = [self.events.snapshot(each) for each in stored]
        presents = await self.presents(each.row.test_clock_id for each in stored)
        for each in left:
            leave(each.row)
        await update_rows([each.row for each in stored], _LEFT)
        drafts = [each.row.id for each in stored if each.row.status == InvoiceStatus.DRAFT]
        await self.due.cancel_all((AgendaKind.INVOICE_FINALIZE, identifier) for identifier in drafts)
        for each, before in zip(stored, befores, strict=True):
            at = presents[each.row.test_clock_id]
            self.events.record(EventType.INVOICE_UPDATED, each, at=at, before=before)
        return [each for each in invoices if seller_of(each.row) not in gone]

    async def refuse_gone(self, row: Invoice | Subscription | Quote, *param: str) -> None:
        """Refuse what has to be collected at once on behalf of an account that has left."""
        if await self.gone([row.sharing]):
            raise DomainError(
                ErrorCode.ACCOUNT_INVALID,
                f"{row.id} is on behalf of {seller_of(row)}, which is not connected any more. Let that account"
                " reconnect, or clear onBehalfOf and transferData, and try again.",
                param or ("id",),
            )


def seller_of(row: Invoice | Subscription | Quote) -> str | None:
    """The account on whose behalf it is collected; None where that is who charges."""
    return None if row.sharing is None else row.sharing.get("on_behalf_of")


def leave(row: Invoice) -> None:
    """The invoice goes nowhere by itself any more (in memory)."""
    row.auto_advance = False
    plan_finalization(row, None)


def plan_finalization(invoice: Invoice, at: datetime | None) -> None:
    """The draft is finalized by itself at that moment, and then first collected; None plans neither."""
    charged = invoice.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
    invoice.automatically_finalizes_at = at
    invoice.next_payment_attempt = at if charged else None
