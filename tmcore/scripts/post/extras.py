"""What a post is given beside its file and caption: a sound, volumes, a link, a label.

Each is set on the app's own page for it and read back where the app shows it; where it does not,
the task says so. A page that was never seen on a real phone is recorded for the person who confirms
it (tmcore/paths.py).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NoReturn

from tmcore.errors import AccountBlocked, ScriptFailed
from tmcore.paths import AppPath
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.rules.sounds import is_address
from tmcore.scripts.post.args import PostArgs
from tmcore.scripts.post.delivery import Installed
from tmcore.scripts.post.disclosure import label
from tmcore.scripts.post.link import link_product
from tmcore.scripts.post.paths import paths_of
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.post.setting import Setting
from tmcore.scripts.post.sound import (
    add_first_sound,
    add_named_sound,
    add_none,
    add_searched_sound,
    see_sound,
)
from tmcore.scripts.post.volume import set_volumes
from tmcore.scripts.script import Run

Deed = Callable[[Setting, Screen], Awaitable[Screen]]

ON_EDITOR: dict[AppPath, Deed] = {
    AppPath.SOUND_OFF: add_none,
    AppPath.SOUND_ON: add_first_sound,
    AppPath.SOUND_SEARCH: add_searched_sound,
    AppPath.SOUND_BY_NAME: add_named_sound,
    AppPath.SOUND_BY_URL: see_sound,
    AppPath.VOLUMES: set_volumes,
}
ON_POST_SCREEN: dict[AppPath, Deed] = {
    AppPath.PRODUCT_LINK: link_product,
    AppPath.AI_LABEL: label,
}
EDITOR = "editor"


class Extras:
    """Those of one run."""

    def __init__(self, run: Run, screens: Screens, args: PostArgs) -> None:
        self._run, self._screens, self._args = run, screens, args
        self.paths = paths_of(args, (run.deal.sound,))
        self.notes: list[str] = []

    @property
    def deadline_s(self) -> float:
        """How long all of it may take: sounds are waited for when found and when chosen."""
        return len(self.paths) * 120 + 2 * self._args.sound_wait_time

    async def on_editor(self, screen: Screen) -> Screen:
        """Set what is set on the editor. Raises ScriptFailed."""
        wanted = self._wanted(ON_EDITOR)
        if wanted and not self._screens.is_at(EDITOR, screen):
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN, "the app went past its editor, where sounds are chosen"
            )
        return await self._do(wanted, EDITOR, screen)

    async def on_post_screen(self, screen: Screen, final: str) -> Screen:
        """Set what is set on the post screen. Raises ScriptFailed."""
        return await self._do(self._wanted(ON_POST_SCREEN), final, screen)

    def _wanted(self, deeds: Mapping[AppPath, Deed]) -> Sequence[tuple[AppPath, Deed]]:
        return [(path, deeds[path]) for path in self.paths if path in deeds]

    async def _do(
        self, wanted: Sequence[tuple[AppPath, Deed]], base: str, screen: Screen
    ) -> Screen:
        for path, deed in wanted:
            setting = Setting(self._run, self._screens, self._args, path, base, self.notes)
            try:
                screen = await deed(setting, screen)
            except AccountBlocked as error:
                if error.reason is not Reason.UNKNOWN_SCREEN:
                    raise
                # this page is ours to know, not every task's to meet: nobody is held for it
                raise ScriptFailed(error.reason, f"{path}: {error}") from error
        return screen

    async def unconfirmed(self, app: Installed) -> tuple[AppPath, ...]:
        """Note which unproven paths were walked; return those that nobody has confirmed."""
        walked = tuple(path for path in self.paths if path in app.profile.unproven)
        if not (walked and app.version):
            return walked  # of which version could a person have confirmed it?
        return await self._run.walked(app.package, app.version, walked)

    def refuse(self, unproven: Sequence[AppPath], app: Installed) -> NoReturn:
        """Raise what ends a task with its draft discarded: unproven_path."""
        confirm = "; ".join(
            f"tm profile confirm {app.package} {app.version} {path}" for path in unproven
        )
        then = f"then: {confirm}" if app.version else "its version could not be read"
        raise ScriptFailed(
            Reason.UNPROVEN_PATH,
            f"nothing was posted: nobody has confirmed {', '.join(unproven)} for {app.package} "
            f"{app.version}. Look at `tm task {self._run.task_id} --evidence`; {then}",
        )


def words_of(sound: str, args: PostArgs) -> tuple[str, ...]:
    """Return what will be typed to find a sound."""
    if args.post_way == "useSound":
        return () if is_address(sound) else (sound,)
    return (args.custom_sound_keyword,) if args.custom_sound_keyword else ()
