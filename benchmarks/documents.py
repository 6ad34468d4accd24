"""The documents that are asked, over HTTP, of the house and of its floors."""

from typing import Final

LISTED: Final = 50

_SUBSCRIPTION = """
fragment Whole on Subscription {
  id created status currency billingCycleAnchor cancelAtPeriodEnd
  customer { id name email currency delinquent }
  items {
    id quantity currentPeriodStart currentPeriodEnd
    price { id currency unitAmount type recurring { interval intervalCount } product { id name active } }
  }
  latestInvoice {
    id number status currency total amountDue amountPaid billingReason
    lines { id description amount quantity proration }
  }
}
"""

LIST: Final = "query List($first: Int!) { subscriptions(first: $first) { nodes { ...Whole } } }" + _SUBSCRIPTION
SINGLE: Final = "query Single($id: ID!) { subscription(id: $id) { ...Whole } }" + _SUBSCRIPTION
RELATIONS: Final = 6
"""Customer, items, prices, products, latest invoices, lines: with the subscriptions themselves seven statements."""
OBJECTS_EACH: Final = 11
"""With two items: the subscription, its customer, two items, prices and products, the invoice and its two lines."""

TYPENAME: Final = "{ __typename }"

CREATE: Final = """
mutation Create($input: SubscriptionCreateInput!) {
  subscriptionCreate(input: $input) { subscription { id status } userErrors { code message param } }
}
"""
