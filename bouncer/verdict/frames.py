"""The words in which a reporting server sets the answer that it quotes: they say nothing, and rules look at an answer's ends.

Their forms are those of the programs: Postfix's smtp(8), Exim's transports/smtp.c, Gmail's notices, Exchange's, Sendmail's.
"""

import re

_SIGNS = (
    " said: ",
    "in reply to RCPT",
    " recipient domain",
    "server returned was:",
    "Server returned '",
    "server returned '",
    "ender o",
    "ENDER O",
    "ender OK",
    "ender accepted",
)
"""One of these stands in each frame."""
_FRAME = re.compile(
    r"\bhost (?=\S{1,255}(?: \[[^\]\s]{1,45}\])? said: )"
    r"| ?\(in reply to RCPT TO command\)"
    r"|\bit was rejected by the (?:server for the )?recipient domain(?: \S{1,255} by \S{1,255}(?: \[[^\]\s]{1,45}\])?)?"
    r"|\bthe (?:error|response) (?:that )?the other server returned was:"
    r"|\bsender (?:is |was )?(?:ok|okay|accepted)[,;.:]+ (?:but |and )?(?=recipient\b|user\b|rcpt\b)"
    r"|\bremote server returned '([^'\n]{3,600})'$",
    re.IGNORECASE,
)
"""The name of the host stays, since rules of some providers look at it, and so does what tells of another command than RCPT."""


def without_frames(lines: tuple[str, ...], whole: str) -> tuple[str, ...]:
    """Remove the frames from *lines*, of which *whole* is made; the quoted answer stays as it is."""
    if not any(sign in whole for sign in _SIGNS):
        return lines
    return tuple([_FRAME.sub(_answer_in, line).strip() or line for line in lines])


def _answer_in(frame: re.Match[str]) -> str:
    return frame[frame.lastindex] if frame.lastindex else " "
