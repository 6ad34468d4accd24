"""Lines of drafts by hand: added, changed, taken off. Each is an invoice item that stands on the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.drafts import UNSET, Unset, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.invoices import LINES_MAX, LineRemoval
from domain.invoicing import LineDraft
from domain.lifecycles import INVOICE, InvoiceStatus
from domain.metadata import merged_metadata
from domain.money import optional_unit_amount_text, whole_minor_units
from domain.sharing import Sharing
from domain.texts import text_within
from models import Invoice, InvoiceItem, InvoiceLine, Price
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.catalog import InlinePriceDraft
from services.coupons.redemption import DiscountDraft
from services.events import Events, Snapshot
from services.idempotency import transactional
from services.invoices.discounts import InvoiceDiscounts, ItemDiscounts
from services.invoices.drafting import Drafting
from services.invoices.items import InvoiceItems, line_of
from services.invoices.one_time import DESCRIPTION_LENGTH_MAX, ChargeDraft, OneTimeCharges, SpanDraft
from services.invoices.reckoning import Reckoning
from services.invoices.sharing import InvoiceSharing
from services.invoices.wholes import WholeInvoices
from services.payments import Invoiced
from services.rows import delete_by, insert_rows, update_rows
from services.tax import NamedRates, TaxRatesNamed

_COSTS = (
    "amount", "quantity", "unit_amount_decimal", "price_id", "product_id", "period_start", "period_end", "calculation",
)  # fmt: skip
_WORDS = ("description", "metadata", "tax_rates", "discounts", "discountable")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAddition(ChargeDraft):
    """A line to be added: what is to be charged, or an item that waits (`invoice_item`)."""

    invoice_item: str | None = None


@dataclass(frozen=True, slots=True)
class LinesAddition:
    """Lines to be added to a draft."""

    id: str
    lines: tuple[LineAddition, ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to change about a line; absent fields stay."""

    id: str
    amount: int | None = None
    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | None = None
    unit_amount: int | None = None
    period: SpanDraft | None = None
    tax_rates: tuple[str, ...] | Unset | None = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    discountable: bool | Unset = UNSET
    description: str | Unset = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET

    @property
    def costs(self) -> bool:
        """Whether more than words changes."""
        terms = (self.amount, self.price, self.price_data, self.quantity, self.unit_amount, self.period)
        return any(each is not None for each in terms)


@dataclass(frozen=True, slots=True)
class LinesChange:
    """Lines of a draft to be changed."""

    id: str
    lines: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True)
class LineToRemove:
    """A line to be taken off, and what becomes of its item."""

    id: str
    behavior: LineRemoval


@dataclass(frozen=True, slots=True)
class LinesRemoval:
    """Lines to be taken off a draft."""

    id: str
    lines: tuple[LineToRemove, ...]


@dataclass(slots=True)
class _Draft:
    """A held draft while it is edited, and how it was before."""

    row: Invoice
    lines: list[InvoiceLine]
    at: datetime
    before: Snapshot


class DraftLines(Service):
    """Edits the lines of drafts. Event `invoice.updated` for each edit."""

    events = part(Events)
    wholes = part(WholeInvoices)
    drafting = part(Drafting)
    reckoning = part(Reckoning)
    items = part(InvoiceItems)
    charges = part(OneTimeCharges)
    invoiced = part(Invoiced)
    tax_rates = part(TaxRatesNamed)
    discounts = part(InvoiceDiscounts)
    sharing = part(InvoiceSharing)

    @transactional
    async def add(self, addition: LinesAddition) -> Invoice:
        """Put lines on a draft. Event `invoiceitem.created` for each that is not of an item that waited."""
        draft = await self._draft(addition.id, "add lines to")
        _refuse_many(draft, addition.lines)
        await self._collected(addition.lines, lambda line, at: self._add(draft, line, *at))
        await self._store(draft)
        return draft.row

    async def add_item(self, invoice_id: str, wanted: ChargeDraft) -> InvoiceItem:
        """Within a transaction: an item that is made for a draft and stands on it. Event `invoiceitem.created`."""
        draft = await self._draft(invoice_id, "add an item to", "invoice")
        _refuse_many(draft, (wanted,))
        item = await self._made(draft, wanted)
        await self._put(draft, item)
        await self._store(draft)
        return item

    @transactional
    async def change(self, change: LinesChange) -> Invoice:
        """Change lines of a draft and the items behind them. A period of a subscription keeps what it costs."""
        draft = await self._draft(change.id, "change lines of")
        await self._collected(change.lines, lambda line, at: self._change(draft, line, *at))
        await self._store(draft)
        return draft.row

    @transactional
    async def remove(self, removal: LinesRemoval) -> Invoice:
        """Take lines off a draft. Event `invoiceitem.deleted` for each whose item does not wait again."""
        draft = await self._draft(removal.id, "remove lines from")
        items = await self._collected(removal.lines, lambda line, at: self._taken_off(draft, line, *at))
        gone = {line.id for line in removal.lines}
        await delete_by(InvoiceLine, "id", gone, **self.ownership())
        draft.lines = [line for line in draft.lines if line.id not in gone]
        fates = list(zip(removal.lines, items, strict=True))
        deleted = [item for line, item in fates if line.behavior is LineRemoval.DELETE]
        await delete_by(InvoiceItem, "id", [item.id for item in deleted], **self.ownership())
        for item in deleted:
            self.events.record(EventType.INVOICEITEM_DELETED, item, at=draft.at)
        await self.items.give_back([item for line, item in fates if line.behavior is LineRemoval.UNASSIGN])
        await self._store(draft)
        return draft.row

    async def _draft(self, identifier: str, verb: str, param: str = "id") -> _Draft:
        row = await self.invoiced.invoice(identifier, param)
        INVOICE.refuse_unless(verb, row.id, InvoiceStatus(row.status), allowed=(InvoiceStatus.DRAFT,), param=param)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes.of([row])
        return _Draft(row, list(whole.lines), at, self.events.snapshot(whole))

    async def _collected(self, lines: Sequence[Any], edit: Any) -> list[InvoiceItem]:
        """What the edit gives for each line, in order; all refusals are reported together."""
        problems, found, seen = Problems(), [], set()
        for index, line in enumerate(lines):
            where = ("lines", str(index))
            name = getattr(line, "id", None) or getattr(line, "invoice_item", None)
            if name is not None and name in seen:
                problems.add(ErrorCode.PARAMETER_INVALID, f"{name} is there twice; name it once.", *where)
                continue
            seen.add(name)
            try:
                found.append(await edit(line, where))
            except DomainError as error:
                problems.add_from(error)
        problems.raise_any()
        return found

    async def _add(self, draft: _Draft, wanted: LineAddition, *param: str) -> InvoiceItem:
        take = self._made if wanted.invoice_item is None else self._assigned
        item = await take(draft, wanted, *param)
        await self._put(draft, item)
        return item

    async def _made(self, draft: _Draft, wanted: ChargeDraft, *param: str) -> InvoiceItem:
        """A new item of the draft's customer, made for it."""
        row = draft.row
        line = await self.charges.line(wanted, row.currency, draft.at, *param, automatic_tax=row.automatic_tax)
        item = self.items.made_for(row.customer_id, row.test_clock_id, line, draft.at, row.subscription_id)
        item.pending, item.aimed, item.invoice_id = False, True, row.id
        own = ItemDiscounts(wanted.discounts, draft.at, (*param, "discounts"))
        await self.discounts.give_item(item, row.customer_id, own)
        await self.items.store([item])
        return item

    async def _assigned(self, draft: _Draft, wanted: LineAddition, *param: str) -> InvoiceItem:
        """An item of the draft's customer that waited."""
        assert wanted.invoice_item is not None, "an item to assign is named"
        if wanted != LineAddition(invoice_item=wanted.invoice_item):
            raise DomainError(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                f"Invoice item {wanted.invoice_item} says itself what is charged; leave out the rest of the line.",
                (*param, "invoiceItem"),
            )
        item = await self.lock(InvoiceItem, wanted.invoice_item, *param, "invoiceItem")
        _refuse_unfit(item, draft.row, (*param, "invoiceItem"))
        if Sharing.from_json(draft.row.sharing).application_fee_amount is not None:
            self.sharing.refuse_foreign(draft.row, [item], (*param, "invoiceItem"))
        item.pending, item.invoice_id = False, draft.row.id
        await update_rows([item], ("pending", "invoice_id"))
        return item

    async def _put(self, draft: _Draft, item: InvoiceItem) -> None:
        position = max((line.position for line in draft.lines), default=-1) + 1
        line = self.drafting.line(draft.row, position, line_of(item))
        await insert_rows([line])
        draft.lines.append(line)

    async def _change(self, draft: _Draft, change: LineChange, *param: str) -> InvoiceItem | None:
        line = _line_named(draft, change.id, (*param, "id"))
        item = None if line.invoice_item_id is None else await self.lock(InvoiceItem, line.invoice_item_id)
        if change.costs:
            if item is None or item.proration:
                raise DomainError(
                    ErrorCode.PARAMETER_INVALID,
                    f"Line {line.id} comes of subscription {draft.row.subscription_id}: what it costs stays, and only"
                    " its description and metadata can be changed.",
                    (*param, "id"),
                )
            _set_costs(line, await self._changed_costs(line, change, draft, *param))
        if change.description is not UNSET:
            line.description = text_within(change.description, DESCRIPTION_LENGTH_MAX, (*param, "description"))
        if change.metadata is not UNSET:
            line.metadata = merged_metadata(line.metadata, change.metadata or {}, (*param, "metadata"))
        if change.tax_rates is not UNSET:
            wanted = change.tax_rates or ()
            named = NamedRates(wanted, (*param, "taxRates"), line.tax_rates, draft.row.automatic_tax)
            await self.tax_rates.checked(named)
            line.tax_rates = list(wanted)
        if change.discounts is not UNSET:
            own = ItemDiscounts(change.discounts or (), draft.at, (*param, "discounts"))
            await self.discounts.give_item(line if item is None else item, draft.row.customer_id, own)
            line.discounts = line.discounts if item is None else item.discounts
        line.discountable = given(change.discountable, line.discountable)
        await update_rows([line], (*_COSTS, *_WORDS))
        if item is not None:
            for name in (*_COSTS, *_WORDS):
                setattr(item, name, getattr(line, name))
            await update_rows([item], (*_COSTS, *_WORDS))
        return item

    async def _changed_costs(self, line: InvoiceLine, change: LineChange, draft: _Draft, *param: str) -> LineDraft:
        """What the line is to cost: by new terms, or another quantity of the price that it has."""
        period = change.period or SpanDraft(line.period_start, line.period_end)
        terms = ChargeDraft(
            amount=change.amount,
            price=change.price,
            price_data=change.price_data,
            quantity=change.quantity,
            unit_amount=change.unit_amount,
            period=period,
        )
        renewed = any(each is not None for each in (change.amount, change.price, change.price_data))
        if renewed and change.amount is None:
            quantity = line.quantity if change.quantity is None else change.quantity
            return await self.charges.line(replace(terms, quantity=quantity), draft.row.currency, draft.at, *param)
        if change.amount is not None or line.price_id is None:
            amount = given(UNSET if change.amount is None else change.amount, line.amount)
            return await self.charges.line(replace(terms, amount=amount), draft.row.currency, draft.at, *param)
        price = await self.require(Price, line.price_id)
        chosen = change.unit_amount
        if chosen is None and price.custom_unit_amount is not None:
            chosen = whole_minor_units(Decimal(str(line.unit_amount_decimal)))
        currency = draft.row.currency
        quantity = line.quantity if change.quantity is None else change.quantity
        same = await self.charges.of_price(price, quantity, currency, draft.at, *param, unit_amount=chosen)
        return replace(same, period_start=period.start, period_end=period.end)

    async def _taken_off(self, draft: _Draft, removal: LineToRemove, *param: str) -> InvoiceItem:
        line = _line_named(draft, removal.id, (*param, "id"))
        if line.invoice_item_id is None:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"Line {line.id} bills a period of subscription {draft.row.subscription_id} and stays; add a line that"
                " gives the amount back, or void the invoice once it is finalized.",
                (*param, "id"),
            )
        return await self.lock(InvoiceItem, line.invoice_item_id)

    async def _store(self, draft: _Draft) -> None:
        """The draft with the sums of its lines, reckoned anew."""
        whole = WholeInvoice(draft.row, draft.lines)
        await self.reckoning.sum_up(whole)
        self.events.record(EventType.INVOICE_UPDATED, whole, at=draft.at, before=draft.before)


def _line_named(draft: _Draft, identifier: str, param: tuple[str, ...]) -> InvoiceLine:
    for line in draft.lines:
        if line.id == identifier:
            return line
    raise DomainError(ErrorCode.RESOURCE_MISSING, f"Invoice {draft.row.id} has no line '{identifier}'.", param)


def _set_costs(line: InvoiceLine, costs: LineDraft) -> None:
    if costs.price_id is not None or line.price_id is not None:
        line.description = costs.description
    line.amount, line.quantity = costs.amount, costs.quantity
    line.unit_amount_decimal = optional_unit_amount_text(costs.unit_amount)
    line.price_id, line.product_id = costs.price_id, costs.product_id
    line.period_start, line.period_end = costs.period_start, costs.period_end
    line.calculation = costs.calculation.as_json()


def _refuse_many(draft: _Draft, added: Sequence[object]) -> None:
    count = len(draft.lines) + len(added)
    if count > LINES_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"Invoice {draft.row.id} would have {count} lines; there may be {LINES_MAX}.",
            "lines",
        )


def _refuse_unfit(item: InvoiceItem, row: Invoice, param: tuple[str, ...]) -> None:
    """An item goes onto drafts of its customer, in its currency, and of its subscription where it has one."""
    if not item.pending:
        message = f"Invoice item {item.id} is on invoice {item.invoice_id} already; one that waits can be added."
    elif item.customer_id != row.customer_id:
        message = f"Invoice item {item.id} is customer {item.customer_id}'s, invoice {row.id} {row.customer_id}'s."
    elif item.subscription_id not in (None, row.subscription_id):
        message = f"Invoice item {item.id} waits for an invoice of subscription {item.subscription_id}."
    elif item.currency != row.currency:
        message = f"Invoice item {item.id} is in {item.currency}, invoice {row.id} in {row.currency}."
    else:
        return
    raise DomainError(ErrorCode.PARAMETER_INVALID, message, param)
