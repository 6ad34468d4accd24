"""Who pays: customers with their tax ids and the journal of their credit balance."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tortoise.exceptions import IntegrityError

from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.invoicing import invoice_prefix_from
from models import Customer, CustomerBalanceTransaction, CustomerTaxId, Invoice, PaymentMethod, Quote
from services.aggregates import WholeCustomer
from services.base import Service, part
from services.coupons.deductions import Redeemed
from services.coupons.holding import Holding, whole_of
from services.customers.balances import Balances
from services.customers.checks import customer_columns, folded
from services.customers.discounts import CustomerDiscounts
from services.customers.drafts import (
    BalanceTransactionDraft,
    CustomerChange,
    CustomerCreated,
    CustomerDraft,
    CustomerFilter,
    CustomerTaxIdDraft,
    CustomField,
    InvoiceSettingsChange,
    Shipping,
    TaxIdDraft,
)
from services.customers.erasure import Erasure
from services.customers.representing import Representing
from services.customers.tax_ids import TAX_IDS_MAX, TaxIds
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.scope import Scope
from services.settings import Settings
from services.transactions import savepoint

__all__ = [
    "POSSIBLE_DUPLICATES_MAX",
    "TAX_IDS_MAX",
    "BalanceTransactionDraft",
    "CustomField",
    "CustomerChange",
    "CustomerCreated",
    "CustomerDraft",
    "CustomerFilter",
    "CustomerTaxIdDraft",
    "Customers",
    "InvoiceSettingsChange",
    "Shipping",
    "TaxIdDraft",
    "balances_by_customer",
]

POSSIBLE_DUPLICATES_MAX: Final = 10


class Customers(Service):
    """Making, changing, removing and forgetting customers, and what they are owed."""

    events = part(Events)
    balances = part(Balances)
    numbers = part(TaxIds)
    erasure = part(Erasure)
    settings = part(Settings)
    discounts = part(CustomerDiscounts)
    holding = part(Holding)
    representing = part(Representing)

    def matching(self, wanted: CustomerFilter) -> Listing:
        """The customers that pass the filter; deleted ones are in no list. E-mails match in any case."""
        rows = self.mine(Customer).filter(deleted_at=None)
        if wanted.email is not None:
            rows = rows.filter(email_folded=folded(wanted.email))
        if wanted.test_clock is not None:
            rows = rows.filter(test_clock_id=wanted.test_clock)
        if wanted.represents_account is not None:
            rows = rows.filter(represents_account_id=wanted.represents_account)
        if wanted.created is None:
            return rows
        bounds = {name: getattr(wanted.created, name) for name in ("gt", "gte", "lt", "lte")}
        return rows.filter(**{f"created_at__{name}": bound for name, bound in bounds.items() if bound is not None})

    @transactional
    async def create(self, draft: CustomerDraft) -> CustomerCreated:
        """A new customer, and who may be the same person. Records `customer.created`, then `customer.tax_id.created`.

        A duplicate is no refusal: several customers may share an e-mail.
        """
        problems = Problems()
        at = self.scope.clock.now()
        try:
            at = await self.present(draft.test_clock)
        except DomainError as error:
            problems.add_from(error)
        columns = customer_columns(problems, draft, {})
        numbers = self.numbers.checked(problems, draft.tax_ids)
        identifier = self.new_id(Prefix.CUSTOMER)
        await self._check_method(problems, identifier, columns)
        await self.representing.check(problems, identifier, draft.represents_account)
        prefix = columns.setdefault("invoice_prefix", invoice_prefix_from(identifier))
        if draft.invoice_prefix is not None:
            await self._check_prefix(problems, identifier, prefix)
        unknown = Customer.made(id=identifier, test_clock_id=draft.test_clock)
        redeemed = await self.discounts.planned(problems, unknown, draft.discount, at)
        problems.raise_any()

        row = Customer(id=identifier, created_at=at, test_clock_id=draft.test_clock, **columns, **self.ownership())
        row.discounts = [each.discount.id for each in redeemed]
        duplicates = await self._possible_duplicates(row)
        await self._keep(row)
        discount = whole_of(redeemed[0]) if redeemed else None
        self.events.record(EventType.CUSTOMER_CREATED, WholeCustomer(row, 0, discount=discount), at=at)
        await self.discounts.begin(redeemed, at)
        await self.numbers.add(row, numbers, at=at)
        return CustomerCreated(row, duplicates)

    @transactional
    async def update(self, identifier: str, change: CustomerChange) -> Customer:
        """The customer with these fields changed. Records `customer.updated` when anything differs."""
        row = await self.living(identifier)
        at = await self.present(row.test_clock_id)
        [whole] = await self.wholes_of([row])
        before = self.events.snapshot(whole)
        problems = Problems()
        columns = customer_columns(problems, change, row.metadata)
        await self._check_method(problems, row.id, columns)
        if change.represents_account != row.represents_account_id:
            await self.representing.check(problems, row.id, change.represents_account)
        _check_sequence(problems, row, columns.get("next_invoice_sequence"))
        if columns.get("invoice_prefix", row.invoice_prefix) != row.invoice_prefix:
            await self._check_prefix(problems, row.id, columns["invoice_prefix"])
        redeemed: Sequence[Redeemed] = ()
        if change.discount is not UNSET:
            redeemed = await self.discounts.planned(problems, row, change.discount, at)
        problems.raise_any()

        for name, value in columns.items():
            setattr(row, name, value)
        if change.discount is not UNSET:
            whole = replace(whole, discount=await self.discounts.give(row, redeemed, at))
            columns["discounts"] = row.discounts
        if self.events.snapshot(whole) == before:
            return row
        await self._keep(row, list(columns))
        self.events.record(EventType.CUSTOMER_UPDATED, whole, at=at, before=before)
        return row

    @transactional
    async def delete(self, identifier: str) -> Customer:
        """The customer, marked as deleted: in no list and sold nothing more, but with readable invoices.

        Records `customer.deleted`, upon which subscriptions end and payment methods are detached.
        """
        row = await self.living(identifier)
        await self._delete(row)
        return row

    @transactional
    async def anonymize(self, identifier: str) -> Customer:
        """The customer with everything personal erased, also from invoices and stored events; the books stay.

        One who is not deleted yet is deleted with it (`customer.deleted`, already without the person).
        """
        row = await self.lock(Customer, identifier)
        await self.present(row.test_clock_id)
        await self.erasure.blank(row)
        if row.deleted_at is None:
            await self._delete(row)
        return row

    @transactional
    async def create_tax_id(self, draft: CustomerTaxIdDraft) -> CustomerTaxId:
        """One more tax number of a customer. Records `customer.tax_id.created`."""
        return await self.numbers.add_one(await self.living(draft.customer, "customer"), draft)

    @transactional
    async def delete_tax_id(self, identifier: str) -> CustomerTaxId:
        """The tax number as it was; finalized invoices keep showing it. Records `customer.tax_id.deleted`."""
        known = await self.require(CustomerTaxId, identifier)
        customer = await self.living(known.customer_id)
        row = await self.require(CustomerTaxId, identifier)
        await self.numbers.remove(customer, row)
        return row

    @transactional
    async def create_balance_transaction(self, draft: BalanceTransactionDraft) -> CustomerBalanceTransaction:
        """A change of the balance by hand. Records `customer.updated`."""
        return await self.balances.adjust(await self.living(draft.customer, "customer"), draft)

    async def balances_of(self, customer_ids: Iterable[str]) -> dict[str, int]:
        """Balances in minor units, negative is credit; who has no journal is absent. One statement."""
        return await self.balances.of(customer_ids)

    async def journal(self, rows: Sequence[CustomerBalanceTransaction]) -> None:
        """Write lines of the journal whose ending balances are set. Records `customer.updated` for each."""
        await self.balances.journal(rows)

    async def wholes_of(self, customers: Sequence[Customer]) -> list[WholeCustomer]:
        """These customers with their balances, as snapshots show them; one statement."""
        balances = await self.balances_of([customer.id for customer in customers])
        having = await self.holding.of_customers(customers)
        return [
            WholeCustomer(customer, balances.get(customer.id, 0), discount=having.get(customer.id))
            for customer in customers
        ]

    async def living(self, identifier: str, *param: str) -> Customer:
        """The customer, locked; RESOURCE_MISSING when there is none or it was deleted."""
        row = await self.lock(Customer, identifier, *param)
        if row.deleted_at is not None:
            raise DomainError(
                ErrorCode.RESOURCE_MISSING,
                f"Customer {row.id} was deleted on {row.deleted_at:%Y-%m-%d} and cannot be changed.",
                param or ("id",),
            )
        return row

    async def _delete(self, row: Customer) -> None:
        row.deleted_at = await self.present(row.test_clock_id)
        row.represents_account_id = None  # Another customer may stand for the account from now on.
        [whole] = await self.wholes_of([row])
        await update_rows([row], ["deleted_at", "represents_account_id"])
        self.events.record(EventType.CUSTOMER_DELETED, whole, at=row.deleted_at)

    async def _possible_duplicates(self, row: Customer) -> list[Customer]:
        """Customers with the same e-mail, newest first."""
        if row.email_folded is None:
            return []
        same = self.mine(Customer).filter(email_folded=row.email_folded, deleted_at=None).exclude(id=row.id)
        return await same.order_by("-id").limit(POSSIBLE_DUPLICATES_MAX)

    async def _keep(self, row: Customer, columns: Sequence[str] | None = None) -> None:
        """Insert the row, or update these columns; prefix or account may have been taken since we looked."""
        try:
            async with savepoint():
                await (insert_rows([row]) if columns is None else update_rows([row], columns))
        except IntegrityError:
            problems = Problems()
            await self._check_prefix(problems, row.id, row.invoice_prefix)
            await self.representing.check(problems, row.id, row.represents_account_id)
            problems.raise_any()
            raise

    async def _check_prefix(self, problems: Problems, identifier: str, prefix: str) -> None:
        """Invoice numbers are unique because prefixes are; one given up still stands on invoices and quotes."""
        customers = self.mine(Customer).filter(invoice_prefix=prefix).exclude(id=identifier)
        invoices = self.mine(Invoice).filter(number__startswith=f"{prefix}-").exclude(customer_id=identifier)
        quotes = self.mine(Quote).filter(number__startswith=f"QT-{prefix}-").exclude(customer_id=identifier)
        taken = (await self.settings.current()).invoice_prefix == prefix
        if taken or await customers.exists() or await invoices.exists() or await quotes.exists():
            problems.add(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                f"Other invoices begin with {prefix} already; choose another prefix.",
                "invoicePrefix",
            )

    async def _check_method(self, problems: Problems, identifier: str, columns: dict[str, object]) -> None:
        """What is charged by default is a payment method of the customer."""
        method_id = columns.get("default_payment_method_id")
        if not isinstance(method_id, str):
            return
        attached = self.mine(PaymentMethod).filter(id=method_id, customer_id=identifier, detached_at=None)
        if not await attached.exists():
            problems.add(
                ErrorCode.RESOURCE_MISSING,
                f"The customer has no payment method '{method_id}'; attach it to the customer first.",
                "invoiceSettings",
                "defaultPaymentMethod",
            )


async def balances_by_customer(scope: Scope, customer_ids: Sequence[str]) -> dict[str, int]:
    """Balances by customer, for the API's batches; who has no journal is absent. One statement."""
    return await Balances(scope).of(customer_ids)


def _check_sequence(problems: Problems, row: Customer, wanted: int | None) -> None:
    """A smaller number could be given twice."""
    if wanted is not None and wanted < row.next_invoice_sequence:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"The next invoice number is {row.next_invoice_sequence} and may only grow; {wanted} would go back.",
            "nextInvoiceSequence",
        )
