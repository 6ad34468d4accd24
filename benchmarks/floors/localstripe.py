"""localstripe as a program of its own: installed into a temporary folder, run on this machine, asked by HTTP.

It is licensed under the GPL: nothing of it is imported, copied or kept here.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import load, once, post
from benchmarks.processes import Server, foreign_server

VERSION = "1.15.10"
_PLACE = Path(tempfile.gettempdir()) / f"prorata-bench-localstripe-{VERSION}"
_STORE = Path("/tmp/localstripe.pickle")  # Where it keeps everything, wherever it runs.
_START_SECONDS_MAX = 30


class NotInstalled(Exception):
    """It could not be installed."""


def installed() -> Path:
    """Its interpreter, in an environment of its own that is made when it is missing."""
    python = _PLACE / "bin" / "python"
    ready = _PLACE / "installed"
    if ready.exists():
        return python
    commands = (
        [sys.executable, "-m", "venv", str(_PLACE)],
        [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", f"localstripe=={VERSION}"],
    )
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True, timeout=180)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotInstalled(f"localstripe {VERSION} could not be installed: {error}") from error
    ready.touch()
    return python


@contextmanager
def running() -> Iterator[Server]:
    """A fresh server, answering."""
    python = installed()
    port = _free_port()
    kept = _STORE.exists()
    command = [str(python), "-m", "localstripe", "--port", str(port), "--from-scratch"]
    try:
        with foreign_server(command, port, folder=_PLACE) as server:
            _wait(port)
            yield server
    finally:
        if not kept:
            _STORE.unlink(missing_ok=True)


def prepared(port: int, customers: int) -> list[str]:
    """A monthly plan `basic`, and so many customers with a card."""
    plan = {
        "id": "basic", "product[name]": "Basic", "amount": "1500", "currency": "usd", "interval": "month",
    }  # fmt: skip
    _ask(port, "plans", plan)
    return [_customer(port, number) for number in range(customers)]


def subscribing(customer: str) -> bytes:
    """The request that subscribes a customer."""
    return _request("subscriptions", {"customer": customer, "items[0][plan]": "basic"})


def subscribe(port: int, customers: list[str], count: int, connections: int) -> float:
    """Seconds for each of so many subscriptions, of these customers in turn."""
    requests = (subscribing(customers[number % len(customers)]) for number in range(count))
    return load(port, requests, connections=connections).seconds / count


def _customer(port: int, number: int) -> str:
    card = {
        "type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2034",
        "card[cvc]": "123",
    }  # fmt: skip
    method = _ask(port, "payment_methods", card)["id"]
    customer: str = _ask(port, "customers", {"email": f"{number}@example.com"})["id"]
    _ask(port, f"payment_methods/{method}/attach", {"customer": customer})
    _ask(port, f"customers/{customer}", {"invoice_settings[default_payment_method]": method})
    return customer


def _ask(port: int, path: str, form: dict[str, str]) -> Any:
    return once(port, _request(path, form))


def _request(path: str, form: dict[str, str]) -> bytes:
    return post(
        f"/v1/{path}",
        urlencode(form).encode(),
        "Authorization: Bearer sk_test_12345",
        content_type="application/x-www-form-urlencoded",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int) -> None:
    until = time.monotonic() + _START_SECONDS_MAX
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
