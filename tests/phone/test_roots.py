"""Windows in no order are put into the one in which they lie over each other."""

import itertools

import pytest

from tmcore.phone.roots import has_equals, ordered
from tmcore.phone.screen import parse_dump

HEAD, TAIL = "<?xml version='1.0' ?>\r\n<hierarchy rotation=\"0\">\r\n  ", "\r\n</hierarchy>"
PAGE = (
    '<node text="page" bounds="[0,0][1080,2400]">\r\n'
    '<node text="say &quot;a > b&quot;" bounds="[0,0][9,9]" />\r\n</node>'
)
SHEET = (
    '<node text="sheet" bounds="[0,0][1080,2400]"><node text="in it" bounds="[0,0][5,5]"/></node>'
)
BADGE = '<node text="43%" bounds="[32,284][150,442]" />'
BAR = '<node text="clock" bounds="[0,0][1080,100]"/>'


def dump(*roots: str) -> str:
    return HEAD + "\r\n".join(roots) + TAIL


def tops(xml: str) -> list[str]:
    return [root.text for root in parse_dump(xml).windows]


@pytest.mark.parametrize("given", list(itertools.permutations((PAGE, BADGE, BAR))))
def test_what_floats_is_smaller(given: tuple[str, ...]) -> None:
    """In whatever order a hash set gives them: the badge, the bar, the page."""
    xml = dump(*given)

    assert not has_equals(xml)
    assert tops(ordered(xml)) == ["43%", "clock", "page"]


@pytest.mark.parametrize("given", list(itertools.permutations((PAGE, SHEET))))
def test_of_two_equal_windows_the_active_one_is_above(given: tuple[str, ...]) -> None:
    """A sheet of a full screen that takes the input covers the page, not the page the sheet."""
    xml = dump(*given)

    assert has_equals(xml)
    assert tops(ordered(xml, dump(SHEET))) == ["sheet", "page"]
    assert tops(ordered(xml, dump(PAGE))) == ["page", "sheet"]


@pytest.mark.parametrize(
    "xml", ["", "no xml", dump(), dump(PAGE), HEAD + PAGE + "</node>", "<node"]
)
def test_nothing_to_order_stays_as_it_is(xml: str) -> None:
    """One window, none, or tags that do not match: the parser says what is wrong, not this."""
    assert ordered(xml) == xml
    assert not has_equals(xml)
