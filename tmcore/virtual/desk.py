"""What is not the app: the launcher, the lock screen, the keyboard's window."""

from tmcore.virtual.app.node import Deed, Node, Window
from tmcore.virtual.packages import GBOARD, LAUNCHER, SYSTEM_UI

Size = tuple[int, int]


def launcher(size: Size, apps: dict[str, Deed]) -> Window:
    """The home screen with an icon an app."""
    icons = [
        Node("android.widget.TextView", (40 + 200 * n, 400, 220 + 200 * n, 620), LAUNCHER,
             text=name, desc=name, clickable=True, on=deed)
        for n, (name, deed) in enumerate(apps.items())
    ]  # fmt: skip
    return Window(_full(size, LAUNCHER, icons), title="Launcher")


def keyguard(size: Size) -> Window:
    """The lock screen."""
    clock = Node("android.widget.TextView", (60, 200, 500, 320), SYSTEM_UI, text="9:41")
    hint = Node("android.widget.TextView", (60, size[1] - 200, 660, size[1] - 120), SYSTEM_UI,
                text="Swipe up to unlock", desc="Swipe up to unlock")  # fmt: skip
    return Window(_full(size, SYSTEM_UI, [clock, hint]), title="NotificationShade")


def input_method(size: Size) -> Window:
    """The keyboard: in no plain dump, as it is never the active window."""
    root = Node("android.widget.FrameLayout", (0, size[1] * 6 // 10, *size), GBOARD)
    return Window(root, title="InputMethod", kind="TYPE_INPUT_METHOD", active=False)


def _full(size: Size, package: str, children: list[Node]) -> Node:
    return Node("android.widget.FrameLayout", (0, 0, *size), package, children=children)
