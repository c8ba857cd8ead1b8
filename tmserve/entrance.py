"""Where a server listens and who may find it there; what is not safe is refused before it starts.

Beyond this computer everybody could post, and read a token on its way: so there a token must exist
and TLS be set, or a proxy be named that does it.
"""

import errno
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from tmcore.errors import BadInput, TmError
from tmcore.validation import shown

HOST, PORT = "127.0.0.1", 50809
PORTS = range(2**16)
NAMES = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}  # clients leave them out
HOW = (
    "{host} can be reached from other computers: {lacking}. "
    "Or listen on 127.0.0.1 and come through an SSH tunnel"
)


class PortTaken(TmError):
    """That port cannot be used; choose another one with --port."""


@dataclass(frozen=True)
class Entrance:
    """How a server may be entered. The defaults: from this computer, by no web page."""

    host: str = HOST
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False  # which speaks TLS, and says whom it speaks for
    names: tuple[str, ...] = ()  # other names under which it is called
    origins: tuple[str, ...] = ()  # web pages that may call it

    def __post_init__(self) -> None:
        for name in self.names:
            if not name or not all(c.isalnum() or c in ".-_:[]" for c in name):
                raise BadInput.of("allow-host", f"{shown(name)} is no name, such as rack.example")
        for origin in self.origins:
            _demand_origin(origin)
        if bool(self.tls_cert) != bool(self.tls_key):
            raise BadInput.of("tls-cert", "a certificate and its key belong together")

    @property
    def is_loopback(self) -> bool:
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def demands_token(self) -> bool:
        """Whether everybody needs one, whatever the settings say: a proxy's guests too."""
        return self.behind_proxy or not self.is_loopback

    @property
    def scheme(self) -> str:
        return "https" if self.tls_cert else "http"

    @property
    def literal(self) -> str:
        """The host as it stands in an address."""
        host = self.host.strip("[]")
        return f"[{host}]" if ":" in host else host

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """What TLS needs, if it is set. Raises BadInput when its files cannot be used."""
        if self.tls_cert is None or self.tls_key is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.tls_cert, self.tls_key)
        except (OSError, ssl.SSLError) as error:
            files = f"{self.tls_cert} with the key {self.tls_key}"
            raise BadInput.of("tls-cert", f"{files} cannot be used: {error}") from None
        return context

    def demand_safe(self, *, has_token: bool = False) -> None:
        """Refuse what would let strangers in. Raises BadInput that says what is lacking."""
        if self.is_loopback and not self.behind_proxy:
            return
        lacking = []
        if not self.is_loopback and not (self.tls_cert or self.behind_proxy):
            lacking.append("set --tls-cert and --tls-key, or --behind-proxy")
        if self._is_wildcard and not self.names:
            lacking.append("say with --allow-host under which name it is called")
        if not has_token:
            lacking.append("make a token first: tm token add NAME --scope post")
        if lacking:
            raise BadInput.of("host", HOW.format(host=shown(self.host), lacking="; ".join(lacking)))

    def hosts(self, port: int) -> frozenset[str]:
        """Return every Host header under which it may be called."""
        own = () if self._is_wildcard else (self.literal,)
        names = {name.lower() for name in (*NAMES, *own, *self.names)}
        return frozenset(names | {f"{name}:{port}" for name in names})

    def own_origins(self, port: int) -> frozenset[str]:
        """Return the origins of pages that it has sent itself."""
        scheme = "https" if self.behind_proxy else self.scheme
        whole = {f"{scheme}://{host}" for host in self.hosts(port) if host.endswith(f":{port}")}
        if self.behind_proxy or port == DEFAULT_PORTS[scheme]:
            whole |= {f"{scheme}://{host}" for host in self.hosts(port)}
        return frozenset(whole)

    def listen(self, port: int = PORT) -> socket.socket:
        """Take the port; 0 takes a free one. Raises BadInput, PortTaken."""
        if port not in PORTS:
            raise BadInput.of("port", f"{port} is not a port; 0 to {PORTS[-1]}")
        host = self.host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            return socket.create_server((host, port), family=family)
        except OSError as error:
            raise PortTaken(_why_not(port, error)) from error

    @property
    def _is_wildcard(self) -> bool:
        return self.host.strip("[]") in ("", "0.0.0.0", "::")  # noqa: S104 - recognised, not bound


LOOPBACK = Entrance()


def listen(host: str = HOST, port: int = PORT) -> socket.socket:
    """Take a port on this computer; 0 takes a free one. Raises BadInput, PortTaken."""
    entrance = Entrance(host)
    entrance.demand_safe()
    return entrance.listen(port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _demand_origin(origin: str) -> None:
    parts = urlsplit(origin)
    if parts.scheme not in DEFAULT_PORTS or f"{parts.scheme}://{parts.netloc}" != origin:
        raise BadInput.of(
            "allow-origin", f"{shown(origin)} is no origin, such as https://desk.example"
        )


def _why_not(port: int, error: OSError) -> str:
    taken = error.errno == errno.EADDRINUSE
    why = "is used by another program" if taken else f"cannot be used ({error.strerror})"
    return f"Port {port} {why}; choose another one with --port."
