"""Time whose invoice is void: it was asked for once, and counts no more as what was invoiced for an item."""

from collections.abc import Sequence
from decimal import Decimal

from domain.calculations import UNUSED_TIME
from domain.lifecycles import SubscriptionStatus
from domain.money import whole_minor_units
from models import InvoiceLine, SubscriptionItem
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.rows import update_rows
from services.scope import Scope
from services.snapshots import Subject
from services.subscriptions.wholes import WholeSubscriptions, licensed

_RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID)


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
            items = licensed(whole.items if whole else ())
            changed += [item.row for item in items if _took_back(item.row, invoice.lines)]
        await update_rows(changed, ("invoiced_price_id", "invoiced_quantity", "invoiced_unit_amount"))


def _took_back(row: SubscriptionItem, lines: Sequence[InvoiceLine]) -> bool:
    """Set what was invoiced for the item without these lines; whether they had charged what it stands at."""
    own = [line for line in lines if line.subscription_item_id == row.id and line.period_end == row.current_period_end]
    charged = [line for line in own if line.calculation["method"] != UNUSED_TIME]
    given_back = [line for line in own if line.calculation["method"] == UNUSED_TIME]
    standing = (row.price_id, row.quantity, row.unit_amount)
    if row.invoiced_price_id is not None:
        standing = (row.invoiced_price_id, int(row.invoiced_quantity or 0), row.invoiced_unit_amount)
    if not charged or not _is_of(charged[-1], *standing):
        return False
    if given_back:
        first = given_back[0]
        row.invoiced_price_id, row.invoiced_quantity = first.price_id, first.quantity
        row.invoiced_unit_amount = _whole(first.unit_amount_decimal)
    else:
        row.invoiced_price_id, row.invoiced_quantity, row.invoiced_unit_amount = row.price_id, 0, row.unit_amount
    return True


def _is_of(line: InvoiceLine, price_id: str, quantity: int, unit_amount: int | None) -> bool:
    """Whether a line charged so many units of the price, at the amount that the customer chose where they may."""
    same = (line.price_id, line.quantity) == (price_id, quantity)
    return same and (unit_amount is None or _whole(line.unit_amount_decimal) == unit_amount)


def _whole(unit_amount: str | None) -> int | None:
    """The unit amount of a line as one that a customer may have chosen, which is whole; else it counts for nothing."""
    return None if unit_amount is None else whole_minor_units(Decimal(unit_amount))


async def take_void_time_back(scope: Scope, invoices: Sequence[Subject]) -> None:
    """Reaction to invoices being void."""
    wholes = [each for each in invoices if isinstance(each, WholeInvoice) and each.row.subscription_id is not None]
    if wholes:
        await VoidTime(scope).take_back(wholes)
