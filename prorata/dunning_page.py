"""The page about retries, `docs/dunning.md`, written from the tables in the code: `prorata schema --dunning`."""

from typing import Final

from domain.dunning import (
    CUSTOM_RETRIES_MAX,
    DECLINE_CLASSES,
    PAY_DAYS,
    REFUSAL_WAIT_DAYS,
    RETRIES_MAX,
    TROUBLE_WAIT_HOURS,
    WAIT_DAYS_MAX,
    WINDOW_DAYS,
    DeclineClass,
)
from domain.settings import DEFAULT_SETTINGS

_INTRODUCTION: Final = """\
# Dunning

What happens when the payment of an invoice is declined: it is tried again, and when that does not help, the
subscription ends as the account chose. The [guide](guides/dunning.md) shows it in use. This page is generated from the
tables that are in force: `prorata schema --dunning > docs/dunning.md`.

All of it is a setting of the account (`accountSettingsUpdate`):

| Setting | Default | What it decides |
|---|---|---|
"""
_AFTER: Final = """\

Retries concern open invoices that are charged automatically. The first invoice of a subscription is not retried: it
waits for its customer. An invoice that is paid, void or uncollectible is not retried, nor one whose
subscription has ended, is UNPAID or PAUSED.

## SMART

The wait before each retry depends on why the last try was declined. There are at most {retries} retries, and none
later than the window after the first try.

| Window | Days |
|---|---|
{windows}

| Class | Decline codes | When it is tried again |
|---|---|---|
{classes}

A decline code that is not listed counts as REFUSAL, or as HARD where the issuer advised not to try again. So does a
payment that needs the customer to authenticate, and one for want of a payment method: both are HARD.

The days of REFUSAL and HARD fill the window:

| Window | Days before each retry |
|---|---|
{waits}

**What worked before.** Where a payment of the same customer that had failed was collected later, its day of the month
is a pay day too, and retries that are counted in days happen at its time of day (UTC).

**HARD.** The payment method is not charged again. On the days of the table it is looked whether there is another one;
if there is none, the retry passes: it counts in `attemptCount`, and `nextPaymentAttempt` moves on.

## CUSTOM

Up to {custom} waits of 1 to {days} days, each counted from the try before, whatever the reason. HARD declines pass here
as well.

## At the end

When the last retry has failed, the subscription, as far as it is PAST_DUE, becomes what `retriesEnd` says:

| `retriesEnd` | The subscription | Its later invoices |
|---|---|---|
| `CANCEL` | CANCELED, with the reason `PAYMENT_FAILED` | none |
| `UNPAID` | UNPAID until the latest finalized invoice is paid or void | stay drafts |
| `PAST_DUE` | stays PAST_DUE | are collected and retried |

The invoice stays OPEN, or is marked as UNCOLLECTIBLE where `unpaidInvoice` says so. It can still be paid either way.

## A new payment method

When a customer's or a subscription's default payment method changes, invoices that wait for a retry are tried with it
at once, unless `retryOnNewPaymentMethod` is off. Neither this nor `invoicePay` counts as a retry, and neither moves the
next one.

## Figures

The query `recoveryFigures` counts, by the month of the first failure and by currency, what failed and what of it is
paid by now.
"""
_SETTINGS: Final = (
    ("retryPolicy", f"`{DEFAULT_SETTINGS.retry_policy.name}`", "Who decides when it is tried again: SMART or CUSTOM."),
    ("retryWindow", f"`{DEFAULT_SETTINGS.retry_window.name}`", "How long SMART goes on."),
    ("retryWaits", f"`{list(DEFAULT_SETTINGS.retry_waits)}`", "The waits of CUSTOM in days."),
    ("retriesEnd", f"`{DEFAULT_SETTINGS.retries_end.name}`", "What becomes of the subscription at the end."),
    ("unpaidInvoice", f"`{DEFAULT_SETTINGS.unpaid_invoice.name}`", "What becomes of the invoice at the end."),
    (
        "retryOnNewPaymentMethod",
        f"`{str(DEFAULT_SETTINGS.retry_on_new_payment_method).lower()}`",
        "Whether a new default payment method is tried at once.",
    ),
)
_WHEN: Final = {
    DeclineClass.FUNDS: "On the next likely pay day: "
    + ", ".join(f"the {day}{'st' if day == 1 else 'th'}" for day in PAY_DAYS)
    + " or a Friday, at the hour of the last try",
    DeclineClass.TROUBLE: f"After {', '.join(map(str, TROUBLE_WAIT_HOURS))} hours",
    DeclineClass.REFUSAL: "After the days below",
    DeclineClass.HARD: "Not with the same payment method; a new one is looked for after the days below",
}


def dunning_page() -> str:
    """The whole page in Markdown, ending with a line break."""
    settings = "\n".join(f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _SETTINGS)
    after = _AFTER.format(
        retries=RETRIES_MAX,
        custom=CUSTOM_RETRIES_MAX,
        days=WAIT_DAYS_MAX,
        windows="\n".join(f"| `{window.name}` | {days} |" for window, days in WINDOW_DAYS.items()),
        classes="\n".join(
            f"| {each.name} | {', '.join(f'`{code}`' for code in codes)} | {_WHEN[each]} |"
            for each, codes in DECLINE_CLASSES.items()
        ),
        waits="\n".join(
            f"| `{window.name}` | {', '.join(map(str, waits))} |" for window, waits in REFUSAL_WAIT_DAYS.items()
        ),
    )
    return f"{_INTRODUCTION}{settings}\n{after}"
