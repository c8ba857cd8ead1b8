"""A dump becomes a Screen or a sentence that says why not; no other exception, no hanging."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screens import fixture, folder
from tmcore.errors import UiUnreadable
from tmcore.phone.dump_tree import MAX_DEPTH, MAX_NODES
from tmcore.phone.screen import (
    MAX_BYTES,
    Screen,
    parse_dump,
    plain,
    same_text,
)

HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
NODE = '<node text="{}" bounds="[0,0][100,50]" clickable="true" />'


def dump(inner: str) -> str:
    return f'{HEAD}<hierarchy rotation="0">{inner}</hierarchy>'


def text_of(inner: str | bytes) -> str:
    xml = dump(NODE.format("@")).encode()
    raw = inner if isinstance(inner, bytes) else inner.encode("utf-8", "surrogatepass")
    (node,) = parse_dump(xml.replace(b"@", raw)).nodes
    return node.text


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        ("", "sent no screen dump"),
        (b"\x00\xff\xfe", "sent no screen dump"),
        ("ERROR: could not get idle state.", "ERROR: could not get idle state."),
        ("ERROR: null root node returned by UiTestAutomationBridge.", "null root node"),
        (dump(NODE)[:-5], "cut short"),
        (dump(NODE).replace("</hierarchy>", ""), "cut short"),
        (dump("<node " * 3)[:90], "cut short"),
        ("<html><body/></html>", "no screen dump"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + dump(""), "document type"),
        ("<!doctype x>" + dump(""), "document type"),
        ("x" * (MAX_BYTES + 1), "too large"),
        (dump('<node bounds="[0,0][1,1]">' * 300 + "</node>" * 300), f"deeper than {MAX_DEPTH}"),
        (dump(NODE.format("x" * 300_000)), "no screen has"),
        (dump("<node/>" * (MAX_NODES + 1)), f"more than {MAX_NODES}"),
    ],
)
def test_refused_with_a_sentence(xml: str | bytes, says: str) -> None:
    """What is no dump is refused by name."""
    with pytest.raises(UiUnreadable, match=says):
        parse_dump(xml)


def test_billion_laughs() -> None:
    """Entities are refused before any parser sees them."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>' + dump(NODE.format("&a9;"))

    with pytest.raises(UiUnreadable, match="document type"):
        parse_dump(xml)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1bb", "a\ufffdb"),
        ("&#55357;&#56832;", "\U0001f600"),
        ("&#xD83D;&#xDE00;", "\U0001f600"),
        ("\ud83d\ude00", "\U0001f600"),
        ("&#55357;", "\ufffd"),
        ("&#0;", "\ufffd"),
        ("&#27;", "\ufffd"),
        ("&#99999999;", "\ufffd"),
        ("line&#10;two", "line\ntwo"),
        ("&amp;&lt;&quot;&#38;lt;", '&<"&lt;'),
        (b"caf\xe9", "caf\ufffd"),
        ("\U0001f1ee\U0001f1f9 ❤️ شكرا", "\U0001f1ee\U0001f1f9 ❤️ شكرا"),
    ],
)
def test_text_is_mended(raw: str | bytes, shown: str) -> None:
    """Halves of emoji are put together; what XML forbids becomes a mark instead of an error."""
    assert text_of(raw) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    """A dump in UTF-16 reads as well as one in UTF-8."""
    (node,) = parse_dump(dump(NODE.format("Überall")).encode(encoding)).nodes

    assert node.text == "Überall"


@pytest.mark.parametrize("empty", ["<hierarchy rotation='0' />", dump(""), "<displays></displays>"])
def test_empty_tree_is_a_screen(empty: str) -> None:
    """While a video plays there may be nothing; that is no error."""
    screen = parse_dump(empty)

    assert (screen.nodes, screen.size, screen.texts(), screen.windows) == ((), (0, 0), (), ())


def test_talk_of_the_shell_around_a_dump() -> None:
    """`uiautomator dump /dev/tty` talks after the dump, and warnings may come before it."""
    xml = "WARNING: linker\n" + dump(NODE.format("x")) + "UI hierchary dumped to: /dev/tty\n"

    assert parse_dump(xml).texts() == ("x",)


def test_windows_of_both_kinds() -> None:
    """Several roots, or <displays>, are several windows, the uppermost first; flat is one."""
    one = '<node bounds="[0,0][9,9]"><node text="{}" bounds="[0,0][9,9]"/></node>'
    roots = dump(one.format("top") + one.format("below"))
    windows = "".join(
        f'<window bounds="[0,0][9,9]"><hierarchy>{one.format(text)}</hierarchy></window>'
        for text in ("top", "below")
    )
    displays = f'<displays><display id="0">{windows}</display></displays>'

    for xml in (roots, displays):
        screen = parse_dump(xml)
        assert [root.children[0].text for root in screen.windows] == ["top", "below"]
        assert screen.nodes[0].order > screen.nodes[2].order
    assert len(parse_dump(dump(NODE * 3)).windows) == 1


def test_page_source_of_appium_is_read() -> None:
    """Its elements are named by their class, and `displayed` says what is in sight."""
    box = '<android.widget.Button class="android.widget.Button" text="{}" {} bounds="[0,0][9,9]"/>'
    shown, hidden = box.format("shown", 'displayed="true"'), box.format("no", 'displayed="false"')
    screen = parse_dump(
        '<hierarchy index="0" class="hierarchy" rotation="0" width="9" height="9">'
        f'<a.B class="a.B" bounds="[0,0][9,9]">{shown}{hidden}</a.B></hierarchy>'
    )

    assert [(node.cls, node.text) for node in screen.visible] == [("B", ""), ("Button", "shown")]


def test_tree_is_walkable() -> None:
    """Parents, children and ancestors agree."""
    screen = parse_dump(fixture("tiktok_gallery.xml"))

    for node in screen.nodes:
        assert all(child.parent is node for child in node.children)
        assert node.parent is None or node in node.parent.children
    assert screen.size == (900, 1900)
    assert list(screen.nodes[-1].ancestors)[-1] is screen.nodes[0]


def test_covered_is_what_gets_no_tap() -> None:
    """A clickable node drawn later takes the tap; a transparent container or a child does not."""
    box = '<node text="{}" bounds="[0,0][100,100]" clickable="{}">{}</node>'
    screen = parse_dump(
        dump(
            '<node bounds="[0,0][400,400]">'
            + box.format("under", "true", box.format("child", "true", ""))
            + box.format("glass", "false", "")
            + '<node text="far" bounds="[200,0][300,100]" clickable="true"/>'
            + box.format("over", "true", "")
            + "</node>"
        )
    )

    covered = {node.text: screen.is_covered(node) for node in screen.nodes}

    assert covered == {
        "": False, "under": True, "child": True, "glass": True, "far": False, "over": False,
    }  # fmt: skip


def test_drawing_order_beats_document_order() -> None:
    """Where a dump says who is drawn last, that counts."""
    node = '<node text="{}" bounds="[0,0][100,100]" clickable="true" drawing-order="{}"/>'
    inner = node.format("a", 2) + node.format("b", 1)
    screen = parse_dump(dump(f'<node bounds="[0,0][400,400]">{inner}</node>'))

    assert {n.text for n in screen.nodes if screen.is_covered(n)} == {"b"}


def test_tappable_is_the_button_not_the_backdrop() -> None:
    """A label is tapped on its button; a clickable page around it is no button."""
    screen = parse_dump(
        dump(
            '<node bounds="[0,0][400,800]" clickable="true">'
            '<node bounds="[0,700][400,800]" clickable="true">'
            '<node text="label" bounds="[150,720][250,780]"/></node>'
            '<node text="alone" bounds="[150,20][250,80]"/></node>'
        )
    )
    by_text = {node.text: node for node in screen.nodes}

    assert repr(screen.tappable(by_text["label"]).bounds) == "[0,700][400,800]"
    assert screen.tappable(by_text["alone"]) is by_text["alone"]


def test_a_row_of_buttons_is_no_button() -> None:
    """Its centre lies between them: a label in it is tapped where it stands."""
    screen = parse_dump(
        dump(
            '<node bounds="[0,0][400,800]"><node bounds="[0,700][400,800]" clickable="true">'
            '<node text="Save" bounds="[0,700][190,800]" clickable="true"/>'
            '<node text="Share" bounds="[210,700][400,800]"/></node></node>'
        )
    )
    share = screen.nodes[-1]

    assert screen.tappable(share) is share
    assert screen.takes_taps(share)
    assert not screen.takes_taps(screen.nodes[0])


@pytest.mark.parametrize(
    ("sheet", "inside", "hidden"),
    [
        ("[0,400][400,800]", '<node text="a" bounds="[9,500][20,520]" clickable="true"/>', True),
        ("[0,400][400,800]", '<node text="a" bounds="[9,500][20,520]"/>', False),
        ("[0,400][400,800]", "", False),
        ("[0,0][400,800]", '<node text="a" bounds="[9,500][20,520]" clickable="true"/>', False),
        ("[0,400][300,800]", '<node text="a" bounds="[9,500][20,520]" clickable="true"/>', False),
    ],
    ids=["a sheet", "asks nothing", "empty", "the whole screen", "not from edge to edge"],
)
def test_a_sheet_hides_what_lies_behind_it(sheet: str, inside: str, hidden: bool) -> None:
    """From edge to edge in the lower part, with words and buttons: it is opaque."""
    screen = parse_dump(
        dump(
            '<node bounds="[0,0][400,800]"><node text="Share" bounds="[50,600][350,700]"'
            f' clickable="true"/><node bounds="{sheet}">{inside}</node></node>'
        )
    )

    assert screen.is_covered(screen.nodes[1]) is hidden


def test_signature_tells_progress_from_a_loop() -> None:
    """The same screen twice is the same; another word, box or state is another."""
    base = dump(NODE.format("a"))

    assert parse_dump(base).signature() == parse_dump(base).signature()
    for old, new in (('"a"', '"b"'), ("[0,0]", "[0,1]"), ("<node ", '<node selected="true" ')):
        assert parse_dump(base.replace(old, new)).signature() != parse_dump(base).signature()


def test_password_is_nowhere() -> None:
    """A password field keeps its place and loses its words, in the nodes and in the evidence."""
    secret = (
        '<node class="x.EditText" text="hunter2" content-desc="hunter2" hint="hunter2"'
        ' bounds="[0,0][9,9]" password="true" />'
        "<node password='true' text='hunter2' bounds='[0,0][9,9]'/>"
    )

    screen = parse_dump(dump(secret + NODE.format("kept")))

    assert "hunter2" not in screen.xml + repr(screen.nodes) + " ".join(screen.texts())
    assert "kept" in screen.xml
    assert screen.nodes[0].password


@pytest.mark.parametrize(
    "field",
    [
        '<node text="a<hunter2" bounds="[0,0][1,1]" password="true"/>',
        '<node password="&#116;rue" text="hunter2" bounds="[0,0][1,1]"/>',
        '<node password="true" text="hunter2"/>',
        '<node password="true" text=hunter2 bounds="[0,0][1,1]"/>',
        '<x password="true" a="<" text="hunter2"/>',
    ],
)
def test_password_in_odd_markup_is_nowhere(field: str) -> None:
    """Where the markup hides which words are secret, the evidence goes without."""
    screen = parse_dump(dump(field + NODE.format("kept")))

    assert "hunter2" not in screen.xml + repr(screen.nodes) + " ".join(screen.texts())


@pytest.mark.parametrize(
    ("typed", "shown", "same"),
    [
        ("Hi \U0001f600!", "Hi ..!", True),
        ("Hi \U0001f600!", "Hi \U0001f600!", True),
        ("don't", "don\u2019t", True),
        ("a  b\u00a0c\n", "a b c", True),
        ("wait\u2026", "wait...", True),
        ("demo_media", "\u200e\u2068demo_media\u2069", True),
        ("a #fun ", "a #fun", True),
        ("Hello", "hello", False),
        ("Hello", "Hello World", False),
        ("", "", True),
    ],
)
def test_same_text(typed: str, shown: str, same: bool) -> None:
    """What was typed is compared with what a dump can show of it."""
    assert same_text(typed, shown) is same


@given(st.text())
def test_same_text_is_reflexive(text: str) -> None:
    """Any caption equals itself, plain or as a dump would print it."""
    shown = "".join(".." if ord(char) > 0xFFFF else char for char in text)

    assert same_text(text, text)
    assert same_text(text, shown)
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    """A text reads back as an app set it, but for characters that XML cannot hold."""
    escaped = "".join(f"&#{ord(char)};" if char in "&<\"'\n\t" else char for char in text)
    marks = [c for c in text if (ord(c) < 0x20 and c not in "\n\t") or c in "\ufffe\uffff"]

    assert text_of(escaped) == "".join("\ufffd" if char in marks else char for char in text)


@given(st.binary(max_size=400))
def test_any_bytes(noise: bytes) -> None:
    """Bytes become a screen or UiUnreadable."""
    screen_or_error(noise)
    screen_or_error(b"<hierarchy>" + noise + b"</hierarchy>")
    screen_or_error(b"<hierarchy><node text='" + noise + b"' bounds='[0,0][1,1]'/></hierarchy>")


@given(st.text(max_size=400))
def test_any_text(noise: str) -> None:
    """So does text, lone surrogates and all."""
    screen_or_error(noise)
    screen_or_error(f"<hierarchy><node bounds='{noise}' drawing-order='{noise}'/></hierarchy>")


@given(st.data())
def test_damaged_dumps(data: st.DataObject) -> None:
    """A dump with bytes flipped, cut out or doubled becomes a screen or UiUnreadable."""
    xml = bytearray(fixture("tiktok_own_profile.xml").encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(xml) - 1))
        piece = data.draw(st.binary(max_size=4) | st.sampled_from([b"<", b'"', b"&", b"</node>"]))
        xml[at : at + data.draw(st.integers(0, 4))] = piece

    screen_or_error(bytes(xml))


def screen_or_error(xml: bytes | str) -> None:
    try:
        screen = parse_dump(xml)
    except UiUnreadable:
        return
    assert isinstance(screen, Screen)
    assert screen.signature()
    assert all(screen.is_covered(node) in {True, False} for node in screen.visible)


@pytest.mark.parametrize(
    "xml",
    [
        dump(NODE.format("x" * 90) * 30_000),
        dump('<node bounds="[0,0][9,9]">' * 255 + "</node>" * 255),
        dump("<node " + " ".join(f'a{n}=""' for n in range(400_000)) + "/>"),
        dump("<node/>" * 600_000),
        dump(NODE.format("&#55357;&#56832;" * 200_000)),
        "<hierarchy " * 400_000,
        "<" * 4_000_000,
    ],
    ids=["wide", "deep", "attributes", "nodes", "emoji", "unclosed", "brackets"],
)
def test_large_dumps_are_quick(xml: str) -> None:
    """The largest dump that is let in costs the processor less than two seconds."""
    began = time.thread_time()
    with contextlib.suppress(UiUnreadable):
        parse_dump(xml[:MAX_BYTES])

    assert time.thread_time() - began < 2


def test_every_real_dump_parses() -> None:
    """All dumps at hand, of both apps and of Android, become screens with their texts."""
    found = folder()
    if found is None:
        pytest.skip("REAL DUMPS ARE MISSING: set TM_SCREENS")

    screens = {path.name: parse_dump(path.read_bytes()) for path in found.rglob("*.xml")}

    assert screens
    assert all(screen.nodes and screen.size > (0, 0) for screen in screens.values())
