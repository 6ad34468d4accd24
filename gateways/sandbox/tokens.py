"""The cards of the sandbox: the test tokens and numbers that Stripe documents (docs.stripe.com/testing).

A row says what a card is and how it behaves; the gateway reads nothing else. Where Stripe documents a number without
a token, the row has a token named in the same manner and stands under "Further numbers".
"""

from dataclasses import dataclass
from enum import StrEnum

from gateways.cards import CardBrand, CardFunding, brand_of
from gateways.outcomes import CardChecks, CheckResult, RiskLevel
from gateways.sandbox.behaviours import Authentication, Behaviour, DisputeCourse, RefundCourse
from gateways.sandbox.countries import COUNTRY_CARDS
from gateways.sandbox.declines import DeclineCode


class Family(StrEnum):
    """What a card is there to try out; the headings of the guide."""

    BRANDS = "Brands"
    COUNTRIES = "Countries"
    DECLINES = "Declines"
    AUTHENTICATION = "3-D Secure"
    DISPUTES = "Disputes"
    REFUNDS = "Refunds"
    BALANCE = "Available balance"
    RISK = "Risk and checks"
    NUMBERS = "Further numbers"


PLAIN = Behaviour()


@dataclass(frozen=True, slots=True)
class SandboxToken:
    """One card of the sandbox."""

    token: str
    number: str
    family: Family
    description: str
    behaviour: Behaviour = PLAIN
    country: str = "US"
    funding: CardFunding = CardFunding.CREDIT

    @property
    def brand(self) -> CardBrand:
        """The network, as the number tells."""
        return brand_of(self.number)

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


_DEBIT, _PREPAID = CardFunding.DEBIT, CardFunding.PREPAID
_FINE = "Succeeds."


def _brand(token: str, number: str, country: str = "US", funding: CardFunding = CardFunding.CREDIT) -> SandboxToken:
    return SandboxToken(token, number, Family.BRANDS, _FINE, country=country, funding=funding)


def _number(token: str, number: str, country: str = "US", funding: CardFunding = CardFunding.CREDIT) -> SandboxToken:
    return SandboxToken(token, number, Family.NUMBERS, _FINE, country=country, funding=funding)


def _declining(token: str, number: str, decline: DeclineCode) -> SandboxToken:
    behaviour = Behaviour(decline=decline, declines_at_set_up=True)
    return SandboxToken(token, number, Family.DECLINES, f"Declines with `{decline}`; cannot be attached.", behaviour)


def _secure(token: str, number: str, description: str, behaviour: Behaviour, country: str = "US") -> SandboxToken:
    return SandboxToken(token, number, Family.AUTHENTICATION, description, behaviour, country)


def _risk(token: str, number: str, description: str, behaviour: Behaviour) -> SandboxToken:
    return SandboxToken(token, number, Family.RISK, description, behaviour)


_BRANDS = (
    _brand("pm_card_visa", "4242424242424242"),
    _brand("pm_card_visa_debit", "4000056655665556", funding=_DEBIT),
    _brand("pm_card_mastercard", "5555555555554444"),
    _brand("pm_card_mastercard_debit", "5200828282828210", funding=_DEBIT),
    _brand("pm_card_mastercard_prepaid", "5105105105105100", funding=_PREPAID),
    _brand("pm_card_amex", "378282246310005"),
    _brand("pm_card_discover", "6011111111111117"),
    _brand("pm_card_diners", "3056930009020004"),
    _brand("pm_card_jcb", "3566002020360505", "JP"),
    _brand("pm_card_unionpay", "6200000000000005", "CN"),
    _brand("pm_card_visa_cartesBancaires", "4000002500001001", "FR"),
    _brand("pm_card_mastercard_cartesBancaires", "5555552500001001", "FR"),
    _brand("pm_card_visa_debit_eftposAuCoBranded", "4000050360000001", "AU", _DEBIT),
    _brand("pm_card_mastercard_debit_eftposAuCoBranded", "5555050360000080", "AU", _DEBIT),
    _brand("pm_card_debit_visaFsaProductCode", "4000051230000072", funding=_DEBIT),
    _brand("pm_card_debit_visaHsaProductCode", "4000051230000072", funding=_DEBIT),
    _brand("pm_card_mastercard_debit_mastercardFsaProductCode", "5200828282828897", funding=_DEBIT),
)

_COUNTRIES = tuple(
    SandboxToken(
        f"pm_card_{suffix}", number, Family.COUNTRIES, f"Succeeds; issued in {name}.", country=country, funding=funding
    )
    for suffix, country, name, number, funding in COUNTRY_CARDS
)

_DECLINES = (
    _declining("pm_card_visa_chargeDeclined", "4000000000000002", DeclineCode.GENERIC_DECLINE),
    _declining("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", DeclineCode.INSUFFICIENT_FUNDS),
    _declining("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", DeclineCode.LOST_CARD),
    _declining("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", DeclineCode.STOLEN_CARD),
    _declining("pm_card_chargeDeclinedExpiredCard", "4000000000000069", DeclineCode.EXPIRED_CARD),
    _declining("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", DeclineCode.INCORRECT_CVC),
    _declining("pm_card_chargeDeclinedProcessingError", "4000000000000119", DeclineCode.PROCESSING_ERROR),
    _declining(
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", DeclineCode.CARD_VELOCITY_EXCEEDED
    ),
    SandboxToken(
        "pm_card_chargeCustomerFail",
        "4000000000000341",
        Family.DECLINES,
        "Can be attached; every charge declines with `generic_decline`.",
        Behaviour(decline=DeclineCode.GENERIC_DECLINE),
    ),
)

_AUTHENTICATION = (
    _secure(
        "pm_card_authenticationRequired",
        "4000002760003184",
        "Wants authentication for every charge, set up or not.",
        Behaviour(Authentication.ALWAYS),
        "DE",
    ),
    _secure(
        "pm_card_authenticationRequiredOnSetup",
        "4000002500003155",
        "Wants authentication once: after a set-up that was passed, charges succeed without it.",
        Behaviour(Authentication.UNLESS_SET_UP),
        "FR",
    ),
    _secure(
        "pm_card_authenticationRequiredSetupForOffSession",
        "4000003800000446",
        "Is already set up: charges off session succeed, charges on session want authentication.",
        Behaviour(Authentication.ON_SESSION_ONLY),
        "IT",
    ),
    _secure(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        "Wants authentication on session, then declines with `insufficient_funds`; off session declines at once.",
        Behaviour(Authentication.ON_SESSION_ONLY, DeclineCode.INSUFFICIENT_FUNDS),
        "GB",
    ),
    _secure(
        "pm_card_threeDSecure2Required",
        "4000000000003220",
        "Wants authentication for every charge.",
        Behaviour(Authentication.ALWAYS),
    ),
    _secure(
        "pm_card_threeDSecureRequired",
        "4000000000003063",
        "Wants authentication for every charge (3-D Secure of the first generation).",
        Behaviour(Authentication.ALWAYS),
    ),
    _secure(
        "pm_card_threeDSecureRequiredChargeDeclined",
        "4000008400001629",
        "Wants authentication for every charge, then declines with `generic_decline`.",
        Behaviour(Authentication.ALWAYS, DeclineCode.GENERIC_DECLINE),
    ),
    _secure(
        "pm_card_threeDSecureRequiredProcessingError",
        "4000008400001280",
        "Wants authentication, but it breaks down before the customer is asked: declines with `generic_decline`.",
        Behaviour(Authentication.BREAKS_DOWN),
    ),
    _secure(
        "pm_card_threeDSecureOptional",
        "4000000000003055",
        "Could authenticate, but never has to. Succeeds.",
        PLAIN,
    ),
    _secure(
        "pm_card_threeDSecureOptionalProcessingError",
        "4000000000003097",
        "Could authenticate, which would break down, but never has to. Succeeds.",
        PLAIN,
    ),
    _secure("pm_card_amex_threeDSecureNotSupported", "378282246310005", "Knows no authentication. Succeeds.", PLAIN),
)

_DISPUTES = (
    SandboxToken(
        "pm_card_createDispute",
        "4000000000000259",
        Family.DISPUTES,
        "Succeeds, only to be disputed as `fraudulent`.",
        Behaviour(dispute=DisputeCourse.FRAUDULENT),
    ),
    SandboxToken(
        "pm_card_createDisputeProductNotReceived",
        "4000000000002685",
        Family.DISPUTES,
        "Succeeds, only to be disputed as `product_not_received`.",
        Behaviour(dispute=DisputeCourse.PRODUCT_NOT_RECEIVED),
    ),
    SandboxToken(
        "pm_card_createDisputeInquiry",
        "4000000000001976",
        Family.DISPUTES,
        "Succeeds, only to be the subject of an inquiry.",
        Behaviour(dispute=DisputeCourse.INQUIRY),
    ),
)

_REFUNDS = (
    SandboxToken(
        "pm_card_pendingRefund",
        "4000000000007726",
        Family.REFUNDS,
        "Succeeds; its refunds begin as pending and succeed later.",
        Behaviour(refund=RefundCourse.PENDING_THEN_SUCCEEDS),
    ),
    SandboxToken(
        "pm_card_refundFail",
        "4000000000005126",
        Family.REFUNDS,
        "Succeeds; its refunds seem to succeed and fail later.",
        Behaviour(refund=RefundCourse.SUCCEEDS_THEN_FAILS),
    ),
)

_BALANCE = (
    SandboxToken(
        "pm_card_bypassPending",
        "4000000000000077",
        Family.BALANCE,
        "Succeeds; the money is available at once.",
        Behaviour(available_at_once=True),
    ),
    SandboxToken(
        "pm_card_bypassPendingInternational",
        "4000003720000278",
        Family.BALANCE,
        "Succeeds; the money is available at once. Issued abroad.",
        Behaviour(available_at_once=True),
        "IE",
    ),
)

_FAIL, _UNAVAILABLE = CheckResult.FAIL, CheckResult.UNAVAILABLE
_CVC_FAILS, _POSTAL_CODE_FAILS = CardChecks(cvc=_FAIL), CardChecks(address_postal_code=_FAIL)

_RISK = (
    _risk("pm_card_radarBlock", "4100000000000019", "Is always blocked as too risky.", Behaviour(blocked=True)),
    _risk(
        "pm_card_riskLevelHighest",
        "4000000000004954",
        "Succeeds with the risk level `highest`.",
        Behaviour(risk_level=RiskLevel.HIGHEST),
    ),
    _risk(
        "pm_card_riskLevelElevated",
        "4000000000009235",
        "Succeeds with the risk level `elevated`.",
        Behaviour(risk_level=RiskLevel.ELEVATED),
    ),
    _risk(
        "pm_card_cvcCheckFail",
        "4000000000000101",
        "Succeeds; the check of the security code fails.",
        Behaviour(checks=_CVC_FAILS),
    ),
    _risk(
        "pm_card_avsZipFail",
        "4000000000000036",
        "Succeeds; the check of the postal code fails.",
        Behaviour(checks=_POSTAL_CODE_FAILS),
    ),
    _risk(
        "pm_card_cvcCheckFailElevatedRisk",
        "4000058400307872",
        "Succeeds with the risk level `elevated`; the check of the security code fails.",
        Behaviour(risk_level=RiskLevel.ELEVATED, checks=_CVC_FAILS),
    ),
    _risk(
        "pm_card_avsZipFailElevatedRisk",
        "4000058400306072",
        "Succeeds with the risk level `elevated`; the check of the postal code fails.",
        Behaviour(risk_level=RiskLevel.ELEVATED, checks=_POSTAL_CODE_FAILS),
    ),
    _risk(
        "pm_card_avsLine1Fail",
        "4000000000000028",
        "Succeeds; the check of the first address line fails.",
        Behaviour(checks=CardChecks(address_line1=_FAIL)),
    ),
    _risk(
        "pm_card_avsFail",
        "4000000000000010",
        "Succeeds; the checks of postal code and first address line fail.",
        Behaviour(checks=CardChecks(address_line1=_FAIL, address_postal_code=_FAIL)),
    ),
    _risk(
        "pm_card_avsUnchecked",
        "4000000000000044",
        "Succeeds; the checks of postal code and first address line are unavailable.",
        Behaviour(checks=CardChecks(address_line1=_UNAVAILABLE, address_postal_code=_UNAVAILABLE)),
    ),
)

_NUMBERS = (
    _number("pm_card_mastercard_2series", "2223003122003222"),
    _number("pm_card_amex_second", "371449635398431"),
    _number("pm_card_discover_second", "6011000990139424"),
    _number("pm_card_discover_debit", "6011981111111113", funding=_DEBIT),
    _number("pm_card_diners_14digits", "36227206271667"),
    _number("pm_card_bccard", "6555900000604105", "KR"),
    _number("pm_card_jcb_second", "3530111333300000", "JP"),
    _number("pm_card_unionpay_debit", "6200000000000047", "CN", _DEBIT),
    _number("pm_card_unionpay_19digits", "6205500000000000004", "CN"),
    _number("pm_card_sa", "4000006820000007", "SA"),
)

# In the order of the guide; of two rows with one number, the first is the one that a typed number means.
CATALOGUE: tuple[SandboxToken, ...] = (
    _BRANDS + _COUNTRIES + _DECLINES + _AUTHENTICATION + _DISPUTES + _REFUNDS + _BALANCE + _RISK + _NUMBERS
)
