"""The way through the app: from its start to the post screen, as the route's row has it."""

import asyncio

from tmcore.errors import ScriptFailed, UiUnreadable
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.account import open_account
from tmcore.scripts.post.delivery import mime_of, remotes_of, uri_of
from tmcore.scripts.post.picking import Picking
from tmcore.scripts.post.routes import Deeds, Route
from tmcore.scripts.post.screens import Reaction, Screens
from tmcore.scripts.script import Run

START_S = 10.0  # an app that starts may show anything for so long
DISCARD_S = 90.0
GALLERY, EDITOR = "gallery", "editor"
HOME = ("own_profile", "feed", "home")
ELSEWHERE = (*HOME, "create_sheet", "create_tab")  # from there a post has no sound


class Way:
    """Each step is given the screen on which the last one ended."""

    def __init__(self, run: Run, screens: Screens, route: Route) -> None:
        self._run, self._phone, self._screens = run, run.phone, screens
        self._route = route

    async def open(self, package: str) -> Screen:
        out: Deeds = {}
        if self._run.fresh_app:
            await self._phone.stop_app(package)
        else:
            await self._run.log("the app is not restarted: an earlier upload may still run")
            out = self._route.leave  # a run that was killed may have left its draft open
        await self._phone.start_app(package)
        on = self._screens.reactions(out)
        home = await self._screens.until("home", on=on, patience_s=START_S)
        self._run.progress(0.4)
        return home

    async def account(self, home: Screen) -> tuple[str, Screen]:
        """Open the task's account; the app is not left from here."""
        return await open_account(self._run, self._screens, home)

    async def create(self, own: Screen, package: str, *, shared: bool) -> Screen:
        """From the profile page to the gallery, or to what a shared file opens."""
        if shared and await self._share(package):
            screen = await self._after_sharing()
        else:
            screen = await self._screens.until(
                GALLERY,
                on=self._screens.reactions(self._route.create),
                accept=self._makes_the_right_thing,
                screen=own,
            )
        self._run.progress(0.5)
        return screen

    async def create_from(self, sound_url: str, package: str) -> Screen:
        """Open a sound's page, use it, and come to the gallery; never without it."""
        deeds = {name: how for name, how in self._route.create.items() if name not in ELSEWHERE}
        if not await self._phone.view(sound_url, package):
            raise ScriptFailed(Reason.UNKNOWN_SCREEN, f"{package} does not open {sound_url}")
        await self._run.log(f"route: the page of the sound, {sound_url}")
        screen = await self._screens.until(
            GALLERY,
            on=self._screens.reactions({**deeds, "sound_page": ("use_sound",)}),
            accept=self._makes_the_right_thing,
        )
        self._run.progress(0.5)
        return screen

    async def pick(self, screen: Screen) -> Screen:
        """Pick the newest files: those just pushed. A tap opens one, or selects it for Next."""
        count = len(self._run.deal.files)
        if self._screens.is_at(GALLERY, screen):
            screen = await self._pick(screen, count)
        self._run.progress(0.6)
        return screen

    @property
    def pick_deadline_s(self) -> float:
        return 120 + 6 * len(self._run.deal.files)

    async def _pick(self, gallery: Screen, count: int) -> Screen:
        picking, deeds = Picking(self._run, self._screens), dict(self._route.pick)
        gallery = await picking.turn_to(self._route.tab, gallery)
        screen: Screen | None = None
        if count > 1:
            screen = await picking.pick(gallery, count)
            del deeds[GALLERY]  # one more tile would be one more file
        else:
            await self._screens.tap("newest_tile", gallery)
        return await self._screens.until(
            EDITOR,
            self._route.final,
            on=self._screens.reactions(deeds),
            done=(GALLERY,),
            screen=screen,
        )

    async def edit(self, editor: Screen) -> Screen:
        """Next, once: on the post screen, the button that publishes may stand where Next stood."""
        final = await self._screens.until(
            self._route.final,
            on=self._screens.reactions({EDITOR: self._route.editor}),
            once=(EDITOR,),
            screen=editor,
        )
        self._refuse_another_page(final)
        self._run.progress(0.65)
        return final

    async def discard(self, package: str) -> str:
        """Throw the draft away, on the way back out; say what became of it."""
        try:
            async with asyncio.timeout(DISCARD_S):
                await self._screens.until("home", on=self._screens.reactions(self._route.leave))
        except (TimeoutError, UiUnreadable):
            pass
        except ScriptFailed as error:
            if error.reason not in (Reason.UNKNOWN_SCREEN, Reason.TARGET_MISSING):
                raise
        else:
            return "the draft was discarded"
        if not self._run.fresh_app:
            return "the draft could not be discarded and is still open"
        await self._phone.stop_app(package)
        return "the draft could not be discarded; the app was stopped"

    async def _share(self, package: str) -> bool:
        """Hand the file to the app; False where it has to be its own button, and why is logged."""
        why = await self._try_to_share(package)
        await self._run.log(f"route: the app's own button, {why}" if why else "route: shared")
        return not why

    async def _try_to_share(self, package: str) -> str:
        remotes = remotes_of(self._run)
        if len(remotes) > 1:
            return "since only one file can be shared"
        mime, row = mime_of(remotes[0]), await self._phone.media_row(remotes[0])
        component = self._route.receiver(await self._phone.sharers(package, mime))
        if row is None or component is None:
            return "since nothing in the app takes a shared file of this kind"
        if not await self._phone.share(component, mime, uri_of(remotes[0], row)):
            return "since Android refused to share the file"
        return ""

    async def _after_sharing(self) -> Screen:
        """Where it leads nowhere the app stays at home, and its own button is tapped after all."""
        by_button = False

        def turning(react: Reaction) -> Reaction:
            async def reaction(screen: Screen) -> None:
                nonlocal by_button
                if not by_button:
                    await self._run.log("route: the app's own button, since sharing led nowhere")
                by_button = True
                await react(screen)

            return reaction

        def accept(screen: Screen) -> bool:
            if not self._screens.is_at(GALLERY, screen):
                return not by_button  # what else opens then is an old draft
            if self._screens.is_at("gallery_selected", screen) and not by_button:
                return False  # the shared file is picked already
            return self._makes_the_right_thing(screen)

        on = self._screens.reactions({**self._route.create, **self._route.shared})
        home = [name for name in self._route.create if name in HOME]
        return await self._screens.until(
            GALLERY,
            EDITOR,
            self._route.final,
            on={name: turning(react) if name in home else react for name, react in on.items()},
            done=home,
            accept=accept,
        )

    def _makes_the_right_thing(self, gallery: Screen) -> bool:
        """Whether the gallery is the right one, or says nothing that could be changed."""
        page, mode = self._route.page, self._route.mode
        if not page or self._screens.shows(page, gallery):
            return True
        return self._screens.find(mode, gallery) is None

    def _refuse_another_page(self, final: Screen) -> None:
        """A reel's page when a post was meant: nothing is published from there."""
        page = self._route.page
        title = self._screens.find("page_title", final) if page else None
        if title and not self._screens.shows(page, final) and self._route.final == "composer":
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN,
                f"the app makes something else than {self._route.kind}: {title.plain_text!r}",
            )
