"""Whatever discounts are stacked on whatever lines: nothing goes below zero, and amounts off are shared to the unit."""

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from domain.money import percentage_of
from domain.reckoning import Deduction, Rules, discounted, spread


@dataclass(frozen=True)
class Line:
    """A line of one product."""

    amount: int
    discounts: tuple[str, ...] = ()
    product_id: str | None = "prod_1"
    price_id: str | None = "price_1"
    discountable: bool = True
    tax_rates: tuple[str, ...] = ()
    taxed_as: None = None


amounts = some.integers(min_value=-100_000, max_value=10_000_000)
percents = some.integers(min_value=1, max_value=10_000).map(lambda each: Decimal(each) / 100)
cuts = some.one_of(
    percents.map(lambda each: Deduction("", percent_off=each)),
    some.integers(min_value=1, max_value=20_000_000).map(lambda each: Deduction("", amount_off=each)),
)


@given(some.lists(amounts, min_size=1, max_size=8), some.lists(cuts, min_size=1, max_size=20))
def test_stacked_discounts_never_go_below_zero(lines: list[int], stacked: list[Deduction]) -> None:
    deductions = {f"di_{place}": replace(cut, discount_id=f"di_{place}") for place, cut in enumerate(stacked)}
    found = discounted([Line(each) for each in lines], Rules(deductions, invoice_discounts=list(deductions)))

    left, room = [max(each, 0) for each in lines], sum(lines)
    for identifier, deduction in deductions.items():
        taken = [sum(cut.amount for cut in own if cut.discount_id == identifier) for own in found]
        before, room = min(sum(left), max(room, 0)), room - sum(taken)
        left = [each - cut for each, cut in zip(left, taken, strict=True)]
        assert min(left) >= 0 and min(taken) >= 0
        if deduction.amount_off is not None:  # The shares sum to the amount, or to what was left.
            assert sum(taken) == min(deduction.amount_off, before)


@given(some.integers(min_value=0, max_value=10**8), some.lists(some.integers(0, 10**8), min_size=1, max_size=20))
def test_shares_sum_to_the_amount_or_to_what_there_is(amount: int, over: list[int]) -> None:
    shares = spread(amount, over)
    assert sum(shares) == min(amount, sum(over))
    assert all(0 <= share <= each for share, each in zip(shares, over, strict=True))


@given(some.integers(min_value=1, max_value=10**7), percents, some.integers(min_value=1, max_value=10**7))
def test_discounts_apply_in_the_order_given(amount: int, percent: Decimal, off: int) -> None:
    deductions = {"p": Deduction("p", percent_off=percent), "a": Deduction("a", amount_off=off)}
    [first] = discounted([Line(amount)], Rules(deductions, invoice_discounts=["p", "a"]))
    [second] = discounted([Line(amount)], Rules(deductions, invoice_discounts=["a", "p"]))

    share = percentage_of(amount, percent)
    assert sum(each.amount for each in first) == share + min(off, amount - share)
    left = max(amount - off, 0)
    assert sum(each.amount for each in second) == amount - left + percentage_of(left, percent)
