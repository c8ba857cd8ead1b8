"""Installing an APK: the commands, what Android says of it, and what to do about that. Pure."""

import re

from tmcore.errors import PhoneError
from tmcore.phone.commands import words

PUSHED_INTO = "/data/local/tmp"
_LONGEST_NAME = 60


class InstallFailed(PhoneError):
    """Android did not install the app."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.advice = advice(said)


def remote_apk(name: str, epoch: int) -> str:
    """Where an APK is pushed; its own name tells a person who finds it what it was."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "-", name).lstrip(".-")[-_LONGEST_NAME:]
    return f"{PUSHED_INTO}/tm-install-{epoch}/{plain or 'app.apk'}"


def install(remote: str) -> str:
    """Install or update for every user of the phone; data and logins stay."""
    return words("pm", "install", "-r", remote)


def clean_up(remote: str) -> str:
    return words("rm", "-rf", remote.rpartition("/")[0])


def failure(text: str) -> str:
    """Return Android's own words for why nothing was installed; empty where it was.

    Only the word Success proves it: some Androids end with 0 whatever happened.
    """
    if re.search(r"^Success\s*$", text, re.MULTILINE):
        return ""
    if found := re.search(r"Failure \[(.*)\]", text):
        return found[1].strip()[:300]
    return " ".join(text.split())[:300] or "Android said nothing"


_ADVICE = (
    ("INSUFFICIENT_STORAGE", "free some space on the phone, then install again"),
    (
        "UPDATE_INCOMPATIBLE",
        "its signature is not that of the app on the phone; uninstall that, which logs out",
    ),
    ("VERSION_DOWNGRADE", "the phone has a newer version; keep it, or uninstall it first"),
    ("OLDER_SDK", "the phone's Android is too old for this APK; choose an older one"),
    ("NO_MATCHING_ABIS", "the APK is for another processor; choose the one for this phone"),
    ("MISSING_SPLIT", "this is one part of a split app; choose a single, universal APK"),
    (
        "USER_RESTRICTED",
        "allow installing by USB on the phone, in its developer options (Xiaomi: Install via USB)",
    ),
    ("ABORTED", "a person or the phone's protection refused; look at its screen"),
    ("VERIFICATION", "the phone's app check refused it; switch off verifying apps over USB"),
    ("TEST_ONLY", "this is a developer's build; choose a release APK"),
    ("NO_CERTIFICATES", "the APK is not signed; choose another file"),
    ("NOT_APK", "the file is broken or no APK; choose another one"),
    ("UNEXPECTED_EXCEPTION", "the file is broken or no APK; choose another one"),
    ("DUPLICATE_PERMISSION", "another app has a permission of this name; uninstall that one first"),
    ("No space left", "free some space on the phone, then install again"),
    ("SecurityException", "allow it on the phone, in its developer options"),
)


def advice(said: str) -> str:
    """Say what an operator can do about it."""
    return next((what for word, what in _ADVICE if word in said), "look at the phone, try again")
