"""make torture: `python -m tests.torture [--seed N] [--keep FOLDER] [kills|promises|soak|week …]`.

Everything is drawn from the seed, which is printed; how the machine interleaves it is not.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture.history import counted, wrong
from tests.torture.kills import Row, Trial
from tests.torture.points import NAMES
from tests.torture.policies import AGAIN, GIVEN_UP, OURS, UNMARKED
from tests.torture.soak import Soak
from tests.torture.table import show, show_week
from tests.torture.week import Week

EACH, UNCHOSEN, RACKS = 3, 80, 4
NAIVE, WITHOUT = 60, 30  # kills of the others: enough to show what they do
# what pytest runs, longer, with TM_TORTURE=1
PROMISES = "tests/torture tests/promises tests/apps tests/rules"


def main() -> int:
    options = _parser().parse_args()
    print(f"seed {options.seed}; to repeat it: make torture SEED={options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tm-torture-") as name:
        folder = options.keep or Path(name)
        failed = [part for part in options.parts or PARTS if not _passes(part, folder, options)]
    print(f"failed: {', '.join(failed)}" if failed else "every promise held", flush=True)
    return len(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="default: all")
    seed = int(os.environ.get("TM_SEED") or random.randrange(10**6))
    parser.add_argument("--seed", type=int, default=seed, help="default: TM_SEED, or any")
    parser.add_argument("--phones", type=int, default=Week.phones, help="of the week; default: 50")
    parser.add_argument("--keep", type=Path, help="a folder for databases and logs, which stays")
    return parser


def _passes(part: str, folder: Path, options: argparse.Namespace) -> bool:
    print(f"\n== {part}", flush=True)
    start = time.monotonic()
    passed = PARTS[part](folder / part, options)
    print(f"{part} {'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s")
    return passed


def kills(folder: Path, options: argparse.Namespace) -> bool:
    """Ours at every named moment, the others at some of them; the table, and what it must show."""
    seed: int = options.seed
    ours = Trial(OURS, seed, EACH, UNCHOSEN, racks=RACKS).run(folder / "ours")
    again = Trial(AGAIN, seed, most=NAIVE, racks=RACKS).run(folder / "again")
    given_up = Trial(GIVEN_UP, seed, most=NAIVE, racks=RACKS).run(folder / "given-up")
    unmarked = Trial(UNMARKED, seed, most=WITHOUT, racks=RACKS).run(folder / "unmarked")
    show([ours, again, given_up, unmarked])
    least = min(NAMES, key=ours.hits.__getitem__)
    print(f"{len(NAMES)} named moments, each hit {ours.hits[least]} times or more ({least})")
    for said in ours.broken:
        print(f"  broken: {said}")
    shown = again.count("doubles") and given_up.count("false_failed") and unmarked.count("doubles")
    reported = any("was pressed" in said for said in unmarked.broken)
    return _holds(ours) and ours.hits[least] >= EACH and bool(shown) and reported


def _holds(row: Row) -> bool:
    wrong = ("doubles", "lost", "false_failed", "false_done")
    return not row.broken and not any(map(row.count, wrong)) and row.count("posted") > 0


def promises(_: Path, options: argparse.Namespace) -> bool:
    """Run what is a test anyhow, in its long form."""
    environment = os.environ | {"TM_TORTURE": "1", "TM_SEED": str(options.seed)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rP",
        "-n",
        "2",
        "--dist",
        "worksteal",
        *PROMISES.split(),
    ]
    return subprocess.run(command, env=environment, check=False).returncode == 0


def soak(folder: Path, options: argparse.Namespace) -> bool:
    """Fifty phones for minutes, with faults and kills."""
    said = asyncio.run(Soak().run(folder, options.seed))
    for sentence in said:
        print(f"  broken: {sentence}")
    return not said


def week(folder: Path, options: argparse.Namespace) -> bool:
    """A week of schedules with only the wall clock scaled."""
    history = asyncio.run(Week(phones=options.phones).run(folder, options.seed))
    said, counts = wrong(history), counted(history)
    show_week(history, counts)
    for sentence in said:
        print(f"  broken: {sentence}")
    lapsed = sum(count.outcomes["missed"] for count in counts.values())
    return not said and lapsed > 0 and any(count.made_up for count in counts.values())


PARTS: dict[str, Callable[[Path, argparse.Namespace], bool]] = {
    "kills": kills, "promises": promises, "soak": soak, "week": week,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
