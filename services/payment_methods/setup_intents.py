"""Setup intents: getting a payment method ready for charges with the customer away.

As a charge, a verification is committed before the gateway is called, and its answer afterwards; a crash between
leaves it in flight for the agenda. It moves no money, so nothing has to be given back.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.agenda import AgendaKind
from domain.errors import DomainError, ErrorCode, Problem
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import FutureUsage, SetupIntentCancellationReason
from domain.lifecycles import SETUP_INTENT, SetupIntentStatus
from domain.metadata import merged_metadata
from domain.texts import text_within
from gateways.outcomes import Declined, Outcome, Processing, RequiresAction, Succeeded
from gateways.protocol import SetupPurpose, SetupRequest
from models import AgendaEntry, Customer, PaymentMethod, SetupIntent
from services.base import Service, Settled, part
from services.due import Due, Handled, Handler, asked_later
from services.events import Events
from services.idempotency import answered, claimed, transactional
from services.pages import Listing
from services.payment_methods.client_secrets import new_client_secret, secret_fits
from services.payment_methods.methods import PaymentMethods, Usage
from services.rows import insert_rows, update_rows
from services.scope import Access, Scope
from services.transactions import current_unit, in_transaction

DESCRIPTION_LENGTH_MAX = 1000
POLICY_KIND = "payment_methods"
"""What a restricted key is granted to see and move set-ups."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSetupIntent:
    """What a new setup intent starts with. `confirm` tries it at once."""

    customer: str | None = None
    payment_method: str | None = None
    usage: FutureUsage = FutureUsage.OFF_SESSION
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIntentSearch:
    """Which setup intents a list shows."""

    customer: str | None = None
    payment_method: str | None = None
    status: str | None = None


class SetupIntents(Service):
    """Makes, confirms and cancels setup intents."""

    events = part(Events)
    due = part(Due)
    methods = part(PaymentMethods)

    def matching(self, search: SetupIntentSearch) -> Listing:
        """The setup intents that a list shows."""
        wanted = {
            "customer_id": search.customer,
            "payment_method_id": search.payment_method,
            "status": search.status,
        }
        return self.mine(SetupIntent).filter(**{name: value for name, value in wanted.items() if value is not None})

    async def shown(self, identifier: str, client_secret: str | None = None) -> SetupIntent | None:
        """The setup intent, to a key that may read them or whoever has its client secret; None to others."""
        row = await self.find(SetupIntent, identifier)
        return row if row is not None and self._may(Access.READ, row, client_secret) else None

    async def create(self, draft: NewSetupIntent) -> Settled[SetupIntent]:
        """A setup intent, tried at once when that is asked. Event `setup_intent.created`."""

        async def prepare() -> SetupIntent:
            customer = None if draft.customer is None else await self.methods.customer(draft.customer)
            at = await self.present(None if customer is None else customer.test_clock_id)
            method = None
            if draft.payment_method is not None:
                method = await self.methods.chargeable(draft.payment_method, customer)
            row = self._new(draft, customer, method, at)
            await insert_rows([row])
            self.events.record(EventType.SETUP_INTENT_CREATED, row, at=at)
            if draft.confirm:
                await self._set_off(row, method)
            return row

        return await self._carried_out(prepare)

    async def confirm(
        self, identifier: str, *, payment_method: str | None = None, client_secret: str | None = None
    ) -> Settled[SetupIntent]:
        """Try the set-up. Then SUCCEEDED, REQUIRES_ACTION, or (declined) REQUIRES_PAYMENT_METHOD with the problem."""

        async def prepare() -> SetupIntent:
            row = await self._held(identifier, client_secret)
            SETUP_INTENT.refuse_unless("confirm", row.id, SetupIntentStatus(row.status))
            customer = None if row.customer_id is None else await self.methods.customer(row.customer_id)
            chosen = payment_method or row.payment_method_id
            if chosen is None:
                raise DomainError(
                    ErrorCode.PARAMETER_MISSING,
                    f"Setup intent {row.id} has no payment method yet; name one to confirm it with.",
                    "paymentMethod",
                )
            await self._set_off(row, await self.methods.chargeable(chosen, customer))
            return row

        return await self._carried_out(prepare)

    async def authenticate(self, identifier: str, *, passed: bool) -> Settled[SetupIntent]:
        """End the 3-D Secure of a sandbox card as its customer would. Test mode only."""

        async def prepare() -> SetupIntent:
            row = await self._held(identifier)
            SETUP_INTENT.refuse_unless("authenticate", row.id, SetupIntentStatus(row.status), param="setupIntent")
            method = await self.require(PaymentMethod, str(row.payment_method_id))
            await self._set_off(row, method, authenticated=passed)
            return row

        return await self._carried_out(prepare)

    @transactional
    async def cancel(self, identifier: str, reason: SetupIntentCancellationReason | None = None) -> SetupIntent:
        """The setup intent, CANCELED. Event `setup_intent.canceled`."""
        row = await self._held(identifier)
        SETUP_INTENT.refuse_unless("cancel", row.id, SetupIntentStatus(row.status))
        _move(row, SetupIntentStatus.CANCELED)
        row.cancellation_reason = None if reason is None else reason.value
        row.next_action = None
        await update_rows([row], ("status", "cancellation_reason", "next_action"))
        self.events.record(EventType.SETUP_INTENT_CANCELED, row, at=await self._present_of(row))
        return row

    async def resolve(self, identifiers: Sequence[str]) -> None:
        """Outside of transactions: settle verifications whose answer was lost in a crash."""
        for row in await self.gather(SetupIntent, "id", identifiers):
            if row.in_flight_at is not None:
                outcome = await self._called(row, again=True)
                if outcome is not None:
                    await self._settled(row, outcome)

    def _new(
        self, draft: NewSetupIntent, customer: Customer | None, method: PaymentMethod | None, at: datetime
    ) -> SetupIntent:
        identifier = self.new_id(Prefix.SETUP_INTENT)
        description = draft.description
        if description is not None:
            text_within(description, DESCRIPTION_LENGTH_MAX, "description")
        waiting = SetupIntentStatus.REQUIRES_CONFIRMATION if method else SetupIntentStatus.REQUIRES_PAYMENT_METHOD
        return SetupIntent(
            id=identifier,
            created_at=at,
            customer_id=None if customer is None else customer.id,
            payment_method_id=None if method is None else method.id,
            status=waiting,
            usage=draft.usage,
            client_secret=new_client_secret(identifier),
            description=description,
            metadata=merged_metadata({}, draft.metadata),
            **self.ownership(),
        )

    async def _held(self, identifier: str, client_secret: str | None = None) -> SetupIntent:
        """The row, held; refused while the gateway has it or its customer's clock is on its way.

        Whoever may not change it does not see it.
        """
        row = await self.lock(SetupIntent, identifier)
        if not self._may(Access.WRITE, row, client_secret):
            param = "id" if client_secret is None else "clientSecret"
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such setup intent: '{identifier}'.", param)
        if row.in_flight_at is not None:
            raise DomainError(
                ErrorCode.SETUP_INTENT_UNEXPECTED_STATE,
                f"Setup intent {row.id} is being verified right now; try again when it has been answered.",
                "id",
            )
        await self.present(await self._clock_of(row))
        return row

    def _may(self, access: Access, row: SetupIntent, client_secret: str | None) -> bool:
        if client_secret is not None:
            return secret_fits(client_secret, row.client_secret)
        return self.scope.policy.allows(POLICY_KIND, access)

    async def _present_of(self, row: SetupIntent) -> datetime:
        """The time on the customer's clock, moving or not."""
        clock_id = await self._clock_of(row)
        return (await self.presents([clock_id]))[clock_id]

    async def _clock_of(self, row: SetupIntent) -> str | None:
        customers = await self.gather(Customer, "id", [row.customer_id])
        return customers[0].test_clock_id if customers else None

    async def _set_off(
        self, row: SetupIntent, method: PaymentMethod | None, *, authenticated: bool | None = None
    ) -> None:
        """Hand the verification to the gateway: written first, watched by the agenda."""
        if method is None:
            raise DomainError(
                ErrorCode.PARAMETER_MISSING,
                "A set-up that is confirmed at once needs a payment method.",
                "paymentMethod",
            )
        self.scope.gateways.for_mode(self.scope.livemode)
        now = self.scope.clock.now()
        row.payment_method_id = method.id
        row.in_flight_at = now
        row.request = {"token": method.token, "authenticated": authenticated}
        await update_rows([row], ("payment_method_id", "in_flight_at", "request"))
        await self.due.schedule(AgendaKind.SETUP_RESOLVE, row.id, now + self.scope.gateways.grace)

    async def _carried_out(self, prepare: Callable[[], Awaitable[SetupIntent]]) -> Settled[SetupIntent]:
        """Commit the attempt, call, commit the answer, which joins the idempotency claim."""
        assert current_unit() is None, "a set-up is three steps, not a part of another transaction"

        async def first() -> tuple[SetupIntent, Settled[SetupIntent] | None]:
            claim = await claimed(self.scope)
            row = await prepare()
            if row.in_flight_at is not None:
                row.request = row.request | {"claim": claim}
                await update_rows([row], ("request",))
                return row, None
            done = Settled(row)
            if claim is not None:
                await answered(claim, done)
            return row, done

        row, done = await in_transaction(first)
        if done is not None:
            return done
        outcome = await self._called(row)
        return Settled(row) if outcome is None else await self._settled(row, outcome)

    async def _called(self, row: SetupIntent, *, again: bool = False) -> Outcome | None:
        """The gateway's answer; None when it could not be heard or comes later."""
        gateway = self.scope.gateways.for_mode(self.scope.livemode)
        request = _request_of(row)
        try:
            outcome = (await gateway.fetch(request) if again else None) or await gateway.set_up(request)
        except Exception:  # Whatever broke, the verification stays open and is asked about later.
            _log.exception("The gateway gave no answer for %s; it will be asked again.", row.id)
            return None
        return None if isinstance(outcome, Processing) else outcome

    async def _settled(self, row: SetupIntent, outcome: Outcome) -> Settled[SetupIntent]:
        """Write down the answer, unless somebody else did."""

        async def body() -> Settled[SetupIntent]:
            held = await self.lock(SetupIntent, row.id)
            if held.in_flight_at != row.in_flight_at:
                return Settled(held)
            at = await self._present_of(held)
            claim = held.request.get("claim")
            event, problem = _apply(held, outcome)
            held.in_flight_at, held.request = None, {}
            columns = ("status", "payment_method_id", "last_error", "next_action", "in_flight_at", "request")
            await update_rows([held], columns)
            await self.due.cancel(held.id, AgendaKind.SETUP_RESOLVE)
            if event is EventType.SETUP_INTENT_SUCCEEDED:
                await self.methods.keep_for_later([_usage_of(held, at)])
            self.events.record(event, held, at=at)
            done = Settled(held, problem)
            if claim is not None:
                await answered(claim, done)
            return done

        return await in_transaction(body)


def _request_of(row: SetupIntent) -> SetupRequest:
    assert row.in_flight_at is not None
    away = row.usage == FutureUsage.OFF_SESSION
    return SetupRequest(
        attempt_id=f"{row.id}_{int(row.in_flight_at.timestamp())}",
        payment_method_token=row.request["token"],
        purpose=SetupPurpose.OFF_SESSION if away else SetupPurpose.ATTACH,
        authenticated=row.request["authenticated"],
    )


def _apply(row: SetupIntent, outcome: Outcome) -> tuple[EventType, Problem | None]:
    """Change the row as the answer says; the event, and what the caller is told."""
    row.next_action = row.last_error = None
    match outcome:
        case Succeeded():
            _move(row, SetupIntentStatus.SUCCEEDED)
            return EventType.SETUP_INTENT_SUCCEEDED, None
        case RequiresAction(kind=kind):
            _move(row, SetupIntentStatus.REQUIRES_ACTION)
            row.next_action = kind.value
            return EventType.SETUP_INTENT_REQUIRES_ACTION, None
        case Declined():
            _move(row, SetupIntentStatus.REQUIRES_PAYMENT_METHOD)
            row.last_error = {
                "type": outcome.code.type.value,
                "code": outcome.code.value,
                "decline_code": outcome.decline_code,
                "message": outcome.message,
                "payment_method": row.payment_method_id,
            }
            row.payment_method_id = None
            problem = Problem(outcome.code, outcome.message, decline_code=outcome.decline_code)
            return EventType.SETUP_INTENT_SETUP_FAILED, problem
    raise AssertionError(f"{outcome} is no answer to a set-up")


def _move(row: SetupIntent, after: SetupIntentStatus) -> None:
    before = SetupIntentStatus(row.status)
    if before is not after:
        row.status = SETUP_INTENT.move(row.id, before, after)


def _usage_of(row: SetupIntent, at: datetime) -> Usage:
    assert row.payment_method_id is not None
    return Usage(row.payment_method_id, row.customer_id, row.usage == FutureUsage.OFF_SESSION, at)


async def _resolve(scope: Scope, entries: Sequence[AgendaEntry]) -> Handled:
    return asked_later(scope, entries, SetupIntents(scope).resolve)


SETUP_HANDLER: Handler = _resolve
"""What the agenda does about verifications whose answer was not recorded in time."""
