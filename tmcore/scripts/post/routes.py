"""The ways to a post, as data: a row per app and kind, and what is done at which of its screens.

The names are those of the app's profile. A deed is a target that is tapped, or BACK; of several
the first that is there. What has no row cannot be posted, and is refused when a task is created.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tmcore.accounts import App
from tmcore.scripts.post.screens import BACK_KEY

Kind = Literal["video", "images", "story"]
Deeds = Mapping[str, tuple[str, ...]]  # at this screen, the first of these


@dataclass(frozen=True)
class Route:
    """One way from the profile page to the press."""

    app: App
    kind: Kind
    create: Deeds  # to the gallery
    mode: str = ""  # the tab that changes what is made
    page: str = ""  # the title of what is made, where that has been changed right
    tab: str = ""  # the gallery's tab that lists nothing but these files
    pick: Deeds = field(default_factory=dict)  # from the gallery, with the file picked, onwards
    editor: tuple[str, ...] = ("editor_next",)
    final: str = "composer"  # the screen on which it is published
    button: str = "post_button"
    titled: bool = False  # `Title##Description`
    leave: Deeds = field(default_factory=dict)  # from a rehearsal's last screen back home
    receivers: tuple[str, ...] = ()  # of a shared file: patterns of activities, the best first
    shared: Deeds = field(default_factory=dict)  # on the way from there

    def receiver(self, components: Sequence[str]) -> str | None:
        """Choose the activity that a file is shared with; None where none will do."""
        for pattern in self.receivers:
            for component in components:
                if re.fullmatch(pattern, component.rpartition("/")[2], re.IGNORECASE):
                    return component
        return None


_LEAVE: Deeds = {
    "discard_prompt": ("discard",),
    **dict.fromkeys(("composer", "editor", "gallery", "camera"), (BACK_KEY,)),
}

_TIKTOK_CREATE: Deeds = {
    "own_profile": ("create", "nav_home", BACK_KEY),
    "home": ("create",),
    "create_tab": ("post_tab",),
    "camera": ("gallery_thumb",),
}
_TIKTOK_PICK: Deeds = {
    "gallery": ("newest_tile",),
    "gallery_selected": ("gallery_next",),
    "preview": ("preview_next",),
}
_SHARED: Deeds = {"gallery_selected": ("gallery_next",), "preview": ("preview_next",)}
_TIKTOK_RECEIVERS = (
    r".*\.share\.SystemShareActivity",
    r"(?!.*(\.im\.|message|chat|direct)).*share.*",
)
_NOT_A_POST = r"(?!.*(story|direct|chat|message|clips|reel))"
_TIKTOK_LEAVE: Deeds = {
    **_LEAVE,
    "create_tab": (BACK_KEY,),
    "preview": (BACK_KEY,),
    "confirm_publish": (BACK_KEY,),
}


def _instagram_create(sheet: str, mode: str) -> Deeds:
    """From the profile page a sheet asks what is made; elsewhere it is changed in the gallery."""
    return {
        "own_profile": ("create", "nav_home", BACK_KEY),
        "feed": ("create",),
        "home": ("nav_home",),
        "create_sheet": (sheet,),
        "camera": ("gallery_thumb", mode),
        "gallery": (mode,),
    }


_INSTAGRAM_PICK: Deeds = {"gallery": ("newest_tile",), "gallery_selected": ("gallery_next",)}
_INSTAGRAM_LEAVE: Deeds = {
    **_LEAVE,
    "story_editor": (BACK_KEY,),
    "create_sheet": (BACK_KEY,),
    "confirm_publish": (BACK_KEY,),
}

ROUTES: tuple[Route, ...] = (
    Route(
        "tiktok", "video", _TIKTOK_CREATE,
        tab="videos_tab", pick=_TIKTOK_PICK, leave=_TIKTOK_LEAVE,
        receivers=_TIKTOK_RECEIVERS, shared=_SHARED,
    ),
    Route(
        "tiktok", "images", _TIKTOK_CREATE,
        tab="photos_tab", titled=True, pick=_TIKTOK_PICK, leave=_TIKTOK_LEAVE,
        receivers=_TIKTOK_RECEIVERS, shared=_SHARED,
    ),
    Route(
        "instagram", "video", _instagram_create("sheet_reel", "mode_reel"),
        mode="mode_reel", page="reel_page", pick=_INSTAGRAM_PICK, leave=_INSTAGRAM_LEAVE,
        receivers=(r".*(clips|reel).*", rf"{_NOT_A_POST}.*share.*"), shared=_SHARED,
    ),
    Route(
        "instagram", "images", _instagram_create("sheet_post", "mode_post"),
        mode="mode_post", page="post_page", pick=_INSTAGRAM_PICK, leave=_INSTAGRAM_LEAVE,
        receivers=(rf"{_NOT_A_POST}.*share.*",), shared=_SHARED,
    ),
    Route(
        "instagram", "story", _instagram_create("sheet_story", "mode_story"),
        mode="mode_story", page="story_page", pick=_INSTAGRAM_PICK, leave=_INSTAGRAM_LEAVE,
        final="story_editor", button="story_share",
        receivers=(r".*\.StoryShare.*", r".*story.*"), shared=_SHARED,
    ),
)  # fmt: skip
_BY_NAME = {(route.app, route.kind): route for route in ROUTES}


def kind_of(content_type: int, placement: str) -> Kind:
    """Return what a script_config makes."""
    if placement == "story":
        return "story"
    return "images" if content_type == 1 else "video"


def way_out(app: App) -> Deeds:
    """Return the way from any screen of a post back home; the same for whatever was made."""
    return next(route.leave for route in ROUTES if route.app == app)


def route_to(app: App, kind: Kind) -> Route | None:
    """Return the way, None where an app has none."""
    return _BY_NAME.get((app, kind))
