"""The registry of the TikTok-like app's screens."""

from tmcore.virtual.app import options, sounds
from tmcore.virtual.app.camera import camera, create_tab
from tmcore.virtual.app.composer import composer
from tmcore.virtual.app.editor import editor
from tmcore.virtual.app.feed import friends, home_feed, inbox
from tmcore.virtual.app.gallery import gallery
from tmcore.virtual.app.profile import account_switcher, profile
from tmcore.virtual.app.screen import Screen
from tmcore.virtual.app.session import Session

SCREENS: dict[str, Screen[Session]] = {
    "home_feed": Screen(home_feed, plays=True),
    "friends": Screen(friends, back="home_feed"),
    "inbox": Screen(inbox, back="home_feed"),
    "profile": Screen(profile, back="home_feed"),
    "account_switcher": Screen(account_switcher, back="profile"),
    "camera": Screen(camera, back="home_feed"),
    "create_tab": Screen(create_tab, back="home_feed"),
    "gallery": Screen(gallery, back="camera"),
    "editor": Screen(editor, back="gallery", plays=True, asks=True),
    "composer": Screen(composer, back="editor"),
    **sounds.screens(sounds.TIKTOK, Session),
    **options.SCREENS,
}
