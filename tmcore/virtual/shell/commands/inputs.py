"""input: taps, text, keys."""

from collections.abc import Callable

from tmcore.virtual.shell.call import Call

KEYS = {
    "HOME": 3, "BACK": 4, "VOLUME_UP": 24, "VOLUME_DOWN": 25, "POWER": 26, "SPACE": 62, "TAB": 61,
    "ENTER": 66, "DEL": 67, "MENU": 82, "ESCAPE": 111, "FORWARD_DEL": 112, "CTRL_LEFT": 113,
    "MOVE_HOME": 122, "MOVE_END": 123, "APP_SWITCH": 187, "SLEEP": 223, "WAKEUP": 224, "A": 29,
}  # fmt: skip
_SOURCES = {"touchscreen", "keyboard", "mouse", "dpad", "touchnavigation"}


def input_(call: Call) -> int:
    """Tap, swipe, text, keyevent, keycombination."""
    call.option("-d")
    if call.args and call.args[0] in _SOURCES:
        call.args.pop(0)
    if not call.args:
        call.error("Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]")
        return 255
    verb = call.args.pop(0)
    run = _VERBS.get(verb)
    if run is None:
        call.error(f"Error: Unknown command: {verb}")
        return 255
    try:
        return run(call)
    except (ValueError, IndexError):
        call.error(f"Error: Invalid arguments for command: {verb}")
        return 255


def key_code(name: str) -> int:
    """A key by number or name."""
    return int(name) if name.isdigit() else KEYS[name.removeprefix("KEYCODE_")]


def _tap(call: Call) -> int:
    x, y = (int(float(a)) for a in call.args[:2])
    call.phone.tap(x, y)
    return 0


def _swipe(call: Call) -> int:
    """A swipe that does not move is a long press."""
    x, y, to_x, to_y = (int(float(a)) for a in call.args[:4])
    if (x, y) == (to_x, to_y):
        call.phone.hold(x, y)
    elif not call.phone.drag(x, y, to_x):
        call.phone.swipe(y - to_y)
    return 0


def _text(call: Call) -> int:
    """ASCII only: the key map knows nothing else, and then nothing at all is typed."""
    text = " ".join(call.args).replace("%s", " ")
    if not text.isascii():
        call.error(
            "Exception occurred while executing 'text':",
            "java.lang.NullPointerException: Attempt to get length of null array",
            "\tat com.android.server.input.InputShellCommand.sendText(InputShellCommand.java:283)",
        )
        return 255
    call.phone.commit(text)
    return 0


def _keyevent(call: Call) -> int:
    call.flag("--longpress", "--doubletap", "--async")
    for name in call.args:
        try:
            code = key_code(name)
        except KeyError:
            call.error(f"Error: Invalid arguments for command: keyevent {name}")
            return 255
        call.phone.key(code)
    return 0


def _keycombination(call: Call) -> int:
    call.option("-t")
    codes = [key_code(a) for a in call.args]
    if codes == [KEYS["CTRL_LEFT"], KEYS["A"]]:
        call.phone.select_all()
    return 0


_VERBS: dict[str, Callable[[Call], int]] = {
    "tap": _tap,
    "swipe": _swipe,
    "draganddrop": _swipe,
    "text": _text,
    "keyevent": _keyevent,
    "keycombination": _keycombination,
}
