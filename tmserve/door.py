"""Who may enter.

On loopback there is no token, so any web page that the operator opens could knock: under a name of
its own (DNS rebinding: a foreign Host), or as itself (a foreign Origin, Sec-Fetch-Site). Programs
such as curl or requests send neither. There are no CORS headers, for nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from tmcore.errors import BadInput, DoorClosed
from tmcore.validation import shown

NAMES = ("localhost", "127.0.0.1", "[::1]")
OWN_SITES = frozenset({"same-origin", "none"})
HTTP_PORT = 80  # clients leave it out


def demand_loopback(host: str) -> None:
    """Refuse to listen where another computer could connect."""
    if host == "localhost" or _is_loopback(host):
        return
    raise BadInput.of("host", f"{shown(host)} is not this computer; allowed: 127.0.0.1, ::1")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Knock:
    """What a request says about where it comes from: each header as often as it was sent."""

    target: bytes
    hosts: Sequence[str]
    origins: Sequence[str]
    sites: Sequence[str]


class Door:
    """Lets in what was sent from this computer to this server."""

    def __init__(self, port: int) -> None:
        self._hosts = {*NAMES, *(f"{name}:{port}" for name in NAMES)}
        self._origins = {f"http://{name}:{port}" for name in NAMES}
        if port == HTTP_PORT:
            self._origins |= {f"http://{name}" for name in NAMES}

    def check(self, knock: Knock) -> None:
        """Raise DoorClosed unless target, Host, Origin and Sec-Fetch-Site are all our own."""
        self._check_target(knock.target)
        self._check_host(knock.hosts)
        self._check_origins(knock.origins)
        self._check_sites(knock.sites)

    def _check_target(self, target: bytes) -> None:
        if not target.startswith(b"/"):
            raise DoorClosed("The request target must be a path; this server is no proxy.")

    def _check_host(self, hosts: Sequence[str]) -> None:
        if len(hosts) != 1:
            raise DoorClosed(f"The request must have one Host header; it has {len(hosts)}.")
        if hosts[0].strip().lower() not in self._hosts:
            allowed = ", ".join(sorted(self._hosts))
            raise DoorClosed(f"The Host {shown(hosts[0])} is foreign; allowed: {allowed}.")

    def _check_origins(self, origins: Sequence[str]) -> None:
        for origin in origins:
            if origin.strip().lower() not in self._origins:
                raise DoorClosed(f"The Origin {shown(origin)} is foreign; no web page may call.")

    def _check_sites(self, sites: Sequence[str]) -> None:
        for site in sites:
            if site.strip().lower() not in OWN_SITES:
                raise DoorClosed(f"Sec-Fetch-Site is {shown(site)}; no other site may call.")
