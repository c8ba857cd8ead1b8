"""Faults that change how a phone or its app is, and put it back as it was."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tmcore.virtual.faults import Fault
from tmcore.virtual.packages import package_of

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

Undo = Callable[[], None]


def change(phone: "Phone", fault: Fault) -> Undo | None:
    """Change it; what comes back undoes that. None for faults that are of another kind."""
    effect = _EFFECTS.get(fault.name)
    return effect(phone, fault) if effect else None


def _put(thing: object, **values: object) -> Undo:
    """Set attributes; the undo sets them as they were."""
    before = {name: getattr(thing, name) for name in values}

    def write(new: dict[str, object]) -> None:
        for name, value in new.items():
            setattr(thing, name, value)

    write(values)
    return lambda: write(before)


def _battery_low(phone: "Phone", fault: Fault) -> Undo:
    return _put(phone.battery, level=int(fault.number("level", 3)), charging=False)


def _hot(phone: "Phone", fault: Fault) -> Undo:
    return _put(phone.battery, temperature=round(fault.number("celsius", 51) * 10))


def _airplane(phone: "Phone", _: Fault) -> Undo:
    table = phone.settings["global"]
    table["airplane_mode_on"] = "1"
    return lambda: table.update(airplane_mode_on="0")


def _disabled(phone: "Phone", fault: Fault) -> Undo:
    name = package_of(fault.text("app")) or phone.apps.first
    phone.stop_app(name)
    return _put(phone.packages[name], enabled=False)


def _language(phone: "Phone", fault: Fault) -> Undo:
    language = fault.text("to", "fr")
    locale = language if "-" in language else f"{language}-{language.upper()}"
    before = phone.properties["persist.sys.locale"]
    undos = [_put(look, language=language) for look in phone.apps.looks.values()]

    def speak(name: str) -> None:
        phone.properties["persist.sys.locale"] = name
        phone.settings["system"]["system_locales"] = name

    speak(locale)
    return _all(*undos, lambda: speak(before))


def _update(phone: "Phone", fault: Fault) -> Undo:
    name = package_of(fault.text("app")) or phone.apps.first
    words = {str(k): str(v) for k, v in fault.mapping("words").items()}
    package = phone.packages[name]
    version = fault.text("version", package.version)
    return _all(
        _put(package, version=version, code=package.code + (version != package.version)),
        _put(
            phone.apps.looks[name],
            ids_seed=int(fault.number("seed", 1)),
            words=words,
            screen_between=fault.text("before"),
        ),
    )


def _wrong_account(phone: "Phone", fault: Fault) -> Undo:
    look = phone.apps.looks[phone.apps.meant(fault).package]
    others = [a for a in look.accounts if a != look.active]
    before, other = look.active, fault.text("account") or next(iter(others), "somebody.else")
    look.choose(other)
    return lambda: look.choose(before)


def _all(*undos: Undo) -> Undo:
    def undo() -> None:
        for one in undos:
            one()

    return undo


_EFFECTS: dict[str, Callable[["Phone", Fault], Undo]] = {
    "airplane_mode": _airplane,
    "app_disabled": _disabled,
    "app_update": _update,
    "asleep": lambda phone, _: _put(phone, awake=False),
    "battery_low": _battery_low,
    "hot": _hot,
    "language": _language,
    "other_user": lambda phone, fault: _put(phone, user=int(fault.number("id", 10))),
    "wrong_account": _wrong_account,
    "wrong_clock": lambda phone, fault: _put(phone, clock_offset=fault.number("seconds", 86400)),
}
