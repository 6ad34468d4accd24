"""Typed cards: what is refused, what is kept, and what a typed test number stands for."""

from datetime import date

import pytest

from domain.errors import DomainError, ErrorCode
from gateways.cards import CardBrand, CardDetails, brand_of, check_card, fingerprint_of, passes_luhn
from gateways.sandbox import CATALOGUE, token_for_number, typed_card

TODAY = date(2027, 3, 15)
KEY = b"the fingerprint key of a test"


def details(
    number: str = "4242 4242 4242 4242", *, exp_month: int = 12, exp_year: int = 2034, cvc: str | None = "123"
) -> CardDetails:
    return CardDetails(number, exp_month, exp_year, cvc)


def problems_of(card: CardDetails) -> list[tuple[ErrorCode, tuple[str, ...]]]:
    with pytest.raises(DomainError) as refusal:
        check_card(card, on=TODAY)
    return [(problem.code, problem.param) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", CardBrand.VISA),
        ("5555555555554444", CardBrand.MASTERCARD),
        ("2221000000000009", CardBrand.MASTERCARD),
        ("2720990000000007", CardBrand.MASTERCARD),
        ("2220990000000006", CardBrand.UNKNOWN),
        ("2721000000000004", CardBrand.UNKNOWN),
        ("343434343434343", CardBrand.AMEX),
        ("3782-822463-10005", CardBrand.AMEX),
        ("6011111111111117", CardBrand.DISCOVER),
        ("6445644564456445", CardBrand.DISCOVER),
        ("30569309025904", CardBrand.DINERS),
        ("36227206271667", CardBrand.DINERS),
        ("3528000000000007", CardBrand.JCB),
        ("3566002020360505", CardBrand.JCB),
        ("6200000000000005", CardBrand.UNIONPAY),
        ("5062210000000009", CardBrand.UNKNOWN),
    ],
)
def test_number_tells_its_brand(number: str, brand: CardBrand) -> None:
    assert brand_of(number) is brand


def test_every_catalogued_number_could_be_a_card() -> None:
    for row in CATALOGUE:
        cvc = "1234" if row.brand is CardBrand.AMEX else "123"
        check_card(details(row.number, cvc=cvc), on=TODAY)
        assert row.brand is not CardBrand.UNKNOWN


@pytest.mark.parametrize(("number", "passes"), [("4242424242424242", True), ("4242424242424241", False)])
def test_check_digit_is_checked(number: str, passes: bool) -> None:
    assert passes_luhn(number) is passes


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4242424242424241", ErrorCode.INCORRECT_NUMBER),
        ("4242 4242 4242", ErrorCode.INVALID_NUMBER),
        ("42424242424242424242", ErrorCode.INVALID_NUMBER),
        ("4242x4242x4242x4242", ErrorCode.INVALID_NUMBER),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", ErrorCode.INVALID_NUMBER),
        ("", ErrorCode.INVALID_NUMBER),
    ],
)
def test_impossible_number_is_refused(number: str, code: ErrorCode) -> None:
    assert problems_of(details(number)) == [(code, ("number",))]


@pytest.mark.parametrize(
    ("exp_month", "exp_year", "code", "param"),
    [
        (13, 2034, ErrorCode.INVALID_EXPIRY_MONTH, "expMonth"),
        (0, 2034, ErrorCode.INVALID_EXPIRY_MONTH, "expMonth"),
        (2, 2027, ErrorCode.INVALID_EXPIRY_MONTH, "expMonth"),  # February is over on 15 March 2027
        (12, 2026, ErrorCode.INVALID_EXPIRY_YEAR, "expYear"),
        (12, 26, ErrorCode.INVALID_EXPIRY_YEAR, "expYear"),
        (12, 95, ErrorCode.INVALID_EXPIRY_YEAR, "expYear"),  # 2095 lies more than 50 years ahead
    ],
)
def test_impossible_expiry_is_refused(exp_month: int, exp_year: int, code: ErrorCode, param: str) -> None:
    assert problems_of(details(exp_month=exp_month, exp_year=exp_year)) == [(code, (param,))]


@pytest.mark.parametrize(("exp_month", "exp_year"), [(3, 2027), (3, 27), (1, 2028), (12, 2077)])
def test_card_is_good_through_its_month(exp_month: int, exp_year: int) -> None:
    check_card(details(exp_month=exp_month, exp_year=exp_year), on=TODAY)


@pytest.mark.parametrize(
    ("number", "cvc"),
    [("4242424242424242", "99"), ("4242424242424242", "1234"), ("4242424242424242", "12a"), ("378282246310005", "12")],
)
def test_impossible_security_code_is_refused(number: str, cvc: str) -> None:
    assert problems_of(details(number, cvc=cvc)) == [(ErrorCode.INVALID_CVC, ("cvc",))]


def test_security_code_may_be_left_out() -> None:
    check_card(details(cvc=None), on=TODAY)


def test_all_problems_are_told_together() -> None:
    found = problems_of(CardDetails("4242424242424241", 13, 2020, "1"))

    assert [code for code, _ in found] == [
        ErrorCode.INCORRECT_NUMBER,
        ErrorCode.INVALID_EXPIRY_MONTH,
        ErrorCode.INVALID_EXPIRY_YEAR,
        ErrorCode.INVALID_CVC,
    ]


def test_neither_messages_nor_repr_show_number_or_security_code() -> None:
    card = CardDetails("4242424242424241", 13, 2020, "98765")
    with pytest.raises(DomainError) as refusal:
        check_card(card, on=TODAY)

    for text in (repr(card), str(refusal.value)):
        assert "42424242" not in text
        assert "98765" not in text


def test_fingerprint_depends_on_number_and_key() -> None:
    fingerprint = fingerprint_of("4242 4242 4242 4242", KEY)

    assert fingerprint == fingerprint_of("4242424242424242", KEY)
    assert fingerprint != fingerprint_of("5555555555554444", KEY)
    assert fingerprint != fingerprint_of("4242424242424242", b"another key")
    assert len(fingerprint) == 16


@pytest.mark.parametrize(
    ("number", "token"),
    [
        ("4242 4242 4242 4242", "pm_card_visa"),
        ("4000-0000-0000-9995", "pm_card_visa_chargeDeclinedInsufficientFunds"),
        ("4000000000000341", "pm_card_chargeCustomerFail"),
        ("4000002500003155", "pm_card_authenticationRequiredOnSetup"),
        ("4000002760003184", "pm_card_authenticationRequired"),
        ("378282246310005", "pm_card_amex"),
        ("4000000760000002", "pm_card_br"),
    ],
)
def test_typed_number_stands_for_its_token(number: str, token: str) -> None:
    assert token_for_number(number) == token


def test_typed_card_keeps_its_own_expiry() -> None:
    typed = typed_card(details(exp_month=7, exp_year=31), on=TODAY, fingerprint_key=KEY)

    assert typed.token == "pm_card_visa"
    assert (typed.card.exp_month, typed.card.exp_year, typed.card.last4) == (7, 2031, "4242")
    assert typed.card.fingerprint == fingerprint_of("4242424242424242", KEY)


def test_number_that_is_no_test_number_is_declined() -> None:
    with pytest.raises(DomainError) as refusal:
        typed_card(details("4111111111111111"), on=TODAY, fingerprint_key=KEY)

    (problem,) = refusal.value.problems
    assert (problem.code, problem.decline_code) == (ErrorCode.CARD_DECLINED, "test_mode_live_card")
