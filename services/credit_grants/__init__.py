"""Prepaid credit: grants of customers, the journal of what becomes of them, and what is left."""

from services.credit_grants.drafts import (
    CreditBalance,
    CreditBalanceFilter,
    CreditBalanceSummary,
    CreditBalanceTransactionSearch,
    CreditGrantChange,
    CreditGrantDraft,
    CreditGrantSearch,
)
from services.credit_grants.grants import CreditGrants
from services.credit_grants.journal import CreditJournal, Fund
from services.credit_grants.summaries import CreditBalances

__all__ = [
    "CreditBalance",
    "CreditBalanceFilter",
    "CreditBalanceSummary",
    "CreditBalanceTransactionSearch",
    "CreditBalances",
    "CreditGrantChange",
    "CreditGrantDraft",
    "CreditGrantSearch",
    "CreditGrants",
    "CreditJournal",
    "Fund",
]
