"""Usage in the API: alerts."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.alerts import AlertFilterType, AlertRecurrence, AlertStatus, AlertType
from domain.ids import Prefix
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.connections import Connection
from schema.payloads import payload
from schema.refs import BillingAlertRef, BillingAlertTriggerRef, CustomerRef, MeterRef
from schema.relations import one, page
from schema.scalars import Quantity

describe_enum(
    AlertStatus,
    "Whether an alert is told of.",
    ACTIVE="It is.",
    INACTIVE="It is not until it is activated.",
    ARCHIVED="It never will be again. Final.",
)
describe_enum(AlertType, "What an alert watches.", USAGE_THRESHOLD="Whether usage reaches a threshold.")
describe_enum(
    AlertRecurrence,
    "How often an alert is told of.",
    ONE_TIME="Once for each customer, when all they ever used reaches the threshold.",
)
describe_enum(AlertFilterType, "By what an alert is limited.", CUSTOMER="By a customer.")


@part_type
class BillingAlertFilter(Wrapping):
    """What an alert is limited to."""

    customer: CustomerRef = one("customer_id", "The only customer whom it watches.")

    @computed("By what it is limited.")
    def type(self) -> AlertFilterType:
        """Always a customer."""
        return AlertFilterType.CUSTOMER


@part_type
class BillingAlertUsageThreshold(Wrapping):
    """What usage has to reach."""

    gte: Quantity = column("The figure of the meter, over all time.")
    meter: MeterRef = one("meter_id", "By which usage is counted.")

    @computed("How often it is told of.")
    def recurrence(self) -> AlertRecurrence:
        """Always once for each customer."""
        return AlertRecurrence.ONE_TIME

    @computed("What it is limited to; empty for everybody.")
    def filters(self) -> list[BillingAlertFilter]:
        """At most one."""
        return [] if self.row.customer_id is None else [BillingAlertFilter.of(self.row)]


@node_type(models.BillingAlert, kind="usage", prefix=Prefix.ALERT)
class BillingAlert(Node):
    """Tells that a customer's usage has reached a threshold. Event `billing.alert.triggered`."""

    created: datetime = column("When it was made.", source="created_at")
    livemode: bool = column("Whether real money is meant.")
    title: str = column("What it is called.")
    status: AlertStatus = column("Whether it is told of.")
    triggers: Connection[BillingAlertTriggerRef] = page("alert_id", "For whom it was told of, newest first.")

    @computed("What it watches.")
    def alert_type(self) -> AlertType:
        """Always usage."""
        return AlertType.USAGE_THRESHOLD

    @computed("What usage has to reach.")
    def usage_threshold(self) -> BillingAlertUsageThreshold:
        """Reads through to the alert."""
        return BillingAlertUsageThreshold.of(self.row)


@node_type(models.BillingAlertTrigger, kind="usage", prefix=Prefix.ALERT_TRIGGER)
class BillingAlertTrigger(Node):
    """That a customer's usage reached the threshold of an alert."""

    created: datetime = column("When, by the customer's clock.", source="created_at")
    alert: BillingAlertRef = one("alert_id", "The alert.")
    customer: CustomerRef = one("customer_id", "The customer.")
    value: Decimal = column("What they had used by then.")


@strawberry.input(description="What an alert is limited to.")
class BillingAlertFilterInput:
    """Becomes `AlertFilterDraft`."""

    type: AlertFilterType = input_field("By what.")
    customer: strawberry.ID = input_field("The only customer whom it watches.")


@strawberry.input(description="What usage has to reach.")
class BillingAlertUsageThresholdInput:
    """Becomes `UsageThresholdDraft`."""

    gte: Quantity = input_field("The figure of the meter, over all time; 1 or more.")
    meter: strawberry.ID = input_field("By which usage is counted.")
    recurrence: AlertRecurrence = input_field("How often it is told of.")
    filters: list[BillingAlertFilterInput] | None = input_field("At most one; everybody is watched without it.")


@strawberry.input(description="A new alert.")
class BillingAlertCreateInput:
    """Becomes `AlertDraft`."""

    title: str = input_field("What it is called; at most 256 characters.")
    alert_type: AlertType = input_field("What it watches.")
    usage_threshold: BillingAlertUsageThresholdInput = input_field("What usage has to reach.")


@strawberry.input(description="Which alert is to be told of again.")
class BillingAlertActivateInput:
    """Names the alert."""

    id: strawberry.ID = input_field("The alert; it has to be INACTIVE.")


@strawberry.input(description="Which alert is not to be told of for now.")
class BillingAlertDeactivateInput:
    """Names the alert."""

    id: strawberry.ID = input_field("The alert; it has to be ACTIVE.")


@strawberry.input(description="Which alert is never to be told of again.")
class BillingAlertArchiveInput:
    """Names the alert."""

    id: strawberry.ID = input_field("The alert.")


@strawberry.input(description="Which alerts to list. What is not given is not asked.")
class BillingAlertsFilter:
    """Becomes `AlertSearch`."""

    meter: strawberry.ID | None = input_field("Only those of this meter.")
    alert_type: AlertType | None = input_field("Only those that watch this.")


BillingAlertCreatePayload = payload("billingAlertCreate", billing_alert=(BillingAlertRef, "The new alert."))
BillingAlertActivatePayload = payload("billingAlertActivate", billing_alert=(BillingAlertRef, "The alert, ACTIVE."))
BillingAlertDeactivatePayload = payload(
    "billingAlertDeactivate", billing_alert=(BillingAlertRef, "The alert, INACTIVE.")
)
BillingAlertArchivePayload = payload("billingAlertArchive", billing_alert=(BillingAlertRef, "The alert, ARCHIVED."))
