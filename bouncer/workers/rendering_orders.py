"""Messages between the renderer and its child: JSON, so that both get only texts, numbers, lists and dicts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bouncer.compose.custom import MAX_FAULT, MAX_OUTPUT, TemplateInput, TemplateOutput


@dataclass(frozen=True, slots=True)
class RenderingOrder:
    """One template of an account that has *sources*, to be rendered; where *shown* is None it is only compiled."""

    sources: Mapping[str, str]
    name: str
    shown: TemplateInput | None


def write_order(order: RenderingOrder) -> bytes:
    """Serialize an order."""
    return json.dumps(asdict(order)).encode()


def read_order(octets: bytes) -> RenderingOrder:
    """Parse the octets of ``write_order``."""
    fields = json.loads(octets)
    shown = fields["shown"]
    return RenderingOrder(fields["sources"], fields["name"], TemplateInput(**shown) if shown else None)


def write_output(output: TemplateOutput) -> bytes:
    """Serialize a result."""
    return json.dumps(asdict(output)).encode()


def read_output(octets: bytes) -> TemplateOutput:
    """Parse the octets of ``write_output``; raises EOFError for other octets: then the child cannot be trusted any more."""
    try:
        output = TemplateOutput(**json.loads(octets))
        within = len(output.text) <= MAX_OUTPUT and len(output.fault) <= MAX_FAULT
    except (ValueError, TypeError, RecursionError) as error:
        raise EOFError(f"not an answer of a renderer: {error}") from error
    if not (within and isinstance(output.text, str) and isinstance(output.fault, str)):
        raise EOFError("not an answer of a renderer")
    return output
