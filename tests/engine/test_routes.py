"""The table of ways: every name in it is one of the app's profile."""

import pytest

from tmcore.apps.catalog import profile_for
from tmcore.scripts.post.routes import ROUTES, Route, kind_of, route_to
from tmcore.scripts.post.screens import BACK_KEY

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.app}-{r.kind}")
INSTAGRAM = [
    f"com.instagram.android/com.instagram.share.handleractivity.{name}"
    for name in ("CustomStoryShareHandlerActivity", "DirectShareHandlerActivity",
                 "StoryShareHandlerActivity", "ShareHandlerActivity")
]  # fmt: skip
REELS = f"{INSTAGRAM[0].rpartition('.')[0]}.ClipsShareHandlerActivity"


@each_route
def test_every_deed_is_a_target_of_its_app(route: Route) -> None:
    """A slip of the pen would show on a phone only, in the middle of a post."""
    profile = profile_for(route.app)
    tables = (route.create, route.pick, route.leave, route.shared)

    deeds = {
        deed
        for table in tables
        for screen, deeds in table.items()
        if screen in profile.screens
        for deed in deeds
    }

    assert deeds - {BACK_KEY} <= set(profile.targets)
    assert {route.button, *route.editor} <= set(profile.targets)
    assert route.final in profile.screens


@each_route
def test_every_way_begins_at_home_and_can_be_left(route: Route) -> None:
    """From each screen on which a rehearsal may stand there is a way back."""
    profile = profile_for(route.app)

    assert {"own_profile", "home"} <= set(route.create)
    assert {route.final, "editor", "gallery", "discard_prompt"} <= set(route.leave)
    assert {route.final, "editor", "gallery", "discard_prompt"} <= set(profile.screens)
    assert not {name for deeds in route.leave.values() for name in deeds} & {
        "drafts", route.button, "publish_now",
    }  # fmt: skip


@each_route
def test_what_tells_kinds_apart_is_known(route: Route) -> None:
    """The title of the page, its tab, and the gallery's own tab."""
    profile = profile_for(route.app)
    known = {*profile.targets, *profile.lists, ""}

    assert {route.mode, route.page, route.tab} <= known


def test_a_config_names_its_kind() -> None:
    """placement counts before content_type; what has no row is no way."""
    assert kind_of(0, "reel") == "video"
    assert kind_of(1, "reel") == "images"
    assert kind_of(1, "story") == "story"
    assert route_to("tiktok", "story") is None


@pytest.mark.parametrize(
    ("kind", "offered", "chosen"),
    [
        ("video", [*INSTAGRAM, REELS], REELS),
        ("video", INSTAGRAM, INSTAGRAM[3]),
        ("images", [*INSTAGRAM, REELS], INSTAGRAM[3]),
        ("story", INSTAGRAM, INSTAGRAM[2]),
        ("story", INSTAGRAM[:1], INSTAGRAM[0]),
        ("images", INSTAGRAM[:3], None),
        ("video", [], None),
    ],
)
def test_a_file_is_shared_with_what_makes_that_kind(
    kind: str, offered: list[str], chosen: str | None
) -> None:
    """Never with a chat, nor a story where a post was meant."""
    [route] = [r for r in ROUTES if (r.app, r.kind) == ("instagram", kind)]

    assert route.receiver(offered) == chosen
