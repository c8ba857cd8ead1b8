"""Only what was fsynced survives a power cut, and an answered commit was."""

from pathlib import Path
from random import Random

import pytest

from tests.torture.powercut import cut
from tests.torture.preload import COMPILER, compiled
from tests.torture.seeds import LONG, SEED

CUTS = 40 if LONG else 3
pytestmark = pytest.mark.skipif(
    COMPILER is None, reason="POWER CUTS WERE NOT TRIED: there is no gcc or cc on this machine"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("powercut.c", tmp_path_factory.mktemp("powercut"))


@pytest.mark.timeout(300)
def test_a_power_cut_costs_no_answered_commit(tmp_path: Path, library: Path) -> None:
    """Cut at random moments, every commit that was answered is there, in a sound database."""
    dice = Random(SEED)

    cuts = [cut(tmp_path / str(n), library, "FULL", dice) for n in range(CUTS)]

    assert all(one.sound for one in cuts)
    assert [one.lost for one in cuts] == [0] * CUTS, f"TM_SEED={SEED}"
    assert max(one.answered for one in cuts) > 10
    print(f"{CUTS} power cuts, {sum(one.answered for one in cuts)} answered commits, 0 lost")


@pytest.mark.timeout(300)
def test_the_cut_would_show_a_loss(tmp_path: Path, library: Path) -> None:
    """With synchronous=NORMAL, which syncs at checkpoints only, answered commits are gone."""
    dice = Random(SEED)

    cuts = [cut(tmp_path / str(n), library, "NORMAL", dice) for n in range(CUTS)]

    lossy = [one.lost for one in cuts if one.lost]
    assert lossy
    print(f"{CUTS} power cuts with NORMAL: {len(lossy)} lost commits, at most {max(lossy)}")
