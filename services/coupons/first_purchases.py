"""First purchases: who has bought nothing yet, nor redeemed a promotion code that is for a first purchase.

A purchase counts once it is paid, a redemption at once: of many that are made at the same time one is the first.
"""

from collections.abc import Iterable, Sequence

from tortoise.expressions import Subquery

from domain.errors import DomainError, ErrorCode
from domain.lifecycles import InvoiceStatus, PaymentIntentStatus, SubscriptionStatus
from models import Discount, Invoice, InvoiceItem, InvoiceLine, PaymentIntent, PromotionCode, Subscription
from services.base import Service
from services.coupons.deductions import Redeemed

_ENDED = (SubscriptionStatus.INCOMPLETE_EXPIRED, SubscriptionStatus.CANCELED)


class FirstPurchases(Service):
    """Knows whose next purchase is the first."""

    async def is_next(self, customer_id: str) -> bool:
        """Whether the customer has never paid, and has redeemed no such code for what still stands."""
        paid = self.mine(Invoice).filter(customer_id=customer_id, status=InvoiceStatus.PAID, amount_paid__gt=0)
        succeeded = self.mine(PaymentIntent).filter(customer_id=customer_id, status=PaymentIntentStatus.SUCCEEDED)
        if await paid.exists() or await succeeded.exists():
            return False
        return not await self._redeemed([customer_id])

    async def refuse_second(self, new: Sequence[Redeemed]) -> None:
        """Refuse these, not stored yet, where somebody redeemed such a code meanwhile; the codes are held.

        No statement without promotion codes.
        """
        named = {each.discount.promotion_code_id for each in new}
        first = {row.id for row in await self.gather(PromotionCode, "id", named) if row.first_time_transaction}
        buyers = {each.discount.customer_id for each in new if each.discount.promotion_code_id in first}
        again = await self._redeemed(each for each in buyers if each is not None)
        if again:
            raise DomainError(
                ErrorCode.COUPON_NOT_APPLICABLE,
                f"Customer {min(again)} redeemed a promotion code for a first purchase at this very moment; use another"
                " one, or none.",
                "discounts",
            )

    async def _redeemed(self, customer_ids: Iterable[str]) -> set[str]:
        """Those of these customers who have redeemed a code for first purchases, void and expired ones left out."""
        first = self.mine(PromotionCode).filter(first_time_transaction=True)
        buyers = list(customer_ids)
        if not buyers:
            return set()
        found = await self.mine(Discount).filter(
            customer_id__in=buyers, promotion_code_id__in=Subquery(first.values("id"))
        )
        over = await self._over(found) if found else set()
        return {row.customer_id for row in found if row.customer_id is not None and row.id not in over}

    async def _over(self, discounts: Sequence[Discount]) -> set[str]:
        """Those of a purchase that came to nothing: a subscription that never began, a void or deleted invoice."""
        subscriptions = await self.gather(Subscription, "id", {row.subscription_id for row in discounts})
        ended = {row.id: row.latest_invoice_id for row in subscriptions if row.status in _ENDED}
        places = {row.invoice_item_id for row in discounts}
        invoice_of: dict[str, str | None] = {row.id: row.invoice_id for row in discounts if row.invoice_id is not None}
        invoice_of |= {row.id: row.invoice_id for row in await self.gather(InvoiceItem, "id", places)}
        invoice_of |= {row.id: row.invoice_id for row in await self.gather(InvoiceLine, "id", places)}
        invoices = await self.gather(Invoice, "id", {*invoice_of.values(), *ended.values()})
        standing = {None, *(row.id for row in invoices if row.status != InvoiceStatus.VOID)}

        def is_over(row: Discount) -> bool:
            if row.subscription_id is not None:
                return ended.get(row.subscription_id) not in standing
            if row.invoice_id is None and row.invoice_item_id is None:
                return False
            return invoice_of.get(row.invoice_item_id or row.id, "") not in standing

        return {row.id for row in discounts if is_over(row)}
