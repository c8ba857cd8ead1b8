"""Find a video or an image in this computer's folders; for a server on this computer."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tmcore.format import safe, size

MEDIA = {".mp4", ".mov", ".m4v", ".webm", ".mkv", ".jpg", ".jpeg", ".png", ".webp"}
MOST = 500  # entries; a longer folder is cut, and says so


class Files(ModalScreen[Path | None]):
    """Enter opens a folder or takes a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("left,backspace,h", "up", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._entries: list[Path] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Static("", markup=False, classes="title")
            yield OptionList(id="files", markup=False)
            yield Static("Enter opens or takes   ← the folder above   esc leaves", markup=False,
                         classes="answers")  # fmt: skip

    def on_mount(self) -> None:
        self._show(self._folder)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_up(self) -> None:
        self._show(self._folder.parent)

    def action_move(self, by: int) -> None:
        files = self.query_one(OptionList)
        files.action_cursor_down() if by > 0 else files.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        chosen = self._entries[event.option_index]
        if chosen.is_dir():
            self._show(chosen)
        else:
            self.dismiss(chosen)

    def _show(self, folder: Path) -> None:
        title, files = self.query_one(".title", Static), self.query_one(OptionList)
        try:
            found = list(_media(folder))
        except OSError as error:
            title.update(f"{safe(folder)}: {safe(error.strerror or error)}")
            return
        self._folder, self._entries = folder, found[:MOST]
        cut = f", the first {MOST} of {len(found)}" if len(found) > MOST else ""
        title.update(f"{safe(folder)}{cut}" + ("" if found else ": no video, image or folder"))
        files.clear_options()
        files.add_options(Option(Text(_line(path))) for path in self._entries)
        files.highlighted = 0 if found else None
        files.focus()


def _media(folder: Path) -> Iterator[Path]:
    """Folders first, then what can be posted; hidden ones are left out. Raises OSError."""
    with os.scandir(folder) as entries:
        seen = sorted((not e.is_dir(), e.name) for e in entries if not e.name.startswith("."))
    for is_file, name in seen:
        if not is_file or Path(name).suffix.lower() in MEDIA:
            yield folder / name


def _line(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:  # gone, or a link to nothing: choosing it says more
        return safe(path.name)
    return f"{safe(path.name)}/" if path.is_dir() else f"{safe(path.name)}   {size(stat.st_size)}"
