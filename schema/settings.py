"""Account settings in the API: every one, typed, with its default."""

from decimal import Decimal

import strawberry

from domain.dunning import RetriesEnd, RetryPolicy, RetryWindow, UnpaidInvoice
from domain.invoices import InvoiceNumbering
from domain.payout_schedules import PayoutInterval, Weekday
from domain.plan_changes import ChangeBehavior
from domain.reckoning import TaxRounding
from domain.settings import ApplicationFeeBase
from domain.taxes import PriceTaxDefault
from schema.base import Wrapping, column, computed, describe_enum, input_field, part_type
from schema.payloads import payload
from schema.refs import AccountRef
from schema.scalars import Currency, MinorUnits

describe_enum(
    RetryPolicy,
    "Who decides when a declined payment of an invoice is tried again.",
    SMART="The reason of the decline and what worked for the customer before: up to eight retries in a window.",
    CUSTOM="You: up to three waits in days, each counted from the try before.",
)
describe_enum(
    RetryWindow,
    "How long after the first try an invoice may still be tried again.",
    ONE_WEEK="7 days.",
    TWO_WEEKS="14 days.",
    THREE_WEEKS="21 days.",
    ONE_MONTH="30 days.",
    TWO_MONTHS="60 days.",
)
describe_enum(
    RetriesEnd,
    "What becomes of a subscription when the last retry of an invoice has failed.",
    CANCEL="It is cancelled.",
    UNPAID="It is UNPAID: it goes on, and its later invoices stay drafts.",
    PAST_DUE="It stays PAST_DUE: it goes on, and its later invoices are collected.",
)

describe_enum(
    InvoiceNumbering,
    "Which sequence an account's invoices are numbered by. Numbers have no gaps in either.",
    CUSTOMER="Each customer has a prefix and a sequence of their own.",
    ACCOUNT="All invoices of the account have one prefix and one sequence.",
)
describe_enum(
    UnpaidInvoice,
    "What becomes of an invoice when its last retry has failed.",
    OPEN="It stays OPEN.",
    UNCOLLECTIBLE="It is marked as UNCOLLECTIBLE; it may still be paid.",
)

describe_enum(
    PriceTaxDefault,
    "What is meant where a price does not say whether tax is in its amount already.",
    INFERRED_BY_CURRENCY="Tax comes on top of amounts in US and Canadian dollars, and is in all others.",
    INCLUSIVE="Tax is in the amount.",
    EXCLUSIVE="Tax comes on top.",
)
describe_enum(
    TaxRounding,
    "Where tax is rounded to minor units, half away from zero.",
    PER_LINE="On every line; an invoice sums what its lines say.",
    PER_INVOICE="Once on an invoice for each rate; its lines share the sum.",
)
describe_enum(
    ChangeBehavior,
    "How a change of a subscription's items takes effect.",
    CHARGE_NOW="At once; the difference for the rest of the period is invoiced and charged at once.",
    PRORATE="At once; the difference for the rest of the period waits for the next invoice.",
    WAIT_FOR_PERIOD_END="With the next period, and without a difference.",
    NONE="At once and without a difference: the new items are billed from the next period on.",
)


describe_enum(
    ApplicationFeeBase,
    "What a platform's percentage is taken of.",
    INCLUDING_TAX="The whole of what an invoice comes to, its tax too.",
    EXCLUDING_TAX="What an invoice comes to without its tax.",
)
describe_enum(
    PayoutInterval,
    "How often money is paid out without anybody asking for it.",
    MANUAL="Never: each payout is asked for.",
    DAILY="Every day.",
    WEEKLY="On one day of the week.",
    MONTHLY="On one day of the month, the last one of a shorter month.",
)
describe_enum(Weekday, "A day of the week.", **{each.name: f"{each.value.title()}." for each in Weekday})


@part_type
class AccountBranding(Wrapping):
    """How an account looks on pages, receipts and invoices."""

    icon: str | None = column("Address of a square picture.", source="branding_icon")
    logo: str | None = column("Address of a picture in place of the icon and the name.", source="branding_logo")
    primary_color: str | None = column("The brand's color as `#rrggbb`.", source="branding_primary_color")
    secondary_color: str | None = column("A color beside it as `#rrggbb`.", source="branding_secondary_color")


@part_type
class AccountPaymentsSettings(Wrapping):
    """How an account takes payments."""

    statement_descriptor: str | None = column("What card statements say, unless the product says otherwise.")


@part_type
class PayoutSchedule(Wrapping):
    """When an account is paid out by itself."""

    interval: PayoutInterval = column("How often; DAILY by default.")
    weekly_anchor: Weekday | None = column("The day of WEEKLY.")
    monthly_anchor: int | None = column("The day of MONTHLY, from 1 to 31.")
    delay_days: int = column("Days after which the money of a charge is available; 2 by default.")


@part_type
class AccountPayoutsSettings(Wrapping):
    """How an account is paid out."""

    @computed("When it is paid out by itself.")
    def schedule(self) -> PayoutSchedule:
        """Reads through to the settings."""
        return PayoutSchedule.of(self.row.payout_schedule)


@part_type
class ProcessingFee(Wrapping):
    """What the payment network keeps of every charge in one currency."""

    currency: Currency = column("The currency of the charges.")
    percent: Decimal = column("Per cent of the amount.")
    fixed: MinorUnits | None = column("Minor units on top; null is the currency's default (0.30 USD, 0.30 EUR …).")


@part_type
class DisputeFee(Wrapping):
    """What the payment network takes for every dispute in one currency."""

    currency: Currency = column("The currency of the charges.")
    amount: MinorUnits = column("The fee, in minor units.")


@part_type
class AccountSettings(Wrapping):
    """How an account works. Settings that were never chosen show their defaults."""

    invoice_finalization_delay: int = column(
        "Seconds between the draft of a renewal's invoice and its finalization; 3600 by default."
    )
    invoice_numbering: InvoiceNumbering = column("Which sequence invoices are numbered by; CUSTOMER by default.")
    invoice_prefix: str | None = column(
        "What numbers begin with under ACCOUNT; the end of the account's id by default."
    )
    invoice_due_reminder_days: int = column(
        "Days before the due date of an invoice at which `invoice.will_be_due` is told; 3 by default, 0 never tells it."
    )
    upcoming_invoice_days: int = column(
        "Days before a renewal at which `invoice.upcoming` announces its invoice, a shorter period at its beginning; 7 "
        "by default, 0 announces none."
    )
    statement_descriptor: str | None = column(
        "What card statements say beside a charge, unless the product says otherwise; nothing by default."
    )
    processing_fee_percent: Decimal = column(
        "Per cent of every charge that the payment network keeps, in currencies without a fee of their own; 2.9 by "
        "default."
    )
    billing_fee_percent: Decimal = column(
        "Per cent of what subscriptions bring in that billing itself keeps, beside the network's fee; 0 by default, "
        "which keeps nothing."
    )
    invoicing_fee_percent: Decimal = column(
        "Per cent of what invoices of no subscription bring in that billing itself keeps; 0 by default, which keeps "
        "nothing."
    )
    test_clock_advance_is_limited: bool = column(
        "Whether a test clock goes at most two of the shortest billing interval ahead in one call; false by default."
    )
    dispute_fee: MinorUnits = column(
        "What the network takes for every dispute, in minor units of currencies without a fee of their own; 1500 by "
        "default."
    )
    cancel_subscription_on_dispute: bool = column(
        "Whether a subscription ends when a bank takes the money of one of its payments back; false by default."
    )
    allowed_origins: list[str] = column(
        "Origins of web pages whose scripts may call the API with this account's keys; none by default."
    )

    retry_policy: RetryPolicy = column("Who decides when a declined payment is tried again; SMART by default.")
    retry_window: RetryWindow = column("How long SMART goes on after the first try; TWO_WEEKS by default.")
    retry_waits: list[int] = column(
        "Days before each retry under CUSTOM, each counted from the try before; 3, 5 and 7 by default."
    )
    retries_end: RetriesEnd = column(
        "What becomes of a subscription when the last retry has failed; CANCEL by default."
    )
    unpaid_invoice: UnpaidInvoice = column("What becomes of the invoice then; it stays OPEN by default.")
    retry_on_new_payment_method: bool = column(
        "Whether a new default payment method is tried at once for invoices that wait for a retry; true by default."
    )
    upgrade_behavior: ChangeBehavior = column(
        "How a change of items that costs more per period takes effect when it says no `prorationBehavior`; PRORATE by "
        "default."
    )
    downgrade_behavior: ChangeBehavior = column("The same for one that costs less; PRORATE by default.")
    past_due_entitles: bool = column(
        "Whether a subscription that is PAST_DUE still gives its customer the features of its products; true by "
        "default."
    )
    tax_rounding: TaxRounding = column("Where tax is rounded to minor units; PER_LINE by default.")
    default_tax_behavior: PriceTaxDefault = column(
        "Whether automatic tax is in the amounts of prices whose `taxBehavior` is UNSPECIFIED; INFERRED_BY_CURRENCY by "
        "default."
    )
    application_fee_base: ApplicationFeeBase = column(
        "What a platform's application fees are a percentage of; INCLUDING_TAX by default. The platform's own counts."
    )
    end_fees_on_disconnect: bool = column(
        "Whether a platform's application fees end when the account disconnects; false by default. The platform's own "
        "counts."
    )

    @computed("How the account looks on pages, receipts and invoices.")
    def branding(self) -> AccountBranding:
        """Reads through to the settings."""
        return AccountBranding.of(self.row)

    @computed("How it takes payments.")
    def payments(self) -> AccountPaymentsSettings:
        """Reads through to the settings."""
        return AccountPaymentsSettings.of(self.row)

    @computed("How it is paid out.")
    def payouts(self) -> AccountPayoutsSettings:
        """Reads through to the settings."""
        return AccountPayoutsSettings.of(self.row)

    @computed("Fees for disputes in single currencies; none by default.")
    def dispute_fees(self) -> list[DisputeFee]:
        """Reads through to the settings."""
        return [DisputeFee.of(each) for each in self.row.dispute_fees]

    @computed("Fees for single currencies; none by default.")
    def processing_fees(self) -> list[ProcessingFee]:
        """Reads through to the settings."""
        return [ProcessingFee.of(each) for each in self.row.processing_fees]


@strawberry.input(description="What the payment network takes for every dispute in one currency.")
class DisputeFeeInput:
    """Becomes `DisputeFee` of the domain."""

    currency: Currency = input_field("The currency of the charges.")
    amount: MinorUnits = input_field("The fee, in minor units.")


@strawberry.input(description="What the payment network keeps of every charge in one currency.")
class ProcessingFeeInput:
    """Becomes `ProcessingFee` of the domain."""

    currency: Currency = input_field("The currency of the charges.")
    percent: Decimal = input_field("Per cent of the amount, from 0 to 100 with at most four decimals.")
    fixed: MinorUnits | None = input_field("Minor units on top; without it, the currency's default.")


@strawberry.input(
    description="What changes about the account. What is not mentioned stays; null gives back the default."
)
class AccountSettingsUpdateInput:
    """Becomes `SettingsChange`."""

    country: strawberry.Maybe[str | None] = input_field("Where the account is at home: a two-letter ISO 3166-1 code.")
    default_currency: strawberry.Maybe[Currency | None] = input_field("The currency that is meant where none is named.")
    business_name: strawberry.Maybe[str | None] = input_field("What customers know it by; at most 200 characters.")
    email: strawberry.Maybe[str | None] = input_field("Where mail about the account goes.")
    invoice_finalization_delay: strawberry.Maybe[int | None] = input_field(
        "Seconds from a renewal's draft to its finalization: from 0 to 259200 (72 hours)."
    )
    invoice_numbering: strawberry.Maybe[InvoiceNumbering | None] = input_field(
        "Which sequence invoices are numbered by from now on."
    )
    invoice_prefix: strawberry.Maybe[str | None] = input_field(
        "What numbers begin with under ACCOUNT: 3 to 12 upper-case letters or digits that no customer's begin with."
    )
    invoice_due_reminder_days: strawberry.Maybe[int | None] = input_field(
        "Days before the due date at which `invoice.will_be_due` is told, from 0 (never) to 60."
    )
    upcoming_invoice_days: strawberry.Maybe[int | None] = input_field(
        "Days before a renewal at which its invoice is announced: from 0, which announces none, to 60. It holds for "
        "periods that begin from now on."
    )
    statement_descriptor: strawberry.Maybe[str | None] = input_field(
        "For card statements: at most 22 characters, at least one letter, none of < > \\ ' \" *."
    )
    processing_fee_percent: strawberry.Maybe[Decimal | None] = input_field(
        "Per cent of every charge, from 0 to 100 with at most four decimals."
    )
    processing_fees: strawberry.Maybe[list[ProcessingFeeInput] | None] = input_field(
        "Fees for single currencies, all of them, each currency once."
    )
    dispute_fee: strawberry.Maybe[MinorUnits | None] = input_field(
        "What the network takes for every dispute, in minor units of currencies without a fee of their own."
    )
    dispute_fees: strawberry.Maybe[list[DisputeFeeInput] | None] = input_field(
        "Fees for disputes in single currencies, all of them, each currency once."
    )
    cancel_subscription_on_dispute: strawberry.Maybe[bool | None] = input_field(
        "Whether a subscription ends, at once and with nothing given back, when a bank takes the money of one of its "
        "payments back."
    )
    billing_fee_percent: strawberry.Maybe[Decimal | None] = input_field(
        "Per cent of what subscriptions bring in, from 0 to 100 with at most four decimals."
    )
    invoicing_fee_percent: strawberry.Maybe[Decimal | None] = input_field(
        "Per cent of what invoices of no subscription bring in, from 0 to 100 with at most four decimals."
    )
    test_clock_advance_is_limited: strawberry.Maybe[bool | None] = input_field(
        "True lets a test clock go at most two of the shortest billing interval ahead in one call."
    )
    allowed_origins: strawberry.Maybe[list[str] | None] = input_field(
        "All origins, at most 50: scheme and host such as https://app.example.com."
    )
    retry_policy: strawberry.Maybe[RetryPolicy | None] = input_field(
        "Who decides when a declined payment is tried again."
    )
    retry_window: strawberry.Maybe[RetryWindow | None] = input_field("How long SMART goes on after the first try.")
    retry_waits: strawberry.Maybe[list[int] | None] = input_field(
        "Days before each retry under CUSTOM, at most three of 1 to 60, each counted from the try before."
    )
    retries_end: strawberry.Maybe[RetriesEnd | None] = input_field(
        "What becomes of a subscription when the last retry has failed."
    )
    unpaid_invoice: strawberry.Maybe[UnpaidInvoice | None] = input_field("What becomes of the invoice then.")
    retry_on_new_payment_method: strawberry.Maybe[bool | None] = input_field(
        "Whether a new default payment method is tried at once for invoices that wait for a retry."
    )
    upgrade_behavior: strawberry.Maybe[ChangeBehavior | None] = input_field(
        "How a change of items that costs more per period takes effect when it says no `prorationBehavior`."
    )
    downgrade_behavior: strawberry.Maybe[ChangeBehavior | None] = input_field("The same for one that costs less.")
    past_due_entitles: strawberry.Maybe[bool | None] = input_field(
        "Whether a subscription that is PAST_DUE still gives its customer the features of its products; true by "
        "default. A change takes and gives at once."
    )
    tax_rounding: strawberry.Maybe[TaxRounding | None] = input_field(
        "Where tax is rounded to minor units; of invoices that are not finalized yet."
    )
    default_tax_behavior: strawberry.Maybe[PriceTaxDefault | None] = input_field(
        "Whether automatic tax is in the amounts of prices whose `taxBehavior` is UNSPECIFIED."
    )
    application_fee_base: strawberry.Maybe[ApplicationFeeBase | None] = input_field(
        "What the application fees are a percentage of. For platforms only."
    )
    end_fees_on_disconnect: strawberry.Maybe[bool | None] = input_field(
        "Whether application fees end when an account disconnects. For platforms only."
    )


AccountSettingsUpdatePayload = payload("accountSettingsUpdate", account=(AccountRef, "The account with its settings."))
