"""The running TikTok-like app: what its own screens need beyond what any app has."""

from dataclasses import dataclass

from tmcore.virtual.app.canvas import Canvas
from tmcore.virtual.app.ids import Ids
from tmcore.virtual.app.process import Process
from tmcore.virtual.app.upload import Draft


@dataclass
class Session(Process):
    """One process of the TikTok-like app."""

    gallery_tab: str = "All"
    product: str = ""  # that is being linked

    @property
    def home(self) -> str:
        """The feed."""
        return "home_feed"

    @property
    def after_press(self) -> str:
        """As versions differ."""
        return self.look.after_post

    @property
    def gallery_kinds(self) -> tuple[str, ...]:
        """As the tab says."""
        chosen = {"Videos": ("video",), "Photos": ("image",)}
        return chosen.get(self.gallery_tab, ("video", "image"))

    def _new_canvas(self, seed: int | None) -> Canvas:
        return Canvas(self.package, self.body.size, Ids(self.package, seed))

    def open_create(self) -> None:
        """The Create button: the camera, or the templates where that tab was open last."""
        self.draft, self.picked, self.next_sound = Draft(), [], ""
        self.show("create_tab" if self.look.create_tab_first else "camera")

    def open_gallery(self) -> None:
        """The thumbnail beside the shutter."""
        self.picked, self.gallery_tab, self.multiple, self.scrolled = [], "All", False, 0
        self.show("gallery")

    def choose_tab(self, name: str) -> None:
        """All, Videos or Photos."""
        self.gallery_tab, self.scrolled = name, 0

    def tap_tile(self, path: str) -> None:
        """A tile: selects it, or opens the editor at once, as versions differ."""
        if self.look.tile_opens == "editor" and not self.multiple:
            self.picked = [path]
            self.open_editor()
        else:
            self.toggle(path)

    def open_editor(self) -> None:
        """Images make a carousel; one of them a photo."""
        kinds = {self.body.media.kind(path) for path in self.picked}
        photos = "carousel" if len(self.picked) > 1 else "photo"
        self.take_picked(photos if kinds == {"image"} else "video")
        self.show("editor")

    def link_product(self) -> None:
        """The one that was chosen."""
        self.draft.product = self.product
        self.show("composer")

    def remove_sound(self) -> None:
        """Close, beside its name."""
        self.draft.sound = ""

    @property
    def has_title(self) -> bool:
        """Photos always have a title field, videos in some versions."""
        return self.look.title_box or self.draft.kind in ("photo", "carousel")

    @property
    def open_hashtag(self) -> str:
        """The hashtag being typed: its suggestions cover Post until a space ends it."""
        words = self.draft.description.split(" ")
        return words[-1] if words[-1].startswith("#") and self.focus.field == "description" else ""

    def take_suggestion(self, tag: str) -> None:
        """A tap on a suggestion replaces the hashtag, right or not."""
        kept = self.draft.description[: len(self.draft.description) - len(self.open_hashtag)]
        self.draft.description = f"{kept}{tag} "
