"""Ids sort by creation."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import IdMint, Prefix, prefix_of


def made_at(microseconds: int, prefix: Prefix = Prefix.EVENT) -> str:
    """An id of this moment whose random part is nothing but zeros."""
    return IdMint(lambda: microseconds, random_bytes=bytes).new(prefix)


def test_an_id_is_its_prefix_and_23_characters_of_digits_and_small_letters() -> None:
    assert made_at(36, Prefix.CUSTOMER) == "cus_" + "00000000010" + "000000000000"
    random = IdMint(lambda: 36).new(Prefix.CUSTOMER)
    assert re.fullmatch("cus_00000000010[0-9a-z]{12}", random)


@given(st.lists(st.integers(1, 36**11 - 1), min_size=2, max_size=50))
def test_ids_sort_by_their_moment(moments: list[int]) -> None:
    assert sorted(moments, key=made_at) == sorted(moments)
    assert len({len(made_at(moment)) for moment in moments}) == 1


def test_a_mint_never_repeats_its_random_part() -> None:
    mint = IdMint(lambda: 36)
    assert len({identifier[-12:] for identifier in mint.many(Prefix.EVENT, 2_000)}) == 2_000


@pytest.mark.parametrize("tick", [lambda _: 1_800_000_000_000_000, lambda n: 1_800_000_000_000_000 - n])
def test_a_mint_counts_on_when_the_clock_stands_or_goes_back(tick: Callable[[int], int]) -> None:
    moments = iter(range(1000))
    mint = IdMint(lambda: tick(next(moments)))
    made = mint.many(Prefix.INVOICE, 1000)
    assert made == sorted(made)
    assert len(set(made)) == 1000


@pytest.mark.parametrize("prefix", list(Prefix))
def test_the_prefix_of_an_id_is_told_back(prefix: Prefix) -> None:
    assert prefix_of(made_at(1_800_000_000_000_000, prefix)) is prefix


@pytest.mark.parametrize("text", ["pm_card_visa", "cus_123", "", "nonsense", "xyz_" + "0" * 23, "0" * 23])
def test_what_is_no_id_has_no_prefix(text: str) -> None:
    assert prefix_of(text) is None
