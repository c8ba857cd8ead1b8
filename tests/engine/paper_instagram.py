"""One way through an Instagram of paper; a test changes what it is about."""

from tests.engine.paper import Bit, Box, button, label

INSTAGRAM = "com.instagram.android"
NEXT = (868, 2153, 1050, 2270)  # Share is where Next was
SHARE = (560, 2095, 1041, 2265)
TITLE = (448, 52, 631, 113)
THUMB = "Unselected Video thumbnail created on December 21, 2025 9:32 PM"
HINT = "Write a caption and add hashtags…"


def nav(selected: str) -> list[Bit]:
    """The tabs."""
    names = ("Home", "Reels", "Message", "Search and explore", "Profile")
    leads = {"Home": "home", "Profile": "profile"}
    return [
        Bit(
            (216 * n, 2140, 216 * n + 216, 2270), desc=name, to=leads.get(name, "-"),
            cls="FrameLayout", flags={"selected": "true"} if name == selected else {},
        )
        for n, name in enumerate(names)
    ]  # fmt: skip


def modes() -> list[Bit]:
    return [
        button("POST", (455, 2141, 600, 2233), "gallery_post"),
        button("STORY", (600, 2141, 770, 2233), "gallery_story"),
        button("REEL", (770, 2141, 911, 2233), "gallery"),
    ]


def gallery(title: str, to: str) -> list[Bit]:
    tile = Bit((363, 457, 717, 1155), desc=THUMB, to=to, cls="Button")
    length = label("0:49", (630, 1083, 697, 1137))
    camera = Bit((5, 457, 358, 1155), desc="Open camera", to="-", cls="Button")
    grid = Bit(
        (0, 457, 1080, 2270), cls="GridView", bits=(camera, tile, length),
        flags={"scrollable": "true"},
    )  # fmt: skip
    return [
        label(title, TITLE),
        label("Recents", (0, 348, 258, 410)),
        button("Select multiple", (966, 338, 1053, 435)),
        grid,
        *modes(),
    ]


def composer(title: str = "New reel", share: Box = SHARE) -> list[Bit]:
    return [
        label(title, (175, 108, 382, 173)),
        Bit((39, 1061, 1041, 1191), to="description", cls="AutoCompleteTextView", text=HINT),
        button("Tag people", (0, 1348, 1080, 1515)),
        button("Add location", (0, 1515, 1080, 1682)),
        button("Save draft", (39, 2095, 520, 2265)),
        button("Share", share, "posted"),
    ]


def pages() -> dict[str, list[Bit]]:
    """A reel's way."""
    name = button("studio", (157, 65, 823, 217))
    create = Bit((0, 65, 118, 217), desc="Create New", to="sheet", cls="ImageView")
    return {
        "home": [
            *nav("Home"),
            Bit((0, 217, 1080, 575), desc="reels tray container", cls="RecyclerView"),
            Bit((0, 65, 118, 217), to="gallery_post", cls="ImageView"),
        ],
        "profile": [
            *nav("Profile"), create, name,
            Bit((312, 335, 516, 478), desc="8posts", to="-", cls="View"),
            button("Edit profile", (30, 875, 532, 961)),
        ],
        "sheet": [
            Bit(
                (0, 1316, 1080, 2270), cls="FrameLayout", to="-",
                bits=(
                    label("Create", (450, 1350, 630, 1416)),
                    button("Reel", (0, 1450, 1080, 1600), "gallery"),
                    button("Post", (0, 1600, 1080, 1750), "gallery_post"),
                    button("Story", (0, 1750, 1080, 1900), "gallery_story"),
                    button("Live", (0, 1900, 1080, 2050), "-"),
                ),
            )
        ],
        "gallery": gallery("New reel", "editor"),
        "gallery_post": gallery("New post", "-"),
        "gallery_story": gallery("Add to story", "-"),
        "editor": [
            button("Add audio", (18, 1876, 124, 1995)),
            button("Add text", (143, 1876, 249, 1995)),
            button("Add sticker", (268, 1876, 374, 1995)),
            button("Edit video", (30, 2153, 252, 2270)),
            button("Next", NEXT, "composer"),
        ],
        "composer": composer(),
        "posted": nav("Reels"),
        "launcher": [Bit((400, 1000, 600, 1200), "Camera", package="com.android.launcher")],
    }  # fmt: skip


def sharing(seconds: float) -> str:
    """What stands above the page while a reel is on its way."""
    if seconds < 4:
        return "Sharing to Reels…"
    return "Done posting. Want to send it directly to friends?" if seconds < 9 else ""


BADGE: Box = (160, 1990, 882, 2038)
