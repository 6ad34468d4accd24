"""Payment methods: cards in customers' files, how they come in and go, what is refused."""

from datetime import timedelta

import pytest

from domain.addresses import Address
from domain.errors import DomainError
from gateways.sandbox import ScriptedOutcome
from models import Customer, Event, PaymentMethod
from services.clocks import ClockDraft, Clocks
from services.customers import CustomerChange, Customers, InvoiceSettingsChange
from services.payment_methods import (
    BillingDetails,
    CardChange,
    CardWords,
    Expiry,
    NewCard,
    PaymentMethods,
    SandboxScripts,
)
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.paying import card_of, jenny
from tests.features.scopes import NOON, founded_scope, problems_of, strangers, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def test_sandbox_token_attaches_a_card_of_its_own_each_time(scope: Scope) -> None:
    customer = await jenny(scope)
    first, second = await card_of(scope, customer), await card_of(scope, customer)
    assert first.id != second.id
    assert (first.brand, first.last4, first.exp_month, first.exp_year) == ("visa", "4242", 12, 2034)
    assert (first.customer_id, first.fingerprint) == (customer.id, second.fingerprint)
    assert await told() == ["customer.created", "payment_method.attached", "payment_method.attached"]


@pytest.mark.parametrize(
    "token",
    ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedExpiredCard", "pm_card_visa_chargeDeclinedLostCard"],
)
async def test_declining_card_is_not_attached(scope: Scope, token: str) -> None:
    customer = await jenny(scope)
    with pytest.raises(DomainError) as refusal:
        await card_of(scope, customer, token)
    assert refusal.value.problems[0].type.value == "card_error"
    assert await PaymentMethod.all().count() == 0
    assert await told() == ["customer.created"]


async def test_unknown_token_is_refused(scope: Scope) -> None:
    customer = await jenny(scope)
    with pytest.raises(DomainError) as refusal:
        await card_of(scope, customer, "pm_card_nonsense")
    assert refusal.value.problems[0].code.name == "RESOURCE_MISSING"


async def test_typed_card_keeps_everything_but_its_number(scope: Scope) -> None:
    words = CardWords(number="5555 5555 5555 4444", exp_month=3, exp_year=30, cvc="123")
    billing = BillingDetails(name="Jenny Rosen", address=Address(country="de"))
    card = await PaymentMethods(scope).create(NewCard(card=words, billing_details=billing))
    stored = await PaymentMethod.get(id=card.id)
    assert (stored.brand, stored.last4, stored.exp_month, stored.exp_year) == ("mastercard", "4444", 3, 2030)
    assert stored.billing_details == {"name": "Jenny Rosen", "address": {"country": "DE"}}
    assert "5555555555554444" not in str(stored.__dict__)
    assert stored.customer_id is None
    attached = await PaymentMethods(scope).attach(card.id, (await jenny(scope)).id)
    assert attached.id == card.id


async def test_mistyped_card_is_refused_with_all_its_problems(scope: Scope) -> None:
    words = CardWords(number="4242424242424241", exp_month=13, exp_year=2020, cvc="1")
    with pytest.raises(DomainError) as refusal:
        await PaymentMethods(scope).create(NewCard(card=words))
    assert problems_of(refusal.value) == [
        ("INCORRECT_NUMBER", "card.number"),
        ("INVALID_EXPIRY_MONTH", "card.expMonth"),
        ("INVALID_EXPIRY_YEAR", "card.expYear"),
        ("INVALID_CVC", "card.cvc"),
    ]


@pytest.mark.parametrize(
    ("words", "code", "param"),
    [
        (CardWords(), "PARAMETER_MISSING", "card.number"),
        (CardWords(token="pm_card_visa", number="4242424242424242"), "PARAMETERS_EXCLUSIVE", "card.token"),
        (CardWords(token="pm_card_nonsense"), "RESOURCE_MISSING", "card.token"),
        (CardWords(number="4242424242424241", exp_month=1, exp_year=2030), "INCORRECT_NUMBER", "card.number"),
        (CardWords(number="4111111111111111", exp_month=1, exp_year=2030), "CARD_DECLINED", "card.number"),
    ],
)
async def test_card_that_is_none_is_refused(scope: Scope, words: CardWords, code: str, param: str) -> None:
    with pytest.raises(DomainError) as refusal:
        await PaymentMethods(scope).create(NewCard(card=words))
    assert problems_of(refusal.value)[0] == (code, param)
    assert await PaymentMethod.all().count() == 0


async def test_attached_card_belongs_to_one_customer(scope: Scope) -> None:
    card = await card_of(scope, await jenny(scope))
    with pytest.raises(DomainError, match="is attached to customer"):
        await PaymentMethods(scope).attach(card.id, (await jenny(scope)).id)


async def test_detached_card_is_gone_for_good_and_no_default_any_more(scope: Scope) -> None:
    customer = await jenny(scope)
    card = await card_of(scope, customer)
    default = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=card.id))
    await Customers(scope).update(customer.id, default)
    detached = await PaymentMethods(scope).detach(card.id)
    assert (detached.customer_id, detached.detached_at) == (None, NOON)
    assert (await Customer.get(id=customer.id)).default_payment_method_id is None
    assert (await told())[-2:] == ["payment_method.detached", "customer.updated"]
    for refused in (PaymentMethods(scope).attach(card.id, customer.id), PaymentMethods(scope).detach(card.id)):
        with pytest.raises(DomainError) as refusal:
            await refused
        assert problems_of(refusal.value) == [("PAYMENT_METHOD_UNEXPECTED_STATE", "id")]


async def test_change_of_a_card_tells_what_it_was(scope: Scope) -> None:
    card = await card_of(scope, await jenny(scope))
    change = CardChange(
        card=Expiry(exp_month=1, exp_year=2030), billing_details=BillingDetails(email="a@b.de"), metadata={"a": "1"}
    )
    changed = await PaymentMethods(scope).update(card.id, change)
    assert (changed.exp_month, changed.exp_year, changed.metadata) == (1, 2030, {"a": "1"})
    event = await Event.get(type="payment_method.updated")
    assert event.previous_attributes is not None
    assert event.previous_attributes["card"] == {"exp_month": 12, "exp_year": 2034}
    with pytest.raises(DomainError, match="Expiration year 2026"):
        await PaymentMethods(scope).update(card.id, CardChange(card=Expiry(exp_year=2026)))


async def test_input_may_name_a_card_or_a_token(scope: Scope) -> None:
    customer, other = await jenny(scope), await jenny(scope)
    card = await card_of(scope, customer)
    methods = PaymentMethods(scope)
    assert (await in_transaction(lambda: methods.usable(card.id, customer))).id == card.id
    fresh = await in_transaction(lambda: methods.usable("pm_card_mastercard", customer))
    assert (fresh.customer_id, fresh.brand) == (customer.id, "mastercard")
    assert (await in_transaction(lambda: methods.usable("tok_visa", customer))).token == "pm_card_visa"
    for identifier, payer in ((card.id, other), ("pm_card_visa_chargeDeclined", customer), ("pm_absent", customer)):
        with pytest.raises(DomainError) as refusal:
            await in_transaction(lambda i=identifier, p=payer: methods.usable(i, p))  # type: ignore[misc]
        assert refusal.value.problems[0].param == ("defaultPaymentMethod",)


async def test_card_is_attached_at_the_time_of_its_customers_clock(scope: Scope) -> None:
    clock = await Clocks(scope).create(ClockDraft(NOON + timedelta(days=400)))
    card = await card_of(scope, await jenny(scope, test_clock=clock.id))
    assert card.created_at == NOON + timedelta(days=400)
    assert (await Event.get(type="payment_method.attached")).created_at == card.created_at


async def test_deleted_customer_gets_no_card(scope: Scope) -> None:
    customer = await jenny(scope)
    await Customers(scope).delete(customer.id)
    with pytest.raises(DomainError, match="was deleted"):
        await card_of(scope, customer)


async def test_strangers_can_do_nothing_with_a_card(scope: Scope) -> None:
    card = await card_of(scope, await jenny(scope))
    before = await told()
    for stranger in await strangers(scope):
        methods = PaymentMethods(stranger)
        refused = [
            methods.detach(card.id),
            methods.update(card.id, CardChange()),
            methods.attach(card.id, "cus_x"),
            SandboxScripts(stranger).write(card.id, [ScriptedOutcome.SUCCEED]),
        ]
        for each in refused:
            with pytest.raises(DomainError):
                await each
    assert await told() == before


async def test_sandbox_cards_do_not_exist_in_live_mode(scope: Scope) -> None:
    live = (await strangers(scope))[0]
    customer = await jenny(live)
    for refused in (
        card_of(live, customer),
        PaymentMethods(live).create(NewCard(card=CardWords(token="pm_card_visa"))),
    ):
        with pytest.raises(DomainError) as refusal:
            await refused
        assert refusal.value.problems[0].code.name in {"TEST_MODE_ONLY", "GATEWAY_NOT_CONFIGURED"}
    assert await PaymentMethod.all().count() == 0
