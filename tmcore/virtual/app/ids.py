"""Resource ids: obfuscated, and drawn anew with every release of the app."""

import random
import string

# name of ours -> id seen in 43.1.4
KNOWN = {
    "nav_home": "mkq", "nav_friends": "mkp", "create": "mkn", "nav_inbox": "mkr",
    "nav_profile": "mks", "nav_bar": "mky", "pager": "gy_", "feed": "zpi", "feed_cell": "hrc",
    "rail_item": "e0d", "avatar": "yx4", "follow": "hi1", "like": "f57", "comment": "dtv",
    "favorite": "guh", "share": "tcr", "top_bar": "s00", "search": "irz", "live": "irw",
    "author": "title", "video": "long_press_layout",
    "display_name": "qf8", "username": "qh5", "sheet": "f0u", "sheet_title": "nmh",
    "account_row": "k5o", "account_name": "ljk", "checkmark": "en4",
    "shutter": "r3r", "thumb": "ymg", "camera_close": "jix", "sound_box": "d83", "sound": "d8c",
    "sound_button": "d8a", "sound_icon": "d88", "sound_text": "ycm", "mode": "v5w", "more": "w8r",
    "new_video": "nqb", "new_video_text": "nqd", "drafts_tile": "a4s", "create_close": "g10",
    "tool_icon": "g1f", "tool_text": "g1g", "template_title": "vlt", "template_count": "vl3",
    "picker_close": "b9b", "album": "d2t", "album_text": "yc0", "album_arrow": "kun",
    "ideas": "vt1", "tabs": "mua", "grid": "i8o", "tile": "mub", "circle": "h9t",
    "circle_mark": "jh7", "multiple": "nbv", "multiple_box": "nbk", "multiple_text": "nbu",
    "picker_next": "uyb", "back": "b98",
    "story": "qxr", "story_text": "y0i", "editor_next": "ntn", "editor_next_text": "ntq",
    "cover": "ji6", "cover_text": "ji9", "title": "g1c", "description": "g19", "hashtag": "awo",
    "mention": "awn", "row": "d0z", "row_icon": "j2c", "row_text": "w4m", "suggestion": "bj2",
    "suggestion_text": "bj5", "drafts": "fex", "post": "qrb", "post_with_keyboard": "qr6",
    "badge": "uio", "badge_text": "x44", "dialog": "zqh", "dialog_text": "e_h",
    "friends_empty": "hpm", "friends_row": "hpj", "failure": "t6w",
}  # fmt: skip


class Ids:
    """The ids of one installed app."""

    def __init__(self, package: str, seed: int | None) -> None:
        self._package = package
        self._names = KNOWN if seed is None else _drawn(seed)

    def __getitem__(self, name: str) -> str:
        return f"{self._package}:id/{self._names[name]}"


def _drawn(seed: int) -> dict[str, str]:
    dice = random.Random(seed)  # noqa: S311 - names, not keys
    taken: set[str] = set(KNOWN.values())
    drawn: dict[str, str] = {}
    for name in KNOWN:
        while (fresh := "".join(dice.choices(string.ascii_lowercase + "_", k=3))) in taken:
            pass
        taken.add(fresh)
        drawn[name] = fresh
    return drawn
