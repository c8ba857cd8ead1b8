"""Which devices a person means: a serial, `tag:EU` for all with that tag, `label:Desk 3`. Pure."""

from collections.abc import Mapping, Sequence

from tmcore.devices import Device
from tmcore.errors import NotFound

KINDS = ("tag", "label")


def chosen(words: Sequence[str], devices: Mapping[str, Device]) -> tuple[str, ...]:
    """Return serials in the order of the words; a device of two tags comes once.

    A word that is no known serial, tag or label stays as it is, as often as it is there: whoever
    asked names it. Raises NotFound for a tag or label that no device has: tasks for nobody are
    nobody's wish.
    """
    groups = {word: _members(word, devices) for word in words if _is_group(word, devices)}
    named = {word for word in words if word not in groups}
    told: set[str] = set()
    serials: list[str] = []
    for word in words:
        members = [s for s in groups.get(word, ()) if s not in named and s not in told]
        told.update(members)
        serials.extend(members if word in groups else [word])
    return tuple(serials)


def _is_group(word: str, devices: Mapping[str, Device]) -> bool:
    return word not in devices and word.partition(":")[0] in KINDS and ":" in word


def _members(word: str, devices: Mapping[str, Device]) -> list[str]:
    kind, _, name = word.partition(":")
    if found := [d.serial for d in devices.values() if name.casefold() in _names(kind, d)]:
        return found
    used = sorted({each for device in devices.values() for each in _spelled(kind, device)})
    there = f"there are {', '.join(used[:20])}" if used else f"no device has a {kind} yet"
    raise NotFound(f"no device has the {kind} {name[:64]!r}; {there}")


def has_tag(device: Device, tag: str) -> bool:
    return tag.casefold() in _names("tag", device)


def _names(kind: str, device: Device) -> set[str]:
    return {name.casefold() for name in _spelled(kind, device)}


def _spelled(kind: str, device: Device) -> tuple[str, ...]:
    return device.tags if kind == "tag" else tuple(filter(None, (device.label,)))
