"""What the simulation may do with quotes, and what must hold of them."""

import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from domain.agenda import AgendaKind
from domain.invoices import CollectionMethod
from domain.lifecycles import QuoteStatus
from domain.quotes import quote_number
from models import (
    AgendaEntry,
    Customer,
    Event,
    Invoice,
    InvoiceItem,
    Quote,
    QuoteLine,
    SubscriptionSchedule,
    TestClock,
)
from services.catalog import PriceDraft, Prices, ProductDraft
from services.quotes import (
    FromQuote,
    QuoteChange,
    QuoteDraft,
    QuoteFinalizeDraft,
    QuoteInvoiceSettings,
    QuoteLineChange,
    QuoteLineDraft,
    Quotes,
    SubscriptionData,
)
from services.scope import Scope
from tests.simulation.discounts import some_discounts

ROW = TypeVar("ROW")
Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"offer": 6, "copy_quote": 2, "reword": 3, "open_quote": 6, "accept_quote": 6, "withdraw": 1}


class QuoteActions:
    """One method per verb on quotes."""

    dice: random.Random
    scope: Scope
    clock: str
    prices: list[str]
    once: str = ""

    async def prepare_quotes(self) -> None:
        """Something that is charged once."""
        draft = PriceDraft(currency="usd", unit_amount=2500, product_data=ProductDraft(name="Set-up"))
        self.once = (await Prices(self.scope).create(draft)).id

    async def offer(self) -> Action | None:
        """Somebody is made an offer."""
        customer = self._one_of(await Customer.filter(deleted_at=None).order_by("id"))
        if customer is None:
            return None
        line = QuoteLineDraft(price=self.dice.choice(self.prices), quantity=self.dice.choice((0, 1, 3)))
        once = QuoteLineDraft(price=self.once, discounts=await some_discounts(self.dice))
        lines = self.dice.choice(((line,), (line,), (line, once), (once,)))
        sent = self.dice.random() < 0.3
        now = (await TestClock.get(id=self.clock)).frozen_at
        draft = QuoteDraft(
            customer=customer.id,
            line_items=lines,
            discounts=await some_discounts(self.dice),
            collection_method=CollectionMethod.SEND_INVOICE if sent else CollectionMethod.CHARGE_AUTOMATICALLY,
            invoice_settings=QuoteInvoiceSettings(days_until_due=10) if sent else None,
            subscription_data=SubscriptionData(
                trial_period_days=self.dice.choice((None, None, 10)),
                effective_date=self.dice.choice((None, None, now + timedelta(days=6))),
            ),
            expires_at=self.dice.choice((None, now + timedelta(days=2), now + timedelta(days=9))),
        )
        return lambda scope: Quotes(scope).create(draft)

    async def copy_quote(self) -> Action | None:
        """A quote is offered again, or in other words."""
        row = self._one_of(await Quote.all().order_by("id"))
        if row is None:
            return None
        draft = QuoteDraft(from_quote=FromQuote(row.id, is_revision=self.dice.random() < 0.6))
        return lambda scope: Quotes(scope).create(draft)

    async def reword(self) -> Action | None:
        """A quote offers something else, or for longer."""
        row = self._one_of(await Quote.all().order_by("id"))
        if row is None:
            return None
        line = QuoteLineChange(price=self.dice.choice(self.prices), quantity=2)
        later = (await TestClock.get(id=self.clock)).frozen_at + timedelta(days=15)
        change = self.dice.choice((QuoteChange(row.id, line_items=(line,)), QuoteChange(row.id, expires_at=later)))
        return lambda scope: Quotes(scope).update(change)

    async def open_quote(self) -> Action | None:
        """A quote is finalized."""
        row = self._one_of(await Quote.filter(status__not=QuoteStatus.CANCELED).order_by("id"))
        return None if row is None else lambda scope: Quotes(scope).finalize(QuoteFinalizeDraft(row.id))

    async def accept_quote(self) -> Action | None:
        """Somebody accepts; sometimes what is not offered any more."""
        row = self._one_of(await Quote.filter(status=QuoteStatus.OPEN).order_by("id"))
        if row is None or self.dice.random() < 0.1:
            row = self._one_of(await Quote.all().order_by("id"))
        return None if row is None else lambda scope: Quotes(scope).accept(row.id)

    async def withdraw(self) -> Action | None:
        """A quote is canceled."""
        row = self._one_of(await Quote.all().order_by("id"))
        return None if row is None else lambda scope: Quotes(scope).cancel(row.id)

    def _one_of(self, rows: Sequence[ROW]) -> ROW | None:
        return self.dice.choice(rows) if rows else None


async def check_quotes() -> None:
    """Amounts add up, numbers have no gap, only what waits is on the agenda, and what was accepted came to be."""
    quotes = await Quote.all().order_by("id")
    lines: Counter[str] = Counter()
    for line in await QuoteLine.all():
        lines[line.quote_id] += line.amount_total
    expiries = {each.subject_id: each.due_at for each in await AgendaEntry.filter(kind=AgendaKind.QUOTE_EXPIRE)}
    announced = {each.subject_id for each in await AgendaEntry.filter(kind=AgendaKind.QUOTE_WILL_EXPIRE)}
    for quote in quotes:
        waiting = quote.status in (QuoteStatus.DRAFT, QuoteStatus.OPEN)
        assert lines[quote.id] == quote.amount_total, quote.id
        assert expiries.get(quote.id) == (quote.expires_at if waiting else None), f"{quote.id} is {quote.status}"
        assert waiting or quote.id not in announced, quote.id
        assert (quote.number is None) == (quote.finalized_at is None) == (quote.revision is None), quote.id
        assert (quote.canceled_at is not None) == (quote.status == QuoteStatus.CANCELED), quote.id
        told = await Event.filter(object_id=quote.id).order_by("-sequence").first()
        assert told is not None and told.data["status"] == quote.status, quote.id
        await _check_accepted(quote)
    await _check_numbers(quotes)


async def _check_accepted(quote: Quote) -> None:
    """Of an accepted quote a subscription, a schedule or an invoice came, of others nothing.

    The first invoice asked for what was quoted, beside what waited for any invoice of the customer; one that is sent
    is a draft at first, which somebody may have changed.
    """
    accepted = quote.status == QuoteStatus.ACCEPTED
    came = [each for each in (quote.subscription_id, quote.schedule_id, quote.invoice_id) if each is not None]
    assert (len(came), quote.accepted_at is not None) == (int(accepted), accepted), quote.id
    if quote.schedule_id is not None:
        assert await SubscriptionSchedule.filter(id=quote.schedule_id).exists(), quote.id
    if quote.collection_method == CollectionMethod.SEND_INVOICE:
        return
    if quote.subscription_id is not None:
        await _check_first(quote, await Invoice.get(subscription_id=quote.subscription_id, cycle=0))
    if quote.invoice_id is not None:
        await _check_first(quote, await Invoice.get(id=quote.invoice_id, subscription_id=None))


async def _check_first(quote: Quote, first: Invoice) -> None:
    waited = await InvoiceItem.filter(invoice_id=first.id, subscription_id=None, aimed=False)
    quoted = first.subtotal - sum(item.amount for item in waited)
    assert (first.customer_id, quoted) == (quote.customer_id, quote.upfront_subtotal), quote.id


async def _check_numbers(quotes: Sequence[Quote]) -> None:
    """Per customer no sequence is left out, per sequence no revision, and one wording at most is in force."""
    revisions: dict[str, dict[int, list[Quote]]] = defaultdict(lambda: defaultdict(list))
    for quote in quotes:
        if quote.revision is not None:
            assert quote.sequence is not None, quote.id
            revisions[quote.customer_id][quote.sequence].append(quote)
    for customer in await Customer.filter(id__in=list(revisions)):
        known = revisions[customer.id]
        assert sorted(known) == list(range(1, len(known) + 1)), customer.id
        for sequence, wordings in known.items():
            numbers = {quote.number for quote in wordings}
            wanted = range(1, len(wordings) + 1)
            assert numbers == {quote_number(customer.invoice_prefix, sequence, each) for each in wanted}, numbers
            in_force = [each for each in wordings if each.status in (QuoteStatus.OPEN, QuoteStatus.ACCEPTED)]
            assert len(in_force) <= 1, in_force
