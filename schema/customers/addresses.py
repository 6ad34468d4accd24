"""Postal addresses in the API, and where goods go."""

import strawberry

from schema.base import Wrapping, column, computed, input_field, part_type


@part_type
class Address(Wrapping):
    """A postal address, as far as it is known."""

    line1: str | None = column("Street and number, or company.", name="line1")
    line2: str | None = column("Apartment, floor, building.", name="line2")
    city: str | None = column("City, town or village.")
    state: str | None = column("State, province or region.")
    postal_code: str | None = column("ZIP or postal code.")
    country: str | None = column("Two-letter ISO 3166-1 code.")


@part_type
class Shipping(Wrapping):
    """To whom and where goods go."""

    name: str | None = column("Who receives them.")
    phone: str | None = column("How to call them.")

    @computed("Where they go.")
    def address(self) -> Address | None:
        """Reads through to what is stored."""
        return Address.of(self.row.address) if self.row.address else None


@strawberry.input(description="A postal address. In an update it replaces the whole of the one before.")
class AddressInput:
    """Becomes `Address`."""

    line1: str | None = input_field("Street and number, or company.", name="line1")
    line2: str | None = input_field("Apartment, floor, building.", name="line2")
    city: str | None = input_field("City, town or village.")
    state: str | None = input_field("State, province or region.")
    postal_code: str | None = input_field("ZIP or postal code.")
    country: str | None = input_field("Two-letter ISO 3166-1 code.")


@strawberry.input(description="To whom and where goods go.")
class ShippingInput:
    """Becomes `Shipping`."""

    name: str = input_field("Who receives them.")
    address: AddressInput = input_field("Where they go.")
    phone: str | None = input_field("How to call them.")
