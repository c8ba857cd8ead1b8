"""Where a request comes from.

On loopback there is no token, so any web page that the operator opens could knock: under a name of
its own (DNS rebinding: a foreign Host), or as itself (a foreign Origin, Sec-Fetch-Site). Programs
such as curl or requests send neither. There are no CORS headers but for origins that were allowed.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tmcore.errors import DoorClosed
from tmcore.validation import shown
from tmserve.entrance import LOOPBACK, Entrance

OWN_SITES = frozenset({"same-origin", "none"})
CORS = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-API-Key"
    ),
    "Access-Control-Max-Age": "600",
}


class Knock(NamedTuple):
    """What a request says about where it comes from: each header as often as it was sent."""

    target: bytes
    hosts: Sequence[str]
    origins: Sequence[str]
    sites: Sequence[str]


class Door:
    """Lets in what was sent to this server by a program, or by a page that may call it."""

    def __init__(self, port: int, entrance: Entrance = LOOPBACK) -> None:
        self._hosts = entrance.hosts(port)
        self._guests = frozenset(entrance.origins)
        self._origins = entrance.own_origins(port) | self._guests

    @property
    def has_guests(self) -> bool:
        return bool(self._guests)

    def check(self, knock: Knock) -> None:
        """Raise DoorClosed unless target, Host, Origin and Sec-Fetch-Site are all allowed."""
        self._check_target(knock.target)
        self._check_host(knock.hosts)
        self._check_origins(knock.origins)
        if not self._is_guest(knock.origins):
            self._check_sites(knock.sites)

    def cors(self, origins: Sequence[str]) -> Mapping[str, str]:
        """Return the headers that let an allowed page read its answer; none for anybody else."""
        if not self._is_guest(origins):
            return {}
        return {"Access-Control-Allow-Origin": origins[0], "Vary": "Origin"}

    def _is_guest(self, origins: Sequence[str]) -> bool:
        return len(origins) == 1 and origins[0] in self._guests

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
