"""Fifty phones in one process stay cheap."""

import os
import time
from pathlib import Path

from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    line = next(ln for ln in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in ln)
    return int(line.split()[1]) / 1024


def test_fifty_phones_are_cheap(adb: PrivateAdb) -> None:
    """At most 100 MB, and idle at most 1 % of a core (2 % here: the machine is shared)."""
    with VirtualRack(adb.port, 50, prefix="MANY") as rack:
        for address in rack.addresses.values():
            adb.run(
                "-s", address, "shell", "monkey -p com.zhiliaoapp.musically 1; uiautomator dump"
            )
        before = cpu_seconds(rack.pid)
        time.sleep(3)
        share = (cpu_seconds(rack.pid) - before) / 3

        print(f"\n50 phones: {resident_mb(rack.pid):.1f} MB, idle {share:.2%} of a core")
        assert resident_mb(rack.pid) <= 100
        assert share <= 0.02
