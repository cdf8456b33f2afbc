"""Words that say nothing: those in which a reporting server sets the answer that it quotes, and asides behind a noun.

Rules look at an answer's ends, and at a noun beside its verb. The frames have the forms of their programs: Postfix's smtp(8),
Exim's transports/smtp.c, Gmail's notices, Exchange's, Sendmail's.
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
_ASIDE_SIGNS = (
    " in question ",
    " on this ",
    " on our ",
    " sent to ",
    " is for ",
    " addressed to ",
    "ed for ",
    " directed to ",
    " this address ",
    " that address ",
    " the address ",
)
"""One of these stands in each aside."""
_ASIDE = re.compile(
    r"(\b(?:mail ?box|inbox|user|account|address|recipient|addressee|alias))"
    r" (?:in question|on (?:this|our) (?:mail )?(?:server|system|host)"
    r"|(?:associated with|linked to|linked with|connected to|connected with|attached to|belonging to|behind|assigned to|tied to)"
    r" (?:this|that|the) (?:e-?mail )?address"
    r"|(?:(?:that|which|to which|to whom) )?(?:this|your|the) (?:e-?mail|mail|message|letter) (?:is|was|has been)"
    r" (?:for|sent to|addressed to|meant for|intended for|directed to|destined for))(?= )",
    re.IGNORECASE,
)
"""Words behind a noun for the recipient that say no more than the noun: "the user | in question | is unknown"."""
_EXAMPLES = re.compile(
    r"\((?:e\. ?g\.|ex[.:]|examples?:|for (?:example|instance)|z\. ?b\."
    r"|p\. ?ex\.|p\. ?ej\.|par exemple|por ejemplo|por exemplo|ad es\.|bijv\.)[^()\n]{1,200}\)",
    re.IGNORECASE,
)
"""Examples of causes in brackets: "(ex: unknown user, mailbox not found)"."""
_EXAMPLE = ("(e", "(E", "(f", "(F", "(z.", "(p", "(ad es", "(bijv")
"""The beginnings of such brackets."""
_GENERAL_SIGN = "couldn't be found, or is unable to receive mail"
_GENERAL = re.compile(
    r"\*\* address not found \*\*|\bbecause the address couldn't be found, or is unable to receive mail\b"
    r"|\bthe address couldn't be found\b(?=, or is unable|\. is it spelled)",
    re.IGNORECASE,
)
"""Gmail's sentence about every address that its receiver refuses: where the receiver's answer is quoted, that answer decides."""
_QUOTES_ANSWER = re.compile(r"\b(?:response|answer|error)\b[^:\n]{0,60}(?: was)?:\s*[45]\d\d[ -]", re.IGNORECASE)


def without_frames(lines: tuple[str, ...], whole: str) -> tuple[str, ...]:
    """Remove the frames and asides from *lines*, of which *whole* is made; the rest of the quoted answer stays as it is."""
    if any(sign in whole for sign in _ASIDE_SIGNS):
        lines = tuple([_ASIDE.sub(r"\1", line) for line in lines])
    if _GENERAL_SIGN in whole and _QUOTES_ANSWER.search(whole):
        lines = tuple([_GENERAL.sub(" ", line).strip() or line for line in lines])
    if not any(sign in whole for sign in _SIGNS):
        return lines
    return tuple([_FRAME.sub(_answer_in, line).strip() or line for line in lines])


def without_examples(lines: tuple[str, ...], whole: str) -> tuple[str, ...]:
    """Remove examples of causes in brackets from *lines*, of which *whole* is made."""
    if not any(sign in whole for sign in _EXAMPLE):
        return lines
    return tuple([_EXAMPLES.sub(" ", line) for line in lines])


def _answer_in(frame: re.Match[str]) -> str:
    return frame[frame.lastindex] if frame.lastindex else " "
