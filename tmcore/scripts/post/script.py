"""Posts a video on TikTok: from a file on this machine to proof that the post is out.

Before the press every failure leaves nothing posted and may be repeated. The press is prepared by
one fresh look and is one command on the phone; after it the script only watches.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import ClassVar

from tmcore.apps.profile import Profile, profile_for
from tmcore.errors import PhoneError, ScriptFailed
from tmcore.media.files import sha256_of
from tmcore.model import App
from tmcore.phone.health import notes, verdict
from tmcore.phone.port import Checkup, PressResult
from tmcore.phone.screen import Node, Screen, same_text
from tmcore.reasons import Reason
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.dealing import Dealer
from tmcore.scripts.post.proof import LONGEST_UPLOAD, Proof
from tmcore.scripts.post.screens import BACK, Screens
from tmcore.scripts.script import Deal, Run, ScriptArgs

ESCAPE = 111  # closes the keyboard; BACK may leave the screen
SCAN_S = 15.0
FOCUS_S = 0.5  # a field wants a moment between the tap and the first character


class Post:
    """The registry's row for `post`."""

    name: ClassVar[str] = "post"
    app: ClassVar[App] = "tiktok"
    upload_limit: ClassVar[timedelta] = LONGEST_UPLOAD
    Args: ClassVar[type[ScriptArgs]] = PostArgs

    def __init__(self) -> None:
        self._dealer = Dealer()

    def deal(
        self,
        args: PostArgs,
        count: int,
        folders: Sequence[Path],
        rng: Random,
        *,
        quick: bool,
    ) -> list[Deal]:
        return self._dealer.deal(args, args.app or self.app, count, folders, rng, quick=quick)

    async def run(self, run: Run, args: PostArgs) -> str:
        return await _Posting(run, args).run()

    async def tidy(self, run: Run) -> None:
        await run.phone.remove(_remote(run))


class _Posting:
    """One run; each step is a method, told in the order of `run`."""

    def __init__(self, run: Run, args: PostArgs) -> None:
        self._run, self._args = run, args
        self._phone = run.phone
        self._deal = run.deal

    async def run(self) -> str:
        step = self._run.step
        async with step("check", deadline_s=60):
            profile, package = await self._check()
        self._screens = Screens(self._run, profile)
        async with step("push", deadline_s=self._push_deadline_s()):
            await self._push()
        async with step("scan", deadline_s=60):
            await self._scan()
        async with step("open", deadline_s=120):
            home = await self._open(package)
        async with step("account", deadline_s=90):
            account, own = await self._account(home)
        async with step("create", deadline_s=120):
            gallery = await self._create(own)
        async with step("pick", deadline_s=120):
            editor = await self._pick(gallery)
        async with step("edit", deadline_s=120):
            composer = await self._edit(editor)
        async with step("caption", deadline_s=120):
            composer, button = await self._caption(composer)
        async with step("press", deadline_s=60):
            await self._press(package, account, composer, button)
        async with step("watch", deadline_s=LONGEST_UPLOAD.total_seconds() + 60):
            proof = await Proof(self._run, self._screens, composer).watch(
                self._args.upload_wait_time
            )
        self._run.progress(1)
        with suppress(PhoneError):  # a leftover file is no reason to doubt a proved post
            await self._phone.remove(_remote(self._run))
        return proof

    # The phone and the file

    async def _check(self) -> tuple[Profile, str]:
        """Find the app and whatever stands in the way, before anything is pushed."""
        size = self._file_size()
        if not self._deal.caption.isascii():
            raise ScriptFailed(
                Reason.IME_MISSING,
                "the caption holds characters that `input text` cannot type; "
                "this version types plain ASCII only",
            )
        package, checkup = await self._installed()
        if checkup.awake is False or checkup.locked:  # a PIN stays locked, a swipe lock opens
            await self._phone.wake()
            checkup = await self._phone.checkup(package)
        if hindrance := verdict(checkup, size, package):
            raise ScriptFailed(*hindrance)
        for note in notes(checkup):
            await self._run.log(note)
        profile = profile_for(Post.app, checkup.app_version)
        await self._run.log(f"{package} {checkup.app_version or 'of unknown version'}: {profile!r}")
        self._run.progress(0.05)
        return profile, package

    async def _installed(self) -> tuple[str, Checkup]:
        """Take the first of the app's packages that is there; else tell about the first."""
        packages = profile_for(Post.app).packages
        found = []
        for package in packages:
            found.append((package, await self._phone.checkup(package)))
            if found[-1][1].app_installed:
                return found[-1]
        return found[0]

    def _file_size(self) -> int:
        assert self._deal.media is not None, "dealt at creation"
        try:
            return self._deal.media.stat().st_size
        except OSError as error:
            raise ScriptFailed(
                Reason.FILE_MISSING, f"{self._deal.media} is gone: {error.strerror}"
            ) from error

    def _push_deadline_s(self) -> float:
        return 120 + self._file_size() / 500_000

    async def _push(self) -> None:
        media = self._deal.media
        assert media is not None
        if await asyncio.to_thread(_sha256, media) != self._deal.media_sha256:
            raise ScriptFailed(
                Reason.FILE_CHANGED, f"{media} is not the file that was queued any more"
            )
        name = _name(self._run)
        await self._phone.push(media, name, lambda part: self._run.progress(0.05 + 0.25 * part))

    async def _scan(self) -> None:
        """Wait until the media store has read the file's length: pickers then show it."""
        remote = _remote(self._run)
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

    # The app

    async def _open(self, package: str) -> Screen:
        if self._run.fresh_app:
            await self._phone.stop_app(package)
        else:
            await self._run.log("the app is not restarted: an earlier upload may still run")
        await self._phone.start_app(package)
        screen = await self._screens.until("home")
        self._run.progress(0.4)
        return screen

    async def _account(self, home: Screen) -> tuple[str, Screen]:
        """Read the active account on the app's own profile page; the app is not left from here."""
        if self._screens.find("username", home) is None:
            await self._screens.tap("nav_profile", home)
        own = await self._screens.until("own_profile")
        handle = self._screens.find("username", own)
        if handle is None:
            raise ScriptFailed(
                Reason.ACCOUNT_UNREADABLE, "the profile page does not show one @username"
            )
        account = handle.plain_text.removeprefix("@").lower()
        if self._run.username not in (None, account):
            raise ScriptFailed(
                Reason.WRONG_ACCOUNT,
                f"the app is open as @{account}, the task is for @{self._run.username}",
            )
        await self._run.log(f"account @{account}")
        self._run.progress(0.45)
        return account, own

    async def _create(self, own: Screen) -> Screen:
        """From the profile page to the gallery, by the app's own button."""
        if self._args.post_way == "share":
            await self._run.log("route: the app's own button (sharing is not built yet)")
        if self._screens.find("create", own) is None:
            await self._phone.key(BACK)  # the navigation is out of reach here; home has it
            own = await self._screens.until("home")
        await self._screens.tap("create", own)
        gallery = await self._screens.until(
            "gallery",
            on={
                "create_tab": lambda screen: self._screens.tap("post_tab", screen),
                "camera": lambda screen: self._screens.tap("gallery_thumb", screen),
            },
        )
        self._run.progress(0.5)
        return gallery

    async def _pick(self, gallery: Screen) -> Screen:
        """Pick the newest video: the one just pushed. A tap opens it, or selects it for Next."""
        if tab := self._screens.find("videos_tab", gallery):
            await self._phone.tap(self._screens_tappable(gallery, tab))
            gallery = await self._screens.until("gallery")
        await self._screens.tap("newest_tile", gallery)
        screen = await self._screens.until(
            "editor",
            "composer",
            on={"gallery_selected": lambda screen: self._screens.tap("gallery_next", screen)},
        )
        self._run.progress(0.6)
        return screen

    def _screens_tappable(self, screen: Screen, node: Node) -> Node:
        return screen.tappable(node)

    async def _edit(self, editor: Screen) -> Screen:
        screen = (
            await self._screens.until(
                "composer", on={"editor": lambda screen: self._screens.tap("editor_next", screen)}
            )
            if not self._is_composer(editor)
            else editor
        )
        self._run.progress(0.65)
        return screen

    def _is_composer(self, screen: Screen) -> bool:
        return self._screens.is_one_of(self._screens.profile.recognise(screen), ("composer",))

    async def _caption(self, composer: Screen) -> tuple[Screen, Node]:
        """Type the caption into the description, never the title, and read it back."""
        if self._deal.caption:
            await self._screens.tap("description", composer)
            await asyncio.sleep(FOCUS_S)  # no look in between: a dump takes the focus away
            # the trailing space closes the list of hashtags, which may lie over the button
            await self._phone.type_text(f"{self._deal.caption} ")
            await self._phone.key(ESCAPE)
        return await self._ready()

    async def _ready(self) -> tuple[Screen, Node]:
        """The fresh look before the press: composer, caption in its place, button within reach."""
        composer = await self._screens.until("composer")
        field = self._screens.find("description", composer, self._deal.caption)
        if self._deal.caption and (field is None or not same_text(self._deal.caption, field.text)):
            shown = field.plain_text[:80] if field else "no description field"
            raise ScriptFailed(
                Reason.CAPTION_MISMATCH, f"the caption was typed, and the app shows: {shown}"
            )
        match = self._screens.profile.target("post_button", composer)
        if match is None:
            raise ScriptFailed(Reason.TARGET_MISSING, "no post_button within reach")
        self._run.progress(0.8)
        return composer, match.tap_node

    async def _press(self, package: str, account: str, composer: Screen, button: Node) -> None:
        if button.package != package:
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN, f"the button belongs to {button.package}, not to {package}"
            )
        await self._run.keep("composer.xml", composer.xml.encode())

        async def act(marker: str) -> PressResult:
            return await self._phone.press(button, marker)

        await self._run.press(Post.app, account, act)
        self._run.progress(0.85)


def _name(run: Run) -> str:
    """The pushed file's name: made by us, telling which task it belongs to."""
    media = run.deal.media
    assert media is not None
    return f"tm-{run.task_id}{media.suffix.lower()}"


def _remote(run: Run) -> str:
    return f"/storage/emulated/0/Movies/Rack/{_name(run)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)
