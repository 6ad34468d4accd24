"""How much products cost and how often."""

from typing import Final

from tortoise.exceptions import IntegrityError

from domain.checks import checked, checked_where_given
from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.kinds import TaxBehavior
from domain.metadata import merged_metadata
from models import Account, Price, Product
from services.base import Service, part
from services.catalog.checks import checked_terms, lookup_key_of, nickname_of, product_columns, refuse_many
from services.catalog.drafts import PriceChange, PriceDraft, PriceFilter
from services.catalog.inline import Catalog
from services.catalog.making import new_price, new_product
from services.events import Events
from services.idempotency import transactional
from services.pages import Listing
from services.rows import insert_rows, update_rows
from services.transactions import for_update, savepoint

LOOKUP_KEYS_MAX: Final = 10
"""How many a list may be filtered by (Stripe's)."""
_ATTEMPTS: Final = 3


class Prices(Service):
    """Making and changing prices. There is no delete: an archived price keeps serving who has it."""

    events = part(Events)
    catalog = part(Catalog)

    def matching(self, wanted: PriceFilter) -> Listing:
        """The prices that pass the filter, which may name ten lookup keys."""
        rows = self.mine(Price)
        if wanted.lookup_keys is not None:
            refuse_many(wanted.lookup_keys, LOOKUP_KEYS_MAX, "lookupKeys")
            rows = rows.filter(lookup_key__in=list(wanted.lookup_keys))
        equal = {
            "type": wanted.type,
            "product_id": wanted.product,
            "currency": wanted.currency,
            "interval": wanted.interval,
            "active": wanted.active,
        }
        return rows.filter(**{name: value for name, value in equal.items() if value is not None})

    @transactional
    async def create(self, draft: PriceDraft) -> Price:
        """A new price, with a product made for it where `product` is given.

        A lookup key in use is refused, or taken from its holder with `transfer_lookup_key`. Records
        `product.created`, `price.updated` of a former holder, then `price.created`.
        """
        now = self.scope.clock.now()
        problems = Problems()
        product = await self._product(problems, draft)
        terms = checked_terms(problems, draft)
        await self.catalog.check_meters(problems, draft.recurring)
        nickname = checked_where_given(problems, nickname_of, draft.nickname)
        lookup_key = checked_where_given(problems, lookup_key_of, draft.lookup_key)
        problems.raise_any()
        assert product is not None
        assert terms is not None

        row = new_price(self, terms, product.id, at=now, active=draft.active, nickname=nickname, lookup_key=lookup_key)
        row.has_features = product.has_features
        if draft.product_data is not None:
            await insert_rows([product])
            self.events.record(EventType.PRODUCT_CREATED, product, at=now)
        await self._keep(row, None, transfer=draft.transfer_lookup_key)
        self.events.record(EventType.PRICE_CREATED, row, at=now)
        return row

    @transactional
    async def update(self, identifier: str, change: PriceChange) -> Price:
        """The price with these fields changed. Records `price.updated` when anything differs.

        Refused: archiving the default price of its product, and another tax behavior once there is one.
        """
        row, product = await self._held(identifier, archiving=change.active is False)
        before = self.events.snapshot(row)
        problems = Problems()
        columns = {
            "active": change.active,
            "nickname": checked_where_given(problems, nickname_of, change.nickname),
            "lookup_key": checked_where_given(problems, lookup_key_of, change.lookup_key),
            "tax_behavior": change.tax_behavior,
            "metadata": checked(problems, merged_metadata, row.metadata, change.metadata),
        }
        _check_archiving(problems, row, product)
        _check_tax_behavior(problems, row, change)
        problems.raise_any()

        changed = [name for name, value in columns.items() if value is not UNSET]
        for name in changed:
            setattr(row, name, columns[name])
        if self.events.snapshot(row) == before:
            return row
        await self._keep(row, changed, transfer=change.transfer_lookup_key)
        self.events.record(EventType.PRICE_UPDATED, row, at=self.scope.clock.now(), before=before)
        return row

    async def _product(self, problems: Problems, draft: PriceDraft) -> Product | None:
        """The product that was named, or a new one that is not stored yet."""
        if (draft.product is None) == (draft.product_data is None):
            problems.add(
                ErrorCode.PARAMETER_MISSING if draft.product is None else ErrorCode.PARAMETERS_EXCLUSIVE,
                "A price belongs to one product: give product or productData.",
                "product",
            )
            return None
        if draft.product_data is not None:
            columns = product_columns(problems, draft.product_data, {}, "productData")
            return None if problems else new_product(self, columns, at=self.scope.clock.now())
        assert draft.product is not None
        product = next(iter(await self.gather(Product, "id", [draft.product], keep=True)), None)
        if product is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such product: '{draft.product}'.", "product")
        return product

    async def _held(self, identifier: str, *, archiving: bool) -> tuple[Price, Product | None]:
        """The price, locked; when it is to be archived its product too, always the product first."""
        product = None
        if archiving:
            known = await self.require(Price, identifier)
            product = await self.lock(Product, known.product_id)
        return await self.lock(Price, identifier), product

    async def _keep(self, row: Price, columns: list[str] | None, *, transfer: bool) -> None:
        """Insert the row, or update these columns of it; its lookup key is unique in the account and mode."""
        transfer = transfer and row.lookup_key is not None
        if transfer:
            # One transfer at a time: of two that move a key at once, the later must see where the first put it.
            await for_update(Account.filter(id=self.scope.account_id)).get()
        for _ in range(_ATTEMPTS if transfer else 1):
            holder = await self._holder(row) if transfer else None
            before = None if holder is None else self.events.snapshot(holder)
            try:
                async with savepoint():
                    if holder is not None:
                        holder.lookup_key = None
                        await update_rows([holder], ["lookup_key"])
                    if columns is None:
                        await insert_rows([row])
                    else:
                        await update_rows([row], columns)
            except IntegrityError:  # A price without a transfer took the key, or the product is gone.
                continue
            if holder is not None:
                self.events.record(EventType.PRICE_UPDATED, holder, at=self.scope.clock.now(), before=before)
            return
        await self._refuse(row)

    async def _holder(self, row: Price) -> Price | None:
        """Another price that has the row's lookup key, locked."""
        return await for_update(self.mine(Price).filter(lookup_key=row.lookup_key).exclude(id=row.id)).first()

    async def _refuse(self, row: Price) -> None:
        """Say why the database did not take the row."""
        await self.require(Product, row.product_id, "product")
        holder = await self.mine(Price).get_or_none(lookup_key=row.lookup_key)
        raise DomainError(
            ErrorCode.RESOURCE_ALREADY_EXISTS,
            f"Lookup key '{row.lookup_key}' belongs to {holder.id if holder else 'another price'}; "
            "transferLookupKey: true would move it here.",
            "lookupKey",
        )


def _check_archiving(problems: Problems, row: Price, product: Product | None) -> None:
    """The default price of a product stays active."""
    if product is not None and row.active and product.default_price_id == row.id:
        problems.add(
            ErrorCode.RESOURCE_IN_USE,
            f"Price {row.id} is the default price of {product.id} and cannot be archived; "
            "give the product another default price first.",
            "active",
        )


def _check_tax_behavior(problems: Problems, row: Price, change: PriceChange) -> None:
    """A tax behavior, once chosen, is part of what the price costs."""
    wanted = change.tax_behavior
    if wanted is not UNSET and row.tax_behavior not in (wanted, TaxBehavior.UNSPECIFIED):
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Price {row.id} is {row.tax_behavior} of tax and stays so; a new price could be {wanted}.",
            "taxBehavior",
        )
