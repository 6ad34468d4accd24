"""Tax rates that a caller names for something: found sound, or refused with all problems and their paths."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.errors import ErrorCode, Problems
from domain.taxes import RATES_OF_A_LINE_MAX, rates_beside_automatic_tax
from models import TaxRate
from services.base import Service, part
from services.known_tax_rates import KnownTaxRates


@dataclass(frozen=True, slots=True)
class NamedRates:
    """Ids of tax rates at a path of the input; those in `kept` are there already, and may be archived.

    Where tax is `automatic`, no others may come.
    """

    identifiers: Sequence[str]
    param: tuple[str, ...]
    kept: Collection[str] = ()
    automatic: bool = False


class TaxRatesNamed(Service):
    """Checks what is to be attached; a statement however many are named, and none where none is."""

    known = part(KnownTaxRates)

    async def check(self, problems: Problems, *named: NamedRates) -> None:
        """Note every rate that is unknown, archived, named twice or beside automatic tax, and every list too long."""
        rates = await self.known.by_id({each for one in named for each in one.identifiers})
        for one in named:
            _check_list(problems, one, rates)

    async def checked(self, *named: NamedRates) -> None:
        """As `check`; raises what there is."""
        problems = Problems()
        await self.check(problems, *named)
        problems.raise_any()


def _check_list(problems: Problems, named: NamedRates, rates: dict[str, TaxRate]) -> None:
    if len(named.identifiers) > RATES_OF_A_LINE_MAX:
        problems.add(
            ErrorCode.PARAMETER_LIST_TOO_LONG,
            f"{len(named.identifiers)} tax rates were given; there may be {RATES_OF_A_LINE_MAX}.",
            *named.param,
        )
        return
    if named.automatic and not set(named.identifiers) <= set(named.kept):
        problems.add_from(rates_beside_automatic_tax(*named.param))
        return
    for index, identifier in enumerate(named.identifiers):
        where = (*named.param, str(index))
        rate = rates.get(identifier)
        if rate is None:
            problems.add(ErrorCode.RESOURCE_MISSING, f"No such tax rate: '{identifier}'.", *where)
        elif identifier in named.identifiers[:index]:
            problems.add(ErrorCode.PARAMETER_INVALID, f"Tax rate {identifier} is there twice; name it once.", *where)
        elif not rate.active and identifier not in named.kept:
            problems.add(
                ErrorCode.TAX_RATE_INACTIVE,
                f"Tax rate {identifier} is archived; activate it or choose another.",
                *where,
            )
