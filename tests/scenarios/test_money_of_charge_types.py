"""One payment from its charge to the bank, for each charge type: every movement on every account, step by step.

100.00 USD, of which 2.9 % + 0.30 = 3.20 are the network's and 10.00 the platform's. The gym is CUSTOM, so that the
platform pays the network's fees of direct charges as well, and 15.00 for each dispute.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.scenarios.disputing import says
from tests.scenarios.platform import Platform, account_of, assert_books_balance, moved
from tests.scenarios.world import World

PAID = 10_000
MANUAL = {"payouts": {"schedule": {"interval": "MANUAL"}}}


@dataclass(slots=True)
class Money:
    """A platform and its gym, what both were told of so far, and how customers pay."""

    platform: World
    gym: World
    kind: str
    charge: str = ""
    transfer: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def seller(self) -> World:
        """On whose account charges stand, in whose time they are made."""
        return self.gym if self.kind == "direct" else self.platform

    async def pay(self, card: str = "pm_card_visa") -> None:
        """100.00 USD of a customer on the seller's clock, shared as the charge type has it."""
        customer = await self.seller.customer()
        shared: dict[str, Any] = {} if self.kind == "separate" else {"applicationFeeAmount": 1000}
        if self.kind == "destination":
            shared["transferData"] = {"destination": account_of(self.gym)}
        made = await self.seller.do(
            "paymentIntentCreate",
            "paymentIntent { latestCharge { id transfers { nodes { id } } } }",
            amount=PAID,
            currency="usd",
            customer=customer.id,
            paymentMethod=card,
            confirm=True,
            **shared,
        )
        charge = made["paymentIntent"]["latestCharge"]
        self.charge = charge["id"]
        if self.kind == "destination":
            self.transfer = charge["transfers"]["nodes"][0]["id"]

    async def send(self) -> None:
        """The gym's 90.00 of a charge that is the platform's."""
        sent = {"amount": 9000, "currency": "usd", "destination": account_of(self.gym)}
        made = await self.platform.do("transferCreate", "transfer { id }", sourceTransaction=self.charge, **sent)
        self.transfer = made["transfer"]["id"]

    async def refund(self, **flags: bool) -> None:
        """20.00 of the charge."""
        await self.seller.do("refundCreate", "refund { status }", charge=self.charge, amount=2000, **flags)

    async def reverse(self) -> None:
        """5.00 of the transfer."""
        await self.platform.do("transferReversalCreate", "transferReversal { id }", transfer=self.transfer, amount=500)

    async def dispute(self, evidence: str) -> None:
        """Another payment, taken back by the bank, which then reads the evidence."""
        await self.pay()
        made = await self.seller.do("sandboxDisputeCreate", "dispute { id }", charge=self.charge)
        await says(self.seller, made["dispute"]["id"], evidence, submit=True)

    async def bank(self, token: str) -> None:
        """Another bank account takes over."""
        await self.gym.do(
            "externalAccountCreate", "externalAccount { id }", externalAccount={"token": token}, defaultForCurrency=True
        )

    async def pay_out(self, day: int) -> str:
        """10.00 to the gym's bank, and how that ends by this day of February 2027."""
        wanted = {"amount": 1000, "currency": "usd", "testClock": self.seller.clock}
        made = await self.gym.do("payoutCreate", "payout { id }", **wanted)
        await self.seller.move_to(f"2027-02-{day:02d}T12:00:00Z")
        found = await self.gym.api.ask(
            "query($id: ID!) { payout(id: $id) { status destination { status } } }", {"id": made["payout"]["id"]}
        )
        return f"{found['payout']['status']} {found['payout']['destination']['status']}"

    async def assert_moved(self, platform: list[str], gym: list[str]) -> None:
        """What moved since this was last asked is exactly this on each account; the books balance."""
        for world, expected in ((self.platform, platform), (self.gym, gym)):
            rows = await moved(world)
            before, self.seen[account_of(world)] = self.seen.get(account_of(world), 0), len(rows)
            assert rows[before:] == expected
        await assert_books_balance()


Step = Callable[[Money], Awaitable[Any]]
Table = list[tuple[Step, list[str], list[str]]]

DIRECT: Table = [
    (Money.pay, ["STRIPE_FEE 0 -320 = -320", "APPLICATION_FEE 1000 0 = 1000"], ["CHARGE 10000 -1000 = 9000"]),
    (Money.refund, [], ["REFUND -2000 0 = -2000"]),
    (  # a fifth of the charge, a fifth of the fee
        lambda it: it.refund(refundApplicationFee=True),
        ["APPLICATION_FEE_REFUND -200 0 = -200"],
        ["REFUND -2000 0 = -2000", "APPLICATION_FEE_REFUND 200 0 = 200"],
    ),
    (
        lambda it: it.dispute("losing_evidence"),
        ["STRIPE_FEE 0 -320 = -320", "APPLICATION_FEE 1000 0 = 1000", "STRIPE_FEE 0 -1500 = -1500"],
        ["CHARGE 10000 -1000 = 9000", "ADJUSTMENT -10000 0 = -10000"],
    ),
    (
        lambda it: it.dispute("winning_evidence"),
        ["STRIPE_FEE 0 -320 = -320", "APPLICATION_FEE 1000 0 = 1000", "STRIPE_FEE 0 -1500 = -1500"],
        ["CHARGE 10000 -1000 = 9000", "ADJUSTMENT -10000 0 = -10000", "ADJUSTMENT 10000 0 = 10000"],
    ),
]
CAME = ["CHARGE 10000 -320 = 9680", "TRANSFER -10000 0 = -10000", "APPLICATION_FEE 1000 0 = 1000"]
DESTINATION: Table = [
    (Money.pay, CAME, ["PAYMENT 10000 -1000 = 9000"]),
    (Money.refund, ["REFUND -2000 0 = -2000"], []),
    (
        lambda it: it.refund(reverseTransfer=True),
        ["REFUND -2000 0 = -2000", "TRANSFER_REFUND 2000 0 = 2000"],
        ["PAYMENT_REFUND -2000 0 = -2000"],
    ),
    (
        lambda it: it.refund(reverseTransfer=True, refundApplicationFee=True),
        ["REFUND -2000 0 = -2000", "TRANSFER_REFUND 2000 0 = 2000", "APPLICATION_FEE_REFUND -200 0 = -200"],
        ["PAYMENT_REFUND -2000 0 = -2000", "APPLICATION_FEE_REFUND 200 0 = 200"],
    ),
    (Money.reverse, ["TRANSFER_REFUND 500 0 = 500"], ["PAYMENT_REFUND -500 0 = -500"]),
    (
        lambda it: it.dispute("losing_evidence"),
        [*CAME, "ADJUSTMENT -10000 -1500 = -11500"],
        ["PAYMENT 10000 -1000 = 9000"],
    ),
    (
        lambda it: it.dispute("winning_evidence"),
        [*CAME, "ADJUSTMENT -10000 -1500 = -11500", "ADJUSTMENT 10000 0 = 10000"],
        ["PAYMENT 10000 -1000 = 9000"],
    ),
]
SEPARATE: Table = [
    (Money.pay, ["CHARGE 10000 -320 = 9680"], []),
    (Money.send, ["TRANSFER -9000 0 = -9000"], ["PAYMENT 9000 0 = 9000"]),
    (
        lambda it: it.seller.do("refundCreate", "refund { id }", charge=it.charge, amount=1000),
        ["REFUND -1000 0 = -1000"],
        [],
    ),
    (Money.reverse, ["TRANSFER_REFUND 500 0 = 500"], ["PAYMENT_REFUND -500 0 = -500"]),
    (
        lambda it: it.dispute("losing_evidence"),
        ["CHARGE 10000 -320 = 9680", "ADJUSTMENT -10000 -1500 = -11500"],
        [],
    ),
    (
        lambda it: it.dispute("winning_evidence"),
        ["CHARGE 10000 -320 = 9680", "ADJUSTMENT -10000 -1500 = -11500", "ADJUSTMENT 10000 0 = 10000"],
        [],
    ),
]


@pytest.mark.parametrize(("kind", "table"), [("direct", DIRECT), ("destination", DESTINATION), ("separate", SEPARATE)])
async def test_every_movement_of_a_charge_type(world: World, kind: str, table: Table) -> None:
    gym = await Platform(world).account("Gym", "CUSTOM", settings=MANUAL)
    it = Money(world, gym, kind)

    for step, platform, account in table:
        await step(it)
        await it.assert_moved(platform, account)

    await it.seller.move_to("2027-02-05T12:00:00Z")
    assert await it.pay_out(10) == "PAID VALIDATED"
    await it.assert_moved([], ["PAYOUT -1000 0 = -1000"])
    await it.bank("btok_us_verified_accountClosed")
    assert await it.pay_out(15) == "FAILED ERRORED"
    await it.assert_moved([], ["PAYOUT -1000 0 = -1000", "PAYOUT_FAILURE 1000 0 = 1000"])
    wanted = {"amount": 1000, "currency": "usd", "testClock": it.seller.clock}
    assert await gym.refusal("payoutCreate", "payout", **wanted) == [("BANK_ACCOUNT_UNUSABLE", "destination")]
    await it.assert_moved([], [])
    await it.bank("btok_us_verified")
    assert await it.pay_out(22) == "PAID VALIDATED"
    await it.assert_moved([], ["PAYOUT -1000 0 = -1000"])
