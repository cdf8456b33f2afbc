"""The drawer's child: requests to draw come through one pipe, and the results leave through another.

Like the reader's child it is bounded in memory, confined, and yields the processor to the process that receives mail.
"""

import html  # noqa: F401 -- Jinja's filters import it, and pprint, at their first use
import pprint  # noqa: F401
import sys
from typing import BinaryIO

import jinja2

from bouncer.compose.custom_drawing import draw
from bouncer.compose.language import LANGUAGES
from bouncer.workers.drawings import read_drawing, write_drawn
from bouncer.workers.protocol import read_frame
from bouncer.workers.worker import answer, confine_and_report, import_submodules


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (octets := read_frame(requests)) is not None:
        drawing = read_drawing(octets)
        answer(answers, write_drawn(draw(drawing.sources, drawing.name, drawing.shown)))


def main() -> None:
    """Load the parts of Jinja and every catalogue, confine this process, then serve its parent until the pipe ends."""
    import_submodules(jinja2)
    for code in LANGUAGES:  # looking a language up reads its catalogue
        LANGUAGES[code]
    try:
        _serve(*confine_and_report())
    except MemoryError:
        sys.exit(1)  # earlier drawings may have taken the memory: the parent sees the end and asks a new child


if __name__ == "__main__":
    main()
