"""Amounts in further currencies: what coupons take off there, and the least that promotion codes ask for."""

from collections.abc import Iterable, Mapping

from domain.checks import checked
from domain.coupons import CURRENCY_OPTIONS_MAX, amount_of, merged_amounts
from domain.currencies import currency_of
from domain.errors import ErrorCode, Problems


def merged_options(
    problems: Problems,
    current: Mapping[str, int],
    main: str | None,
    added: Iterable[tuple[str, int]],
    *,
    at: tuple[str, ...],
    amount: str,
) -> dict[str, int]:
    """The options with others added, checked; `main` is no option, `amount` how the input names amounts."""
    merged = dict(current)
    for place, (text, wanted) in enumerate(added):
        path = (*at, str(place))
        currency = checked(problems, currency_of, text, (*path, "currency"))
        minor = checked(problems, amount_of, wanted, (*path, amount))
        if currency is not None and minor is not None:
            merged = checked(problems, merged_amounts, merged, {currency: minor}, main, path) or merged
    if len(merged) > CURRENCY_OPTIONS_MAX:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"There would be {len(merged)} currency options; there may be {CURRENCY_OPTIONS_MAX}.",
            *at,
        )
    return merged
