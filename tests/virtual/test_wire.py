"""The real adb client and every adbutils method that we need work on virtual phones."""

import io
import subprocess
import time
from pathlib import Path

import pytest
from adbutils import AdbClient, AdbDevice, AdbError

from tests.virtual.hand import Hand
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack


@pytest.fixture
def device(adb: PrivateAdb, hand: Hand) -> AdbDevice:
    return AdbClient("127.0.0.1", adb.port).device(hand.address)


def test_devices_lists_model(adb: PrivateAdb, hand: Hand) -> None:
    """`adb devices -l` shows each phone as a device with its model."""
    listed = adb.run("devices", "-l").stdout.decode()

    line = next(ln for ln in listed.splitlines() if ln.startswith(hand.address))
    assert " device " in line
    assert "model:Pixel_7" in line


def test_push_and_pull_return_same_bytes(adb: PrivateAdb, hand: Hand, tmp_path: Path) -> None:
    """A file of several packets comes back as it went."""
    data = bytes(range(256)) * 12_000
    hand.push(data, "/sdcard/Movies/a.mp4", tmp_path)

    adb.run("-s", hand.address, "pull", "/sdcard/Movies/a.mp4", str(tmp_path / "b"))

    assert (tmp_path / "b").read_bytes() == data


def test_push_creates_folders(hand: Hand, tmp_path: Path) -> None:
    """As adbd does."""
    hand.push(b"x", "/sdcard/Movies/New/Deep/a.mp4", tmp_path)

    assert hand.sh("cat /sdcard/Movies/New/Deep/a.mp4") == "x"


def test_exit_code_and_stderr_are_apart(adb: PrivateAdb, hand: Hand) -> None:
    """Shell v2 keeps the streams and the exit code."""
    done = adb.run("-s", hand.address, "shell", "echo out; echo err >&2; exit 7")

    assert (done.returncode, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_stdin_reaches_command(adb: PrivateAdb, hand: Hand) -> None:
    """`adb exec-in` and a piped shell feed stdin."""
    done = subprocess.run(
        [str(adb.binary), "-P", str(adb.port), "-s", hand.address, "shell", "cat > /sdcard/in.txt"],
        input=b"hello",
        check=True,
        timeout=20,
    )

    assert done.returncode == 0
    assert hand.sh("cat /sdcard/in.txt") == "hello"


def test_adbutils_shell(device: AdbDevice) -> None:
    """Both ways of shell2, and the plain one."""
    assert device.shell("echo hi") == "hi"
    assert device.shell2("(exit 3)").returncode == 3
    assert device.shell2("echo e >&2; exit 4", v2=True).returncode == 4
    assert device.shell(["echo", "a b", "$HOME"]) == "a b $HOME"


def test_adbutils_facts(device: AdbDevice, hand: Hand) -> None:
    """What a console asks of every phone."""
    assert device.prop.get("ro.serialno") == hand.serial
    assert device.getprop("ro.build.version.sdk") == "34"
    assert tuple(device.window_size()) == (1080, 2400)
    assert device.rotation() == 0
    assert device.is_screen_on()
    assert device.battery().level == 87
    assert device.wlan_ip() == "192.0.2.10"
    assert "shell_v2" in device.get_features()
    assert "com.zhiliaoapp.musically" in device.list_packages()


def test_adbutils_app(device: AdbDevice) -> None:
    """Start, look, stop."""
    device.app_start("com.zhiliaoapp.musically")
    assert device.app_current().package == "com.zhiliaoapp.musically"
    info = device.app_info("com.zhiliaoapp.musically")
    assert info is not None
    assert info.version_name == "43.1.4"

    device.app_stop("com.zhiliaoapp.musically")
    assert device.app_current().package != "com.zhiliaoapp.musically"


def test_adbutils_screen(device: AdbDevice) -> None:
    """Dump and screenshot."""
    assert device.dump_hierarchy().startswith("<?xml")
    assert device.screenshot(error_ok=False).size == (1080, 2400)


def test_adbutils_sync(device: AdbDevice) -> None:
    """Push, stat, list, pull, remove."""
    size = device.sync.push(io.BytesIO(b"12345"), "/sdcard/Movies/s.mp4", check=True)
    assert size == 5
    assert device.sync.stat("/sdcard/Movies/s.mp4").size == 5
    assert [f.path for f in device.sync.list("/sdcard/Movies")] == ["s.mp4"]
    assert device.sync.read_bytes("/sdcard/Movies/s.mp4") == b"12345"
    device.remove("/sdcard/Movies/s.mp4")
    assert not device.sync.exists("/sdcard/Movies/s.mp4")


def test_reverse_is_kept_and_never_used(device: AdbDevice, adb: PrivateAdb) -> None:
    """A device OPEN of an unknown target would kill the server; ours opens nothing."""
    device.reverse("tcp:18080", "tcp:18081")

    assert [r.remote for r in device.reverse_list()] == ["tcp:18080"]
    assert adb.run("devices").returncode == 0


def test_unknown_service_is_closed(device: AdbDevice) -> None:
    """Refused by name, and the phone stays."""
    with device.open_transport() as connection:
        connection.send_command("jdwp:1")
        with pytest.raises(AdbError, match="closed"):
            connection.check_okay()

    assert device.shell("echo still") == "still"


def test_phones_come_back_when_server_restarts() -> None:
    """A restarted server forgets TCP devices; the rack attaches them again by itself."""
    with PrivateAdb() as adb, VirtualRack(adb.port, 2) as rack:
        adb.restart()

        until = time.monotonic() + 8
        while adb.run("devices").stdout.count(b"\tdevice") < 2:
            assert time.monotonic() < until
        assert len(rack.serials) == 2


def test_rack_ends_with_its_parent(adb: PrivateAdb) -> None:
    """The end of stdin ends the process, and adb forgets its phones."""
    rack = VirtualRack(adb.port, 1, prefix="GONE", seed=77)
    address = rack.addresses[rack.serials[0]]

    rack.close()

    assert address not in adb.run("devices").stdout.decode()
