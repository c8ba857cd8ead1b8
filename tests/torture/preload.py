"""Libraries of ours that are loaded into a process to stand in for the machine."""

import shutil
import subprocess
from pathlib import Path

COMPILER = shutil.which("gcc") or shutil.which("cc")


def compiled(source: str, folder: Path) -> Path:
    """Build a C file of this folder as a library to preload. Needs a C compiler."""
    assert COMPILER, "what is preloaded needs gcc or cc"
    library = folder / Path(source).with_suffix(".so")
    command = [COMPILER, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(library)]
    command += [str(Path(__file__).with_name(source)), "-ldl"]
    subprocess.run(command, check=True)
    return library
