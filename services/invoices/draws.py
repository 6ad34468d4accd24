"""Prepaid credit on invoices: drawn when they are finalized, given back when they are void, foreseen in previews."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.credit_grants import CreditPriceType, DebitCause
from domain.drawing import Credit, CreditAmount
from domain.invoicing import InvoiceDraft, reckoned_draft
from domain.reckoning import Reckonable, Reckoned, Rules, reckoned
from models import CreditBalanceTransaction, Customer, Price
from services.aggregates import WholeInvoice
from services.base import Service, part
from services.credit_grants import CreditJournal, Fund
from services.invoices.reckoning import RECKONED, RECKONED_LINE, Reckoning, Unreckoned, write_reckoned
from services.rows import update_rows
from services.settings import Settings

_DRAWN: Final = (*RECKONED, "pretax_credits")
_DRAWN_LINE: Final = (*RECKONED_LINE, "pretax_credits")


class Draws(Service):
    """Lets grants pay. Customers without any pay no statement for it."""

    journal = part(CreditJournal)
    reckoning = part(Reckoning)
    settings = part(Settings)

    async def draw(
        self, invoices: Sequence[WholeInvoice], payers: Iterable[Customer], presents: Mapping[str | None, datetime]
    ) -> None:
        """Draw what the grants of these held customers pay of drafts that are being finalized, one after the other.

        Stored drafts are written anew, with their sums. Event `billing.credit_balance_transaction.created` for every
        line and grant.
        """
        holders = {payer.id: payer for payer in payers if payer.has_credit_grants}
        asking = [each for each in invoices if each.row.customer_id in holders and _asks(each.lines)]
        if not asking:
            return
        funds = await self.journal.funds_of(holders)
        metered = await self._metered(funds, (each.lines for each in asking))
        rules = await self.reckoning.rules_of(asking)
        drawn: list[WholeInvoice] = []
        written: list[CreditBalanceTransaction] = []
        for each, by in zip(asking, rules, strict=True):
            at, purse = presents[each.row.test_clock_id], funds[each.row.customer_id]
            found = _paid_from(purse, each.lines, by, each.row.currency, at, metered)
            if found.credits:
                lines = self._lines(each, found, purse, at)
                drawn.append(each)
                written += lines
                funds[each.row.customer_id] = _less(purse, found.credits)
        stored = [each for each in drawn if each.row._saved_in_db]
        await update_rows([line for each in stored for line in each.lines], _DRAWN_LINE)
        await update_rows([each.row for each in stored], _DRAWN)
        await self.journal.write(written)
        empty = [holders[customer_id] for customer_id, purse in funds.items() if not purse]
        for payer in empty:
            payer.has_credit_grants = False
        await update_rows(empty, ["has_credit_grants"])

    async def foreseen(self, wanted: Sequence[Unreckoned], payers: Iterable[Customer]) -> list[InvoiceDraft]:
        """These reckoned drafts with what grants would pay of each at the moment when it is finalized, in order."""
        holders = {payer.id for payer in payers if payer.has_credit_grants}
        drafts = [each.draft for each in wanted]
        asking = [at for at, each in enumerate(wanted) if each.customer_id in holders and _asks(each.draft.lines)]
        if not asking:
            return drafts
        funds = await self.journal.funds_of(holders)
        metered = await self._metered(funds, (drafts[index].lines for index in asking))
        rules = await self.reckoning.rules_of_drafts([wanted[index] for index in asking])
        delay = timedelta(seconds=(await self.settings.current()).invoice_finalization_delay)
        for index, by in zip(asking, rules, strict=True):
            each = wanted[index]
            purse = funds[each.customer_id]
            at = each.at + delay if each.waits else each.at
            found = _paid_from(purse, each.draft.lines, by, each.draft.currency, at, metered)
            if found.credits:
                drafts[index] = reckoned_draft(each.draft, found)
        return drafts

    async def foresee(self, invoices: Sequence[WholeInvoice], payers: Iterable[Customer]) -> None:
        """As `foreseen`, on the rows of drafts that are never stored."""
        holders = {payer.id for payer in payers if payer.has_credit_grants}
        asking = [each for each in invoices if each.row.customer_id in holders and _asks(each.lines)]
        if not asking:
            return
        funds = await self.journal.funds_of(holders)
        metered = await self._metered(funds, (each.lines for each in asking))
        for each, by in zip(asking, await self.reckoning.rules_of(asking), strict=True):
            row = each.row
            at = row.automatically_finalizes_at or row.created_at
            found = _paid_from(funds[row.customer_id], each.lines, by, row.currency, at, metered)
            write_reckoned(each, found)

    async def give_back(self, invoices: Sequence[WholeInvoice], presents: Mapping[str | None, datetime]) -> None:
        """What these invoices drew comes back, as they are void. Events as of `draw`."""
        paying = [each.row.id for each in invoices if each.row.pretax_credits]
        if paying:
            found = await self.gather(CreditBalanceTransaction, "invoice_id", paying, order=("id",))
            await self.journal.give_back([each for each in found if each.cause == DebitCause.CREDITS_APPLIED], presents)

    async def _metered(
        self, funds: Mapping[str, Sequence[Fund]], lines: Iterable[Sequence[Reckonable]]
    ) -> frozenset[str]:
        """Which prices of these lines are metered, where a grant asks for that."""
        if all(fund.row.price_type is None for purse in funds.values() for fund in purse):
            return frozenset()
        prices = await self.gather(Price, "id", {line.price_id for each in lines for line in each})
        return frozenset(price.id for price in prices if price.usage_type == CreditPriceType.METERED)

    def _lines(
        self, invoice: WholeInvoice, found: Reckoned, purse: Sequence[Fund], at: datetime
    ) -> list[CreditBalanceTransaction]:
        """The lines of the journals, not stored; the invoice's rows, in memory, name them."""
        grants = {fund.row.id: fund.row for fund in purse}
        written, reckoned_lines = list[CreditBalanceTransaction](), []
        for line, each in zip(invoice.lines, found.lines, strict=True):
            paid = []
            for credit in each.credits:
                row = self.journal.line(
                    grants[credit.grant_id],
                    DebitCause.CREDITS_APPLIED,
                    -credit.amount,
                    at,
                    invoice_id=invoice.row.id,
                    invoice_line_id=line.id,
                )
                written.append(row)
                paid.append(replace(credit, transaction_id=row.id))
            reckoned_lines.append(replace(each, credits=tuple(paid)))
        write_reckoned(invoice, Reckoned(tuple(reckoned_lines)))
        return written


def _asks(lines: Sequence[Reckonable]) -> bool:
    """Whether anything could be paid of these lines."""
    return any(line.price_id is not None and line.amount > 0 for line in lines)


def _paid_from(
    purse: Sequence[Fund],
    lines: Sequence[Reckonable],
    rules: Rules,
    currency: str,
    at: datetime,
    metered: frozenset[str],
) -> Reckoned:
    """The lines with what the grants in force pay of them."""
    in_force = [
        Credit(fund.row.id, fund.left, frozenset(fund.row.prices) if fund.row.price_type is None else metered)
        for fund in purse
        if fund.row.currency == currency and fund.term.covers(at)
    ]
    return reckoned(lines, replace(rules, credits=in_force))


def _less(purse: Sequence[Fund], taken: Iterable[CreditAmount]) -> list[Fund]:
    """What is left of the grants afterwards."""
    left = {fund.row.id: fund.left for fund in purse}
    for each in taken:
        left[each.grant_id] -= each.amount
    return [Fund(fund.row, left[fund.row.id]) for fund in purse if left[fund.row.id]]
