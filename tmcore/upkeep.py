"""What a person says of phones and does with them outside of any task: the words and the verbs."""

from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field, StringConstraints

from tmcore.devices import Device
from tmcore.drift import DriftReport
from tmcore.model import Model

Tag = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,32}$")]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")
]


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Keep the first of those that differ in capitals only."""
    return tuple({tag.casefold(): tag for tag in reversed(tags)}.values())[::-1]


class DeviceChanges(Model):
    """What PATCH /device/{serial} holds; what is left out stays, tags are replaced as a whole."""

    label: Label | None = Field(None, description="What people call it; empty takes it away.")
    tags: Annotated[tuple[Tag, ...], Field(max_length=32), AfterValidator(_once)] | None = Field(
        None, description="All of its tags: letters, digits, '_', '.' and '-', up to 32 each."
    )


class Found(StrEnum):
    """How one thing on a phone is."""

    FINE = "fine"
    UNKNOWN = "unknown"  # it could not be read
    NEEDED = "needed"  # it would be done
    DONE = "done"
    REFUSED = "refused"  # it could not be done, or a person must do it


class Finding(Model):
    """One thing that a phone needs: how it is, and what to do about it."""

    name: str
    found: Found
    text: str = ""


class Preparation(Model):
    """What is wanted of a preparation; without `act` nothing is changed."""

    act: bool = Field(False, description="Do what is needed, instead of only saying it.")
    keyboard_apk: str | None = Field(
        None, description="The APK of ADBKeyBoard on the server, installed where it is missing."
    )


class PhoneReport(Model):
    """What was found on one phone, and what was done about it."""

    serial: str
    findings: tuple[Finding, ...]


class Installation(Model):
    """What to install: an APK on the server."""

    path: str = Field(description="The APK, as the server's computer has it.")


class Installed(Model):
    """What became of an installation on one phone, in Android's words, with an advice."""

    serial: str
    installed: bool
    said: str = ""
    advice: str = ""


class Address(Model):
    """Where a phone listens for adb, as HOST:PORT."""

    address: str = Field(description="HOST:PORT; without a port it is 5555.")


class WifiPhone(Model):
    """A phone that is reached by Wi-Fi, and is connected again whenever it was lost."""

    address: str
    connected: bool
    serial: str | None = None  # once it has said so
    said: str = ""  # by adb, to the last attempt


class UpkeepApi(Protocol):
    """The verbs, near and far; reached as `rack.upkeep`."""

    async def change(self, serial: str, changes: DeviceChanges) -> Device:
        """Give a device a label and tags. Raises NotFound."""
        ...

    async def release(self, serial: str) -> Device:
        """Let a quarantined device work again; a person has looked at it. Raises NotFound."""
        ...

    async def prepare(self, serial: str, wanted: Preparation) -> PhoneReport:
        """Find what an idle phone needs, and do it where `act` says so; doing it twice is harmless.

        Raises NotFound; BadInput where the phone is not idle or the APK is none.
        """
        ...

    async def install(self, serial: str, wanted: Installation) -> Installed:
        """Install an APK on an idle phone. Raises NotFound, BadInput as prepare() does."""
        ...

    async def connect(self, address: str) -> WifiPhone:
        """Reach a phone by Wi-Fi, now and whenever it was lost. Raises BadInput, AdbUnreachable."""
        ...

    async def drift(self) -> DriftReport:
        """Say which profile each app's version is read with, and what it finds by reserves only."""
        ...

    async def disconnect(self, address: str) -> None:
        """Let a Wi-Fi phone go. Raises NotFound where nobody connected it; BadInput when busy."""
        ...
