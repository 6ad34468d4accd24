"""What may be said of a customer: tax ids, addresses, texts, metadata."""

import pytest

from domain.addresses import Address, countries, country_of, validated_address
from domain.descriptors import statement_descriptor
from domain.errors import DomainError, ErrorCode
from domain.metadata import merged_metadata
from domain.tax_ids import TaxIdType, tax_id_country, validated_tax_id
from domain.texts import email_of, required_text, url_of

T = TaxIdType


@pytest.mark.parametrize(
    ("type_", "value", "compact", "country"),
    [
        (T.EU_VAT, "DE 136 695 976", "DE136695976", "DE"),
        (T.EU_VAT, "fr 61 954 506 077", "FR61954506077", "FR"),
        (T.EU_VAT, "EL 094259216", "EL094259216", "GR"),
        (T.EU_OSS_VAT, "EU 372022452", "EU372022452", None),
        (T.GB_VAT, "GB 980 7806 84", "GB980780684", "GB"),
        (T.GB_VAT, "980780684", "GB980780684", "GB"),
        (T.BR_CPF, "390.533.447-05", "39053344705", "BR"),
        (T.BR_CNPJ, "16.727.230/0001-97", "16727230000197", "BR"),
        (T.CH_VAT, "CHE-107.787.577 IVA", "CHE107787577IVA", "CH"),
        (T.AU_ABN, "83 914 571 673", "83914571673", "AU"),
        (T.CA_BN, "12302 6635", "123026635", "CA"),
        (T.CA_GST_HST, "12302 6635 RT 0001", "123026635RT0001", "CA"),
        (T.IN_GST, "27AAPFU0939F1ZV", "27AAPFU0939F1ZV", "IN"),
        (T.MX_RFC, "MAB-930714-8T4", "MAB9307148T4", "MX"),
        (T.NO_VAT, "NO 995 525 828 MVA", "995525828MVA", "NO"),
        (T.JP_CN, "5-8356-7825-6246", "5835678256246", "JP"),
        (T.JP_TRN, "T5-8356-7825-6246", "T5835678256246", "JP"),
        (T.NZ_GST, "4909185-0", "49091850", "NZ"),
        (T.US_EIN, "91-1144442", "911144442", "US"),
        (T.SG_GST, "M9-1234567-X", "M91234567X", "SG"),
        (T.ZA_VAT, "4123 456 789", "4123456789", "ZA"),
    ],
)
def test_a_tax_id_is_kept_in_its_compact_form(type_: TaxIdType, value: str, compact: str, country: str | None) -> None:
    assert validated_tax_id(type_, value) == compact
    assert tax_id_country(type_, compact) == country


@pytest.mark.parametrize("type_", list(TaxIdType))
def test_every_type_refuses_what_is_no_number_of_it(type_: TaxIdType) -> None:
    with pytest.raises(DomainError, match=f"'nonsense' is not a valid {type_}") as refusal:
        validated_tax_id(type_, "nonsense", "taxIds.0.value")
    assert refusal.value.problems[0].code is ErrorCode.TAX_ID_INVALID
    assert refusal.value.problems[0].param == ("taxIds", "0", "value")


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (T.EU_VAT, "DE136695977"),  # check digit 6
        (T.EU_VAT, "EU372022452"),
        (T.BR_CPF, "390.533.447-06"),
        (T.BR_CNPJ, "16.727.230/0001-98"),
        (T.CA_GST_HST, "123026635"),
        (T.CA_BN, "12302 6635 RC 0001"),
        (T.ZA_VAT, "5123456789"),
        (T.EU_VAT, "US911144442"),
        (T.EU_VAT, ""),
    ],
)
def test_a_wrong_number_is_refused(type_: TaxIdType, value: str) -> None:
    with pytest.raises(DomainError):
        validated_tax_id(type_, value)


def test_an_address_loses_its_blanks_and_knows_its_country() -> None:
    address = validated_address(Address(line1=" 1 Rua Augusta ", line2="  ", city="São Paulo", country="br"))
    assert address == Address(line1="1 Rua Augusta", city="São Paulo", country="BR")
    assert Address.from_json(address.as_json()) == address
    assert address.as_json() == {"line1": "1 Rua Augusta", "city": "São Paulo", "country": "BR"}


def test_all_problems_of_an_address_are_told_together() -> None:
    with pytest.raises(DomainError) as refusal:
        validated_address(Address(postal_code="9" * 201, country="Germany"))
    assert [(problem.code, problem.param) for problem in refusal.value.problems] == [
        (ErrorCode.PARAMETER_STRING_TOO_LONG, ("address", "postalCode")),
        (ErrorCode.COUNTRY_CODE_INVALID, ("address", "country")),
    ]


def test_countries_are_the_250_of_the_standard_and_kosovo() -> None:
    assert len(countries()) == 250  # 249 of ISO 3166-1 and XK
    assert country_of("us") == "US"
    with pytest.raises(DomainError, match="'EU' is not a country"):
        country_of("EU")


@pytest.mark.parametrize("text", ["jenny@example.com", " jenny.rosen+billing@mail.example.co.uk ", "用户@例子.广告"])
def test_an_email_address_is_taken_as_written(text: str) -> None:
    assert email_of(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "jenny", "jenny@", "@example.com", "a b@example.com", "a@b@c.com", "a@example", "a@b." + "c" * 512]
)
def test_what_is_no_email_address_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        email_of(text)
    assert refusal.value.problems[0].code is ErrorCode.EMAIL_INVALID


def test_a_url_is_absolute_and_of_the_web() -> None:
    assert url_of("https://example.com/a.png?b=c") == "https://example.com/a.png?b=c"
    for text in [
        "example.com/a.png",
        "ftp://example.com",
        "https://",
        "javascript:alert(1)",
        "https://[",
        "https://a b.com",
    ]:
        with pytest.raises(DomainError, match="is not a URL"):
            url_of(text)


def test_a_statement_descriptor_has_a_letter_and_at_most_22_characters() -> None:
    assert statement_descriptor(" Photo Host 24/7 ") == "Photo Host 24/7"
    for text, code in [
        ("X" * 23, ErrorCode.PARAMETER_STRING_TOO_LONG),
        ("24/7", ErrorCode.PARAMETER_INVALID),
        ("Ben's", ErrorCode.INVALID_CHARACTERS),
        ("A*B", ErrorCode.INVALID_CHARACTERS),
        ("  ", ErrorCode.PARAMETER_INVALID_STRING_EMPTY),
    ]:
        with pytest.raises(DomainError) as refusal:
            statement_descriptor(text)
        assert refusal.value.problems[0].code is code


def test_a_required_text_is_not_blank() -> None:
    assert required_text(" Basic ", 5, "name") == "Basic"
    with pytest.raises(DomainError, match="has 6 characters; it may have 5"):
        required_text("Basics", 5, "name")


def test_metadata_is_merged_and_an_empty_value_removes_its_key() -> None:
    current = {"plan": "a", "tier": "1"}
    assert merged_metadata(current, {"plan": "b", "tier": "", "new": "x"}) == {"plan": "b", "new": "x"}
    assert current == {"plan": "a", "tier": "1"}


def test_metadata_limits_are_met_exactly_and_reported_together() -> None:
    full = {f"{number:040}": "v" * 500 for number in range(50)}
    assert merged_metadata({}, full) == full
    with pytest.raises(DomainError) as refusal:
        merged_metadata(full, {"k" * 41: "v", "long": "v" * 501, "a[b]": "v"})
    assert [(problem.code, problem.param) for problem in refusal.value.problems] == [
        (ErrorCode.PARAMETER_STRING_TOO_LONG, ("metadata", "k" * 41)),
        (ErrorCode.PARAMETER_STRING_TOO_LONG, ("metadata", "long")),
        (ErrorCode.INVALID_CHARACTERS, ("metadata", "a[b]")),
        (ErrorCode.PARAMETER_LIST_TOO_LONG, ("metadata",)),
    ]
    assert "53 keys" in refusal.value.problems[3].message
