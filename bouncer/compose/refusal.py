"""The reply to a sender whose recipient is suppressed: the cause, the duration, and the command that frees the address.

One SMTP reply line (RFC 5321 section 4.5.3.1.5), in English as all of SMTP; beyond ASCII only for a client that uses SMTPUTF8 (RFC
6531 section 3.7.4.2). Only clients with mail of the account get it.
"""

import re
import shlex

from bouncer.compose.plain_text import CUT, line
from bouncer.compose.reasons import ASKED, WORDS
from bouncer.compose.reasons import COMPLAINT as SPAM
from bouncer.errors import Reply
from bouncer.mail.address import MAX_PATH, ascii_domain, split
from bouncer.mail.status import EnhancedStatus
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.records import Suppression
from bouncer.verdict.verdict import Reason

SUPPRESSED = EnhancedStatus(5, 7, 1)
"""The code of a policy of ours. 5.1.1, an unknown mailbox, would be a statement that only the recipient's own server can make."""
MAX_LINE = 512
"""Octets of a reply line, with code, status and line end."""
IN_FRONT = "<>: Recipient address rejected: "
"""Postfix's smtpd(8) writes this text, with the address in its brackets, before our reply; Sendmail writes "<ADDRESS>... "."""
MAX_SHOWN = 100
"""Octets of the address in the text of ``IN_FRONT``; nearly all addresses are shorter."""
MAX_CAUSE = 60
"""Octets of a person's own reason for a suppression: beyond ASCII a character takes up to four."""
ANY_ADDRESS = "ADDRESS"
"""Text in the command in place of an address that is too long for the line, or cannot be written in it."""

_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def refusal(suppression: Suppression, address: str, *, utf8: bool, follows_address: bool = False) -> Reply:
    """Give the reply for *address* as the client wrote it; *utf8*: the client accepts text beyond ASCII.

    *follows_address*: the mail server itself puts the address before the text, so that the text may omit it.
    """
    until = f"suppressed until {suppression.until:%Y-%m-%d}" if suppression.until else "suppressed"
    beginning = f"not sent, {_cause(suppression.reason, utf8=utf8)} ({until}); to free it: "
    written = _write_address(address, utf8=utf8)
    shown_address = _cut(_make_plain(address if written is None else written, utf8=utf8), MAX_SHOWN)
    with_any_address = beginning + release_command(suppression.account, ANY_ADDRESS)
    with_address = with_any_address if written is None else beginning + release_command(suppression.account, written)
    texts = (
        (with_address, with_any_address)
        if follows_address
        else (f"{shown_address}: {with_address}", f"{shown_address}: {with_any_address}", with_any_address)
    )
    room = MAX_LINE - len(f"550 {SUPPRESSED} {IN_FRONT}\r\n") - min(len(address.encode("utf-8", "replace")), MAX_PATH)
    return Reply(550, SUPPRESSED, next((text for text in texts if len(text.encode()) <= room), with_any_address))


def release_command(account: str, address: str) -> str:
    """Give the command that frees an address, quoted for a shell."""
    words = [*(["--"] if address.startswith("-") else []), shlex.quote(address)]
    return " ".join(["bouncer suppressions remove --account", account, *words])


def cause_in_words(reason: str) -> str | None:
    """Give the words for the cause of a suppression; None for a person's own reason, which is in words already."""
    if reason == COMPLAINT:
        return SPAM.title
    if reason == UNSUBSCRIBE:
        return ASKED
    return WORDS[Reason(reason)].title if reason in _REASONS else None


_REASONS = frozenset(Reason)


def _cause(reason: str, *, utf8: bool) -> str:
    return cause_in_words(reason) or f"reason: {_cut(_make_plain(line(reason, MAX_CAUSE), utf8=utf8), MAX_CAUSE)}"


def _write_address(address: str, *, utf8: bool) -> str | None:
    """Write *address* so that the client can read it and the command accepts it; None where that is impossible."""
    if address.isprintable() and (utf8 or address.isascii()):
        return address
    local, domain = split(address)
    host = ascii_domain(domain)
    return f"{local}@{host}" if local.isascii() and host.isascii() and f"{local}{host}".isprintable() else None


def _make_plain(text: str, *, utf8: bool) -> str:
    """Give *text* as one line, without characters that the client cannot read."""
    text = line(text, MAX_LINE)
    return text if utf8 else _NOT_ASCII.sub("?", text)


def _cut(text: str, limit: int) -> str:
    octets = text.encode()
    return text if len(octets) <= limit else octets[: limit - len(CUT)].decode("utf-8", "ignore") + CUT
