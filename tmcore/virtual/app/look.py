"""How this phone's app behaves: set by the control socket, kept over restarts of the app."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Look:
    """Everything that differs between installations."""

    accounts: list[str] = field(default_factory=list)
    active: str = ""
    display_name: str = "Virtual Studio"
    ids_seed: int | None = None
    title_box: bool = False
    tile_opens: str = "select"  # select: Next must be tapped; editor: the tap opens it
    create_tab_first: bool = False
    keyboard_post: str = "moved"  # moved: other id, top right; missing: not there at all
    field_hides: bool = False  # the field is in no tree while the keyboard is open
    after_post: str = "friends"  # or home_feed
    hint: str = "Add description…"
    upload_seconds: float | None = None
    dump_drops_focus: bool = False
    autofocus: bool = False
    language: str = "en"  # or fr: only what a dump or a report shows is in French
    words: dict[str, str] = field(default_factory=dict)  # labels that an update renamed
    screen_between: str = ""  # an update's own page, shown before the screen of this name
    gallery_by_second: bool = False  # (unseen) as dates in the media store are, whatever the ids
    next_counts: bool = False  # (unseen) "Next (3)" instead of "Next"
    confirms: bool = False  # the button asks once more before it publishes
    asks_discard: bool = False  # (unseen) BACK out of a post asks what becomes of it
    asks_save_login: bool = False  # after a switch of accounts
    switch_fails: bool = False  # a tap on an account leads home and changes nothing
    preselects: bool = True  # Instagram's New post: the newest is selected from the start
    opens_with: str = "post"  # what Instagram's + makes first: post, reel or story
    old_tabs: bool = False  # Instagram with its + in the bar at the bottom
    old_posts: int = 8  # what Instagram's profile counts before ours
    sounds: list[str] = field(
        default_factory=lambda: ["Morning Light", "Night Drive", "Night Drive Slow"]
    )
    own_sound: str = ""  # what the app puts on a post by itself, as TikTok does on photos
    volume_reads: bool = True  # (unseen) a dump says where a slider stands
    done_seconds: float = 4.0  # how long "Done posting" stays

    def choose(self, account: str) -> None:
        """Make an account the active one, adding it if need be."""
        if account not in self.accounts:
            self.accounts.append(account)
        self.active = account
