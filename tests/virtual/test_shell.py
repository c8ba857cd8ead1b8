"""The shell and its commands, as mksh and toybox answer."""

import asyncio
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.virtual.identity import identities
from tmcore.virtual.latency import PROFILES
from tmcore.virtual.phone import Phone
from tmcore.virtual.shell.call import Pipes
from tmcore.virtual.shell.commands import COMMANDS
from tmcore.virtual.shell.interpreter import Shell

TABLE = [
    ("echo a 'b  c' \"d $HOME\"", "a b  c d /\n", 0),
    (r"echo \$HOME a\ \ b", "$HOME a  b\n", 0),
    ("false; echo $?", "1\n", 0),
    ("false && echo no || echo yes", "yes\n", 0),
    ("true && echo yes || echo no", "yes\n", 0),
    ("! false && echo inverted", "inverted\n", 0),
    ("echo one\necho two", "one\ntwo\n", 0),
    ("echo a; # a comment\necho b", "a\nb\n", 0),
    ("printf '%s-%d\\n' x 3 y 4", "x-3\ny-4\n", 0),
    ("printf 'a\\nb\\nc\\n' | grep -v b | wc -l", "2\n", 0),
    ("printf 'a\\nb\\nc\\n' | tail -1", "c\n", 0),
    ("printf 'a\\nb\\nc\\n' | tail -n 2 | head -1", "b\n", 0),
    ("echo ${X:-none} ${HOME:-no}", "none /\n", 0),
    ("X=1; echo $X${X}2 '$X'", "112 $X\n", 0),
    ("X='a  b'; echo $X; echo \"$X\"", "a b\na  b\n", 0),
    ('X=$(echo in; echo side); echo "$X"', "in\nside\n", 0),
    ("echo $(echo $(echo deep))", "deep\n", 0),
    ("X=$(false); echo $?", "1\n", 0),
    ("echo $((2 + 3 * 4)) $((7 / 2))", "14 3\n", 0),
    ("N=4; echo $((N + 1)) $(( $N - 1 ))", "5 3\n", 0),
    ("F=/a/b.mp4; echo ${F##*/} ${F%.mp4} ${F#/a}", "b.mp4 /a/b /b.mp4\n", 0),
    ("exit 5; echo never", "", 5),
    ("(exit 3); echo $?", "3\n", 0),
    ("(X=2; echo $X); echo [$X]", "2\n[]\n", 0),
    ("{ echo a; echo b; } | wc -l", "2\n", 0),
    ("if [ 1 -lt 2 ]; then echo less; else echo more; fi", "less\n", 0),
    ("if false; then echo a; elif true; then echo b; fi", "b\n", 0),
    ("for f in a b 'c d'; do echo \"<$f>\"; done", "<a>\n<b>\n<c d>\n", 0),
    ("N=0; while [ $N -lt 3 ]; do N=$((N+1)); done; echo $N", "3\n", 0),
    ("[ a = a ] && [ a != b ] && [ -n x ] && [ -z '' ] && echo ok", "ok\n", 0),
    ("[ ! -e /sdcard/no ] && [ -d /sdcard ] && [ 3 -ge 3 ] && echo ok", "ok\n", 0),
    ("[ x -lt 2 ]", "", 2),
    ("echo a > /sdcard/t; echo b >> /sdcard/t; cat /sdcard/t", "a\nb\n", 0),
    ("echo a > /sdcard/t; wc -c < /sdcard/t", "2\n", 0),
    ("ls /none 2>/dev/null; echo $?", "1\n", 0),
    ("ls /none 2>&1", "ls: /none: No such file or directory\n", 1),
    ("nosuch 2>&1", "/system/bin/sh: nosuch: inaccessible or not found\n", 127),
    ("mkdir /sdcard/m && mkdir /sdcard/m 2>&1", "mkdir: '/sdcard/m': File exists\n", 1),
    ("mkdir /sdcard/x/y 2>&1", "mkdir: '/sdcard/x/y': No such file or directory\n", 1),
    ("mkdir -p /sdcard/x/y && mkdir -p /sdcard/x/y; echo $?", "0\n", 0),
    ("mkdir /sdcard/m; rmdir /sdcard/m; [ -e /sdcard/m ]; echo $?", "1\n", 0),
    ("rm /sdcard/none 2>&1", "rm: /sdcard/none: No such file or directory\n", 1),
    ("rm -f /sdcard/none; echo $?", "0\n", 0),
    ("mkdir -p /sdcard/d/e; rm -r /sdcard/d; ls /sdcard/d 2>&1",
     "ls: /sdcard/d: No such file or directory\n", 1),
    ("echo x > /sdcard/a; mv /sdcard/a /sdcard/b; cat /sdcard/b", "x\n", 0),
    ("echo x > /storage/emulated/0/z; cat /sdcard/z", "x\n", 0),
    ("touch /sdcard/g1.tmp /sdcard/g2.tmp; ls /sdcard/*.tmp",
     "/sdcard/g1.tmp\n/sdcard/g2.tmp\n", 0),
    ("echo x > /system/x; echo $?", "1\n", 0),
    ("echo -n abc | md5sum", "900150983cd24fb0d6963f7d28e17f72  -\n", 0),
    ("echo -n abc > /sdcard/s; sha256sum -b /sdcard/s",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n", 0),
    ("echo -n abcd > /sdcard/s; stat -c '%s %n' /sdcard/s", "4 /sdcard/s\n", 0),
    ("getprop sys.boot_completed; getprop ro.none x", "1\nx\n", 0),
    ("setprop a b 2>/dev/null; echo $?", "1\n", 0),
    ("settings get secure default_input_method",
     "com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME\n", 0),
    ("settings put global a 3; settings get global a; settings get global none", "3\nnull\n", 0),
    ("wm size; am get-current-user", "Physical size: 1080x2400\n0\n", 0),
    ("pm path com.none", "", 1),
    ("am start -n com.none/.A 2>&1 | head -2",
     "Starting: Intent { cmp=com.none/.A }\nError type 3\n", 0),
    ("sh -c 'echo $1; exit 4' ; echo $?", "\n4\n", 0),
    ("echo 'echo arg $1' > /sdcard/x.sh; sh /sdcard/x.sh q", "arg q\n", 0),
    ("timeout 1 sleep 0; echo $?", "0\n", 0),
    ("echo b64 | base64 | base64 -d", "b64\n", 0),
    ("X=1 && export Y=2; echo $X$Y", "12\n", 0),
    ("dumpsys battery | grep level", "  level: 87\n", 0),
    ("df -k /sdcard | tail -1 | grep -c /storage/emulated", "1\n", 0),
    ("mkdir /data/local/tmp/lock && echo won; mkdir /data/local/tmp/lock 2>/dev/null || echo lost",
     "won\nlost\n", 0),
    ("content query --uri content://media/external/video/media --projection _id:_data",
     "No result found.\n", 0),
    ("which getprop", "/system/bin/getprop\n", 0),
]  # fmt: skip


def new_phone() -> Phone:
    return Phone(identities(1, "T", 1)[0], PROFILES["instant"])


async def run(phone: Phone, command: str) -> tuple[str, str, int]:
    out, err = bytearray(), bytearray()

    async def read() -> bytes:
        return b""

    async def write(data: bytes) -> None:
        out.extend(data)

    async def complain(data: bytes) -> None:
        err.extend(data)

    pipes = Pipes(read, write, write if "2>&1" in command else complain)
    code = await Shell(phone, COMMANDS).run(command, pipes)
    return out.decode(), err.decode(), code


@pytest.mark.parametrize(("command", "out", "code"), TABLE, ids=[t[0][:40] for t in TABLE])
async def test_command(command: str, out: str, code: int) -> None:
    """Each command prints and exits as on a phone."""
    got, _, exit_code = await run(new_phone(), command)

    assert (got, exit_code) == (out, code)


@pytest.mark.parametrize("command", ["echo 'open", "if true; then", "echo )", "a &&", "echo ${X!}"])
async def test_bad_syntax_is_loud(command: str) -> None:
    """What the shell cannot read is refused, never half run."""
    out, err, code = await run(new_phone(), command)

    assert (out, code) == ("", 1)
    assert "syntax error" in err


async def test_frozen_phone_runs_command_when_it_thaws() -> None:
    """Between two commands the phone stands still, and goes on."""
    phone = new_phone()
    phone.faults.add("freeze", {})
    running = asyncio.create_task(run(phone, "echo a > /sdcard/f; echo done"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not running.done()

    phone.faults.heal("freeze")

    assert (await running)[0] == "done\n"


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))
def test_quoted_text_arrives_as_it_was(text: str) -> None:
    """Whatever one argument holds, the quoting of adbutils and the shell agree on it."""
    out, _, code = asyncio.run(run(new_phone(), f"printf %s {shlex.quote(text)}"))

    assert (out, code) == (text, 0)


@given(st.text("ab $'\"\\;&|<>(){}!\n#`*?[]=-", max_size=30))
def test_nonsense_is_answered(script: str) -> None:
    """No script crashes the shell: it runs, or says what it cannot read."""
    _, _, code = asyncio.run(asyncio.wait_for(run(new_phone(), script), 5))

    assert 0 <= code <= 255
