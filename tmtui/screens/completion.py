"""Completes a path that is being typed from this computer's folders."""

from pathlib import Path

from textual.suggester import Suggester

from tmcore.format import safe


class Paths(Suggester):
    """Completes the last path from this computer's folders."""

    def __init__(self) -> None:
        super().__init__(use_cache=False)

    async def get_suggestion(self, value: str) -> str | None:
        head, comma, last = value.rpartition(",")
        typed = Path(last.strip()).expanduser()
        folder, start = (typed, "") if last.endswith("/") else (typed.parent, typed.name)
        try:
            names = sorted(
                path
                for path in folder.iterdir()
                if path.name.startswith(start) and safe(path.name) == path.name
            )
        except OSError:
            return None
        found = next((p for p in names if not p.name.startswith(".") or start), None)
        if found is None or not last.strip():
            return None
        return f"{head}{comma}{found}{'/' if found.is_dir() else ''}"
