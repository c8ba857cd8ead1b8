"""Whether a file is an APK that may be installed: in an allowed folder, and one whole package."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from tmcore.errors import BadInput
from tmcore.media.files import open_inside, shown

_BUNDLES = (".apks", ".xapk", ".apkm", ".aab")


def check_apk(path: str, folders: Iterable[str], field: str) -> Path:
    """Return the file's path; BadInput says what else it is. Blocks: call it in a thread."""
    with open_inside(path, folders, field) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError):
            raise BadInput.of(field, f"{shown(path)} is no APK") from None
    if path.lower().endswith(_BUNDLES):
        raise BadInput.of(
            field, f"{shown(path)} is a bundle of split APKs; a single, universal APK is needed"
        )
    if "AndroidManifest.xml" not in names:
        raise BadInput.of(field, f"{shown(path)} is no APK: it has no AndroidManifest.xml")
    return Path(path)
