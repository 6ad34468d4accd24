"""What papers say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Every word on a paper in one language."""

    invoice: str
    number: str
    date_of_issue: str
    date_due: str
    bill_to: str
    ship_to: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    carried_forward: str
    brought_forward: str
    subtotal: str
    total: str
    prepaid_credit: str
    applied_balance: str
    amount_due: str
    amount_paid: str
    amount_remaining: str
    starting_balance: str
    ending_balance: str
    paid: str
    void: str
    uncollectible: str
    quote: str
    quote_number: str
    valid_until: str
    prepared_for: str
    due_at_first: str
    recurring: str
    free_trial: str
    accepted: str
    canceled: str
    credit_notes: str
    credit_note: str
    credit_note_number: str
    credited: str
    taken_off_invoice: str
    refunded: str
    credited_to_balance: str
    given_back_elsewhere: str
    page: str
    """Has a place for the number of the `{page}` and for that of all `{pages}`."""
