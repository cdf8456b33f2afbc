"""An outgoing mail of ours with its envelope, as a courier hands it to a mail server (RFC 5321 section 2.3.1)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A finished mail with its envelope. Lines end with CRLF."""

    reverse_path: str  # empty for the null reverse-path
    forward_path: str
    message_id: str  # without angle brackets
    octets: bytes = field(repr=False)
