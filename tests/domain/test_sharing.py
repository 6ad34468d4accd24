"""Shares of a payment: in order, rounded half away from zero, never more than there is."""

from decimal import Decimal

import pytest

from domain.errors import DomainError, Problems
from domain.settlement import Sent, division_of, going_back, refuse_beyond, shares_going_back
from domain.sharing import Share, Sharing, Stand, amounts_of, refuse_unfit

PLATFORM = Stand("acct_p", "acct_p", None)
DIRECT = Stand("acct_a", "acct_p", "acct_p")
OWN = Stand("acct_a", "acct_p", None)


def part(amount: int) -> Share:
    return Share(destination=f"acct_{amount}", amount=amount)


def percent(text: str) -> Share:
    return Share(destination=f"acct_{text}", amount_percent=Decimal(text))


def _paths(problems: Problems) -> list[str]:
    try:
        problems.raise_any()
    except DomainError as error:
        return [".".join(each.param) for each in error.problems]
    return []


REST = Share(destination="acct_rest")


@pytest.mark.parametrize(
    ("shares", "paid", "amounts"),
    [
        ([REST], 1000, [1000]),
        ([part(877)], 1000, [877]),
        ([percent("33.33"), percent("33.33"), percent("33.34")], 1000, [333, 333, 333]),  # 333.3, 333.3, 333.4
        ([percent("33.35"), REST], 1000, [334, 666]),  # 333.5 away from zero
        ([percent("50"), percent("50")], 5, [3, 2]),  # 2.5 away from zero, and then only 2 are left
        ([part(700), part(700)], 1000, [700, 300]),  # a part of it was captured
        ([part(1000), REST], 1000, [1000, 0]),
        ([percent("0.01")], 49, [0]),  # 0.0049
        ([part(200), percent("25"), REST], 999, [200, 250, 549]),  # 249.75; of what was paid, not of what is left
    ],
)
def test_shares_are_taken_in_order_of_what_was_paid(shares: list[Share], paid: int, amounts: list[int]) -> None:
    assert amounts_of(shares, paid) == amounts
    assert sum(amounts) <= paid


@pytest.mark.parametrize(
    ("fee", "paid", "taken"),
    [(None, 1000, 0), (0, 1000, 0), (123, 1000, 123), (1000, 1000, 1000), (700, 600, 600)],
)
def test_a_fee_is_at_most_what_was_paid(fee: int | None, paid: int, taken: int) -> None:
    division = division_of(Sharing(application_fee_amount=fee, shares=(REST,)), paid)

    assert (division.fee, [amount for _, amount in division.shares]) == (taken, [paid])


def test_shares_of_nothing_are_left_out() -> None:
    division = division_of(Sharing(shares=(part(1000), REST)), 1000)

    assert division.shares == [(part(1000), 1000)]


@pytest.mark.parametrize(
    ("part", "charged", "refunds", "back"),
    [
        (123, 1000, [500, 500], [62, 61]),  # 61.5 away from zero; the rest
        (100, 300, [100, 100, 100], [33, 34, 33]),  # 33.33; 66.67 less 33; 100 less 67
        (1, 1000, [499, 1, 500], [0, 1, 0]),  # 0.499; 0.5; 1
        (1000, 1000, [1, 998, 1], [1, 998, 1]),
        (0, 1000, [1000], [0]),
    ],
)
def test_what_goes_back_is_reckoned_from_the_beginning(
    part: int, charged: int, refunds: list[int], back: list[int]
) -> None:
    gone: list[int] = []
    for number in range(len(refunds)):
        so_far = sum(refunds[: number + 1])
        left = part - sum(gone)
        gone.append(going_back(part, charged=charged, refunded=so_far, back_already=sum(gone), left=left))

    assert gone == back
    assert sum(gone) == part


def test_never_more_goes_back_than_is_left() -> None:
    assert going_back(100, charged=100, refunded=100, back_already=0, left=30) == 30
    assert going_back(100, charged=100, refunded=50, back_already=80, left=20) == 0


@pytest.mark.parametrize(
    ("sent", "charged", "refunds", "back"),
    [
        ([3, 3, 3, 3], 12, [6, 6], [[2, 2, 1, 1], [1, 1, 2, 2]]),  # 1.5 each is 6, not 8
        ([333, 333, 333], 999, [500, 1, 498], [[167, 167, 166], [0, 0, 1], [166, 166, 166]]),  # 166.67 each is 500
        ([1, 1, 1], 300, [49, 1, 250], [[0, 0, 0], [1, 0, 0], [0, 1, 1]]),  # all: 0.49; 0.5; the rest
        ([333, 500], 1000, [250, 750], [[83, 125], [250, 375]]),  # 208.25 is 208
        ([1, 2], 4, [1, 1, 2], [[0, 1], [1, 0], [0, 1]]),  # 0.75 is 1: of 0.25 and 0.5; then 1.5 is 2
        ([7], 1000, [500, 500], [[4], [3]]),
    ],
)
def test_shares_give_back_together_what_a_refund_comes_to(
    sent: list[int], charged: int, refunds: list[int], back: list[list[int]]
) -> None:
    gone = [0] * len(sent)
    taken: list[list[int]] = []
    for number in range(len(refunds)):
        shares = [Sent(amount, already, amount - already) for amount, already in zip(sent, gone, strict=True)]
        taken.append(shares_going_back(shares, charged=charged, refunded=sum(refunds[: number + 1])))
        gone = [already + part for already, part in zip(gone, taken[-1], strict=True)]

    assert taken == back
    assert gone == sent


def test_a_share_that_came_back_by_itself_burdens_no_other() -> None:
    shares = [Sent(500, back_already=0, left=100), Sent(500, back_already=0, left=500)]
    assert shares_going_back(shares, charged=1000, refunded=600) == [100, 300]


@pytest.mark.parametrize(
    ("sharing", "stand", "refused"),
    [
        (Sharing(application_fee_amount=1), PLATFORM, ["applicationFeeAmount"]),
        (Sharing(application_fee_amount=1), OWN, ["applicationFeeAmount"]),
        (Sharing(application_fee_amount=1), DIRECT, []),
        (Sharing(application_fee_amount=-1), DIRECT, ["applicationFeeAmount"]),
        (Sharing(application_fee_amount=1, shares=(REST,)), PLATFORM, []),
        (Sharing(application_fee_amount=1, shares=(part(5),)), PLATFORM, ["applicationFeeAmount"]),
        (Sharing(shares=(REST,)), DIRECT, ["transferData.0"]),
        (Sharing(shares=(REST, part(5))), PLATFORM, ["transferData.1"]),
        (Sharing(shares=(part(5), part(5))), PLATFORM, ["transferData.1.destination"]),
        (Sharing(shares=(percent("60"), percent("40.01"))), PLATFORM, ["transferData"]),
        (Sharing(shares=(percent("12.345"),)), PLATFORM, ["transferData.0.amountPercent"]),
        (Sharing(shares=(part(0),)), PLATFORM, ["transferData.0.amount"]),
        (Sharing(shares=(Share(destination="acct_p"),)), PLATFORM, ["transferData.0.destination"]),
        (Sharing(on_behalf_of="acct_p"), PLATFORM, ["onBehalfOf"]),
        (Sharing(on_behalf_of="acct_b"), DIRECT, ["onBehalfOf"]),
    ],
)
def test_what_cannot_be_is_refused(sharing: Sharing, stand: Stand, refused: list[str]) -> None:
    problems = Problems()

    refuse_unfit(sharing, stand, problems)

    assert _paths(problems) == refused


@pytest.mark.parametrize(
    ("shares", "stand", "expected"),
    [
        ((), PLATFORM, "There is nobody to take applicationFeePercent 10.5 from: act for a connected account"),
        ((), OWN, "applicationFeePercent 10.5 is not acct_a's to set: its platform alone asks for a fee"),
        ((part(5),), PLATFORM, "no fee beside it: applicationFeePercent 10.5 would have to be null."),
    ],
)
def test_refused_fee_is_named_with_what_would_be_right(shares: tuple[Share, ...], stand: Stand, expected: str) -> None:
    problems = Problems()

    refuse_unfit(Sharing(application_fee_percent=Decimal("10.5"), shares=shares), stand, problems)

    with pytest.raises(DomainError, match=expected):
        problems.raise_any()


@pytest.mark.parametrize(
    ("sharing", "refused"),
    [
        (Sharing(application_fee_amount=1000), []),
        (Sharing(application_fee_amount=1001), ["applicationFeeAmount"]),
        (Sharing(shares=(part(600), part(400))), []),
        (Sharing(shares=(part(600), part(401))), ["transferData"]),
    ],
)
def test_nobody_has_more_than_the_payment(sharing: Sharing, refused: list[str]) -> None:
    problems = Problems()

    refuse_beyond(sharing, 1000, problems)

    assert _paths(problems) == refused
