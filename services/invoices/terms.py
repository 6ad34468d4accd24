"""What may be said of an invoice by hand: its words, and how it is collected. Problems are reported together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.checks import checked, checked_list, checked_where_given
from domain.descriptors import statement_descriptor
from domain.drafts import UNSET, Unset
from domain.errors import Problems
from domain.invoices import CollectionMethod, PendingItems, due_date_of
from domain.metadata import merged_metadata
from domain.sharing import Share
from domain.taxes import AutomaticTaxDraft
from domain.texts import required_text
from models import Invoice
from services.coupons.redemption import DiscountDraft
from services.customers.checks import CUSTOM_FIELDS_MAX, FOOTER_LENGTH_MAX, custom_field
from services.customers.drafts import CustomField
from services.invoices.sharing import WantedSharing

MEMO_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDraftByHand:
    """An invoice to be made by hand."""

    customer: str
    subscription: str | None = None
    collection_method: CollectionMethod = CollectionMethod.CHARGE_AUTOMATICALLY
    days_until_due: int | None = None
    due_date: datetime | None = None
    auto_advance: bool = False
    currency: str | None = None
    pending_invoice_items_behavior: PendingItems = PendingItems.EXCLUDE
    default_payment_method: str | None = None
    discounts: tuple[DiscountDraft, ...] | None = None
    """None lets it have those of its subscription or customer."""
    default_tax_rates: tuple[str, ...] | None = None
    automatic_tax: AutomaticTaxDraft | None = None
    description: str | None = None
    footer: str | None = None
    custom_fields: Sequence[CustomField] = ()
    statement_descriptor: str | None = None
    application_fee_amount: int | None = None
    transfer_data: tuple[Share, ...] = ()
    on_behalf_of: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def sharing(self) -> WantedSharing:
        """Who is to have which part of it."""
        fee = UNSET if self.application_fee_amount is None else self.application_fee_amount
        return WantedSharing(
            application_fee_amount=fee,
            transfer_data=self.transfer_data or UNSET,
            on_behalf_of=UNSET if self.on_behalf_of is None else self.on_behalf_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceChange:
    """What is to change about an invoice; absent fields stay, None removes."""

    id: str
    auto_advance: bool | Unset = UNSET
    collection_method: CollectionMethod | Unset = UNSET
    days_until_due: int | Unset | None = UNSET
    due_date: datetime | Unset | None = UNSET
    default_payment_method: str | Unset | None = UNSET
    discounts: tuple[DiscountDraft, ...] | Unset | None = UNSET
    default_tax_rates: tuple[str, ...] | Unset | None = UNSET
    automatic_tax: AutomaticTaxDraft | Unset = UNSET
    description: str | Unset | None = UNSET
    footer: str | Unset | None = UNSET
    custom_fields: Sequence[CustomField] | Unset | None = UNSET
    statement_descriptor: str | Unset | None = UNSET
    application_fee_amount: int | Unset | None = UNSET
    transfer_data: tuple[Share, ...] | Unset | None = UNSET
    on_behalf_of: str | Unset | None = UNSET
    metadata: Mapping[str, str] | Unset | None = UNSET

    @property
    def sharing(self) -> WantedSharing:
        """Who is to have which part of it from now on."""
        return WantedSharing(
            application_fee_amount=self.application_fee_amount,
            transfer_data=self.transfer_data,
            on_behalf_of=self.on_behalf_of,
        )


WORDS = ("description", "footer", "custom_fields", "statement_descriptor", "metadata")
"""The columns that `words_of` gives."""


def words_of(
    problems: Problems, said: InvoiceDraftByHand | InvoiceChange, metadata: Mapping[str, str]
) -> dict[str, Any]:
    """The columns of an invoice that the caller gave, checked; `metadata` is what it has."""
    given = said.metadata
    columns = {
        "description": checked_where_given(problems, required_text, said.description, MEMO_LENGTH_MAX, "description"),
        "footer": checked_where_given(problems, required_text, said.footer, FOOTER_LENGTH_MAX, "footer"),
        "custom_fields": checked_list(problems, custom_field, said.custom_fields, CUSTOM_FIELDS_MAX, ("customFields",)),
        "statement_descriptor": checked_where_given(problems, statement_descriptor, said.statement_descriptor),
        "metadata": given if given is UNSET else checked(problems, merged_metadata, metadata, given or {}),
    }
    return {name: value for name, value in columns.items() if value is not UNSET}


def set_collection(row: Invoice, change: InvoiceChange, at: datetime) -> None:
    """Change how a draft is collected and when it is due, in memory. Days count from when the invoice was made."""
    method = CollectionMethod(row.collection_method)
    if change.collection_method is not UNSET:
        method = change.collection_method
    said = (change.days_until_due, change.due_date)
    if all(each is UNSET for each in said) and method == row.collection_method:
        return
    days = None if change.days_until_due is UNSET else change.days_until_due
    date = None if change.due_date is UNSET else change.due_date
    row.due_date = due_date_of(method, row.created_at if date is None else at, days=days, date=date)
    row.collection_method = method
