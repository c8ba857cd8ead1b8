"""The jar that runs on a phone as the shell's user: uiautomator2's server, shipped in its package.

Only the jar is used. The package's own client is not: its timeouts do not hold, and it sends a call
again after an error, which for a tap is a second tap.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tmcore.errors import PhoneError

MAIN_CLASS = "com.wetest.uia2.Main"


class JarMissing(PhoneError):
    """The jar of uiautomator2 is not installed here; `pip install uiautomator2` brings it."""


@dataclass(frozen=True)
class Jar:
    """The file, and what tells it from another version of it on a phone."""

    path: Path
    size: int
    digest: str

    @property
    def remote(self) -> str:
        """Where it lies on a phone; it stays there, for it is 4 MB to push."""
        return f"/data/local/tmp/tm-u2-{self.digest[:16]}.jar"


@cache
def find_jar() -> Jar:
    """Find the jar without importing its package, which costs 0.3 s. Raises JarMissing."""
    spec = find_spec("uiautomator2")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "assets" / "u2.jar"
        if path.is_file():
            content = path.read_bytes()
            return Jar(path, len(content), hashlib.sha256(content).hexdigest())
    raise JarMissing
