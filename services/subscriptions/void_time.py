"""Time whose invoice is void: it was asked for once, and counts no more as what was invoiced for an item."""

from collections.abc import Sequence

from domain.lifecycles import SubscriptionStatus
from models import InvoiceLine, SubscriptionItem
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.wholes import WholeSubscriptions

_RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID)
_GIVEN_BACK = "unused_time"


class VoidTime(Service):
    """Takes back what void invoices had asked for."""

    wholes = part(WholeSubscriptions)

    async def take_back(self, invoices: Sequence[WholeInvoice]) -> None:
        """Later changes of these invoices' subscriptions give nothing back for what they had charged.

        What a void invoice had given back counts as invoiced again. An item that was changed since keeps what it has.
        """
        found = await self.wholes.by("id", {each.row.subscription_id for each in invoices}, lock=True)
        wholes = {whole.row.id: whole for whole in found if whole.row.status in _RUNNING}
        changed: list[SubscriptionItem] = []
        for invoice in invoices:
            whole = wholes.get(str(invoice.row.subscription_id))
            changed += [item.row for item in (whole.items if whole else ()) if _took_back(item.row, invoice.lines)]
        await update_rows(changed, ("invoiced_price_id", "invoiced_quantity"))


def _took_back(row: SubscriptionItem, lines: Sequence[InvoiceLine]) -> bool:
    """Set what was invoiced for the item without these lines; whether they had charged what it stands at."""
    own = [line for line in lines if line.subscription_item_id == row.id and line.period_end == row.current_period_end]
    charged = [line for line in own if line.calculation["method"] != _GIVEN_BACK]
    given_back = [line for line in own if line.calculation["method"] == _GIVEN_BACK]
    quantity = row.quantity if row.invoiced_quantity is None else row.invoiced_quantity
    standing = (row.invoiced_price_id or row.price_id, quantity)
    if not charged or (charged[-1].price_id, charged[-1].quantity) != standing:
        return False
    if given_back:
        row.invoiced_price_id, row.invoiced_quantity = given_back[0].price_id, given_back[0].quantity
    else:
        row.invoiced_price_id, row.invoiced_quantity = row.price_id, 0
    return True


async def take_void_time_back(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to invoices being void."""
    wholes = [each for each in invoices if isinstance(each, WholeInvoice) and each.row.subscription_id is not None]
    if wholes:
        await VoidTime(scope).take_back(wholes)
