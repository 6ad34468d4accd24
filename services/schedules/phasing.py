"""Working out phases from what was asked for: prices, lengths, trials. Nothing but inline prices is written here."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.checks import checked, checked_where_given
from domain.currencies import CHARGE_AMOUNT_MAX
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.metadata import merged_metadata
from domain.money import unit_amount_text
from domain.periods import Recurrence, recurrence_of
from domain.schedules import PHASES_MAX, Length, Phase, PhaseCharge, PhaseDiscount, PhaseItem, phase_end
from domain.sharing import NOBODY, Sharing
from domain.subscriptions import ITEMS_MAX
from domain.texts import text_within
from domain.trials import checked_trial_end
from models import Customer, Price
from services.base import Service, part
from services.catalog.rates import (
    agreed_rates,
    chosen_amount,
    is_offered_in,
    rates_of,
    recurrence_of_price,
    refuse_chosen,
)
from services.invoices.currency import CustomerCurrency
from services.invoices.one_time import OneTimeDraft
from services.payment_methods import PaymentMethods
from services.schedules.discounts import Buyer, PhaseDiscounts
from services.schedules.drafts import PhaseDraft
from services.subscriptions.drafts import ItemDraft
from services.subscriptions.planning import DESCRIPTION_LENGTH_MAX
from services.subscriptions.sharing import SubscriptionSharing
from services.subscriptions.wanted_items import WantedItems, check_prices, with_amounts
from services.subscriptions.wholes import is_metered, quantity_of
from services.tax import NamedRates, TaxRatesNamed

QUANTITY_MAX = 10**9


@dataclass(frozen=True, slots=True)
class Frame:
    """What phases are fitted into: whose they are, when the first begins, and from where periods are counted.

    `currency` and `recurrence` are None where the first phase decides; `agreed` are prices and tax rates of the
    schedule as it was, which may be archived by now.
    """

    customer: Customer
    start: datetime
    anchor: datetime
    currency: str | None = None
    recurrence: Recurrence | None = None
    agreed: Collection[str] = ()
    discounts: Sequence[PhaseDiscount] = ()
    """What the phases of the schedule as it was name, and what its subscription has."""
    sharings: Sequence[Sharing] = ()
    """Who had a part in the phases of the schedule as it was; that stands."""
    automatic_tax: bool = False
    """Whether its subscription is taxed by where the customer is."""


@dataclass(frozen=True, slots=True)
class Phasing:
    """Phases that were found sound, and what they are billed in."""

    phases: list[Phase]
    currency: str


class Phases(Service):
    """Fits phases together."""

    wanted = part(WantedItems)
    methods = part(PaymentMethods)
    tax_rates = part(TaxRatesNamed)
    currency = part(CustomerCurrency)
    discounts = part(PhaseDiscounts)
    sharing = part(SubscriptionSharing)

    async def fitted(self, drafts: Sequence[PhaseDraft], frame: Frame) -> Phasing:
        """The phases one after the other; refused with all problems together, each at its place."""
        if not 1 <= len(drafts) <= PHASES_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"{len(drafts)} phases were given; a schedule has 1 to {PHASES_MAX} from the current one on.",
                "phases",
            )
        problems = Problems()
        priced = [await self._priced(draft, frame, problems, ("phases", str(at))) for at, draft in enumerate(drafts)]
        problems.raise_any()
        frame = await self._settled(frame, priced[0])
        drafts = [
            _checked_alike(draft, prices, frame, problems, ("phases", str(at)))
            for at, (draft, prices) in enumerate(zip(drafts, priced, strict=True))
        ]
        await self._check_once(drafts, frame, problems)
        await self.tax_rates.check(problems, *_named_rates(drafts, frame))
        for at, draft in enumerate(drafts):
            if draft.sharing != NOBODY and draft.sharing not in frame.sharings:
                await self.sharing.note(draft.sharing, problems, "phases", str(at))
        problems.raise_any()
        phases: list[Phase] = []
        for at, (draft, prices) in enumerate(zip(drafts, priced, strict=True)):
            phase = await self._phase(draft, prices, frame, ("phases", str(at)))
            phases.append(phase)
            frame = replace(frame, start=phase.end, anchor=phase.trial_end or frame.anchor)
        buyer = Buyer(frame.customer, str(frame.currency), frame.discounts)
        return Phasing(await self.discounts.named(drafts, phases, buyer), buyer.currency)

    async def _settled(self, frame: Frame, prices: Sequence[Price]) -> Frame:
        """The frame with what the first phase decides, where nothing was decided before.

        Its prices are billed in the currency that is in force for the customer, where they are offered in it.
        """
        first, currency = prices[0], frame.currency
        if currency is None:
            in_force = await self.currency.in_force(frame.customer, {price.currency for price in prices})
            offered = in_force is not None and all(is_offered_in(price, in_force) for price in prices)
            currency = in_force if offered else first.currency
        return replace(frame, currency=currency, recurrence=frame.recurrence or recurrence_of_price(first))

    async def _priced(self, draft: PhaseDraft, frame: Frame, problems: Problems, where: tuple[str, ...]) -> list[Price]:
        """The prices of a phase, in order, and whether its words can be kept."""
        items = [replace(each, price_made=each.price_made or each.price in frame.agreed) for each in draft.items]
        found = Problems()
        prices = await self.wanted.prices(items, found)
        checked_where_given(found, text_within, draft.description, DESCRIPTION_LENGTH_MAX, "description")
        checked(found, merged_metadata, {}, draft.metadata)
        for index, item in enumerate(draft.items):
            checked(found, merged_metadata, {}, item.metadata, ("items", str(index), "metadata"))
            if item.quantity is not None and item.quantity > QUANTITY_MAX:
                message = f"Quantity {item.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}."
                found.add(ErrorCode.PARAMETER_INVALID_INTEGER, message, "items", str(index), "quantity")
        _gather(problems, found, where)
        return prices

    async def _check_once(self, drafts: Sequence[PhaseDraft], frame: Frame, problems: Problems) -> None:
        """What is charged once with a phase has a one-time price in its currency."""
        known = {
            price.id: price
            for price in await self.gather(
                Price, "id", {each.price for draft in drafts for each in draft.add_invoice_items}
            )
        }
        for at, draft in enumerate(drafts):
            where = ("phases", str(at), "addInvoiceItems")
            if len(draft.add_invoice_items) > ITEMS_MAX:
                message = f"{len(draft.add_invoice_items)} invoice items were given; a phase adds at most {ITEMS_MAX}."
                problems.add(ErrorCode.PARAMETER_INVALID, message, *where)
            for index, each in enumerate(draft.add_invoice_items):
                checked(problems, _checked_charge, each, known.get(each.price), frame, (*where, str(index)))

    async def _phase(self, draft: PhaseDraft, prices: Sequence[Price], frame: Frame, where: tuple[str, ...]) -> Phase:
        """The phase with its moments, which begins where the frame does."""
        duration = draft.duration
        lasting = (
            None if duration is None else recurrence_of(duration.interval, duration.interval_count, *where, "duration")
        )
        recurrence = recurrence_of_price(prices[0])
        assert recurrence is not None, "only recurring prices pass the checks"
        if draft.start_date not in (None, frame.start):
            raise DomainError(
                ErrorCode.PARAMETER_INVALID,
                f"The phase begins at {frame.start:%Y-%m-%d %H:%M:%S} UTC, where the one before it ends or the schedule"
                f" stands, and not at {draft.start_date:%Y-%m-%d %H:%M:%S} UTC.",
                (*where, "startDate"),
            )
        end = phase_end(frame.start, Length(draft.end_date, lasting, recurrence), frame.anchor, *where)
        trial_end = _trial_end(draft, frame.start, end, where)
        method = draft.default_payment_method
        if method is not None:
            param = (*where, "defaultPaymentMethod")
            method = (await self.methods.usable(method, frame.customer, *param)).id
        return Phase(
            start=frame.start,
            end=end,
            items=tuple(
                PhaseItem(
                    price.id,
                    _quantity(item, price),
                    merged_metadata({}, item.metadata),
                    tuple(item.tax_rates),
                    item.unit_amount,
                )
                for item, price in zip(draft.items, prices, strict=True)
            ),
            add_invoice_items=tuple(
                PhaseCharge(each.price, each.quantity, tuple(each.tax_rates)) for each in draft.add_invoice_items
            ),
            trial=draft.trial,
            trial_end=trial_end,
            proration_behavior=draft.proration_behavior,
            default_payment_method=method,
            description=draft.description,
            metadata=dict(draft.metadata),
            default_tax_rates=tuple(draft.default_tax_rates),
            sharing=draft.sharing.as_json(),
        )


def _named_rates(drafts: Sequence[PhaseDraft], frame: Frame) -> Iterator[NamedRates]:
    """The tax rates that phases name, with their paths; those of the schedule as it was may be archived."""
    for at, draft in enumerate(drafts):
        where = ("phases", str(at))
        beside = (frame.agreed, frame.automatic_tax)
        yield NamedRates(draft.default_tax_rates, (*where, "defaultTaxRates"), *beside)
        for index, item in enumerate(draft.items):
            yield NamedRates(item.tax_rates, (*where, "items", str(index), "taxRates"), *beside)
        for index, once in enumerate(draft.add_invoice_items):
            yield NamedRates(once.tax_rates, (*where, "addInvoiceItems", str(index), "taxRates"), *beside)


def _gather(problems: Problems, found: Problems, where: tuple[str, ...]) -> None:
    """Note what was found in one phase at its place."""
    try:
        found.raise_any()
    except DomainError as error:
        problems.add_from(error, *where)


def _checked_alike(
    draft: PhaseDraft, prices: Sequence[Price], frame: Frame, problems: Problems, where: tuple[str, ...]
) -> PhaseDraft:
    """The phase with what the customer chose to pay, where prices let them.

    The prices of all phases recur alike, are offered in one currency, and a period can be charged as a whole.
    """
    found = Problems()
    currency = str(frame.currency)
    check_prices(prices, currency, "the schedule is in", found)
    draft = replace(draft, items=with_amounts(draft.items, prices, currency, found))
    for index, price in enumerate(prices):
        recurrence = recurrence_of_price(price)
        if recurrence is not None and recurrence != frame.recurrence:
            assert frame.recurrence is not None, "another price recurs"
            message = (
                f"Price {price.id} recurs every {recurrence.interval_count} {recurrence.interval}, the schedule bills"
                f" every {frame.recurrence.interval_count} {frame.recurrence.interval}; its prices recur alike."
            )
            found.add(ErrorCode.PARAMETER_INVALID, message, "items", str(index), "price")
    total = Decimal(0)
    if not found:
        total += sum(
            agreed_rates(price, currency, item.unit_amount).cost_of(_quantity(item, price)).exact
            for price, item in zip(prices, draft.items, strict=True)
            if not is_metered(price)
        )
    if total > CHARGE_AMOUNT_MAX:
        message = (
            f"A period would cost {unit_amount_text(Decimal(total))} {frame.currency}; the most that can be charged is"
            f" {CHARGE_AMOUNT_MAX} {frame.currency}."
        )
        found.add(ErrorCode.AMOUNT_TOO_LARGE, message, "items")
    _gather(problems, found, where)
    return draft


def _quantity(item: ItemDraft, price: Price) -> int:
    return quantity_of(price, UNSET if item.quantity is None else item.quantity)


def _checked_charge(wanted: OneTimeDraft, price: Price | None, frame: Frame, where: tuple[str, ...]) -> None:
    """Something that is charged once has an active one-time price in the currency of the schedule."""
    if price is None:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such price: '{wanted.price}'.", (*where, "price"))
    if not (price.active or wanted.price_made or price.id in frame.agreed):
        message = f"Price {price.id} is archived; choose an active price."
        raise DomainError(ErrorCode.PRICE_INACTIVE, message, (*where, "price"))
    if price.interval is not None:
        message = f"Price {price.id} recurs; what is charged once takes a one-time price."
        raise DomainError(ErrorCode.PARAMETER_INVALID, message, (*where, "price"))
    if not is_offered_in(price, str(frame.currency)):
        message = f"Price {price.id} is in {price.currency}, the schedule in {frame.currency}."
        raise DomainError(ErrorCode.CURRENCY_MISMATCH, message, (*where, "price"))
    refuse_chosen(price, *where)
    chosen_amount(price, str(frame.currency), wanted.unit_amount, None, *where)
    if not 0 <= wanted.quantity <= QUANTITY_MAX:
        message = f"Quantity {wanted.quantity} is not possible; it would have to be from 0 to {QUANTITY_MAX}."
        raise DomainError(ErrorCode.PARAMETER_INVALID_INTEGER, message, (*where, "quantity"))
    if rates_of(price, frame.currency).cost_of(wanted.quantity).exact > CHARGE_AMOUNT_MAX:
        message = f"{wanted.quantity} of price {price.id} cost more than can be charged, {CHARGE_AMOUNT_MAX}."
        raise DomainError(ErrorCode.AMOUNT_TOO_LARGE, message, (*where, "quantity"))


def _trial_end(draft: PhaseDraft, start: datetime, end: datetime, where: tuple[str, ...]) -> datetime | None:
    """When the trial within the phase ends; None without one."""
    if draft.trial and draft.trial_end is not None:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A phase is a trial as a whole, or until trialEnd, not both.",
            (*where, "trialEnd"),
        )
    trial_end = end if draft.trial else draft.trial_end
    if trial_end is None:
        return None
    if draft.add_invoice_items:
        raise DomainError(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            "A trial begins with an invoice of nothing, to which nothing can be added; leave out addInvoiceItems or the"
            " trial, or add them to the phase after it.",
            (*where, "addInvoiceItems"),
        )
    if trial_end > end:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"The trial would end at {trial_end:%Y-%m-%d %H:%M:%S} UTC, after its phase, which ends at"
            f" {end:%Y-%m-%d %H:%M:%S} UTC.",
            (*where, "trialEnd"),
        )
    try:
        return checked_trial_end(trial_end, start)
    except DomainError as error:
        raise error.under(*where) from None
