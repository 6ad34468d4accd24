"""Who else is to have a part in a payment, as it is asked for."""

from dataclasses import replace

from domain.drafts import UNSET, given
from domain.errors import DomainError, ErrorCode, Problems
from domain.settlement import GROUP_LENGTH_MAX, refuse_beyond
from domain.sharing import NOBODY, Sharing
from domain.texts import text_within
from models import Charge, PaymentIntent
from services.accounts.parts import Parts
from services.base import Service, part
from services.payments.drafts import NewPaymentIntent, PaymentIntentChange
from services.rows import update_rows


class SharedPayments(Service):
    """Checks what is asked of the parts in a payment."""

    parts = part(Parts)

    async def wanted(self, draft: NewPaymentIntent) -> Sharing:
        """The parts in a new payment; all problems of them together. No statement where nobody has one."""
        if draft.transfer_group is not None:
            text_within(draft.transfer_group, GROUP_LENGTH_MAX, "transferGroup")
        sharing = Sharing(
            application_fee_amount=draft.application_fee_amount,
            shares=draft.transfer_data,
            on_behalf_of=draft.on_behalf_of,
        )
        await self._refuse(sharing, draft.amount)
        return sharing

    async def changed(self, intent: PaymentIntent, change: PaymentIntentChange) -> tuple[str, ...]:
        """The columns of the intent that a change sets, which is changed in memory and has its new amount already."""
        asked = (change.application_fee_amount, change.transfer_data, change.transfer_group)
        if all(each is UNSET for each in asked):
            if intent.sharing is not None:
                self._refuse_beyond(Sharing.from_json(intent.sharing), intent.amount)
            return ()
        if intent.invoice_id is not None:
            raise DomainError(
                ErrorCode.PAYMENT_INTENT_UNEXPECTED_STATE,
                f"Who has a part in {intent.id} is said by invoice {intent.invoice_id} and cannot be changed here.",
                "applicationFeeAmount" if change.application_fee_amount is not UNSET else "transferData",
            )
        if change.application_fee_amount is not UNSET:
            self._refuse_foreign_fee(intent)
        before = Sharing.from_json(intent.sharing)
        sharing = Sharing(
            application_fee_amount=given(change.application_fee_amount, before.application_fee_amount),
            shares=before.shares if change.transfer_data is UNSET else change.transfer_data or (),
            on_behalf_of=before.on_behalf_of,
        )
        await self._refuse(sharing, intent.amount)
        group = given(change.transfer_group, intent.transfer_group)
        if group is not None:
            text_within(group, GROUP_LENGTH_MAX, "transferGroup")
        intent.sharing, intent.transfer_group = sharing.as_json(), group
        return ("sharing", "transfer_group")

    async def capture(self, intent: PaymentIntent, charge: Charge, fee: int | None) -> None:
        """Write the fee that a capture gives anew, on both; nothing where it gives none."""
        if fee is None:
            return
        self._refuse_foreign_fee(intent)
        sharing = replace(Sharing.from_json(intent.sharing), application_fee_amount=fee)
        await self._refuse(sharing, intent.amount)
        intent.sharing = charge.sharing = sharing.as_json()
        await update_rows([intent], ("sharing",))
        await update_rows([charge], ("sharing",))

    async def refuse_gone(self, intent: PaymentIntent) -> None:
        """Refuse to charge on behalf of an account that has left; no statement where nobody else sells."""
        seller = Sharing.from_json(intent.sharing).on_behalf_of
        if seller is not None and seller not in await self.parts.connected([seller]):
            where = "" if intent.invoice_id is None else f" clear onBehalfOf and transferData of {intent.invoice_id},"
            raise DomainError(
                ErrorCode.ACCOUNT_INVALID,
                f"{intent.id} is on behalf of {seller}, which is not connected any more. Let that account reconnect,"
                f"{where} or cancel {intent.id} and ask for another payment.",
                "id",
            )

    def _refuse_foreign_fee(self, intent: PaymentIntent) -> None:
        """Neither side says what a platform keeps of a payment that the other one asked for."""
        stand = self.scope.stand
        if intent.application_id == stand.application_id:
            return
        if stand.is_direct:
            raise DomainError(
                ErrorCode.APPLICATION_NOT_MAKER,
                f"Payment intent {intent.id} was not made by {stand.application_id} for {stand.account_id}, so that it"
                " can take no fee of it; it can of a payment intent that it made.",
                "applicationFeeAmount",
            )
        raise DomainError(
            ErrorCode.APPLICATION_FEES_NOT_ALLOWED,
            f"Payment intent {intent.id} was made by the platform; only that one can change its fee.",
            "applicationFeeAmount",
        )

    async def _refuse(self, sharing: Sharing, total: int) -> None:
        if sharing == NOBODY:
            return
        problems = Problems()
        refuse_beyond(sharing, total, problems)
        try:
            await self.parts.checked(sharing)
        except DomainError as error:
            problems.add_from(error)
        problems.raise_any()

    def _refuse_beyond(self, sharing: Sharing, total: int) -> None:
        problems = Problems()
        refuse_beyond(sharing, total, problems)
        problems.raise_any()
