"""The demo: a photo host that sells storage by the month, and connects a studio that sells for itself.

Its three roles: a customer of the photo host, a customer of the studio, and the studio as a customer of the photo host.
"""

from dataclasses import dataclass, replace
from typing import Final

from domain.accounts import AccountType
from domain.periods import Interval
from models import Account
from prorata.house import House
from services import reactions
from services.accounts import AccountDraft, Accounts, AccountSearch
from services.accounts.drafts import BusinessProfileChange
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
_STUDIO: Final = "studio@example.com"
_PRINTS: Final = _Plan("prints_monthly", "Prints", "Twelve prints a month.", 9_00)
_STUDIO_CUSTOMER: Final = CustomerDraft(name="Ravi Patel", email="ravi.patel@example.com")
_STUDIO_AS_CUSTOMER: Final = CustomerDraft(name="Ada's Studio", email=_STUDIO)


async def seeded(house: House, platform: Account) -> int:
    """Add what is missing of the demo in test mode; how many things were added. A repetition adds nothing."""
    reactions.connect()
    scope = house.scope(platform)
    added = [await _plan(scope, plan) for plan in _PLANS]
    added.append(await _customer(scope, _CUSTOMER))
    account, is_new = await _studio(scope)
    acting = replace(scope, account_id=account.id, application_id=platform.id)
    added += [
        is_new,
        await _customer(scope, replace(_STUDIO_AS_CUSTOMER, represents_account=account.id)),
        await _plan(acting, _PRINTS),
        await _customer(acting, _STUDIO_CUSTOMER),
    ]
    return sum(added)


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


async def _customer(scope: Scope, draft: CustomerDraft) -> bool:
    """Whether the customer had to be made."""
    customers = Customers(scope)

    async def body() -> bool:
        if await customers.matching(CustomerFilter(email=draft.email)).exists():
            return False
        await customers.create(draft)
        return True

    return await in_transaction(body)


async def _studio(scope: Scope) -> tuple[Account, bool]:
    """The connected account, which can be charged for and paid out, and whether it had to be made."""
    accounts = Accounts(scope)

    async def body() -> tuple[Account, bool]:
        known = await accounts.matching(AccountSearch(email=_STUDIO)).first()
        if known is not None:
            return known, False
        draft = AccountDraft(
            type=AccountType.EXPRESS,
            email=_STUDIO,
            business_profile=BusinessProfileChange(name="Ada's Studio"),
        )
        made = await accounts.create(draft)
        return await accounts.onboard(made.id), True

    return await in_transaction(body)
