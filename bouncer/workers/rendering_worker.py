"""The renderer's child: requests to render come through one pipe, and the results leave through another.

Like the reader's child it is bounded in memory, confined, and yields the processor to the process that receives mail.
"""

import html  # noqa: F401 -- Jinja's filters import it, and pprint, at their first use
import pprint  # noqa: F401
import sys
from typing import BinaryIO

import jinja2

from bouncer.compose.custom_rendering import render
from bouncer.compose.language import LANGUAGES
from bouncer.workers.protocol import read_frame
from bouncer.workers.rendering_orders import read_order, write_output
from bouncer.workers.worker import answer, confine_and_report, import_submodules


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while (octets := read_frame(requests)) is not None:
        order = read_order(octets)
        answer(answers, write_output(render(order.sources, order.name, order.shown)))


def main() -> None:
    """Load the parts of Jinja and every catalogue, confine this process, then serve its parent until the pipe ends."""
    import_submodules(jinja2)
    for code in LANGUAGES:  # looking a language up reads its catalogue
        LANGUAGES[code]
    try:
        _serve(*confine_and_report())
    except MemoryError:
        sys.exit(1)  # earlier renderings may have taken the memory: the parent sees the end and asks a new child


if __name__ == "__main__":
    main()
