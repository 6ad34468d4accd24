"""Bank accounts and debit cards that money is paid out to: their kinds, and which of them may go."""

from enum import StrEnum

from domain.errors import DomainError, ErrorCode


class ExternalAccountType(StrEnum):
    """What it is."""

    BANK_ACCOUNT = "bank_account"
    CARD = "card"


class HolderType(StrEnum):
    """Who holds a bank account."""

    INDIVIDUAL = "individual"
    COMPANY = "company"


def refuse_deleting_default(identifier: str, currency: str, account_currency: str, *, others: bool) -> None:
    """Refuse to delete the default of a currency as long as it is needed: where there are others, or where the
    account itself is in that currency. It is called for only the defaults.
    """
    if others or currency == account_currency:
        raise DomainError(
            ErrorCode.RESOURCE_IN_USE,
            f"{identifier} is the default for payouts in {currency}; make another external account the default first.",
            "id",
        )
