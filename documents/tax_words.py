"""What papers say about tax, in every language of `documents/languages.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxWording:
    """Every word about tax on a paper in one language."""

    total_excluding_tax: str
    on_top: str
    """Has places for the `{percentage}` of a tax that comes on top, and for the `{amount}` that it is asked for of."""
    within: str
    """The same for a tax that amounts have in them already."""
    exempt: str
    reverse_charge: str
    """What the law of a country of the language wants to be said."""


TAX_WORDINGS: Final[Mapping[str, TaxWording]] = {
    "en": TaxWording(
        total_excluding_tax="Total excluding tax",
        on_top="{percentage} on {amount}",
        within="{percentage} included, on {amount}",
        exempt="exempt",
        reverse_charge="Reverse charge",
    ),
    "de": TaxWording(
        total_excluding_tax="Summe ohne Steuer",
        on_top="{percentage} auf {amount}",
        within="{percentage} enthalten, auf {amount}",
        exempt="steuerbefreit",
        reverse_charge="Steuerschuldnerschaft des Leistungsempfängers",
    ),
    "fr": TaxWording(
        total_excluding_tax="Total hors taxes",
        on_top="{percentage} sur {amount}",
        within="{percentage} inclus, sur {amount}",
        exempt="exonéré",
        reverse_charge="Autoliquidation",
    ),
    "es": TaxWording(
        total_excluding_tax="Total sin impuestos",
        on_top="{percentage} sobre {amount}",
        within="{percentage} incluido, sobre {amount}",
        exempt="exento",
        reverse_charge="Inversión del sujeto pasivo",
    ),
    "pt": TaxWording(
        total_excluding_tax="Total sem impostos",
        on_top="{percentage} sobre {amount}",
        within="{percentage} incluído, sobre {amount}",
        exempt="isento",
        reverse_charge="Autoliquidação",
    ),
    "ja": TaxWording(
        total_excluding_tax="税抜合計",
        on_top="{amount}の{percentage}",
        within="内税 {amount}の{percentage}",
        exempt="免税",
        reverse_charge="リバースチャージ",
    ),
    "nl": TaxWording(
        total_excluding_tax="Totaal exclusief btw",
        on_top="{percentage} over {amount}",
        within="{percentage} inbegrepen, over {amount}",
        exempt="vrijgesteld",
        reverse_charge="Btw verlegd",
    ),
    "it": TaxWording(
        total_excluding_tax="Totale imposte escluse",
        on_top="{percentage} su {amount}",
        within="{percentage} incluso, su {amount}",
        exempt="esente",
        reverse_charge="Inversione contabile",
    ),
}
