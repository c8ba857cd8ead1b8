"""Nothing is opened but regular files of the allowed folders."""

import hashlib
import os
import socket
import threading
from pathlib import Path

import pytest

from tmcore.errors import BadInput
from tmcore.media.files import FIELD, open_inside, sha256_of


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    folder = tmp_path / "allowed"
    folder.mkdir()
    (folder / "clip.mp4").write_bytes(b"moving")
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "secret"
    folder.mkdir()
    (folder / "token").write_bytes(b"secret")
    return folder / "token"


def refusal(path: str | Path, *folders: Path) -> str:
    with pytest.raises(BadInput) as refused:
        open_inside(str(path), [str(folder) for folder in folders])
    (error,) = refused.value.errors
    assert error.field == FIELD
    return error.message


def read(path: str | Path, *folders: Path) -> bytes:
    with open_inside(str(path), [str(folder) for folder in folders]) as file:
        return file.read()


def test_a_file_of_an_allowed_folder_is_opened(allowed: Path, secret: Path) -> None:
    """In any of the folders, at any depth, under any name that a disk can hold."""
    deep = allowed / "@anna" / "2026" / "clip ' \n 🎉.mp4"
    deep.parent.mkdir(parents=True)
    deep.write_bytes(b"deep")

    assert read(allowed / "clip.mp4", allowed) == b"moving"
    assert read(deep, secret.parent, allowed) == b"deep"
    assert read(f"{allowed}/x/../@anna/.././clip.mp4", allowed) == b"moving"
    assert read(allowed / "clip.mp4", allowed / "clip.mp4") == b"moving"


def test_the_open_file_knows_its_path(allowed: Path) -> None:
    """Later messages name the file by what was sent, and its descriptor is not inherited."""
    with open_inside(str(allowed / "clip.mp4"), [str(allowed)]) as file:
        assert file.name == str(allowed / "clip.mp4")
        assert not os.get_inheritable(file.fileno())


def test_the_field_is_the_callers(allowed: Path) -> None:
    """A refusal names the parameter that held the path."""
    with pytest.raises(BadInput, match=r"^path: "):
        open_inside(str(allowed), [str(allowed)], "path")


def test_outside_says_nothing_about_the_file(allowed: Path, secret: Path) -> None:
    """A file that exists, one that does not, and one in an unreadable place answer alike."""
    missing = secret.with_name("nothing")

    answer = refusal(secret, allowed)
    assert answer.replace("token", "nothing") == refusal(missing, allowed)
    assert answer.endswith(f"tm settings --allow-folder {secret.parent}")


def test_the_command_that_allows_can_be_pasted(tmp_path: Path, allowed: Path) -> None:
    """A folder with a blank or a quote in its name is quoted for the shell."""
    assert refusal(tmp_path / "my clips" / "a.mp4", allowed).endswith(
        f"tm settings --allow-folder '{tmp_path}/my clips'"
    )


@pytest.mark.parametrize(
    "path",
    ["{allowed}/../secret/token", "{allowed}2/a.mp4", "/proc/self/environ", "/dev/zero", "/", "//"],
)
def test_ways_around_the_folder(path: str, allowed: Path, secret: Path) -> None:
    """Dots, a folder whose name only begins alike, and the system's own files are outside."""
    assert "is outside the allowed folders" in refusal(path.format(allowed=allowed), allowed)


def test_with_no_folder_everything_is_outside(allowed: Path) -> None:
    """No allowed folder allows nothing."""
    assert "is outside the allowed folders" in refusal(allowed / "clip.mp4")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_that_leads_outside(allowed: Path, secret: Path, is_there: bool) -> None:
    """A link out of the folder is refused as outside, whether or not its target exists."""
    target = secret if is_there else secret.with_name("nothing")
    (allowed / "link.mp4").symlink_to(target)
    (allowed / "folder").symlink_to(target.parent)

    for path in (allowed / "link.mp4", allowed / "folder" / target.name):
        assert refusal(path, allowed) == (
            f"{str(path)!r} is outside the allowed folders; allow its folder with: "
            f"tm settings --allow-folder {target.parent}"
        )


def test_a_link_that_leads_in_from_outside(tmp_path: Path, allowed: Path) -> None:
    """The path itself must lie inside: else the answer would tell of links outside."""
    (tmp_path / "link.mp4").symlink_to(allowed / "clip.mp4")

    assert "is outside the allowed folders" in refusal(tmp_path / "link.mp4", allowed)


def test_links_within_allowed_folders_work(tmp_path: Path, allowed: Path) -> None:
    """A link may lead from one allowed place to another, and an allowed folder may be a link."""
    (allowed / "link.mp4").symlink_to("clip.mp4")
    (tmp_path / "home").symlink_to(allowed)

    assert read(allowed / "link.mp4", allowed) == b"moving"
    assert read(tmp_path / "home" / "clip.mp4", tmp_path / "home") == b"moving"
    assert read(allowed / "clip.mp4", tmp_path / "home") == b"moving"


def test_a_loop_of_links(allowed: Path) -> None:
    """Links that lead to each other end in a refusal."""
    (allowed / "a").symlink_to("b")
    (allowed / "b").symlink_to("a")

    assert "cannot be opened" in refusal(allowed / "a", allowed)


@pytest.mark.parametrize("swap", ["file", "folder"])
def test_a_swap_between_check_and_open_never_leaks(allowed: Path, secret: Path, swap: str) -> None:
    """While another thread exchanges a file or its folder for a link, nothing outside is read."""
    inner = allowed / "inner"
    inner.mkdir()
    (inner / "token").write_bytes(b"moving")
    honest = inner / "token" if swap == "file" else inner
    aside, trap = allowed / "aside", allowed / "trap"
    trap.symlink_to(secret if swap == "file" else secret.parent)
    done = threading.Event()

    def exchange() -> None:
        while not done.is_set():
            honest.rename(aside)
            trap.rename(honest)
            honest.rename(trap)
            aside.rename(honest)

    thread = threading.Thread(target=exchange)
    thread.start()
    seen = set()
    try:
        for _ in range(3000):
            try:
                seen.add(read(inner / "token", allowed))
            except BadInput as refused:
                seen.add(str(refused).split("token' ")[1].split(";")[0].encode())
    finally:
        done.set()
        thread.join()
    assert b"secret" not in seen
    assert b"moving" in seen


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("", "is empty"),
        ("clip.mp4", "is not a full path"),
        ("./clip.mp4", "is not a full path"),
        ("%2e%2e/clip.mp4", "is not a full path"),
        ("https://example.com/clip.mp4", "is not a full path"),
        ("~/clip.mp4", "starts with ~"),
        ("~root/clip.mp4", "starts with ~"),
        ("/tmp/a\0b", "holds a character"),
        ("/tmp/\ud800", "holds a character"),
        ("C:\\Users\\me\\clip.mp4", "is a Windows path"),
        ("d:/clips/clip.mp4", "is a Windows path"),
        ("\\\\nas\\clips\\clip.mp4", "is a Windows path"),
    ],
)
def test_what_is_no_path_here(path: str, what: str, allowed: Path) -> None:
    """Each says what is wrong with it; a Windows path says that the server runs on Linux."""
    assert what in refusal(path, allowed)


def test_what_is_no_file_with_content(allowed: Path) -> None:
    """A folder, an empty file, a missing one, one behind a file, a name too long."""
    (allowed / "empty.mp4").touch()

    assert "is a folder" in refusal(allowed, allowed)
    assert "is empty (0 bytes)" in refusal(allowed / "empty.mp4", allowed)
    assert "does not exist" in refusal(allowed / "missing.mp4", allowed)
    assert "cannot be opened" in refusal(allowed / "clip.mp4" / "x", allowed)
    assert "cannot be opened" in refusal(allowed / ("x" * 300), allowed)
    assert len(refusal("/" + "x/" * 2_000_000, allowed)) < 500


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(allowed: Path) -> None:
    """A file that the server's user may not read says so."""
    (allowed / "clip.mp4").chmod(0)

    assert "may not be read" in refusal(allowed / "clip.mp4", allowed)


@pytest.mark.timeout(5)
def test_a_fifo_or_socket_does_not_hang(allowed: Path) -> None:
    """A FIFO without a writer and a socket are refused at once."""
    os.mkfifo(allowed / "fifo.mp4")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(allowed / "s"))

        assert "is not a regular file" in refusal(allowed / "fifo.mp4", allowed)
        assert "cannot be opened" in refusal(allowed / "s", allowed)


def test_a_device_is_no_file() -> None:
    """Even where everything is allowed, /dev/zero is not posted, and /proc has no content."""
    assert "is not a regular file" in refusal("/dev/zero", Path("/"))
    assert "is empty" in refusal("/proc/self/environ", Path("/"))


def test_refusals_leave_no_file_open(allowed: Path) -> None:
    """A thousand refusals cost no descriptor."""
    (allowed / "empty.mp4").touch()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(1000):
        refusal(allowed / "empty.mp4", allowed)
        refusal(allowed / "missing.mp4", allowed)
        refusal(allowed, allowed)

    assert len(os.listdir("/proc/self/fd")) == before


def test_the_hash_is_of_the_whole_file(allowed: Path) -> None:
    """sha256_of reads from the start wherever the file stands, and leaves it there."""
    with open_inside(str(allowed / "clip.mp4"), [str(allowed)]) as file:
        file.read(3)

        assert sha256_of(file) == hashlib.sha256(b"moving").hexdigest()
        assert file.read() == b"moving"
