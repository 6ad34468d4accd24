"""Prices with tiers and packages: what may be made, what is refused, and how they are shown."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from domain.errors import DomainError
from domain.kinds import UsageType
from domain.periods import Interval
from domain.pricing import BillingScheme, PackageRounding, TiersMode
from models import Event, Price
from services.catalog import (
    AmountTerms,
    CustomAmountDraft,
    PackagingDraft,
    PriceDraft,
    Prices,
    ProductDraft,
    Recurring,
    TierDraft,
)
from services.scope import Scope
from tests.features.scopes import founded_scope

MONTHLY = Recurring(Interval.MONTH)
GIFT = ProductDraft(name="Gift")
OPEN = TierDraft(unit_amount=50)


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def refused(scope: Scope, draft: PriceDraft) -> list[tuple[str, str]]:
    """Code and path of each problem; nothing was made."""
    with pytest.raises(DomainError) as raised:
        await Prices(scope).create(draft)
    assert (await Price.all().count(), await Event.all().count()) == (0, 0)
    return [(problem.code.name, ".".join(problem.param)) for problem in raised.value.problems]


def tiered(*tiers: TierDraft, mode: TiersMode | None = TiersMode.VOLUME) -> PriceDraft:
    """A monthly price with these tiers."""
    scheme = BillingScheme.TIERED
    return PriceDraft(
        product_data=GIFT, currency="usd", recurring=MONTHLY, billing_scheme=scheme, tiers_mode=mode, tiers=tiers
    )


async def test_tiered_price_is_kept_as_it_was_given(scope: Scope) -> None:
    first = TierDraft(up_to=10, unit_amount=100, flat_amount_decimal=Decimal("0.50"))
    price = await Prices(scope).create(tiered(first, OPEN, mode=TiersMode.GRADUATED))
    stored = await Price.get(id=price.id)
    assert (stored.billing_scheme, stored.tiers_mode, stored.usage_type) == ("tiered", "graduated", "licensed")
    assert (stored.unit_amount, stored.unit_amount_decimal) == (None, None)
    assert stored.tiers == [
        {"up_to": 10, "unit_amount_decimal": "100", "flat_amount_decimal": "0.5"},
        {"up_to": None, "unit_amount_decimal": "50", "flat_amount_decimal": None},
    ]
    told = await Event.get(type="price.created")
    assert told.data["tiers"][0] == {
        "flat_amount": None,
        "flat_amount_decimal": "0.5",
        "unit_amount": 100,
        "unit_amount_decimal": "100",
        "up_to": 10,
    }


@pytest.mark.parametrize(
    ("tiers", "problems"),
    [
        ((), [("PARAMETER_MISSING", "tiers")]),
        ((TierDraft(up_to=5, unit_amount=1),), [("PARAMETER_INVALID", "tiers.0.upTo")]),
        ((OPEN, OPEN), [("PARAMETER_MISSING", "tiers.0.upTo")]),
        ((TierDraft(up_to=0, unit_amount=1), OPEN), [("PARAMETER_INVALID_INTEGER", "tiers.0.upTo")]),
        (
            (TierDraft(up_to=5, unit_amount=1), TierDraft(up_to=5, unit_amount=1), OPEN),
            [("PARAMETER_INVALID_INTEGER", "tiers.1.upTo")],
        ),
        ((TierDraft(up_to=5), OPEN), [("PARAMETER_MISSING", "tiers.0.unitAmount")]),
        ((TierDraft(unit_amount=-1),), [("PARAMETER_INVALID_INTEGER", "tiers.0.unitAmount")]),
        (
            (TierDraft(flat_amount=1, flat_amount_decimal=Decimal(1)),),
            [("PARAMETERS_EXCLUSIVE", "tiers.0.flatAmount")],
        ),
        (
            (TierDraft(flat_amount_decimal=Decimal("0.0000000000001")),),
            [("PARAMETER_INVALID", "tiers.0.flatAmountDecimal")],
        ),
        (
            (TierDraft(unit_amount=-1), TierDraft(up_to=3)),
            [
                ("PARAMETER_MISSING", "tiers.0.upTo"),
                ("PARAMETER_INVALID_INTEGER", "tiers.0.unitAmount"),
                ("PARAMETER_INVALID", "tiers.1.upTo"),
                ("PARAMETER_MISSING", "tiers.1.unitAmount"),
            ],
        ),
        (tuple(TierDraft(up_to=end, unit_amount=1) for end in range(1, 102)), [("PARAMETER_LIST_TOO_LONG", "tiers")]),
    ],
)
async def test_unsound_tiers_are_refused(
    scope: Scope, tiers: Sequence[TierDraft], problems: list[tuple[str, str]]
) -> None:
    assert await refused(scope, tiered(*tiers)) == problems


async def test_what_does_not_go_together_is_refused_all_at_once(scope: Scope) -> None:
    packages = PackagingDraft(divide_by=0, round=PackageRounding.UP)
    draft = PriceDraft(
        product_data=GIFT, currency="usd", unit_amount=5, billing_scheme=BillingScheme.TIERED, tiers=(OPEN,),
        transform_quantity=packages, custom_unit_amount=CustomAmountDraft(),
    )  # fmt: skip
    assert await refused(scope, draft) == [
        ("PARAMETER_MISSING", "tiersMode"),
        ("PARAMETERS_EXCLUSIVE", "transformQuantity"),
        ("PARAMETER_INVALID_INTEGER", "transformQuantity.divideBy"),
        ("PARAMETERS_EXCLUSIVE", "unitAmount"),
        ("PARAMETERS_EXCLUSIVE", "customUnitAmount"),
    ]
    untold = PriceDraft(product_data=GIFT, currency="usd", unit_amount=5, tiers=(OPEN,))
    assert await refused(scope, untold) == [("PARAMETER_INVALID", "billingScheme")]


async def test_use_has_a_meter_and_nothing_else_has(scope: Scope) -> None:
    metered = Recurring(Interval.MONTH, usage_type=UsageType.METERED)
    licensed = Recurring(Interval.MONTH, meter="mtr_1")
    for recurring in (metered, licensed):
        draft = PriceDraft(product_data=GIFT, currency="usd", unit_amount=5, recurring=recurring)
        assert {path for _, path in await refused(scope, draft)} == {"recurring.meter"}


@pytest.mark.parametrize(
    ("bounds", "problems"),
    [
        (CustomAmountDraft(minimum=49), [("PARAMETER_INVALID_INTEGER", "customUnitAmount.minimum")]),
        (CustomAmountDraft(maximum=10**8), [("PARAMETER_INVALID_INTEGER", "customUnitAmount.maximum")]),
        (CustomAmountDraft(minimum=500, preset=499), [("PARAMETER_INVALID_INTEGER", "customUnitAmount.preset")]),
        (CustomAmountDraft(maximum=500, preset=501), [("PARAMETER_INVALID_INTEGER", "customUnitAmount.preset")]),
        (CustomAmountDraft(minimum=501, maximum=500), [("PARAMETER_INVALID", "customUnitAmount.minimum")]),
    ],
)
async def test_what_a_customer_may_choose_can_be_charged(
    scope: Scope, bounds: CustomAmountDraft, problems: list[tuple[str, str]]
) -> None:
    draft = PriceDraft(product_data=GIFT, currency="usd", custom_unit_amount=bounds)
    assert await refused(scope, draft) == problems


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ([AmountTerms(currency="usd", unit_amount=1)], [("PARAMETER_INVALID", "currencyOptions.0.currency")]),
        (
            [AmountTerms(currency="eur", unit_amount=1), AmountTerms(currency="EUR", unit_amount=1)],
            [("PARAMETER_INVALID", "currencyOptions.1.currency")],
        ),
        ([AmountTerms(currency="xxx", unit_amount=1)], [("CURRENCY_INVALID", "currencyOptions.0.currency")]),
        ([AmountTerms(currency="eur")], [("PARAMETER_MISSING", "currencyOptions.0.unitAmount")]),
        (
            [AmountTerms(currency="eur", unit_amount=1, tiers=(OPEN,))],
            [("PARAMETERS_EXCLUSIVE", "currencyOptions.0")],
        ),
    ],
)
async def test_other_currencies_are_said_as_the_own_one(
    scope: Scope, options: list[AmountTerms], problems: list[tuple[str, str]]
) -> None:
    draft = PriceDraft(product_data=GIFT, currency="usd", unit_amount=100, currency_options=options)
    assert await refused(scope, draft) == problems


async def test_price_in_packages_is_kept_as_it_was_given(scope: Scope) -> None:
    packages = PackagingDraft(divide_by=100, round=PackageRounding.DOWN)
    draft = PriceDraft(product_data=GIFT, currency="usd", unit_amount=500, transform_quantity=packages)
    stored = await Price.get(id=(await Prices(scope).create(draft)).id)
    assert (stored.unit_amount, stored.transform_quantity) == (500, {"divide_by": 100, "round": "down"})
    assert (stored.usage_type, stored.billing_scheme) == (None, "per_unit")
