"""(unseen) TikTok's pages behind Add link and More options, drawn from what people report."""

from collections.abc import Callable

from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.screen import Screen
from tmcore.virtual.app.session import Session

PRODUCTS = ("Virtual Mug", "Virtual Shirt")
_SWITCHES = ("Allow comments", "Save to device", "Allow high-quality uploads")


def more_options(app: Session) -> Node:
    """Switches in rows; the row does nothing, its switch does."""
    ui = app.ui
    title = ui.node("TextView", (400, 150, 680, 220), text="More options")
    rows = []
    for n, label in enumerate((*_SWITCHES, "AI-generated content")):
        top = 300 + 180 * n
        ai = n == len(_SWITCHES)
        text = ui.node("TextView", (60, top + 40, 700, top + 110), text=label)
        switch = ui.node(
            "Switch", (880, top + 40, 1020, top + 120), checked=ai and app.draft.ai_label,
            on=app.toggle_ai if ai else nothing,
        )  # fmt: skip
        rows.append(ui.node("LinearLayout", (0, top, 1080, top + 160), text, switch, on=nothing))
    return ui.page([title, *rows])


def link_sheet(app: Session) -> Node:
    """What kind of link."""
    ui = app.ui
    title = ui.node("TextView", (400, 1500, 680, 1570), text="Add link")
    rows = [
        ui.node(
            "Button", (0, 1620 + 150 * n, 1080, 1770 + 150 * n), text=label,
            on=_going(app, "product_list") if label == "Product" else nothing,
        )
        for n, label in enumerate(("Product", "Event"))
    ]  # fmt: skip
    return ui.page([title, *rows])


def product_list(app: Session) -> Node:
    """The showcase."""
    ui = app.ui
    title = ui.node("TextView", (340, 150, 740, 220), text="Add products")
    rows = []
    for n, name in enumerate(PRODUCTS):
        top = 300 + 220 * n
        text = ui.node("TextView", (60, top + 60, 700, top + 130), text=name)
        add = ui.node(
            "Button", (820, top + 50, 1020, top + 150), text="Add", on=_choosing(app, name)
        )
        rows.append(ui.node("LinearLayout", (0, top, 1080, top + 200), text, add))
    return ui.page([title, *rows])


def product_name(app: Session) -> Node:
    """How it is called on the post."""
    ui = app.ui
    title = ui.node("TextView", (300, 150, 780, 220), text="Product name")
    field = ui.node("EditText", (60, 300, 1020, 400), text=app.product)
    add = ui.node("Button", (60, 2150, 1020, 2280), text="Add", on=app.link_product)
    return ui.page([title, field, add])


SCREENS: dict[str, Screen[Session]] = {
    "more_options": Screen(more_options, back="composer"),
    "link_sheet": Screen(link_sheet, back="composer"),
    "product_list": Screen(product_list, back="link_sheet"),
    "product_name": Screen(product_name, back="product_list"),
}


def _going(app: Session, screen: str) -> Callable[[], None]:
    return lambda: app.show(screen)


def _choosing(app: Session, name: str) -> Callable[[], None]:
    def choose() -> None:
        app.product = name
        app.show("product_name")

    return choose
