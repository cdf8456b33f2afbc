"""The processor time of processes, as the kernel counts it: other work on the machine changes it less than the clock's."""

import os
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: Sequence[int]) -> float:
    """Give the seconds of CPU that the processes have taken."""
    fields = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in pids]
    return sum(int(ticks) for stat in fields for ticks in stat[11:13]) / TICKS
