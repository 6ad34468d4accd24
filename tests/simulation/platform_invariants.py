"""What holds of a platform with its accounts at rest, whatever was done. Each check reads whole tables."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from tortoise import Model

import models
from domain.lifecycles import InvoiceStatus
from models import (
    Account,
    ApplicationFee,
    ApplicationFeeRefund,
    BalanceTransaction,
    Charge,
    Customer,
    DestinationPayment,
    Dispute,
    Event,
    Invoice,
    PaymentMethod,
    Payout,
    Price,
    Refund,
    Subscription,
    TestClock,
    Topup,
    Transfer,
    TransferReversal,
)
from models.base import Owned
from services.rows import fetch_by
from tests.simulation.disputes import check_disputes
from tests.simulation.invariants import check_agenda, check_books, check_invoices, check_payments, check_subscriptions
from tests.simulation.payouts import check_payouts
from tests.simulation.platform_transfers import check_taken_along

_OWNED: Final = tuple(
    each
    for name in models.__all__
    if issubclass(each := getattr(models, name), Model) and issubclass(each, Owned) and each is not Event
)
_OWN: Final = (Customer, Price, PaymentMethod, Subscription, Invoice, models.Product, models.PaymentIntent)
"""What only rows of the same account may name."""
_SOURCES: Final[Mapping[str, tuple[type[Owned], ...]]] = {
    "charge": (Charge,),
    "stripe_fee": (Charge, Dispute),
    "payment": (DestinationPayment,),
    "refund": (Refund,),
    "refund_failure": (Refund,),
    "transfer": (Transfer,),
    "transfer_refund": (TransferReversal,),
    "payment_refund": (TransferReversal,),
    "application_fee": (ApplicationFee,),
    "application_fee_refund": (ApplicationFeeRefund,),
    "adjustment": (Dispute,),
    "payout": (Payout,),
    "payout_cancel": (Payout,),
    "payout_failure": (Payout,),
    "topup": (Topup,),
}
"""What each type of movement comes of."""
Movements = Mapping[str, Sequence[BalanceTransaction]]


async def check_all() -> None:
    """Every invariant of this module, and those of a single business that hold of each of them."""
    await check_books()
    await check_invoices()
    await check_payments()
    await check_disputes()
    await check_subscriptions()
    await check_agenda()
    await check_payouts()
    await check_owners()
    await check_sources()
    by_source = await _movements()
    await check_transfers(by_source)
    await check_shares()
    await check_shared_invoices()
    await check_fees(by_source)
    await check_taken_along()
    await check_payers()
    await check_told()


async def check_owners() -> None:
    """No row names a customer, a price, a card, … of another account."""
    owners = {row.id: row.account_id for model in _OWN for row in await model.all().only("id", "account_id")}
    for model in _OWNED:
        columns = [name for name in model._meta.fields_db_projection if name.endswith("_id") and name != "account_id"]
        if not columns:
            continue
        for values in await model.all().values("id", "account_id", *columns):
            for column in columns:
                owner = owners.get(values[column], values["account_id"])
                assert owner == values["account_id"], f"{values['id']} has {column} {values[column]} of {owner}"


async def check_sources() -> None:
    """Every movement comes of something that there is."""
    known: dict[type[Owned], set[str]] = {}
    for kinds in _SOURCES.values():
        for kind in kinds:
            known[kind] = known.get(kind) or {row.id for row in await kind.all().only("id")}
    for movement in await BalanceTransaction.all():
        kinds = _SOURCES[movement.type]
        assert any(movement.source_id in known[kind] for kind in kinds), f"{movement.id} of {movement.source_id}"


async def check_transfers(movements: Movements) -> None:
    """What arrives is what was sent, at one time in one world; what comes back is never more."""
    payments = {each.source_transfer_id: each for each in await DestinationPayment.all()}
    back: dict[str, list[TransferReversal]] = defaultdict(list)
    for reversal in await TransferReversal.all().order_by("id"):
        back[reversal.transfer_id].append(reversal)
    transfers = await Transfer.all()
    charges = {each.id: each for each in await fetch_by(Charge, "id", {each.source_charge_id for each in transfers})}
    kept: Counter[str] = Counter()
    for transfer in transfers:
        payment = payments.pop(transfer.id)
        assert (payment.amount, payment.currency) == (transfer.amount, transfer.currency), transfer.id
        assert (payment.account_id, payment.id) == (transfer.destination_id, transfer.destination_payment_id)
        [sent], [arrived] = movements[transfer.id], movements[payment.id]
        assert (sent.account_id, sent.amount) == (transfer.account_id, -transfer.amount), transfer.id
        assert (arrived.account_id, arrived.amount) == (payment.account_id, transfer.amount), transfer.id
        _check_together([sent, arrived], transfer.test_clock_id)
        assert sum(each.amount for each in back[transfer.id]) <= transfer.amount, f"too much came back of {transfer.id}"
        for reversal in back[transfer.id]:
            assert sum(each.amount for each in movements[reversal.id]) == 0, reversal.id
            assert {each.account_id: abs(each.amount) for each in movements[reversal.id]} == {
                transfer.account_id: reversal.amount,
                transfer.destination_id: reversal.amount,
            }, reversal.id
            _check_together(movements[reversal.id], transfer.test_clock_id)
        assert transfer.source_charge_id is not None or not transfer.is_of_payment, transfer.id
        if transfer.source_charge_id is not None:
            kept[transfer.source_charge_id] += transfer.amount - sum(each.amount for each in back[transfer.id])
            charge = charges[transfer.source_charge_id]
            assert (charge.account_id, charge.currency) == (transfer.account_id, transfer.currency), transfer.id
            [came] = movements[charge.id]
            assert came.test_clock_id == transfer.test_clock_id, transfer.id
            assert came.available_at <= sent.available_at, f"{transfer.id} is available before its charge"
            assert came.available_at == sent.available_at or not transfer.is_of_payment, transfer.id
    assert not payments, f"{list(payments)} sent nothing that arrived"
    for charge in charges.values():
        assert kept[charge.id] <= charge.amount_captured, f"{kept[charge.id]} of {charge.id} are with others"


def _check_together(movements: Sequence[BalanceTransaction], test_clock_id: str | None) -> None:
    """They are in one world, and can be sent on from one moment on."""
    assert len({each.available_at for each in movements}) == 1, [each.id for each in movements]
    assert {each.test_clock_id for each in movements} == {test_clock_id}, [each.id for each in movements]


async def check_shares() -> None:
    """Of every charge the shares and the rest come to what was captured; each share is what was agreed upon."""
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for transfer in await Transfer.filter(is_of_payment=True):
        sent[str(transfer.source_charge_id)][transfer.destination_id] += transfer.amount
    for charge in await Charge.all():
        arrived, left = sent.pop(charge.id, Counter()), charge.amount_captured
        agreed = _shares_of(charge.sharing or {}, left) if charge.captured else {}
        for destination, amount in agreed.items():
            failed = arrived[destination] == 0 and charge.transfer_failure_reason is not None
            assert failed or arrived[destination] == amount, f"{arrived} of {charge.id}, not {agreed}"
            left -= arrived[destination]
        assert left >= 0 and arrived.keys() <= agreed.keys(), f"{charge.id} sent {arrived}"
    assert not sent
    for invoice in await Invoice.exclude(transfer_failure_reason=None):
        reasons = {each.transfer_failure_reason for each in await Charge.filter(invoice_id=invoice.id)}
        assert invoice.transfer_failure_reason in reasons, invoice.id


async def check_shared_invoices() -> None:
    """However many payments an invoice was paid by, others have of them what they have of the invoice."""
    charges: dict[str, list[Charge]] = defaultdict(list)
    for charge in await Charge.filter(captured=True).exclude(invoice_id=None):
        charges[str(charge.invoice_id)].append(charge)
    fees = {each.charge_id: each.amount for each in await ApplicationFee.all()}
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for transfer in await Transfer.filter(is_of_payment=True):
        sent[str(transfer.source_charge_id)][transfer.destination_id] += transfer.amount
    for invoice in await Invoice.filter(status=InvoiceStatus.PAID, amount_paid_out_of_band=0).exclude(sharing=None):
        paid = charges[invoice.id]
        whole = sum(each.amount_captured for each in paid) == invoice.amount_due
        if not whole or any(each.sharing is None or each.transfer_failure_reason is not None for each in paid):
            continue
        sharing = invoice.sharing or {}
        arrived = sum((sent[each.id] for each in paid), Counter())
        assert arrived == _shares_of(sharing, invoice.amount_due), f"{arrived} of {invoice.id}"
        fee = sum(fees.get(each.id, 0) for each in paid)
        assert fee == sharing.get("application_fee_amount", 0), f"a fee of {fee} of {invoice.id}"


def _shares_of(sharing: Mapping[str, Any], paid: int) -> dict[str, int]:
    """What each destination is to have, worked out once more."""
    left, found = paid, {}
    for share in sharing.get("transfer_data", ()):
        wanted = share.get("amount", paid)
        if "amount_percent" in share:
            exactly = Decimal(paid) * Decimal(share["amount_percent"]) / 100
            wanted = int(exactly.quantize(Decimal(1), ROUND_HALF_UP))
        amount = min(left, wanted)
        if amount:
            found[share["destination"]] = amount
        left -= amount
    return found


async def check_fees(movements: Movements) -> None:
    """What an account pays of a charge is what its platform has; what is given back is never more."""
    back: dict[str, list[ApplicationFeeRefund]] = defaultdict(list)
    for refund in await ApplicationFeeRefund.all():
        back[refund.fee_id].append(refund)
    charges = {each.id: each for each in await Charge.all()}
    taken = {each.source_id: each for each in await BalanceTransaction.exclude(application_fee=0)}
    for fee in await ApplicationFee.all():
        charge = charges[fee.charge_id]
        [came] = movements[fee.id]
        paid = taken.pop(fee.destination_payment_id or fee.charge_id)
        assert (came.account_id, came.net) == (fee.account_id, fee.amount), fee.id
        assert (paid.account_id, paid.application_fee) == (fee.charged_account_id, fee.amount), fee.id
        _check_together([came, paid], fee.test_clock_id)
        assert 0 < fee.amount <= charge.amount_captured and charge.application_fee_id == fee.id, fee.id
        assert sum(each.amount for each in back[fee.id]) <= fee.amount, f"too much was given back of {fee.id}"
        for refund in back[fee.id]:
            assert {each.account_id: each.amount for each in movements[refund.id]} == {
                fee.account_id: -refund.amount,
                fee.charged_account_id: refund.amount,
            }, refund.id
    assert not taken, f"{list(taken)} pay for fees that nobody has"


async def check_payers() -> None:
    """The network's fees of a charge are on the books of whoever is to pay them, once."""
    accounts = {each.id: each for each in await Account.all()}
    elsewhere: Counter[str] = Counter()
    for movement in await BalanceTransaction.filter(type="stripe_fee"):
        assert accounts[movement.account_id].platform_id == movement.account_id, movement.id
        assert (movement.amount, movement.net) == (0, -movement.fee), movement.id
        elsewhere[movement.source_id] += 1
    for movement in await BalanceTransaction.filter(type__in=("charge", "adjustment"), reinstates=False):
        by_platform = accounts[movement.account_id].controller.get("fees_payer", "account") != "account"
        assert elsewhere[movement.source_id] == int(by_platform), movement.id
        own = movement.fee - movement.application_fee
        assert own == 0 if by_platform else own > 0, f"{movement.id}: {movement.fee}"


async def check_told() -> None:
    """Events of every account are numbered without gaps, also by object; the last word on each is how it is now."""
    sequences: Counter[tuple[str, bool]] = Counter()
    objects: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for event in await Event.all().order_by("account_id", "livemode", "sequence"):
        sequences[event.account_id, event.livemode] += 1
        objects[event.account_id, event.object_id] += 1
        assert event.sequence == sequences[event.account_id, event.livemode], f"event {event.id}"
        assert event.object_sequence == objects[event.account_id, event.object_id], f"event {event.id}"
        last[event.account_id, event.object_id] = event.data
    back: Counter[str] = Counter()
    for reversal in await TransferReversal.all():
        back[reversal.transfer_id] += reversal.amount
    for refund in await ApplicationFeeRefund.all():
        back[refund.fee_id] += refund.amount
    for transfer in await Transfer.all():
        told = last[transfer.account_id, transfer.id]
        assert (told["amount"], told["amount_reversed"]) == (transfer.amount, back[transfer.id]), transfer.id
        assert last[transfer.destination_id, transfer.destination_payment_id]["amount"] == transfer.amount, transfer.id
    for fee in await ApplicationFee.all():
        told = last[fee.account_id, fee.id]
        assert (told["amount"], told["amount_refunded"]) == (fee.amount, back[fee.id]), fee.id


async def _movements() -> Movements:
    """All movements by what they come of, without those that bring back what was taken."""
    found: dict[str, list[BalanceTransaction]] = defaultdict(list)
    for movement in await BalanceTransaction.exclude(type="stripe_fee").order_by("id"):
        found[movement.source_id].append(movement)
    return found


async def check_covered(account_id: str, currency: str, test_clock_id: str | None, now: datetime) -> None:
    """After money was sent of what is available in a world: that was enough."""
    clock = None if test_clock_id is None else await TestClock.get(id=test_clock_id)
    world = BalanceTransaction.filter(account_id=account_id, currency=currency, test_clock_id=test_clock_id)
    left = sum(each.net for each in await world if each.available_at <= (clock.frozen_at if clock else now))
    assert left >= 0, f"{account_id} sent {-left} {currency} more than it had available"
