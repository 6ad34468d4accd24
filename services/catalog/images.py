"""Pictures of products: recognised by what they are, not by what they are called."""

import asyncio
import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from domain.errors import DomainError, ErrorCode
from models import ProductImage

SIZE_LIMIT: Final = 2_000_000
"""Bytes. An image must be smaller (spec 01, Catalogue)."""
PIXELS_MAX: Final = 40_000_000
"""More would be a small file that unfolds into hundreds of megabytes."""

_CONTENT_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_PARAM: Final = ("imageUpload",)
_decoding = threading.BoundedSemaphore(2)  # Many large pictures at once would take gigabytes.


@dataclass(frozen=True, slots=True)
class Picture:
    """An upload that is a picture; `files_at` is where this server serves files, the id is put behind it."""

    content: bytes
    content_type: str
    files_at: str


async def content_type_of(content: bytes) -> str:
    """The content type of an uploaded picture, found beside the event loop. Refuses what is none, or too large."""
    return await asyncio.to_thread(_examined, content)


async def product_image(identifier: str) -> ProductImage | None:
    """The picture with this id, whoever's it is: pictures are shown to everyone who was given their address."""
    return await ProductImage.get_or_none(id=identifier)


def _examined(content: bytes) -> str:
    if len(content) >= SIZE_LIMIT:
        raise DomainError(
            ErrorCode.FILE_TOO_LARGE,
            f"The image has {len(content)} bytes; it would have to be smaller than {SIZE_LIMIT}.",
            _PARAM,
        )
    try:
        with _decoding, Image.open(BytesIO(content), formats=tuple(_CONTENT_TYPES)) as image:
            pixels = image.width * image.height
            if pixels > PIXELS_MAX:
                raise _too_many_pixels(f"{image.width} × {image.height} pixels")
            # `load` decodes every pixel, where `verify` looks at checksums of PNG alone.
            image.load()
            return _CONTENT_TYPES[str(image.format)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("far more pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise DomainError(
            ErrorCode.FILE_TYPE_UNSUPPORTED,
            "The uploaded file is no complete JPEG, PNG or WEBP image; its content decides, not its name.",
            _PARAM,
        ) from None


def _too_many_pixels(found: str) -> DomainError:
    return DomainError(ErrorCode.FILE_TOO_LARGE, f"The image has {found}; it may have {PIXELS_MAX} in all.", _PARAM)
