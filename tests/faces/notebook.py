"""Makes examples/notebook.ipynb: `python -m tests.faces.notebook`, or `make notebook`."""

from pathlib import Path

import jupytext
import nbformat

SOURCE = Path(__file__).parents[2] / "examples" / "notebook.py"
TARGET = SOURCE.with_suffix(".ipynb")


def made() -> str:
    """Return the notebook that the source makes: without outputs, and the same every time."""
    notebook = jupytext.read(SOURCE, fmt="py:percent")
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"  # else a new random one each time
    notebook.metadata.pop("jupytext", None)  # names the version that read it
    return str(nbformat.writes(notebook))


if __name__ == "__main__":
    TARGET.write_text(made() + "\n")
