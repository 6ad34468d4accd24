"""Subscription schedules in the API: phases that a subscription passes through, and the inputs that plan them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

import models
from domain.errors import ErrorCode
from domain.ids import Prefix
from domain.lifecycles import SubscriptionScheduleStatus
from domain.periods import Interval
from domain.schedules import PHASES_MAX, Phase, SubscriptionScheduleEndBehavior
from domain.subscriptions import ITEMS_MAX, BillingMode, ProrationBehavior
from schema.base import DIRECT, Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.coupons import DiscountInput
from schema.invoice_items import AddInvoiceItemInput
from schema.payloads import payload
from schema.refs import (
    AccountRef,
    CouponRef,
    CustomerRef,
    DiscountRef,
    PaymentMethodRef,
    PriceRef,
    PromotionCodeRef,
    SubscriptionRef,
    SubscriptionScheduleRef,
    TaxRateRef,
    TestClockRef,
)
from schema.relations import named, one
from schema.scalars import Currency, Metadata, MinorUnits, TimeOrNow
from schema.subscriptions.inputs import SubscriptionItemInput
from schema.transfers import (
    TransferData,
    TransferDataInput,
    application_fee_percent,
    on_behalf_of,
    transfer_data,
)

describe_enum(
    SubscriptionScheduleStatus,
    "Where a schedule stands.",
    NOT_STARTED="Its first phase is still to come; there is no subscription yet.",
    ACTIVE="Its subscription follows it.",
    COMPLETED="Its last phase is over, and the subscription ended with it or went on.",
    RELEASED="It let go of its subscription, which went on.",
    CANCELED="It was canceled, or its subscription was.",
)
describe_enum(
    SubscriptionScheduleEndBehavior,
    "What becomes of the subscription when the last phase ends.",
    RELEASE="It goes on as the last phase left it; the schedule is RELEASED.",
    CANCEL="It ends; the schedule is COMPLETED.",
    NONE="It goes on as the last phase left it; the schedule is COMPLETED and keeps naming it.",
)


@part_type
class SubscriptionSchedulePhaseDiscount(Wrapping):
    """What is redeemed when a phase begins, unless it is there already."""

    coupon: CouponRef = one("coupon", "What is redeemed.")
    promotion_code: PromotionCodeRef | None = one("promotion_code", "The code by which, if any.")
    discount: DiscountRef | None = one("discount", "What the subscription had when it was put under the schedule.")


def _discounts(description: str) -> Any:
    """What a part of a phase names."""

    def resolve(source: Any, _info: Any) -> list[SubscriptionSchedulePhaseDiscount]:
        return [SubscriptionSchedulePhaseDiscount.of(each) for each in source.row.discounts]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


@part_type
class SubscriptionSchedulePhaseItem(Wrapping):
    """One price that the subscription has during a phase."""

    price: PriceRef = one("price", "What one unit costs, and how often it is billed.")
    quantity: int = column("How many units.")
    tax_rates: list[TaxRateRef] = named("tax_rates", Prefix.TAX_RATE, "Its own tax rates.")
    unit_amount: MinorUnits | None = column(
        "What the customer chose to pay for a unit; null where the price says what it costs."
    )
    discounts: list[SubscriptionSchedulePhaseDiscount] = _discounts("The discounts that the item has alone, in order.")
    metadata: Metadata = column("What the item's metadata is given when the phase begins.")


@part_type
class SubscriptionSchedulePhaseAddInvoiceItem(Wrapping):
    """What a phase charges once."""

    price: PriceRef = one("price", "The one-time price.")
    quantity: int = column("How many units.")
    tax_rates: list[TaxRateRef] = named("tax_rates", Prefix.TAX_RATE, "Its own tax rates.")
    discounts: list[SubscriptionSchedulePhaseDiscount] = _discounts("The discounts that it has alone, in order.")


@part_type
class SubscriptionSchedulePhase(Wrapping):
    """What the subscription is to be for some time."""

    start_date: datetime = column("When it begins.", source="start")
    end_date: datetime = column("When it ends and the next one begins.", source="end")
    trial: bool = column("Whether nothing is charged for all of it.")
    trial_end: datetime | None = column("Until when nothing is charged; null without a trial.")
    proration_behavior: ProrationBehavior = column("What becomes of the difference when it begins within a period.")
    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method", "What is charged from its beginning on; null leaves that to the default settings."
    )
    default_tax_rates: list[TaxRateRef] = named(
        "default_tax_rates", Prefix.TAX_RATE, "The subscription's tax rates from its beginning on; none leave them."
    )
    discounts: list[SubscriptionSchedulePhaseDiscount] = _discounts(
        "The discounts of the subscription during the phase, in order; with none it has none of its own."
    )
    application_fee_percent: Decimal | None = application_fee_percent(
        "Which percentage a platform has of what each period's invoice charges from its beginning on."
    )
    transfer_data: list[TransferData] = transfer_data("What other accounts receive from its beginning on, in order.")
    on_behalf_of: AccountRef | None = on_behalf_of()
    description: str | None = column("The subscription's description from its beginning on; null leaves it.")
    metadata: Metadata = column("What is added to the subscription's metadata when it begins.")

    @computed("The prices that the subscription has.")
    def items(self) -> list[SubscriptionSchedulePhaseItem]:
        """As they were planned."""
        return [SubscriptionSchedulePhaseItem.of(each) for each in self.row.items]

    @computed("What its first invoice charges beside the period.")
    def add_invoice_items(self) -> list[SubscriptionSchedulePhaseAddInvoiceItem]:
        """As they were planned."""
        return [SubscriptionSchedulePhaseAddInvoiceItem.of(each) for each in self.row.add_invoice_items]


@part_type
class SubscriptionScheduleDefaultSettings(Wrapping):
    """What holds in every phase that does not say otherwise."""

    default_payment_method: PaymentMethodRef | None = one(
        "default_payment_method_id", "What is charged; null charges the customer's default for invoices."
    )
    description: str | None = column("The subscription's description.")


@part_type
class SubscriptionScheduleProblem(Wrapping):
    """Why the next phase could not begin."""

    message: str = column("What is wrong, and what would be right.")

    @computed("What exactly is wrong.")
    def code(self) -> ErrorCode:
        """As a mutation would tell it."""
        return ErrorCode(self.row.code)


@node_type(models.SubscriptionSchedule, kind="subscriptions", prefix=Prefix.SUBSCRIPTION_SCHEDULE)
class SubscriptionSchedule(Node):
    """A plan for a subscription: phases that follow one another, each with prices of its own."""

    created: datetime = column("When it was made, by the customer's clock.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    status: SubscriptionScheduleStatus = column("Where it stands.")
    customer: CustomerRef = one("customer_id", "Who is billed.")
    subscription: SubscriptionRef | None = one(
        "subscription_id", "The subscription that follows it; null before it begins and after a release."
    )
    released_subscription: SubscriptionRef | None = one(
        "released_subscription_id", "The subscription that it let go of."
    )
    currency: Currency = column("What all its phases are billed in.")
    billing_mode: BillingMode = column("By which rules changes within a period are prorated.")
    application: strawberry.ID | None = column(
        "The platform that made it for its account; null where the account did so itself.", source="application_id"
    )
    end_behavior: SubscriptionScheduleEndBehavior = column("What becomes of the subscription when the last phase ends.")
    problem_at: datetime | None = column(
        "When it was found that the next phase cannot begin; it is tried again a day later."
    )
    canceled_at: datetime | None = column("When it was canceled.")
    completed_at: datetime | None = column("When its last phase ended.")
    released_at: datetime | None = column("When it let go of its subscription.")
    test_clock: TestClockRef | None = one("test_clock_id", "The customer's test clock, if they live by one.")
    metadata: Metadata = column("Labels of your own.")

    @computed("Its phases in order, those that are over too.")
    def phases(self) -> list[SubscriptionSchedulePhase]:
        """As they were planned."""
        return [_phase(each) for each in self.row.phases]

    @computed("The phase that the subscription is in; null unless the schedule is ACTIVE.")
    def current_phase(self) -> SubscriptionSchedulePhase | None:
        """By its place among the phases."""
        active = self.row.status == SubscriptionScheduleStatus.ACTIVE
        return _phase(self.row.phases[self.row.position]) if active else None

    @computed("What holds in every phase that does not say otherwise.")
    def default_settings(self) -> SubscriptionScheduleDefaultSettings:
        """Reads through to the schedule."""
        return SubscriptionScheduleDefaultSettings.of(self.row)

    @computed("Why the next phase cannot begin; null while nothing is wrong. Nothing else waits for it.")
    def problem(self) -> SubscriptionScheduleProblem | None:
        """As it was noted when that phase was tried."""
        return SubscriptionScheduleProblem.of(self.row.problem) if self.row.problem else None


def _phase(stored: dict[str, Any]) -> SubscriptionSchedulePhase:
    return SubscriptionSchedulePhase.of(Phase.from_json(stored))


@strawberry.input(description="Which schedules to list. What is not given is not asked.")
class SubscriptionScheduleFilter:
    """Becomes `ScheduleSearch`."""

    customer: strawberry.ID | None = input_field("Only this customer's.")
    subscription: strawberry.ID | None = input_field("Only those that this subscription follows or followed.")
    status: list[SubscriptionScheduleStatus] | None = input_field("Only those in one of these statuses.")


@strawberry.input(description="How long a phase lasts.")
class SubscriptionSchedulePhaseDurationInput:
    """Becomes `DurationDraft`."""

    interval: Interval = input_field("The unit.")
    interval_count: int | None = input_field("How many of it, at most three years; 1 by default.")


@strawberry.input(description="A phase to be. It begins where the one before it ends.")
class SubscriptionSchedulePhaseInput:
    """Becomes `PhaseDraft`."""

    items: list[SubscriptionItemInput] = input_field(
        f"What the subscription has: 1 to {ITEMS_MAX} prices. All phases have one currency and one interval."
    )
    add_invoice_items: list[AddInvoiceItemInput] | None = input_field(
        "What its first invoice charges beside the period, at most 20 one-time prices."
    )
    start_date: datetime | None = input_field(
        "When it begins. That is settled already, so it can only be repeated; the first phase of a schedule that has "
        "not begun can be moved with it."
    )
    end_date: datetime | None = input_field("When it ends; or give `duration`.")
    duration: SubscriptionSchedulePhaseDurationInput | None = input_field(
        "How long it lasts. Without either it lasts for one interval of its prices."
    )
    trial: bool | None = input_field("True makes all of it free; false by default.")
    trial_end: datetime | None = input_field("Until when it is free; or give `trial`.")
    proration_behavior: ProrationBehavior | None = input_field(
        "What becomes of the difference when it begins within a period; CREATE_PRORATIONS by default."
    )
    default_payment_method: strawberry.ID | None = input_field(
        "What to charge from then on, one of the customer's. In test mode also a sandbox token such as `pm_card_visa`."
    )
    default_tax_rates: list[strawberry.ID] | None = input_field(
        "The tax rates from then on of items that have none of their own, at most five; without any, those that the "
        "subscription has stay."
    )
    discounts: list[DiscountInput] | None = input_field(
        "The discounts that the subscription has during the phase, at most 20. What it has already by the same coupon "
        "or code stays, other discounts of it end. The same holds for those of `items`."
    )
    application_fee_percent: Decimal | None = input_field(
        "Which percentage a platform has of later invoices; as for `subscriptionCreate`. Without any of this field and "
        "the next two, the subscription keeps what it has of them; otherwise all three are as the phase says."
    )
    transfer_data: list[TransferDataInput] | None = input_field("What other accounts receive of later payments.")
    on_behalf_of: strawberry.ID | None = input_field("The account that sells from then on.")
    description: str | None = input_field("The subscription's description from then on, at most 500 characters.")
    metadata: Metadata | None = input_field("What is added to the subscription's metadata.")


@strawberry.input(description="What is to hold in every phase that does not say otherwise.")
class SubscriptionScheduleDefaultSettingsInput:
    """Becomes `DefaultSettingsDraft`."""

    default_payment_method: strawberry.Maybe[strawberry.ID | None] = input_field(
        "What to charge; null goes back to the customer's default for invoices."
    )
    description: strawberry.Maybe[str | None] = input_field("The subscription's description; null removes it.")


@strawberry.input(description="What a new schedule starts with: a customer and phases, or a subscription.")
class SubscriptionScheduleCreateInput:
    """Becomes `ScheduleDraft`."""

    customer: strawberry.ID | None = input_field("Who is to subscribe.")
    from_subscription: strawberry.ID | None = input_field(
        "Or a subscription that runs: its current period becomes the current phase. Only `metadata` can go with it."
    )
    start_date: TimeOrNow | None = input_field("When the first phase begins: NOW, by default, or at a later time.")
    phases: list[SubscriptionSchedulePhaseInput] | None = input_field(f"One after the other, 1 to {PHASES_MAX}.")
    end_behavior: SubscriptionScheduleEndBehavior | None = input_field(
        "What becomes of the subscription when the last phase ends; RELEASE by default."
    )
    default_settings: SubscriptionScheduleDefaultSettingsInput | None = input_field(
        "What holds in every phase that does not say otherwise."
    )
    billing_mode: BillingMode | None = input_field("By which rules changes are prorated; FLEXIBLE by default.")
    metadata: Metadata | None = input_field("Labels of your own.")


@strawberry.input(description="What changes about a schedule. What is not mentioned stays.")
class SubscriptionScheduleUpdateInput:
    """Becomes `ScheduleChange`."""

    id: strawberry.ID = input_field("The schedule; it has to be NOT_STARTED or ACTIVE.")
    phases: strawberry.Maybe[list[SubscriptionSchedulePhaseInput] | None] = input_field(
        f"The current phase and all that follow, 1 to {PHASES_MAX}; what is not among them is dropped. Phases that are "
        "over stay."
    )
    end_behavior: strawberry.Maybe[SubscriptionScheduleEndBehavior | None] = input_field(
        "What becomes of the subscription when the last phase ends."
    )
    default_settings: strawberry.Maybe[SubscriptionScheduleDefaultSettingsInput | None] = input_field(
        "What holds in every phase that begins from now on and does not say otherwise."
    )
    metadata: strawberry.Maybe[Metadata | None] = input_field("Labels of your own.")
    proration_behavior: ProrationBehavior | None = input_field(
        "What becomes of the difference when the current phase changes; CREATE_PRORATIONS by default."
    )


@strawberry.input(description="Which schedule lets go of its subscription.")
class SubscriptionScheduleReleaseInput:
    """Becomes `ScheduleReleaseDraft`."""

    id: strawberry.ID = input_field("The schedule; it has to be NOT_STARTED or ACTIVE.")
    preserve_cancel_date: bool | None = input_field(
        "Whether the subscription still ends when the schedule with `endBehavior: CANCEL` would have ended it; false by"
        " default."
    )


@strawberry.input(description="Which schedule ends, together with its subscription.")
class SubscriptionScheduleCancelInput:
    """Becomes `ScheduleCancelDraft`."""

    id: strawberry.ID = input_field("The schedule; it has to be NOT_STARTED or ACTIVE.")
    invoice_now: bool | None = input_field("Whether what waits for the next invoice is invoiced now; true by default.")
    prorate: bool | None = input_field("Whether time that is not used is given back; true by default.")


SubscriptionScheduleCreatePayload = payload(
    "subscriptionScheduleCreate",
    subscription_schedule=(SubscriptionScheduleRef, "The new schedule; null when the input was refused."),
)
SubscriptionScheduleUpdatePayload = payload(
    "subscriptionScheduleUpdate",
    subscription_schedule=(SubscriptionScheduleRef, "The schedule as it is now; null when refused."),
)
SubscriptionScheduleReleasePayload = payload(
    "subscriptionScheduleRelease",
    subscription_schedule=(SubscriptionScheduleRef, "The schedule, released; null when refused."),
)
SubscriptionScheduleCancelPayload = payload(
    "subscriptionScheduleCancel",
    subscription_schedule=(SubscriptionScheduleRef, "The schedule, canceled; null when refused."),
)
