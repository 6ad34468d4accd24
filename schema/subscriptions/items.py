"""Changes of items one by one, and going over to another billing mode: inputs and payloads."""

from datetime import datetime

import strawberry

from domain.subscriptions import BillingMode, PaymentBehavior, ProrationBehavior
from schema.base import input_field
from schema.coupons import DiscountInput
from schema.payloads import payload
from schema.refs import SubscriptionItemRef, SubscriptionRef
from schema.scalars import Metadata, MinorUnits
from schema.subscriptions.inputs import NEW_OWN_AMOUNT, OWN_AMOUNT, SubscriptionItemPriceDataInput

_PRORATION = "What becomes of the difference for the rest of the period; CREATE_PRORATIONS by default."
_DATE = "From when the difference counts, within the current period; now by default."
_PAYMENT = "What becomes of the change when its payment does not succeed at once; as for `subscriptionUpdate`."
_OFF_SESSION = "Whether the customer is away and cannot authenticate; false by default."


@strawberry.input(description="A price that is put onto a subscription: `price` or `priceData`.")
class SubscriptionItemCreateInput:
    """Becomes `ItemAddition`."""

    subscription: strawberry.ID = input_field("The subscription; it has to be TRIALING, ACTIVE or PAST_DUE.")
    price: strawberry.ID | None = input_field("An active recurring price in its currency.")
    price_data: SubscriptionItemPriceDataInput | None = input_field("Or a price that is made for this item.")
    quantity: strawberry.Maybe[int | None] = input_field(
        "How many units; 1 by default, and none where usage is billed."
    )
    unit_amount: strawberry.Maybe[MinorUnits | None] = input_field(OWN_AMOUNT)
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates, at most five, instead of the defaults."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "Discounts of this item alone, in order; at most 20."
    )
    metadata: Metadata | None = input_field("Labels of your own for the item.")
    proration_behavior: ProrationBehavior | None = input_field(_PRORATION)
    proration_date: datetime | None = input_field(_DATE)
    payment_behavior: PaymentBehavior | None = input_field(_PAYMENT)
    off_session: bool | None = input_field(_OFF_SESSION)


@strawberry.input(description="What changes about one item. What is not mentioned stays.")
class SubscriptionItemUpdateInput:
    """Becomes `ItemUpdate`."""

    id: strawberry.ID = input_field("The item.")
    price: strawberry.ID | None = input_field("Another active recurring price in the same currency.")
    price_data: SubscriptionItemPriceDataInput | None = input_field("Or a price that is made for this item.")
    quantity: strawberry.Maybe[int | None] = input_field("How many units from now on.")
    unit_amount: strawberry.Maybe[MinorUnits | None] = input_field(NEW_OWN_AMOUNT)
    tax_rates: strawberry.Maybe[list[strawberry.ID] | None] = input_field(
        "Its own tax rates from now on, at most five, instead of the defaults; null goes back to those."
    )
    discounts: strawberry.Maybe[list[DiscountInput] | None] = input_field(
        "All the discounts that it is to have from now on; null takes them away."
    )
    metadata: Metadata | None = input_field("Labels of your own for the item.")
    proration_behavior: ProrationBehavior | None = input_field(_PRORATION)
    proration_date: datetime | None = input_field(_DATE)
    payment_behavior: PaymentBehavior | None = input_field(_PAYMENT)
    off_session: bool | None = input_field(_OFF_SESSION)


@strawberry.input(description="Which item is taken off its subscription.")
class SubscriptionItemDeleteInput:
    """Becomes `ItemRemoval`."""

    id: strawberry.ID = input_field("The item; another one has to be left.")
    proration_behavior: ProrationBehavior | None = input_field(_PRORATION)
    proration_date: datetime | None = input_field(_DATE)
    payment_behavior: PaymentBehavior | None = input_field(_PAYMENT)


@strawberry.input(description="The billing mode that a subscription goes over to.")
class SubscriptionMigrateBillingModeInput:
    """Becomes `BillingModeDraft`."""

    type: BillingMode = input_field("FLEXIBLE, which is the only way to go.")


@strawberry.input(description="Which subscription follows other rules from now on.")
class SubscriptionMigrateInput:
    """Becomes `MigrationDraft`."""

    id: strawberry.ID = input_field("The subscription, in CLASSIC billing mode.")
    billing_mode: SubscriptionMigrateBillingModeInput = input_field("Where it goes over to; there is no way back.")


_SUBSCRIPTION = (SubscriptionRef, "The subscription as it is now; null when refused.")
SubscriptionItemCreatePayload = payload(
    "subscriptionItemCreate",
    subscription_item=(SubscriptionItemRef, "The new item; null when refused, and while the change still waits."),
    subscription=_SUBSCRIPTION,
)
SubscriptionItemUpdatePayload = payload(
    "subscriptionItemUpdate",
    subscription_item=(SubscriptionItemRef, "The item as it is now; null when refused."),
    subscription=_SUBSCRIPTION,
)
SubscriptionItemDeletePayload = payload(
    "subscriptionItemDelete",
    subscription_item=(SubscriptionItemRef, "The item while its removal still waits; null once it is gone."),
    subscription=_SUBSCRIPTION,
)
SubscriptionMigratePayload = payload("subscriptionMigrate", subscription=_SUBSCRIPTION)
