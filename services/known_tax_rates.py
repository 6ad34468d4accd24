"""The tax rates that a transaction has come by, so that snapshots of what holds them show them whole without asking."""

from collections.abc import Iterable

from models import TaxRate
from services.base import Service
from services.transactions import current_unit

_KNOWN = "tax rates by id"


class KnownTaxRates(Service):
    """Reads tax rates once in a transaction."""

    async def by_id(self, identifiers: Iterable[str]) -> dict[str, TaxRate]:
        """The scope's tax rates with these ids; no statement for those that the transaction knows already."""
        wanted = set(identifiers)
        unit = current_unit()
        known: dict[str, TaxRate] = {} if unit is None else unit.state(_KNOWN, dict)
        for row in await self.gather(TaxRate, "id", wanted - known.keys()):
            known[row.id] = row
        owner = (self.scope.account_id, self.scope.livemode)
        return {each: known[each] for each in wanted if each in known and _owner(known[each]) == owner}


def known_tax_rate(identifier: str) -> TaxRate | None:
    """A tax rate that the transaction has come by; None outside one."""
    unit = current_unit()
    known: dict[str, TaxRate] = {} if unit is None else unit.state(_KNOWN, dict)
    return known.get(identifier)


def _owner(row: TaxRate) -> tuple[str, bool]:
    return row.account_id, row.livemode
