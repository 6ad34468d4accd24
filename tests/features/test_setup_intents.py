"""Setup intents: cards made ready for charges with the customer away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.agenda import AgendaKind
from domain.errors import DomainError
from domain.kinds import FutureUsage, SetupIntentCancellationReason
from models import AgendaEntry, Customer, PaymentMethod, SetupIntent
from services.agenda import agenda_of_the_system
from services.base import Settled
from services.idempotency import performed
from services.payment_methods import SETUP_HANDLER, NewSetupIntent, SetupIntents
from services.payments import Confirmation, PaymentIntents
from services.scope import Scope
from tests.features.paying import CountingGateway, asked, calling, jenny, through
from tests.features.scopes import StandingClock, founded_scope, problems_of, told


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def set_up(scope: Scope, token: str, **more: Any) -> Settled[SetupIntent]:
    """A setup intent that is tried at once, for a new customer."""
    customer = await jenny(scope)
    draft = NewSetupIntent(customer=customer.id, payment_method=token, confirm=True)
    return await SetupIntents(scope).create(replace(draft, **more))


async def test_card_that_was_set_up_lies_in_its_customers_file(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_visa")
    assert (done.value.status, done.problem) == ("succeeded", None)
    card = await PaymentMethod.get()
    assert (card.customer_id, card.set_up_at) == (done.value.customer_id, scope.clock.now())
    assert await told() == [
        "customer.created",
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0


async def test_authenticated_card_is_charged_later_without_its_holder(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_authenticationRequiredOnSetup")
    assert (done.value.status, done.value.next_action) == ("requires_action", "three_d_secure")
    after = await SetupIntents(scope).authenticate(done.value.id, passed=True)
    assert after.value.status == "succeeded"
    card = await PaymentMethod.get()
    intent = await asked(scope, payment_method=card.id, customer=await Customer.get(id=card.customer_id))
    paid = await PaymentIntents(scope).confirm(Confirmation(id=intent.id, off_session=True))
    assert paid.value.status == "succeeded"


async def test_failed_authentication_sets_nothing_up(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_authenticationRequired")
    after = await SetupIntents(scope).authenticate(done.value.id, passed=False)
    assert after.problem is not None
    assert after.problem.code.name == "SETUP_INTENT_AUTHENTICATION_FAILURE"
    assert (after.value.status, after.value.payment_method_id) == ("requires_payment_method", None)
    assert (await PaymentMethod.get()).customer_id is None
    assert (await told())[-1] == "setup_intent.setup_failed"


async def test_declined_card_is_replaced_by_another(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_visa_chargeDeclinedStolenCard")
    assert done.problem is not None
    assert done.problem.decline_code == "stolen_card"
    stored = await SetupIntent.get(id=done.value.id)
    assert stored.last_error is not None
    assert stored.last_error["decline_code"] == "stolen_card"
    again = await SetupIntents(scope).confirm(done.value.id, payment_method="pm_card_visa")
    assert (again.value.status, again.value.last_error) == ("succeeded", None)


async def test_set_up_for_use_with_its_holder_asks_for_nothing(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_authenticationRequired", usage=FutureUsage.ON_SESSION)
    assert done.value.status == "succeeded"
    assert (await PaymentMethod.get()).set_up_at is None


async def test_canceled_setup_cannot_be_confirmed(scope: Scope) -> None:
    done = await set_up(scope, "pm_card_authenticationRequired")
    canceled = await SetupIntents(scope).cancel(done.value.id, SetupIntentCancellationReason.ABANDONED)
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(DomainError, match="is canceled; to confirm it"):
        await SetupIntents(scope).confirm(done.value.id)


async def test_confirming_needs_a_payment_method_and_the_right_secret(scope: Scope) -> None:
    row = (await SetupIntents(scope).create(NewSetupIntent())).value
    with pytest.raises(DomainError) as refusal:
        await SetupIntents(scope).confirm(row.id)
    assert problems_of(refusal.value) == [("PARAMETER_MISSING", "paymentMethod")]
    with pytest.raises(DomainError) as refusal:
        await SetupIntents(scope).confirm(row.id, payment_method="pm_card_visa", client_secret=row.id + "_secret_x")
    assert problems_of(refusal.value) == [("RESOURCE_MISSING", "clientSecret")]


async def test_lost_answer_is_asked_for_and_the_key_answered(scope: Scope) -> None:
    class Deaf(CountingGateway):
        async def set_up(self, request: object) -> Any:
            raise ConnectionError("the line is dead")

    row = (await SetupIntents(scope).create(NewSetupIntent(payment_method="pm_card_visa"))).value

    async def perform(under: Scope) -> Settled[SetupIntent]:
        return await SetupIntents(under).confirm(row.id)

    deaf = through(scope, Deaf())
    done = await performed(deaf, calling(scope, "key"), perform)
    assert done.answer.value.status == "requires_confirmation"
    with pytest.raises(DomainError, match="being verified right now"):
        await SetupIntents(scope).confirm(row.id)
    assert isinstance(scope.clock, StandingClock)
    scope.clock.at += timedelta(minutes=1)
    assert await agenda_of_the_system({AgendaKind.SETUP_RESOLVE: SETUP_HANDLER}, scope).run_group() == 1
    assert (await SetupIntent.get(id=row.id)).status == "succeeded"
    replayed = await performed(scope, calling(scope, "key"), perform)
    assert (replayed.replayed, replayed.answer.value.status) == (True, "succeeded")
    assert await AgendaEntry.exclude(kind="balance.available").count() == 0
