"""What customers may look like (spec 01, Customers). Nothing here reads the database."""

import re
from collections.abc import Mapping
from typing import Any, Final

from domain.addresses import Address, validated_address
from domain.checks import checked, checked_list, checked_where_given
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.invoicing import validated_invoice_prefix
from domain.metadata import merged_metadata
from domain.texts import email_of, required_text
from services.customers.drafts import CustomerChange, CustomerDraft, CustomField, InvoiceSettingsChange, Shipping

NAME_LENGTH_MAX: Final = 256
PHONE_LENGTH_MAX: Final = 20
DESCRIPTION_LENGTH_MAX: Final = 500
FOOTER_LENGTH_MAX: Final = 5_000
LOCALES_MAX: Final = 10
CUSTOM_FIELDS_MAX: Final = 4
CUSTOM_FIELD_NAME_LENGTH_MAX: Final = 40
CUSTOM_FIELD_VALUE_LENGTH_MAX: Final = 140
INVOICE_SEQUENCE_MAX: Final = 1_000_000_000

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_PHONE = re.compile(r"[0-9+()./ \-*#,;xXet]*[0-9][0-9+()./ \-*#,;xXet]*", re.ASCII)


def customer_columns(
    problems: Problems, draft: CustomerDraft | CustomerChange, metadata: Mapping[str, str]
) -> dict[str, Any]:
    """The columns that the caller gave, checked; `metadata` is what the customer has."""
    email = checked_where_given(problems, email_of, draft.email)
    columns: dict[str, Any] = {
        "email": email,
        "email_folded": folded(email) if isinstance(email, str) else email,
        "name": checked_where_given(problems, required_text, draft.name, NAME_LENGTH_MAX, ("name",)),
        "phone": checked_where_given(problems, phone_of, draft.phone),
        "description": checked_where_given(
            problems, required_text, draft.description, DESCRIPTION_LENGTH_MAX, ("description",)
        ),
        "address": checked_where_given(problems, _address, draft.address),
        "shipping": checked_where_given(problems, _shipping, draft.shipping),
        "tax_exempt": draft.tax_exempt,
        "represents_account_id": draft.represents_account,
        "preferred_locales": checked_list(
            problems, locale_of, draft.preferred_locales, LOCALES_MAX, ("preferredLocales",)
        ),
        "next_invoice_sequence": checked_where_given(problems, _sequence, draft.next_invoice_sequence),
        "metadata": checked(problems, merged_metadata, metadata, draft.metadata),
        **_invoice_settings(problems, draft.invoice_settings),
    }
    prefix = checked_where_given(problems, validated_invoice_prefix, draft.invoice_prefix)
    if prefix is not None:  # Nobody can be without one.
        columns["invoice_prefix"] = prefix
    return {name: value for name, value in columns.items() if value is not UNSET}


def folded(email: str) -> str:
    """The e-mail as customers are found by it: the same for every way of writing capitals."""
    return email.strip().lower()


def phone_of(text: str, param: tuple[str, ...] = ("phone",)) -> str:
    """A telephone number as people write them, with at least one digit."""
    phone = required_text(text, PHONE_LENGTH_MAX, param)
    if not _PHONE.fullmatch(phone):
        raise DomainError(
            ErrorCode.INVALID_CHARACTERS,
            f"'{text}' is not a telephone number; it would have to look like +1 (555) 010-0100.",
            param,
        )
    return phone


def locale_of(text: str, param: tuple[str, ...]) -> str:
    """A language tag such as `pt-BR`."""
    if not _LOCALE.fullmatch(text):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text[:100]}' is not a language; it would have to be a tag such as en, de or pt-BR.",
            param,
        )
    return text


def _address(address: Address) -> dict[str, str] | None:
    return validated_address(address).as_json() or None


def _shipping(shipping: Shipping) -> dict[str, Any]:
    problems = Problems()
    name = checked(problems, required_text, shipping.name, NAME_LENGTH_MAX, ("shipping", "name"))
    phone = checked_where_given(problems, phone_of, shipping.phone, ("shipping", "phone"))
    address = checked(problems, validated_address, shipping.address, ("shipping", "address"))
    problems.raise_any()
    assert address is not None
    return {"name": name, "phone": phone, "address": address.as_json()}


def _invoice_settings(problems: Problems, wanted: InvoiceSettingsChange) -> dict[str, Any]:
    """The columns behind `invoiceSettings`."""
    at = "invoiceSettings"
    return {
        "default_payment_method_id": wanted.default_payment_method,
        "invoice_custom_fields": checked_list(
            problems, custom_field, wanted.custom_fields, CUSTOM_FIELDS_MAX, (at, "customFields")
        ),
        "invoice_footer": checked_where_given(
            problems, required_text, wanted.footer, FOOTER_LENGTH_MAX, (at, "footer")
        ),
    }


def custom_field(line: CustomField, param: tuple[str, ...]) -> dict[str, str]:
    """A line of the merchant's own on invoices: at most 40 and 140 characters."""
    problems = Problems()
    name = checked(problems, required_text, line.name, CUSTOM_FIELD_NAME_LENGTH_MAX, (*param, "name"))
    value = checked(problems, required_text, line.value, CUSTOM_FIELD_VALUE_LENGTH_MAX, (*param, "value"))
    problems.raise_any()
    assert name is not None
    assert value is not None
    return {"name": name, "value": value}


def _sequence(number: int) -> int:
    if not 1 <= number <= INVOICE_SEQUENCE_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Invoice number {number} is not possible; it would have to be from 1 to {INVOICE_SEQUENCE_MAX}.",
            "nextInvoiceSequence",
        )
    return number
