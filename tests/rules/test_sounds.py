"""Which words and addresses may name a sound."""

import pytest

from tmcore.accounts import App
from tmcore.rules.sounds import sound_error


@pytest.mark.parametrize(
    ("app", "sound"),
    [
        ("tiktok", "Night Drive (feat. Ann)"),
        ("tiktok", "Été 2: l'heure bleue"),
        ("tiktok", "https://www.tiktok.com/music/Night-Drive-7112"),
        ("tiktok", "https://vm.tiktok.com/ZMabc/"),
        ("instagram", "https://instagram.com/reels/audio/12/"),
    ],
)
def test_names_and_addresses_of_the_app(app: App, sound: str) -> None:
    """A name may be anything that can be typed on one line."""
    assert sound_error(sound, app) == ""


@pytest.mark.parametrize(
    "sound",
    [
        " ",
        "two\nlines",
        "x" * 101,
        "http://www.tiktok.com/music/a-1",
        "https://tiktok.com.evil.example/music/a-1",
        "https://eviltiktok.com/music/a-1",
        "https://www.tiktok.com@evil.example/music/a-1",
        "https://www.tiktok.com:444/music/a-1",
        "https://www.tiktok.com:x/music/a-1",
        "https://www.instagram.com/reels/audio/1/",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/music/a'1",
        "https://www.tiktok.com/music/$(reboot) 1",
        "https://www.tiktok.com/" + "x" * 500,
        "www.tiktok.com/music/a-1",
        "javascript://www.tiktok.com/a",
        "intent://www.tiktok.com/music/a-1#Intent;end",
        "https://[::1/music",
    ],
)
def test_anything_else_is_refused(sound: str) -> None:
    """Another host, another scheme, a user or a port in the address, or nothing to look for."""
    assert sound_error(sound, "tiktok")
