"""What tax is asked for: the rates of an account, and where it is registered."""

from services.tax.attaching import NamedRates, TaxRatesNamed
from services.tax.automatic import AutomaticTax
from services.tax.drafts import (
    TaxRateChange,
    TaxRateDraft,
    TaxRateSearch,
    TaxRegistrationChange,
    TaxRegistrationDraft,
    TaxRegistrationSearch,
)
from services.tax.rates import TaxRates
from services.tax.registrations import TaxRegistrations

__all__ = [
    "AutomaticTax",
    "NamedRates",
    "TaxRateChange",
    "TaxRateDraft",
    "TaxRateSearch",
    "TaxRates",
    "TaxRatesNamed",
    "TaxRegistrationChange",
    "TaxRegistrationDraft",
    "TaxRegistrationSearch",
    "TaxRegistrations",
]
