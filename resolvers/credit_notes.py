"""Credit notes: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing
from schema.credit_notes import (
    CreditNoteCreateInput,
    CreditNoteCreatePayload,
    CreditNoteFilter,
    CreditNotePreview,
    CreditNotePreviewInput,
    CreditNotePreviewPayload,
    CreditNoteUpdateInput,
    CreditNoteUpdatePayload,
    CreditNoteVoidInput,
    CreditNoteVoidPayload,
    Previewed,
)
from schema.inputs import draft_of
from schema.refs import CreditNoteRef
from services.credit_notes import CreditNoteChange, CreditNoteDraft, CreditNoteSearch
from services.pages import Listing

_Filter = Annotated[CreditNoteFilter | None, strawberry.argument(description="Which credit notes; all without it.")]


class CreditNoteQueries:
    """Reading credit notes."""

    credit_note: CreditNoteRef | None = by_id("The credit note with this id; null when there is none.")

    @listing(CreditNoteRef, kind="credit_notes")
    def credit_notes(self, info: Info, filter: _Filter = None) -> Listing:
        """Credit notes, newest first."""
        wanted = draft_of(CreditNoteSearch, filter) if filter else CreditNoteSearch()
        return info.context.services.credit_notes.matching(wanted)


class CreditNoteMutations:
    """Correcting invoices."""

    @mutation(kind="credit_notes", payload=CreditNoteCreatePayload)
    async def credit_note_create(self, info: Info, input: CreditNoteCreateInput) -> Answer:
        """Credits an open or paid invoice: lowers what is due, then gives back what was paid, and never more."""
        return await info.context.services.credit_notes.create(draft_of(CreditNoteDraft, input))

    @mutation(kind="credit_notes", payload=CreditNotePreviewPayload)
    async def credit_note_preview(self, info: Info, input: CreditNotePreviewInput) -> Answer:
        """Tells what `creditNoteCreate` would make of the same input. Nothing is written."""
        preview = await info.context.services.credit_notes.preview(draft_of(CreditNoteDraft, input))
        return Previewed(CreditNotePreview.of(preview))

    @mutation(kind="credit_notes", payload=CreditNoteUpdatePayload)
    async def credit_note_update(self, info: Info, input: CreditNoteUpdateInput) -> Answer:
        """Changes memo and metadata of a credit note. What is not mentioned stays."""
        return await info.context.services.credit_notes.update(input.id, draft_of(CreditNoteChange, input))

    @mutation(kind="credit_notes", payload=CreditNoteVoidPayload)
    async def credit_note_void(self, info: Info, input: CreditNoteVoidInput) -> Answer:
        """Takes back a credit note of an open invoice: what it lowered is due again."""
        return await info.context.services.credit_notes.void(input.id)
