"""Payouts: money that leaves for a bank, and money that is called in from one.

by_hand            payouts that somebody asks for
external_accounts  bank accounts and debit cards that are paid out to
recognizing        how those are named, and rows of them
sending            payouts come to be
planning           when what is available is paid out by itself
automatic          and how
arriving           payouts go to the bank, arrive, or come back
telling            money became available
topups             money that is called in
handlers           what the agenda does about all of it
"""

from services.payouts.by_hand import Payouts
from services.payouts.drafts import (
    ExternalAccountChange,
    ExternalAccountDraft,
    ExternalAccountSearch,
    PayoutDraft,
    PayoutSearch,
    TopupDraft,
)
from services.payouts.external_accounts import ExternalAccounts
from services.payouts.topups import Topups
from services.snapshots.payouts import payout_methods_of

__all__ = [
    "ExternalAccountChange",
    "ExternalAccountDraft",
    "ExternalAccountSearch",
    "ExternalAccounts",
    "PayoutDraft",
    "PayoutSearch",
    "Payouts",
    "TopupDraft",
    "Topups",
    "payout_methods_of",
]
