"""The phone and the files: whether it can post, and the files in its media store."""

import asyncio
import mimetypes
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tmcore.accounts import App
from tmcore.apps.catalog import catalog, profile_for
from tmcore.apps.profile import Profile
from tmcore.errors import PhoneError, ScriptFailed
from tmcore.media.files import sha256_of
from tmcore.model import Media
from tmcore.phone.health import notes, verdict
from tmcore.phone.inspection import inspect
from tmcore.phone.port import IMAGES, MediaRow, album_of
from tmcore.reasons import Reason
from tmcore.scripts.post.caption import check_typing
from tmcore.scripts.script import Run

SCAN_S = 15.0
APART_S = 1.1


class Installed(NamedTuple):
    """The app as it is on the phone; a version that could not be read is empty."""

    profile: Profile
    package: str
    version: str


class Delivery:
    """The files of one task on their way to one phone."""

    def __init__(self, run: Run, app: App) -> None:
        self._run, self._phone, self._app = run, run.phone, app

    async def check(self, *typed: str) -> Installed:
        """Find the app and whatever stands in the way, before anything is pushed.

        `typed` is what will be typed besides the caption.
        """
        size = self._size()
        bound = self._run.binding(self._app)
        clone = bound.package if bound else None
        packages = (clone,) if clone else profile_for(self._app).packages
        checkup = await inspect(self._phone, *packages)
        package = checkup.package
        if hindrance := verdict(checkup, size, package, self._run.limits):
            raise ScriptFailed(*hindrance)
        for text in (self._run.deal.caption, *typed):
            await check_typing(self._phone, text)
        choice = catalog(self._run.profiles).choose(self._app, checkup.app_version)
        for note in filter(None, (*notes(checkup), choice.unread(checkup.language))):
            await self._run.log(note)
        await self._run.uses(choice, package)
        self._run.progress(0.05)
        profile = choice.profile.in_package(clone) if clone else choice.profile
        return Installed(profile, package, checkup.app_version or "")

    async def push(self) -> None:
        """Push the last file first: the operator's first is then the newest, and stands first."""
        files = self._run.deal.files
        for media in files:
            if await asyncio.to_thread(_sha256, media.path) != media.sha256:
                raise ScriptFailed(
                    Reason.FILE_CHANGED, f"{media.path} is not the file that was queued any more"
                )
        await self._sweep()
        for done, (media, remote) in enumerate(reversed(self._pairs())):
            await self._phone.push(media.path, remote.rpartition("/")[2], self._part(done))

    async def _sweep(self) -> None:
        """Take away what earlier runs left, a crashed one for instance; not while it may upload."""
        if not self._run.fresh_app:
            return
        with suppress(PhoneError):  # a full album is no reason not to post
            for remote in await self._phone.album():
                await self._phone.remove(remote)

    def _part(self, done: int) -> Callable[[float], None]:
        share = 0.25 / len(self._run.deal.files)
        return lambda part: self._run.progress(0.05 + share * (done + part))

    @property
    def push_deadline_s(self) -> float:
        return 120 + self._size() / 500_000

    @property
    def scan_deadline_s(self) -> float:
        return 60 + len(self._run.deal.files) * (APART_S + 2)

    async def scan(self) -> None:
        """Wait until the media store has read each file: pickers then show it.

        Dates there are whole seconds, and galleries sort by them: so the files lie a second apart.
        """
        for done, (_, remote) in enumerate(reversed(self._pairs())):
            if done:
                await asyncio.sleep(APART_S)
            await self._phone.scan(remote)
            await self._wait_for_row(remote)
        self._run.progress(0.35)

    async def _wait_for_row(self, remote: str) -> None:
        try:
            async with asyncio.timeout(SCAN_S):
                while True:
                    if _is_read(await self._phone.media_row(remote), remote):
                        return
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise ScriptFailed(
                Reason.SCAN_FAILED, f"the media store did not read the file within {SCAN_S:g} s"
            ) from None

    async def remove(self) -> None:
        """Take the files away from the phone."""
        for remote in remotes_of(self._run):
            await self._phone.remove(remote)

    def _pairs(self) -> list[tuple[Media, str]]:
        return list(zip(self._run.deal.files, remotes_of(self._run), strict=True))

    def _size(self) -> int:
        return sum(_size_of(media.path) for media in self._run.deal.files)


def remotes_of(run: Run) -> list[str]:
    """Where the files lie on the phone, named by us, telling which task they belong to."""
    names = [media.path.suffix.lower() for media in run.deal.files]
    if len(names) == 1:
        return [_remote(f"tm-{run.task_id}{names[0]}")]
    return [_remote(f"tm-{run.task_id}-{n}{suffix}") for n, suffix in enumerate(names, 1)]


def _remote(name: str) -> str:
    return f"{album_of(name)}/{name}"


def mime_of(remote: str) -> str:
    """Return a file's type as a share intent names it."""
    return mimetypes.guess_type(remote)[0] or ("video/mp4" if is_video(remote) else "image/jpeg")


def uri_of(remote: str, row: MediaRow) -> str:
    """Return how the media store calls a file."""
    return f"content://media/external/{'video' if is_video(remote) else 'images'}/media/{row.id}"


def is_video(remote: str) -> bool:
    return not remote.endswith(IMAGES)


def _is_read(row: MediaRow | None, remote: str) -> bool:
    """A video's length is read last; an image has none."""
    return row is not None and (row.duration_ms is not None or not is_video(remote))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise ScriptFailed(Reason.FILE_MISSING, f"{path} is gone: {error.strerror}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)
