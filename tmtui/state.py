"""What the console remembers between two runs, and the keys that a person chose. No Textual.

A file that cannot be read is named, ignored and kept as it is.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_state_path

from tmtui.actions import ACTIONS, BY_ID, SHOWN
from tmtui.view import View

_LINE = re.compile(r'\s*([a-z_]+)\s*=\s*"?([^"#]+?)"?\s*(?:#.*)?')
NAMES = {sign: name for name, sign in SHOWN.items() if len(sign) == 1}  # what people write
MOVES = ("j", "k", "up", "down", "home", "end", "G", "pageup", "pagedown", "tab")


@dataclass
class Memory:
    """The state file."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def load(cls, path: Path | None = None) -> "Memory":
        path = path or user_state_path("tmrack") / "console.json"
        try:
            data = json.loads(path.read_text("utf-8"))
            if not isinstance(data, dict):
                raise ValueError("it is no JSON object")  # noqa: TRY004, TRY301 - as for any broken file
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, RecursionError) as error:
            return cls(path, {}, f"{path} is ignored: {error}")
        return cls(path, data)

    def save(self) -> None:
        """Write it, unless there is one that could not be read."""
        if self.problem:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self.data, indent=1), "utf-8")
        except OSError:  # a full or read-only disk must not keep anybody from leaving
            return

    def arrange(self, name: str, view: View[Any, Any]) -> None:
        """Give a list the arrangement it had."""
        known = self.data.get(name)
        if not isinstance(known, dict):
            return
        ids = [column.id for column in view.columns]  # a list: what is read may be unhashable
        view.sort = known["sort"] if known.get("sort") in ids else view.sort
        view.reverse = known.get("reverse") is True
        view.faults = known.get("faults") is True
        hidden = known.get("hidden")
        view.hidden = frozenset(i for i in ids[1:] if isinstance(hidden, list) and i in hidden)
        view.filter(str(known.get("filter", "")))

    def remember(self, name: str, view: View[Any, Any]) -> None:
        self.data[name] = {
            "sort": view.sort, "reverse": view.reverse, "faults": view.faults,
            "hidden": sorted(view.hidden), "filter": view.query.text,
        }  # fmt: skip


@dataclass(frozen=True)
class Keymap:
    """The keys of each action, and what is wrong with the file of them."""

    keys: dict[str, str]
    problems: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path | None = None) -> "Keymap":
        """Read `action = key` lines; a line that is wrong is named and left out."""
        path = path or user_config_path("tmrack") / "keys.conf"
        try:
            lines = path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        except (OSError, ValueError, RecursionError) as error:
            return cls({a.id: a.keys for a in ACTIONS}, (f"{path} is ignored: {error}",))
        return _read(path, lines)


def _read(path: Path, lines: Iterable[str]) -> Keymap:
    keys = {action.id: action.keys for action in ACTIONS}
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or found[1] not in BY_ID:
            what = "is not `action = key`" if found is None else f"names no action: {found[1]}"
            problems.append(f"{path}:{number} {what}")
            continue
        wish = ",".join(NAMES.get(key, key) for key in found[2].replace(" ", "").split(","))
        taken = _taken(wish, found[1], keys)
        if taken:
            problems.append(f"{path}:{number} {wish} is the key of {taken} already")
        else:
            keys[found[1]] = wish
    return Keymap(keys, tuple(problems))


def _taken(wish: str, by: str, keys: dict[str, str]) -> str:
    wanted = set(wish.split(","))
    if wanted & set(MOVES):
        return "moving the cursor"
    return next((id_ for id_, k in keys.items() if id_ != by and wanted & set(k.split(","))), "")
