"""Coupons, promotion codes and discounts in the API."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

import models
from domain.coupons import CouponDuration
from domain.ids import Prefix
from schema.base import (
    DIRECT,
    KINDS_BY_MODEL,
    Node,
    Wrapping,
    column,
    computed,
    describe_enum,
    input_field,
    node_type,
    part_type,
)
from schema.payloads import payload
from schema.refs import (
    CouponRef,
    CustomerRef,
    DiscountRef,
    InvoiceRef,
    ProductRef,
    PromotionCodeRef,
    SubscriptionRef,
)
from schema.relations import named, one
from schema.scalars import Currency, Metadata, MinorUnits
from services.aggregates import WholeCoupon, WholePromotionCode

describe_enum(
    CouponDuration,
    "How long a discount of a coupon lasts.",
    FOREVER="On every invoice, until it is taken away.",
    ONCE="On one invoice: the first finalized one that it lowers.",
    REPEATING="On invoices of so many months from its start.",
)


@part_type
class CouponCurrencyOption(Wrapping):
    """The amount off in another currency."""

    currency: Currency = column("The currency.")
    amount_off: MinorUnits = column("What is taken off.")


@part_type
class CouponAppliesTo(Wrapping):
    """What a coupon is for."""

    products: list[ProductRef] = named("products", Prefix.PRODUCT, "The products whose lines are discounted.")


def _valid(source: Any, info: Any) -> bool:
    return WholeCoupon(source.row, info.context.scope.clock.now()).is_valid


@node_type(models.Coupon, kind="coupons", prefix=Prefix.COUPON)
class Coupon(Node):
    """By how much, and for how long, something may be discounted. What it takes off never changes."""

    id: strawberry.ID = column("The id, chosen by the caller or made up.", source="identifier")
    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    name: str | None = column("What customers read; without it they read its id.")
    percent_off: Decimal | None = column("Per cents off; null where an amount is.")
    amount_off: MinorUnits | None = column("The amount off; null where per cents are.")
    currency: Currency | None = column("The currency of `amountOff`.")
    duration: CouponDuration = column("How long its discounts last.")
    duration_in_months: int | None = column("For how many months a REPEATING one lasts.")
    max_redemptions: int | None = column("How often it can be redeemed in all; null as often as you like.")
    times_redeemed: int = column("How often it was redeemed.")
    redeem_by: datetime | None = column("Until when it can be redeemed; null for ever.")
    metadata: Metadata = column("Labels of your own.")
    valid: bool = strawberry.field(description="Whether it can be redeemed now.", metadata={DIRECT: _valid})

    @computed("What it takes off in other currencies.")
    def currency_options(self) -> list[CouponCurrencyOption]:
        """One each, in the order in which they were added."""
        return [CouponCurrencyOption.of({"currency": each, "amount_off": amount}) for each, amount in
                self.row.currency_options.items()]  # fmt: skip

    @computed("What it is for; null for everything.")
    def applies_to(self) -> CouponAppliesTo | None:
        """Where it names products."""
        return CouponAppliesTo.of(self.row) if self.row.products else None

    @computed("Whether it was deleted; discounts that run stay.")
    def deleted(self) -> bool:
        """Nobody redeems it any more."""
        return self.row.deleted_at is not None


@part_type
class PromotionCodeCurrencyOption(Wrapping):
    """The least amount in another currency."""

    currency: Currency = column("The currency.")
    minimum_amount: MinorUnits = column("How much has to be bought at least.")


@part_type
class PromotionCodeRestrictions(Wrapping):
    """Who may redeem a promotion code, and with what purchase."""

    first_time_transaction: bool = column("Only customers who have never paid, nor redeemed such a code before.")
    minimum_amount: MinorUnits | None = column("How much has to be bought at least.")
    minimum_amount_currency: Currency | None = column("The currency of `minimumAmount`.")

    @computed("The least amounts in other currencies.")
    def currency_options(self) -> list[PromotionCodeCurrencyOption]:
        """One each, in the order in which they were added."""
        options: Mapping[str, int] = self.row.currency_options
        return [
            PromotionCodeCurrencyOption.of({"currency": each, "minimum_amount": amount})
            for each, amount in options.items()
        ]


async def _active(source: Any, info: Any) -> bool:
    coupon = info.context.load.one(KINDS_BY_MODEL[models.Coupon]).load(source.row.coupon_id)
    known = coupon if isinstance(coupon, Coupon) else await coupon
    return WholePromotionCode(source.row, known.row, info.context.scope.clock.now()).is_active


@node_type(models.PromotionCode, kind="coupons", prefix=Prefix.PROMOTION_CODE)
class PromotionCode(Node):
    """A word that customers redeem a coupon by."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    code: str = column("The word; it may be written in any case.")
    coupon: CouponRef = one("coupon_id", "What it redeems.")
    active: bool = strawberry.field(
        description="Whether it can be redeemed now, by those who may; its coupon must be valid.",
        metadata={DIRECT: _active},
    )
    customer: CustomerRef | None = one("customer_id", "Who alone may redeem it; null for everyone.")
    expires_at: datetime | None = column("Until when it can be redeemed; null as long as its coupon.")
    max_redemptions: int | None = column("How often it can be redeemed; null as often as its coupon.")
    times_redeemed: int = column("How often it was redeemed.")
    metadata: Metadata = column("Labels of your own.")

    @computed("Who may redeem it, and with what purchase.")
    def restrictions(self) -> PromotionCodeRestrictions:
        """Read from the code itself."""
        return PromotionCodeRestrictions.of(self.row)


@node_type(models.Discount, kind="coupons", prefix=Prefix.DISCOUNT)
class Discount(Node):
    """A coupon that was redeemed for a customer, a subscription, one of its items, an invoice or a line."""

    coupon: CouponRef = one("coupon_id", "What was redeemed.")
    promotion_code: PromotionCodeRef | None = one("promotion_code_id", "The code by which it was redeemed, if any.")
    customer: CustomerRef | None = one("customer_id", "Whose invoices it lowers.")
    subscription: SubscriptionRef | None = one("subscription_id", "The subscription that has it, or had.")
    invoice: InvoiceRef | None = one("invoice_id", "The one invoice that it is for.")
    start: datetime = column("From when on it is in force.")
    end: datetime | None = column("When its months are over, or when it was used up or taken away; null for never.")
    used_up_by: InvoiceRef | None = one("used_up_by", "The invoice that used it up, where it is for one alone.")


@part_type
class DiscountAmount(Wrapping):
    """What a discount takes off a line, or off an invoice."""

    amount: MinorUnits = column("The amount taken off.")

    discount: DiscountRef | None = one("discount", "The discount; null in a preview, where it does not exist yet.")

    percent_off: Decimal | None = column("The per cents that it takes off; null where it takes off an amount.")


@part_type
class PlannedDiscount(Wrapping):
    """A discount that is still to be redeemed."""

    coupon: CouponRef = one("coupon", "What is to be redeemed.")
    promotion_code: PromotionCodeRef | None = one("promotion_code", "The code by which, if any.")


@part_type
class PlannedDiscountAmount(Wrapping):
    """What a discount would take off that is still to be redeemed."""

    amount: MinorUnits = column("The amount taken off.")
    coupon: CouponRef = one("coupon", "What is to be redeemed.")
    promotion_code: PromotionCodeRef | None = one("promotion_code", "The code by which, if any.")
    percent_off: Decimal | None = column("The per cents that it takes off; null where it takes off an amount.")


def planned_discounts(description: str) -> Any:
    """What is to be redeemed, as the own row's `discounts` keep it."""

    def resolve(source: Any, _info: Any) -> list[PlannedDiscount]:
        return [PlannedDiscount.of(dict(each)) for each in source.row.discounts]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def first_discount(description: str) -> Any:
    """The one discount of the own row; null without one."""

    def resolve(source: Any, info: Any) -> Any:
        having = source.row.discounts
        return info.context.load.one(KINDS_BY_MODEL[models.Discount]).load(having[0]) if having else None

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def discount_amounts(column: str, description: str) -> Any:
    """What discounts take off, as a column of the own row keeps it."""

    def resolve(source: Any, _info: Any) -> list[DiscountAmount]:
        return [DiscountAmount.of(each) for each in getattr(source.row, column)]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


@strawberry.input(one_of=True, description="What to redeem.")
class DiscountInput:
    """Becomes `DiscountDraft`."""

    coupon: strawberry.ID | None = input_field("A coupon; it is redeemed anew where it is there already.")
    promotion_code: strawberry.ID | None = input_field("A promotion code, by its id; as a coupon.")
    discount: strawberry.ID | None = input_field("A discount that is there already, and stays.")


@strawberry.input(description="What a coupon takes off in another currency.")
class CouponCurrencyOptionInput:
    """Becomes `AmountOff`."""

    currency: Currency = input_field("The currency, another one than the coupon's.")
    amount_off: MinorUnits = input_field("The amount off; from 1 to 8 digits.")


@strawberry.input(description="What a coupon is for.")
class CouponAppliesToInput:
    """Becomes `AppliesTo`."""

    products: list[strawberry.ID] = input_field("Products whose lines are discounted; 1 to 100.")


@strawberry.input(description="What a new coupon takes off, of what, for how long.")
class CouponCreateInput:
    """Becomes `CouponDraft`."""

    id: strawberry.ID | None = input_field(
        "An id of your choice: letters, digits, dots, dashes, underscores; up to 40."
    )
    name: str | None = input_field("What customers read; at most 40 characters.")
    percent_off: Decimal | None = input_field("Per cents off: more than 0, up to 100, at most two decimals.")
    amount_off: MinorUnits | None = input_field("Or an amount off; goes with `currency`.")
    currency: Currency | None = input_field("The currency of `amountOff`.")
    currency_options: list[CouponCurrencyOptionInput] | None = input_field("What it takes off in other currencies.")
    duration: CouponDuration | None = input_field("How long its discounts last; ONCE by default.")
    duration_in_months: int | None = input_field("For how many months a REPEATING one lasts.")
    applies_to: CouponAppliesToInput | None = input_field("What it is for; everything by default.")
    max_redemptions: int | None = input_field("How often it can be redeemed in all.")
    redeem_by: datetime | None = input_field("Until when it can be redeemed: in the future, at most five years ahead.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a coupon. What it takes off cannot be mentioned.")
class CouponUpdateInput:
    """Becomes `CouponChange`."""

    id: strawberry.ID = input_field("The coupon.")
    name: strawberry.Maybe[str | None] = input_field("What customers read; null removes it.")
    currency_options: list[CouponCurrencyOptionInput] | None = input_field(
        "What it takes off in further currencies; those that are there never change."
    )
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which coupon to delete.")
class CouponDeleteInput:
    """Read by the resolver."""

    id: strawberry.ID = input_field("The coupon.")


@strawberry.input(description="The least amount in another currency.")
class PromotionCodeCurrencyOptionInput:
    """Becomes `MinimumAmount`."""

    currency: Currency = input_field("The currency, another one than `minimumAmountCurrency`.")
    minimum_amount: MinorUnits = input_field("How much has to be bought at least; from 1 to 8 digits.")


@strawberry.input(description="Who may redeem a promotion code, and with what purchase.")
class PromotionCodeRestrictionsInput:
    """Becomes `RestrictionsDraft`."""

    first_time_transaction: bool | None = input_field("Only customers who have never paid; false by default.")
    minimum_amount: MinorUnits | None = input_field("How much has to be bought at least.")
    minimum_amount_currency: Currency | None = input_field("The currency of `minimumAmount`.")
    currency_options: list[PromotionCodeCurrencyOptionInput] | None = input_field("The least in other currencies.")


@strawberry.input(description="A word for a coupon.")
class PromotionCodeCreateInput:
    """Becomes `PromotionCodeDraft`."""

    coupon: strawberry.ID = input_field("What it redeems.")
    code: str | None = input_field("The word: letters a to z, digits and dashes in any case; made up without one.")
    active: bool | None = input_field("Whether it can be redeemed; true by default.")
    customer: strawberry.ID | None = input_field("Who alone may redeem it; everyone by default.")
    expires_at: datetime | None = input_field("Until when it can be redeemed: in the future, not beyond its coupon's.")
    max_redemptions: int | None = input_field("How often it can be redeemed; not more often than its coupon.")
    restrictions: PromotionCodeRestrictionsInput | None = input_field("Who may redeem it, and with what purchase.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a promotion code's restrictions.")
class PromotionCodeRestrictionsUpdateInput:
    """Becomes `RestrictionsChange`."""

    currency_options: list[PromotionCodeCurrencyOptionInput] | None = input_field(
        "The least in further currencies; those that are there never change."
    )


@strawberry.input(description="What changes about a promotion code. What is not mentioned stays.")
class PromotionCodeUpdateInput:
    """Becomes `PromotionCodeChange`."""

    id: strawberry.ID = input_field("The promotion code.")
    active: strawberry.Maybe[bool | None] = input_field("Whether it can be redeemed; false gives its code free.")
    restrictions: PromotionCodeRestrictionsUpdateInput | None = input_field("Least amounts in further currencies.")
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Which promotion codes to list. What is not given is not asked.")
class PromotionCodeFilter:
    """Becomes `PromotionCodeSearch`."""

    code: str | None = input_field("Only those with this code, in any case.")
    coupon: strawberry.ID | None = input_field("Only those of this coupon.")
    customer: strawberry.ID | None = input_field("Only those for this customer alone.")
    active: bool | None = input_field("Only those that can be redeemed now, or only the others.")


CouponCreatePayload = payload("couponCreate", coupon=(CouponRef, "The new coupon."))
CouponUpdatePayload = payload("couponUpdate", coupon=CouponRef)
CouponDeletePayload = payload("couponDelete", coupon=(CouponRef, "The coupon, deleted."))
PromotionCodeCreatePayload = payload("promotionCodeCreate", promotion_code=(PromotionCodeRef, "The new code."))
PromotionCodeUpdatePayload = payload("promotionCodeUpdate", promotion_code=PromotionCodeRef)
