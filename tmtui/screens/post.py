"""A new post: a form made of the script's own model, for the phones that were marked."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Select, Static, TextArea

from tmcore.api import RackApi
from tmcore.errors import TmError
from tmcore.format import safe, shortened
from tmcore.model import NewTask
from tmcore.rules.captions import lines
from tmcore.rules.spintax import resolve
from tmcore.scripts.post.args import PostArgs
from tmcore.validation import checked
from tmtui.screens.completion import Paths
from tmtui.screens.files import Files

WHEN = ("start_time", "min_interval", "max_interval")
HINTS = {
    "material_list": "a video on the server's computer; F3 finds it, → completes",
    "start_time": "HH:MM in the server's zone; empty: now",
    "min_interval": "least minutes between two tasks", "max_interval": "most minutes",
}  # fmt: skip


class PostForm(ModalScreen[NewTask | None]):
    """Sends itself; a refusal stands in the form and nothing typed is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s,f2", "send", show=False, priority=True),
        Binding("f3", "pick", show=False, priority=True),
        # at once, so that what is typed behind it in one packet goes into the next field
        Binding("tab", "app.focus_next", show=False, priority=True),
    ]

    def __init__(self, rack: RackApi, serials: tuple[str, ...]) -> None:
        super().__init__()
        self._rack, self._serials = rack, serials

    def compose(self) -> ComposeResult:
        names = ", ".join(map(safe, self._serials[:3]))
        more = f" and {len(self._serials) - 3} more" if len(self._serials) > 3 else ""
        with Vertical(classes="form"):
            with Vertical(classes="below"):  # seen however far the fields are scrolled
                yield Static("", markup=False, id="preview")
                yield Static("", markup=False, id="said")
                yield Static("F2 or ctrl+s sends   F3 finds a file   tab next   esc leaves",
                             classes="answers")  # fmt: skip
            with VerticalScroll(classes="fields", can_focus=False):
                yield Static(f"New post from {names}{more}", markup=False, classes="title")
                for name, field in _fields():
                    yield from self._row(name, field)
                for name in WHEN:
                    with Horizontal(classes="row"):
                        yield Static(name, markup=False, classes="label")
                        yield Input(id=f"f-{name}", placeholder=HINTS[name])

    def _row(self, name: str, field: FieldInfo) -> ComposeResult:
        if name == "captions":
            yield Static("captions: one a line, dealt out in turn; {a|b} draws one", markup=False)
            yield TextArea(id="f-captions", tab_behavior="focus")
            return
        with Horizontal(classes="row"):
            yield Static(name, markup=False, classes="label")
            if get_origin(field.annotation) is Literal:
                options = [(str(value), value) for value in get_args(field.annotation)]
                yield Select(options, value=field.default, allow_blank=False, id=f"f-{name}",
                             compact=True)  # fmt: skip
            else:
                hint = HINTS.get(name, field.description or str(field.default))
                suggester = Paths() if name == "material_list" else None
                yield Input(id=f"f-{name}", placeholder=hint, suggester=suggester)

    def on_mount(self) -> None:
        self.query_one("#f-material_list").focus()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Show the first captions as they will be typed."""
        try:
            texts = lines(event.text_area.text) or ("",)
            dealt = islice(cycle(texts), min(3, len(self._serials)))
            shown = [shortened(resolve(text, Random(1)), 70) for text in dealt]  # noqa: S311 - a preview
        except TmError as error:
            shown = [safe(error)]
        pairs = zip(map(safe, self._serials), shown, strict=False)
        preview = "\n".join(f"  {serial}: {text}" for serial, text in pairs)
        example = self.query_one("#preview", Static)
        example.update(f"for example\n{preview}")
        example.display = True

    def action_leave(self) -> None:
        self.dismiss(None)

    @work(exclusive=True, exit_on_error=False)
    async def action_pick(self) -> None:
        """Let a person choose a file, from where the server takes files."""
        field = self.query_one("#f-material_list", Input)
        chosen = await self.app.push_screen_wait(Files(await self._start(field.value)))
        if chosen is not None:
            field.value = ", ".join(filter(None, (field.value.strip(" ,"), str(chosen))))
            field.focus()
            self.call_after_refresh(_to_end, field)

    async def _start(self, typed: str) -> Path:
        last = Path(typed.rpartition(",")[2].strip()).expanduser()
        if typed.strip() and last.parent.is_dir():
            return last.parent
        try:
            allowed = (await self._rack.settings()).media_folders
        except (TmError, OSError):
            allowed = ()
        return next((path for path in map(Path, allowed) if path.is_dir()), Path.home())

    def action_send(self) -> None:
        self._send()

    @work(exclusive=True, exit_on_error=False)
    async def _send(self) -> None:
        said = self.query_one("#said", Static)
        said.update("sending …")
        try:
            new = checked(NewTask, self._request())
            await self._rack.create(new)
        except (TmError, OSError) as error:
            said.update(f"refused: {safe(error)}")
            return
        self.dismiss(new)

    def _request(self) -> dict[str, Any]:
        config = {name: value for name, field in _fields() if (value := self._value(name, field))}
        request: dict[str, Any] = {
            "serials": self._serials,
            "script_name": "post",
            "script_config": config,
            "source": "ui",
        }
        for name in WHEN:
            text = self.query_one(f"#f-{name}", Input).value.strip()
            if text:
                request[name] = _number(text) if name != "start_time" else text
        return request

    def _value(self, name: str, field: FieldInfo) -> Any:
        widget = self.query_one(f"#f-{name}")
        if isinstance(widget, TextArea):
            return widget.text
        if isinstance(widget, Select):
            return None if widget.value == field.default else widget.value
        assert isinstance(widget, Input)
        text = widget.value.strip()
        if name == "material_list":
            return [
                str(Path(part.strip()).expanduser()) for part in text.split(",") if part.strip()
            ]
        return _number(text) if text else None


def _to_end(field: Input) -> None:
    """Show a path's name rather than its first folders; only a move of the cursor scrolls."""
    field.action_home()
    field.action_end()


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    """The fields that do something today: the file and its caption, then the rest."""
    chosen = dict(PostArgs.model_fields)
    chosen.pop("app", None)
    for name in ("material_list", "captions"):
        yield name, chosen.pop(name)
    yield from chosen.items()


def _number(text: str) -> object:
    """Whole numbers and true or false as such; anything else goes as text and is judged there."""
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if text.lower() in words:
        return words[text.lower()]
    return int(text) if text.lstrip("-").isdecimal() else text
