"""The app's own "AI-generated" label: a switch, on a page of its own or on the post screen."""

from tmcore.phone.screen import Screen
from tmcore.scripts.post.setting import Setting

PAGE, SWITCH = "more_options", "ai_switch"


async def label(setting: Setting, composer: Screen) -> Screen:
    """Turn the label on or off, and read it back. Raises ScriptFailed where it is not as asked."""
    screens, wanted = setting.screens, bool(setting.args.ai_label)
    page = composer
    if not screens.find(SWITCH, composer) and PAGE in screens.profile.screens:
        page = await screens.until(PAGE, on={setting.base: screens.tapping(PAGE)}, screen=composer)
    page = await _turn(setting, page, wanted=wanted)
    await setting.keep(page)
    return await setting.back(PAGE, button="options_done", screen=page)


async def _turn(setting: Setting, page: Screen, *, wanted: bool) -> Screen:
    """Tap once at most: a switch that is slow to show its state must not be tapped back."""

    def right(screen: Screen) -> bool:
        switch = setting.screens.find(SWITCH, screen)
        return switch is not None and switch.checked is wanted

    if right(page):
        return page
    await setting.screens.tap(SWITCH, page)
    done, page = await setting.read_back(right, page)
    if not done:
        setting.refuse(f"the switch stays {'off' if wanted else 'on'}")
    return page
