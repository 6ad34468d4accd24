"""The guide to the sandbox's cards, written from the catalogue: `docs/guides/sandbox-cards.md`."""

from itertools import groupby

from gateways.cards import CardBrand, CardFunding
from gateways.sandbox.scripts import ScriptedOutcome
from gateways.sandbox.tokens import CATALOGUE, SandboxToken

_INTRODUCTION = """\
# Sandbox cards

In test mode no money moves: the sandbox plays the card network. Use a token wherever a payment method is created, or
type its number with any expiry in the future and any security code. Tokens and numbers are those that Stripe documents
for its own test mode, and they behave alike; a token that is not listed here is refused with `RESOURCE_MISSING`.

A card that is set up for use off session is authenticated once, with the customer present. Off session, a charge that
would need authentication is declined with `AUTHENTICATION_REQUIRED`; on session it waits in `REQUIRES_ACTION` until the
mutation `sandboxAuthenticate` passes or fails it. The same attempt always has the same outcome.

This page is generated from the catalogue in `gateways/sandbox/tokens.py`; a test keeps it in step.
"""

_SCRIPTS = """\
## Scripted outcomes

The mutation `sandboxOutcomesSet` writes down what shall become of the next charges of one payment method, one outcome
per charge, in order. A scripted outcome takes the place of what the card would do; afterwards the card is itself again.
"""

_FAMILY_NOTES = {
    "Disputes": """\
A dispute is decided by the text that is handed in as `uncategorizedText`: `winning_evidence`, `losing_evidence`, or,
for an inquiry, `escalate_inquiry_evidence`. Any other text is read for 60 days and convinces no bank. A charge that the
customer authenticated is not disputed as fraudulent. `sandboxDisputeCreate` disputes a charge of any other card.""",
    "Further numbers": "Stripe documents these numbers without tokens; the tokens are named in the same manner here.",
}
_FUNDING_NOTES = {CardFunding.DEBIT: " debit", CardFunding.PREPAID: " prepaid"}
_BRAND_NAMES = {
    CardBrand.AMEX: "American Express",
    CardBrand.DINERS: "Diners Club",
    CardBrand.DISCOVER: "Discover",
    CardBrand.JCB: "JCB",
    CardBrand.MASTERCARD: "Mastercard",
    CardBrand.UNIONPAY: "UnionPay",
    CardBrand.VISA: "Visa",
    CardBrand.UNKNOWN: "Unknown",
}


def sandbox_guide() -> str:
    """The whole page in Markdown, ending with a line break."""
    families = [_family(family, list(rows)) for family, rows in groupby(CATALOGUE, key=lambda row: row.family)]
    scripts = "\n".join(f"- `{outcome.name}`" for outcome in ScriptedOutcome)
    return "\n".join([_INTRODUCTION, *families, _SCRIPTS, scripts, ""])


def _family(family: str, rows: list[SandboxToken]) -> str:
    note = _FAMILY_NOTES.get(family)
    lines = [f"## {family}", "", *([note, ""] if note else [])]
    lines += ["| Token | Number | Card | Country | What happens |", "|---|---|---|---|---|"]
    lines += [_line(row) for row in rows]
    return "\n".join([*lines, ""])


def _line(row: SandboxToken) -> str:
    card = _BRAND_NAMES[row.brand] + _FUNDING_NOTES.get(row.funding, "")
    return f"| `{row.token}` | {_spaced(row.number)} | {card} | {row.country} | {row.description} |"


def _spaced(number: str) -> str:
    """The number in groups of four digits, as people read it."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
