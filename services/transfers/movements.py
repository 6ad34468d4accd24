"""Movements between accounts: each is written on the account whose money moves, in the transaction of the other's."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.errors import DomainError, ErrorCode
from domain.ids import Prefix
from domain.kinds import BalanceTransactionType
from models import BalanceTransaction
from services.scope import Scope


@dataclass(frozen=True, slots=True)
class Moment:
    """When money moves, in which world, and from when on it can be sent on."""

    at: datetime
    test_clock_id: str | None
    available_at: datetime


def on_account(scope: Scope, account_id: str) -> Scope:
    """The scope for what follows on another account."""
    return scope if account_id == scope.account_id else replace(scope, account_id=account_id, application_id=None)


def ownership_on(scope: Scope, account_id: str) -> dict[str, Any]:
    """The owner columns of a row of that account, in the scope's mode."""
    return {"account_id": account_id, "livemode": scope.livemode}


def movement(
    scope: Scope,
    account_id: str,
    type: BalanceTransactionType,
    amount: int,
    currency: str,
    source_id: str,
    moment: Moment,
    *,
    application_fee: int = 0,
    description: str | None = None,
) -> BalanceTransaction:
    """A movement of `amount` minor units on that account, less what a platform keeps of it. Not written here."""
    return BalanceTransaction.made(
        id=scope.ids.new(Prefix.BALANCE_TRANSACTION),
        created_at=moment.at,
        type=type,
        amount=amount,
        fee=application_fee,
        net=amount - application_fee,
        currency=currency,
        application_fee=application_fee,
        fee_details=application_fee_details(application_fee, currency),
        source_id=source_id,
        description=description,
        available_at=moment.available_at,
        test_clock_id=moment.test_clock_id,
        **ownership_on(scope, account_id),
    )


def application_fee_details(fee: int, currency: str) -> list[dict[str, str | int]]:
    """The platform's part of a fee, as one of its details; none of nothing."""
    if not fee:
        return []
    return [{"type": "application_fee", "description": "Application fee", "amount": fee, "currency": currency}]


def refuse_own_key(scope: Scope) -> None:
    """Refuse to move money between accounts for an account by itself: its platform does."""
    if not scope.stand.is_platform and scope.application_id is None:
        raise DomainError(
            ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
            "Only a platform moves money between accounts; send its key, with `Stripe-Account` to debit an account.",
        )
