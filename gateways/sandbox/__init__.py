"""The sandbox card network of test mode.

tokens, countries   the cards that there are, as rows
behaviours          the traits that a row is put together from
declines, scripts   the refusals that there are, and the outcomes a tester can write
catalogue           looking a card up by token or number
disputes            who disputes a charge, and what convinces a bank
decisions           request in, outcome out
gateway             the same behind the gateway protocol
guide               the page in docs/guides
"""

from gateways.sandbox.catalogue import TypedCard, card_of, sandbox_token, token_for_number, typed_card
from gateways.sandbox.declines import DeclineCode
from gateways.sandbox.disputes import reference_of
from gateways.sandbox.gateway import SandboxGateway
from gateways.sandbox.guide import sandbox_guide
from gateways.sandbox.scripts import ScriptedOutcome
from gateways.sandbox.tokens import CATALOGUE, Family, SandboxToken

__all__ = [
    "CATALOGUE",
    "DeclineCode",
    "Family",
    "SandboxGateway",
    "SandboxToken",
    "ScriptedOutcome",
    "TypedCard",
    "card_of",
    "reference_of",
    "sandbox_guide",
    "sandbox_token",
    "token_for_number",
    "typed_card",
]
