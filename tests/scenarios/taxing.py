"""Tax in stories: rates, registrations, and what invoices say of them."""

from typing import Any

from tests.scenarios.world import World

TAXES = "amount taxableAmount taxBehavior taxabilityReason taxRate { displayName percentage }"
TAXED = (
    f"id status subtotal total totalExcludingTax subtotalExcludingTax amountDue totalTaxes {{ {TAXES} }}"
    " defaultTaxRates { id }"
    f" lines {{ id amount explanation taxRates {{ id }} taxes {{ {TAXES} }} }} lastFinalizationError {{ code }}"
)


async def rate(world: World, percentage: str, *, inclusive: bool = False, name: str = "VAT", **input: Any) -> str:
    """The id of a tax rate."""
    wanted = {"displayName": name, "percentage": percentage, "inclusive": inclusive, **input}
    return str((await world.do("taxRateCreate", "taxRate { id }", **wanted))["taxRate"]["id"])


async def registered(world: World, country: str, state: str | None = None) -> str:
    """The id of a registration that has been active for long."""
    wanted = {"country": country, "state": state, "activeFrom": "2020-01-01T00:00:00Z"}
    answer = await world.do("taxRegistrationCreate", "taxRegistration { id }", **wanted)
    return str(answer["taxRegistration"]["id"])


async def taxed(world: World, invoice: str) -> dict[str, Any]:
    """What an invoice says of tax."""
    found = await world.api.ask(f"query($id: ID!) {{ invoice(id: $id) {{ {TAXED} }} }}", {"id": invoice})
    return dict(found["invoice"])


def sums(invoice: dict[str, Any]) -> tuple[int, int, int]:
    """Subtotal, total without tax, total."""
    return invoice["subtotal"], invoice["totalExcludingTax"], invoice["total"]


def shown(taxes: list[dict[str, Any]]) -> list[str]:
    """Taxes in short: `285 of 1500 at 19 EXCLUSIVE STANDARD_RATED`."""
    return [
        f"{each['amount']} of {each['taxableAmount']} at {each['taxRate']['percentage']} {each['taxBehavior']}"
        f" {each['taxabilityReason']}"
        for each in taxes
    ]
