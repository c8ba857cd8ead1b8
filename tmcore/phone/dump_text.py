"""What a phone printed as XML, made fit for an XML parser: text in, text out.

Android prints each half of an emoji as a character of its own, and whatever control characters an
app shows: every parser refuses both, so they are mended before parsing. The XML that is kept as
evidence holds no password.
"""

import re

_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_SURROGATE = re.compile("[\ud800-\udfff]+")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SECRET = re.compile(r"""\b(text|content-desc|hint)\s*=\s*("[^"]*"|'[^']*')""")
_TAG = re.compile(r"""\w+(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>[^>"']*""")
_IS_SECRET = re.compile(r"""\bpassword\s*=\s*["']true["']""")


def decoded(xml: bytes | str) -> str:
    """Decode what was read: UTF-8, or UTF-16 by its mark; broken bytes become U+FFFD."""
    if isinstance(xml, str):
        return xml
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return xml.decode("utf-16", "replace")
    if b"\x00" in xml[:4]:
        return xml.decode("utf-16-le" if xml[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return xml.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return xml.decode("utf-8", "replace")


def repaired(text: str) -> str:
    """Merge surrogate halves and drop what XML forbids: every parser refuses both."""
    text = _REFERENCE.sub(_dereferenced, text)
    text = _SURROGATE.sub(lambda found: _merged(found[0]), text)
    return _NOT_XML.sub("\ufffd", text)


def _dereferenced(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    if 0xD800 <= number <= 0xDFFF:
        return chr(number)
    legal = number in (0x9, 0xA, 0xD) or 0x20 <= number <= 0x10FFFF
    return reference[0] if legal and number not in (0xFFFE, 0xFFFF) else "\ufffd"


def _merged(halves: str) -> str:
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def blanked(text: str, secrets: int) -> str:
    """Empty the labels of the password fields, of which the parser saw this many.

    Where a field is written so that its labels cannot be told for certain, nothing is kept.
    """
    parts = text.split("<")
    found = [at for at, part in enumerate(parts) if _IS_SECRET.search(part)]
    if len(found) != secrets or not all(_TAG.fullmatch(parts[at]) for at in found):
        return ""
    for at in found:
        parts[at] = _SECRET.sub(r'\1=""', parts[at])
    return "<".join(parts)
