"""Copies of a platform's customers and cards on the accounts that it acts for, to be charged there directly.

A copy is a row of the account's own. Nothing about it tells what it was made of, or that there are others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.addresses import Address
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.kinds import TaxExempt
from gateways.sandbox import card_of
from models import Customer, PaymentMethod
from services.base import Service, part
from services.customers import (
    CustomerChange,
    CustomerCreated,
    CustomerDraft,
    Customers,
    InvoiceSettingsChange,
    Shipping,
)
from services.events import Events
from services.idempotency import transactional
from services.payment_methods.methods import PaymentMethods
from services.rows import insert_rows

CLONED_METHODS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodClone:
    """Which payment method of the platform is wanted, and in the file of which customer of the account."""

    payment_method: str
    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerClone:
    """Which customer of the platform is wanted, with which of its payment methods; None means its default alone."""

    customer: str
    payment_methods: Sequence[str] | None = None
    test_clock: str | None = None


class Cloning(Service):
    """Makes the copies, for a platform that acts for an account of its own."""

    events = part(Events)
    customers = part(Customers)
    methods = part(PaymentMethods)

    @transactional
    async def payment_method(self, wanted: PaymentMethodClone) -> PaymentMethod:
        """The account's own copy of a card that lies in the file of a customer of the platform.

        It is nobody's yet, or lies in the file of a customer of the account: event `payment_method.attached`. It was
        verified where it was attached first, so the gateway is not asked again.
        """
        platform = self._platform()
        problems = Problems()
        source, customer = None, None
        try:
            source = await _in_a_file(platform, wanted.payment_method, ("paymentMethod",))
        except DomainError as error:
            problems.add_from(error)
        try:
            customer = None if wanted.customer is None else await self.methods.customer(wanted.customer)
        except DomainError as error:
            problems.add_from(error)
        problems.raise_any()
        assert source is not None
        at = await self.present(None if customer is None else customer.test_clock_id)
        [copy] = await self._copied([source], customer, at)
        return copy

    @transactional
    async def customer(self, wanted: CustomerClone) -> CustomerCreated:
        """The account's own copy of a customer of the platform, with copies of its cards, and who may be the same.

        Of the customer it has who and where they are, their languages, whether they are taxed, and the labels; nothing
        that was bought, owed or given. Events as `Customers.create`, `payment_method.attached` for each card, and
        `customer.updated` when one is the default as its original is.
        """
        platform = self._platform()
        source = await _living(platform, wanted.customer)
        cards = await self._cards(platform, source, wanted.payment_methods)
        created = await self.customers.create(_draft_of(source, wanted.test_clock))
        customer = created.customer
        copies = await self._copied(cards, customer, customer.created_at)
        known = {card.id: copy.id for card, copy in zip(cards, copies, strict=True)}
        default = known.get(str(source.default_payment_method_id))
        if default is None:
            return created
        change = CustomerChange(invoice_settings=InvoiceSettingsChange(default_payment_method=default))
        return replace(created, customer=await self.customers.update(customer.id, change))

    def _platform(self) -> Service:
        """What reads the platform's rows, in the same mode; refuses whoever is not a platform acting for an account."""
        if not self.scope.stand.is_direct:
            raise DomainError(
                ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
                "Only a platform clones, with its own key, and `Stripe-Account` naming the account that gets the copy.",
            )
        return Service(replace(self.scope, account_id=self.scope.platform_id, application_id=None))

    async def _cards(
        self, platform: Service, source: Customer, wanted: Sequence[str] | None
    ) -> Sequence[PaymentMethod]:
        """The customer's cards that are to be copied, each once; refuses, all together, those that are not theirs."""
        if wanted is None:
            return await platform.gather(PaymentMethod, "id", [source.default_payment_method_id])
        if len(wanted) > CLONED_METHODS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"{len(wanted)} payment methods are to be cloned; at once there may be {CLONED_METHODS_MAX}.",
                "paymentMethods",
            )
        known = {card.id: card for card in await platform.gather(PaymentMethod, "id", wanted)}
        problems = Problems()
        for index, identifier in enumerate(wanted):
            try:
                _refuse_other(known.get(identifier), identifier, source.id, ("paymentMethods", str(index)))
            except DomainError as error:
                problems.add_from(error)
        problems.raise_any()
        return [known[identifier] for identifier in dict.fromkeys(wanted)]

    async def _copied(
        self, cards: Sequence[PaymentMethod], customer: Customer | None, at: datetime
    ) -> Sequence[PaymentMethod]:
        """Copies of these cards as rows of the scope's account. Event `payment_method.attached` where one has a file.

        A card that was set up for charges with the customer away needs no other set-up.
        """
        copies = [
            PaymentMethod(
                id=self.new_id(Prefix.PAYMENT_METHOD),
                created_at=at,
                customer_id=None if customer is None else customer.id,
                type=card.type,
                token=card.token,
                brand=card.brand,
                last4=card.last4,
                exp_month=card.exp_month,
                exp_year=card.exp_year,
                country=card.country,
                funding=card.funding,
                fingerprint=self._fingerprint(card),
                billing_details=dict(card.billing_details),
                set_up_at=card.set_up_at,
                metadata={},
                **self.ownership(),
            )
            for card in cards
        ]
        await insert_rows(copies)
        for copy in copies if customer is not None else ():
            self.events.record(EventType.PAYMENT_METHOD_ATTACHED, copy, at=at)
        return copies

    def _fingerprint(self, card: PaymentMethod) -> str:
        """That of the same card typed in on the account: fingerprints tell accounts nothing of one another."""
        if self.scope.livemode:
            return card.fingerprint
        return card_of(card.token, fingerprint_key=self.scope.account_id.encode()).fingerprint


async def _in_a_file(platform: Service, identifier: str, param: tuple[str, ...]) -> PaymentMethod:
    """The platform's card; refuses one that is absent, or in no customer's file."""
    card = await platform.require(PaymentMethod, identifier, *param)
    if card.detached_at is not None:
        raise _unexpected(f"Payment method {card.id} was detached and cannot be cloned.", param)
    if card.customer_id is None:
        raise _unexpected(
            f"Payment method {card.id} is attached to no customer of the platform; attach it before you clone it.",
            param,
        )
    return card


async def _living(platform: Service, identifier: str) -> Customer:
    """The platform's customer; one that was deleted is as absent as one that never was."""
    found = await platform.require(Customer, identifier, "customer")
    if found.deleted_at is not None:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"Customer {identifier} was deleted.", "customer")
    return found


def _refuse_other(card: PaymentMethod | None, identifier: str, customer_id: str, param: tuple[str, ...]) -> None:
    """Refuse a card that is absent, or not in this customer's file."""
    if card is None:
        raise DomainError(ErrorCode.RESOURCE_MISSING, f"No such payment method: '{identifier}'.", param)
    if card.detached_at is not None:
        raise _unexpected(f"Payment method {card.id} was detached and cannot be cloned.", param)
    if card.customer_id != customer_id:
        raise _unexpected(f"Payment method {card.id} is not attached to customer {customer_id}.", param)


def _draft_of(source: Customer, test_clock: str | None) -> CustomerDraft:
    return CustomerDraft(
        email=source.email,
        name=source.name,
        phone=source.phone,
        address=None if source.address is None else Address.from_json(source.address),
        shipping=None if source.shipping is None else _shipping_of(source.shipping),
        tax_exempt=TaxExempt(source.tax_exempt),
        preferred_locales=tuple(source.preferred_locales),
        test_clock=test_clock,
        metadata=dict(source.metadata),
    )


def _shipping_of(stored: Mapping[str, Any]) -> Shipping:
    return Shipping(name=stored["name"], phone=stored.get("phone"), address=Address.from_json(stored["address"]))


def _unexpected(message: str, param: tuple[str, ...]) -> DomainError:
    return DomainError(ErrorCode.PAYMENT_METHOD_UNEXPECTED_STATE, message, param)
