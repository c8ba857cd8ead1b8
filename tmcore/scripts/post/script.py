"""Posts a video on TikTok: from a file on this machine to proof that the post is out.

Before the press every failure leaves nothing posted and may be repeated. The press is prepared by
one fresh look and is one command on the phone; after it the script only watches.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import ClassVar

from tmcore.errors import PhoneError, ScriptFailed
from tmcore.model import App
from tmcore.phone.port import PressResult
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.caption import Caption
from tmcore.scripts.post.dealing import Dealer
from tmcore.scripts.post.delivery import Delivery, remote_of
from tmcore.scripts.post.proof import LONGEST_UPLOAD, Proof
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.post.way import Way
from tmcore.scripts.script import Deal, Run, ScriptArgs


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
        await run.phone.remove(remote_of(run))


class _Posting:
    """One run, told in the order of its steps."""

    def __init__(self, run: Run, args: PostArgs) -> None:
        self._run, self._args = run, args
        self._phone = run.phone

    async def run(self) -> str:
        step, delivery = self._run.step, Delivery(self._run, Post.app)
        async with step("check", deadline_s=60):
            profile, package = await delivery.check()
        async with step("push", deadline_s=delivery.push_deadline_s):
            await delivery.push()
        async with step("scan", deadline_s=60):
            await delivery.scan()
        screens = Screens(self._run, profile)
        way = Way(self._run, screens)
        if self._args.post_way == "share":
            await self._run.log("route: the app's own button (sharing is not built yet)")
        async with step("open", deadline_s=120):
            home = await way.open(package)
        async with step("account", deadline_s=90):
            account, own = await way.account(home)
        async with step("create", deadline_s=120):
            gallery = await way.create(own)
        async with step("pick", deadline_s=120):
            editor = await way.pick(gallery)
        async with step("edit", deadline_s=120):
            composer = await way.edit(editor)
        async with step("caption", deadline_s=180):
            composer, button = await Caption(self._run, screens).type(composer)
        async with step("press", deadline_s=60):
            await self._press(package, account, composer, button)
        async with step("watch", deadline_s=LONGEST_UPLOAD.total_seconds() + 60):
            proof = await Proof(self._run, screens, composer).watch(self._args.upload_wait_time)
        self._run.progress(1)
        with suppress(PhoneError):  # a leftover file is no reason to doubt a proved post
            await self._phone.remove(remote_of(self._run))
        return proof

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
