"""Long lines broken at the width, counting as a terminal does: nothing important is cut off."""

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, chop_cells

from tmtui.widgets.lines import Spans


def wrapped(lines: Iterable[Spans], width: int) -> Iterator[Spans]:
    """Break what is too long for the width, under where its text began: nothing is hidden."""
    for spans in lines:
        line = [span for span in spans if span[0]]
        if sum(cell_len(text) for text, _ in line) <= width or not line:
            yield line
            continue
        *head, (text, style) = line
        indent = sum(cell_len(part) for part, _ in head)
        if indent > width // 2:  # no room beside it: below it
            yield head
            head, indent, text = [("    ", "")], 4, text.lstrip()
        first, *rest = broken(text, max(8, width - indent)) or [""]
        yield [*head, (first, style)]
        yield from ([(" " * indent, ""), (more, style)] for more in rest)


def broken(text: str, width: int) -> list[str]:
    """Break at blanks, a word only where it is longer than a line; widths as on a terminal."""
    lines, line, used = list[str](), "", 0
    for word in re.findall(r"\S+\s*|\s+", text):
        if line and used + cell_len(word.rstrip()) > width:
            lines.append(line)
            line, used = "", 0
        *full, last = chop_cells(word, width) or [""]
        if full and line:
            lines.append(line)
            line, used = "", 0
        lines += full
        line, used = line + last, used + cell_len(last)
    return [*lines, line] if line else lines
