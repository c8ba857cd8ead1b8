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
    after_post: str = "friends"  # or home_feed
    hint: str = "Add description…"
    upload_seconds: float | None = None
    dump_drops_focus: bool = False
    autofocus: bool = False

    def choose(self, account: str) -> None:
        """Make an account the active one, adding it if need be."""
        if account not in self.accounts:
            self.accounts.append(account)
        self.active = account
