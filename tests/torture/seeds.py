"""How long the tests of this room are, and from which dice they draw."""

import os
import random

LONG = "TM_TORTURE" in os.environ
SEED = int(os.environ.get("TM_SEED") or random.randrange(10**6))
