"""A hand in the Instagram-like app, by the real adb command line client."""

from pathlib import Path

from tests.virtual.hand import Hand, Seen
from tests.virtual.test_files import tiny_mp4

INSTAGRAM = "com.instagram.android"
MOVIES, PICTURES = "/storage/emulated/0/Movies", "/storage/emulated/0/Pictures"


class InstagramHand(Hand):
    """Ways through the app that several tests go."""

    def open(self) -> None:
        self.sh(f"monkey -p {INSTAGRAM} -c android.intent.category.LAUNCHER 1")

    def to_gallery(self) -> None:
        """By the button without a word at the top left."""
        self.open()
        self.sh("input tap {} {}".format(*self.create_button.middle))
        assert self.screen == "gallery"

    @property
    def create_button(self) -> Seen:
        boxes = [n for n in self.look() if n["clickable"] == "true" and n.bounds[1] < 140]
        return min(boxes, key=lambda n: n.bounds)

    @property
    def thumbnails(self) -> list[Seen]:
        return [n for n in self.look() if "thumbnail created on" in n["content-desc"]]

    def tap_tile(self, index: int) -> None:
        self.sh("input tap {} {}".format(*self.thumbnails[index].middle))

    def type_caption(self, text: str) -> None:
        self.tap(text="Write a caption and add hashtags…")
        self.sh(f"input text '{text.replace(' ', '%s')}'")
        self.tap(text="OK")

    def share_reel(self, caption: str = "") -> None:
        """The newest file as a reel."""
        self.to_gallery()
        self.tap(text="REEL")
        self.tap_tile(0)
        self.tap(desc="Next")
        if caption:
            self.type_caption(caption)
        self.tap(desc="Share")

    def add_images(self, count: int, folder: Path) -> list[str]:
        """Oldest first, so that the last one is the first in a gallery."""
        paths = [f"{PICTURES}/{n:02d}.jpg" for n in range(count)]
        for number, path in enumerate(paths):
            self.add_video(f"image {number}".encode(), path, folder)
            self.sh(f"touch -d @{4_000_000_000 + number} {path}")
        return paths

    def add_clip(self, folder: Path) -> str:
        self.add_video(tiny_mp4(8000, b"clip"), f"{MOVIES}/v.mp4", folder)
        return f"{MOVIES}/v.mp4"
