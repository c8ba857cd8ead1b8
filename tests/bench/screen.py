"""One console under test: ours, or the same rows in Textual's own DataTable.

`python -m tests.bench.screen ours|peer URL REPORT` runs it in this terminal and, when told to end,
writes the lags of its event loop in seconds to REPORT.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tmtui import terminal

terminal.prepare(os.environ)  # before Textual is imported

from textual.app import App, ComposeResult  # noqa: E402
from textual.widgets import DataTable  # noqa: E402

from tmserve.client import RemoteRack  # noqa: E402
from tmtui.app import TICK_S, Console, Options  # noqa: E402
from tmtui.columns import DEVICES, Shown  # noqa: E402
from tmtui.feed import Feed  # noqa: E402
from tmtui.store import Store  # noqa: E402

SAMPLE_S = 0.02


class Peer(App[None]):
    """The devices in a DataTable, changed cell by cell: what a console is usually made of."""

    def __init__(self, rack: RemoteRack) -> None:
        super().__init__()
        self.store = Store()
        self.feed = Feed(rack, self.store)

    def compose(self) -> ComposeResult:
        yield DataTable[Any](cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for column in DEVICES:
            table.add_column(column.title, key=column.id)
        self.run_worker(self.feed.run())
        self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        table = self.query_one(DataTable)
        for serial in self.store.take() & self.store.devices.keys():
            device = self.store.devices[str(serial)]
            shown = [column.show(device, self.store) for column in DEVICES]
            cells = [cell.text if isinstance(cell, Shown) else cell for cell in shown]
            if str(serial) not in table.rows:
                table.add_row(*cells, key=str(serial))
                continue
            for column, cell in zip(DEVICES, cells, strict=True):
                if table.get_cell(str(serial), column.id) != cell:
                    table.update_cell(str(serial), column.id, cell)


async def sample(lags: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(SAMPLE_S)
        lags.append(time.perf_counter() - before - SAMPLE_S)


async def main(kind: str, url: str, report: Path) -> None:
    lags: list[float] = []
    async with RemoteRack(url) as rack:
        app = Console(rack, Options(where=url)) if kind == "ours" else Peer(rack)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.exit)
        sampling = asyncio.create_task(sample(lags))
        await app.run_async()
        sampling.cancel()
    report.write_text(json.dumps(lags))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
