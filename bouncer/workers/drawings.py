"""What passes between the drawing room and its child: JSON, so that neither is given more than texts, numbers, lists and dicts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bouncer.compose.custom import MAX_DRAWN, MAX_FAULT, Drawn, Shown


@dataclass(frozen=True, slots=True)
class Drawing:
    """One template to be drawn, of an account that has *sources*; with nothing to show it is compiled and no more."""

    sources: Mapping[str, str]
    name: str
    shown: Shown | None


def write_drawing(drawing: Drawing) -> bytes:
    """Write what is asked for."""
    return json.dumps(asdict(drawing)).encode()


def read_drawing(octets: bytes) -> Drawing:
    """Read what ``write_drawing`` wrote."""
    fields = json.loads(octets)
    shown = fields["shown"]
    return Drawing(fields["sources"], fields["name"], Shown(**shown) if shown else None)


def write_drawn(drawn: Drawn) -> bytes:
    """Write what came of it."""
    return json.dumps(asdict(drawn)).encode()


def read_drawn(octets: bytes) -> Drawn:
    """Read what ``write_drawn`` wrote; raises EOFError for what it did not write: then the child is not ours any more."""
    try:
        drawn = Drawn(**json.loads(octets))
        within = len(drawn.text) <= MAX_DRAWN and len(drawn.fault) <= MAX_FAULT
    except (ValueError, TypeError, RecursionError) as error:
        raise EOFError(f"an answer that is none: {error}") from error
    if not (within and isinstance(drawn.text, str) and isinstance(drawn.fault, str)):
        raise EOFError("an answer that is none")
    return drawn
