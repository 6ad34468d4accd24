"""What the simulation may do with coupons: redeem them for whatever takes them, take them away, delete them."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from domain.coupons import CouponDuration
from domain.lifecycles import InvoiceStatus
from models import Coupon, Customer, Discount, Invoice, InvoiceLine, PromotionCode, Subscription, SubscriptionItem
from services.coupons import CouponDraft, Coupons, PromotionCodeDraft, PromotionCodes
from services.coupons.redemption import DiscountDraft
from services.customers import CustomerChange, Customers
from services.invoices import DraftLines, InvoiceChange, Invoices, LinesChange
from services.invoices.lines import LineChange
from services.scope import Scope
from services.subscriptions import ItemChange, SubscriptionChange, Subscriptions

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"discount": 24, "new_coupon": 3, "delete_coupon": 1}

_TERMS: tuple[dict[str, Any], ...] = (
    {"percent_off": Decimal("33.33"), "duration": CouponDuration.FOREVER},
    {"amount_off": 777, "currency": "usd", "duration": CouponDuration.REPEATING, "duration_in_months": 2},
    {"percent_off": Decimal(100), "duration": CouponDuration.ONCE, "max_redemptions": 3},
    {"amount_off": 90_000, "currency": "usd", "duration": CouponDuration.ONCE},
)


class DiscountActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def prepare_discounts(self) -> None:
        """A coupon of each kind, and a code."""
        made = [await Coupons(self.scope).create(CouponDraft(**terms)) for terms in _TERMS]
        await PromotionCodes(self.scope).create(PromotionCodeDraft(coupon=made[0].identifier, max_redemptions=5))

    async def discount(self) -> Action | None:
        """A customer, a subscription, an item, a draft or a line gets other discounts."""
        drafts = await some_discounts(self.dice)
        wanted: list[Action] = []
        if customers := await Customer.filter(deleted_at=None).order_by("id"):
            customer, own = self.dice.choice(customers).id, drafts[0] if drafts else None
            wanted.append(lambda scope: Customers(scope).update(customer, CustomerChange(discount=own)))
        if subscriptions := await Subscription.all().order_by("id"):
            row = self.dice.choice(subscriptions)
            wanted.append(lambda scope: Subscriptions(scope).update(SubscriptionChange(row.id, discounts=drafts)))
            item = await SubscriptionItem.filter(subscription_id=row.id).order_by("id").first()
            if item is not None:
                change = SubscriptionChange(row.id, items=(ItemChange(item.id, quantity=2, discounts=drafts),))
                wanted.append(lambda scope: Subscriptions(scope).update(change))
        if invoices := await Invoice.filter(status=InvoiceStatus.DRAFT).order_by("id"):
            draft = self.dice.choice(invoices)
            wanted.append(lambda scope: Invoices(scope).update(InvoiceChange(id=draft.id, discounts=drafts)))
            line = await InvoiceLine.filter(invoice_id=draft.id).order_by("id").first()
            if line is not None:
                lines = LinesChange(draft.id, (LineChange(line.id, discounts=drafts),))
                wanted.append(lambda scope: DraftLines(scope).change(lines))
        return self.dice.choice(wanted) if wanted else None

    async def new_coupon(self) -> Action:
        """Another coupon of some kind."""
        terms = self.dice.choice(_TERMS)
        return lambda scope: Coupons(scope).create(CouponDraft(**terms))

    async def delete_coupon(self) -> Action | None:
        """Nobody redeems a coupon any more."""
        coupons = await Coupon.filter(deletion="").order_by("id")
        if not coupons:
            return None
        identifier = self.dice.choice(coupons).identifier
        return lambda scope: Coupons(scope).delete(identifier)


async def some_discounts(dice: random.Random) -> tuple[DiscountDraft, ...]:
    """None, one or two things to redeem."""
    coupons = [DiscountDraft(coupon=row.identifier) for row in await Coupon.filter(deletion="").order_by("id")]
    codes = [DiscountDraft(promotion_code=row.id) for row in await PromotionCode.all().order_by("id")]
    return tuple(dice.sample(coupons + codes, min(dice.choice((0, 1, 1, 2)), len(coupons + codes))))


async def check_discounts() -> None:
    """Redemptions are counted, never beyond a limit; nobody has a discount that is over; no line goes below zero."""
    discounts = {row.id: row for row in await Discount.all()}
    redeemed = Counter(row.coupon_id for row in discounts.values())
    by_code = Counter(row.promotion_code_id for row in discounts.values())
    for coupon in await Coupon.all():
        assert coupon.times_redeemed == redeemed[coupon.id], coupon.identifier
        assert coupon.times_redeemed <= (coupon.max_redemptions or coupon.times_redeemed), coupon.identifier
    for code in await PromotionCode.all():
        assert code.times_redeemed == by_code[code.id] <= (code.max_redemptions or by_code[code.id]), code.id
    for model in (Customer, Subscription, SubscriptionItem):
        for row in await model.all():
            for held in row.discounts:
                assert discounts[held].used_up_by is None, f"{held} of {row.id} is used up"
    for line in await InvoiceLine.exclude(discount_amounts=[]):
        assert 0 <= sum(each["amount"] for each in line.discount_amounts) <= max(line.amount, 0), line.id
