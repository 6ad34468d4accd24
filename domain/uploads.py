"""Files that callers send with a request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it arrived. Neither its name nor what it says of itself is to be believed; look at the content."""

    filename: str
    content: bytes = field(repr=False)
