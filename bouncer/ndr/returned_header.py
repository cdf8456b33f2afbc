"""The header of the message that a report returns (RFC 6522 section 3)."""

from bouncer.mail.signed_header import FIELD, parse_header
from bouncer.ndr import addresses, custom_args, evidence
from bouncer.ndr.header import Headers
from bouncer.ndr.reading import NO_ORIGINAL, Original

_NEVER_QUOTED = frozenset({"received", "message-id", "return-path", "mime-version"})


def is_whole(returned: Headers, text: str) -> bool:
    """Whether *returned*, or the *text* that holds it, has fields that no mail program quotes in an answer or a forwarded mail."""
    return returned.any_of(_NEVER_QUOTED) or evidence.has_trace(text)


def original_of(returned: Headers, most: int) -> Original:
    """Give the fields of *returned* that a Reading holds, with the first *most* recipients."""
    if not returned:
        return NO_ORIGINAL
    return Original(
        message_id=returned.raw("message-id") or None,
        subject=returned.get("subject") or None,
        from_=returned.get("from") or None,
        to=addresses.find_in_field(returned.get("to"))[:most],
        date=returned.raw("date") or None,
        return_path=parse_header(returned.raw(FIELD.lower())) or parse_header(returned.raw("return-path")),
        custom_args=custom_args.custom_args(returned),
    )
