"""What a subscription's items have to be after a change."""

from collections.abc import Sequence
from decimal import Decimal
from operator import eq

from domain.checks import checked
from domain.currencies import CHARGE_AMOUNT_MAX
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.intervals import in_words, is_multiple, shortest_of
from domain.money import unit_amount_text
from domain.subscriptions import ITEMS_MAX, BillingMode
from models import Price, Subscription
from services.aggregates import WholeSubscription
from services.catalog.rates import is_offered_in, recurrence_of_price
from services.subscriptions.drafts import ItemChange
from services.subscriptions.wanted_items import refuse_quantity_of_usage
from services.subscriptions.wholes import licensed, rates_in_force

QUANTITY_MAX = 10**9


def refuse_waiting(row: Subscription) -> None:
    """One change at a time: while one waits for its payment, the items stay as they are."""
    if row.pending_update is not None:
        raise DomainError(
            ErrorCode.SUBSCRIPTION_UNEXPECTED_STATE,
            f"A change of subscription {row.id} waits for invoice {row.pending_invoice_id} to be paid; pay that, or"
            " void it to drop the change.",
            "id",
        )


def refuse_unsound(before: WholeSubscription, after: WholeSubscription, wanted: Sequence[ItemChange]) -> None:
    """Refuse a change after which the items could not be billed together; all problems are told."""
    problems = Problems()
    _check_number(after, problems)
    in_force = {item.price.id for item in before.items}
    by_id = {item.price.id: item.price for item in after.items}
    items = {item.row.id: item.price for item in after.items}
    for index, change in enumerate(wanted):
        where = ("items", str(index))
        if change.quantity is not UNSET and not 0 <= change.quantity <= QUANTITY_MAX:
            problems.add(
                ErrorCode.PARAMETER_INVALID_INTEGER,
                f"Quantity {change.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}.",
                *where, "quantity",
            )  # fmt: skip
        checked(problems, _refuse_quantity, change, items.get(change.id or "") or by_id.get(change.price or ""), where)
        price = by_id.get(change.price or "")
        if price is not None and price.id not in in_force:
            _check_price(before, price, (*where, "price"), problems, made=change.price_made)
    _check_recurrences(after, wanted, problems)
    _check_twice(after, wanted, problems)
    problems.raise_any()
    _check_amount(after)


def _refuse_quantity(change: ItemChange, price: Price | None, where: tuple[str, ...]) -> None:
    """What is billed by use has no quantity; one that was made of an item that has none says 0."""
    if price is not None and change.quantity is not UNSET and not (change.price_made and change.quantity == 0):
        refuse_quantity_of_usage(price, change.quantity, *where)


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
    items = licensed(after.items)
    total = sum(rates_in_force(each, after.row.currency).cost_of(each.row.quantity).exact for each in items)
    if total > CHARGE_AMOUNT_MAX:
        currency = after.row.currency
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"A period would cost {unit_amount_text(Decimal(total))} {currency}; the most that can be charged is"
            f" {CHARGE_AMOUNT_MAX} {currency}.",
            "items",
        )


def _check_price(
    before: WholeSubscription, price: Price, where: tuple[str, ...], problems: Problems, *, made: bool
) -> None:
    """A price that comes onto the subscription recurs and is in the currency of the others."""
    if not price.active and not made:
        problems.add(ErrorCode.PRICE_INACTIVE, f"Price {price.id} is archived; choose an active price.", *where)
    if not is_offered_in(price, before.row.currency):
        problems.add(
            ErrorCode.CURRENCY_MISMATCH,
            f"Price {price.id} is in {price.currency}, the subscription in {before.row.currency}.",
            *where,
        )
    if price.interval is None:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} is charged once; a subscription takes recurring prices.",
            *where,
        )


def check_recurrences(mode: str, prices: Sequence[Price], paths: Sequence[tuple[str, ...]], problems: Problems) -> None:
    """Tell of prices that cannot be billed on one subscription; `paths` says where each was given.

    With CLASSIC all recur alike, with FLEXIBLE each is a multiple of the shortest. One-time prices are passed over.
    """
    known = [(price, path, recurrence_of_price(price)) for price, path in zip(prices, paths, strict=True)]
    recurrences = [(price, path, found) for price, path, found in known if found is not None]
    if not recurrences:
        return
    by_shortest = next(each for each in recurrences if each[2] == shortest_of(found for _, _, found in recurrences))
    needed, fits = (by_shortest, is_multiple) if mode == BillingMode.FLEXIBLE else (recurrences[0], eq)
    law = _LAW_OF_INTERVALS[BillingMode(mode)]
    for price, path, recurrence in recurrences:
        if not fits(recurrence, needed[2]):
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} recurs every {in_words(recurrence)}, price {needed[0].id} every"
                f" {in_words(needed[2])}; {law}.",
                *max(path, needed[1], key=len),
            )


_LAW_OF_INTERVALS = {
    BillingMode.FLEXIBLE: "every interval would have to be a multiple of the shortest",
    BillingMode.CLASSIC: "in CLASSIC billing mode all would have to recur alike",
}


def _check_recurrences(after: WholeSubscription, wanted: Sequence[ItemChange], problems: Problems) -> None:
    """The prices that stay come first, so that one that does not go with them is told where it was given."""
    given = {change.price: ("items", str(index), "price") for index, change in enumerate(wanted) if change.price}
    prices = sorted((item.price for item in after.items), key=lambda price: price.id in given)
    check_recurrences(after.row.billing_mode, prices, [given.get(price.id, ("items",)) for price in prices], problems)


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
