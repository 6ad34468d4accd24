"""What a dispute means for everything around its charge: refunds, held money, invoices, subscriptions, the sandbox."""

import pytest

from models import AgendaEntry, Dispute
from tests.scenarios.disputing import (
    ASKED,
    CLOSED,
    OPENED,
    WITHDRAWN,
    books,
    dispute_of,
    disputed,
    movements,
    pay,
    refused,
    says,
)
from tests.scenarios.world import World

CHARGE = {"charge": "charge"}


async def test_disputed_charge_cannot_be_refunded_until_it_is_won(world: World) -> None:
    paid, dispute = await disputed(world)

    assert await refused(world, "refundCreate", "refund", charge=paid.charge) == [("CHARGE_DISPUTED", "charge")]
    await says(world, dispute, "winning_evidence")
    await world.do("refundCreate", "refund { id }", charge=paid.charge)

    assert (await movements(world.api))[-1] == "refund -10000 - 0 = -10000"
    assert await books() == (10_000, 10_000, -1_820, 1_820)


async def test_lost_charge_can_never_be_refunded(world: World) -> None:
    paid, dispute = await disputed(world)
    await world.do("disputeClose", "dispute { id }", id=dispute)

    found = await refused(world, "refundCreate", "refund", paymentIntent=paid.intent, amount=1)

    assert found == [("CHARGE_DISPUTED", "charge")]


async def test_refund_of_the_whole_charge_closes_an_inquiry(world: World) -> None:
    paid, _ = await disputed(world, "pm_card_createDisputeInquiry")

    await world.do("refundCreate", "refund { id }", charge=paid.charge, amount=4_000)
    assert await world.news() == ["refund.created", "charge.refunded"]
    await world.do("refundCreate", "refund { id }", charge=paid.charge)

    assert await world.news() == ["refund.created", "charge.refunded", CLOSED]
    assert (await dispute_of(world, paid.charge))["status"] == "WARNING_CLOSED"
    assert await AgendaEntry.filter(kind__startswith="dispute.").count() == 0


async def test_escalated_inquiry_takes_what_was_not_given_back(world: World) -> None:
    paid, dispute = await disputed(world, "pm_card_createDisputeInquiry")
    await world.do("refundCreate", "refund { id }", charge=paid.charge, amount=4_000)

    escalated = await says(world, dispute, "escalate_inquiry_evidence")

    assert escalated["amount"] == 6_000  # of 100.00, 40.00 went back
    assert (await movements(world.api))[-1] == "adjustment -6000 - 1500 = -7500"
    assert await books() == (10_000, 10_000, -1_820, 1_820)


async def test_part_of_a_charge_is_disputed_never_more_than_is_left(world: World) -> None:
    paid = await pay(world)
    await world.do("refundCreate", "refund { id }", charge=paid.charge, amount=4_000)

    for amount, code in ((6_001, "AMOUNT_TOO_LARGE"), (0, "PARAMETER_INVALID_INTEGER")):
        found = await refused(world, "sandboxDisputeCreate", "dispute", charge=paid.charge, amount=amount)
        assert found == [(code, "amount")]
    await world.do(
        "sandboxDisputeCreate", "dispute { id }", charge=paid.charge, amount=2_500, reason="PRODUCT_UNACCEPTABLE"
    )

    dispute = await dispute_of(world, paid.charge)
    assert (dispute["amount"], dispute["reason"]) == (2_500, "PRODUCT_UNACCEPTABLE")
    assert dispute["status"] == "NEEDS_RESPONSE"
    assert await world.news() == OPENED
    assert (await movements(world.api))[-1] == "adjustment -2500 - 1500 = -4000"
    assert await books() == (10_000, 6_500, 1_680, 1_820)  # out: 40.00 and 25.00
    again = await refused(world, "sandboxDisputeCreate", "dispute", charge=paid.charge)
    assert again == [("CHARGE_DISPUTED", "charge")]


async def test_only_money_that_came_in_and_stayed_is_disputed(world: World) -> None:
    held = await pay(world, captureMethod="MANUAL")
    gone = await pay(world)
    await world.do("refundCreate", "refund { id }", charge=gone.charge)

    for charge, code in (
        (held.charge, "CHARGE_UNEXPECTED_STATE"),
        (gone.charge, "CHARGE_ALREADY_REFUNDED"),
        ("ch_" + "0" * 23, "RESOURCE_MISSING"),
    ):
        assert await refused(world, "sandboxDisputeCreate", "dispute", charge=charge) == [(code, "charge")]
    assert await Dispute.all().count() == 0


async def test_held_money_is_disputed_once_it_was_taken(world: World) -> None:
    held = await pay(world, "pm_card_createDispute", captureMethod="MANUAL")
    assert (await world.news())[-1] == "payment_intent.amount_capturable_updated"

    await world.do("paymentIntentCapture", "paymentIntent { id }", id=held.intent, amountToCapture=3_000)

    assert await world.news() == ["charge.captured", "payment_intent.succeeded", *OPENED]
    assert (await dispute_of(world, held.charge))["amount"] == 3_000
    # 30.00 less 2.9 % + 0.30 = 1.17
    assert await movements(world.api) == ["charge 3000 - 117 = 2883", "adjustment -3000 - 1500 = -4500"]


async def test_played_inquiry_asks_only(world: World) -> None:
    paid = await pay(world)
    await world.news()

    await world.do("sandboxDisputeCreate", "dispute { id }", charge=paid.charge, isInquiry=True, reason="UNRECOGNIZED")

    assert await world.news() == ASKED
    assert (await dispute_of(world, paid.charge))["status"] == "WARNING_NEEDS_RESPONSE"


@pytest.mark.parametrize(("currency", "fee"), [("eur", 2_000), ("usd", 700), ("gbp", 700)])
async def test_fee_of_a_dispute_is_a_setting(world: World, currency: str, fee: int) -> None:
    fees = [{"currency": "eur", "amount": 2_000}]
    await world.do("accountSettingsUpdate", "account { id }", disputeFee=700, disputeFees=fees)

    await disputed(world, currency=currency)

    assert (await movements(world.api))[-1] == f"adjustment -10000 - {fee} = {-10_000 - fee}"
    report = await books(currency)
    assert (report[1], report[3]) == (10_000, 320 + fee)


async def test_invoice_of_a_disputed_payment_stays_paid_and_its_subscription_goes_on(world: World) -> None:
    jenny = await world.customer(card="pm_card_createDispute")
    price = await world.price("Basic", 1_500)
    await world.news()

    subscription = await jenny.subscribe(price)

    told = await world.news()
    assert told[-4:] == ["customer.subscription.updated", *OPENED]  # It was ACTIVE before the bank spoke up.
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]
    assert await subscription.status() == "ACTIVE"
    await world.move_to("2027-02-28T12:00:00Z")
    assert (await subscription.billed())[1:] == ["1500 PAID 2027-02-28T10:00:00Z"]
    assert await Dispute.all().count() == 2


async def test_credit_note_gives_back_what_no_bank_has(world: World) -> None:
    jenny = await world.customer()
    item = {"customer": jenny.id, "amount": 10_000, "currency": "usd"}
    await world.do("invoiceItemCreate", "invoiceItem { id }", **item)
    made = await world.do("invoiceCreate", "invoice { id }", customer=jenny.id, pendingInvoiceItemsBehavior="INCLUDE")
    invoice = made["invoice"]["id"]
    await world.do("invoiceFinalize", "invoice { id }", id=invoice, autoAdvance=False)
    for card in ("pm_card_visa", "pm_card_createDispute"):
        await world.do("invoicePay", "invoice { id }", id=invoice, paymentMethod=card, amount=5_000)
    assert await Dispute.all().count() == 1

    line = {"type": "CUSTOM_LINE_ITEM", "description": "Late", "quantity": 1}
    much = {"invoice": invoice, "lines": [{**line, "unitAmount": 5_001}], "refundAmount": 5_001}
    assert await refused(world, "creditNoteCreate", "creditNote", **much) == [("CHARGE_DISPUTED", "refundAmount")]
    some = {"invoice": invoice, "lines": [{**line, "unitAmount": 5_000}], "refundAmount": 5_000}
    answer = await world.do("creditNoteCreate", "creditNote { refunds { amount charge { disputed } } }", **some)

    assert answer["creditNote"]["refunds"] == [{"amount": 5_000, "charge": {"disputed": False}}]
    assert (await books())[1] == 10_000


async def test_subscription_ends_with_the_money_where_that_was_chosen(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", cancelSubscriptionOnDispute=True)
    jenny = await world.customer(card="pm_card_createDispute")
    price = await world.price("Basic", 1_500)

    subscription = await jenny.subscribe(price)

    assert (await world.news())[-5:] == [
        "customer.subscription.updated", *OPENED, "customer.subscription.deleted",
    ]  # fmt: skip
    assert await subscription.billed() == ["1500 PAID 2027-01-31T10:00:00Z"]
    found = await world.api.ask(
        "query($id: ID!) { subscription(id: $id) { status cancellationDetails { reason } } }", {"id": subscription.id}
    )
    assert found["subscription"] == {"status": "CANCELED", "cancellationDetails": {"reason": "PAYMENT_DISPUTED"}}


async def test_inquiry_ends_no_subscription_before_it_is_escalated(world: World) -> None:
    await world.do("accountSettingsUpdate", "account { id }", cancelSubscriptionOnDispute=True)
    jenny = await world.customer(card="pm_card_createDisputeInquiry")
    subscription = await jenny.subscribe(await world.price("Basic", 1_500))
    assert await subscription.status() == "ACTIVE"
    await world.news()
    asked = await Dispute.get()

    await says(world, asked.id, "escalate_inquiry_evidence")

    assert (await world.news())[-2:] == [WITHDRAWN, "customer.subscription.deleted"]
    assert await subscription.status() == "CANCELED"


async def test_deleted_clock_takes_its_disputes_along(world: World) -> None:
    await disputed(world)

    await world.do("testClockDelete", "testClock { id }", id=world.clock)

    assert (await Dispute.all().count(), await AgendaEntry.filter(kind__startswith="dispute.").count()) == (0, 0)
    assert await books() == (0, 0, 0, 0)
