"""What is wrong with an account, or with money between accounts."""

from typing import Final

from domain.error_meanings.meaning import INVALID, Meaning

ACCOUNTS: Final = {
    "account_holder_required": Meaning(
        INVALID,
        "The connected account itself decides this, not its platform.",
        "Let the account do it with a key of its own.",
    ),
    "account_invalid": Meaning(
        INVALID,
        "The account cannot take part in this: it is not connected, or not enabled for it.",
        "The message says what the account lacks.",
    ),
    "application_fees_not_allowed": Meaning(
        INVALID,
        "A fee was asked for where there is nobody to take it from.",
        "Act for a connected account with `Stripe-Account`, or name the one that receives the money in `transferData`.",
    ),
    "application_not_maker": Meaning(
        INVALID,
        "A platform acts for an account on something that the account made by itself.",
        "Leave it to the account, or make one of the platform's own for it.",
    ),
    "charge_disputed": Meaning(
        INVALID,
        "The charge is disputed; its money is with the cardholder's bank.",
        "Answer the dispute, or accept it with `disputeClose`; a charge is disputed once.",
    ),
    "dispute_unexpected_state": Meaning(
        INVALID,
        "The dispute's status does not allow this.",
        "Read the dispute again; the message says which statuses would allow it.",
    ),
    "balance_insufficient": Meaning(
        INVALID,
        "The account has not enough money available to send.",
        "Wait until more is available, send less, or name the charge whose money it is in `sourceTransaction`.",
    ),
    "insufficient_capabilities_for_transfer": Meaning(
        INVALID,
        "The account that is to receive money has no active `transfers` capability.",
        "Ask for the capability and complete what `requirements` names.",
    ),
    "account_number_invalid": Meaning(
        INVALID,
        "The number is not one that a bank account could have.",
        "Check the number; outside of the US, Canada, Australia and Great Britain it is an IBAN.",
    ),
    "bank_account_unusable": Meaning(
        INVALID,
        "A payout to this bank account or card failed, and nothing is paid out until it is replaced.",
        "Create another one as default of its currency.",
    ),
    "instant_payouts_unsupported": Meaning(
        INVALID,
        "Money does not reach this bank account or card within minutes.",
        "Pay out to a debit card, or with STANDARD.",
    ),
    "payouts_not_allowed": Meaning(
        INVALID,
        "Payouts are switched off for the account.",
        "Complete what its `requirements` name.",
    ),
    "payout_unexpected_state": Meaning(
        INVALID,
        "The payout's status does not allow this.",
        "Only a payout that is PENDING can be canceled.",
    ),
    "routing_number_invalid": Meaning(
        INVALID,
        "The number is not one that a bank could have.",
        "Check the number; in the US it has nine digits.",
    ),
    "platform_account_required": Meaning(
        INVALID,
        "Only a platform can do this.",
        "Send the platform's own key; the message says whether `Stripe-Account` goes with it.",
    ),
    "transfers_not_allowed": Meaning(
        INVALID,
        "Money cannot be transferred here.",
        "The message says from where and to whom it can be.",
    ),
}
