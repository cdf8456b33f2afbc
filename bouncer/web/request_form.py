"""The form of a request, checked before any look-up: its target as the routes expect it, and header fields with a single value."""

import re
from collections import Counter
from urllib.parse import unquote

from starlette.types import Scope

from bouncer.web.problem import NOTHING_HERE, ProblemError

SCHEMES = ("http://", "https://")
"""The beginnings of a target in absolute form (RFC 9112 section 3.2.2)."""
SINGLE = frozenset(
    (
        b"authorization",
        b"content-type",
        b"idempotency-key",
        b"on-behalf-of",
        b"x-postmark-server-token",
    )
)
"""Header fields that have one value (RFC 9110 section 5.3): a proxy that checks the last of two and a server that takes the first
would not mean the same key."""
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{0,255})(?::[0-9]{0,5})?")
"""A name, as DNS and the names of containers have it, or an address, and a port (RFC 9110 section 7.2); also nothing, as a client
sends that asks for no name. A user part, a slash, a comma or a blank would be another host to another reader."""
_DOT_SEGMENT = re.compile(rb"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def settle_target(scope: Scope) -> Scope:
    """Give *scope* with its target in origin form.

    Raises ProblemError for a request that readers may read differently: 400, and 404 for a path with `.` or `..` between slashes.
    """
    counts = Counter(name for name, _ in scope["headers"])
    for name, count in counts.items():
        if count > 1 and name in SINGLE:
            raise ProblemError(400, f"The header field {name.decode('latin-1')} is given twice.")
    if b"transfer-encoding" in counts and b"content-length" in counts:
        # RFC 9112 section 6.1: where the two differ, the next request on the connection begins in the middle of this body
        ends = {"connection": "close"}
        raise ProblemError(400, "Send Content-Length or Transfer-Encoding, not both.", headers=ends)
    if scope["path"].lower().startswith(SCHEMES):
        scope = _make_origin_form(scope)
    if not all(_HOST.fullmatch(value) for name, value in scope["headers"] if name == b"host"):
        raise ProblemError(400, "The header field Host names no host.")
    if _has_dot_segment(scope["raw_path"]):
        raise ProblemError(404, NOTHING_HERE)
    return scope


def _has_dot_segment(raw_path: bytes) -> bool:
    """Whether other readers take parts of the path away (RFC 3986 section 5.2.4), as browsers and proxies do.

    A parameter that may have slashes would take `/v3/suppression/bounces/../blocks` for an address.
    """
    return _DOT_SEGMENT.search(raw_path) is not None


def _make_origin_form(scope: Scope) -> Scope:
    """Use the host of an absolute target in place of the field Host, which is then ignored (RFC 9112 section 3.2.2)."""
    _, _, rest = scope["raw_path"].partition(b"://")
    host, slash, raw_path = rest.partition(b"/")
    raw_path = slash + raw_path or b"/"
    headers = [(b"host", host), *((name, value) for name, value in scope["headers"] if name != b"host")]
    return {**scope, "path": unquote(raw_path.decode("ascii")), "raw_path": raw_path, "headers": headers}
