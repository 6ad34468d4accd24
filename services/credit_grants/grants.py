"""Credit grants: made, changed, expired and voided. Whoever does so holds the customer first."""

from collections.abc import Sequence
from datetime import datetime

from domain.agenda import AgendaKind
from domain.checks import checked, checked_where_given
from domain.credit_grants import (
    GRANTS_MAX,
    NAME_LENGTH_MAX,
    PRICES_MAX,
    CreditCause,
    DebitCause,
    checked_amount,
    checked_expiry,
    checked_priority,
)
from domain.currencies import currency_of
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.lifecycles import CREDIT_GRANT, CreditGrantStatus
from domain.metadata import merged_metadata
from domain.texts import required_text
from models import AgendaEntry, CreditBalanceTransaction, CreditGrant, Customer, Price
from services.base import Service, part
from services.credit_grants.drafts import (
    CreditBalanceTransactionSearch,
    CreditGrantChange,
    CreditGrantDraft,
    CreditGrantSearch,
    CreditScopeDraft,
)
from services.credit_grants.journal import CreditJournal
from services.due import Due
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows

_SCOPE = ("applicabilityConfig", "scope")


class CreditGrants(Service):
    """Prepaid credit of customers."""

    events = part(Events)
    due = part(Due)
    journal = part(CreditJournal)

    def matching(self, wanted: CreditGrantSearch) -> Listing:
        """The grants that a list shows."""
        found = self.mine(CreditGrant)
        return found if wanted.customer is None else found.filter(customer_id=wanted.customer)

    def transactions(self, wanted: CreditBalanceTransactionSearch) -> Listing:
        """The lines of journals that a list shows."""
        equal = {"customer_id": wanted.customer, "credit_grant_id": wanted.credit_grant}
        known = {name: value for name, value in equal.items() if value is not None}
        return self.mine(CreditBalanceTransaction).filter(**known)

    @transactional
    async def create(self, draft: CreditGrantDraft) -> CreditGrant:
        """New credit. Events `billing.credit_grant.created` and `billing.credit_balance_transaction.created`."""
        customer = await self.lock(Customer, draft.customer, "customer")
        if customer.deleted_at is not None:
            message = f"Customer {customer.id} was deleted and can be granted nothing."
            raise DomainError(ErrorCode.RESOURCE_MISSING, message, "customer")
        at = await self.present(customer.test_clock_id)
        row = await self._made(draft, customer, at)
        await insert_rows([row])
        if row.expires_at is not None:
            await self.due.schedule(
                AgendaKind.CREDIT_GRANT_EXPIRE, row.id, row.expires_at, test_clock_id=row.test_clock_id
            )
        customer.has_credit_grants = True
        await update_rows([customer], ["has_credit_grants"])
        self.events.record(EventType.BILLING_CREDIT_GRANT_CREATED, row, at=at)
        granted = CreditCause.CREDITS_GRANTED
        await self.journal.write([self.journal.line(row, granted, row.amount, at, effective_at=row.effective_at)])
        return row

    @transactional
    async def update(self, change: CreditGrantChange) -> CreditGrant:
        """Change when credit expires, or its labels. Event `billing.credit_grant.updated` when anything differs."""
        row, at = await self._held(change.id)
        before = self.events.snapshot(row)
        if change.expires_at is not UNSET and change.expires_at != row.expires_at:
            CREDIT_GRANT.refuse_unless(
                "change the expiry of", row.id, CreditGrantStatus(row.status), allowed=(CreditGrantStatus.GRANTED,)
            )
            await self._expire_at(row, change.expires_at, at)
        row.metadata = merged_metadata(row.metadata, change.metadata)
        if self.events.snapshot(row) != before:
            await self._store(row, before, at)
        return row

    @transactional
    async def expire(self, identifier: str) -> CreditGrant:
        """What is left is lost now. Event `billing.credit_grant.updated`."""
        row, at = await self._held(identifier)
        CREDIT_GRANT.refuse_unless("expire", row.id, CreditGrantStatus(row.status))
        before = self.events.snapshot(row)
        await self._end([row], DebitCause.CREDITS_EXPIRED, CreditGrantStatus.EXPIRED, at)
        row.expires_at = at
        await self._store(row, before, at)
        return row

    @transactional
    async def void(self, identifier: str) -> CreditGrant:
        """As if it had never been granted; refused once something of it was used. Event as `expire`."""
        row, at = await self._held(identifier)
        CREDIT_GRANT.refuse_unless("void", row.id, CreditGrantStatus(row.status))
        left = (await self.journal.left_of([row]))[row.id]
        if left != row.amount:
            raise DomainError(
                ErrorCode.CREDIT_GRANT_UNEXPECTED_STATE,
                f"Of credit grant {row.id}, {row.amount - left} of {row.amount} {row.currency} were used; expire it.",
                "id",
            )
        before = self.events.snapshot(row)
        await self._end([row], DebitCause.CREDITS_VOIDED, CreditGrantStatus.VOIDED, at)
        row.voided_at = at
        await self._store(row, before, at)
        return row

    async def expire_due(self, entries: Sequence[AgendaEntry]) -> None:
        """The agenda's CREDIT_GRANT_EXPIRE: what is left of these grants is lost."""
        ids = [entry.subject_id for entry in entries]
        known = await self.gather(CreditGrant, "id", ids)
        await self.gather(Customer, "id", {row.customer_id for row in known}, lock=True)
        rows = await self.gather(CreditGrant, "id", ids, order=("id",))
        presents = await self.presents(row.test_clock_id for row in rows)
        for at in sorted({presents[row.test_clock_id] for row in rows}):
            ending = [
                row
                for row in rows
                if presents[row.test_clock_id] == at
                and row.status == CreditGrantStatus.GRANTED
                and row.expires_at is not None
                and row.expires_at <= at
            ]
            await self._end(ending, DebitCause.CREDITS_EXPIRED, CreditGrantStatus.EXPIRED, at)

    async def _held(self, identifier: str) -> tuple[CreditGrant, datetime]:
        """The grant and its now; its customer is held, who is asked for first."""
        known = await self.require(CreditGrant, identifier)
        await self.lock(Customer, known.customer_id)
        at = await self.present(known.test_clock_id)
        return await self.lock(CreditGrant, identifier), at

    async def _made(self, draft: CreditGrantDraft, customer: Customer, at: datetime) -> CreditGrant:
        """The new grant, not stored; everything that is wrong with it is reported together."""
        problems = Problems()
        money, scope = draft.amount.monetary, draft.applicability_config.scope
        effective_at = draft.effective_at or at
        row = CreditGrant.made(
            id=self.new_id(Prefix.CREDIT_GRANT),
            created_at=at,
            updated_at=at,
            customer_id=customer.id,
            status=CreditGrantStatus.GRANTED,
            name=checked_where_given(problems, required_text, draft.name, NAME_LENGTH_MAX, "name"),
            category=draft.category,
            amount=checked(problems, checked_amount, money.value),
            currency=checked(problems, currency_of, money.currency, ("amount", "monetary", "currency")),
            price_type=scope.price_type,
            prices=list(scope.prices or ()),
            priority=checked(problems, checked_priority, draft.priority),
            effective_at=effective_at,
            expires_at=checked_where_given(problems, checked_expiry, draft.expires_at, effective_at, at),
            metadata=checked(problems, merged_metadata, {}, draft.metadata),
            test_clock_id=customer.test_clock_id,
            **self.ownership(),
        )
        await self._check_scope(problems, scope)
        funds = (await self.journal.funds_of([customer.id]))[customer.id]
        if len(funds) >= GRANTS_MAX:
            problems.add(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"Customer {customer.id} has {len(funds)} credit grants with something left; let one expire first.",
                "customer",
            )
        problems.raise_any()
        return row

    async def _check_scope(self, problems: Problems, scope: CreditScopeDraft) -> None:
        """It is for a kind of prices or for named ones, which there are."""
        named = scope.prices or ()
        if (scope.price_type is None) == (not named):
            code = ErrorCode.PARAMETERS_EXCLUSIVE if named else ErrorCode.PARAMETER_MISSING
            problems.add(code, "Say what the credit is for: give `priceType` or `prices`, one of them.", *_SCOPE)
        if len(named) > PRICES_MAX:
            text = f"{len(named)} prices were named; there may be {PRICES_MAX}."
            problems.add(ErrorCode.PARAMETER_LIST_TOO_LONG, text, *_SCOPE, "prices")
            return
        known = {price.id for price in await self.gather(Price, "id", named)}
        for index, identifier in enumerate(named):
            if identifier not in known:
                text = f"No such price: '{identifier}'."
                problems.add(ErrorCode.RESOURCE_MISSING, text, *_SCOPE, "prices", str(index))

    async def _expire_at(self, row: CreditGrant, expires_at: datetime | None, at: datetime) -> None:
        await self.due.cancel(row.id, AgendaKind.CREDIT_GRANT_EXPIRE)
        row.expires_at = None
        if expires_at is not None:
            row.expires_at = checked_expiry(expires_at, row.effective_at, at)
            kind = AgendaKind.CREDIT_GRANT_EXPIRE
            await self.due.schedule(kind, row.id, expires_at, test_clock_id=row.test_clock_id)

    async def _end(
        self, rows: Sequence[CreditGrant], cause: DebitCause, status: CreditGrantStatus, at: datetime
    ) -> None:
        """Nothing is left of these grants any more."""
        left = await self.journal.left_of(rows)
        await self.due.cancel_all((AgendaKind.CREDIT_GRANT_EXPIRE, row.id) for row in rows)
        for row in rows:
            row.status = CREDIT_GRANT.move(row.id, CreditGrantStatus(row.status), status)
        await update_rows(rows, ["status"])
        await self.journal.write([self.journal.line(row, cause, -left[row.id], at) for row in rows if left[row.id]])

    async def _store(self, row: CreditGrant, before: dict[str, object], at: datetime) -> None:
        row.updated_at = at
        await update_rows([row], ["expires_at", "voided_at", "metadata", "updated_at"])
        self.events.record(EventType.BILLING_CREDIT_GRANT_UPDATED, row, at=at, before=before)
