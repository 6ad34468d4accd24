"""Laws of prices, over prices that hypothesis makes up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.pricing import PackageRounding, Packaging, Rates, Tier, TiersMode

amounts = st.decimals(min_value=0, max_value=10_000, places=12)
optional = st.none() | amounts
quantities = st.integers(min_value=0, max_value=60)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Ascending tiers, the last one open."""
    ends = sorted(draw(st.sets(st.integers(min_value=1, max_value=50), max_size=4)))
    return tuple(Tier(end, draw(optional), draw(optional)) for end in (*ends, None))


def tier_of(found: tuple[Tier, ...], unit: int) -> Tier:
    """The tier in which the unit with this number lies."""
    return next(tier for tier in found if tier.up_to is None or unit <= tier.up_to)


@given(tiers(), quantities)
def test_graduated_is_each_unit_at_its_tier_and_what_was_reached(found: tuple[Tier, ...], quantity: int) -> None:
    units = [tier_of(found, unit) for unit in range(1, quantity + 1)]
    reached = {found.index(tier) for tier in units} | {0}
    wanted = sum((tier.unit_amount or Decimal(0) for tier in units), Decimal(0))
    wanted += sum((found[index].flat_amount or Decimal(0) for index in reached), Decimal(0))
    assert Rates(tiers=found, mode=TiersMode.GRADUATED).cost_of(quantity).exact == wanted


@given(tiers(), quantities)
def test_volume_is_all_units_at_the_tier_of_the_last(found: tuple[Tier, ...], quantity: int) -> None:
    tier = tier_of(found, quantity)
    wanted = quantity * (tier.unit_amount or Decimal(0)) + (tier.flat_amount or Decimal(0))
    assert Rates(tiers=found, mode=TiersMode.VOLUME).cost_of(quantity).exact == wanted


@given(tiers(), st.sampled_from(TiersMode), quantities)
def test_steps_sum_to_the_cost(found: tuple[Tier, ...], mode: TiersMode, quantity: int) -> None:
    cost = Rates(tiers=found, mode=mode).cost_of(quantity)
    assert sum((step.amount for step in cost.steps), Decimal(0)) == cost.exact


@given(amounts, st.integers(min_value=1, max_value=20), quantities)
def test_packages_up_cover_the_quantity_and_packages_down_fit_into_it(
    amount: Decimal, divide_by: int, quantity: int
) -> None:
    up, down = (Packaging(divide_by, rounding).packages_of(quantity) for rounding in PackageRounding)
    assert down * divide_by <= quantity <= up * divide_by
    assert up - down in (0, 1)
    assert Rates(amount, Packaging(divide_by, PackageRounding.UP)).cost_of(quantity).exact == amount * up
