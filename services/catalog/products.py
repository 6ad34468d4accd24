"""What is sold."""

from tortoise.exceptions import IntegrityError

from domain.drafts import UNSET
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.uploads import UploadedFile
from models import Price, Product, ProductFeature, ProductImage
from services.base import Service, part
from services.catalog.checks import IMAGES_MAX, checked_terms, product_columns, refuse_many
from services.catalog.drafts import ProductChange, ProductDraft, ProductFilter
from services.catalog.images import Picture, content_type_of
from services.catalog.inline import Catalog
from services.catalog.making import new_image, new_price, new_product
from services.events import Events
from services.idempotency import transactional
from services.pages import PAGE_SIZE_MAX, Listing
from services.rows import insert_rows, update_rows
from services.transactions import savepoint


class Products(Service):
    """Making, changing and removing products."""

    events = part(Events)
    catalog = part(Catalog)

    def matching(self, wanted: ProductFilter) -> Listing:
        """The products that pass the filter, which may name a hundred ids."""
        rows = self.mine(Product)
        if wanted.ids is not None:
            refuse_many(wanted.ids, PAGE_SIZE_MAX, "ids")
            rows = rows.filter(id__in=list(wanted.ids))
        equal = {"active": wanted.active, "url": wanted.url}
        return rows.filter(**{name: value for name, value in equal.items() if value is not None})

    async def create(self, draft: ProductDraft, *, files_at: str = "/files") -> Product:
        """A new product, with its first price where terms of one are given, which becomes the default.

        Records `product.created`, then `price.created`.
        """
        return await self._create(draft, await _examined(draft.image_upload, files_at))

    async def update(self, identifier: str, change: ProductChange, *, files_at: str = "/files") -> Product:
        """The product with these fields changed; an uploaded picture is put behind the others.

        Records `product.updated` when anything differs.
        """
        return await self._update(identifier, change, await _examined(change.image_upload, files_at))

    @transactional
    async def delete(self, identifier: str) -> Product:
        """The product as it was; refused as long as prices of it exist, archived ones too. Records `product.deleted`.

        Uploaded pictures stay: events and other products may show them.
        """
        row = await self.lock(Product, identifier)
        prices = await self.mine(Price).filter(product_id=row.id).count()
        if prices:
            raise _in_use(row, prices)
        try:
            async with savepoint():
                await self.mine(ProductFeature).filter(product_id=row.id).delete()
                await self.mine(Product).filter(id=row.id).delete()
        except IntegrityError:  # A price was made between our count and the removal.
            raise _in_use(row, 1) from None
        self.events.record(EventType.PRODUCT_DELETED, row, at=self.scope.clock.now())
        return row

    @transactional
    async def _create(self, draft: ProductDraft, picture: Picture | DomainError | None) -> Product:
        now = self.scope.clock.now()
        problems = Problems()
        columns = product_columns(problems, draft, {})
        terms = None
        if draft.default_price_data is not None:
            terms = checked_terms(problems, draft.default_price_data, "defaultPriceData")
            await self.catalog.check_meters(problems, draft.default_price_data.recurring, "defaultPriceData")
        image = self._pictured(problems, columns["images"], picture)
        problems.raise_any()

        row = new_product(self, columns, at=now)
        price = None if terms is None else new_price(self, terms, row.id, at=now)
        row.default_price_id = None if price is None else price.id

        await insert_rows([row])
        await insert_rows([image] if image else [])
        self.events.record(EventType.PRODUCT_CREATED, row, at=now)
        if price is not None:
            await insert_rows([price])
            self.events.record(EventType.PRICE_CREATED, price, at=now)
        return row

    @transactional
    async def _update(self, identifier: str, change: ProductChange, picture: Picture | DomainError | None) -> Product:
        row = await self.lock(Product, identifier)
        before = self.events.snapshot(row)
        problems = Problems()
        columns = product_columns(problems, change, row.metadata)
        if change.default_price is not UNSET:
            columns["default_price_id"] = change.default_price
            if change.default_price is not None:
                await self._check_default(problems, row, change.default_price)
        if change.image_upload is not None:
            columns.setdefault("images", list(row.images))
        image = self._pictured(problems, columns.get("images", []), picture)
        problems.raise_any()

        for name, value in columns.items():
            setattr(row, name, value)
        if self.events.snapshot(row) == before:
            return row
        row.updated_at = self.scope.clock.now()

        await insert_rows([image] if image else [])
        await update_rows([row], [*columns, "updated_at"])
        self.events.record(EventType.PRODUCT_UPDATED, row, at=row.updated_at, before=before)
        return row

    async def _check_default(self, problems: Problems, row: Product, price_id: str) -> None:
        """The default price is an active price of the product itself. The product is locked already."""
        price = await self.find(Price, price_id)
        if price is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such price: '{price_id}'.", "defaultPrice")
        elif price.product_id != row.id:
            problems.add(
                ErrorCode.PARAMETER_INVALID,
                f"Price {price.id} belongs to {price.product_id}; the default price is one of {row.id} itself.",
                "defaultPrice",
            )
        elif not price.active:
            problems.add(
                ErrorCode.PRICE_INACTIVE,
                f"Price {price.id} is archived; the default price has to be active.",
                "defaultPrice",
            )

    def _pictured(
        self, problems: Problems, images: list[str], picture: Picture | DomainError | None
    ) -> ProductImage | None:
        """The uploaded picture as a row, its address put behind the others."""
        if picture is None:
            return None
        if isinstance(picture, DomainError):
            problems.add_from(picture)
            return None
        if len(images) >= IMAGES_MAX:
            problems.add(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"The product has {len(images)} images already; it may have {IMAGES_MAX}.",
                "imageUpload",
            )
            return None
        image = new_image(self, picture, at=self.scope.clock.now())
        images.append(f"{picture.files_at.rstrip('/')}/{image.id}")
        return image


async def _examined(upload: UploadedFile | None, files_at: str) -> Picture | DomainError | None:
    """What was uploaded, or its refusal to be reported with the rest of the input; None without an upload.

    Runs before the transaction begins: decoding takes its time.
    """
    if upload is None:
        return None
    try:
        return Picture(upload.content, await content_type_of(upload.content), files_at)
    except DomainError as refusal:
        return refusal


def _in_use(row: Product, prices: int) -> DomainError:
    return DomainError(
        ErrorCode.RESOURCE_IN_USE,
        f"Product {row.id} has {prices} price{'' if prices == 1 else 's'} and cannot be deleted; "
        "archive it with active: false instead.",
        "id",
    )
