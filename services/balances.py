"""The books: movements of money on an account, what of it is available, and the proof that they add up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tortoise.functions import Count, Sum

from domain.fees import billing_fee, processing_fee
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.lifecycles import PayoutStatus, TopupStatus
from domain.settings import AccountSettings
from models import BalanceTransaction, Charge, Dispute, Invoice, Payout, Refund, TestClock, Topup
from services.availability import Amount, Availability, Balance
from services.base import Service, part
from services.expected_money import expect_money
from services.pages import Listing
from services.rows import fetch_by, insert_rows
from services.scope import Scope
from services.settings import Settings

__all__ = [
    "Amount",
    "Balance",
    "Balances",
    "BooksReport",
    "FeesTaken",
    "MovementSearch",
    "Received",
    "books_balance",
    "books_of_all_currencies",
    "movements_available",
]


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


@dataclass(frozen=True, slots=True)
class FeesTaken:
    """What platforms keep of charges, by charge, and the account that pays the network's fees of them."""

    payer_id: str
    by_charge: dict[str, int] = field(default_factory=dict)


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
        presents = await self.worlds(each.test_clock_id for each in movements)
        return {each.id: each.available_at <= presents[each.test_clock_id] for each in movements}

    async def worlds(self, test_clock_ids: Iterable[str | None]) -> dict[str | None, datetime]:
        """The time by test clock (None is the system's), also of clocks of other accounts: money of theirs is here."""
        now = self.scope.clock.now()
        clocks = set(test_clock_ids) - {None, self.scope.on_clock}
        found = await fetch_by(TestClock, "id", clocks) if clocks else []
        return {None: now, self.scope.on_clock: now} | {clock.id: clock.frozen_at for clock in found}

    async def receive(self, received: Sequence[Received], taken: FeesTaken | None = None) -> Mapping[str, datetime]:
        """Book money that came in, less the fees, and note each movement on its charge (not written here).

        Where somebody else pays the network's fees, that is a movement on their account. Gives when the money of each
        charge becomes available.
        """
        if not received:
            return {}
        settings = await self.settings.current()
        one_off = await self._one_off(received, settings)
        taken = taken or FeesTaken(self.scope.account_id)
        movements = []
        for each in received:
            alone = each.charge.invoice_id in one_off
            percent = settings.invoicing_fee_percent if alone else settings.billing_fee_percent
            movements += self._charge_movements(each, settings, percent if each.invoiced else Decimal(0), taken)
        await insert_rows(movements)
        await expect_money(self.scope, movements)
        return {each.source_id: each.available_at for each in movements}

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
        await expect_money(self.scope, movements)

    def _charge_movements(
        self, received: Received, settings: AccountSettings, percent: Decimal, taken: FeesTaken
    ) -> list[BalanceTransaction]:
        """The charge's own movement, and that of the network's fee where another account pays it."""
        charge = received.charge
        processing = processing_fee(received.amount, charge.currency, settings.fee_schedule(charge.currency))
        billing = billing_fee(received.amount, percent, processing=processing)
        application = taken.by_charge.get(charge.id, 0)
        network = _fee_details(charge.currency, processing, billing)
        kept = _fee_details(charge.currency, application=application)
        if taken.payer_id == self.scope.account_id:
            fee = processing + billing + application
            return [self._charge_movement(received, settings, fee, [*network, *kept], application)]
        own = self._charge_movement(received, settings, application, kept, application)
        paid = BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=received.at,
            type=BalanceTransactionType.STRIPE_FEE,
            amount=0,
            fee=processing + billing,
            net=-processing - billing,
            currency=charge.currency,
            fee_details=network,
            source_id=charge.id,
            available_at=own.available_at,
            test_clock_id=received.test_clock_id,
            account_id=taken.payer_id,
            livemode=self.scope.livemode,
        )
        return [own, paid]

    def _charge_movement(
        self,
        received: Received,
        settings: AccountSettings,
        fee: int,
        details: list[dict[str, str | int]],
        application_fee: int,
    ) -> BalanceTransaction:
        charge = received.charge
        delay = timedelta(days=0 if received.available_at_once else settings.payout_delay_days)
        movement = BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=received.at,
            type=BalanceTransactionType.CHARGE,
            amount=received.amount,
            fee=fee,
            net=received.amount - fee,
            currency=charge.currency,
            application_fee=application_fee,
            fee_details=details,
            source_id=charge.id,
            description=charge.description,
            available_at=received.at + delay,
            test_clock_id=received.test_clock_id,
            **self.ownership(),
        )
        charge.balance_transaction_id = movement.id
        return movement


async def movements_available(scope: Scope, movement_ids: Sequence[str]) -> dict[str, bool]:
    """For each movement, whether its money is available by now."""
    return await Balances(scope).available(movement_ids)


def _fee_details(
    currency: str, processing: int = 0, billing: int = 0, application: int = 0
) -> list[dict[str, str | int]]:
    """What the fee consists of; parts of nothing are left out."""
    parts = (
        ("processing_fee", "Processing fee", processing),
        ("billing_fee", "Billing fee", billing),
        ("application_fee", "Application fee", application),
    )
    return [
        {"type": kind, "description": words, "amount": amount, "currency": currency}
        for kind, words, amount in parts
        if amount
    ]


@dataclass(frozen=True, slots=True)
class BooksReport:
    """Whether the books of one currency add up over all accounts of a mode; amounts in minor units.

    `money_in` is what charges and top-ups took, `money_out` what refunds and payouts sent and what disputes took, for
    good; `net` and `fees` are the sums of the movements, without the fees that platforms have. `unbooked` counts
    charges that moved money without a movement of their own. `between` is what accounts sent each other less what
    arrived, `application_fees` what platforms took less what they have of it: nothing, when the books are right.
    """

    currency: str
    livemode: bool
    money_in: int
    money_out: int
    net: int
    fees: int
    unbooked: int
    between: int = 0
    application_fees: int = 0

    @property
    def balanced(self) -> bool:
        """What all accounts have, with the fees, is what came in minus what went out; nothing moved unbooked."""
        moved = self.net + self.fees == self.money_in - self.money_out and self.unbooked == 0
        return moved and self.between == 0 and self.application_fees == 0


_BETWEEN = (
    BalanceTransactionType.TRANSFER,
    BalanceTransactionType.TRANSFER_REFUND,
    BalanceTransactionType.PAYMENT,
    BalanceTransactionType.PAYMENT_REFUND,
    BalanceTransactionType.APPLICATION_FEE_REFUND,
)
"""Movements that have their opposite on another account."""


async def books_balance(currency: str, *, livemode: bool = False) -> BooksReport:
    """The report on one currency. Reads whole tables: for the doctor, the simulation and tests."""
    of_currency = {"currency": currency, "livemode": livemode}
    charges = await _total(Charge.filter(captured=True, **of_currency), "amount_captured")
    refunds = await _total(
        Refund.filter(balance_transaction_id__isnull=False, failure_balance_transaction_id=None, **of_currency),
        "amount",
    )
    disputes = await _total(
        Dispute.filter(balance_transaction_id__isnull=False, reinstatement_balance_transaction_id=None, **of_currency),
        "amount",
    )
    gone = (PayoutStatus.FAILED, PayoutStatus.CANCELED)
    payouts = await _total(Payout.filter(status__not_in=gone, **of_currency), "amount")
    topups = await _total(Topup.filter(status=TopupStatus.SUCCEEDED, **of_currency), "amount")
    movements = BalanceTransaction.filter(**of_currency)
    booked = movements.filter(type=BalanceTransactionType.CHARGE)
    nets, fees = await _total(movements, "net"), await _total(movements, "fee")
    taken = await _total(movements, "application_fee")
    between = await _total(movements.filter(type__in=_BETWEEN), "amount")
    had = await _total(movements.filter(type=BalanceTransactionType.APPLICATION_FEE), "amount")
    return BooksReport(
        currency=currency,
        livemode=livemode,
        money_in=charges.sum + topups.sum,
        money_out=refunds.sum + disputes.sum + payouts.sum,
        net=nets.sum,
        fees=fees.sum - taken.sum,
        unbooked=abs(charges.count - (await _total(booked, "amount")).count),
        between=between.sum,
        application_fees=taken.sum - had.sum,
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
