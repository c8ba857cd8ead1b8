"""examples/notebook.ipynb is what its source makes, and runs in a real kernel on a demo rack."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests.faces.notebook import SOURCE, TARGET, made

RUN_S = 50  # the whole takes 9 s on an idle machine


class Listening(NotebookClient):
    """Runs a notebook and keeps the messages of each cell."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.heard: dict[str, list[dict[str, Any]]] = {}

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        self.heard.setdefault(cell.source, []).append(msg)
        return super().process_message(msg, cell, cell_index)

    def displays(self, source: str) -> list[dict[str, Any]]:
        shown = {"display_data", "update_display_data"}
        return [message for message in self.heard[source] if message["msg_type"] in shown]


def test_the_notebook_is_what_its_source_makes() -> None:
    """After a change of the .py, `make notebook` makes the .ipynb anew; it holds no outputs."""
    assert TARGET.read_text() == made() + "\n"
    notebook = nbformat.read(TARGET, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert SOURCE.read_text().count("# %%") == len(notebook.cells)


@pytest.fixture
def quiet_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncKernelManager:
    """A kernel with a home of its own, spoken to over sockets in it: no port, no one listening."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    return AsyncKernelManager(transport="ipc", ip=str(tmp_path / "k"), kernel_name="python3")


async def test_the_notebook_runs(quiet_kernel: AsyncKernelManager, tmp_path: Path) -> None:
    """Tables are HTML, one task completes, one fails with a picture, live() stays in place."""
    notebook = nbformat.read(TARGET, as_version=4)
    client = Listening(
        notebook, km=quiet_kernel, timeout=RUN_S, resources={"metadata": {"path": str(tmp_path)}}
    )

    await client.async_execute(cleanup_kc=True)  # and end the kernel, though it came from us

    outputs = {cell.source: cell.get("outputs", []) for cell in notebook.cells}
    for source in ("await rack.devices()", "await rack.tasks()", "await rack.stats()"):
        [shown] = outputs[source]
        assert "<table>" in shown.data["text/html"]
    tasks = outputs["await rack.tasks()"][0].data["text/plain"]
    assert "completed  confirmed" in tasks
    assert "failed     login_required" in tasks
    assert any("image/png" in out.get("data", {}) for found in outputs.values() for out in found)
    first, *later = client.displays("await rack.live(created.task_ids)")
    assert first["msg_type"] == "display_data"
    assert later
    assert {m["msg_type"] for m in later} == {"update_display_data"}
    assert len({m["content"]["transient"]["display_id"] for m in (first, *later)}) == 1
    [live] = outputs["await rack.live(created.task_ids)"]  # one display, with the last picture
    assert "completed" in live.data["text/html"]
