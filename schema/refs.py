"""One lazy reference per GraphQL type: how types of different modules name each other.

Plain assignments on purpose: PEP 695 aliases and module-qualified annotations break Strawberry's lazy types.
"""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.api_keys import ApiKey
    from schema.clocks import TestClock
    from schema.events import Event
    from schema.invoices import Invoice, InvoiceLine
    from schema.subscriptions import Subscription, SubscriptionItem

ApiKeyRef = Annotated["ApiKey", strawberry.lazy("schema.api_keys")]
EventRef = Annotated["Event", strawberry.lazy("schema.events")]
InvoiceRef = Annotated["Invoice", strawberry.lazy("schema.invoices")]
InvoiceLineRef = Annotated["InvoiceLine", strawberry.lazy("schema.invoices")]
SubscriptionRef = Annotated["Subscription", strawberry.lazy("schema.subscriptions")]
SubscriptionItemRef = Annotated["SubscriptionItem", strawberry.lazy("schema.subscriptions")]
TestClockRef = Annotated["TestClock", strawberry.lazy("schema.clocks")]
