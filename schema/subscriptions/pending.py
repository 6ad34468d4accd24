"""Changes that wait for their payment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schema.base import Wrapping, column, computed, part_type
from schema.refs import InvoiceRef, PriceRef
from schema.relations import one
from schema.scalars import Metadata, MinorUnits


@dataclass(frozen=True, slots=True)
class PendingItem:
    """What a pending update shows of an item."""

    id: str
    price_id: str
    quantity: int
    unit_amount: int | None
    metadata: dict[str, str]


@part_type
class PendingUpdateItem(Wrapping):
    """An item as it will be."""

    id: str = column("Its id; a new item comes to be under it.")
    price: PriceRef | None = one("price_id", "The price that it will have.")
    quantity: int = column("How many units there will be.")
    unit_amount: MinorUnits | None = column(
        "What the customer chose to pay for a unit; null where the price says what it costs."
    )
    metadata: Metadata = column("Labels of your own.")


@part_type
class PendingUpdate(Wrapping):
    """A change that is made as soon as its invoice is paid."""

    invoice: InvoiceRef | None = one("pending_invoice_id", "What has to be paid. Voiding it drops the change.")

    @computed("When the change is dropped, and its invoice void.")
    def expires_at(self) -> datetime:
        """Reads through to what the subscription keeps."""
        return _moment(self.row.pending_update["expires_at"])

    @computed("The moment from which periods will be counted; null where that stays.")
    def billing_cycle_anchor(self) -> datetime | None:
        """Reads through to what the subscription keeps."""
        anchor = self.row.pending_update["anchor"]
        return None if anchor is None else _moment(anchor)

    @computed("All items as they will be.")
    def subscription_items(self) -> list[PendingUpdateItem]:
        """Reads through to what the subscription keeps."""
        return [PendingUpdateItem.of(_item(each)) for each in self.row.pending_update["subscription_items"]]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _item(shown: dict[str, Any]) -> PendingItem:
    return PendingItem(
        shown["id"], shown["price"]["id"], shown["quantity"], shown.get("unit_amount"), shown["metadata"]
    )
