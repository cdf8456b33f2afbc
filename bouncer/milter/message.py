"""A message in the course of its milter events: its envelope, and the few header fields that we need."""

from dataclasses import dataclass, field

from bouncer.mail.path import plain_mailbox
from bouncer.mail.signed_header import FIELD
from bouncer.milter import frames
from bouncer.ndr.header import decode_words, to_text, unfold
from bouncer.policy.outgoing import MAX_TEXT, Outgoing, Sending

MAX_RECIPIENTS = 50_000
"""Recipients of one message; Postfix takes a thousand (smtpd_recipient_limit), Sendmail has a limit in its configuration only."""
MAX_RECIPIENT_OCTETS = 4 * 1024 * 1024
"""Octets of all RCPT commands of one message: MAX_RECIPIENTS of 80 each. A frame has up to 256 kB, and each is kept to the end."""
MAX_MARKS = 100
"""Header fields with the name of our mark that are removed; forwarding leaves fewer."""
MAX_VALUE = 4 * 1024
"""Octets of a header field that are decoded: enough for MAX_TEXT encoded characters."""

_MARK = FIELD.lower().encode()


@dataclass(slots=True)
class MilterMessage:
    """The envelope and the header fields that came so far."""

    reverse_path: bytes
    login: str
    utf8: bool = field(default=False, kw_only=True)
    """Whether the client asked for SMTPUTF8, so that a reply may hold more than ASCII."""
    recipients: dict[str, list[bytes]] = field(default_factory=dict)
    """The mailbox -> the octets of RCPT that named it, one for each spelling; deleting a recipient needs them."""
    rcpt_count: int = 0
    """RCPT commands, repeated mailboxes included."""
    rcpt_octets: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    marks: int = 0

    def add_recipient(self, octets: bytes) -> str:
        """Add a recipient by the octets of RCPT, and give its mailbox. Raises ValueError where there are too many."""
        self.check_room()
        self.rcpt_count += 1
        self.rcpt_octets += len(octets)
        address = mailbox(octets)
        self.recipients.setdefault(address, []).append(octets)
        return address

    def check_room(self) -> None:
        """Raise ValueError where there is no room for another recipient."""
        if self.rcpt_count >= MAX_RECIPIENTS or self.rcpt_octets >= MAX_RECIPIENT_OCTETS:
            raise ValueError("more recipients than a message has")

    def add_header(self, octets: bytes, facts: dict[bytes, str]) -> None:
        """Store a field where *facts* maps its name to a fact; the first field of a name counts (RFC 7103 section 7.1.1)."""
        name, _, value = octets.partition(b"\0")
        name = name.lower()
        fact = facts.get(name)
        if fact is not None:
            if fact not in self.fields:  # decoding thousands of repeated fields would take seconds
                self.fields[fact] = decode_value(value.partition(b"\0")[0])
        elif name == _MARK:
            self.marks = min(self.marks + 1, MAX_MARKS)

    def outgoing(self, queue_id: str | None = None) -> Outgoing:
        """Give the message as a value; *queue_id* is its name in the mail server's log."""
        path, recipients = mailbox(self.reverse_path), tuple(self.recipients)
        return Outgoing(path, recipients, self.login, queue_id=queue_id, **self.fields)

    def edits(self, sending: Sending) -> bytes:
        """Give the frames that change the message as *sending* says."""
        edits = [frames.delete_recipient(octets) for address in sending.dropped for octets in self.recipients[address]]
        if sending.reverse_path is not None:
            edits.append(frames.change_sender(sending.reverse_path))
            edits += [frames.remove_header(FIELD, nth) for nth in range(self.marks, 0, -1)]
        if sending.mark is not None:
            edits.append(frames.add_header(*sending.mark))
        return b"".join(edits)


def mailbox(octets: bytes) -> str:
    """Give the address of MAIL or RCPT as text (RFC 6531), without angle brackets, source route and needless quotes."""
    return plain_mailbox(octets.decode("utf-8", "replace").strip().removeprefix("<").removesuffix(">").strip())


def decode_value(value: bytes) -> str:
    """Give a header field's value as text: unfolded, decoded, without blanks at its ends, and cut to MAX_TEXT."""
    text = to_text(unfold(value[:MAX_VALUE].decode("latin-1").replace("\r\n", "\n")), "utf-8")
    return decode_words(text).strip()[:MAX_TEXT].rstrip()
