"""How many examples Hypothesis tries of a property: the variable BOUNCER_EXAMPLES multiplies them.

`make fuzz-http` asks for more than each run of the tests, and the runs on other Pythons for fewer.
"""

import os

TIMES = float(os.environ.get("BOUNCER_EXAMPLES", "1"))


def times(examples: int) -> int:
    """Give the number of examples to try instead of *examples*, at least one."""
    return max(1, round(examples * TIMES))
