"""What uiautomator2's server is told, and what of its answers is believed."""

import json

import pytest

from tmcore.errors import UiUnreadable
from tmcore.phone import rpc


def test_a_text_is_sent_as_ascii() -> None:
    """Its HTTP server reads a body in whatever charset the phone has; JSON needs none."""
    body = rpc.set_focused_text("Sunset \U0001f305 مرحبا\n").body

    assert body is not None
    assert body.isascii()
    assert json.loads(body)["params"][1] == "Sunset \U0001f305 مرحبا\n"


def test_a_result_is_returned() -> None:
    """Whatever it is: a text, a truth, an object."""
    assert rpc.result(b'{"jsonrpc": "2.0", "id": 1, "result": {"focused": true}}') == {
        "focused": True
    }


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"Bad Gateway",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"jsonrpc": "2.0"}',
        b'{"result": "<hierarchy',
        b"[" * 100_000,
        b'{"error": "lost"}',
        b'{"error": {"code": -32001, "message": "java.lang.StackOverflowError"}}',
    ],
)
def test_garbage_is_unreadable_and_nothing_else(answer: bytes) -> None:
    """Each way of answering wrongly is one typed error, short enough to be shown."""
    with pytest.raises(UiUnreadable) as caught:
        rpc.result(answer)

    assert len(str(caught.value)) < 300


def test_nothing_that_it_is_told_can_press() -> None:
    """It reads and sets a text; no request of ours names a method that taps."""
    requests = (
        rpc.no_waiting(), rpc.dump(windows=True), rpc.dump(windows=False), rpc.focused_object(),
        rpc.focused_text(), rpc.set_focused_text("x"),
    )  # fmt: skip

    methods = {json.loads(request.body or b"")["method"] for request in requests}

    assert methods == {"setConfigurator", "dumpWindowHierarchy", "objInfo", "getText", "setText"}
    # a selector with an instance makes setText go without its own tap on the field
    assert rpc.FOCUSED["instance"] == 0
