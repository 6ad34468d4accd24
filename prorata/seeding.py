"""The demo: a photo host that sells storage by the month to one customer."""

from dataclasses import dataclass
from typing import Final

from domain.periods import Interval
from models import Account
from prorata.house import House
from services import reactions
from services.catalog import PriceDraft, PriceFilter, Prices, ProductDraft, Recurring
from services.customers import CustomerDraft, CustomerFilter, Customers
from services.scope import Scope
from services.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class _Plan:
    lookup_key: str
    name: str
    description: str
    unit_amount: int
    """Cents a month."""


_PLANS: Final = (
    _Plan("basic_monthly", "Basic", "100 GB of photos.", 15_00),
    _Plan("premium_monthly", "Premium", "1 TB of photos and videos.", 25_00),
)
_CUSTOMER: Final = CustomerDraft(name="Jenny Rosen", email="jenny.rosen@example.com")


async def seeded(house: House, platform: Account) -> int:
    """Add what is missing of the demo in test mode; how many things were added. A repetition adds nothing."""
    reactions.connect()
    scope = house.scope(platform)
    added = [await _plan(scope, plan) for plan in _PLANS]
    return sum([*added, await _customer(scope)])


async def _plan(scope: Scope, plan: _Plan) -> bool:
    """Whether the plan's product and price had to be made."""
    prices = Prices(scope)

    async def body() -> bool:
        if await prices.matching(PriceFilter(lookup_keys=[plan.lookup_key])).exists():
            return False
        product = ProductDraft(name=plan.name, description=plan.description)
        await prices.create(
            PriceDraft(
                product_data=product,
                currency="usd",
                unit_amount=plan.unit_amount,
                recurring=Recurring(Interval.MONTH),
                lookup_key=plan.lookup_key,
            )
        )
        return True

    return await in_transaction(body)


async def _customer(scope: Scope) -> bool:
    """Whether the customer had to be made."""
    customers = Customers(scope)

    async def body() -> bool:
        if await customers.matching(CustomerFilter(email=_CUSTOMER.email)).exists():
            return False
        await customers.create(_CUSTOMER)
        return True

    return await in_transaction(body)
