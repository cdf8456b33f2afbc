"""The form of a request, checked before any look-up: its target as the routes expect it, and header fields with a single value."""

from collections import Counter
from urllib.parse import unquote

from starlette.types import Scope

from bouncer.web.problem import ProblemError

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


def settle_target(scope: Scope) -> Scope:
    """Give *scope* with its target in origin form. Raises ProblemError (400) for a request that readers may read differently."""
    counts = Counter(name for name, _ in scope["headers"])
    for name, count in counts.items():
        if count > 1 and name in SINGLE:
            raise ProblemError(400, f"The header field {name.decode('latin-1')} stands there twice.")
    if b"transfer-encoding" in counts and b"content-length" in counts:
        # RFC 9112 section 6.1: where the two differ, the next request on the connection begins in the middle of this body
        ends = {"connection": "close"}
        raise ProblemError(400, "Send Content-Length or Transfer-Encoding, not both.", headers=ends)
    return _make_origin_form(scope) if scope["path"].lower().startswith(SCHEMES) else scope


def _make_origin_form(scope: Scope) -> Scope:
    """Use the host of an absolute target in place of the field Host, which is then ignored (RFC 9112 section 3.2.2)."""
    _, _, rest = scope["raw_path"].partition(b"://")
    host, slash, raw_path = rest.partition(b"/")
    raw_path = slash + raw_path or b"/"
    headers = [(b"host", host), *((name, value) for name, value in scope["headers"] if name != b"host")]
    return {**scope, "path": unquote(raw_path.decode("ascii")), "raw_path": raw_path, "headers": headers}
