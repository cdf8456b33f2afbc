"""Messages between the drawer and its child: JSON, so that both get only texts, numbers, lists and dicts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bouncer.compose.custom import MAX_DRAWN, MAX_FAULT, TemplateInput, TemplateOutput


@dataclass(frozen=True, slots=True)
class Drawing:
    """One template of an account that has *sources*, to be drawn; where *shown* is None it is only compiled."""

    sources: Mapping[str, str]
    name: str
    shown: TemplateInput | None


def write_drawing(drawing: Drawing) -> bytes:
    """Serialize a request."""
    return json.dumps(asdict(drawing)).encode()


def read_drawing(octets: bytes) -> Drawing:
    """Parse the octets of ``write_drawing``."""
    fields = json.loads(octets)
    shown = fields["shown"]
    return Drawing(fields["sources"], fields["name"], TemplateInput(**shown) if shown else None)


def write_drawn(output: TemplateOutput) -> bytes:
    """Serialize a result."""
    return json.dumps(asdict(output)).encode()


def read_drawn(octets: bytes) -> TemplateOutput:
    """Parse the octets of ``write_drawn``; raises EOFError for other octets: then the child cannot be trusted any more."""
    try:
        output = TemplateOutput(**json.loads(octets))
        within = len(output.text) <= MAX_DRAWN and len(output.fault) <= MAX_FAULT
    except (ValueError, TypeError, RecursionError) as error:
        raise EOFError(f"not an answer of a drawer: {error}") from error
    if not (within and isinstance(output.text, str) and isinstance(output.fault, str)):
        raise EOFError("not an answer of a drawer")
    return output
