"""Top-ups: money that an account calls in from its own bank. In the sandbox it is there at once."""

from domain.checks import checked, checked_where_given
from domain.currencies import CHARGE_AMOUNT_MAX, currency_of
from domain.descriptors import statement_descriptor
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from domain.lifecycles import TOPUP, TopupStatus
from domain.metadata import merged_metadata
from domain.texts import text_within
from models import BalanceTransaction, Topup
from services.availability import Availability
from services.base import Service, part
from services.events import Events
from services.expected_money import expect_money
from services.idempotency import transactional
from services.pages import Listing
from services.payouts.drafts import TopupDraft
from services.rows import insert_rows

TEXT_LENGTH_MAX = 1000
GROUP_LENGTH_MAX = 200


class Topups(Service):
    """Calls money in."""

    availability = part(Availability)
    events = part(Events)

    def matching(self) -> Listing:
        """The top-ups that a list shows."""
        return self.mine(Topup)

    @transactional
    async def create(self, draft: TopupDraft) -> Topup:
        """Money that is available at once. Test mode only. Events `topup.created` and `topup.succeeded`."""
        if self.scope.livemode:
            raise DomainError(
                ErrorCode.TEST_MODE_ONLY, "Top-ups exist in test mode only; use a key that begins sk_test_."
            )
        currency = _checked(draft)
        at = await self.availability.named_moment(draft.test_clock)
        topup = Topup(
            id=self.new_id(Prefix.TOPUP),
            created_at=at,
            amount=draft.amount,
            currency=currency,
            status=TopupStatus.PENDING,
            description=draft.description,
            statement_descriptor=draft.statement_descriptor,
            transfer_group=draft.transfer_group,
            test_clock_id=draft.test_clock,
            metadata=merged_metadata({}, draft.metadata),
            **self.ownership(),
        )
        self.events.record(EventType.TOPUP_CREATED, topup, at=at)
        movement = self._movement(topup)
        topup.status = TOPUP.move(topup.id, TopupStatus.PENDING, TopupStatus.SUCCEEDED)
        topup.balance_transaction_id = movement.id
        await insert_rows([topup])
        await insert_rows([movement])
        await expect_money(self.scope, [movement])
        self.events.record(EventType.TOPUP_SUCCEEDED, topup, at=at)
        return topup

    def _movement(self, topup: Topup) -> BalanceTransaction:
        return BalanceTransaction.made(
            id=self.new_id(Prefix.BALANCE_TRANSACTION),
            created_at=topup.created_at,
            type=BalanceTransactionType.TOPUP,
            amount=topup.amount,
            fee=0,
            net=topup.amount,
            currency=topup.currency,
            source_id=topup.id,
            description=topup.description,
            available_at=topup.created_at,
            test_clock_id=topup.test_clock_id,
            **self.ownership(),
        )


def _checked(draft: TopupDraft) -> str:
    """The currency; everything that is wrong with what was handed in is told together."""
    problems = Problems()
    currency = checked(problems, currency_of, draft.currency)
    if not 1 <= draft.amount <= CHARGE_AMOUNT_MAX:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Amount {draft.amount} cannot be called in; it would have to be from 1 to {CHARGE_AMOUNT_MAX}.",
            "amount",
        )
    checked_where_given(problems, text_within, draft.description, TEXT_LENGTH_MAX, "description")
    checked_where_given(problems, text_within, draft.transfer_group, GROUP_LENGTH_MAX, "transferGroup")
    checked_where_given(problems, statement_descriptor, draft.statement_descriptor)
    checked(problems, merged_metadata, {}, draft.metadata)
    problems.raise_any()
    assert currency is not None
    return currency
