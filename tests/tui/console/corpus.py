"""Two hundred strings that a terminal, a markup language or a table could take amiss.

Each holds a mark that nothing else sends (`~17~`), so that its trace can be found among the bytes.
"""

# ruff: noqa: RUF001, E501 - letters that look like others are what it is about

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"

SEQUENCES = (
    ESC + "]0;{m}" + BEL, ESC + "]2;{m}" + ST, ESC + "]52;c;e21{m}" + BEL,
    ESC + "]8;;http://{m}" + ST + "x" + ESC + "]8;;" + ST, ESC + "]1337;File={m}" + BEL,
    ESC + "P{m}" + ST, ESC + "_G{m}" + ST, ESC + "^{m}" + ST, ESC + "X{m}" + ST,
    ESC + "[7777m{m}", ESC + "[2J{m}", ESC + "[3J{m}", ESC + "[7777;7777H{m}", ESC + "[?1049l{m}",
    ESC + "[?25l{m}", ESC + "[6n{m}", ESC + "[c{m}", ESC + "[>0q{m}", ESC + "[21t{m}",
    ESC + "[7777A{m}", ESC + "[7777B{m}", ESC + "[7777X{m}", ESC + "[7777b{m}", ESC + "[20h{m}",
    ESC + "c{m}", ESC + "7{m}" + ESC + "8", ESC + "#8{m}", ESC + "(0{m}", ESC + "N{m}", ESC + "{m}",
    "\x9b7777m{m}", "\x9d0;{m}\x9c", "\x90{m}\x9c", "\x9e{m}\x9c", "\x9f{m}\x9c", "\x84{m}",
    "\x85{m}", "\x8d{m}", "{m}\x00{m}", "{m}\x07", "{m}\x08\x08\x08\x08", "{m}\x0b{m}",
    "{m}\x0c{m}", "{m}\x0e{m}", "{m}\x0f{m}", "{m}\r{m}", "{m}\n{m}", "{m}\r\n{m}", "{m}\t{m}",
    "{m}\x7f{m}", "\x18{m}\x1a",
)  # fmt: skip
DIRECTIONS = (
    "{m}\u202egnp.mp4", "\u202a{m}\u202c", "\u2066{m}\u2069", "\u2067{m}\u2069", "\u2068{m}",
    "\u200e{m}\u200f", "\u061c{m}", "{m} שלום עולם", "مرحبا {m} بالعالم", "{m}\u200b{m}",
    "{m}\u2060{m}", "{m}\ufeff{m}", "{m}\u00ad{m}", "{m}\u2028{m}", "{m}\u2029{m}", "{m}\u180e{m}",
    "{m}\U000e0041\U000e007f", "{m}\ue000", "{m}\ufffe", "{m}\u200d\u200d\u200d",
)  # fmt: skip
MARKUP = (
    "[@click=app.quit]{m}[/]", "[@click='app.quit()']{m}[/]", "[link=http://{m}]x[/link]",
    "[/nope]{m}", "[bold {m}", "[{m}]", "[[{m}]]", "\\[{m}]", "[red]{m}[/red]", "[$primary]{m}[/]",
    "{{m}}", "%s %d {m}", "${{HOME}} {m}", "`{m}`", "<b>{m}</b>", "&lt;{m}&gt;", ":smile: {m}",
    "[on red]{m}", "[blink]{m}[/blink]", "[@mouse.down=app.bell]{m}[/]",
)  # fmt: skip
SHAPES = (
    "{m}" + "w" * 3000, "{m}" + " " * 500 + "x", "{m}" + "🔥" * 300, "{m} 全角文字の列幅" * 6,
    "{m} e" + "\u0301" * 60, "{m} Z̸̢̛͇a̷̡͝l̴̨͘g̸̛̹o̶̢͠", "{m} 👩‍👩‍👧‍👦" * 8, "{m} 🇩🇪🇫🇷🇯🇵", "{m} ☝🏽✌🏿", "{m} ½ ﷽ ꧅",
    "{m} ｆｕｌｌ", "{m}\ufe0f\ufe0e", "{m} \\ud800\\udfff", "{m} \\u0000 \\x1b[2J", "../../{m}/..",
    "{m}; rm -rf /", "$(reboot {m})", "' OR 1=1 -- {m}", "{m}\\", "  {m}  ",
)  # fmt: skip
FORMS = SEQUENCES + DIRECTIONS + MARKUP + SHAPES
COUNT = 200


def mark(number: int) -> str:
    return f"~{number}~"


def hostile(number: int) -> str:
    """Return the string of that number; from the first round on, two forms in one."""
    first = FORMS[number % len(FORMS)].replace("{m}", mark(number))
    if number < len(FORMS):
        return first
    return first + FORMS[(number * 7) % len(FORMS)].replace("{m}", mark(number))


STRINGS = tuple(map(hostile, range(COUNT)))
