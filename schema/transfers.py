"""Money between accounts in the API: shares of payments."""

from decimal import Decimal

import strawberry

from schema.base import Wrapping, column, input_field, part_type
from schema.scalars import MinorUnits


@part_type
class TransferData(Wrapping):
    """What another account receives of a payment: an amount, a percentage, or, with neither, all that is left."""

    destination: strawberry.ID = column("The account that receives it.")
    amount: MinorUnits | None = column("How much.")
    amount_percent: Decimal | None = column("Which percentage of what is paid.")


@strawberry.input(description="What another account receives of a payment; with neither amount nor percentage, all.")
class TransferDataInput:
    """Becomes `Share`."""

    destination: strawberry.ID = input_field("A connected account with the capability `transfers`.")
    amount: MinorUnits | None = input_field("How much of it, in minor units.")
    amount_percent: Decimal | None = input_field("Which percentage of it: 0 to 100 with at most two decimals.")
