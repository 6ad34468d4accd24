"""Persons behind accounts in the API."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain.ids import Prefix
from domain.onboarding import VerificationStatus
from schema.base import Node, Wrapping, column, computed, describe_enum, input_field, node_type, part_type
from schema.customers.addresses import Address, AddressInput
from schema.payloads import payload
from schema.refs import AccountRef, PersonRef
from schema.relations import one
from schema.scalars import Metadata

describe_enum(
    VerificationStatus,
    "What the identity check says of a person.",
    UNVERIFIED="There is nothing to check yet, or it does not match.",
    PENDING="It is still being checked.",
    VERIFIED="They are who they say.",
)


@part_type
class DateOfBirth(Wrapping):
    """When somebody was born."""

    day: int = column("Of the month, from 1.")
    month: int = column("Of the year, from 1.")
    year: int = column("With four digits.")


@part_type
class PersonRelationship(Wrapping):
    """What a person is to the account."""

    title: str | None = column("What they are called there: CEO, treasurer.")

    @computed("Whether they own a part of it.")
    def owner(self) -> bool:
        """Reads through to the person."""
        return bool(self.row.owner)

    @computed("Whether they sit on its board.")
    def director(self) -> bool:
        """Reads through to the person."""
        return bool(self.row.director)

    @computed("Whether they run it.")
    def executive(self) -> bool:
        """Reads through to the person."""
        return bool(self.row.executive)

    @computed("Whether they act for the account.")
    def representative(self) -> bool:
        """Reads through to the person."""
        return bool(self.row.representative)

    @computed("How much of it they own, in per cent.")
    def percent_ownership(self) -> Decimal | None:
        """Reads through to the person."""
        return None if self.row.percent_ownership is None else Decimal(self.row.percent_ownership)


@part_type
class PersonVerification(Wrapping):
    """What the identity check says."""

    status: VerificationStatus = column("The outcome.", source="verification_status")


@node_type(models.Person, kind="accounts", prefix=Prefix.PERSON)
class Person(Node):
    """Somebody behind an account: the individual that it is, or who represents, owns or runs a company.

    Numbers that identify a person are not kept, only that they were given.
    """

    created: datetime = column("When they were added.", source="created_at")
    livemode: bool = column("Whether a real account is meant.")
    account: AccountRef | None = one("account_id", "The account behind which they stand.")
    first_name: str | None = column("Given name.")
    last_name: str | None = column("Family name.")
    email: str | None = column("Where mail goes.")
    phone: str | None = column("Telephone number.")
    nationality: str | None = column("Two-letter ISO 3166-1 code.")
    id_number_provided: bool = column("Whether the number that identifies them was given.")
    ssn_last4_provided: bool = column(
        "Whether the end of their social security number was given.", source="ssn_last_4_provided"
    )
    metadata: Metadata = column("Labels of your own.")

    @computed("When they were born.")
    def dob(self) -> DateOfBirth | None:
        """Reads through to the person."""
        return DateOfBirth.of(self.row.dob) if self.row.dob else None

    @computed("Where they live.")
    def address(self) -> Address | None:
        """Reads through to the person."""
        return Address.of(self.row.address) if self.row.address else None

    @computed("What they are to the account.")
    def relationship(self) -> PersonRelationship:
        """Reads through to the person."""
        return PersonRelationship.of({**self.row.relationship, "representative": self.row.representative})

    @computed("What the identity check says.")
    def verification(self) -> PersonVerification:
        """Reads through to the person."""
        return PersonVerification.of(self.row)


@strawberry.input(description="When somebody was born.")
class DateOfBirthInput:
    """Becomes `BirthDate`."""

    day: int = input_field("Of the month, from 1.")
    month: int = input_field("Of the year, from 1.")
    year: int = input_field("With four digits.")


@strawberry.input(description="What a person is to the account. What is not mentioned stays.")
class PersonRelationshipInput:
    """Becomes `RelationshipChange`."""

    representative: strawberry.Maybe[bool] = input_field("Whether they act for the account; one person does.")
    owner: strawberry.Maybe[bool] = input_field("Whether they own a part of it.")
    director: strawberry.Maybe[bool] = input_field("Whether they sit on its board.")
    executive: strawberry.Maybe[bool] = input_field("Whether they run it.")
    title: strawberry.Maybe[str | None] = input_field("What they are called there; null removes it.")
    percent_ownership: strawberry.Maybe[Decimal | None] = input_field("How much they own, from 0 to 100 per cent.")


@strawberry.input(description="A person. What is not mentioned stays; null removes.")
class IndividualInput:
    """Becomes `IndividualChange`."""

    first_name: strawberry.Maybe[str | None] = input_field("Given name.")
    last_name: strawberry.Maybe[str | None] = input_field("Family name.")
    email: strawberry.Maybe[str | None] = input_field("Where mail goes.")
    phone: strawberry.Maybe[str | None] = input_field("Telephone number.")
    dob: strawberry.Maybe[DateOfBirthInput | None] = input_field("When they were born.")
    address: strawberry.Maybe[AddressInput | None] = input_field("Where they live, as a whole.")
    nationality: strawberry.Maybe[str | None] = input_field("Two-letter ISO 3166-1 code.")
    id_number: strawberry.Maybe[str | None] = input_field(
        "The number that identifies them; it is checked and forgotten. In test mode 111111111 does not match, and "
        "222222222 stays in the check."
    )
    ssn_last4: strawberry.Maybe[str | None] = input_field("The last four digits of their social security number.")
    metadata: Metadata | None = input_field("Labels of your own, merged into what is there.")


@strawberry.input(description="Somebody more behind an account.")
class PersonCreateInput(IndividualInput):
    """Becomes `PersonDraft`."""

    account: strawberry.ID | None = input_field("Your own account without it, or one that is connected to yours.")
    relationship: PersonRelationshipInput | None = input_field("What they are to the account.")


@strawberry.input(description="What changes about a person. What is not mentioned stays; null removes.")
class PersonUpdateInput(IndividualInput):
    """Becomes `PersonChange`."""

    id: strawberry.ID = input_field("The person.")
    relationship: PersonRelationshipInput | None = input_field("What they are to the account.")


@strawberry.input(description="Whom to remove from behind an account.")
class PersonDeleteInput:
    """The id alone."""

    id: strawberry.ID = input_field("The person.")


PersonCreatePayload = payload("personCreate", person=(PersonRef, "The new person."))
PersonUpdatePayload = payload("personUpdate", person=PersonRef)
PersonDeletePayload = payload("personDelete", person=(PersonRef, "The person as they were."))
