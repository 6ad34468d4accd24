"""What is left of a customer's prepaid credit."""

from collections.abc import Callable

from domain.credit_grants import CreditPriceType
from models import CreditGrant, Customer, Price
from services.base import Service, part
from services.credit_grants.drafts import CreditBalance, CreditBalanceFilter, CreditBalanceSummary, CreditScopeDraft
from services.credit_grants.journal import CreditJournal, Fund


class CreditBalances(Service):
    """Sums over the journals of a customer's grants."""

    journal = part(CreditJournal)

    async def summary(self, customer_id: str, wanted: CreditBalanceFilter) -> CreditBalanceSummary | None:
        """By currency of the grants, what is left of them and what can be drawn now; None without the customer."""
        customer = await self.find(Customer, customer_id)
        if customer is None:
            return None
        at = (await self.presents([customer.test_clock_id]))[customer.test_clock_id]
        funds = {fund.row.id: fund for fund in (await self.journal.funds_of([customer_id]))[customer_id]}
        grants = await self.gather(CreditGrant, "customer_id", [customer_id], order=("id",))
        if wanted.credit_grant is not None:
            grants = [grant for grant in grants if grant.id == wanted.credit_grant]
        if wanted.applicability_scope is not None:
            applying = await self._applying(wanted.applicability_scope)
            grants = [grant for grant in grants if applying(grant)]
        found = [funds[grant.id] for grant in grants if grant.id in funds]
        currencies = dict.fromkeys(grant.currency for grant in grants)
        return CreditBalanceSummary(
            customer_id,
            [
                CreditBalance(
                    currency,
                    available=sum(_left(fund, currency) for fund in found if fund.term.covers(at)),
                    ledger=sum(_left(fund, currency) for fund in found),
                )
                for currency in currencies
            ],
        )

    async def _applying(self, scope: CreditScopeDraft) -> Callable[[CreditGrant], bool]:
        """Whether a grant is for this kind of prices, or for any of these prices."""
        named = set(scope.prices or ())
        if scope.price_type is not None:
            return lambda grant: grant.price_type == scope.price_type
        metered = any(price.usage_type == CreditPriceType.METERED for price in await self.gather(Price, "id", named))
        return lambda grant: (
            not named.isdisjoint(grant.prices) or (metered and grant.price_type == CreditPriceType.METERED)
        )


def _left(fund: Fund, currency: str) -> int:
    return fund.left if fund.row.currency == currency else 0
