"""Who else has a part in a payment: what a platform keeps, what other accounts receive, and who it is that sells.

    |------------------------- what was paid -------------------------|
    |-- share of A --|-- share of B --|------- the platform's --------|
    |fee|                                 an application fee goes back to the platform

Shares are taken in order, each of what was paid, rounded half away from zero to minor units and never beyond what is
left: they and the rest add up to the payment to the unit. A fee is taken of what one account receives whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from domain.errors import DomainError, ErrorCode, Problems
from domain.money import percentage_of

PERCENT_DECIMALS_MAX: Final = 2
SHARES_MAX: Final = 20
"""Accounts that one payment can be shared among."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What an account receives of a payment: minor units, a percentage of it, or, with neither, all that is left."""

    destination: str
    amount: int | None = None
    amount_percent: Decimal | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it takes all that is left."""
        return self.amount is None and self.amount_percent is None

    def of(self, paid: int) -> int:
        """What it comes to of a payment, before it is cut to what is left."""
        if self.amount_percent is not None:
            return percentage_of(paid, self.amount_percent)
        return paid if self.amount is None else self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The part of others in a payment, or in each of those that a subscription brings."""

    application_fee_amount: int | None = None
    """Minor units; takes the place of the percentage."""
    application_fee_percent: Decimal | None = None
    """Per cent of what a period's invoice comes to, with at most two decimals."""
    shares: tuple[Share, ...] = ()
    """Empty where nothing is transferred with the payment."""
    on_behalf_of: str | None = None
    """The account that sells, where it is another than the one that charges."""

    def as_json(self) -> dict[str, Any] | None:
        """For a JSON column; None where nobody else has a part."""
        kept: dict[str, Any] = {}
        if self.application_fee_amount is not None:
            kept["application_fee_amount"] = self.application_fee_amount
        if self.application_fee_percent is not None:
            kept["application_fee_percent"] = format(self.application_fee_percent, "f")
        if self.shares:
            kept["transfer_data"] = [_share_json(each) for each in self.shares]
        if self.on_behalf_of is not None:
            kept["on_behalf_of"] = self.on_behalf_of
        return kept or None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Sharing":
        """What `as_json` gave; nobody's part for None."""
        if stored is None:
            return NOBODY
        percent = stored.get("application_fee_percent")
        return cls(
            application_fee_amount=stored.get("application_fee_amount"),
            application_fee_percent=None if percent is None else Decimal(percent),
            shares=tuple(map(_share_of, stored.get("transfer_data", ()))),
            on_behalf_of=stored.get("on_behalf_of"),
        )


NOBODY = Sharing()
"""A payment that its account has alone."""


def amounts_of(shares: Sequence[Share], paid: int) -> list[int]:
    """What each share receives of a payment of `paid` minor units, in order; what they leave is the platform's."""
    left, found = paid, []
    for share in shares:
        amount = min(left, share.of(paid))
        found.append(amount)
        left -= amount
    return found


def _share_json(share: Share) -> dict[str, Any]:
    kept: dict[str, Any] = {"destination": share.destination}
    if share.amount is not None:
        kept["amount"] = share.amount
    if share.amount_percent is not None:
        kept["amount_percent"] = format(share.amount_percent, "f")
    return kept


def _share_of(stored: Mapping[str, Any]) -> Share:
    percent = stored.get("amount_percent")
    return Share(
        destination=stored["destination"],
        amount=stored.get("amount"),
        amount_percent=None if percent is None else Decimal(percent),
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a payment is asked for: on which account, and whether by a platform that acts for it."""

    account_id: str
    platform_id: str
    application_id: str | None

    @property
    def is_direct(self) -> bool:
        """Whether a platform acts for a connected account, on which the payment stands."""
        return self.application_id is not None

    @property
    def is_platform(self) -> bool:
        """Whether the payment stands on the platform itself."""
        return self.account_id == self.platform_id


def refuse_unfit(sharing: Sharing, stand: Stand, problems: Problems) -> None:
    """Note everything that is wrong with who is to have which part of a payment, wherever it is asked for.

    Whether the accounts can receive their parts is for the services to look up.
    """
    _refuse_fee(sharing, stand, problems)
    for index, share in enumerate(sharing.shares):
        _refuse_share(share, sharing.shares[:index], stand, problems, ("transferData", str(index)))
    if len(sharing.shares) > SHARES_MAX:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"{len(sharing.shares)} accounts are to receive a share; there may be {SHARES_MAX}.",
            "transferData",
        )
    percents = sum((each.amount_percent or Decimal(0) for each in sharing.shares), Decimal(0))
    if percents > 100:
        problems.add(
            ErrorCode.PARAMETER_INVALID, f"The shares come to {percents:f} %; there are 100 %.", "transferData"
        )
    if sharing.on_behalf_of is None:
        return
    if sharing.on_behalf_of == stand.account_id:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"{stand.account_id} sells by itself what it charges for; leave out `onBehalfOf`.",
            "onBehalfOf",
        )
    elif not stand.is_platform:
        problems.add(
            ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
            "Only a platform charges on behalf of another account; leave out `onBehalfOf`.",
            "onBehalfOf",
        )


def fee_percent_of(percent: Decimal, param: str | tuple[str, ...] = "applicationFeePercent") -> Decimal:
    """The percentage itself, from 0 to 100 with at most two decimals."""
    if not 0 <= percent <= 100 or percent.scaleb(PERCENT_DECIMALS_MAX) % 1:
        raise DomainError(
            ErrorCode.PARAMETER_INVALID,
            f"{percent:f} per cent are not possible; it would have to be from 0 to 100 with at most"
            f" {PERCENT_DECIMALS_MAX} decimals.",
            param,
        )
    return percent


def _refuse_fee(sharing: Sharing, stand: Stand, problems: Problems) -> None:
    wanted = {
        "applicationFeeAmount": sharing.application_fee_amount,
        "applicationFeePercent": sharing.application_fee_percent,
    }
    if sharing.application_fee_percent is not None:
        try:
            fee_percent_of(sharing.application_fee_percent)
        except DomainError as error:
            problems.add_from(error)
    if sharing.application_fee_amount is not None and sharing.application_fee_amount < 0:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A fee of {sharing.application_fee_amount} is not possible; it would have to be 0 or more.",
            "applicationFeeAmount",
        )
    for name, value in ((name, Decimal(value)) for name, value in wanted.items() if value is not None):
        if not stand.is_direct and not sharing.shares:
            problems.add(ErrorCode.APPLICATION_FEES_NOT_ALLOWED, _nobody_pays(f"{name} {value:f}", stand), name)
        elif any(not share.is_whole for share in sharing.shares):
            problems.add(
                ErrorCode.PARAMETERS_EXCLUSIVE,
                "With an amount or a percentage in `transferData` the platform keeps the rest, and no fee beside it:"
                f" {name} {value:f} would have to be null.",
                name,
            )


def _nobody_pays(fee: str, stand: Stand) -> str:
    """Why there is nobody to take a fee from, which the caller may have asked for earlier."""
    if not stand.is_platform:
        return f"{fee} is not {stand.account_id}'s to set: its platform alone asks for a fee; it would have to be null."
    return (
        f"There is nobody to take {fee} from: act for a connected account, or name the one that receives the money in"
        " `transferData`; otherwise it would have to be null."
    )


def _refuse_share(
    share: Share, before: Sequence[Share], stand: Stand, problems: Problems, param: tuple[str, ...]
) -> None:
    if share.amount is not None and share.amount_percent is not None:
        problems.add(ErrorCode.PARAMETERS_EXCLUSIVE, "A share is an amount or a percentage; give one of them.", *param)
    if share.amount is not None and share.amount < 1:
        problems.add(
            ErrorCode.PARAMETER_INVALID_INTEGER,
            f"A share of {share.amount} is not possible; it would have to be at least 1.",
            *param,
            "amount",
        )
    if share.amount_percent is not None:
        try:
            fee_percent_of(share.amount_percent, (*param, "amountPercent"))
        except DomainError as error:
            problems.add_from(error)
    if any(each.is_whole for each in before):
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Nothing is left for {share.destination}: a share before it takes all. Give that one an amount or a"
            " percentage, or put it last.",
            *param,
        )
    if share.destination in {each.destination for each in before}:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"{share.destination} is there twice; name it once.",
            *param,
            "destination",
        )
    if not stand.is_platform:
        problems.add(
            ErrorCode.PLATFORM_ACCOUNT_REQUIRED,
            "Only a platform's payments are shared with other accounts; leave out `transferData`.",
            *param,
        )
    elif share.destination == stand.account_id:
        problems.add(
            ErrorCode.TRANSFERS_NOT_ALLOWED,
            f"{share.destination} has the payment already; name a connected account.",
            *param,
            "destination",
        )
