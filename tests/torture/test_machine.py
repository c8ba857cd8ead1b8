"""Whatever is asked of a rack in whatever order, and however often it is killed in between."""

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.torture.machine import Machine
from tests.torture.seeds import LONG, SEED

EXAMPLES, STEPS = (60, 50) if LONG else (8, 25)


@pytest.mark.timeout(900)
def test_a_rack_does_what_its_model_says() -> None:
    """Create, go on, stop, retry, delete, resolve, crash, an hour later: no promise breaks."""
    machine = hypothesis.seed(SEED)(Machine)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
            verbosity=Verbosity.normal,
        ),
    )
