"""API keys in the API: who may call, and how far each key reaches."""

from datetime import datetime

import strawberry

import models
from domain.ids import Prefix
from domain.keys import KeyKind, Resource
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.payloads import payload
from schema.refs import ApiKeyRef
from services.api_keys import Grant
from services.scope import Access

describe_enum(
    KeyKind,
    "Who a key is made for.",
    SECRET="A server of yours: everything is open to it.",  # noqa: S106 - a description
    RESTRICTED="A part of your system: only what it is granted is open to it.",
    PUBLISHABLE="Browsers and apps: what is for sale, and paying for it, nothing else.",
)
describe_enum(
    Access,
    "How far a restricted key reaches into one kind of object.",
    NONE="Not at all.",
    READ="It may look.",
    WRITE="It may look and change.",
)
describe_enum(
    Resource,
    "The kinds of objects that a restricted key is granted one by one.",
    APPLICATION_FEES="What a platform keeps of its accounts' payments.",
    ACCOUNTS="The account itself, those connected to it, and the persons behind them.",
    BALANCES="The balance and its transactions.",
    CATALOG="Products and prices.",
    CLOCKS="Test clocks.",
    CUSTOMERS="Customers, their tax ids and credit balance.",
    DISPUTES="What cardholders hold against charges, and what is said to it.",
    ENTITLEMENTS="Features, the products that bring them, and who has them.",
    EVENTS="Events.",
    INVOICES="Invoices and their lines.",
    PAYMENT_METHODS="Payment methods and setup intents.",
    PAYMENTS="Payment intents and charges.",
    PAYOUTS="External accounts, payouts to them, and top-ups.",
    QUOTES="Quotes and their lines.",
    COUPONS="Coupons, promotion codes and discounts.",
    CREDIT_GRANTS="Prepaid credit of customers and its journal.",
    CREDIT_NOTES="Credit notes.",
    REFUNDS="Refunds.",
    SETTINGS="The account's settings.",
    SUBSCRIPTIONS="Subscriptions and their items.",
    TAX="Tax rates and registrations.",
    TRANSFERS="Transfers between accounts, what arrives of them, and what goes back.",
    USAGE="Meters and the events that they count.",
)


@part_type
class KeyGrant(Wrapping):
    """What a restricted key is granted for one kind of object."""

    resource: Resource = column("The kind of object.")
    access: Access = column("How far.")


@node_type(models.ApiKey, kind="api_keys", prefix=Prefix.API_KEY)
class ApiKey(Node):
    """A key that opens the API in one mode. Its secret is shown once, when it is made."""

    kind: KeyKind = column("Who it is made for.")
    livemode: bool = column("Whether it opens live mode; a key opens one mode only.")
    name: str | None = column("What you call it.")
    hint: str = column("Beginning and end of the secret, to recognise it by.")
    created: datetime = column("When it was made.", source="created_at")
    last_used_at: datetime | None = column("When it was used last, to the minute; null while it never was.")
    expires_at: datetime | None = column("When it ends by itself; null when it does not.")
    revoked_at: datetime | None = column("When it was revoked.")

    @computed("What it is granted, of a restricted key.")
    def grants(self) -> list[KeyGrant]:
        """Empty for the other kinds, whose reach is fixed."""
        grants: dict[str, str] = self.row.grants
        return [KeyGrant.of(Grant(Resource(each), Access(access))) for each, access in grants.items()]


@strawberry.input(description="What a restricted key is granted for one kind of object.")
class GrantInput:
    """Becomes a `Grant`."""

    resource: Resource = input_field("The kind of object.")
    access: Access = input_field("How far.")


@strawberry.input(description="A key to be made.")
class ApiKeyCreateInput:
    """Becomes an `ApiKeyDraft`."""

    kind: KeyKind = input_field("Who it is made for.")
    name: str | None = input_field("What you call it, up to 100 characters.")
    grants: list[GrantInput] | None = input_field("For a restricted key: what is open to it. The rest is closed.")
    account: strawberry.ID | None = input_field(
        "Whose it is to be: your own account's without it, or that of one connected to yours with a full dashboard."
    )


@strawberry.input(description="A key to be replaced.")
class ApiKeyRollInput:
    """The old key goes on for a while, so that nothing breaks meanwhile."""

    id: strawberry.ID = input_field("The key.")
    overlap_hours: int | None = input_field("How many hours the old secret goes on working, 0 to 168; 0 by itself.")


@strawberry.input(description="A key to be revoked.")
class ApiKeyRevokeInput:
    """Revoking cannot be undone."""

    id: strawberry.ID = input_field("The key.")


_SECRET = (str, "The secret, shown this once; null when the answer is replayed under an idempotency key.")

ApiKeyCreatePayload = payload("apiKeyCreate", api_key=(ApiKeyRef, "The new key."), secret=_SECRET)
ApiKeyRollPayload = payload("apiKeyRoll", api_key=(ApiKeyRef, "The key that takes over."), secret=_SECRET)
ApiKeyRevokePayload = payload("apiKeyRevoke", api_key=(ApiKeyRef, "The key, which opens nothing any more."))
