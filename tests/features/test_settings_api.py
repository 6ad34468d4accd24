"""The account and its settings over GraphQL."""

from domain.accounts import CONTROLLERS, AccountType
from domain.keys import KeyKind, Resource
from models import Account
from services.api_keys import Grant
from services.scope import Access
from tests.features.connected import connected
from tests.serving import served

SETTINGS = """settings { invoiceFinalizationDelay statementDescriptor processingFeePercent
    processingFees { currency percent fixed } billingFeePercent testClockAdvanceIsLimited allowedOrigins }"""
ACCOUNT = f"account {{ id country defaultCurrency businessName email {SETTINGS} }}"


async def test_account_shows_every_setting(database_url: str) -> None:
    async with served(database_url) as api:
        account = (await api.ask(f"{{ {ACCOUNT} }}"))["account"]
        assert account == {
            "id": api.scope.account_id,
            "country": "US",
            "defaultCurrency": "usd",
            "businessName": None,
            "email": None,
            "settings": {
                "invoiceFinalizationDelay": 3600,
                "statementDescriptor": None,
                "processingFeePercent": "2.9",
                "processingFees": [],
                "billingFeePercent": "0",
                "testClockAdvanceIsLimited": False,
                "allowedOrigins": [],
            },
        }
        assert (await api.ask("query($id: ID!) { node(id: $id) { id } }", {"id": account["id"]}))["node"] is not None


async def test_settings_are_changed_and_given_back(database_url: str) -> None:
    async with served(database_url) as api:
        fee = {"currency": "BRL", "percent": "3.99", "fixed": 39}
        change = {
            "invoiceFinalizationDelay": 0,
            "processingFees": [fee],
            "billingFeePercent": "0.7",
            "testClockAdvanceIsLimited": True,
            "allowedOrigins": ["https://app.example.com"],
            "businessName": "Photo Host",
        }
        account = (await api.do("accountSettingsUpdate", ACCOUNT, change))["account"]
        assert account["businessName"] == "Photo Host"
        assert account["settings"]["invoiceFinalizationDelay"] == 0
        assert account["settings"]["processingFees"] == [{**fee, "currency": "brl"}]
        assert (account["settings"]["billingFeePercent"], account["settings"]["testClockAdvanceIsLimited"]) == (
            "0.7",
            True,
        )
        given_back = ("invoiceFinalizationDelay", "processingFees", "billingFeePercent", "testClockAdvanceIsLimited")
        change = dict.fromkeys(given_back)
        account = (await api.do("accountSettingsUpdate", ACCOUNT, change))["account"]
        assert account["settings"]["invoiceFinalizationDelay"] == 3600
        assert account["settings"]["processingFees"] == []
        assert (account["settings"]["billingFeePercent"], account["settings"]["testClockAdvanceIsLimited"]) == (
            "0",
            False,
        )
        assert account["settings"]["allowedOrigins"] == ["https://app.example.com"]


async def test_settings_need_their_own_grant(sqlite_url: str) -> None:
    async with served(sqlite_url) as api:
        reader = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.ACCOUNTS, Access.READ))
        assert (await reader.ask("{ account { id } }"))["account"]["id"] == api.scope.account_id
        document = 'mutation { accountSettingsUpdate(input: {businessName: "x"}) { userErrors { code } } }'
        assert (await reader.send(document)).codes == ["FORBIDDEN"]
        other = await api.as_key(KeyKind.RESTRICTED, Grant(Resource.CUSTOMERS, Access.READ))
        assert (await other.send("{ account { id } }")).codes == ["FORBIDDEN"]


async def test_what_concerns_application_fees_is_the_platform_s_to_set(database_url: str) -> None:
    chosen = {"applicationFeeBase": "EXCLUDING_TAX", "endFeesOnDisconnect": True}
    shown = "account { settings { applicationFeeBase endFeesOnDisconnect } }"
    async with served(database_url) as api:
        gym = api.acting(await connected(api.scope))
        own = await api.do("accountSettingsUpdate", shown, chosen)
        refused = await gym.do("accountSettingsUpdate", shown, chosen)
        kept = await gym.ask(f"{{ {shown} }}")
    assert own["account"]["settings"] == chosen
    assert [(each["code"], each["param"]) for each in refused["userErrors"]] == [
        ("PLATFORM_ACCOUNT_REQUIRED", ["applicationFeeBase"]),
        ("PLATFORM_ACCOUNT_REQUIRED", ["endFeesOnDisconnect"]),
    ]
    assert kept["account"]["settings"] == {"applicationFeeBase": "INCLUDING_TAX", "endFeesOnDisconnect": False}


async def test_what_an_account_shows_of_itself_is_told_when_settings_change(database_url: str) -> None:
    told = "{ events(first: 5) { nodes { type account { id } data { previousAttributes } } } }"
    async with served(database_url) as api:
        await api.do("accountSettingsUpdate", "account { id }", {"upcomingInvoiceDays": 0})
        await api.do("accountSettingsUpdate", "account { id }", {"businessName": "Photo Host", "country": "DE"})
        events = (await api.ask(told))["events"]["nodes"]
    former = {"business_profile": {"name": None}, "country": "US", "settings": {"dashboard": {"display_name": None}}}
    assert events == [{"type": "account.updated", "account": None, "data": {"previousAttributes": former}}]


async def test_a_platform_does_not_write_by_settings_what_is_the_account_s_own(database_url: str) -> None:
    change = {"email": "a@example.com", "statementDescriptor": "THE GYM", "country": "DE", "invoicePrefix": "GYM"}
    standard = CONTROLLERS[AccountType.STANDARD].as_json()
    async with served(database_url) as api:
        gym = await connected(api.scope, type="standard", controller=standard)
        refused = await api.acting(gym).do("accountSettingsUpdate", "account { id }", change)
        kept = await Account.get(id=gym.id)
        billing = await api.acting(gym).do("accountSettingsUpdate", "account { id }", {"invoicePrefix": "GYM"})
    assert [(each["code"], each["param"]) for each in refused["userErrors"]] == [
        ("ACCOUNT_HOLDER_REQUIRED", ["country"]),
        ("ACCOUNT_HOLDER_REQUIRED", ["statementDescriptor"]),
        ("ACCOUNT_INVALID", ["country"]),
    ]
    assert (kept.email, kept.country, kept.settings) == (None, "US", {})
    assert billing["userErrors"] == []
