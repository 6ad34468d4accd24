"""Who owes the tax that is worked out: the account that charges, or one that is connected to it."""

from domain.errors import DomainError, ErrorCode, Problems
from domain.taxes import AutomaticTaxDraft, liability_problem
from services.accounts.parts import Parts
from services.base import Service, part

_PARAM = ("automaticTax", "liability")


class TaxLiabilities(Service):
    """Checks who is to owe tax."""

    parts = part(Parts)

    async def check(self, draft: AutomaticTaxDraft | None, problems: Problems) -> None:
        """Note what is wrong with who is to owe the tax. No statement where that is whoever charges."""
        if draft is None or draft.liability is None:
            return
        problem = liability_problem(draft.liability, _PARAM)
        if problem is not None:
            problems.add(problem.code, problem.message, *problem.param)
            return
        if draft.liable is None:
            return
        where = (*_PARAM, "account")
        if not self.scope.stand.is_platform:
            message = "Only a platform lets another account owe its tax; leave out the liability."
            problems.add(ErrorCode.PLATFORM_ACCOUNT_REQUIRED, message, *where)
        elif draft.liable == self.scope.account_id:
            message = f"{draft.liable} is the one that charges; say SELF."
            problems.add(ErrorCode.PARAMETER_INVALID, message, *where)
        elif draft.liable not in await self.parts.connected([draft.liable]):
            message = f"No such account: '{draft.liable}', or it is not connected to this one."
            problems.add(ErrorCode.RESOURCE_MISSING, message, *where)

    async def refuse_unfit(self, draft: AutomaticTaxDraft | None) -> None:
        """As `check`, raised."""
        problems = Problems()
        await self.check(draft, problems)
        problems.raise_any()


def refuse_late(before: str | None, draft: AutomaticTaxDraft, latest_invoice_id: str | None) -> None:
    """Refuse another liability of a subscription that was invoiced: it is decided before the first invoice."""
    if draft.liability is not None and draft.liable != before and latest_invoice_id is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"Who owes the tax is decided before the first invoice, and {latest_invoice_id} was made; begin another"
            " subscription instead.",
            _PARAM,
        )
