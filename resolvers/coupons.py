"""Coupons and promotion codes: fields of Query and Mutation."""

from typing import Annotated

import strawberry

from resolvers.context import Answer, Info
from resolvers.mutations import mutation
from resolvers.queries import by_id, listing, query
from schema.coupons import (
    CouponCreateInput,
    CouponCreatePayload,
    CouponDeleteInput,
    CouponDeletePayload,
    CouponUpdateInput,
    CouponUpdatePayload,
    PromotionCodeCreateInput,
    PromotionCodeCreatePayload,
    PromotionCodeFilter,
    PromotionCodeUpdateInput,
    PromotionCodeUpdatePayload,
)
from schema.inputs import draft_of
from schema.refs import CouponRef, PromotionCodeRef
from services.coupons import CouponChange, CouponDraft, PromotionCodeChange, PromotionCodeDraft, PromotionCodeSearch
from services.pages import Listing

_Id = Annotated[strawberry.ID, strawberry.argument(description="The id, as it was chosen or made up.")]
_Codes = Annotated[PromotionCodeFilter | None, strawberry.argument(description="Which codes; all without it.")]


class CouponQueries:
    """Reading coupons and promotion codes."""

    promotion_code: PromotionCodeRef | None = by_id("The promotion code with this id; null when there is none.")

    @query(kind="coupons", of=CouponRef | None)
    async def coupon(self, info: Info, id: _Id) -> Answer:
        """The coupon with this id; null when there is none, or it was deleted."""
        return await info.context.services.coupons.named(id)

    @listing(CouponRef, kind="coupons")
    def coupons(self, info: Info) -> Listing:
        """Coupons that were not deleted, newest first."""
        return info.context.services.coupons.matching()

    @listing(PromotionCodeRef, kind="coupons")
    def promotion_codes(self, info: Info, filter: _Codes = None) -> Listing:
        """Promotion codes, newest first."""
        wanted = draft_of(PromotionCodeSearch, filter) if filter else PromotionCodeSearch()
        return info.context.services.promotion_codes.matching(wanted)


class CouponMutations:
    """Changing coupons and promotion codes."""

    @mutation(kind="coupons", payload=CouponCreatePayload)
    async def coupon_create(self, info: Info, input: CouponCreateInput) -> Answer:
        """Makes a coupon. Event `coupon.created`."""
        return await info.context.services.coupons.create(draft_of(CouponDraft, input))

    @mutation(kind="coupons", payload=CouponUpdatePayload)
    async def coupon_update(self, info: Info, input: CouponUpdateInput) -> Answer:
        """Changes what a coupon does not take off. Event `coupon.updated`."""
        return await info.context.services.coupons.update(draft_of(CouponChange, input))

    @mutation(kind="coupons", payload=CouponDeletePayload)
    async def coupon_delete(self, info: Info, input: CouponDeleteInput) -> Answer:
        """Lets nobody redeem the coupon any more; discounts that run stay. Event `coupon.deleted`."""
        return await info.context.services.coupons.delete(input.id)

    @mutation(kind="coupons", payload=PromotionCodeCreatePayload)
    async def promotion_code_create(self, info: Info, input: PromotionCodeCreateInput) -> Answer:
        """Makes a code for a coupon. Event `promotion_code.created`."""
        return await info.context.services.promotion_codes.create(draft_of(PromotionCodeDraft, input))

    @mutation(kind="coupons", payload=PromotionCodeUpdatePayload)
    async def promotion_code_update(self, info: Info, input: PromotionCodeUpdateInput) -> Answer:
        """Changes a promotion code, such as whether it is active. Event `promotion_code.updated`."""
        return await info.context.services.promotion_codes.update(draft_of(PromotionCodeChange, input))
