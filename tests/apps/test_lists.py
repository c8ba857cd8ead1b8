"""What a screen has many of, and signs that only have to be there."""

from collections.abc import Callable

import pytest

from tests.screens import fixture, real, scaled
from tmcore.accounts import App
from tmcore.apps.catalog import profile_for
from tmcore.phone.screen import parse_dump

Read = Callable[[str], str]
LISTS: list[tuple[App, Read, str, dict[str, int]]] = [
    # several files are selected there: the box in the corner is ticked
    ("tiktok", real, "tiktok/tt4314_en_gallery_picker.xml",
     {"tiles": 14, "circles": 28, "photos_tab": 1, "select_multiple": 1, "several_on": 1}),
    ("tiktok", real, "tiktok/tt4314_en_camera_photo_tab.xml", {}),
    ("tiktok", fixture, "tiktok_gallery.xml",
     {"tiles": 12, "circles": 24, "photos_tab": 1, "select_multiple": 1}),
    ("tiktok", fixture, "tiktok_gallery_selected.xml",
     {"tiles": 12, "circles": 24, "picked": 1, "numbers": 1, "photos_tab": 1,
      "select_multiple": 1}),
    ("instagram", real, "instagram/ig_2025-12_en_new_reel_gallery.xml",
     {"reel_page": 1, "tiles": 1}),
    ("instagram", real, "instagram/ig_2025-12_en_new_post_gallery_selected.xml",
     {"post_page": 1, "tiles": 1, "picked": 1}),
    ("instagram", real, "instagram/ig_2025-12_en_own_profile.xml", {"no_story": 1}),
    ("instagram", real, "instagram/ig_2025-12_en_feed_cant_be_posted.xml", {"no_story": 1}),
    ("instagram", real, "instagram/ig_2025-12_en_reel_composer_empty.xml", {"reel_page": 1}),
    ("instagram", fixture, "instagram_gallery_multi.xml",
     {"reel_page": 1, "tiles": 2, "picked": 1}),
    ("instagram", fixture, "instagram_composer_post.xml", {"post_page": 1}),
]  # fmt: skip


@pytest.mark.parametrize("x", [1, 0.5, 1.33])
@pytest.mark.parametrize(
    ("app", "read", "name", "found"), LISTS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_lists_find_what_a_person_would_count(
    app: App, read: Read, name: str, found: dict[str, int], x: float
) -> None:
    """At any size, and nothing else."""
    profile, screen = profile_for(app), parse_dump(scaled(read(name), x, x))

    counted = {listing: len(profile.nodes(listing, screen)) for listing in profile.lists}

    assert {listing: count for listing, count in counted.items() if count} == found
