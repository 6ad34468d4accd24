"""What a price may cost: its amounts, tiers and packages, in its own currency and in others (spec 01, Catalogue)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from domain.checks import checked
from domain.currencies import CHARGE_AMOUNT_MAX, currency_of, minimum_charge_of
from domain.errors import DomainError, ErrorCode, Problems
from domain.kinds import UsageType
from domain.money import optional_unit_amount_text, unit_amount_of, whole_minor_units
from domain.pricing import BillingScheme
from services.catalog.drafts import AmountTerms, CustomAmountDraft, PackagingDraft, PriceTerms, TierDraft

TIERS_MAX: Final = 100
QUANTITY_MAX: Final = 10**15
"""Of a tier's end and of a package: far above anything that is bought."""

_Path = tuple[str, ...]


def checked_amounts(problems: Problems, terms: PriceTerms, at: _Path) -> dict[str, Any] | None:
    """The columns that say what a price costs in its own currency; what does not go together is noted."""
    _check_scheme(problems, terms, at)
    _check_packaging(problems, terms, at)
    return _amounts(problems, terms, terms, at)


def checked_options(problems: Problems, terms: PriceTerms, at: _Path) -> dict[str, dict[str, Any]]:
    """By currency, what the price costs in others; each is said in the same way as in its own."""
    options: dict[str, dict[str, Any]] = {}
    for index, option in enumerate(terms.currency_options):
        where = (*at, "currencyOptions", str(index))
        currency = checked(problems, currency_of, option.currency, (*where, "currency"))
        if currency is not None and (currency in options or currency == terms.currency.lower()):
            message = f"Currency {currency} is there already; a price has one amount in each currency."
            problems.add(ErrorCode.PARAMETER_INVALID, message, *where, "currency")
        columns = _amounts(problems, option, terms, where)
        if currency is not None and columns is not None:
            options[currency] = {**columns, "tax_behavior": option.tax_behavior}
    return options


def packaging_column(packaging: PackagingDraft | None) -> dict[str, Any] | None:
    """The column of a price that is sold in packages."""
    return None if packaging is None else {"divide_by": packaging.divide_by, "round": packaging.round}


def _check_scheme(problems: Problems, terms: PriceTerms, at: _Path) -> None:
    tiered = terms.billing_scheme is BillingScheme.TIERED
    if not tiered and (terms.tiers or terms.tiers_mode is not None):
        message = "Tiers go with billingScheme TIERED; without it a price costs one amount per unit."
        problems.add(ErrorCode.PARAMETER_INVALID, message, *at, "billingScheme")
    metered = terms.recurring is not None and terms.recurring.usage_type is UsageType.METERED
    if metered and terms.custom_unit_amount is not None:
        message = "What is billed by use has a price of its own; the customer cannot choose it."
        problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, *at, "customUnitAmount")
    if tiered and terms.tiers_mode is None:
        message = "Tiers are VOLUME or GRADUATED; tiersMode would say which."
        problems.add(ErrorCode.PARAMETER_MISSING, message, *at, "tiersMode")


def _check_packaging(problems: Problems, terms: PriceTerms, at: _Path) -> None:
    packaging = terms.transform_quantity
    if packaging is None:
        return
    if terms.billing_scheme is BillingScheme.TIERED or terms.custom_unit_amount is not None:
        message = "Packages go with one amount for each, not with tiers or an amount that the customer chooses."
        problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, *at, "transformQuantity")
    if not 1 <= packaging.divide_by <= QUANTITY_MAX:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A package cannot hold {packaging.divide_by} units; it would have to be from 1 to {QUANTITY_MAX}.",
            *at, "transformQuantity", "divideBy",
        )  # fmt: skip


def _amounts(problems: Problems, terms: AmountTerms, price: PriceTerms, at: _Path) -> dict[str, Any] | None:
    """The columns of one currency: an amount, tiers or what the customer may choose, as the whole price has it."""
    if price.billing_scheme is BillingScheme.TIERED:
        for name in ("unitAmount", "unitAmountDecimal", "customUnitAmount"):
            if _given(terms, name) is not None:
                message = "The amounts of a tiered price stand on its tiers."
                problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, *at, name)
        return _columns(None, _tiers(problems, terms, at), None)
    if price.custom_unit_amount is not None:
        custom = terms.custom_unit_amount
        for name in ("unitAmount", "unitAmountDecimal"):
            if _given(terms, name) is not None:
                message = "The amount is given, or the customer chooses it: one of unitAmount and customUnitAmount."
                problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, *at, name)
        if custom is None:
            message = "The customer chooses the amount in every currency; customUnitAmount would say within what."
            problems.add(ErrorCode.PARAMETER_MISSING, message, *at, "customUnitAmount")
            return None
        _check_custom(problems, custom, terms.currency, (*at, "customUnitAmount"))
        return _columns(None, [], custom)
    if terms is not price and (terms.tiers or terms.custom_unit_amount is not None):
        message = "In every currency the price is one amount per unit, as in its own: unitAmount or unitAmountDecimal."
        problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, message, *at)
    unit_amount = checked(problems, _unit_amount, terms, at)
    return None if unit_amount is None else _columns(unit_amount, [], None)


def _columns(
    unit_amount: Decimal | None, tiers: list[dict[str, Any]], custom: CustomAmountDraft | None
) -> dict[str, Any]:
    bounds = None
    if custom is not None:
        bounds = {"minimum": custom.minimum, "maximum": custom.maximum, "preset": custom.preset}
    return {
        "unit_amount": None if unit_amount is None else whole_minor_units(unit_amount),
        "unit_amount_decimal": optional_unit_amount_text(unit_amount),
        "tiers": tiers,
        "custom_unit_amount": bounds,
    }


def _given(terms: AmountTerms, name: str) -> object:
    known = {
        "unitAmount": terms.unit_amount,
        "unitAmountDecimal": terms.unit_amount_decimal,
        "customUnitAmount": terms.custom_unit_amount,
    }
    return known[name]


def _tiers(problems: Problems, terms: AmountTerms, at: _Path) -> list[dict[str, Any]]:
    """The tiers for their column: ascending, without gaps, and open above."""
    if not 1 <= len(terms.tiers) <= TIERS_MAX:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG if terms.tiers else ErrorCode.PARAMETER_MISSING,
            f"{len(terms.tiers)} tiers were given; a tiered price has from 1 to {TIERS_MAX} of them.",
            *at, "tiers",
        )  # fmt: skip
        return []
    columns, below, last = [], 0, len(terms.tiers) - 1
    for index, tier in enumerate(terms.tiers):
        where = (*at, "tiers", str(index))
        checked(problems, _refuse_unordered, tier, below, index == last, where)
        below = below if tier.up_to is None else tier.up_to
        columns.append({"up_to": tier.up_to, **_tier_amounts(problems, tier, where)})
    return columns


def _refuse_unordered(tier: TierDraft, below: int, is_last: bool, where: _Path) -> None:
    """Each tier ends above the one before it; the last one, and no other, is open."""
    path = (*where, "upTo")
    if is_last and tier.up_to is not None:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The last tier ends at {tier.up_to}, above which nothing would have a price; leave its upTo out.",
            path,
        )
    if not is_last and tier.up_to is None:
        raise DomainError(ErrorCode.PARAMETER_MISSING, "Every tier but the last ends at a quantity, its upTo.", path)
    if tier.up_to is not None and not below < tier.up_to <= QUANTITY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"The tier cannot end at {tier.up_to}; it would have to be above {below}, where the tier before it ends,"
            f" and {QUANTITY_MAX} at the most.",
            path,
        )


def _tier_amounts(problems: Problems, tier: TierDraft, where: _Path) -> Mapping[str, str | None]:
    unit = checked(problems, _amount, tier.unit_amount, tier.unit_amount_decimal, "unitAmount", where)
    flat = checked(problems, _amount, tier.flat_amount, tier.flat_amount_decimal, "flatAmount", where)
    given = (tier.unit_amount, tier.unit_amount_decimal, tier.flat_amount, tier.flat_amount_decimal)
    if all(each is None for each in given):
        message = "The tier has no amount; unitAmount or flatAmount would say what it costs, 0 that it is free."
        problems.add(ErrorCode.PARAMETER_MISSING, message, *where, "unitAmount")
    return {
        "unit_amount_decimal": optional_unit_amount_text(unit),
        "flat_amount_decimal": optional_unit_amount_text(flat),
    }


def _check_custom(problems: Problems, custom: CustomAmountDraft, currency: str, at: _Path) -> None:
    """What a customer may choose can be charged, and what is suggested may be chosen."""
    least = checked(problems, lambda: minimum_charge_of(currency_of(currency)))
    least = 1 if least is None else least
    bounds = {"minimum": custom.minimum, "maximum": custom.maximum, "preset": custom.preset}
    lowest = max(least, custom.minimum or 0)
    highest = CHARGE_AMOUNT_MAX if custom.maximum is None else min(custom.maximum, CHARGE_AMOUNT_MAX)
    for name, amount in bounds.items():
        low, high = (lowest, highest) if name == "preset" else (least, CHARGE_AMOUNT_MAX)
        if amount is not None and not low <= amount <= high:
            message = f"The {name} cannot be {amount} {currency}; it would have to be from {low} to {high}."
            problems.add(ErrorCode.PARAMETER_INVALID_INTEGER, message, *at, name)
    if custom.minimum is not None and custom.maximum is not None and custom.minimum > custom.maximum:
        message = f"The minimum {custom.minimum} is above the maximum {custom.maximum}."
        problems.add(ErrorCode.PARAMETER_INVALID, message, *at, "minimum")


def _unit_amount(terms: AmountTerms, at: _Path) -> Decimal:
    """The one amount that was given, in minor units."""
    amount = _amount(terms.unit_amount, terms.unit_amount_decimal, "unitAmount", at)
    if amount is None:
        raise DomainError(
            ErrorCode.PARAMETER_MISSING,
            "The price has no amount; unitAmount (minor units) or unitAmountDecimal would say what it costs.",
            (*at, "unitAmount"),
        )
    return amount


def _amount(whole: int | None, decimal: Decimal | None, name: str, at: _Path) -> Decimal | None:
    """The amount in one of its two forms; None where there is none."""
    if whole is not None and decimal is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"Both {name} {whole} and {name}Decimal {decimal:f} were given; a price has one of them.",
            (*at, name),
        )
    if whole is not None:
        if whole < 0:
            words = "Unit amount" if name == "unitAmount" else "Flat amount"
            raise DomainError(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"{words} {whole} is negative; the least is 0, which makes the price free.",
                (*at, name),
            )
        return unit_amount_of(str(whole), (*at, name))
    return None if decimal is None else unit_amount_of(format(decimal, "f"), (*at, f"{name}Decimal"))
