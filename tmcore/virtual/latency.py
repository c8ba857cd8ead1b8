"""How long things take on a virtual phone; the lifelike figures are guesses, not measurements."""

import random
from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, each drawn anew from its range."""

    shell: Range
    dump: Range
    upload: Range
    splash: Range
    probe: Range  # until the media store knows a new video's duration
    server: Range  # until uiautomator2's server listens
    rpc: Range  # a dump of that server, on top of the shell's time

    def draw(self, span: Range, dice: random.Random) -> float:
        """One value of a range."""
        return dice.uniform(*span)


PROFILES = {
    # the upload is long enough for a watcher that looks every 0.3 s to see the badge
    "instant": Latency((0, 0), (0, 0), (1.2, 1.2), (0, 0), (0.15, 0.15), (0, 0), (0, 0)),
    "lifelike": Latency(
        (0.02, 0.06), (0.6, 1.1), (1.5, 3.0), (0.4, 0.8), (0.2, 0.5), (0.8, 1.5), (0.08, 0.25)
    ),
}
