import pytest

from tmcore.devices import Device, DeviceState
from tmcore.errors import NotFound
from tmcore.rules.choosing import chosen

DEVICES = {
    device.serial: device
    for device in (
        Device(serial="A1", state=DeviceState.READY, tags=("EU", "new"), label="Desk 3"),
        Device(serial="A2", state=DeviceState.AWAY, tags=("eu",)),
        Device(serial="A3", state=DeviceState.READY),
        Device(serial="tag:odd", state=DeviceState.READY),
    )
}


@pytest.mark.parametrize(
    ("words", "serials"),
    [
        (["A3", "A1"], ["A3", "A1"]),
        (["tag:EU"], ["A1", "A2"]),
        (["tag:eU", "tag:NEW"], ["A1", "A2"]),  # in both: once
        (["A2", "tag:EU"], ["A2", "A1"]),
        (["tag:EU", "A2"], ["A1", "A2"]),
        (["label:desk 3"], ["A1"]),
        (["A1", "A1"], ["A1", "A1"]),  # whoever asked says that it is there twice
        (["gone", "tag:odd"], ["gone", "tag:odd"]),  # a serial is a serial, whatever it looks like
        ([], []),
    ],
)
def test_chosen(words: list[str], serials: list[str]) -> None:
    """Tags and labels become the serials of those that have them, whatever their capitals."""
    assert list(chosen(words, DEVICES)) == serials


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tag:US", "no device has the tag 'US'; there are EU, eu, new"),
        ("tag:", "no device has the tag ''; there are EU, eu, new"),
        ("label:Shelf", "no device has the label 'Shelf'; there are Desk 3"),
    ],
)
def test_nobody_is_an_error(word: str, said: str) -> None:
    """A tag that no device has is named, with those that there are."""
    with pytest.raises(NotFound) as error:
        chosen(["A1", word], DEVICES)

    assert str(error.value) == said


def test_no_tags_at_all() -> None:
    """Where nobody has given a tag yet, that is said."""
    with pytest.raises(NotFound, match="no device has a tag yet"):
        chosen(["tag:EU"], {})
