"""Parts of lines that are credited: their shares of discounts and tax sum to what the line had, to the unit."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credited_shares import Kept, credited_share, summed_discounts, summed_taxes

EXCLUSIVE, INCLUSIVE = "exclusive", "inclusive"


def tax(amount: int, taxable: int, behavior: str = EXCLUSIVE, rate: str = "txr_1") -> dict[str, Any]:
    """A tax as an invoice keeps it."""
    return {
        "tax_rate": rate, "amount": amount, "taxable_amount": taxable, "percentage": "19", "tax_behavior": behavior,
        "taxability_reason": "standard_rated",
    }  # fmt: skip


def cut(amount: int, discount: str = "di_1") -> dict[str, Any]:
    """A discount as an invoice keeps it."""
    return {"discount": discount, "amount": amount}


@pytest.mark.parametrize(
    ("amount", "taxes", "discounts", "expected"),
    [
        # a third of 15.00 with 19 % on top: 0.95 on 5.00
        (500, [tax(285, 1500)], [], (500, 500, 595, [(95, 500)])),
        # a third of 15.00 that have 2.39 in them: 0.80 (0.7966…) of 5.00
        (500, [tax(239, 1261, INCLUSIVE)], [], (500, 420, 500, [(80, 420)])),
        # half of 15.00 less 3.00, with 19 % of 12.00 on top: 7.50 - 1.50 = 6.00 and 1.14
        (750, [tax(228, 1200)], [cut(300)], (600, 600, 714, [(114, 600)])),
        # of an exemption there is nothing to give back
        (750, [tax(0, 0)], [], (750, 750, 750, [(0, 0)])),
    ],
)
def test_share_is_in_proportion(
    amount: int, taxes: Sequence[Kept], discounts: Sequence[Kept], expected: tuple[int, int, int, list[tuple[int, int]]]
) -> None:
    share = credited_share(1500, 0, amount, discounts, taxes)
    found = [(each["amount"], each["taxable_amount"]) for each in share.taxes]
    assert (share.net, share.total_excluding_tax, share.total, found) == expected


def test_what_was_given_back_is_credited_with_its_sign() -> None:
    share = credited_share(-1500, 0, -500, [], [tax(-285, -1500)])
    assert (share.total, share.taxes[0]["amount"], share.taxes[0]["taxable_amount"]) == (-595, -95, -500)


@given(
    whole=st.integers(1, 10**8),
    points=st.lists(st.integers(0, 10**8), max_size=6),
    off=st.integers(0, 10**8),
    on_top=st.integers(0, 10**8),
    within=st.integers(0, 10**8),
)
def test_parts_sum_to_the_line(whole: int, points: list[int], off: int, on_top: int, within: int) -> None:
    off, within = min(off, whole), min(within, whole)
    taxes, discounts = [tax(on_top, 1), tax(within, 1, INCLUSIVE, "txr_2")], [cut(off)]
    before, parts = 0, []
    for until in [*sorted({point % whole for point in points} - {0}), whole]:
        parts.append(credited_share(whole, before, until - before, discounts, taxes))
        before = until
    assert sum(part.amount for part in parts) == whole
    assert sum(part.total for part in parts) == whole - off + on_top
    assert sum(part.total_excluding_tax for part in parts) == whole - off - within
    assert [each["amount"] for each in summed_taxes(parts)] == [on_top, within]
    assert [each["amount"] for each in summed_discounts(parts)] == [off]
    assert all(part.taxes[0]["taxable_amount"] == part.total_excluding_tax for part in parts)
