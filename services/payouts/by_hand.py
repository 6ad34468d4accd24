"""Payouts by hand: what is asked for is paid out, or refused."""

from domain.agenda import AgendaKind
from domain.checks import checked, checked_where_given
from domain.currencies import currency_of
from domain.descriptors import statement_descriptor
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.external_accounts import ExternalAccountType
from domain.kinds import BalanceTransactionType
from domain.lifecycles import PAYOUT, ExternalAccountStatus, PayoutStatus
from domain.metadata import merged_metadata
from domain.payouts import PayoutMethod
from domain.texts import text_within
from models import Account, ExternalAccount, Payout
from services.availability import Availability
from services.base import Service, part
from services.due import Due
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.payouts.drafts import PayoutDraft, PayoutSearch
from services.payouts.planning import Planning
from services.payouts.sending import Order, Sending
from services.rows import fetch_by, insert_rows, update_rows

DESCRIPTION_LENGTH_MAX = 1000


class Payouts(Service):
    """Pays the scope's account out by hand."""

    availability = part(Availability)
    due = part(Due)
    events = part(Events)
    planning = part(Planning)
    sending = part(Sending)

    def matching(self, search: PayoutSearch) -> Listing:
        """The payouts that a list shows."""
        wanted = {
            "status": search.status,
            "destination_id": search.destination,
            "currency": search.currency,
            "method": search.method,
            "automatic": search.automatic,
            "test_clock_id": search.test_clock,
        }
        return self.mine(Payout).filter(**{column: value for column, value in wanted.items() if value is not None})

    @transactional
    async def create(self, draft: PayoutDraft) -> Payout:
        """Pay out what is available, at most all of it. Event `payout.created`.

        Refuses more than is available (BALANCE_INSUFFICIENT), accounts whose payouts are switched off, and any payout
        in a currency whose default external account is ERRORED.
        """
        currency = _checked(draft)
        self.scope.gateways.for_mode(self.scope.livemode)
        at = await self.availability.named_moment(draft.test_clock)
        [account] = await fetch_by(Account, "id", [self.scope.account_id], lock=True)
        await self._refuse_errored(currency)
        if not account.payouts_enabled:
            raise DomainError(
                ErrorCode.PAYOUTS_NOT_ALLOWED,
                f"Payouts of account {account.id} are switched off; it needs {', '.join(account.requirements)}.",
            )
        destination = await self._destination(draft.destination, currency)
        _refuse_slow(destination, draft.method)
        available = await self.availability.held_available(currency, draft.test_clock)
        if draft.amount > available:
            raise DomainError(
                ErrorCode.BALANCE_INSUFFICIENT,
                f"Amount {draft.amount} exceeds the {available} {currency} that are available.",
                "amount",
            )
        order = Order(
            amount=draft.amount,
            destination=destination,
            at=at,
            test_clock_id=draft.test_clock,
            method=draft.method,
            description=draft.description,
            statement_descriptor=draft.statement_descriptor,
            metadata=merged_metadata({}, draft.metadata),
        )
        [payout] = await self.sending.send([order])
        return payout

    @transactional
    async def cancel(self, identifier: str) -> Payout:
        """Keep a payout that the bank does not have yet; its money is in the balance again. Event `payout.canceled`."""
        at = await self.availability.still_moment((await self.require(Payout, identifier)).test_clock_id)
        # Held before the payout, so that the schedule either takes this money along or leaves a plan to be made.
        await fetch_by(Account, "id", [self.scope.account_id], lock=True)
        payout = await self.lock(Payout, identifier)
        PAYOUT.refuse_unless("cancel", payout.id, PayoutStatus(payout.status))
        payout.status = PAYOUT.move(payout.id, PayoutStatus(payout.status), PayoutStatus.CANCELED)
        movement = self.sending.movement(BalanceTransactionType.PAYOUT_CANCEL, payout, payout.amount, at)
        payout.failure_balance_transaction_id = movement.id
        await insert_rows([movement])
        await update_rows([payout], ("status", "failure_balance_transaction_id"))
        await self.due.cancel(payout.id, AgendaKind.PAYOUT_SEND, AgendaKind.PAYOUT_ARRIVE)
        await self.planning.plan(payout.test_clock_id)
        self.events.record(EventType.PAYOUT_CANCELED, payout, at=at)
        return payout

    async def _refuse_errored(self, currency: str) -> None:
        """Nothing is paid out in a currency as long as its default is out of use."""
        for each in await self.mine(ExternalAccount).filter(
            currency=currency, default_for_currency=True, deleted_at=None
        ):
            _refuse_unusable(each)

    async def _destination(self, identifier: str | None, currency: str) -> ExternalAccount:
        """Where it goes: the one that is named, or the default of the currency."""
        if identifier is None:
            found = await self.mine(ExternalAccount).filter(
                currency=currency, default_for_currency=True, deleted_at=None
            )
            if not found:
                raise DomainError(
                    ErrorCode.RESOURCE_MISSING,
                    f"The account has no external account in {currency}; create one with externalAccountCreate.",
                    "destination",
                )
            return found[0]
        row = await self.require(ExternalAccount, identifier, "destination")
        if row.deleted_at is not None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"External account '{row.id}' was deleted.", "destination")
        if row.currency != currency:
            raise DomainError(
                ErrorCode.CURRENCY_MISMATCH,
                f"{row.id} takes {row.currency}, not {currency}; there is no conversion.",
                "destination",
            )
        _refuse_unusable(row)
        return row


def _refuse_unusable(row: ExternalAccount) -> None:
    if row.status == ExternalAccountStatus.ERRORED:
        raise DomainError(
            ErrorCode.BANK_ACCOUNT_UNUSABLE,
            f"A payout to {row.id} failed, and nothing is paid out in {row.currency} until another external account"
            " takes its place as the default.",
            "destination",
        )


def _refuse_slow(row: ExternalAccount, method: PayoutMethod) -> None:
    if method is PayoutMethod.INSTANT and row.type != ExternalAccountType.CARD:
        raise DomainError(
            ErrorCode.INSTANT_PAYOUTS_UNSUPPORTED,
            f"{row.id} is a bank account, which money does not reach within minutes; name a debit card, or pay out"
            " with STANDARD.",
            "method",
        )


def _checked(draft: PayoutDraft) -> str:
    """The currency; everything that is wrong with what was handed in is told together."""
    problems = Problems()
    currency = checked(problems, currency_of, draft.currency)
    if draft.amount < 1:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {draft.amount} cannot be paid out; it would have to be at least 1.",
            "amount",
        )
    checked_where_given(problems, text_within, draft.description, DESCRIPTION_LENGTH_MAX, "description")
    checked_where_given(problems, statement_descriptor, draft.statement_descriptor)
    checked(problems, merged_metadata, {}, draft.metadata)
    problems.raise_any()
    assert currency is not None
    return currency
