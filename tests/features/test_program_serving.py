"""`prorata serve` as a process: first start and later ones, signals, many processes, and what it refuses."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prorata.launching import command_line
from prorata.testing import Client, Clock, QueryFailed, Server, running_server

KEYS = "{ apiKeys(first: 5) { nodes { name } } }"
NO_BOOTSTRAP = {"PRORATA_BOOTSTRAP_SECRET_KEY": ""}


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """An SQLite file that is not there yet."""
    return {"PRORATA_DATABASE_URL": f"sqlite://{tmp_path}/prorata.db"}


def _keys_shown(server: Server) -> dict[str, str]:
    """The keys among the lines that a server printed, by their prefix."""
    words = [line.split()[-1] for line in server.output if "_test_" in line]
    return {word[:8]: word for word in words}


def _page(url: str, **headers: str) -> str:
    request = urllib.request.Request(f"{url}/graphql", headers={"Accept": "text/html", **headers})
    with urllib.request.urlopen(request) as response:
        text: str = response.read().decode()
        return text


def _names(client: Client) -> list[str]:
    return sorted(node["name"] for node in client.query(KEYS)["apiKeys"]["nodes"])


def test_the_first_start_prints_keys_once(settings: dict[str, str]) -> None:
    with running_server("--port", "0", settings=settings | NO_BOOTSTRAP) as server:
        keys = _keys_shown(server)
        assert sorted(keys) == ["pk_test_", "sk_test_"]
        assert _names(Client(server.url, keys["sk_test_"])) == ["First publishable key", "First secret key"]
        with pytest.raises(QueryFailed) as refused:
            Client(server.url, "sk_test_0123456789abcdef").query(KEYS)
        assert refused.value.status == 401
        assert keys["sk_test_"] not in _page(server.url)
    with running_server("--port", "0", settings=settings | NO_BOOTSTRAP) as server:
        assert _keys_shown(server) == {}
        assert len(_names(Client(server.url, keys["sk_test_"]))) == 2


def test_sigterm_ends_a_server_with_code_0(settings: dict[str, str]) -> None:
    with running_server("--port", "0", settings=settings) as server:
        assert len(_names(server)) == 2
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=30) == 0


def _daily_subscriber(server: Server, clock: Clock) -> None:
    price = {
        "currency": "usd",
        "unitAmount": 100,
        "recurring": {"interval": "DAY"},
        "productData": {"name": "Daily"},
    }
    made = server.mutate("priceCreate", price, "price { id }")["price"]
    customer = server.mutate("customerCreate", {"testClock": clock.id}, "customer { id }")["customer"]
    attached = {"id": "pm_card_visa", "customer": customer["id"]}
    card = server.mutate("paymentMethodAttach", attached, "paymentMethod { id }")["paymentMethod"]
    wanted = {"customer": customer["id"], "items": [{"price": made["id"]}], "defaultPaymentMethod": card["id"]}
    server.mutate("subscriptionCreate", wanted, "subscription { id }")


def test_a_request_that_has_begun_is_answered_before_the_end(settings: dict[str, str]) -> None:
    status = "query($id: ID!) { testClock(id: $id) { status } }"
    with running_server("--port", "0", settings=settings) as server, ThreadPoolExecutor(1) as threads:
        clock = server.clock(datetime(2027, 1, 31, 10, tzinfo=UTC))
        _daily_subscriber(server, clock)
        advance = threads.submit(clock.advance, timedelta(days=60))
        while server.query(status, {"id": clock.id})["testClock"]["status"] != "ADVANCING":
            assert not advance.done(), "60 renewals were over before they were seen"
        server.process.send_signal(signal.SIGTERM)
        assert advance.result() == datetime(2027, 4, 1, 10, tzinfo=UTC)
        assert server.process.wait(timeout=30) == 0


def test_the_demo_keeps_its_sandbox_key(settings: dict[str, str], tmp_path: Path) -> None:
    with running_server("--port", "0", "--seed", settings=settings | NO_BOOTSTRAP) as server:
        key = _keys_shown(server)["sk_test_"]
        assert key in _page(server.url)
        assert key not in _page(server.url, **{"X-Forwarded-For": "192.0.2.1"})
        assert key not in _page(server.url, Host="billing.example.com")
    assert (tmp_path / "sandbox-key").read_text().strip() == key
    assert (tmp_path / "sandbox-key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "prorata.db").unlink()
    with running_server("--port", "0", "--seed", settings=settings | NO_BOOTSTRAP) as server:
        assert _keys_shown(server)["sk_test_"] == key
        assert len(_names(Client(server.url, key))) == 2


def test_a_bootstrap_key_opens_a_fresh_database(settings: dict[str, str]) -> None:
    known = {"PRORATA_BOOTSTRAP_SECRET_KEY": "sk_test_shop_acceptance_0001"}
    with running_server("--port", "0", settings=settings | known) as server:
        assert server.secret_key == "sk_test_shop_acceptance_0001"
        assert len(_names(server)) == 2


def test_several_servers_start_at_once_on_one_empty_database(empty_database_url: str) -> None:
    settings = {"PRORATA_DATABASE_URL": empty_database_url, "PRORATA_SECRET_KEY": "x" * 32}

    def start(_: int) -> tuple[dict[str, str], list[str]]:
        with running_server("--port", "0", settings=settings | NO_BOOTSTRAP) as server:
            shown = _keys_shown(server)
            return shown, _names(Client(server.url, shown["sk_test_"])) if shown else []

    with ThreadPoolExecutor(3) as threads:
        outcomes = list(threads.map(start, range(3)))
    # One of the three founded the platform, and it alone knows the keys.
    assert sorted(len(shown) for shown, _ in outcomes) == [0, 0, 2]
    assert [names for _, names in outcomes if names] == [["First publishable key", "First secret key"]]


def _children(process: subprocess.Popen[str]) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def _answers(server: Server) -> Any:
    return server.query("{ __typename }")["__typename"]


def test_processes_share_a_port_and_are_replaced(settings: dict[str, str]) -> None:
    with running_server("--port", "0", "--workers", "2", settings=settings) as server:
        first, second = _children(server.process)
        assert [_answers(server) for _ in range(10)] == ["Query"] * 10
        os.kill(first, signal.SIGKILL)
        while len(children := set(_children(server.process)) - {first}) < 2:
            pass
        assert second in children
        server.process.terminate()
        assert server.process.wait(timeout=60) == 0
        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_port_in_use_is_told_in_one_line(taken_port: int, processes: str, settings: dict[str, str]) -> None:
    ended = subprocess.run(
        command_line("serve", "--port", str(taken_port), "--workers", processes),
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"prorata: Port {taken_port} of 127.0.0.1 is in use. Choose another by PRORATA_PORT or --port; "
        "0 takes any free one.\n"
    )
