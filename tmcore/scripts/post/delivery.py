"""The phone and the file: whether it can post, and the file in its media store."""

import asyncio
from pathlib import Path

from tmcore.apps.catalog import catalog, profile_for
from tmcore.apps.profile import Profile
from tmcore.errors import ScriptFailed
from tmcore.media.files import sha256_of
from tmcore.model import App
from tmcore.phone.health import notes, verdict
from tmcore.phone.port import ALBUM, Checkup
from tmcore.reasons import Reason
from tmcore.scripts.post.caption import check_typing
from tmcore.scripts.script import Run

SCAN_S = 15.0


class Delivery:
    """One file on its way to one phone."""

    def __init__(self, run: Run, app: App) -> None:
        self._run, self._phone, self._app = run, run.phone, app

    async def check(self) -> tuple[Profile, str]:
        """Find the app and whatever stands in the way, before anything is pushed."""
        size = self._size()
        package, checkup = await self._installed()
        if checkup.awake is False or checkup.locked:  # a PIN stays locked, a swipe lock opens
            await self._phone.wake()
            checkup = await self._phone.checkup(package)
        if hindrance := verdict(checkup, size, package):
            raise ScriptFailed(*hindrance)
        await check_typing(self._phone, self._run.deal.caption)
        for note in notes(checkup):
            await self._run.log(note)
        choice = catalog().choose(self._app, checkup.app_version)
        await self._run.log(f"{package}: {choice}")
        self._run.progress(0.05)
        return choice.profile, package

    async def push(self) -> None:
        media = media_of(self._run)
        if await asyncio.to_thread(_sha256, media) != self._run.deal.media_sha256:
            raise ScriptFailed(
                Reason.FILE_CHANGED, f"{media} is not the file that was queued any more"
            )
        await self._phone.push(
            media, _name(self._run), lambda part: self._run.progress(0.05 + 0.25 * part)
        )

    @property
    def push_deadline_s(self) -> float:
        return 120 + self._size() / 500_000

    async def scan(self) -> None:
        """Wait until the media store has read the file's length: pickers then show it."""
        remote = remote_of(self._run)
        await self._phone.scan(remote)
        try:
            async with asyncio.timeout(SCAN_S):
                while True:
                    row = await self._phone.media_row(remote)
                    if row and row.duration_ms is not None:
                        break
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise ScriptFailed(
                Reason.SCAN_FAILED, f"the media store did not read the file within {SCAN_S:g} s"
            ) from None
        self._run.progress(0.35)

    async def _installed(self) -> tuple[str, Checkup]:
        """Take the first of the app's packages that is there; else tell about the first."""
        found = []
        for package in profile_for(self._app).packages:
            found.append((package, await self._phone.checkup(package)))
            if found[-1][1].app_installed:
                return found[-1]
        return found[0]

    def _size(self) -> int:
        media = media_of(self._run)
        try:
            return media.stat().st_size
        except OSError as error:
            raise ScriptFailed(Reason.FILE_MISSING, f"{media} is gone: {error.strerror}") from error


def media_of(run: Run) -> Path:
    assert run.deal.media is not None, "dealt at creation"
    return run.deal.media


def remote_of(run: Run) -> str:
    """Where the file lies on the phone."""
    return f"{ALBUM}/{_name(run)}"


def _name(run: Run) -> str:
    """The pushed file's name: made by us, telling which task it belongs to."""
    return f"tm-{run.task_id}{media_of(run).suffix.lower()}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)
