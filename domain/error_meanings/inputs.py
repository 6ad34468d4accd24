"""What is wrong with a value that was given."""

from typing import Final

from domain.error_meanings.meaning import INVALID, Meaning

INPUTS: Final = {
    "parameter_missing": Meaning(
        INVALID,
        "A value that this operation needs was not given.",
        "Send the field that `param` names.",
    ),
    "parameter_unknown": Meaning(
        INVALID,
        "A value was given that has no place in this operation.",
        "Leave out the field that `param` names.",
    ),
    "parameter_invalid": Meaning(
        INVALID,
        "A value has the right type but lies outside what is allowed here.",
        "The message says what would be allowed.",
    ),
    "parameter_invalid_integer": Meaning(
        INVALID,
        "A number lies outside its range, or is not whole where it must be.",
        "The message names the range.",
    ),
    "parameter_invalid_string_empty": Meaning(
        INVALID,
        "A text that must say something is empty or blank.",
        "Send a text, or null to remove the value where it is optional.",
    ),
    "parameter_string_too_long": Meaning(
        INVALID,
        "A text is longer than the field may hold.",
        "Shorten it to the length that the message names.",
    ),
    "parameter_list_too_long": Meaning(
        INVALID,
        "A list or a map has more entries than allowed.",
        "Send at most as many entries as the message names.",
    ),
    "parameters_exclusive": Meaning(
        INVALID,
        "Two values were given of which only one may be.",
        "Send one of the fields that the message names.",
    ),
    "resource_missing": Meaning(
        INVALID,
        "An object that the request names or needs does not exist in this account and mode.",
        "Check the id, and that the key belongs to the same account and mode as the object.",
    ),
    "resource_already_exists": Meaning(
        INVALID,
        "Something that must be unique is already taken.",
        "Use the existing object, or choose another value.",
    ),
    "resource_in_use": Meaning(
        INVALID,
        "The object cannot be deleted because others refer to it.",
        "Archive it instead, or delete what refers to it first.",
    ),
    "test_mode_only": Meaning(
        INVALID,
        "This exists in test mode only.",
        "Use a test key (`sk_test_…`).",
    ),
    "email_invalid": Meaning(
        INVALID,
        "The e-mail address is not one that mail could be sent to.",
        "Check for typing errors.",
    ),
    "url_invalid": Meaning(
        INVALID,
        "The address is not a complete http or https URL.",
        "Send an absolute URL such as https://example.com/a.png.",
    ),
    "country_code_invalid": Meaning(
        INVALID,
        "The country is not a two-letter ISO 3166-1 code.",
        "Send a code such as DE, BR or US.",
    ),
    "currency_invalid": Meaning(
        INVALID,
        "The currency is not one of the active ISO 4217 currencies.",
        "Send a three-letter code such as usd, eur or brl.",
    ),
    "currency_mismatch": Meaning(
        INVALID,
        "Amounts of two currencies meet where there can be only one.",
        "Use prices of one currency; a customer keeps theirs while a subscription or unpaid invoice is in force.",
    ),
    "tax_id_invalid": Meaning(
        INVALID,
        "The tax id does not have the form or the check digits of its type.",
        "Check the number and that the type fits the country.",
    ),
    "invalid_characters": Meaning(
        INVALID,
        "A text holds characters that are not allowed in it.",
        "Remove the characters that the message names.",
    ),
    "file_too_large": Meaning(
        INVALID,
        "The uploaded file is larger than allowed.",
        "Make it smaller than the size that the message names.",
    ),
    "file_type_unsupported": Meaning(
        INVALID,
        "The uploaded file is, by its content, of a type that cannot be used here.",
        "Send one of the types that the message names; the file name does not matter.",
    ),
    "amount_too_small": Meaning(
        INVALID,
        "The amount is below the least that can be charged in its currency.",
        "Charge at least the amount that the message names.",
    ),
    "amount_too_large": Meaning(
        INVALID,
        "The amount is above the most that is possible here.",
        "Send at most the amount that the message names.",
    ),
}
