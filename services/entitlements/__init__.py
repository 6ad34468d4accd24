"""What customers may use: features, the products that bring them, and who has them.

features      making and changing them
attaching     products bring them, or do so no longer
holdings      who has what: worked out from subscriptions, kept as rows, told of when it changes
asking        what the database is asked for that
following     when it has to be worked out anew
books         the proof that the rows are what subscriptions say
drafts        what callers ask for
"""

from services.entitlements.asking import HoldersOf
from services.entitlements.attaching import ProductFeatures
from services.entitlements.drafts import FeatureChange, FeatureDraft, FeatureFilter, ProductFeatureDraft
from services.entitlements.features import Features
from services.entitlements.holdings import Entitlements

__all__ = [
    "Entitlements",
    "FeatureChange",
    "FeatureDraft",
    "FeatureFilter",
    "Features",
    "HoldersOf",
    "ProductFeatureDraft",
    "ProductFeatures",
]
