"""Where a request enters: thin fields that read arguments, call one service and wrap its answer.

`QUERIES` and `MUTATIONS` are the nouns' classes, one line each; `build_schema` makes the API of them.
"""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.base import has_object_definition

from resolvers.accounts import AccountMutations, AccountQueries
from resolvers.alerts import AlertMutations, AlertQueries
from resolvers.analytics import AnalyticsQueries
from resolvers.api_keys import ApiKeyMutations, ApiKeyQueries
from resolvers.balances import BalanceQueries
from resolvers.catalog import CatalogMutations, CatalogQueries
from resolvers.clocks import ClockMutations, ClockQueries
from resolvers.cloning import CloningMutations
from resolvers.coupons import CouponMutations, CouponQueries
from resolvers.credit_grants import CreditGrantMutations, CreditGrantQueries
from resolvers.credit_notes import CreditNoteMutations, CreditNoteQueries
from resolvers.customers import CustomerMutations, CustomerQueries
from resolvers.disputes import DisputeMutations, DisputeQueries
from resolvers.entitlements import EntitlementMutations, EntitlementQueries
from resolvers.events import EventQueries
from resolvers.invoice_drafts import InvoiceDraftMutations
from resolvers.invoice_items import InvoiceItemMutations, InvoiceItemQueries
from resolvers.invoices import InvoiceMutations, InvoiceQueries
from resolvers.nodes import NodeQueries
from resolvers.payment_methods import PaymentMethodMutations, PaymentMethodQueries
from resolvers.payments import PaymentMutations, PaymentQueries
from resolvers.payouts import ExternalAccountMutations, PayoutMutations, PayoutQueries
from resolvers.previews import InvoicePreviewMutations
from resolvers.price_migrations import PriceMigrationMutations, PriceMigrationQueries
from resolvers.quotes import QuoteMutations, QuoteQueries
from resolvers.refunds import RefundMutations, RefundQueries
from resolvers.schedules import SubscriptionScheduleMutations, SubscriptionScheduleQueries
from resolvers.settings import SettingsMutations
from resolvers.subscriptions import (
    SubscriptionItemMutations,
    SubscriptionItemQueries,
    SubscriptionMutations,
    SubscriptionQueries,
)
from resolvers.tax import TaxMutations, TaxQueries
from resolvers.transfers import TransferMutations, TransferQueries
from resolvers.tuning import tune
from resolvers.usage import MeterEventMutations, MeterMutations, UsageQueries
from schema.base import NODE_KINDS
from schema.scalars import SCALARS

QUERIES: tuple[type, ...] = (
    NodeQueries,
    AccountQueries,
    ApiKeyQueries,
    CatalogQueries,
    CustomerQueries,
    EventQueries,
    ClockQueries,
    PaymentMethodQueries,
    PaymentQueries,
    RefundQueries,
    DisputeQueries,
    BalanceQueries,
    PayoutQueries,
    InvoiceQueries,
    InvoiceItemQueries,
    CreditNoteQueries,
    CreditGrantQueries,
    SubscriptionQueries,
    SubscriptionItemQueries,
    QuoteQueries,
    PriceMigrationQueries,
    SubscriptionScheduleQueries,
    TaxQueries,
    TransferQueries,
    UsageQueries,
    AlertQueries,
    EntitlementQueries,
    CouponQueries,
    AnalyticsQueries,
)
MUTATIONS: tuple[type, ...] = (
    AccountMutations,
    ApiKeyMutations,
    CatalogMutations,
    CustomerMutations,
    SettingsMutations,
    ClockMutations,
    PaymentMethodMutations,
    CloningMutations,
    PaymentMutations,
    RefundMutations,
    DisputeMutations,
    PayoutMutations,
    ExternalAccountMutations,
    InvoiceMutations,
    InvoiceDraftMutations,
    InvoiceItemMutations,
    InvoicePreviewMutations,
    CreditNoteMutations,
    CreditGrantMutations,
    SubscriptionMutations,
    SubscriptionItemMutations,
    QuoteMutations,
    PriceMigrationMutations,
    SubscriptionScheduleMutations,
    TaxMutations,
    TransferMutations,
    MeterMutations,
    MeterEventMutations,
    AlertMutations,
    EntitlementMutations,
    CouponMutations,
)

_QUERY = "What can be read. Absent objects and those of other accounts are null."
_MUTATION = "What can be done; each field is a transaction of its own, in order."


def build_schema(queries: tuple[type, ...] = QUERIES, mutations: tuple[type, ...] = MUTATIONS) -> strawberry.Schema:
    """The GraphQL schema, with its relations bound and its plain fields resolved directly."""
    schema = strawberry.Schema(
        query=_root("Query", queries, _QUERY),
        mutation=_root("Mutation", mutations, _MUTATION) if mutations else None,
        types=_nodes((*queries, *mutations)),
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    tune(schema)
    return schema


def _nodes(parts: tuple[type, ...]) -> list[type]:
    """The node types of the layers that the root fields come from: `node(id:)` alone may lead to some of them."""
    layers = {part.__module__.partition(".")[0] for part in parts} | {"schema"}
    return [known.graphql for known in NODE_KINDS.values() if known.graphql.__module__.partition(".")[0] in layers]


def _root(name: str, parts: tuple[type, ...], description: str) -> type:
    declared = (part if has_object_definition(part) else strawberry.type(part) for part in parts)
    root = merge_types(name, tuple(declared))
    root.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return root
