"""Payments: what each card does, what is written and told, and that no way leads to a second charge."""

import pytest

from domain.lifecycles import PaymentIntentStatus
from models import AgendaEntry, BalanceTransaction
from services.payments import Confirmation, PaymentIntents
from services.scope import Scope
from tests.features.paying import asked, balanced_books, card_of, jenny, only_charge
from tests.features.scopes import founded_scope, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def test_confirmed_payment_is_booked_less_its_fee(scope: Scope) -> None:
    customer = await jenny(scope)
    card = await card_of(scope, customer)
    intent = await asked(scope, customer)
    done = await PaymentIntents(scope).confirm(Confirmation(id=intent.id, payment_method=card.id))
    assert (done.value.status, done.value.amount_received, done.problem) == (PaymentIntentStatus.SUCCEEDED, 1500, None)
    charge = await only_charge(intent)
    assert (charge.status, charge.captured, charge.amount_captured) == ("succeeded", True, 1500)
    [movement] = await BalanceTransaction.all()
    # 2.9 % of 1500 is 43.5, rounded away from zero 44; and 30
    assert (movement.id, movement.amount, movement.fee, movement.net) == (charge.balance_transaction_id, 1500, 74, 1426)
    assert await AgendaEntry.all().count() == 0
    assert await told() == [
        "customer.created",
        "payment_method.attached",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    report = await balanced_books()
    assert (report.money_in, report.money_out, report.net, report.fees) == (1500, 0, 1426, 74)
