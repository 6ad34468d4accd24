"""Connected accounts: who answers for what (the controller), and what a platform may decide for them.

| type     | pays fees                       | covers losses | collects requirements | dashboard |
|----------|---------------------------------|---------------|-----------------------|-----------|
| STANDARD | the account                     | Stripe        | Stripe                | full      |
| EXPRESS  | the platform                    | the platform  | Stripe                | express   |
| CUSTOM   | the platform                    | the platform  | the platform          | none      |

"Stripe" stands for the installation: whoever runs it, and not the platform as a business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.errors import DomainError, ErrorCode, Problems
from domain.ids import Prefix


class AccountType(StrEnum):
    """A set of controller values with a name."""

    STANDARD = "standard"
    EXPRESS = "express"
    CUSTOM = "custom"


NO_TYPE: Final = "none"
"""The `type` of an account whose controller values were chosen one by one."""


class FeesPayer(StrEnum):
    """Who pays the processing fees of an account's direct charges."""

    ACCOUNT = "account"
    APPLICATION = "application"


class LossesPayer(StrEnum):
    """Who covers a negative balance that the account does not make good."""

    STRIPE = "stripe"
    APPLICATION = "application"


class RequirementCollection(StrEnum):
    """Who collects what must be known of the account, and keeps it up to date."""

    STRIPE = "stripe"
    APPLICATION = "application"


class Dashboard(StrEnum):
    """What the account has to look after itself with."""

    FULL = "full"
    EXPRESS = "express"
    NONE = "none"


class BusinessType(StrEnum):
    """What the business behind an account is in law."""

    INDIVIDUAL = "individual"
    COMPANY = "company"
    NON_PROFIT = "non_profit"
    GOVERNMENT_ENTITY = "government_entity"


class CapabilityName(StrEnum):
    """What an account can be able to do."""

    CARD_PAYMENTS = "card_payments"
    TRANSFERS = "transfers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who answers for what. Without a word everything is as with STANDARD."""

    fees_payer: str = FeesPayer.ACCOUNT
    """Stripe's value, which tells the platforms of the three types apart: `application_express` is APPLICATION too."""
    losses_payments: LossesPayer = LossesPayer.STRIPE
    requirement_collection: RequirementCollection = RequirementCollection.STRIPE
    dashboard: Dashboard = Dashboard.FULL

    def as_json(self) -> dict[str, str]:
        """For a JSON column."""
        return {
            "fees_payer": str(self.fees_payer),
            "losses_payments": self.losses_payments.value,
            "requirement_collection": self.requirement_collection.value,
            "dashboard": self.dashboard.value,
        }


CONTROLLERS: Final[Mapping[AccountType, Controller]] = MappingProxyType(
    {
        AccountType.STANDARD: Controller(),
        AccountType.EXPRESS: Controller(
            fees_payer="application_express",
            losses_payments=LossesPayer.APPLICATION,
            dashboard=Dashboard.EXPRESS,
        ),
        AccountType.CUSTOM: Controller(
            fees_payer="application_custom",
            losses_payments=LossesPayer.APPLICATION,
            requirement_collection=RequirementCollection.APPLICATION,
            dashboard=Dashboard.NONE,
        ),
    }
)


def controlled(type: AccountType | None, controller: Controller | None) -> tuple[str, Controller]:
    """The type and the controller of a new account, of which one may be given; STANDARD when neither is.

    Refuses both, and values that do not go together. Reports all problems together.
    """
    problems = Problems()
    if type is not None and controller is not None:
        problems.add(
            ErrorCode.PARAMETERS_EXCLUSIVE,
            f"`type` {type.name} stands for a set of controller values; give either it or `controller`.",
            "controller",
        )
    if controller is None:
        chosen = type or AccountType.STANDARD
        return chosen.value, CONTROLLERS[chosen]
    _refuse_unfit(controller, problems)
    problems.raise_any()
    return NO_TYPE, controller


def _refuse_unfit(controller: Controller, problems: Problems) -> None:
    paid_by_platform = payer_of(controller.fees_payer) is FeesPayer.APPLICATION
    losses_of_platform = controller.losses_payments is LossesPayer.APPLICATION
    if losses_of_platform and not paid_by_platform:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            "A platform that covers losses pays the fees as well; `fees.payer` would have to be APPLICATION.",
            *("controller", "fees", "payer"),
        )
    if controller.requirement_collection is RequirementCollection.STRIPE:
        return
    if controller.dashboard is not Dashboard.NONE:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            f"Where the platform collects requirements there is no dashboard; {controller.dashboard.name} would have to"
            " be NONE.",
            *("controller", "dashboard"),
        )
    if not losses_of_platform:
        problems.add(
            ErrorCode.PARAMETER_INVALID,
            "A platform that collects requirements covers losses as well; `losses.payments` would have to be"
            " APPLICATION.",
            *("controller", "losses", "payments"),
        )


def payer_of(fees_payer: str) -> FeesPayer:
    """Who pays, of Stripe's finer values."""
    return FeesPayer.ACCOUNT if fees_payer == FeesPayer.ACCOUNT else FeesPayer.APPLICATION


def pays_by_platform(controller: Mapping[str, str]) -> bool:
    """Whether the platform pays the network's fees of the account's direct charges; a platform's own are its own."""
    return payer_of(controller.get("fees_payer", FeesPayer.ACCOUNT)) is FeesPayer.APPLICATION


def covered_by_platform(controller: Mapping[str, str]) -> bool:
    """Whether the platform covers what the account owes; nobody covers for a platform."""
    return controller.get("losses_payments") == LossesPayer.APPLICATION


def application_id_of(platform_id: str, *, livemode: bool) -> str:
    """The `ca_…` by which a platform is known as an application: one in each mode, never another one."""
    return f"ca_{'l' if livemode else 't'}{platform_id.removeprefix(Prefix.ACCOUNT)}"


class Field(StrEnum):
    """What is written about an account, in the groups that are decided by one side or the other."""

    DETAILS = "details"
    """Who and what the business is."""
    TERMS = "terms"
    """That somebody accepted the terms."""
    SETTINGS = "settings"
    CAPABILITIES = "capabilities"
    METADATA = "metadata"


def refuse_foreign_hand(
    fields: Mapping[Field, tuple[str, ...]],
    *,
    by_platform: bool,
    controller: Mapping[str, str],
    details_submitted: bool,
    problems: Problems,
) -> None:
    """Note what one side may not write about a connected account; `fields` has the groups with their paths.

    Where the platform collects requirements it writes everything. Elsewhere the account accepts its terms by itself,
    and once its details were submitted they are its own; an account with a full dashboard then has its settings, too.
    """
    if not by_platform or controller.get("requirement_collection") == RequirementCollection.APPLICATION:
        return
    foreign = {Field.TERMS}
    if details_submitted:
        foreign.add(Field.DETAILS)
        if controller.get("dashboard") == Dashboard.FULL:
            foreign.add(Field.SETTINGS)
    reasons = {
        Field.TERMS: "The account itself accepts its terms, because requirements are not collected by the platform.",
        Field.DETAILS: "The account's details were submitted and are its own to change.",
        Field.SETTINGS: "The account has a full dashboard, and its settings are its own to change.",
    }
    for group, path in fields.items():
        if group in foreign:
            problems.add(ErrorCode.ACCOUNT_HOLDER_REQUIRED, reasons[group], *path)


def is_under_platform(controller: Mapping[str, str], *, details_submitted: bool) -> bool:
    """Whether a platform has a hand in who stands behind the account and where its money goes.

    One with a full dashboard looks after that by itself as soon as its details were submitted (spec 06, Events).
    """
    return controller.get("dashboard") != Dashboard.FULL or not details_submitted


def refuse_keys(dashboard: str | None, account_id: str, param: str | tuple[str, ...]) -> None:
    """Refuse API keys to a connected account that is not looked after by itself."""
    if dashboard != Dashboard.FULL:
        raise DomainError(
            ErrorCode.ACCOUNT_INVALID,
            f"Account {account_id} has no full dashboard, and therefore no keys; its platform acts for it by"
            " `Stripe-Account`.",
            param,
        )
