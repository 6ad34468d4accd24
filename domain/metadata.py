"""Metadata: the caller's own map of texts on an object (spec 01: 50 keys of 40 characters, values of 500)."""

from collections.abc import Mapping
from typing import Final

from domain.errors import ErrorCode, Problems

KEYS_MAX: Final = 50
KEY_LENGTH_MAX: Final = 40
VALUE_LENGTH_MAX: Final = 500


def merged_metadata(
    current: Mapping[str, str], changes: Mapping[str, str], param: tuple[str, ...] = ("metadata",)
) -> dict[str, str]:
    """`current` with the changes on it; a change to an empty text removes its key. Reports all problems together."""
    problems = Problems()
    for key, value in changes.items():
        if not key or "[" in key or "]" in key:
            problems.add(
                ErrorCode.INVALID_CHARACTERS,
                f"'{key}' cannot be a metadata key; it would need a character, and no square bracket.",
                *param,
                key,
            )
        if len(key) > KEY_LENGTH_MAX:
            problems.add(
                ErrorCode.PARAMETER_STRING_TOO_LONG,
                f"The metadata key '{key}' has {len(key)} characters; it may have {KEY_LENGTH_MAX}.",
                *param,
                key,
            )
        if len(value) > VALUE_LENGTH_MAX:
            problems.add(
                ErrorCode.PARAMETER_STRING_TOO_LONG,
                f"The metadata value of '{key}' has {len(value)} characters; it may have {VALUE_LENGTH_MAX}.",
                *param,
                key,
            )
    merged = {key: value for key, value in {**current, **changes}.items() if value}
    if len(merged) > KEYS_MAX:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"The metadata would have {len(merged)} keys; it may have {KEYS_MAX}.",
            *param,
        )
    problems.raise_any()
    return merged
