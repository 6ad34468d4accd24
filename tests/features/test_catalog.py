"""Products and prices: what may be made and changed, what is refused, what is told."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from domain.errors import DomainError
from domain.kinds import PriceType, TaxBehavior
from domain.periods import Interval
from models import Event, Price, Product
from services.catalog import (
    Catalog,
    InlinePriceDraft,
    PriceChange,
    PriceDraft,
    PriceFilter,
    Prices,
    PriceTerms,
    ProductChange,
    ProductDraft,
    ProductFilter,
    Products,
    Recurring,
)
from services.scope import Scope
from services.transactions import in_transaction
from tests.features.scopes import founded_scope, problems_of, strangers, told

MONTHLY = Recurring(Interval.MONTH)


@pytest.fixture
async def scope(database: str) -> Scope:
    return await founded_scope()


async def basic(scope: Scope) -> Product:
    return await Products(scope).create(ProductDraft(name="Basic"))


async def test_product_keeps_what_was_said_of_it(scope: Scope) -> None:
    draft = ProductDraft(
        name="  Fotos für alle 写真 📷 ",
        description="'; DROP TABLE products; --",
        images=["https://example.com/a.png"],
        tax_code="txcd_10103001",
        statement_descriptor="PHOTO HOST",
        unit_label="seat",
        url="https://example.com",
        marketing_features=["10 GB", "Support"],
        metadata={"plan": "basic", "empty": ""},
    )
    product = await Product.get(id=(await Products(scope).create(draft)).id)
    assert product.name == "Fotos für alle 写真 📷"
    assert product.description == "'; DROP TABLE products; --"
    assert (product.images, product.tax_code, product.unit_label) == (
        ["https://example.com/a.png"],
        "txcd_10103001",
        "seat",
    )
    assert product.marketing_features == ["10 GB", "Support"]
    assert product.metadata == {"plan": "basic"}
    assert await told() == ["product.created"]


async def test_all_problems_of_a_product_are_reported_together(scope: Scope) -> None:
    draft = ProductDraft(
        name=" ",
        images=["ftp://example.com/a.png"] * 2,
        tax_code="books",
        statement_descriptor="<*>",
        unit_label="x" * 13,
        marketing_features=["x"] * 16,
        default_price_data=PriceTerms(currency="xxx", unit_amount=-1, recurring=Recurring(Interval.YEAR, 4)),
    )
    with pytest.raises(DomainError) as refused:
        await Products(scope).create(draft)
    assert problems_of(refused.value) == [
        ("PARAMETER_INVALID_STRING_EMPTY", "name"),
        ("URL_INVALID", "images.0"),
        ("URL_INVALID", "images.1"),
        ("PARAMETER_INVALID", "taxCode"),
        ("INVALID_CHARACTERS", "statementDescriptor"),
        ("PARAMETER_STRING_TOO_LONG", "unitLabel"),
        ("PARAMETER_LIST_TOO_LONG", "marketingFeatures"),
        ("CURRENCY_INVALID", "defaultPriceData.currency"),
        ("PARAMETER_INVALID_INTEGER", "defaultPriceData.unitAmount"),
        ("PARAMETER_INVALID_INTEGER", "defaultPriceData.recurring.intervalCount"),
    ]
    assert await Product.all().count() == await Price.all().count() == await Event.all().count() == 0


@pytest.mark.parametrize(("count", "ok"), [(8, True), (9, False)])
async def test_product_has_up_to_eight_images(scope: Scope, count: int, ok: bool) -> None:
    draft = ProductDraft(name="Basic", images=["https://example.com/a.png"] * count)
    if ok:
        assert len((await Products(scope).create(draft)).images) == 8
        return
    with pytest.raises(DomainError) as refused:
        await Products(scope).create(draft)
    assert problems_of(refused.value) == [("PARAMETER_LIST_TOO_LONG", "images")]
    assert await Product.all().count() == 0


async def test_first_price_becomes_the_default(scope: Scope) -> None:
    terms = PriceTerms(currency="USD", unit_amount=1500, recurring=MONTHLY)
    product = await Products(scope).create(ProductDraft(name="Basic", default_price_data=terms))
    price = await Price.get()
    assert product.default_price_id == price.id
    assert (price.product_id, price.currency, price.unit_amount, price.unit_amount_decimal) == (
        product.id,
        "usd",
        1500,
        "1500",
    )
    assert (price.type, price.interval, price.interval_count) == ("recurring", "month", 1)
    assert await told() == ["product.created", "price.created"]
    assert (await Event.get(type="product.created")).data["default_price"] == price.id


async def test_update_changes_what_is_mentioned_and_merges_metadata(scope: Scope) -> None:
    draft = ProductDraft(name="Basic", description="Photos", unit_label="seat", metadata={"a": "1", "b": "2"})
    product = await Products(scope).create(draft)
    change = ProductChange(description=None, active=False, metadata={"a": "", "c": "3"})
    await Products(scope).update(product.id, change)
    stored = await Product.get(id=product.id)
    assert (stored.name, stored.unit_label, stored.active) == ("Basic", "seat", False)
    assert stored.metadata == {"b": "2", "c": "3"}
    event = await Event.get(type="product.updated")
    assert event.data["description"] is None
    assert event.previous_attributes == {
        "description": "Photos",
        "active": True,
        "metadata": {"a": "1", "c": None},
    }


async def test_update_that_changes_nothing_is_not_told(scope: Scope) -> None:
    product = await basic(scope)
    await Products(scope).update(product.id, ProductChange(name="Basic"))
    assert await told() == ["product.created"]


async def test_default_price_is_an_active_price_of_the_product(scope: Scope) -> None:
    product, other = await basic(scope), await basic(scope)
    prices = Prices(scope)
    foreign = await prices.create(PriceDraft(product=other.id, currency="usd", unit_amount=100))
    archived = await prices.create(PriceDraft(product=product.id, currency="usd", unit_amount=100, active=False))
    for price_id, code in (
        (foreign.id, "PARAMETER_INVALID"),
        (archived.id, "PRICE_INACTIVE"),
        ("price_absent", "RESOURCE_MISSING"),
    ):
        with pytest.raises(DomainError) as refused:
            await Products(scope).update(product.id, ProductChange(default_price=price_id))
        assert problems_of(refused.value) == [(code, "defaultPrice")]
    assert (await Product.get(id=product.id)).default_price_id is None
    own = await prices.create(PriceDraft(product=product.id, currency="usd", unit_amount=100))
    assert (await Products(scope).update(product.id, ProductChange(default_price=own.id))).default_price_id == own.id
    assert (await Products(scope).update(product.id, ProductChange(default_price=None))).default_price_id is None


async def test_product_with_a_price_is_archived_not_deleted(scope: Scope) -> None:
    product = await basic(scope)
    await Prices(scope).create(PriceDraft(product=product.id, currency="usd", unit_amount=100, active=False))
    with pytest.raises(DomainError) as refused:
        await Products(scope).delete(product.id)
    assert problems_of(refused.value) == [("RESOURCE_IN_USE", "id")]
    assert "has 1 price and" in str(refused.value)
    assert "archive" in str(refused.value)
    assert await Product.all().count() == 1
    assert await told() == ["product.created", "price.created"]


async def test_deletion_and_new_price_at_once_leave_no_orphan(scope: Scope) -> None:
    for _ in range(6):
        product = await basic(scope)
        outcomes = await asyncio.gather(
            Products(scope).delete(product.id),
            Prices(scope).create(PriceDraft(product=product.id, currency="usd", unit_amount=1)),
            return_exceptions=True,
        )
        refusals = [each for each in outcomes if isinstance(each, BaseException)]
        assert [type(each) for each in refusals] == [DomainError]
        is_there = await Product.filter(id=product.id).exists()
        assert await Price.filter(product_id=product.id).exists() == is_there


async def test_product_without_prices_is_deleted(scope: Scope) -> None:
    product = await basic(scope)
    assert (await Products(scope).delete(product.id)).id == product.id
    assert await Product.all().count() == 0
    assert await told() == ["product.created", "product.deleted"]
    with pytest.raises(DomainError) as refused:
        await Products(scope).delete(product.id)
    assert problems_of(refused.value) == [("RESOURCE_MISSING", "id")]


async def test_price_takes_decimals_of_a_minor_unit(scope: Scope) -> None:
    product = await basic(scope)
    draft = PriceDraft(product=product.id, currency="usd", unit_amount_decimal=Decimal("0.000000000001"))
    price = await Price.get(id=(await Prices(scope).create(draft)).id)
    assert (price.unit_amount, price.unit_amount_decimal, price.type) == (None, "0.000000000001", "one_time")
    whole = PriceDraft(product=product.id, currency="jpy", unit_amount_decimal=Decimal("500.00"))
    assert (await Prices(scope).create(whole)).unit_amount == 500


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        ({}, "PARAMETER_MISSING", "unitAmount"),
        ({"unit_amount": 1, "unit_amount_decimal": Decimal("1.5")}, "PARAMETERS_EXCLUSIVE", "unitAmount"),
        ({"unit_amount": -1}, "PARAMETER_INVALID_INTEGER", "unitAmount"),
        ({"unit_amount": 10**12}, "AMOUNT_TOO_LARGE", "unitAmount"),
        ({"unit_amount_decimal": Decimal("0.0000000000001")}, "PARAMETER_INVALID", "unitAmountDecimal"),
        ({"unit_amount_decimal": Decimal(-1)}, "PARAMETER_INVALID", "unitAmountDecimal"),
        (
            {"unit_amount": 1, "recurring": Recurring(Interval.DAY, 1096)},
            "PARAMETER_INVALID_INTEGER",
            "recurring.intervalCount",
        ),
        ({"unit_amount": 1, "nickname": ""}, "PARAMETER_INVALID_STRING_EMPTY", "nickname"),
        ({"unit_amount": 1, "lookup_key": "x" * 201}, "PARAMETER_STRING_TOO_LONG", "lookupKey"),
        ({"unit_amount": 1, "metadata": {"k" * 41: "v"}}, "PARAMETER_STRING_TOO_LONG", f"metadata.{'k' * 41}"),
        ({"unit_amount": 1, "product": "prod_1"}, "PARAMETERS_EXCLUSIVE", "product"),
        ({"unit_amount": 1, "product": "prod_1", "product_data": None}, "RESOURCE_MISSING", "product"),
        ({"unit_amount": 1, "product_data": None}, "PARAMETER_MISSING", "product"),
    ],
)
async def test_price_that_is_none_is_refused(scope: Scope, wrong: dict[str, Any], code: str, param: str) -> None:
    draft = PriceDraft(**{"currency": "usd", "product_data": ProductDraft(name="Basic"), **wrong})
    with pytest.raises(DomainError) as refused:
        await Prices(scope).create(draft)
    assert problems_of(refused.value) == [(code, param)]
    assert await Price.all().count() == await Product.all().count() == await Event.all().count() == 0


async def test_price_makes_its_product_inline(scope: Scope) -> None:
    draft = PriceDraft(currency="eur", unit_amount=0, product_data=ProductDraft(name="Gift", unit_label="card"))
    price = await Prices(scope).create(draft)
    product = await Product.get(id=price.product_id)
    assert (product.name, product.unit_label, product.default_price_id) == ("Gift", "card", None)
    assert await told() == ["product.created", "price.created"]


async def test_three_years_are_the_longest_interval(scope: Scope) -> None:
    product = await basic(scope)
    for interval, count in ((Interval.DAY, 1095), (Interval.WEEK, 156), (Interval.MONTH, 36), (Interval.YEAR, 3)):
        draft = PriceDraft(product=product.id, currency="usd", unit_amount=1, recurring=Recurring(interval, count))
        assert (await Prices(scope).create(draft)).interval_count == count


async def test_price_changes_but_never_its_money(scope: Scope) -> None:
    product = await basic(scope)
    price = await Prices(scope).create(PriceDraft(product=product.id, currency="usd", unit_amount=1))
    change = PriceChange(active=False, nickname="Old", lookup_key="basic", tax_behavior=TaxBehavior.INCLUSIVE)
    await Prices(scope).update(price.id, change)
    stored = await Price.get(id=price.id)
    assert (stored.active, stored.nickname, stored.lookup_key, stored.tax_behavior) == (
        False,
        "Old",
        "basic",
        "inclusive",
    )
    assert not {"unit_amount", "currency", "recurring"} & set(PriceChange.__slots__)
    event = await Event.get(type="price.updated")
    assert event.previous_attributes == {
        "active": True,
        "nickname": None,
        "lookup_key": None,
        "tax_behavior": "unspecified",
    }


async def test_tax_behavior_is_chosen_once(scope: Scope) -> None:
    product = await basic(scope)
    draft = PriceDraft(product=product.id, currency="usd", unit_amount=1, tax_behavior=TaxBehavior.EXCLUSIVE)
    price = await Prices(scope).create(draft)
    with pytest.raises(DomainError) as refused:
        await Prices(scope).update(price.id, PriceChange(tax_behavior=TaxBehavior.INCLUSIVE, nickname="x"))
    assert problems_of(refused.value) == [("PARAMETER_INVALID", "taxBehavior")]
    assert (await Price.get(id=price.id)).nickname is None
    await Prices(scope).update(price.id, PriceChange(tax_behavior=TaxBehavior.EXCLUSIVE))
    assert "price.updated" not in await told()


async def test_default_price_is_not_archived(scope: Scope) -> None:
    terms = PriceTerms(currency="usd", unit_amount=1)
    product = await Products(scope).create(ProductDraft(name="Basic", default_price_data=terms))
    price_id = str(product.default_price_id)
    with pytest.raises(DomainError) as refused:
        await Prices(scope).update(price_id, PriceChange(active=False))
    assert problems_of(refused.value) == [("RESOURCE_IN_USE", "active")]
    await Products(scope).update(product.id, ProductChange(default_price=None))
    assert not (await Prices(scope).update(price_id, PriceChange(active=False))).active


async def test_lookup_key_is_unique_until_it_is_transferred(scope: Scope) -> None:
    product = await basic(scope)
    draft = PriceDraft(product=product.id, currency="usd", unit_amount=1, lookup_key="basic")
    old = await Prices(scope).create(draft)
    with pytest.raises(DomainError) as refused:
        await Prices(scope).create(draft)
    assert problems_of(refused.value) == [("RESOURCE_ALREADY_EXISTS", "lookupKey")]
    assert old.id in str(refused.value)
    assert await told() == ["product.created", "price.created"]
    new = await Prices(scope).create(replace(draft, unit_amount=2, transfer_lookup_key=True))
    assert (await Price.get(id=old.id)).lookup_key is None
    assert (await Price.get(id=new.id)).lookup_key == "basic"
    assert (await told())[2:] == ["price.updated", "price.created"]
    await Prices(scope).update(old.id, PriceChange(lookup_key="basic", transfer_lookup_key=True))
    assert (await Price.get(id=old.id)).lookup_key == "basic"


async def test_parallel_transfers_leave_one_holder(scope: Scope) -> None:
    product = await basic(scope)
    draft = PriceDraft(product=product.id, currency="usd", unit_amount=1, lookup_key="basic", transfer_lookup_key=True)
    made = await asyncio.gather(*(Prices(scope).create(draft) for _ in range(12)))
    holders = await Price.filter(lookup_key="basic")
    assert len(holders) == 1
    assert len({price.id for price in made}) == await Price.all().count() == 12
    # Each transfer but the first took the key from one holder.
    assert (await told()).count("price.updated") == 11
    sequences = [event.sequence for event in await Event.all().order_by("sequence")]
    assert sequences == list(range(1, len(sequences) + 1))


async def test_inline_price_is_archived_from_the_beginning(scope: Scope) -> None:
    product = await basic(scope)
    draft = InlinePriceDraft(product=product.id, currency="usd", unit_amount=700, recurring=MONTHLY)
    price = await in_transaction(lambda: Catalog(scope).inline_price(draft))
    stored = await Price.get(id=price.id)
    assert (stored.active, stored.unit_amount, stored.interval, stored.lookup_key) == (False, 700, "month", None)
    assert (await told())[-1] == "price.created"


async def test_inline_price_needs_a_product_on_sale(scope: Scope) -> None:
    product = await basic(scope)
    await Products(scope).update(product.id, ProductChange(active=False))
    archived = InlinePriceDraft(product=product.id, currency="usd", unit_amount=-7)
    with pytest.raises(DomainError) as refused:
        await in_transaction(lambda: Catalog(scope).inline_price(archived))
    assert problems_of(refused.value) == [
        ("PARAMETER_INVALID_INTEGER", "priceData.unitAmount"),
        ("PRODUCT_INACTIVE", "priceData.product"),
    ]
    assert await Price.all().count() == 0


async def test_lists_are_filtered(scope: Scope) -> None:
    one, two = await basic(scope), await basic(scope)
    prices = Prices(scope)
    a = await prices.create(PriceDraft(product=one.id, currency="usd", unit_amount=1, lookup_key="a"))
    b = await prices.create(PriceDraft(product=one.id, currency="eur", unit_amount=1, recurring=MONTHLY))
    c = await prices.create(PriceDraft(product=two.id, currency="usd", unit_amount=1, active=False))
    for wanted, expected in (
        (PriceFilter(), {a.id, b.id, c.id}),
        (PriceFilter(product=one.id), {a.id, b.id}),
        (PriceFilter(currency="usd"), {a.id, c.id}),
        (PriceFilter(interval=Interval.MONTH), {b.id}),
        (PriceFilter(type=PriceType.ONE_TIME), {a.id, c.id}),
        (PriceFilter(active=False), {c.id}),
        (PriceFilter(lookup_keys=["a", "' OR 1=1 --"]), {a.id}),
        (PriceFilter(currency="usd", active=True), {a.id}),
    ):
        assert {row.id for row in await prices.matching(wanted)} == expected
    await Products(scope).update(two.id, ProductChange(active=False))
    assert [row.id for row in await Products(scope).matching(ProductFilter(active=False))] == [two.id]
    assert [row.id for row in await Products(scope).matching(ProductFilter(ids=[one.id, "x"]))] == [one.id]


async def test_catalogue_of_others_is_absent(scope: Scope) -> None:
    product = await basic(scope)
    price = await Prices(scope).create(PriceDraft(product=product.id, currency="usd", unit_amount=1, lookup_key="a"))
    for stranger in await strangers(scope):
        products, prices = Products(stranger), Prices(stranger)
        inline = InlinePriceDraft(product=product.id, currency="usd", unit_amount=1)
        for attempt in (
            partial(products.update, product.id, ProductChange(name="Mine")),
            partial(products.delete, product.id),
            partial(prices.update, price.id, PriceChange(nickname="Mine")),
            partial(prices.create, PriceDraft(product=product.id, currency="usd", unit_amount=1)),
            partial(in_transaction, partial(Catalog(stranger).inline_price, inline)),
        ):
            with pytest.raises(DomainError) as refused:
                await attempt()
            assert refused.value.problems[0].code.name == "RESOURCE_MISSING"
        assert not await products.matching(ProductFilter())
        assert not await prices.matching(PriceFilter())
        own = await products.create(ProductDraft(name="Own"))
        # The key is unique within one account and mode only.
        await prices.create(PriceDraft(product=own.id, currency="usd", unit_amount=1, lookup_key="a"))
    assert (await Price.get(id=price.id)).lookup_key == "a"
