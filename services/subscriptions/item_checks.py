"""What a subscription's items have to be after a change."""

from collections.abc import Sequence
from decimal import Decimal

from domain.currencies import CHARGE_AMOUNT_MAX
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.money import product_of, unit_amount_text
from domain.subscriptions import ITEMS_MAX, BillingMode
from models import Price
from services.aggregates import WholeSubscription
from services.subscriptions.drafts import ItemChange
from services.subscriptions.wholes import recurrence_of_price, recurrence_of_subscription

QUANTITY_MAX = 10**9


def refuse_unsound(before: WholeSubscription, after: WholeSubscription, wanted: Sequence[ItemChange]) -> None:
    """Refuse a change after which the items could not be billed together; all problems are told."""
    problems = Problems()
    _check_number(after, problems)
    in_force = {item.price.id for item in before.items}
    by_id = {item.price.id: item.price for item in after.items}
    for index, change in enumerate(wanted):
        where = ("items", str(index))
        if change.quantity is not UNSET and not 0 <= change.quantity <= QUANTITY_MAX:
            problems.add(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"Quantity {change.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}.",
                *where, "quantity",
            )  # fmt: skip
        price = by_id.get(change.price or "")
        if price is not None and price.id not in in_force:
            _check_price(before, price, (*where, "price"), problems)
    _check_twice(after, wanted, problems)
    problems.raise_any()
    _check_amount(after)


def _check_number(after: WholeSubscription, problems: Problems) -> None:
    if not after.items:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            "No item would be left; to end the subscription use subscriptionCancel or cancelAtPeriodEnd.",
            "items",
        )
    if len(after.items) > ITEMS_MAX:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"There would be {len(after.items)} items; a subscription has 1 to {ITEMS_MAX}.",
            "items",
        )


def _check_amount(after: WholeSubscription) -> None:
    """Every period has to be charged as a whole."""
    total = sum(product_of(Decimal(each.price.unit_amount_decimal), each.row.quantity) for each in after.items)
    if total > CHARGE_AMOUNT_MAX:
        currency = after.row.currency
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"A period would cost {unit_amount_text(Decimal(total))} {currency}; the most that can be charged is"
            f" {CHARGE_AMOUNT_MAX} {currency}.",
            "items",
        )


def _check_price(before: WholeSubscription, price: Price, where: tuple[str, ...], problems: Problems) -> None:
    """A price that comes onto the subscription recurs as the others do, in their currency."""
    if not price.active:
        problems.add(ErrorCode.PRICE_INACTIVE, f"Price {price.id} is archived; choose an active price.", *where)
    if price.currency != before.row.currency:
        problems.add(
            ErrorCode.CURRENCY_MISMATCH,
            f"Price {price.id} is in {price.currency}, the subscription in {before.row.currency}.",
            *where,
        )
    needed = recurrence_of_subscription(before)
    recurrence = recurrence_of_price(price)
    if recurrence != needed:
        how = "is charged once" if recurrence is None else f"recurs every {price.interval_count} {price.interval}"
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} {how}; subscription {before.row.id} is billed every {needed.interval_count}"
            f" {needed.interval}, and so would the price have to be. For another interval cancel it and"
            " subscribe anew.",
            *where,
        )
    _check_free(before, price, where, problems)


def _check_free(before: WholeSubscription, price: Price, where: tuple[str, ...], problems: Problems) -> None:
    """CLASSIC would begin a new period when a free subscription starts to cost something."""
    free = all(item.price.unit_amount == 0 for item in before.items)
    if before.row.billing_mode == BillingMode.CLASSIC and free and price.unit_amount != 0:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Subscription {before.row.id} is free and in CLASSIC billing mode; only one in FLEXIBLE mode can go on to"
            f" a paid price such as {price.id}. Cancel it and subscribe anew.",
            *where,
        )


def _check_twice(after: WholeSubscription, wanted: Sequence[ItemChange], problems: Problems) -> None:
    seen: set[str] = set()
    for item in after.items:
        if item.price.id in seen:
            index = max((at for at, change in enumerate(wanted) if change.price == item.price.id), default=0)
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {item.price.id} would be there twice; have it once with the sum of the quantities.",
                "items", str(index), "price",
            )  # fmt: skip
        seen.add(item.price.id)
