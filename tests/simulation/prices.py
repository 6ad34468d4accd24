"""The prices of the simulation, one of every model, and what each line owes to its price."""

import random
from decimal import Decimal
from typing import Final

from domain.calculations import TRIAL, Calculation
from domain.periods import Interval
from domain.pricing import BillingScheme, PackageRounding, Rates, TiersMode
from models import InvoiceLine, Price, Subscription, SubscriptionItem
from services.catalog import (
    AmountTerms,
    CustomAmountDraft,
    PackagingDraft,
    PriceDraft,
    Prices,
    PriceTerms,
    ProductDraft,
    Recurring,
    TierDraft,
)
from services.catalog.rates import rates_of
from services.scope import Scope

_TIERS: Final = (TierDraft(up_to=1, unit_amount=1200), TierDraft(unit_amount_decimal=Decimal("999.5"), flat_amount=70))
_TERMS: Final = (
    *(PriceTerms(currency="usd", unit_amount=amount) for amount in (1500, 999, 30, 0, 2500, 12000)),
    PriceTerms(currency="eur", unit_amount=123456),
    PriceTerms(currency="jpy", unit_amount=700),
    PriceTerms(currency="usd", unit_amount_decimal=Decimal("333.333333333333")),
    PriceTerms(
        currency="usd", unit_amount=450, transform_quantity=PackagingDraft(divide_by=2, round=PackageRounding.UP)
    ),
    PriceTerms(
        currency="usd", billing_scheme=BillingScheme.TIERED, tiers_mode=TiersMode.GRADUATED, tiers=_TIERS
    ),
    PriceTerms(currency="usd", billing_scheme=BillingScheme.TIERED, tiers_mode=TiersMode.VOLUME, tiers=_TIERS),
    PriceTerms(
        currency="usd", unit_amount=2100, currency_options=(AmountTerms(currency="eur", unit_amount=1900),)
    ),
    PriceTerms(
        currency="usd",
        custom_unit_amount=CustomAmountDraft(minimum=100, maximum=9000, preset=700),
        currency_options=(
            AmountTerms(currency="eur", custom_unit_amount=CustomAmountDraft(minimum=200, preset=650)),
        ),
    ),
)  # fmt: skip


async def catalogue(scope: Scope, dice: random.Random) -> list[str]:
    """The ids of recurring prices, at intervals that fall to them by chance."""
    prices = []
    for number, terms in enumerate(_TERMS):
        draft = PriceDraft(
            currency=terms.currency,
            unit_amount=terms.unit_amount,
            unit_amount_decimal=terms.unit_amount_decimal,
            billing_scheme=terms.billing_scheme,
            tiers_mode=terms.tiers_mode,
            tiers=terms.tiers,
            transform_quantity=terms.transform_quantity,
            custom_unit_amount=terms.custom_unit_amount,
            currency_options=terms.currency_options,
            recurring=Recurring(dice.choice((Interval.WEEK, Interval.MONTH, Interval.MONTH, Interval.YEAR))),
            product_data=ProductDraft(name=f"Plan {number}"),
        )
        prices.append((await Prices(scope).create(draft)).id)
    return prices


async def check_calculations() -> None:
    """Every line of a price comes of what its quantity costs, and explains itself."""
    prices = {price.id: price for price in await Price.all()}
    for line in await InvoiceLine.all():
        calculation = Calculation.from_json(line.calculation)
        assert calculation.amount == line.amount and calculation.explanation(), line.id
        if line.price_id is not None and calculation.method != TRIAL:
            rates = rates_of(prices[line.price_id], line.currency)
            if rates.is_chosen:
                rates = Rates(Decimal(str(line.unit_amount_decimal)))
            if calculation.late or (prices[line.price_id].meter_id is not None and calculation.unit_amount == "0"):
                continue  # what came late of times that were billed, and what was used in a trial
            cost = rates.cost_of(calculation.quantity)
            assert (Decimal(calculation.exact), calculation.steps) == (cost.exact, cost.steps), line.id


async def check_agreed_amounts() -> None:
    """Every item has a price that is offered in its subscription's currency, and an amount where that lets choose."""
    prices = {price.id: price for price in await Price.all()}
    currencies = {row.id: row.currency for row in await Subscription.all()}
    for item in await SubscriptionItem.all():
        rates = rates_of(prices[item.price_id], currencies[item.subscription_id])
        assert rates.is_chosen == (item.unit_amount is not None), item.id
