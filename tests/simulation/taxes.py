"""What the simulation may do with tax: rates on whatever takes them, exemptions, where tax is rounded."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.kinds import TaxExempt
from domain.lifecycles import InvoiceStatus
from domain.reckoning import TaxRounding
from domain.taxes import AutomaticTaxDraft, AutomaticTaxStatus
from gateways.tax.embedded import FAILING_LINE
from models import Customer, Invoice, InvoiceLine, Subscription, SubscriptionItem, TaxRate
from services.customers import CustomerChange, Customers
from services.invoices import DraftLines, InvoiceChange, Invoices, LinesChange
from services.invoices.books import misreckoned_invoices
from services.invoices.lines import LineChange
from services.scope import Scope
from services.settings import Settings, SettingsChange
from services.subscriptions import ItemChange, SubscriptionChange, Subscriptions
from services.tax import TaxRateChange, TaxRateDraft, TaxRates, TaxRegistrationDraft, TaxRegistrations

Action = Callable[[Scope], Awaitable[Any]]
WEIGHTS = {"tax": 8, "archive_rate": 1, "exempt": 2, "round_tax": 1, "tax_by_place": 6, "move_away": 4}
_PLACES = (
    Address(country="DE"), Address(country="FR"), Address(country="US"), None,
    Address(line1=FAILING_LINE, country="DE"),
)  # fmt: skip


class TaxActions:
    """One method per verb."""

    dice: random.Random
    scope: Scope

    async def prepare_tax(self) -> None:
        """A few rates."""
        for percentage, inclusive in (("19", False), ("7.75", True), ("0.3333", False)):
            await TaxRates(self.scope).create(
                TaxRateDraft(display_name="VAT", percentage=Decimal(percentage), inclusive=inclusive)
            )
        since = datetime(2020, 1, 1, tzinfo=UTC)
        await TaxRegistrations(self.scope).create(TaxRegistrationDraft(country="DE", active_from=since))

    async def tax(self) -> Action | None:
        """A subscription, an item, a draft or a line gets other rates."""
        known = [row.id for row in await TaxRate.all().order_by("id")]
        rates = tuple(self.dice.sample(known, self.dice.choice((0, 1, 1, 2))))
        wanted: list[Action] = []
        if subscriptions := await Subscription.all().order_by("id"):
            row = self.dice.choice(subscriptions)
            item = await SubscriptionItem.filter(subscription_id=row.id).order_by("id").first()
            wanted.append(lambda scope: Subscriptions(scope).update(_change(row.id, default_tax_rates=rates)))
            if item is not None:
                change = _change(row.id, items=(ItemChange(item.id, tax_rates=rates),))
                wanted.append(lambda scope: Subscriptions(scope).update(change))
        if drafts := await Invoice.filter(status=InvoiceStatus.DRAFT).order_by("id"):
            draft = self.dice.choice(drafts)
            line = await InvoiceLine.filter(invoice_id=draft.id).order_by("id").first()
            wanted.append(lambda scope: Invoices(scope).update(InvoiceChange(id=draft.id, default_tax_rates=rates)))
            if line is not None:
                lines = LinesChange(draft.id, (LineChange(line.id, tax_rates=rates),))
                wanted.append(lambda scope: DraftLines(scope).change(lines))
        return self.dice.choice(wanted) if wanted else None

    async def tax_by_place(self) -> Action | None:
        """Automatic tax of a subscription or a draft begins or ends; rates of its own give way."""
        wanted, none = AutomaticTaxDraft(enabled=self.dice.random() < 0.7), ()
        actions: list[Action] = []
        if subscriptions := await Subscription.all().order_by("id"):
            change = _change(self.dice.choice(subscriptions).id, automatic_tax=wanted, default_tax_rates=none)
            actions.append(lambda scope: Subscriptions(scope).update(change))
        if drafts := await Invoice.filter(status=InvoiceStatus.DRAFT).order_by("id"):
            edit = InvoiceChange(id=self.dice.choice(drafts).id, automatic_tax=wanted, default_tax_rates=none)
            actions.append(lambda scope: Invoices(scope).update(edit))
        return self.dice.choice(actions) if actions else None

    async def move_away(self) -> Action | None:
        """Somebody lives elsewhere from now on, or nobody knows where."""
        customers = await Customer.all().order_by("id")
        if not customers:
            return None
        identifier, change = self.dice.choice(customers).id, CustomerChange(address=self.dice.choice(_PLACES))
        return lambda scope: Customers(scope).update(identifier, change)

    async def archive_rate(self) -> Action:
        """A rate can be used anew, or not any more."""
        rate = self.dice.choice(await TaxRate.filter(origin=None).order_by("id"))
        change = TaxRateChange(id=rate.id, active=self.dice.random() < 0.7)
        return lambda scope: TaxRates(scope).update(change)

    async def exempt(self) -> Action | None:
        """Somebody pays tax, does not, or accounts for it themselves."""
        customers = await Customer.all().order_by("id")
        if not customers:
            return None
        identifier, exempt = self.dice.choice(customers).id, self.dice.choice(tuple(TaxExempt))
        return lambda scope: Customers(scope).update(identifier, CustomerChange(tax_exempt=exempt))

    async def round_tax(self) -> Action:
        """Tax is rounded elsewhere from now on."""
        change = SettingsChange(tax_rounding=self.dice.choice(tuple(TaxRounding)))
        return lambda scope: Settings(scope).update(change)


async def check_taxes() -> None:
    """Invoices say what their lines do, tax to the unit."""
    assert await misreckoned_invoices() == []
    made = [row.origin for row in await TaxRate.exclude(origin=None)]
    assert len(made) == len(set(made))
    final = Invoice.filter(automatic_tax=True).exclude(status=InvoiceStatus.DRAFT)
    for row in await final.exclude(automatic_tax_status=AutomaticTaxStatus.COMPLETE):
        assert not await InvoiceLine.filter(invoice_id=row.id).exclude(amount=0).exists(), row.id


def _change(identifier: str, **terms: Any) -> SubscriptionChange:
    return SubscriptionChange(identifier, **terms)
