"""Android's own dialogs over an app, as Android 12's about the camera is drawn.

Its French is a dump; the English words are (unseen).
"""

from collections.abc import Callable
from dataclasses import dataclass

from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.process import Process
from tmcore.virtual.packages import ANDROID, PERMISSIONS

ACTIVITY = f"{PERMISSIONS}/com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"
_ID = "com.android.permissioncontroller:id/"
_BOX = (28, 540, 1052, 1548)


@dataclass(frozen=True, slots=True)
class Permission:
    """What is asked for; the buttons go by id and word, the first that allows and the refusing."""

    names: tuple[str, ...]
    message: str
    french: str = ""
    allow: tuple[str, str] = ("permission_allow_button", "Allow")
    deny: tuple[str, str] = ("permission_deny_button", "Don’t allow")  # noqa: RUF001 - Android's own


ASKED = {
    "permission_media": Permission(
        ("android.permission.READ_MEDIA_VIDEO", "android.permission.READ_MEDIA_IMAGES"),
        "Allow {} to access photos and videos on this device?",
        allow=("permission_allow_all_button", "Allow all"),
    ),
    "permission_camera": Permission(
        ("android.permission.CAMERA",),
        "Allow {} to take pictures and record video?",
        french="Autoriser {} à prendre des photos et enregistrer des vidéos ?",
        allow=("permission_allow_foreground_only_button", "While using the app"),
        deny=("permission_deny_and_dont_ask_again_button", "Don’t allow"),  # noqa: RUF001
    ),
    "permission_contacts": Permission(
        ("android.permission.READ_CONTACTS",), "Allow {} to access your contacts?"
    ),
    "permission_notifications": Permission(
        ("android.permission.POST_NOTIFICATIONS",), "Allow {} to send you notifications?"
    ),
}
_FRENCH = {
    "While using the app": "Lorsque vous utilisez l'appli",
    "Don’t allow": "Ne pas autoriser",  # noqa: RUF001
}


def permission(app: Process, asked: Permission, title: str) -> Node:
    """In a window of another package."""
    ui = app.plain_ui
    french = asked.french if app.look.language.startswith("fr") else ""
    message = (french or asked.message).format(title)
    text = ui.node(
        "TextView", (138, 749, 942, 967), id=f"{_ID}permission_message", text=message,
        package=PERMISSIONS,
    )  # fmt: skip

    def button(which: tuple[str, str], top: int, deed: Callable[[], None]) -> Node:
        label = _FRENCH.get(which[1], which[1]) if french else which[1]
        return ui.node(
            "Button", (72, top, 1008, top + 154), id=_ID + which[0], text=label, on=deed,
            package=PERMISSIONS,
        )  # fmt: skip

    yes = button(asked.allow, 1036, lambda: _allow(app, asked))
    no = button(asked.deny, 1350, app.uncover)
    box = ui.node(
        "LinearLayout", _BOX, text, yes, no, id=f"{_ID}grant_dialog", package=PERMISSIONS,
        on=nothing,
    )  # fmt: skip
    root = ui.node("FrameLayout", _BOX, box, id="android:id/content", package=PERMISSIONS)
    root.blocks = True
    return root


def not_responding(app: Process, title: str) -> Node:
    """The app hangs, says Android."""
    ui = app.plain_ui

    def node(kind: str, top: int, name: str, text: str, deed: Callable[[], None] | None) -> Node:
        return ui.node(
            kind, (108, top, 972, top + 120), id=f"android:id/{name}", text=text, on=deed,
            package=ANDROID,
        )  # fmt: skip

    head = node("TextView", 1000, "alertTitle", f"{title} isn't responding", None)
    end = node("Button", 1160, "aerr_close", "Close app", nothing)
    wait = node("Button", 1300, "aerr_wait", "Wait", app.uncover)
    box = (60, 940, 1020, 1460)
    return ui.node("FrameLayout", box, head, end, wait, package=ANDROID, blocks=True)


def _allow(app: Process, asked: Permission) -> None:
    for name in asked.names:
        app.body.grant(app.package, name)
    app.uncover()
