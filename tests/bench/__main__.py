"""make bench: `python -m tests.bench [create|claim|read|web|phones|proof|console|lists …]`."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import lists, phones, proof, queue, screens, web
from tests.bench.table import Row, show
from tmcore.media.sample import make_video

LONG = "proof"  # a quarter of an hour: only when it is asked for


async def main(chosen: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="tm-bench-") as name:
        folder = Path(name)
        video = make_video(folder / "clip.mp4")
        parts: dict[str, Callable[[], Awaitable[list[Row]]]] = {
            "create": lambda: queue.creates(folder, video),
            "claim": lambda: queue.claims(folder),
            "read": lambda: queue.reads(folder),
            "web": lambda: web.serve(folder, video),
            "phones": lambda: phones.measure(folder, video),
            "proof": lambda: proof.measure(folder),
            "console": lambda: asyncio.to_thread(screens.measure, folder),
            "lists": lambda: asyncio.to_thread(lists.measure),
        }
        for part in chosen or (part for part in parts if part != LONG):
            show(await parts[part]())
            print()


asyncio.run(main(sys.argv[1:]))
