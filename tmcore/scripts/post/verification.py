"""After a press whose outcome is not known: look for proof once more, and do nothing else.

It opens the app and reads. Nothing is pressed that publishes, nothing is discarded (a draft that is
open is saved, or stays: open_draft.py), and the app is never stopped: an upload may still run. What
counts is what counts right after the press (proof.py), against what stood there before it; that
nothing is seen proves nothing.
"""

import asyncio

from tmcore.apps.catalog import catalog, profile_for
from tmcore.errors import ScriptFailed
from tmcore.phone.health import device_hindrances
from tmcore.phone.inspection import inspect
from tmcore.reasons import Reason
from tmcore.scripts.post.account import Owner, open_account, read_owner
from tmcore.scripts.post.open_draft import OpenDraft
from tmcore.scripts.post.proof import LONGEST_UPLOAD, Before, Proof, count_of
from tmcore.scripts.post.routes import Route
from tmcore.scripts.post.screens import PAUSE_S, Screens
from tmcore.scripts.post.way import START_S
from tmcore.scripts.script import Past, Run

GLANCE_S = 5.0  # for whatever an app that comes to the front shows by itself
RING_LOOKS = 2  # as after a press: one could be between two frames


class Verification:
    """One look back at one press."""

    def __init__(self, run: Run, route: Route, past: Past) -> None:
        self._run, self._phone, self._route, self._past = run, run.phone, route, past
        self._before = Before.read(past.before)

    async def look(self, wait_s: float) -> str:
        """Return the evidence, or nothing; wait so long where no upload is in sight.

        Raises ScriptFailed where there can be none now: a block, a wrong account, no phone.
        """
        run, step = self._run, self._run.step
        async with step("check", deadline_s=60):
            screens, package = await self._check()
        async with step("open", deadline_s=60):
            await self._phone.start_app(package)
        async with step("watch", deadline_s=LONGEST_UPLOAD.total_seconds() + 120):
            seen = await self._watch(screens, wait_s) if self._past.alone_on_phone else ""
        async with step("account", deadline_s=120):
            home = await OpenDraft(run, screens).home(START_S)
            owner = await read_owner(screens, home)
            if seen and owner.username == run.username:
                return seen
            if not self._past.alone_of_account:
                return ""
            username, page = await open_account(run, screens, owner.page)
        async with step("look", deadline_s=60):
            return await self._counted(screens, Owner(username, page))

    async def _check(self) -> tuple[Screens, str]:
        app = self._route.app
        bound = self._run.binding(app)
        clone = bound.package if bound else None
        checkup = await inspect(self._phone, *((clone,) if clone else profile_for(app).packages))
        if hindrance := next(device_hindrances(checkup, self._run.limits), None):
            raise ScriptFailed(*hindrance)
        choice = catalog(self._run.profiles).choose(app, checkup.app_version)
        await self._run.uses(choice, checkup.package)
        profile = choice.profile.in_package(clone) if clone else choice.profile
        return Screens(self._run, profile, looks_only=True), checkup.package

    async def _watch(self, screens: Screens, wait_s: float) -> str:
        """Watch an upload that still runs to its end, and read what the app says of one."""
        proof = Proof(self._run, screens, self._before.without_account(), may_confirm=False)
        try:
            return await proof.watch(wait_s)
        except ScriptFailed as error:
            if error.reason is not Reason.OUTCOME_UNKNOWN:
                raise
        return ""

    async def _counted(self, screens: Screens, owner: Owner) -> str:
        """Read what the app shows of this account alone."""
        run, before = self._run, self._before
        if self._route.kind == "story":
            return await self._ringed(screens, owner) if before.had_no_story else ""
        now = count_of(screens, owner.page)
        if before.count is None or now != before.count + 1:
            await run.log(f"the profile counts {now} posts, and {before.count} before the press")
            return ""
        await run.keep("proof.xml", owner.page.xml.encode())
        return f"the profile counted {before.count} posts, and now {now}"

    async def _ringed(self, screens: Screens, owner: Owner) -> str:
        feed, on = owner.page, {"home": screens.tapping("nav_home")}
        for _ in range(RING_LOOKS):
            feed = await screens.until("feed", on=on, screen=feed)
            if not screens.shows("own_story", feed) or screens.shows("no_story", feed):
                return ""
            await asyncio.sleep(PAUSE_S)
            feed = await self._phone.look()
        await self._run.keep("proof.xml", feed.xml.encode())
        return "the account had no story, and now has one"
