"""Whether a smarthost's refusal concerns this mail or the way to it. Pure.

A smarthost that requires a login, does not relay for us, or does not accept our sender refuses all mail alike: no mail may be given
up for that, and the operator must act. The enhanced status code (RFC 3463, RFC 7372), the refused command, and known servers' words
tell which it is; in doubt the mail waits.
"""

import re
from enum import StrEnum

from bouncer.mail.status import EnhancedStatus


class Command(StrEnum):
    """The commands of one mail that a smarthost can refuse."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


LOGIN_REQUIRED = frozenset({530, 534, 535, 538})
"""Reply codes of a server that requires a login, or another one (RFC 4954 section 6)."""

_OF_THE_MAIL = frozenset({"5.2.3", "5.3.4", "5.6.7"})
"""Too large for a mailbox or for the server, or in need of SMTPUTF8: refusals of MAIL that concern the mail alone."""
_OF_OUR_SENDER = frozenset({"5.1.7", "5.1.8"})
"""The sender's address is malformed, or its domain is unknown."""
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
    """Whether 5yz to *command* concerns the way, and so any mail of ours. *forward_path* is the recipient's address."""
    if code in LOGIN_REQUIRED:
        return True
    words = _without_address(text, forward_path)
    status = str(EnhancedStatus.find(text) or "")
    if command is Command.MAIL:  # the recipient is not known yet
        return status not in _OF_THE_MAIL if status else code != _TOO_LARGE
    if _SENDER_WORDS.search(words) or _ROUTE_WORDS.search(words) or status in _OF_OUR_SENDER:
        return True
    # after DATA, security and policy codes (X.7) are about the mail's content; before it, about the client
    return command is Command.RCPT and status.startswith(("5.7.", "5.5."))


def _without_address(text: str, address: str) -> str:
    """Remove the recipient's address from a server's words: its local part may be "relay"."""
    return re.sub(re.escape(address), "", text, flags=re.IGNORECASE) if address else text
