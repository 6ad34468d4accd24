"""Pictures of products: recognised by content, refused when large, kept beside the product."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from domain.errors import DomainError
from domain.uploads import UploadedFile
from models import Event, Product, ProductImage
from services.catalog import ProductChange, ProductDraft, Products, product_image
from services.scope import Scope
from tests.features.scopes import founded_scope, problems_of

FILES = "https://billing.example.com/files"


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return file.getvalue()


def upload(content: bytes, filename: str = "a.png") -> UploadedFile:
    return UploadedFile(filename, content)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def enormous_png(side: int) -> bytes:
    """A few bytes that claim to be a square of so many pixels a side."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
async def test_picture_is_known_by_its_content(scope: Scope, kind: str, content_type: str) -> None:
    content = picture(kind)
    draft = ProductDraft(name="Basic", images=["https://example.com/a.png"], image_upload=upload(content, "a.exe"))
    product = await Products(scope).create(draft, files_at=FILES + "/")
    image = await ProductImage.get()
    assert product.images == ["https://example.com/a.png", f"{FILES}/{image.id}"]
    found = await product_image(image.id)
    assert found is not None
    assert (found.content_type, bytes(found.content)) == (content_type, content)
    assert (await Event.get()).data["images"] == product.images


async def test_uploaded_picture_is_put_behind_the_others(scope: Scope) -> None:
    product = await Products(scope).create(ProductDraft(name="Basic", images=["https://example.com/a.png"]))
    change = ProductChange(image_upload=upload(picture("PNG")))
    updated = await Products(scope).update(product.id, change, files_at=FILES)
    assert updated.images == ["https://example.com/a.png", f"{FILES}/{(await ProductImage.get()).id}"]
    # What was read can be sent back.
    again = await Products(scope).update(product.id, ProductChange(images=updated.images[1:]))
    assert again.images == updated.images[1:]


@pytest.mark.parametrize(("length", "ok"), [(1_999_999, True), (2_000_000, False)])
async def test_two_million_bytes_are_too_large(scope: Scope, length: int, ok: bool) -> None:
    content = picture("JPEG")
    content += b"\0" * (length - len(content))
    draft = ProductDraft(name="Basic", image_upload=upload(content))
    if ok:
        await Products(scope).create(draft)
        return
    with pytest.raises(DomainError) as refused:
        await Products(scope).create(draft)
    assert problems_of(refused.value) == [("FILE_TOO_LARGE", "imageUpload")]
    assert "2000000 bytes" in str(refused.value)
    assert await Product.all().count() == await ProductImage.all().count() == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", picture("GIF"), picture("BMP"), picture("PNG")[:40]],
    ids=["empty", "svg", "gif header", "gif", "bmp", "truncated"],
)
async def test_what_is_no_picture_is_refused_with_the_rest(scope: Scope, content: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        await Products(scope).create(ProductDraft(name="", image_upload=upload(content)))
    assert problems_of(refused.value) == [
        ("PARAMETER_INVALID_STRING_EMPTY", "name"),
        ("FILE_TYPE_UNSUPPORTED", "imageUpload"),
    ]
    assert await Product.all().count() == await Event.all().count() == 0


@pytest.mark.parametrize("side", [7_000, 10_000, 60_000])
async def test_small_file_that_unfolds_is_refused(scope: Scope, side: int) -> None:
    with pytest.raises(DomainError) as refused:
        await Products(scope).create(ProductDraft(name="Basic", image_upload=upload(enormous_png(side))))
    assert problems_of(refused.value) == [("FILE_TOO_LARGE", "imageUpload")]
    assert await Product.all().count() == 0


async def test_ninth_picture_is_refused(scope: Scope) -> None:
    product = await Products(scope).create(ProductDraft(name="Basic", images=["https://example.com/a.png"] * 8))
    with pytest.raises(DomainError) as refused:
        await Products(scope).update(product.id, ProductChange(image_upload=upload(picture("PNG"))))
    assert problems_of(refused.value) == [("PARAMETER_LIST_TOO_LONG", "imageUpload")]
    assert await ProductImage.all().count() == 0
