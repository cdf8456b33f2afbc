"""What a smarthost's refusal is about: this mail, or the way to it. Pure.

A smarthost that wants a login, does not relay for us, or does not take our sender refuses everybody's mail alike: none of it may be
given up for that, the operator must act. Who is at fault is told by the enhanced status code (RFC 3463, RFC 7372), by the command
that was refused, and by the words of the servers in use; in doubt the mail waits.
"""

import re
from enum import StrEnum

from bouncer.mail.status import EnhancedStatus


class Command(StrEnum):
    """The commands of one mail that a smarthost can refuse."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


WANTS_LOGIN = frozenset({530, 534, 535, 538})
"""Reply codes of a server that wants another login (RFC 4954 section 6)."""

_OF_THE_MAIL = frozenset({"5.2.3", "5.3.4", "5.6.7"})
"""Too large for a mailbox or for the server, in need of SMTPUTF8: what MAIL can be refused for though the way is open."""
_OF_OUR_SENDER = frozenset({"5.1.7", "5.1.8"})
"""The sender's address has the wrong form, or its domain is not known."""
_TOO_LARGE = 552
_SENDER_WORDS = re.compile(
    r"\bsender\b|\bfrom (?:address|header|domain)|\bsend(?:ing)? as\b|not verified|not (?:allowed|authori[sz]ed|permitted) to send"
    r"|verified (?:sender|domain|identity)|sending domain",
    re.IGNORECASE,
)
_ROUTE_WORDS = re.compile(
    r"\brelay|authenticat|\bauth\b|not logged in|log ?in first|rcpthosts|\bhelo\b|\behlo\b|client host|starttls|must issue"
    r"|account (?:is )?(?:suspended|disabled|blocked)|return-path domain of this server",
    re.IGNORECASE,
)


def is_of_route(command: Command, code: int, text: str, forward_path: str) -> bool:
    """Whether a 5yz to *command* is about the way: it would meet any mail of ours. *forward_path* is the recipient's address."""
    if code in WANTS_LOGIN:
        return True
    words = _without_address(text, forward_path)
    status = str(EnhancedStatus.find(text) or "")
    if command is Command.MAIL:  # the recipient is not known yet
        return status not in _OF_THE_MAIL if status else code != _TOO_LARGE
    if _SENDER_WORDS.search(words) or _ROUTE_WORDS.search(words) or status in _OF_OUR_SENDER:
        return True
    # after DATA security and policy (X.7) judge what stands in the mail; before, whoever hands it over
    return command is Command.RCPT and status.startswith(("5.7.", "5.5."))


def _without_address(text: str, address: str) -> str:
    """Take the recipient's address out of a server's words: it may be called relay@."""
    return re.sub(re.escape(address), "", text, flags=re.IGNORECASE) if address else text
