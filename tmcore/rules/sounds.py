"""What may name a sound: words to look for, or the address of its page in the app. Pure."""

from urllib.parse import urlsplit

from tmcore.accounts import App
from tmcore.validation import shown

HOSTS: dict[App, str] = {"tiktok": "tiktok.com", "instagram": "instagram.com"}  # and below them
MOST_NAME, MOST_URL = 100, 500


def is_address(sound: str) -> bool:
    """Whether it is meant as a URL; a name may hold a colon, and dots."""
    return "://" in sound or sound.lower().startswith("www.")


def sound_error(sound: str, app: App, *, address: bool = False, images: bool = False) -> str:
    """Say why this names no sound for a post, or is no `address`; nothing where it does."""
    if address or is_address(sound):
        if images and app == "instagram":
            return f"{shown(sound)}: the page of a sound makes a reel; images take it by name only"
        return _address_error(sound, app)
    return name_error(sound)


def name_error(name: str) -> str:
    """Say why nobody could look for these words; nothing where one can."""
    if not name.strip():
        return f"{shown(name)} holds nothing to look for"
    if not name.isprintable():
        return f"{shown(name)} holds a character that cannot be typed on one line"
    if len(name) > MOST_NAME:
        return f"{shown(name)} has {len(name)} characters; at most {MOST_NAME} are allowed"
    return ""


def _address_error(url: str, app: App) -> str:
    allowed = f"allowed is https://{HOSTS[app]}/… or a subdomain of it"
    if (
        len(url) > MOST_URL
        or not (url.isascii() and url.isprintable())
        or set(url) & set(" \\\"'<>`")
    ):
        return f"{shown(url)} is too long, or holds what no address has; {allowed}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"{shown(url)} is no address; {allowed}"
    host = parts.hostname or ""
    if parts.scheme != "https" or port is not None or "@" in parts.netloc:
        return f"{shown(url)} is no plain https address; {allowed}"
    if host != HOSTS[app] and not host.endswith(f".{HOSTS[app]}"):
        return f"{shown(url)} is at {shown(host)}, which is not {app}'s; {allowed}"
    if parts.path in ("", "/"):
        return f"{shown(url)} names no page there; {allowed}"
    return ""
