"""How the command begins."""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

import pytest

from tmtui.__main__ import main
from tmtui.exits import Exit


class Interrupted:
    """A person presses Ctrl-C while this module is being loaded."""

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if name == "tmtui.cli":
            cls._press()

    @staticmethod
    def _press() -> NoReturn:
        raise KeyboardInterrupt


def test_an_early_ctrl_c_ends_it_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of an interruption, and no traceback."""
    monkeypatch.delitem(sys.modules, "tmtui.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted, *sys.meta_path])

    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == Exit.INTERRUPTED
