"""Reply codes and enhanced status codes in words that an owner understands.

Reply codes: RFC 5321 section 4.2.3, RFC 4954 section 6, RFC 7504.
Enhanced status codes: IANA's registry "SMTP Enhanced Status Codes" (RFC 3463, RFC 5248).
"""

from bouncer.mail.status import EnhancedStatus

_REPLIES: dict[int, str] = {
    421: "the server is closing the connection; try later",
    432: "the login's password has to be renewed first",
    450: "the mailbox cannot be used now",
    451: "the server met an error while it worked on the message",
    452: "the server has too little room now",
    454: "the server has a fault for the time being",
    455: "the server cannot do this now",
    500: "the server did not understand a command",
    501: "the server did not understand an address or option",
    502: "the server does not do this",
    503: "commands came in the wrong order",
    504: "the server does not know this option",
    521: "the server takes no mail",
    530: "the server wants a login first",
    534: "the login method is too weak",
    535: "the login failed",
    538: "the login needs encryption",
    550: "refused: no such mailbox, no access, or against the server's rules",
    551: "the recipient is not at this server",
    552: "the mailbox, or the message, is over its size",
    553: "the mailbox's name is not allowed",
    554: "the server refused the message",
    555: "the server does not know an option of the sender or recipient",
    556: "the domain takes no mail",
}
_CLASSES = {2: "success", 4: "temporary", 5: "permanent"}
_SUBJECTS = {
    0: "no more is said",
    1: "about the address",
    2: "about the mailbox",
    3: "about the receiving system",
    4: "about the network or routing",
    5: "about the conversation between the servers",
    6: "about the message's content",
    7: "about security or policy",
}
_DETAILS: dict[tuple[int, int], str] = {
    (1, 1): "no such mailbox",
    (1, 2): "no such domain",
    (1, 3): "the address is written wrongly",
    (1, 4): "the address fits more than one mailbox",
    (1, 5): "the address is valid",
    (1, 6): "the mailbox has moved",
    (1, 7): "the sender's address is written wrongly",
    (1, 8): "the sender's domain is wrong",
    (1, 9): "passed on to a server that reports nothing more",
    (1, 10): "the domain takes no mail (null MX)",
    (2, 0): "something about the mailbox",
    (2, 1): "the mailbox is switched off",
    (2, 2): "the mailbox is full",
    (2, 3): "the message is longer than is allowed",
    (2, 4): "the mailing list could not be expanded",
    (3, 1): "the server has no room left",
    (3, 2): "the server takes no mail now",
    (3, 3): "the server cannot do what was asked",
    (3, 4): "the message is too big for the server",
    (3, 5): "the server is set up wrongly",
    (3, 6): "the requested priority was changed",
    (4, 1): "no answer from the server",
    (4, 2): "a bad connection",
    (4, 3): "the directory server failed",
    (4, 4): "no way to the server is known",
    (4, 5): "the network is too busy",
    (4, 6): "the mail went round in a loop",
    (4, 7): "the time for delivery ran out",
    (5, 1): "a command was not valid",
    (5, 2): "a command was written wrongly",
    (5, 3): "too many recipients",
    (5, 4): "an option was not valid",
    (5, 5): "the wrong version of the protocol",
    (5, 6): "a login exchange was too long",
    (6, 1): "this kind of content is not taken",
    (6, 2): "the content would have to be converted, which is forbidden",
    (6, 3): "the content would have to be converted, which cannot be done",
    (6, 4): "the content was converted with losses",
    (6, 5): "the content could not be converted",
    (6, 6): "the message's content is not available",
    (6, 7): "addresses beyond ASCII are not taken",
    (7, 1): "delivery is not authorised; the message is refused",
    (7, 2): "not allowed to send to this mailing list",
    (7, 3): "a security conversion is needed but not possible",
    (7, 4): "a security feature is not supported",
    (7, 5): "cryptography failed",
    (7, 6): "the cryptographic method is not supported",
    (7, 7): "the message was altered on the way",
    (7, 8): "the login's name or password is wrong",
    (7, 9): "the login method is too weak",
    (7, 10): "encryption is needed",
    (7, 11): "encryption is needed for this login method",
    (7, 13): "the user's account is disabled",
    (7, 14): "a trust relationship is needed",
    (7, 15): "the message's priority is too low",
    (7, 16): "the message is too big for its priority",
    (7, 17): "the mailbox's owner has changed",
    (7, 18): "the domain's owner has changed",
    (7, 19): "the test for a changed owner cannot be done",
    (7, 20): "no DKIM signature passed",
    (7, 21): "no DKIM signature was acceptable",
    (7, 22): "no DKIM signature of the author's domain passed",
    (7, 23): "SPF validation failed",
    (7, 24): "SPF validation met an error",
    (7, 25): "the sending server's name in reverse DNS is wrong",
    (7, 26): "several checks of the sender failed",
    (7, 27): "the sender's domain takes no mail (null MX)",
    (7, 28): "a flood of mail was seen",
    (7, 29): "ARC validation failed",
    (7, 30): "encryption is required on the whole way",
}


def reply_code(code: int) -> str:
    """Say what a reply code means; from its class where the code is none of the known."""
    if code in _REPLIES:
        return _REPLIES[code]
    return {4: "a temporary refusal", 5: "a permanent refusal"}.get(code // 100, "a reply of the server")


def enhanced_status(status: str) -> tuple[str, str] | None:
    """Say what an enhanced status code means, its class and its detail; None when *status* is none."""
    code = EnhancedStatus.parse(status)
    if code is None:
        return None
    detail = _DETAILS.get((code.subject, code.detail)) or _SUBJECTS.get(code.subject, "no more is known")
    return _CLASSES[code.klass], detail


def texts() -> tuple[str, ...]:
    """Give every text that can be said here, for translators."""
    unknown = tuple(reply_code(code) for code in (299, 499, 599))
    return (
        *_REPLIES.values(),
        *_CLASSES.values(),
        *_SUBJECTS.values(),
        *_DETAILS.values(),
        "no more is known",
        *unknown,
    )
