"""How long the tests of this room are, and from which dice: TM_TORTURE=1, TM_SEED=N.

The short form always draws the same; `make torture` draws anew, and prints its seed.
"""

import os

LONG = "TM_TORTURE" in os.environ
SEED = int(os.environ.get("TM_SEED", "1"))
