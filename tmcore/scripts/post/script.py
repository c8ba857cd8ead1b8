"""Posts on an app: from files on this machine to proof that the post is out.

Before the press every failure leaves nothing posted and may be repeated. The press is prepared by
one fresh look and is one command on the phone; after it the script only watches. A rehearsal does
all of it up to the press, keeps a picture, and throws the draft away.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

from tmcore.accounts import App
from tmcore.errors import PhoneError, ScriptFailed
from tmcore.phone.port import PressResult
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason
from tmcore.rules.sounds import is_address
from tmcore.scripts.post.account import refuse_other
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.caption import Caption
from tmcore.scripts.post.dealing import Dealer
from tmcore.scripts.post.delivery import Delivery, remotes_of
from tmcore.scripts.post.extras import Extras, words_of
from tmcore.scripts.post.proof import LONGEST_UPLOAD, Before, Proof
from tmcore.scripts.post.routes import Route, kind_of, route_to
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.post.verification import GLANCE_S, Verification
from tmcore.scripts.post.way import Way
from tmcore.scripts.script import Dealt, Done, Order, Past, Run, ScriptArgs


class Post:
    """The registry's row for `post`."""

    name: ClassVar[str] = "post"
    app: ClassVar[App] = "tiktok"
    upload_limit: ClassVar[timedelta] = LONGEST_UPLOAD
    Args: ClassVar[type[ScriptArgs]] = PostArgs

    def __init__(self) -> None:
        self._dealer = Dealer()

    def deal(self, args: PostArgs, order: Order, *, quick: bool) -> Dealt:
        return self._dealer.deal(args, order, quick=quick)

    async def run(self, run: Run, args: PostArgs) -> str | Done:
        route = route_to(run.app, kind_of(args.content_type, args.placement))
        if route is None:  # an older version of the program offered it
            raise ScriptFailed(Reason.SCRIPT_ERROR, f"{run.app} has no way to such a post")
        return await _Posting(run, args, route).run()

    async def verify(self, run: Run, args: PostArgs, past: Past) -> str:
        route = route_to(run.app, kind_of(args.content_type, args.placement))
        wait_s = args.upload_wait_time if past.resumed else GLANCE_S
        return await Verification(run, route, past).look(wait_s) if route else ""

    async def tidy(self, run: Run) -> None:
        for remote in remotes_of(run):
            await run.phone.remove(remote)


class _Posting:
    """One run, told in the order of its steps."""

    def __init__(self, run: Run, args: PostArgs, route: Route) -> None:
        self._run, self._args, self._route = run, args, route
        self._phone = run.phone

    async def run(self) -> str | Done:
        run, route, step = self._run, self._route, self._run.step
        delivery = Delivery(run, route.app)
        async with step("check", deadline_s=60):
            app = await delivery.check(*words_of(run.deal.sound, self._args))
        async with step("push", deadline_s=delivery.push_deadline_s):
            await delivery.push()
        async with step("scan", deadline_s=delivery.scan_deadline_s):
            await delivery.scan()
        package, screens = app.package, Screens(run, app.profile)
        way, extras = Way(run, screens, route), Extras(run, screens, self._args)
        async with step("open", deadline_s=120):
            home = await way.open(package)
        async with step("account", deadline_s=120):
            account, own = await way.account(home)
        async with step("create", deadline_s=120):
            screen = await self._create(way, own, package)
        async with step("pick", deadline_s=way.pick_deadline_s):
            screen = await way.pick(screen)
        async with step("edit", deadline_s=120 + extras.deadline_s):
            final = await way.edit(await extras.on_editor(screen))
            final = await extras.on_post_screen(final, route.final)
        async with step("caption", deadline_s=180):
            final, button = await Caption(run, screens, route).type(final)
        refuse_other(screens, final, account)
        if self._args.rehearse:
            await extras.unconfirmed(app)
            return await self._rehearsed(way, package, final, extras.notes)
        if unproven := await extras.unconfirmed(app):
            await self._set_aside(way, package, final)
            extras.refuse(unproven, app)
        before = Before.of(screens, own, final)
        async with step("press", deadline_s=60):
            await self._press(package, account, final, button, before)
        async with step("watch", deadline_s=LONGEST_UPLOAD.total_seconds() + 120):
            proof = Proof(run, screens, before, story=route.kind == "story")
            evidence = await proof.watch(self._args.upload_wait_time)
        run.progress(1)
        with suppress(PhoneError):  # a leftover file is no reason to doubt a proved post
            await delivery.remove()
        return "; ".join((evidence, *extras.notes))

    async def _create(self, way: Way, own: Screen, package: str) -> Screen:
        sound = self._run.deal.sound
        if is_address(sound):
            return await way.create_from(sound, package)
        return await way.create(own, package, shared=self._args.post_way == "share")

    async def _rehearsed(self, way: Way, package: str, final: Screen, notes: Sequence[str]) -> Done:
        left = await self._set_aside(way, package, final)
        self._run.progress(1)
        return Done(Reason.REHEARSED, "; ".join((f"everything up to the press; {left}", *notes)))

    async def _set_aside(self, way: Way, package: str, final: Screen) -> str:
        """Keep the filled post screen as evidence, throw the draft away; say what became of it."""
        async with self._run.step("keep", deadline_s=60):
            await self._run.keep("composer.xml", final.xml.encode())
            await self._run.keep("composer.png", await self._phone.screenshot())
        async with self._run.step("discard", deadline_s=120):
            return await way.discard(package)

    async def _press(
        self, package: str, account: str, final: Screen, button: Node, before: Before
    ) -> None:
        if button.package != package:
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN, f"the button belongs to {button.package}, not to {package}"
            )
        await self._run.keep("composer.xml", final.xml.encode())

        async def act(marker: str) -> PressResult:
            return await self._phone.press(button, marker)

        await self._run.press(self._route.app, account, act, before.text)
        self._run.progress(0.85)
