"""Tax numbers of customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.checks import checked
from domain.errors import DomainError, ErrorCode, Problems
from domain.event_types import EventType
from domain.ids import Prefix
from domain.tax_ids import TaxIdVerificationStatus, tax_id_country, validated_tax_id
from models import Customer, CustomerTaxId
from services.base import Service, part
from services.customers.drafts import TaxIdDraft
from services.events import Events
from services.rows import insert_rows

TAX_IDS_MAX: Final = 5


class TaxIds(Service):
    """Writing and removing tax numbers of a customer who is locked."""

    events = part(Events)

    def checked(self, problems: Problems, drafts: Sequence[TaxIdDraft]) -> list[TaxIdDraft]:
        """The numbers of a new customer in compact form, each once; `taxIds` is their path."""
        if len(drafts) > TAX_IDS_MAX:
            problems.add(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"The list has {len(drafts)} tax ids; it may have {TAX_IDS_MAX}.",
                "taxIds",
            )
            return []
        numbers: list[TaxIdDraft] = []
        for index, draft in enumerate(drafts):
            value = checked(problems, validated_tax_id, draft.type, draft.value, ("taxIds", str(index), "value"))
            if value is None:
                continue
            number = TaxIdDraft(type=draft.type, value=value)
            if number in numbers:
                problems.add(
                    ErrorCode.RESOURCE_ALREADY_EXISTS,
                    f"The {draft.type} {value} is in the list twice.",
                    "taxIds",
                    str(index),
                )
            numbers.append(number)
        return numbers

    async def add(self, customer: Customer, numbers: Sequence[TaxIdDraft], *, at: datetime) -> list[CustomerTaxId]:
        """Write numbers that were checked. Records `customer.tax_id.created` for each."""
        rows = [
            CustomerTaxId(
                id=self.new_id(Prefix.TAX_ID),
                created_at=at,
                customer_id=customer.id,
                type=number.type,
                value=number.value,
                country=tax_id_country(number.type, number.value),
                verification_status=TaxIdVerificationStatus.UNAVAILABLE,
                **self.ownership(),
            )
            for number in numbers
        ]
        await insert_rows(rows)
        for row in rows:
            self.events.record(EventType.CUSTOMER_TAX_ID_CREATED, row, at=at)
        return rows

    async def add_one(self, customer: Customer, draft: TaxIdDraft) -> CustomerTaxId:
        """One more number of a customer, who has no more than five and none twice."""
        at = await self.present(customer.test_clock_id)
        value = validated_tax_id(draft.type, draft.value)
        present = await self.gather(CustomerTaxId, "customer_id", [customer.id])
        for row in present:
            if (row.type, row.value) == (draft.type, value):
                raise DomainError(
                    ErrorCode.RESOURCE_ALREADY_EXISTS,
                    f"Customer {customer.id} has the {draft.type} {value} already, as {row.id}.",
                    "value",
                )
        if len(present) >= TAX_IDS_MAX:
            raise DomainError(
                ErrorCode.PARAMETER_LIST_TOO_LONG,
                f"Customer {customer.id} has {len(present)} tax ids; there may be {TAX_IDS_MAX}.",
            )
        [row] = await self.add(customer, [TaxIdDraft(type=draft.type, value=value)], at=at)
        return row

    async def remove(self, customer: Customer, row: CustomerTaxId) -> None:
        """Remove a number. Records `customer.tax_id.deleted`; finalized invoices keep showing it."""
        at = await self.present(customer.test_clock_id)
        await self.mine(CustomerTaxId).filter(id=row.id).delete()
        self.events.record(EventType.CUSTOMER_TAX_ID_DELETED, row, at=at)
