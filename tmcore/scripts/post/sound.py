"""Sounds: the first that the app offers, one that is looked for, one by its name, or none."""

import asyncio
from collections.abc import Callable

from tmcore.apps.profile import label
from tmcore.phone.screen import Node, Screen, plain
from tmcore.scripts.post.caption import WAYS, typed_into
from tmcore.scripts.post.screens import PAUSE_S
from tmcore.scripts.post.setting import Setting

PICKER, SEARCH, SEGMENT = "sound_picker", "sound_search", "sound_segment"
ENTER = 66
MOST_NAMED = 5

Choose = Callable[[list[tuple[str, Node]]], tuple[str, Node] | None]


async def add_none(setting: Setting, editor: Screen) -> Screen:
    """Take off the sound that the app has put on by itself, where it has."""
    screens = setting.screens
    if "sound_remove" not in screens.profile.targets:
        return editor  # the app puts none on
    if screens.find("sound_remove", editor):
        await screens.tap("sound_remove", editor)
        gone, editor = await setting.read_back(
            lambda screen: screens.find("sound_remove", screen) is None, editor
        )
        if not gone:
            setting.refuse(f"the sound stays: {screens.text('sound_now', editor)!r}")
    await setting.keep(editor)
    return editor


async def add_first_sound(setting: Setting, editor: Screen) -> Screen:
    """Take the first sound that the app offers."""
    return await _take(setting, await _picker(setting, editor), _first)


async def add_searched_sound(setting: Setting, editor: Screen) -> Screen:
    """Take the first sound that the app finds for the keyword."""
    word = setting.args.custom_sound_keyword
    return await _take(setting, await _search(setting, editor, word), _first)


async def add_named_sound(setting: Setting, editor: Screen) -> Screen:
    """Take the sound that bears the dealt name exactly."""
    name = setting.run.deal.sound

    def choose(rows: list[tuple[str, Node]]) -> tuple[str, Node] | None:
        wanted = plain(name).casefold()
        return next((row for row in rows if plain(row[0]).casefold() == wanted), None)

    return await _take(setting, await _search(setting, editor, name), choose)


async def see_sound(setting: Setting, editor: Screen) -> Screen:
    """Look which sound its page has brought along: its address does not name it."""
    screens = setting.screens
    there = False
    if "sound_now" in screens.profile.targets:
        there, editor = await setting.read_back(
            lambda screen: bool(screens.text("sound_now", screen)),
            editor,
            within_s=float(setting.args.sound_wait_time),
        )
    await setting.keep(editor)
    setting.notes.append(
        f"the page's sound is {screens.text('sound_now', editor)!r}"
        if there
        else "the page's sound was used and could not be read back"
    )
    return editor


async def _check_sound(setting: Setting, editor: Screen, name: str) -> Screen:
    """Wait until the editor shows the sound; where it shows none at all the task says so."""
    screens = setting.screens

    def right(screen: Screen) -> bool:
        return plain(screens.text("sound_now", screen) or "").casefold() == plain(name).casefold()

    if "sound_now" not in screens.profile.targets:
        await setting.keep(editor)
        setting.notes.append(f"the sound {name!r} was chosen and could not be read back")
        return editor
    done, editor = await setting.read_back(
        right, editor, within_s=float(setting.args.sound_wait_time)
    )
    await setting.keep(editor)
    shown = screens.text("sound_now", editor)
    if shown is None:
        setting.notes.append(f"the sound {name!r} was chosen and could not be read back")
    elif not done:
        setting.refuse(f"the editor shows the sound {shown!r}, not {name!r}")
    return editor


async def _picker(setting: Setting, editor: Screen) -> Screen:
    screens = setting.screens
    return await screens.until(
        PICKER, on={setting.base: screens.tapping("sound_pill")}, screen=editor
    )


async def _search(setting: Setting, editor: Screen, words: str) -> Screen:
    """Look for these words; a picker may have the field on its own page."""
    screens = setting.screens
    page = await screens.until(
        SEARCH,
        on={
            setting.base: screens.tapping("sound_pill"),
            PICKER: screens.tapping("sound_search_button"),
        },
        screen=editor,
    )
    _, page = await typed_into(
        setting.run, screens, page, WAYS, "sound_field", words, SEARCH, close=ENTER
    )
    return page


async def _take(setting: Setting, page: Screen, choose: Choose) -> Screen:
    """Choose a row once the list has filled, and go back to the editor with it."""
    screens = setting.screens
    listing = screens.profile.recognise(page).name
    begun = asyncio.get_running_loop().time()
    while (row := choose(rows := _rows(setting, page))) is None:
        if asyncio.get_running_loop().time() - begun >= setting.args.sound_wait_time:
            listed = ", ".join(repr(title) for title, _ in rows[:MOST_NAMED]) or "nothing"
            setting.refuse(f"no such sound: the app offers {listed}")
        await asyncio.sleep(PAUSE_S)
        page = await screens.until(listing)
    name, node = row
    await setting.run.log(f"sound: {name}")
    await setting.run.phone.tap(node)
    await asyncio.sleep(PAUSE_S)
    editor = await setting.back(PICKER, SEARCH, SEGMENT, button="sound_done")
    return await _check_sound(setting, editor, name)


def _rows(setting: Setting, page: Screen) -> list[tuple[str, Node]]:
    """Return the sounds in the list with their titles; what was typed stands in a field."""
    rows = []
    for node in setting.screens.profile.nodes("sound_rows", page):
        titles = [label(each) for each in (node, *node.inside) if label(each)]
        if titles:
            rows.append((titles[0], page.tappable(node)))
    return rows


def _first(rows: list[tuple[str, Node]]) -> tuple[str, Node] | None:
    return rows[0] if rows else None
