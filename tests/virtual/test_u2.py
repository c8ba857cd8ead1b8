"""The real uiautomator2 client drives a virtual phone, as it would a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import uiautomator2 as u2
from adbutils import AdbClient

from tests.virtual.hand import TIKTOK, Hand
from tmcore.virtual.adb_server import PrivateAdb

# the client leaves its shell's socket to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

EMOJI = 'Sunset \U0001f305 \u0645\u0631\u062d\u0628\u0627\n"it\'s" $(reboot)'


@pytest.fixture
def client(adb: PrivateAdb, hand: Hand) -> Iterator[u2.Device]:
    client = u2.Device(AdbClient("127.0.0.1", adb.port).device(hand.address))
    yield client
    client.stop_uiautomator()


def test_the_client_connects(client: u2.Device, hand: Hand) -> None:
    """It pushes its jar, starts the server, and is told which phone this is."""
    assert (client.info["displayWidth"], client.info["displayHeight"]) == (1080, 2400)
    assert "app_process" in hand.sh("ps -A")
    assert client.app_current()["package"] == "com.google.android.apps.nexuslauncher"


def test_the_client_reads_and_taps(client: u2.Device, hand: Hand) -> None:
    """It finds objects by text, description and number, and a click of its own arrives."""
    client.app_start(TIKTOK)
    assert "Create" in client.dump_hierarchy()

    client(description="Create").click()

    assert hand.screen == "camera"
    assert client(text="POST").get_text() == "POST"
    assert client(className="android.widget.Button").count > 1
    assert client(className="android.widget.Button", instance=1).info["clickable"]
    assert not client(text="nothing says this").exists
    with pytest.raises(u2.UiObjectNotFoundError):
        client.jsonrpc.getText(client(text="nothing says this").selector)


def test_the_client_sets_a_text(client: u2.Device, hand: Hand, tmp_path: Path) -> None:
    """A plain selector taps the field first; the text is exact when asked for, not in a dump."""
    hand.add_video(b"x" * 5000, "/storage/emulated/0/Movies/a.mp4", tmp_path)
    client.stop_uiautomator()  # a dump and the server shut each other out
    hand.to_composer()
    client.start_uiautomator()

    client(text="Add description…").set_text(EMOJI)

    assert hand.rack.state(hand.serial)["caption"] == EMOJI
    assert hand.rack.state(hand.serial)["keyboard"]
    assert client(focused=True).get_text() == EMOJI
    assert "Sunset .. " in client.dump_hierarchy()


def test_dump_and_server_shut_each_other_out(client: u2.Device, hand: Hand) -> None:
    """Android has one place for whoever reads the screen; the second is refused."""
    said = hand.sh("uiautomator dump /sdcard/d.xml")

    assert "already registered" in said
    client.stop_uiautomator()
    assert "dumped" in hand.sh("uiautomator dump /sdcard/d.xml")


def test_the_server_ends_with_its_shell(client: u2.Device, hand: Hand) -> None:
    """The stream that started it is closed: nothing listens any more."""
    client.stop_uiautomator()

    assert "app_process" not in hand.sh("ps -A")
    assert not client._check_alive()


def test_a_video_does_not_hold_the_server_up(client: u2.Device, hand: Hand) -> None:
    """It waits for no idle screen, where a plain dump fails."""
    client.app_start(TIKTOK)
    hand.rack.fault(hand.serial, "never_idles")

    assert "For You" in client.dump_hierarchy()


def test_a_jar_that_is_no_jar_does_not_start(hand: Hand) -> None:
    """A half-pushed file is told as Java would."""
    hand.sh("echo PK > /data/local/tmp/u2.jar")

    said = hand.sh("CLASSPATH=/data/local/tmp/u2.jar app_process / com.wetest.uia2.Main")

    assert "ClassNotFoundException" in said
    assert hand.code == 1


def test_faults_of_the_server(adb: PrivateAdb, hand: Hand) -> None:
    """One that does not start says why; the client gives up."""
    hand.rack.fault(hand.serial, "u2_fails", text="Killed by the vendor")

    with pytest.raises(u2.LaunchUiAutomationError, match="quit"):
        u2.Device(AdbClient("127.0.0.1", adb.port).device(hand.address))
