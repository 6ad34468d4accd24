"""The embedded calculator of tax: its table, and what it asks of whom."""

import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from domain.addresses import Address
from domain.reckoning import TaxabilityReason
from domain.taxes import AutomaticTaxStatus, TaxPlace
from gateways.tax import EmbeddedCalculator, TaxQuestion
from gateways.tax.embedded import FAILING_LINE
from gateways.tax.table import countries

TODAY = date(2026, 11, 21)
EU = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip
STANDARD_RATES = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24", "ES": "21",
    "FI": "25.5", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17",
    "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
    "GB": "20", "CH": "8.1", "NO": "25", "AU": "10", "NZ": "15", "IN": "18", "CA": "5", "SG": "9", "JP": "10",
    "ZA": "15",
}  # fmt: skip


def asked(
    country: str | None, *registrations: str, home: str = "DE", vat: str = "", on: date = TODAY, **address: str
) -> tuple[str, list[str]]:
    """The status, and each levy in short: `19 VAT DE STANDARD_RATED`."""
    places = frozenset(TaxPlace(*each.split("-")) for each in registrations)
    numbers = frozenset({vat} - {""})
    answer = EmbeddedCalculator().assess(
        TaxQuestion(home, Address(country=country, **address), places, on, livemode=False, vat_countries=numbers)
    )
    return answer.status.name, [
        f"{each.percentage} {each.name} {each.place} {each.reason.name}" for each in answer.levies
    ]


@pytest.mark.parametrize(("country", "percentage"), STANDARD_RATES.items())
def test_standard_rate_of_a_country(country: str, percentage: str) -> None:
    assert countries()[country].tax.percentage(TODAY) == Decimal(percentage)


def test_member_states_are_the_twenty_seven() -> None:
    assert {code for code, country in countries().items() if country.eu} == EU


def test_every_tax_names_its_source_and_the_days_of_its_rates() -> None:
    stored = tomllib.loads(files("gateways.tax").joinpath("standard_rates.toml").read_text(encoding="utf-8"))
    assert stored["as_of"] <= TODAY
    entries = [*stored["countries"].values(), *stored["countries"]["CA"]["states"].values()]
    for entry in (each for each in entries if "tax" in each):
        assert urlsplit(entry["source"]).scheme == "https"
        days = [rate["since"] for rate in entry["rates"]]
        assert days == sorted(set(days))
        assert days[-1] <= stored["as_of"]


@pytest.mark.parametrize(("on", "percentage"), [("2025-06-30", "22"), ("2025-07-01", "24"), ("1990-01-01", "20")])
def test_rate_is_the_one_of_the_day(on: str, percentage: str) -> None:
    day = date.fromisoformat(on)
    assert asked("EE", "EE", on=day) == ("COMPLETE", [f"{percentage} VAT EE STANDARD_RATED"])


@pytest.mark.parametrize(
    ("country", "registrations", "levies"),
    [
        ("DE", ["DE"], ["19 VAT DE STANDARD_RATED"]),
        ("FR", ["DE"], ["0 VAT FR NOT_COLLECTING"]),
        ("DE", [], ["0 VAT DE NOT_COLLECTING"]),
        ("US", ["DE"], ["0 Tax US NOT_SUPPORTED"]),
        ("SG", ["SG", "DE"], ["9 GST SG STANDARD_RATED"]),
    ],
)
def test_tax_is_asked_for_where_there_is_a_registration(
    country: str, registrations: list[str], levies: list[str]
) -> None:
    assert asked(country, *registrations) == ("COMPLETE", levies)


@pytest.mark.parametrize(
    ("state", "registrations", "levies"),
    [
        ("AB", ["CA"], ["5 GST CA STANDARD_RATED"]),
        ("Ontario", ["CA"], ["13 HST CA-ON STANDARD_RATED"]),
        ("ns", ["CA"], ["14 HST CA-NS STANDARD_RATED"]),
        ("QC", ["CA"], ["5 GST CA STANDARD_RATED"]),
        ("QC", ["CA", "CA-QC"], ["5 GST CA STANDARD_RATED", "9.975 QST CA-QC STANDARD_RATED"]),
        ("BC", ["CA-BC"], ["7 PST CA-BC STANDARD_RATED"]),
        ("ON", ["CA-QC"], ["0 GST CA NOT_COLLECTING"]),
    ],
)
def test_provinces_of_canada_have_taxes_of_their_own(state: str, registrations: list[str], levies: list[str]) -> None:
    assert asked("CA", *registrations, state=state) == ("COMPLETE", levies)


def test_province_is_known_by_postal_code_or_asked_for() -> None:
    assert asked("CA", "CA", postal_code="K1A 0B1") == ("COMPLETE", ["13 HST CA-ON STANDARD_RATED"])
    assert asked("CA", "CA") == ("REQUIRES_LOCATION_INPUTS", [])
    assert asked(None, "DE") == ("REQUIRES_LOCATION_INPUTS", [])


@pytest.mark.parametrize(
    ("country", "home", "vat", "registrations", "levy"),
    [
        ("FR", "DE", "FR", ["DE"], "0 VAT FR REVERSE_CHARGE"),
        ("FR", "DE", "FR", ["DE", "FR"], "0 VAT FR REVERSE_CHARGE"),
        ("FR", "US", "FR", ["IE"], "0 VAT FR REVERSE_CHARGE"),
        ("FR", "DE", "FR", ["US"], "0 VAT FR NOT_COLLECTING"),  # a seller whom no office of the EU knows
        ("DE", "DE", "DE", ["DE"], "19 VAT DE STANDARD_RATED"),  # at home the tax is due whoever buys
        ("DE", "DE", "FR", ["DE"], "19 VAT DE STANDARD_RATED"),
        ("FR", "DE", "DE", ["DE", "FR"], "20 VAT FR STANDARD_RATED"),  # the number of the seller's own country
        ("FR", "DE", "GB", ["FR"], "20 VAT FR STANDARD_RATED"),  # a number of Northern Ireland is not of the EU
        ("GB", "DE", "FR", ["DE", "GB"], "20 VAT GB STANDARD_RATED"),
    ],
)
def test_reverse_charge_is_for_numbers_of_another_country_of_the_union(
    country: str, home: str, vat: str, registrations: list[str], levy: str
) -> None:
    assert asked(country, *registrations, home=home, vat=vat) == ("COMPLETE", [levy])


def test_magic_line_of_an_address_fails_in_test_mode_only() -> None:
    assert asked("DE", "DE", line1=FAILING_LINE) == ("FAILED", [])
    address = Address(line1=FAILING_LINE, country="DE")
    live = TaxQuestion("DE", address, frozenset({TaxPlace("DE")}), TODAY, livemode=True)
    answer = EmbeddedCalculator().assess(live)
    assert (answer.status, answer.levies[0].reason) == (AutomaticTaxStatus.COMPLETE, TaxabilityReason.STANDARD_RATED)


@pytest.mark.parametrize(
    ("place", "covered"),
    [("DE", True), ("US", False), ("CA", True), ("CA-QC", True), ("CA-ON", False), ("CA-XX", False), ("DE-BY", False)],
)
def test_registrations_are_of_use_where_a_tax_is_collected_by_them(place: str, covered: bool) -> None:
    assert EmbeddedCalculator().covers(TaxPlace(*place.split("-"))) is covered
