"""What callers ask of features."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.drafts import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDraft:
    """A new feature."""

    name: str
    lookup_key: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureChange:
    """What to change of a feature; its lookup key never changes."""

    name: str | Unset = UNSET
    active: bool | Unset = UNSET
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFilter:
    """Which features a list shows: those that are not archived, unless it is said otherwise."""

    lookup_key: str | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFeatureDraft:
    """A feature that a product is to bring."""

    product: str
    entitlement_feature: str
