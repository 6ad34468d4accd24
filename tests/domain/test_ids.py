"""Ids sort by creation."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import IdMint, Prefix, new_id, prefix_of


def test_an_id_is_its_prefix_and_23_characters_of_digits_and_small_letters() -> None:
    made = new_id(Prefix.CUSTOMER, 36, 35)
    assert made == "cus_" + "00000000010" + "00000000000z"


@given(st.lists(st.tuples(st.integers(0, 36**11 - 1), st.integers(0, 2**62 - 1)), min_size=2, max_size=50))
def test_ids_sort_by_their_moment(seeds: list[tuple[int, int]]) -> None:
    by_text = sorted(seeds, key=lambda seed: new_id(Prefix.EVENT, *seed))
    assert by_text == sorted(seeds)
    assert len({len(new_id(Prefix.EVENT, *seed)) for seed in seeds}) == 1


@pytest.mark.parametrize("tick", [lambda _: 1_800_000_000_000_000, lambda n: 1_800_000_000_000_000 - n])
def test_a_mint_counts_on_when_the_clock_stands_or_goes_back(tick: Callable[[int], int]) -> None:
    moments = iter(range(1000))
    mint = IdMint(lambda: tick(next(moments)))
    made = mint.many(Prefix.INVOICE, 1000)
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_a_mint_with_given_randomness_repeats_itself() -> None:
    first, second = (IdMint(lambda: 5, random_bits=lambda _: 7).new(Prefix.PRICE) for _ in range(2))
    assert first == second == "price_" + "00000000005" + "000000000007"


@pytest.mark.parametrize("prefix", list(Prefix))
def test_the_prefix_of_an_id_is_told_back(prefix: Prefix) -> None:
    assert prefix_of(new_id(prefix, 1_800_000_000_000_000, 2**62 - 1)) is prefix


@pytest.mark.parametrize("text", ["pm_card_visa", "cus_123", "", "nonsense", "xyz_" + "0" * 23, "0" * 23])
def test_what_is_no_id_has_no_prefix(text: str) -> None:
    assert prefix_of(text) is None
