"""What `tm post` and `tm schedule add` ask for alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tmtui.commands.pairs import read_pairs


def post_request(
    files: Sequence[Path],
    serials: Sequence[str],
    usernames: Sequence[str],
    caption: str | None,
    options: Sequence[str],
) -> dict[str, Any]:
    """Return the part of a create request that says who posts what; nothing that is empty."""
    config: dict[str, Any] = {
        "material_list": [str(file.expanduser().absolute()) for file in files]
    }
    config |= {"captions": caption} if caption is not None else {}
    who = {"serials": list(serials), "usernames": list(usernames)}
    return {name: names for name, names in who.items() if names} | {
        "script_name": "post",
        "script_config": config | read_pairs(options),
    }
