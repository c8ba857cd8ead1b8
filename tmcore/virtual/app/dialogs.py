"""Dialogs that are harmless: the refusing button closes them.

Which texts are from a dump or a report stands beside each; the rest is (unseen).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.process import Process

CONTACTS = (
    "To connect with people you know on TikTok, "
    "allow access to your contacts in your device settings."
)
Answer = Callable[[Process], None]


def close(app: Process) -> None:
    """What most buttons do."""
    app.uncover()


def stay(_: Process) -> None:
    """What an accepting button does here: nobody should press it."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """A text and its buttons; the last one is the refusing one."""

    text: str
    refuse: str
    accept: str = ""
    title: str = ""
    third: str = ""
    on_refuse: Answer = close
    on_accept: Answer = stay
    on_third: Answer = stay
    ids: dict[str, str] = field(default_factory=dict)  # of refuse and accept, where they are known


TIKTOK_DIALOGS = {
    "contacts": Dialog(CONTACTS, "Don’t allow", "Open settings"),  # noqa: RUF001 - dump
    "save_login": Dialog("Save login for next time?", "Not now", "Save"),  # report; Save unseen
    "notifications": Dialog("Turn on notifications?", "Not now", "Turn on"),  # Not now: report
    "keep_draft": Dialog("Continue editing?", "Not now", "Continue"),  # report; buttons unseen
    "rate_app": Dialog("Enjoying TikTok?", "Not now", "Rate us"),  # unseen
    "whats_new": Dialog("Edit your videos faster.", "Got it", title="What’s new"),  # noqa: RUF001 - unseen
    "update_offer": Dialog("A new version is available", "Later", "Update"),  # unseen
    "confirm_publish": Dialog(  # report; Cancel unseen
        "Publish video publicly", "Cancel", "Publish now", on_accept=lambda app: app.press()
    ),
    "discard": Dialog(  # unseen
        "Discard edits?", "Keep editing", "Discard", third="Save draft",
        on_accept=lambda app: app.discard(), on_third=lambda app: app.save_draft(),
    ),
}  # fmt: skip
INSTAGRAM_DIALOGS = {
    "rate_app": Dialog(  # report; the text below and Rate unseen
        "Tell others what you think.", "No, thanks", "Rate Instagram", title="Rate Instagram",
        ids={"refuse": "appirater_cancel_button"},
    ),
    "keep_draft": Dialog(  # report; Keep editing unseen
        "", "Start new video", "Keep editing", title="Keep editing your draft?",
        ids={"refuse": "auxiliary_button", "accept": "primary_button"},
    ),
    "about_reels": Dialog(  # the headline and the id: report; the rest unseen
        "Reels can be seen by anyone.", "OK", title="About Reels", ids={"refuse": "primary_button"}
    ),
    "notifications": Dialog(  # Not now: report
        "Turn on notifications?", "Not now", "Turn on", ids={"accept": "primary_button"}
    ),
    "save_login": Dialog("Save login for next time?", "Not now", "Save"),  # unseen here
    "contacts": Dialog("Allow access to your contacts?", "Don’t allow", "Allow"),  # noqa: RUF001 - unseen
    "whats_new": Dialog("See what is new in reels.", "OK", title="What’s new"),  # noqa: RUF001 - unseen
    "update_offer": Dialog("A new version is available", "Not now", "Update"),  # unseen
    "confirm_publish": Dialog(  # unseen
        "Share this reel?", "Cancel", "Share", on_accept=lambda app: app.press()
    ),
    "discard": Dialog(  # unseen
        "If you go back now, you will lose it.", "Keep editing", "Discard", title="Discard reel?",
        third="Save draft", on_accept=lambda app: app.discard(),
        on_third=lambda app: app.save_draft(),
    ),
}  # fmt: skip


def tiktok_dialog(app: Process, words: Dialog) -> Node:
    """A box in a window of its own, drawn as the dialog about contacts is."""
    ui = app.ui
    text = ui.node("TextView", (225, 1062, 843, 1294), id="dialog_text", text=words.text)
    title = ui.node("TextView", (225, 1010, 843, 1060), text=words.title)
    boxes = ((172, 1348, 539, 1473), (540, 1348, 907, 1473), (172, 1474, 907, 1590))
    buttons = [
        ui.node("Button", box, text=label, on=_answer(app, deed))
        for box, (_, label, deed) in zip(boxes, _buttons(words), strict=False)
        if label
    ]
    head = [title] if words.title else []
    box = ui.node(
        "FrameLayout", (172, 999, 907, 1600), *head, text, *reversed(buttons),
        id="dialog", desc="Dialog", blocks=True,
    )  # fmt: skip
    return ui.node("FrameLayout", FULL, ui.node("FrameLayout", FULL, box, on=nothing))


def instagram_dialog(app: Process, words: Dialog) -> Node:
    """A sheet of headline, text and buttons, in the tree of the page below it."""
    ui = app.ui
    head = ui.node("TextView", (40, 900, 680, 950), id="igds_headline_headline", text=words.title)
    body = ui.node("TextView", (40, 960, 680, 1040), id="igds_headline_body", text=words.text)
    lines = [n for n, said in ((head, words.title), (body, words.text)) if said]
    buttons = [
        ui.node(
            "Button", (40, 1240 - 80 * n, 680, 1310 - 80 * n), id=words.ids.get(name, ""),
            text=label, on=_answer(app, deed),
        )
        for n, (name, label, deed) in enumerate(_buttons(words)) if label
    ]  # fmt: skip
    sheet = ui.node(
        "FrameLayout", (0, 860, 720, 1362), *lines, *reversed(buttons),
        id="bottom_sheet_container_view", blocks=True,
    )  # fmt: skip
    return ui.node("FrameLayout", (0, 0, 720, 1362), sheet, id="bottom_sheet_container", on=nothing)


def _buttons(words: Dialog) -> tuple[tuple[str, str, Answer], ...]:
    return (
        ("refuse", words.refuse, words.on_refuse),
        ("accept", words.accept, words.on_accept),
        ("third", words.third, words.on_third),
    )


def _answer(app: Process, deed: Answer) -> Callable[[], None]:
    return lambda: deed(app)
