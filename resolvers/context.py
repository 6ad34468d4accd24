"""What resolvers are given: the scope, the services and the loaders bound to it, and the headers of the answer."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

import strawberry

from resolvers.loaders import Loaders
from services.accounts import Accounts, Connections, Persons
from services.analytics import Analytics
from services.api_keys import ApiKeys
from services.balances import Balances
from services.catalog import Prices, Products
from services.clocks import Clocks
from services.coupons import Coupons, PromotionCodes
from services.credit_grants import CreditBalances, CreditGrants
from services.credit_notes import CreditNotes
from services.customers import Customers
from services.customers.signup import SignUp
from services.disputes import Disputes, Openings
from services.entitlements import Entitlements, Features, ProductFeatures
from services.events import EventLog
from services.invoices import DraftLines, Invoices, ManualItems
from services.payment_methods import PaymentMethods, SandboxScripts, SetupIntents
from services.payment_methods.cloning import Cloning
from services.payments import PaymentIntents
from services.payouts import ExternalAccounts, Payouts, Topups
from services.price_migrations import PriceMigrations
from services.quotes import Quotes
from services.refunds import Refunds
from services.schedules import Schedules
from services.scope import Scope
from services.settings import Settings
from services.subscriptions import SubscriptionItems, Subscriptions
from services.tax import TaxRates, TaxRegistrations
from services.transfers import ApplicationFees, MoneyBetween, Reversals, Transfers
from services.usage import Adjustments, Alerts, MeterEvents, Meters

SERVICE = TypeVar("SERVICE")

Answer: TypeAlias = object
"""What a mutation's resolver returns: whatever the service answered. The payload knows how to show it."""


class bound(Generic[SERVICE]):  # noqa: N801 - reads as a word in the list below
    """A service made on first use, bound to the scope of the request."""

    def __init__(self, make: Callable[[Scope], SERVICE]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember under which name the made service is kept."""
        self._name = name

    @overload
    def __get__(self, services: None, owner: type) -> Self: ...
    @overload
    def __get__(self, services: Any, owner: type) -> SERVICE: ...
    def __get__(self, services: Any, owner: type) -> Self | SERVICE:
        """The service; afterwards it is an ordinary attribute."""
        if services is None:
            return self
        made = services.__dict__[self._name] = self._make(services.scope)
        return made


class Services:
    """Every service, by the name of its noun. One line each: `customers = bound(Customers)`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    accounts = bound(Accounts)
    alerts = bound(Alerts)
    analytics = bound(Analytics)
    api_keys = bound(ApiKeys)
    balances = bound(Balances)
    clocks = bound(Clocks)
    cloning = bound(Cloning)
    connections = bound(Connections)
    credit_balances = bound(CreditBalances)
    credit_grants = bound(CreditGrants)
    credit_notes = bound(CreditNotes)
    customers = bound(Customers)
    dispute_openings = bound(Openings)
    disputes = bound(Disputes)
    entitlements = bound(Entitlements)
    events = bound(EventLog)
    external_accounts = bound(ExternalAccounts)
    features = bound(Features)
    invoice_items = bound(ManualItems)
    invoice_lines = bound(DraftLines)
    invoices = bound(Invoices)
    meter_event_adjustments = bound(Adjustments)
    meter_events = bound(MeterEvents)
    meters = bound(Meters)
    money_between = bound(MoneyBetween)
    payment_methods = bound(PaymentMethods)
    payments = bound(PaymentIntents)
    persons = bound(Persons)
    payouts = bound(Payouts)
    price_migrations = bound(PriceMigrations)
    prices = bound(Prices)
    product_features = bound(ProductFeatures)
    products = bound(Products)
    quotes = bound(Quotes)
    refunds = bound(Refunds)
    sandbox_scripts = bound(SandboxScripts)
    settings = bound(Settings)
    schedules = bound(Schedules)
    setup_intents = bound(SetupIntents)
    signup = bound(SignUp)
    subscriptions = bound(Subscriptions)
    subscription_items = bound(SubscriptionItems)
    topups = bound(Topups)
    coupons = bound(Coupons)
    promotion_codes = bound(PromotionCodes)
    application_fees = bound(ApplicationFees)
    transfers = bound(Transfers)
    transfer_reversals = bound(Reversals)
    tax_rates = bound(TaxRates)
    tax_registrations = bound(TaxRegistrations)


@dataclass(slots=True)
class RequestContext:
    """The context of one GraphQL request. `headers` are those of the HTTP answer."""

    scope: Scope
    services: Services
    load: Loaders
    headers: MutableMapping[str, str] = field(default_factory=dict)
    public_url: str = ""
    """Where this server is reached from outside, without a slash at the end."""
    paper_path: Callable[[str], str] | None = None
    """Where on this server the paper of an object is, by its id; None where no server is."""
    planned: bool = False
    """Whether a plan reads: lists are then handed to it unread, because it knows which columns are needed."""

    @classmethod
    def of(
        cls,
        scope: Scope,
        headers: MutableMapping[str, str] | None = None,
        *,
        public_url: str = "",
        paper_path: Callable[[str], str] | None = None,
    ) -> "RequestContext":
        """The context for a scope."""
        kept = {} if headers is None else headers
        return cls(scope, Services(scope), Loaders(scope), kept, public_url, paper_path)

    @property
    def files_at(self) -> str:
        """Where uploaded files are served: an id behind it makes an address."""
        return f"{self.public_url}/files"

    def paper_address(self, identifier: str) -> str | None:
        """Where the paper of an object is: whoever knows the address may read it."""
        return None if self.paper_path is None else f"{self.public_url}{self.paper_path(identifier)}"

    def for_plan(self) -> "RequestContext":
        """The same request for a plan, with loaders of its own: what a plan breaks off is of no use to others."""
        return RequestContext(
            self.scope, self.services, Loaders(self.scope), self.headers, self.public_url, self.paper_path, planned=True
        )

    def under(self, scope: Scope) -> "RequestContext":
        """The same request with services bound to a copy of its scope."""
        return replace(self, scope=scope, services=Services(scope))


Info: TypeAlias = strawberry.Info[RequestContext, None]
"""What a resolver's `info` is."""
