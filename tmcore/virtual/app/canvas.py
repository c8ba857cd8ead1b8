"""Draws nodes of one app on one size of screen; the screens are drawn for 1080x2400."""

from collections.abc import Callable, Sequence

from tmcore.virtual.app.ids import Ids
from tmcore.virtual.app.node import Bounds, Deed, Node

DRAWN_FOR = (1080, 2400)
FULL: Bounds = (0, 0, 1080, 2400)
PAGE: Bounds = (0, 0, 1080, 2337)
_WIDGETS = {
    "Button",
    "EditText",
    "TextView",
    "ImageView",
    "FrameLayout",
    "LinearLayout",
    "RelativeLayout",
    "CheckBox",
    "GridView",
    "HorizontalScrollView",
    "RadioButton",
    "AutoCompleteTextView",
    "ProgressBar",
    "ScrollView",
    "SeekBar",
    "Switch",
    "ToggleButton",
}
_CHECKABLE = {"CheckBox", "Switch", "ToggleButton"}
_FIELDS = {"EditText", "AutoCompleteTextView"}  # fmt: skip
_CLASSES = {
    "ViewPager": "androidx.viewpager.widget.ViewPager",
    "RecyclerView": "androidx.recyclerview.widget.RecyclerView",
    "Tab": "X.12Kh",
}


class Canvas:
    """Makes scaled nodes."""

    def __init__(
        self, package: str, size: tuple[int, int], ids: Ids, drawn_for: tuple[int, int] = DRAWN_FOR
    ) -> None:
        self.package, self.size, self.ids, self._drawn_for = package, size, ids, drawn_for

    def node(
        self,
        kind: str,
        bounds: Bounds,
        *children: Node,
        id: str = "",  # noqa: A002 - the word of the dump
        text: str = "",
        desc: str = "",
        hint: str = "",
        on: Deed | None = None,
        edit: Callable[[str], None] | None = None,
        hold: Deed | None = None,
        slide: Callable[[float], None] | None = None,
        clickable: bool | None = None,
        blocks: bool = False,
        enabled: bool = True,
        focused: bool = False,
        selected: bool = False,
        checked: bool = False,
        scrollable: bool = False,
        password: bool = False,
        package: str = "",
    ) -> Node:
        """One view; it is clickable when it has a deed, unless said otherwise."""
        takes = on is not None if clickable is None else clickable
        return Node(
            kind=_class(kind),
            bounds=self.scaled(bounds),
            package=package or self.package,
            text=text,
            desc=desc,
            hint=hint,
            id=self._id(id),
            on=on,
            edit=edit,
            hold=hold,
            slide=slide,
            clickable=takes,
            focusable=takes or kind in _FIELDS,
            focused=focused,
            selected=selected,
            checked=checked,
            checkable=kind in _CHECKABLE,
            password=password,
            enabled=enabled,
            scrollable=scrollable,
            blocks=blocks,
            children=list(children),
        )

    def page(self, content: Sequence[Node]) -> Node:
        """A whole window around its content, boxed as deep as real ones are."""
        body = self.node("FrameLayout", PAGE, *content, id="android:id/content")
        for _ in range(2):
            body = self.node("FrameLayout", PAGE, body)
        bar = self.node("View", (0, 2337, 1080, 2400), id="android:id/navigationBarBackground")
        return self.node("FrameLayout", FULL, self.node("LinearLayout", PAGE, body), bar)

    def scaled(self, bounds: Bounds) -> Bounds:
        """Bounds on this phone's screen."""
        across, down = self.size[0] / self._drawn_for[0], self.size[1] / self._drawn_for[1]
        left, top, right, bottom = bounds
        return round(left * across), round(top * down), round(right * across), round(bottom * down)

    def _id(self, name: str) -> str:
        return name if not name or ":" in name else self.ids[name]


def _class(kind: str) -> str:
    if kind in _CLASSES:
        return _CLASSES[kind]
    return f"android.widget.{kind}" if kind in _WIDGETS else f"android.view.{kind}"
