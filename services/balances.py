"""The books: movements of money on an account, what of it is available, and the proof that they add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tortoise.functions import Count, Sum

from domain.fees import billing_fee, processing_fee
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.settings import AccountSettings
from models import BalanceTransaction, Charge, Invoice, Refund
from services.availability import Amount, Availability, Balance
from services.base import Service, part
from services.pages import Listing
from services.rows import insert_rows
from services.scope import Scope
from services.settings import Settings

__all__ = [
    "AVAILABLE_AFTER",
    "Amount",
    "Balance",
    "Balances",
    "BooksReport",
    "MovementSearch",
    "Received",
    "books_balance",
    "books_of_all_currencies",
    "movements_available",
]

AVAILABLE_AFTER = timedelta(days=2)
"""T+2: when the money of a charge can be paid out (spec 06)."""


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in with a charge at `at` of its clock; `amount` in minor units."""

    charge: Charge
    amount: int
    at: datetime
    test_clock_id: str | None
    available_at_once: bool = False
    invoiced: bool = False
    """Whether an invoice brought it in; one that is written only now is a subscription's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementSearch:
    """Which movements a list shows; `source` is a charge or a refund."""

    type: BalanceTransactionType | None = None
    currency: str | None = None
    source: str | None = None


class Balances(Service):
    """Writes movements and sums them up."""

    settings = part(Settings)
    availability = part(Availability)

    def matching(self, search: MovementSearch) -> Listing:
        """The movements that a list shows."""
        wanted = {"type": search.type, "currency": search.currency, "source_id": search.source}
        given = {column: value for column, value in wanted.items() if value is not None}
        return self.mine(BalanceTransaction).filter(**given)

    async def current(self, test_clock: str | None = None) -> Balance:
        """What is available and what is pending right now; with a test clock, of that clock's world alone."""
        return await self.availability.current(test_clock)

    async def available(self, movement_ids: Sequence[str]) -> dict[str, bool]:
        """For each movement, whether its money is available by now."""
        movements = await self.gather(BalanceTransaction, "id", movement_ids)
        presents = await self.presents(each.test_clock_id for each in movements)
        return {each.id: each.available_at <= presents[each.test_clock_id] for each in movements}

    async def receive(self, received: Sequence[Received]) -> None:
        """Book money that came in, less the fees, and note each movement on its charge (not written here)."""
        if not received:
            return
        settings = await self.settings.current()
        one_off = await self._one_off(received, settings)
        movements = []
        for each in received:
            alone = each.charge.invoice_id in one_off
            percent = settings.invoicing_fee_percent if alone else settings.billing_fee_percent
            movements.append(self._charge_movement(each, settings, percent if each.invoiced else Decimal(0)))
        await insert_rows(movements)

    async def _one_off(self, received: Sequence[Received], settings: AccountSettings) -> set[str | None]:
        """The invoices among them that no subscription is billed by; not asked where it makes no difference."""
        if settings.billing_fee_percent == settings.invoicing_fee_percent:
            return set()
        invoices = await self.gather(Invoice, "id", {each.charge.invoice_id for each in received})
        return {invoice.id for invoice in invoices if invoice.subscription_id is None}

    async def give_back(self, refunds: Sequence[Refund], moments: Mapping[str, tuple[datetime, str | None]]) -> None:
        """Book money that goes out with refunds; fees stay paid. `moments`: the time and the clock by refund."""
        await self._book_refunds(refunds, moments, failed=False)

    async def take_back(self, refunds: Sequence[Refund], moments: Mapping[str, tuple[datetime, str | None]]) -> None:
        """Book money that comes back from refunds that failed."""
        await self._book_refunds(refunds, moments, failed=True)

    async def _book_refunds(
        self, refunds: Sequence[Refund], moments: Mapping[str, tuple[datetime, str | None]], *, failed: bool
    ) -> None:
        movements = []
        for refund in refunds:
            at, test_clock_id = moments[refund.id]
            amount = refund.amount if failed else -refund.amount
            movement = BalanceTransaction.made(
                id=self.new_id(Prefix.BALANCE_TRANSACTION),
                created_at=at,
                type=BalanceTransactionType.REFUND_FAILURE if failed else BalanceTransactionType.REFUND,
                amount=amount,
                fee=0,
                net=amount,
                currency=refund.currency,
                source_id=refund.id,
                description="REFUND FAILURE" if failed else "REFUND FOR CHARGE",
                available_at=at,
                test_clock_id=test_clock_id,
                **self.ownership(),
            )
            if failed:
                refund.failure_balance_transaction_id = movement.id
            else:
                refund.balance_transaction_id = movement.id
            movements.append(movement)
        await insert_rows(movements)

    def _charge_movement(self, received: Received, settings: AccountSettings, percent: Decimal) -> BalanceTransaction:
        charge = received.charge
        processing = processing_fee(received.amount, charge.currency, settings.fee_schedule(charge.currency))
        billing = billing_fee(received.amount, percent, processing=processing)
        fee = processing + billing
        movement = BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=received.at,
            type=BalanceTransactionType.CHARGE,
            amount=received.amount,
            fee=fee,
            net=received.amount - fee,
            currency=charge.currency,
            fee_details=_fee_details(processing, billing, charge.currency),
            source_id=charge.id,
            description=charge.description,
            available_at=received.at
            if received.available_at_once
            else received.at + timedelta(days=settings.payout_delay_days),
            test_clock_id=received.test_clock_id,
            **self.ownership(),
        )
        charge.balance_transaction_id = movement.id
        return movement


async def movements_available(scope: Scope, movement_ids: Sequence[str]) -> dict[str, bool]:
    """For each movement, whether its money is available by now."""
    return await Balances(scope).available(movement_ids)


def _fee_details(processing: int, billing: int, currency: str) -> list[dict[str, str | int]]:
    """What the fee consists of; parts of nothing are left out."""
    parts = (("processing_fee", "Processing fee", processing), ("billing_fee", "Billing fee", billing))
    return [
        {"type": kind, "description": words, "amount": amount, "currency": currency}
        for kind, words, amount in parts
        if amount
    ]


@dataclass(frozen=True, slots=True)
class BooksReport:
    """Whether the books of one currency add up over all accounts of a mode; amounts in minor units.

    `money_in` is what charges took, `money_out` what refunds gave back and did not get back; `net` and `fees` are the
    sums of the movements. `unbooked` counts charges and refunds that moved money without a movement of their own.
    """

    currency: str
    livemode: bool
    money_in: int
    money_out: int
    net: int
    fees: int
    unbooked: int

    @property
    def balanced(self) -> bool:
        """What all accounts have, with the fees, is what came in minus what went out; nothing moved unbooked."""
        return self.net + self.fees == self.money_in - self.money_out and self.unbooked == 0


async def books_balance(currency: str, *, livemode: bool = False) -> BooksReport:
    """The report on one currency. Reads whole tables: for the doctor, the simulation and tests."""
    of_currency = {"currency": currency, "livemode": livemode}
    charges = await _total(Charge.filter(captured=True, **of_currency), "amount_captured")
    refunds = await _total(
        Refund.filter(balance_transaction_id__isnull=False, failure_balance_transaction_id=None, **of_currency),
        "amount",
    )
    movements = BalanceTransaction.filter(**of_currency)
    booked = movements.filter(type=BalanceTransactionType.CHARGE)
    nets, fees = await _total(movements, "net"), await _total(movements, "fee")
    return BooksReport(
        currency=currency,
        livemode=livemode,
        money_in=charges.sum,
        money_out=refunds.sum,
        net=nets.sum,
        fees=fees.sum,
        unbooked=abs(charges.count - (await _total(booked, "amount")).count),
    )


async def books_of_all_currencies(*, livemode: bool = False) -> list[BooksReport]:
    """A report for every currency in which money ever moved."""
    charged = await Charge.filter(livemode=livemode).distinct().values_list("currency", flat=True)
    booked = await BalanceTransaction.filter(livemode=livemode).distinct().values_list("currency", flat=True)
    currencies = sorted({str(each) for each in (*charged, *booked)})
    return [await books_balance(each, livemode=livemode) for each in currencies]


@dataclass(frozen=True, slots=True)
class _Total:
    count: int
    sum: int


async def _total(rows: Listing, column: str) -> _Total:
    record = await rows.annotate(count=Count("id"), total=Sum(column)).first().values("count", "total")
    return _Total(int(record["count"]), int(record["total"] or 0))
