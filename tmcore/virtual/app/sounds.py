"""(unseen) Sounds and volumes: pages drawn from what people report; no dump shows any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.process import Process
from tmcore.virtual.app.screen import P, Screen

_ROW = 150


@dataclass(frozen=True, slots=True)
class Words:
    """What an app calls things here."""

    tabs: tuple[str, ...]
    own: str  # the video's own sound
    added: str
    use: str  # the button of a sound's page
    volume: str = ""  # the picker's button for it, where it has one


TIKTOK = Words(
    ("Recommended", "Favorites", "Recent"), "Original sound", "Added sound", "Use this sound",
    "Volume",
)  # fmt: skip
INSTAGRAM = Words(("For you", "Trending", "Saved"), "Camera audio", "Music", "Use audio")


def screens(words: Words, _: type[P]) -> dict[str, Screen[P]]:
    """Return the registry's rows; BACK leads to whatever editor there is."""

    def editor(app: P) -> str:
        return app.editor

    return {
        "sound_picker": Screen(partial(_picker, words=words), back=editor),
        "sound_search": Screen(_search, back="sound_picker"),
        "sound_volume": Screen(partial(_volumes, words=words), back=editor),
        "sound_page": Screen(partial(_page, words=words), back=lambda app: app.home),
    }


def _picker(app: Process, words: Words) -> Node:
    ui = app.plain_ui
    tabs = [
        ui.node("TextView", (40 + 300 * n, 260, 320 + 300 * n, 340), text=tab, on=nothing)
        for n, tab in enumerate(words.tabs)
    ]
    search = ui.node("Button", (900, 150, 1050, 240), desc="Search", on=_going(app, "sound_search"))
    low = (
        [ui.node("Button", (600, 2200, 1040, 2320), text=words.volume,
                 on=_going(app, "sound_volume"))]
        if words.volume else []
    )  # fmt: skip
    return ui.page([search, *tabs, _rows(app, app.look.sounds, 360), *low])


def _search(app: Process) -> Node:
    """The list comes with ENTER, not while one types."""
    ui = app.plain_ui
    field = ui.node(
        "EditText", (40, 150, 860, 240), text=app.draft.query, hint="Search",
        focused=app.focus.field == "query", on=lambda: app.focus_on("query"),
        edit=lambda text: app.set_text("query", text),
    )  # fmt: skip
    cancel = ui.node("Button", (880, 150, 1060, 240), text="Cancel", on=_going(app, "sound_picker"))
    wanted = app.searched.strip().casefold()
    found = [name for name in app.look.sounds if wanted and wanted in name.casefold()]
    return ui.page([field, cancel, _rows(app, found, 300)])


def _rows(app: Process, names: list[str], top: int) -> Node:
    ui = app.plain_ui
    rows = []
    for n, name in enumerate(names):
        y = top + _ROW * n
        title = ui.node("TextView", (200, y + 20, 800, y + 75), text=name)
        artist = ui.node("TextView", (200, y + 80, 800, y + 130), text="Virtual Artist · 00:30")
        rows.append(
            ui.node("LinearLayout", (0, y, 1080, y + _ROW), title, artist, on=_taking(app, name))
        )
    return ui.node("RecyclerView", (0, top, 1080, 2180), *rows, scrollable=True)


def _volumes(app: Process, words: Words) -> Node:
    ui = app.plain_ui
    content = []
    for n, (label, name) in enumerate(
        ((words.own, "origin_volume"), (words.added, "added_volume"))
    ):
        top = 1500 + 260 * n
        value = getattr(app.draft, name)
        said = f"{value}.0" if app.look.volume_reads else ""
        content.append(ui.node("TextView", (60, top, 600, top + 70), text=label))
        content.append(
            ui.node(
                "SeekBar", (60, top + 90, 1020, top + 170), text=said, on=nothing,
                slide=partial(_slide, app, name),
            )
        )  # fmt: skip
    done = ui.node("Button", (800, 2150, 1040, 2260), text="Done", on=_going(app, app.editor))
    return ui.page([*content, done])


def _slide(app: Process, name: str, part: float) -> None:
    """The ends of the scale lie half the slider's height (40 of 960 pixels) inside of it."""
    setattr(app.draft, name, round(100 * min(1.0, max(0.0, (part * 960 - 40) / 880))))


def _page(app: Process, words: Words) -> Node:
    ui = app.plain_ui
    title = ui.node("TextView", (60, 300, 1020, 380), text=app.page_sound)
    count = ui.node("TextView", (60, 400, 1020, 460), text="12.4K posts")
    use = ui.node("Button", (200, 2150, 880, 2280), text=words.use, on=app.use_page_sound)
    return ui.page([title, count, use])


def _going(app: Process, screen: str) -> Callable[[], None]:
    return lambda: app.show(screen)


def _taking(app: Process, name: str) -> Callable[[], None]:
    def take() -> None:
        app.draft.sound = name
        app.show(app.editor)

    return take
