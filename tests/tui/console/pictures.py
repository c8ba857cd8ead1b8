"""The pictures of the README: `python -m tests.tui.console.pictures FOLDER` draws them anew."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.tui.console.pilots import opened
from tests.tui.console.test_screens import rack_of_everything

SIZE = (126, 30)
PICTURES = {
    "console-devices": ("1", "home"),  # why is that phone stuck?
    "console-tasks": ("2", "home"),  # what became of that post?
    "console-settle": ("2", "home", "u"),  # is it there?
}


async def main(folder: Path) -> None:
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name, keys in PICTURES.items():
        with tempfile.TemporaryDirectory() as state:
            async with opened(rack_of_everything(), Path(state), SIZE) as person:
                await person.press(*keys)
                await person.settled()
                await asyncio.sleep(0.5)  # what stands beside the row follows the cursor
                await person.settled()
                picture = person.console.export_screenshot(title="tm")
        (folder / f"{name}.svg").write_text(picture)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
