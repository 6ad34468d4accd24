"""What products and prices may look like (spec 01, Catalogue). Nothing here reads the database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.checks import checked, checked_list, checked_where_given
from domain.currencies import currency_of
from domain.descriptors import statement_descriptor
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.kinds import PriceType, UsageType
from domain.metadata import merged_metadata
from domain.periods import Recurrence, recurrence_of
from domain.texts import required_text, url_of
from services.catalog.amounts import checked_amounts, checked_options, packaging_column
from services.catalog.drafts import PriceTerms, ProductChange, ProductDraft, Recurring

NAME_LENGTH_MAX: Final = 250
DESCRIPTION_LENGTH_MAX: Final = 5_000
UNIT_LABEL_LENGTH_MAX: Final = 12
FEATURE_LENGTH_MAX: Final = 80
FEATURES_MAX: Final = 15
IMAGES_MAX: Final = 8
NICKNAME_LENGTH_MAX: Final = 250
LOOKUP_KEY_LENGTH_MAX: Final = 200

_TAX_CODE = re.compile(r"txcd_[0-9]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CheckedTerms:
    """Terms of a price that may be stored."""

    currency: str
    amounts: Mapping[str, Any]
    options: Mapping[str, Mapping[str, Any]]
    """What it costs in other currencies, by currency."""
    recurrence: Recurrence | None
    terms: PriceTerms

    def columns(self) -> dict[str, Any]:
        """The columns of a price that say what it costs."""
        recurrence, recurring = self.recurrence, self.terms.recurring
        return {
            "currency": self.currency,
            **self.amounts,
            "currency_options": dict(self.options),
            "billing_scheme": self.terms.billing_scheme,
            "tiers_mode": self.terms.tiers_mode,
            "transform_quantity": packaging_column(self.terms.transform_quantity),
            "usage_type": None if recurring is None else recurring.usage_type,
            "meter_id": None if recurring is None else recurring.meter,
            "type": PriceType.ONE_TIME if recurrence is None else PriceType.RECURRING,
            "interval": None if recurrence is None else recurrence.interval,
            "interval_count": None if recurrence is None else recurrence.interval_count,
            "tax_behavior": self.terms.tax_behavior,
            "metadata": dict(self.terms.metadata),
        }


def product_columns(
    problems: Problems, draft: ProductDraft | ProductChange, metadata: Mapping[str, str], *at: str
) -> dict[str, Any]:
    """The columns that the caller gave, checked; `metadata` is what the product has, `at` the path of the product."""
    columns: dict[str, Any] = {
        "name": checked_where_given(problems, required_text, draft.name, NAME_LENGTH_MAX, (*at, "name")),
        "description": checked_where_given(
            problems, required_text, draft.description, DESCRIPTION_LENGTH_MAX, (*at, "description")
        ),
        "active": draft.active,
        "images": checked_list(problems, url_of, draft.images, IMAGES_MAX, (*at, "images")),
        "tax_code": checked_where_given(problems, _tax_code, draft.tax_code, (*at, "taxCode")),
        "statement_descriptor": checked_where_given(
            problems, statement_descriptor, draft.statement_descriptor, (*at, "statementDescriptor")
        ),
        "unit_label": checked_where_given(
            problems, required_text, draft.unit_label, UNIT_LABEL_LENGTH_MAX, (*at, "unitLabel")
        ),
        "url": checked_where_given(problems, url_of, draft.url, (*at, "url")),
        "marketing_features": checked_list(
            problems, _feature, draft.marketing_features, FEATURES_MAX, (*at, "marketingFeatures")
        ),
        "metadata": checked(problems, merged_metadata, metadata, draft.metadata, (*at, "metadata")),
    }
    return {name: value for name, value in columns.items() if value is not UNSET}


def checked_terms(problems: Problems, terms: PriceTerms, *at: str) -> CheckedTerms | None:
    """The terms, when all of them hold; `at` is the path of the input that carries them."""
    currency = checked(problems, currency_of, terms.currency, (*at, "currency"))
    amounts = checked_amounts(problems, terms, at)
    options = checked_options(problems, terms, at)
    metadata = checked(problems, merged_metadata, {}, terms.metadata, (*at, "metadata"))
    recurrence = None
    if terms.recurring is not None:
        recurring = terms.recurring
        recurrence = checked(problems, recurrence_of, recurring.interval, recurring.interval_count, *at, "recurring")
        checked(problems, _refuse_unmetered, recurring, (*at, "recurring"))
        if recurrence is None:
            return None
    if currency is None or amounts is None or metadata is None:
        return None
    return CheckedTerms(currency, amounts, options, recurrence, terms)


def lookup_key_of(text: str, param: tuple[str, ...] = ("lookupKey",)) -> str:
    """The lookup key without surrounding blanks."""
    return required_text(text, LOOKUP_KEY_LENGTH_MAX, param)


def nickname_of(text: str, param: tuple[str, ...] = ("nickname",)) -> str:
    """The price's name for the merchant's own eyes."""
    return required_text(text, NICKNAME_LENGTH_MAX, param)


def refuse_many(values: Sequence[str], count_max: int, name: str) -> None:
    """Refuse a filter that names more values than a list is searched for."""
    if len(values) > count_max:
        raise DomainError(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"The filter names {len(values)} {name}; it may name {count_max}.",
            ("filter", name),
        )


def _refuse_unmetered(recurring: Recurring, at: tuple[str, ...]) -> None:
    """A price of what was used has a meter, and no other price has one."""
    metered = recurring.usage_type is UsageType.METERED
    if metered and recurring.meter is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING, "What is billed by use has a meter that counts it.", (*at, "meter")
        )
    if not metered and recurring.meter is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Meter {recurring.meter} counts use; it goes with usageType METERED, not with LICENSED.",
            (*at, "meter"),
        )


def _tax_code(text: str, param: tuple[str, ...]) -> str:
    code = text.strip()
    if not _TAX_CODE.fullmatch(code):
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"'{text[:100]}' is not a tax code; it would have to be txcd_ and eight digits, such as txcd_10103001.",
            param,
        )
    return code


def _feature(text: str, param: tuple[str, ...]) -> str:
    return required_text(text, FEATURE_LENGTH_MAX, param)
