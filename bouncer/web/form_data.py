"""Bodies of forms: ``application/x-www-form-urlencoded``, and ``multipart/form-data`` (RFC 7578)."""

from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from bouncer.web.problem import ProblemError

MOST_FIELDS = 50
"""Fields of one form: more than any route has."""
FILE = "file"
"""The name of a field that is a file: clients of one route give it several."""
MAX_HEAD = 2048
"""Octets of the header of a part: a field's name and that of its file have a tenth of that."""
_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_END = b"--"


def is_multipart(content_type: str) -> bool:
    """Whether a body with this Content-Type is a form whose fields may be files."""
    return content_type.partition(";")[0].strip().lower() == _MULTIPART


def is_form(content_type: str) -> bool:
    """Whether a body with this Content-Type is a form."""
    return content_type.partition(";")[0].strip().lower() in (_URLENCODED, _MULTIPART)


def form_values(content_type: str, body: bytes) -> Mapping[str, object]:
    """Give the fields of a form: text, octets of a file, and a list where a name is repeated. Raises ProblemError (400)."""
    try:
        if content_type.strip().lower().startswith(_MULTIPART):
            fields = list(_parts(content_type, body))
        else:
            fields = [*parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)]
    except ValueError:  # undecodable text, too many fields
        raise ProblemError(400, "The body is no form that can be read.") from None
    values = dict[str, object]()
    for name, value in fields:
        if name not in values:
            values[name] = value
        elif isinstance(present := values[name], list):
            present.append(value)
        else:
            values[name] = [present, value]
    return values


def _parts(content_type: str, body: bytes) -> Iterator[tuple[str, str | bytes]]:
    boundary = boundary_of(content_type)
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_FIELDS + 1)
    for part in parts:
        if part.startswith(_END):
            return
        yield _field(part)
    raise ValueError("a multipart body without its end, or with too many parts")


def boundary_of(content_type: str) -> bytes:
    """Give the boundary that a Content-Type names. Raises ValueError where there is none."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if not boundary:
        raise ValueError("a multipart body without a boundary")
    return boundary.encode("ascii")


def _field(part: bytes) -> tuple[str, str | bytes]:
    head, separator, value = part.partition(b"\r\n\r\n")
    if not separator or len(head) > MAX_HEAD:
        raise ValueError("a part without a header, or with a long one")
    header = BytesHeaderParser(policy=HTTP).parsebytes(head.lstrip() + b"\r\n\r\n")
    parameters = getattr(header["content-disposition"], "params", {})
    name = parameters.get("name")
    if not name:
        raise ValueError("a part without a name")
    return (FILE, value) if "filename" in parameters else (str(name), value.decode())
