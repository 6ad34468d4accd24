"""The address that the server listens on, taken before anything else is loaded."""

import errno
import socket
from urllib.parse import urlunsplit

from prorata.refusals import PortTaken, Refusal


class AddressUnusable(Refusal):
    """The address to listen on is none of this machine's, or not allowed."""


def bound_socket(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket bound to the address; it accepts nothing until it listens. Port 0 takes any free port.

    With `shared`, processes of one user may bind the same port, and the kernel spreads connections over those that
    listen. Raises `PortTaken` and `AddressUnusable`, which name the setting to change.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressUnusable(f"PRORATA_HOST is {host!r}, which is no address: {error.strerror}.") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _explained(error, host, port) from error
    return listener


def refuse_taken(host: str, port: int) -> None:
    """Raise `PortTaken` when anybody listens on the port: binding a shared one would not notice."""
    bound_socket(host, port).close()


def url_of(listener: socket.socket) -> str:
    """Where a client on this machine reaches the socket, as `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return urlunsplit(("http", f"[{near}]:{port}" if ":" in near else f"{near}:{port}", "", "", ""))


def _explained(error: OSError, host: str, port: int) -> Refusal:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} of {host} is in use. Choose another by PRORATA_PORT or --port; 0 takes any free one."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return AddressUnusable(f"PRORATA_HOST is {host}, which is no address of this machine.")
    return AddressUnusable(f"Port {port} of {host} (PRORATA_PORT, PRORATA_HOST) cannot be used: {error.strerror}.")
