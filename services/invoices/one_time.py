"""What is charged once: an amount, or so many units of a one-time price, as the line that an invoice has for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from domain.calculations import calculation_of
from domain.currencies import CHARGE_AMOUNT_MAX
from domain.errors import DomainError, ErrorCode
from domain.invoicing import LineDraft, PriceFacts, line_description
from domain.metadata import merged_metadata
from domain.pricing import Rates
from domain.texts import text_within
from models import Price, Product
from services.base import Service, part
from services.catalog import Catalog, InlinePriceDraft
from services.catalog.rates import agreed_rates, chosen_amount, is_offered_in
from services.coupons.redemption import DiscountDraft
from services.tax import NamedRates, TaxRatesNamed

DESCRIPTION_LENGTH_MAX = 500
QUANTITY_MAX = 10**9


@dataclass(frozen=True, slots=True)
class OneTimeDraft:
    """Something that is charged once: so many units of a one-time price.

    `price_made` tells that the price was made or agreed upon for this purchase before, and need not be active.
    """

    price: str
    quantity: int = 1
    price_made: bool = False
    tax_rates: tuple[str, ...] = ()
    unit_amount: int | None = None
    """What the customer chose to pay for a unit, where the price lets them."""
    discounts: tuple[DiscountDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanDraft:
    """The time that an amount is for."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDraft:
    """What is to be charged: one of an amount (negative gives back), a price, and the terms of a price made for it.

    `unit_amount` is what the customer chose to pay for a unit, where the price lets them.
    """

    amount: int | None = None
    price: str | None = None
    price_data: InlinePriceDraft | None = None
    quantity: int | None = None
    """Units of a price; one where it is None."""
    unit_amount: int | None = None
    description: str | None = None
    period: SpanDraft | None = None
    tax_rates: tuple[str, ...] = ()
    discounts: tuple[DiscountDraft, ...] = ()
    discountable: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


class OneTimeCharges(Service):
    """Works out lines of what is charged once."""

    catalog = part(Catalog)
    tax_rates = part(TaxRatesNamed)

    async def line(
        self,
        draft: ChargeDraft,
        currency: str | None,
        at: datetime,
        *param: str,
        preferred: str | None = None,
        automatic_tax: bool = False,
    ) -> LineDraft:
        """The line of what is charged, in `currency`; without one in that of its price, which an amount lacks.

        A price that is also offered in the `preferred` currency is charged in that one.
        Makes the price of `price_data`. `param` is the path of the draft in the input. With `automatic_tax` it takes no
        tax rates.
        """
        _refuse_unless_one(draft, param)
        await self.tax_rates.checked(NamedRates(draft.tax_rates, (*param, "taxRates"), automatic=automatic_tax))
        start, end = _span(draft, at, param)
        description = draft.description
        if description is not None:
            description = text_within(description, DESCRIPTION_LENGTH_MAX, (*param, "description"))
        if draft.amount is not None:
            assert currency is not None, "an amount is in no currency by itself"
            _refuse_terms_of_a_price(draft, param)
            line = amount_line(draft.amount, currency, at, *param)
        else:
            price = await self._price(draft, param)
            if currency is None and preferred is not None and is_offered_in(price, preferred):
                currency = preferred
            chosen, quantity = draft.unit_amount, 1 if draft.quantity is None else draft.quantity
            line = await self.of_price(price, quantity, currency, at, *param, unit_amount=chosen)
        return LineDraft(
            description=description or line.description,
            amount=line.amount,
            currency=line.currency,
            quantity=line.quantity,
            unit_amount=line.unit_amount,
            price_id=line.price_id,
            product_id=line.product_id,
            subscription_item_id=None,
            period_start=start,
            period_end=end,
            calculation=line.calculation,
            metadata=merged_metadata({}, draft.metadata, (*param, "metadata")),
            tax_rates=tuple(draft.tax_rates),
            discountable=draft.discountable,
        )

    async def of_price(
        self,
        price: Price,
        quantity: int,
        currency: str | None,
        at: datetime,
        *param: str,
        unit_amount: int | None = None,
    ) -> LineDraft:
        """The line of so many units of a one-time price; refused when it cannot be charged in `currency`.

        `unit_amount` is what the customer chose to pay for a unit, where the price lets them.
        """
        _refuse_unfit(price, quantity, currency, param)
        product = await self.require(Product, price.product_id)
        currency = currency or price.currency
        rates = agreed_rates(price, currency, chosen_amount(price, currency, unit_amount, None, *param))
        facts = PriceFacts(price.id, product.id, product.name, currency, rates, None, product.unit_label)
        calculation = calculation_of(rates, quantity, currency)
        chargeable_once(calculation.amount, *param)
        return LineDraft(
            description=line_description(facts, quantity),
            amount=calculation.amount,
            currency=currency,
            quantity=quantity,
            unit_amount=rates.unit_amount,
            price_id=price.id,
            product_id=product.id,
            subscription_item_id=None,
            period_start=at,
            period_end=at,
            calculation=calculation,
        )

    async def price(self, identifier: str, *param: str, made: bool = False) -> Price:
        """An active price of the catalogue, or one that was made or agreed upon for this purchase before."""
        price = await self.find(Price, identifier)
        if price is None:
            raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{identifier}'.", (*param, "price"))
        if not price.active and not made:
            raise DomainError(
                ErrorCode.PRICE_INACTIVE, f"Price {price.id} is archived; choose an active price.", (*param, "price")
            )
        return price

    async def _price(self, draft: ChargeDraft, param: tuple[str, ...]) -> Price:
        if draft.price_data is not None:
            return await self.catalog.inline_price(draft.price_data, *param, "priceData")
        assert draft.price is not None, "without an amount there is a price"
        return await self.price(draft.price, *param)


def _refuse_unless_one(draft: ChargeDraft, param: tuple[str, ...]) -> None:
    given = [name for name in ("amount", "price", "price_data") if getattr(draft, name) is not None]
    if len(given) != 1:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE if given else ErrorCode.PARAMETER_MISSING,
            "What is charged has one of an amount, a price and priceData.",
            (*param, "amount"),
        )


def amount_line(amount: int, currency: str, at: datetime, *param: str) -> LineDraft:
    """The line of an amount of its own; negative gives back."""
    return LineDraft(
        description="Invoice item",
        amount=chargeable_once(amount, *param),
        currency=currency,
        quantity=1,
        unit_amount=Decimal(amount),
        price_id=None,
        product_id=None,
        subscription_item_id=None,
        period_start=at,
        period_end=at,
        calculation=calculation_of(Rates(Decimal(amount)), 1, currency),
    )


def chargeable_once(amount: int, *param: str) -> int:
    """The amount itself, unless it is more than one payment may be, in either direction."""
    if abs(amount) > CHARGE_AMOUNT_MAX:
        raise DomainError(
            ErrorCode.AMOUNT_TOO_LARGE,
            f"Amount {amount} is too large; it would have to be from -{CHARGE_AMOUNT_MAX} to {CHARGE_AMOUNT_MAX}.",
            (*param, "amount"),
        )
    return amount


def _refuse_terms_of_a_price(draft: ChargeDraft, param: tuple[str, ...]) -> None:
    if draft.quantity is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "An amount is charged as it is; a quantity goes with a price.",
            (*param, "quantity"),
        )
    if draft.unit_amount is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "An amount is charged as it is; unitAmount goes with a price that has customUnitAmount.",
            (*param, "unitAmount"),
        )


def _span(draft: ChargeDraft, at: datetime, param: tuple[str, ...]) -> tuple[datetime, datetime]:
    if draft.period is None:
        return at, at
    if draft.period.end < draft.period.start:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"A period cannot end at {draft.period.end:%Y-%m-%d %H:%M:%S} UTC, before it begins at"
            f" {draft.period.start:%Y-%m-%d %H:%M:%S} UTC.",
            (*param, "period", "end"),
        )
    return draft.period.start, draft.period.end


def _refuse_unfit(price: Price, quantity: int, currency: str | None, param: tuple[str, ...]) -> None:
    if price.interval is not None:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"Price {price.id} recurs; what is charged once takes a one-time price.",
            (*param, "price"),
        )
    if currency is not None and not is_offered_in(price, currency):
        raise DomainError(
            ErrorCode.CURRENCY_MISMATCH,
            f"Price {price.id} is in {price.currency}, what it is charged with in {currency}.",
            (*param, "price"),
        )
    if not 0 <= quantity <= QUANTITY_MAX:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"Quantity {quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}.",
            (*param, "quantity"),
        )
