"""Who has a part in what subscriptions bring: named when they are made, and changed for their later invoices."""

from dataclasses import replace

from domain.drafts import UNSET, given
from domain.errors import DomainError, Problems
from domain.invoice_sharing import refuse_amounts
from domain.sharing import NOBODY, Sharing
from models import Subscription
from services.accounts.direct import DirectCharges
from services.accounts.parts import Parts
from services.base import Service, part
from services.subscriptions.drafts import SubscriptionChange, SubscriptionDraft


class SubscriptionSharing(Service):
    """Checks the parts of others; no statement where nobody has one."""

    parts = part(Parts)
    direct = part(DirectCharges)

    async def check(self, draft: SubscriptionDraft, problems: Problems) -> None:
        """Note what cannot be of the parts in a subscription to be made; what was agreed upon before stands.

        A platform makes none for an account that cannot be charged for.
        """
        if draft.agreed is not None:
            return
        if self.scope.stand.is_direct:
            try:
                await self.direct.refuse_unable()
            except DomainError as error:
                problems.add_from(error)
        if draft.sharing != NOBODY:
            await self.note(draft.sharing, problems)

    async def note(self, sharing: Sharing, problems: Problems, *param: str, agreed: Sharing = NOBODY) -> None:
        """Note what cannot be of these parts in later invoices, below `param`."""
        found = Problems()
        refuse_amounts(sharing, found)
        try:
            await self.parts.checked(sharing, agreed=agreed)
        except DomainError as error:
            found.add_from(error)
        try:
            found.raise_any()
        except DomainError as error:
            problems.add_from(error, *param)

    async def change(self, row: Subscription, change: SubscriptionChange) -> None:
        """Set what the change says (in memory); later invoices follow.

        A part can be taken away whoever has left, so that only accounts that are new are looked up.
        """
        if change.application_fee_percent is UNSET and change.transfer_data is UNSET and change.on_behalf_of is UNSET:
            return
        former = Sharing.from_json(row.sharing)
        sharing = replace(
            former,
            application_fee_percent=given(change.application_fee_percent, former.application_fee_percent),
            shares=former.shares if change.transfer_data is UNSET else change.transfer_data or (),
            on_behalf_of=given(change.on_behalf_of, former.on_behalf_of),
        )
        problems = Problems()
        await self.note(sharing, problems, agreed=former)
        problems.raise_any()
        row.sharing = sharing.as_json()
