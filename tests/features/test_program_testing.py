"""The server for other people's tests does what its guide says; the guides name what there is."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prorata.cli import COMMANDS
from prorata.settings import PREFIX, Settings
from prorata.testing import Clock, MutationRefused, QueryFailed, Server, ServerFailed, prorata_server, running_server
from tests.house.sources import ROOT

__all__ = ["prorata_server"]

GUIDE = ROOT / "docs/guides/testing-your-integration.md"
SNIPPETS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_guides_test_bills_three_months(prorata_server: Server) -> None:
    names: dict[str, Any] = {}
    exec(compile(SNIPPETS[1], str(GUIDE), "exec"), names)
    names["test_three_months_are_billed"](prorata_server)


def test_the_guides_server_of_its_own_answers() -> None:
    exec(compile(SNIPPETS[2], str(GUIDE), "exec"), {})


def test_a_clock_is_moved_by_steps_and_to_times(prorata_server: Server) -> None:
    clock = prorata_server.clock(datetime(2027, 1, 31, 10, tzinfo=UTC))
    assert clock.advance(timedelta(days=1)) == datetime(2027, 2, 1, 10, tzinfo=UTC)
    assert clock.advance_to(datetime(2027, 3, 1, tzinfo=UTC)) == clock.now == datetime(2027, 3, 1, tzinfo=UTC)
    with pytest.raises(MutationRefused, match="only moves forward"):
        clock.advance(timedelta(days=-1))
    with pytest.raises(ValueError, match="has no time zone"):
        clock.advance_to(datetime(2027, 4, 1))
    with pytest.raises(MutationRefused, match="No such test clock: 'clock_x'"):
        Clock(prorata_server, "clock_x", clock.now).advance(timedelta(days=1))


def test_a_failing_query_tells_what_the_server_said(prorata_server: Server) -> None:
    with pytest.raises(QueryFailed, match="HTTP 200: Cannot query field 'nonsense'") as failed:
        prorata_server.query("{ nonsense }")
    assert failed.value.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_a_refused_mutation_tells_every_problem(prorata_server: Server) -> None:
    with pytest.raises(MutationRefused) as refused:
        prorata_server.mutate("customerCreate", {"email": "jenny", "invoicePrefix": "a"}, "customer { id }")
    assert str(refused.value).splitlines() == [
        "EMAIL_INVALID at email: 'jenny' is not an e-mail address; it would have to look like jenny@example.com.",
        "PARAMETER_INVALID at invoicePrefix: 'a' cannot be an invoice prefix; it would have to be 3 to 12 upper-case "
        "letters or digits.",
    ]
    assert refused.value.payload["customer"] is None


def test_a_declined_mutation_keeps_the_object_beside_the_decline(prorata_server: Server) -> None:
    wanted = {"amount": 1500, "currency": "usd", "paymentMethod": "pm_card_chargeCustomerFail", "confirm": True}
    with pytest.raises(MutationRefused, match=r"^generic_decline: Your card was declined") as refused:
        prorata_server.mutate("paymentIntentCreate", wanted, "paymentIntent { status }")
    assert refused.value.payload["paymentIntent"] == {"status": "REQUIRES_PAYMENT_METHOD"}
    assert [error["code"] for error in refused.value.errors] == ["CARD_DECLINED"]


def test_a_server_that_cannot_start_is_told() -> None:
    with pytest.raises(ServerFailed, match="exit code 2"), running_server(settings={"PRORATA_GROUP_SIZE": "no"}):
        pass


def _named_in(path: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (Path(ROOT) / path).read_text(encoding="utf-8")))


def test_the_guide_names_every_setting_and_every_command() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert _named_in("docs/guides/running.md", r"\| `(PRORATA_\w+)` \|") == settings
    assert _named_in("docs/guides/running.md", r"\| `prorata (\w+)") == set(COMMANDS)
