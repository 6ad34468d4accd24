"""Money between accounts in the API: shares of payments, and fields of whatever others have a part in."""

from decimal import Decimal
from typing import Any

import strawberry

from domain.sharing import Sharing
from schema.base import DIRECT, Wrapping, column, input_field, part_type
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


def application_fee_percent(description: str) -> Any:
    """A field for the percentage that a platform has."""

    def resolve(source: Any, _info: Any) -> Decimal | None:
        return _of(source).application_fee_percent

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def application_fee_amount(description: str) -> Any:
    """A field for the fee that a platform has, in minor units."""

    def resolve(source: Any, _info: Any) -> int | None:
        return _of(source).application_fee_amount

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def transfer_data(description: str) -> Any:
    """A field for what other accounts receive, in order."""

    def resolve(source: Any, _info: Any) -> list[TransferData]:
        return [TransferData.of(each) for each in _of(source).shares]

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def on_behalf_of(description: str = "The account that sells; null where the one that charges does.") -> Any:
    """A field for the id of the account that sells."""

    def resolve(source: Any, _info: Any) -> str | None:
        return _of(source).on_behalf_of

    return strawberry.field(description=description, metadata={DIRECT: resolve})


def _of(source: Wrapping) -> Sharing:
    return Sharing.from_json(source.row.sharing)
