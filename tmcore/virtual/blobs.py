"""File contents, kept once however many phones hold them: 50 phones with one video cost one."""

import hashlib
from weakref import WeakValueDictionary


class Blob:
    """Immutable bytes with their hash."""

    __slots__ = ("__weakref__", "data", "sha256")

    def __init__(self, data: bytes, sha256: str) -> None:
        self.data, self.sha256 = data, sha256


_BLOBS: WeakValueDictionary[str, Blob] = WeakValueDictionary()


def blob(data: bytes | bytearray) -> Blob:
    """The one blob with these bytes; it goes when no file holds it any more."""
    digest = hashlib.sha256(data).hexdigest()
    found = _BLOBS.get(digest)
    if found is None:
        found = Blob(bytes(data), digest)
        _BLOBS[digest] = found
    return found
