"""What the error codes mean, room by room.

accounts  what is wrong with an account, or with money between accounts
inputs    what is wrong with a value that was given
sales     what is wrong with what is sold, and at which discount
payments  why money could not be taken or moved
states    what is wrong with when something is asked for
"""

from typing import Final

from domain.error_meanings.accounts import ACCOUNTS
from domain.error_meanings.inputs import INPUTS
from domain.error_meanings.meaning import Meaning
from domain.error_meanings.payments import PAYMENTS
from domain.error_meanings.sales import SALES
from domain.error_meanings.states import STATES

MEANINGS: Final[dict[str, Meaning]] = {**INPUTS, **ACCOUNTS, **SALES, **PAYMENTS, **STATES}

__all__ = ["MEANINGS", "Meaning"]
