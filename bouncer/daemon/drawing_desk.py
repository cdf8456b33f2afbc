"""The child of the drawing room: templates come in through one pipe, what they draw leaves through another.

As the reading desk it is bounded in memory, confined, and gives way to the process that receives.
"""

import pprint  # noqa: F401 -- one of Jinja's filters loads it when it is first used
import sys
from typing import BinaryIO

import jinja2

from bouncer.daemon.desk import answer, begin, load_parts
from bouncer.daemon.drawings import read_drawing, write_drawn
from bouncer.daemon.frames import take_frame
from bouncer.policy.compose.custom import draw


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (octets := take_frame(requests)) is not None:
        asked = read_drawing(octets)
        answer(answers, write_drawn(draw(asked.sources, asked.name, asked.shown)))


def main() -> None:
    """Load the parts of Jinja, confine this process, then serve its parent until the pipe ends."""
    load_parts(jinja2)
    try:
        _serve(*begin())
    except MemoryError:
        sys.exit(1)  # its parent sees that; what was drawn before may have taken the memory, so a new one is asked


if __name__ == "__main__":
    main()
