"""The child of the drawing room: templates come in through one pipe, what they draw leaves through another.

As the reading desk it is bounded in memory, confined, and gives way to the process that receives.
"""

import html  # noqa: F401 -- Jinja's filters load it, and pprint, when they are first used
import pprint  # noqa: F401
import sys
from typing import BinaryIO

import jinja2

from bouncer.compose.custom import draw
from bouncer.compose.language import LANGUAGES
from bouncer.workers.drawings import read_drawing, write_drawn
from bouncer.workers.protocol import take_frame
from bouncer.workers.worker import answer, begin, load_parts


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (octets := take_frame(requests)) is not None:
        asked = read_drawing(octets)
        answer(answers, write_drawn(draw(asked.sources, asked.name, asked.shown)))


def main() -> None:
    """Load the parts of Jinja and every catalogue, confine this process, then serve its parent until the pipe ends."""
    load_parts(jinja2)
    for code in LANGUAGES:  # read where they are looked up
        LANGUAGES[code]
    try:
        _serve(*begin())
    except MemoryError:
        sys.exit(1)  # its parent sees that; what was drawn before may have taken the memory, so a new one is asked


if __name__ == "__main__":
    main()
