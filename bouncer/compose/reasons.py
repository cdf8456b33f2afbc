"""The meaning of each reason for a reader who knows nothing of SMTP: a title, an explanation, advice.

The sentences follow the bounce help pages of large senders for their customers; reasons are those of verdict.verdict. Particular
causes within a reason are in ``particular_causes``.
"""

from dataclasses import dataclass

from bouncer.verdict.verdict import Reason


@dataclass(frozen=True, slots=True)
class ReasonText:
    """Plain words: ``title`` follows "because" or is part of a subject; ``advice`` is a list of things to do."""

    title: str
    why: str
    advice: tuple[str, ...]


_AGAIN_LATER = "Try again in a day or two. If it keeps failing for weeks, contact the person some other way."
CORRECT_OR_REMOVE = "Correct or remove the address: mail sent to it will never arrive."
_ASK_FOR_NEW = "If you know the person, ask for a current address some other way."
_PATTERN = "Check whether other mail to the same domain fails too. If it does, the problem is on their side, and waiting helps."
OWN_SERVER = "Show this notice to whoever runs your mail server: the cause is on the sending side."
KEEP = "The address is fine; keep it on your list."
_NOTHING_WRONG = "There is nothing wrong with the address. Try again later."
_TYPO_IN_DOMAIN = "Check the part after the @ for typos."
CAREFUL = (
    "This report may be forged. Check whether other mail to the address fails as well before you change your list."
)
BLOCK_LIST = "Check whether your mail server is on a block list (the server's response may name it), and ask to be removed from it."

WORDS: dict[Reason, ReasonText] = {
    Reason.INVALID_RECIPIENT: ReasonText(
        "mailbox does not exist",
        "The recipient's mail server says there is no mailbox with this name. The address is misspelt or no longer exists.",
        ("Check the part before the @ for typos.", CORRECT_OR_REMOVE, _ASK_FOR_NEW),
    ),
    Reason.BAD_DOMAIN: ReasonText(
        "domain does not exist",
        "The domain after the @ cannot be found. It is misspelt or no longer registered.",
        ("Check the part after the @ for typos, such as gmial.com.", CORRECT_OR_REMOVE),
    ),
    Reason.ADDRESS_ERROR: ReasonText(
        "address is not valid",
        "The address is not written the way an email address must be, so no server can deliver to it.",
        ("Look for spaces, a missing @ or stray characters in the address.", CORRECT_OR_REMOVE),
    ),
    Reason.CLOSED_ACCOUNT: ReasonText(
        "account is closed",
        "The mailbox used to exist, but it has been closed for good.",
        (CORRECT_OR_REMOVE, _ASK_FOR_NEW),
    ),
    Reason.RECIPIENT_MOVED: ReasonText(
        "recipient has moved",
        "The recipient no longer uses this address. The server's response may name the new one.",
        ("Look for a new address in the server's response.", CORRECT_OR_REMOVE),
    ),
    Reason.DOMAIN_TAKES_NO_MAIL: ReasonText(
        "domain does not accept mail",
        "The domain exists, but says that it does not accept any mail.",
        (_TYPO_IN_DOMAIN, CORRECT_OR_REMOVE),
    ),
    Reason.GENERAL_PERMANENT: ReasonText(
        "permanently refused",
        "The recipient's mail server permanently refused the message without giving a clear reason.",
        (
            "Check the address. If it is correct, ask the recipient whether their provider is filtering your mail.",
            "Do not keep sending the same message.",
        ),
    ),
    Reason.MAILBOX_FULL: ReasonText(
        "mailbox is full",
        "The mailbox exists, but it has no room for more mail.",
        (_AGAIN_LATER,),
    ),
    Reason.ACCOUNT_INACTIVE: ReasonText(
        "mailbox is inactive",
        "The mailbox exists, but it has not been used for a long time, or its provider has suspended it.",
        (_AGAIN_LATER, "If nothing changes, remove the address from your list."),
    ),
    Reason.MESSAGE_TOO_LARGE: ReasonText(
        "message is too large",
        "The message is larger than the recipient's mailbox or mail server accepts.",
        ("Send smaller attachments, or send a link to the files instead.",),
    ),
    Reason.MAILBOX_UNAVAILABLE: ReasonText(
        "mailbox is unavailable",
        "The recipient's mail server could not or would not use the mailbox at that time.",
        (_AGAIN_LATER,),
    ),
    Reason.SERVER_BUSY: ReasonText(
        "server is too busy",
        "The recipient's mail server was overloaded or down for maintenance.",
        (_NOTHING_WRONG, _PATTERN),
    ),
    Reason.NETWORK_ERROR: ReasonText(
        "server cannot be reached",
        "The recipient's mail server could not be reached, or the connection was lost.",
        ("As far as is known, the address is fine. Try again later.", _PATTERN),
    ),
    Reason.DNS_ERROR: ReasonText(
        "domain lookup failed",
        "The name servers that know where the domain's mail goes did not answer, or gave a wrong answer.",
        ("Try again later. If it keeps failing, check the part after the @.", _PATTERN),
    ),
    Reason.TLS_ERROR: ReasonText(
        "no secure connection",
        "The two mail servers could not agree on an encrypted connection.",
        (
            "There is nothing wrong with the address.",
            "Show this notice to whoever runs your mail server. The fault may be on either side.",
        ),
    ),
    Reason.EXPIRED: ReasonText(
        "gave up after many attempts",
        "Delivery was attempted for a long time without success, so the sending server gave up.",
        ("Send it once more. If that fails too, contact the person some other way.", _PATTERN),
    ),
    Reason.RECEIVER_ERROR: ReasonText(
        "problem at the receiving server",
        "The recipient's mail server has a problem of its own.",
        (_NOTHING_WRONG, _PATTERN),
    ),
    Reason.FORMAT_ERROR: ReasonText(
        "message is malformed",
        "The recipient's mail server could not process the message the way it was written or sent.",
        ("Check what your mail program produces: headers, very long lines, attachments.", OWN_SERVER),
    ),
    Reason.ROUTING_LOOP: ReasonText(
        "mail goes in circles",
        "The message was passed from server to server in a loop until one of them stopped it. Somebody's forwarding is wrong.",
        ("Tell the recipient some other way that mail to this address is forwarded in a loop.",),
    ),
    Reason.RELAYING_DENIED: ReasonText(
        "server does not accept mail for this address",
        "The server that was contacted does not accept mail for this domain, or not from your server.",
        (_TYPO_IN_DOMAIN, OWN_SERVER),
    ),
    Reason.SPAM_CONTENT: ReasonText(
        "treated as spam",
        "The recipient's mail server treated the message as spam because of its content.",
        (
            "The address is fine. Review the subject, links and images, and rewrite the message.",
            "Send only to people who asked for your mail.",
        ),
    ),
    Reason.VIRUS: ReasonText(
        "attachment refused",
        "The recipient's mail server found, or suspects, something harmful in the message or its attachments.",
        (
            "Scan your computer and the files for viruses.",
            "Send programs and archives as a link instead of an attachment.",
        ),
    ),
    Reason.BAD_REPUTATION: ReasonText(
        "your mail server is blocked",
        "The recipient's mail server does not trust the server or domain that the message came from.",
        (KEEP, BLOCK_LIST),
    ),
    Reason.AUTHENTICATION_FAILED: ReasonText(
        "sender could not be verified",
        "The recipient's mail server could not verify that the message really came from your domain.",
        (KEEP, "Have your domain's SPF, DKIM and DMARC checked.", OWN_SERVER),
    ),
    Reason.SENDER_REJECTED: ReasonText(
        "sender is refused",
        "The recipient's mail server, or the recipient, does not accept mail from your address or server.",
        ("The address is fine. Ask the recipient some other way to allow your mail.", OWN_SERVER),
    ),
    Reason.POLICY: ReasonText(
        "refused by a server's rules",
        "A mail server's rules do not allow this message.",
        ("The address is fine. The server's response may say which rule it is.", OWN_SERVER),
    ),
    Reason.RATE_LIMITED: ReasonText(
        "too much mail at once",
        "A mail server received more mail from you, or for this mailbox, than it accepts in that time.",
        ("The address is fine. Send more slowly, and send this message again later.",),
    ),
    Reason.UNKNOWN: ReasonText(
        "reason unknown",
        "The report does not say clearly what went wrong.",
        ("Read the server's response.", "If mail to this address fails again, check the address."),
    ),
}

DELAY = ReasonText(
    "not delivered yet",
    "The message is waiting at a mail server, which keeps trying. If it fails in the end, you will get another notice.",
    ("You do not need to do anything now. Do not send it again, or it may arrive twice.",),
)
COMPLAINT = ReasonText(
    "marked as spam",
    "The recipient, or their provider, reported the message as unwanted.",
    (
        "Remove the address from your list: sending it more mail harms the delivery of all your mail.",
        "Make sure that people can unsubscribe from every mailing with one click.",
    ),
)
UNREADABLE = ReasonText(
    "could not be read",
    "Mail came to one of your return paths that could not be read. It may be a report about your mail.",
    ("Ask whoever runs this service to look at it; all they need is the report's ID below.",),
)
ASKED = "recipient asked to be taken off"
"""The title for a request to be taken off."""
ARRIVED = ReasonText("delivered", "The report says that the message was delivered or passed on.", ())


def texts() -> tuple[str, ...]:
    """Give every text of this module, for translators."""
    every = (*WORDS.values(), DELAY, COMPLAINT, UNREADABLE, ARRIVED)
    sentences = (text for words in every for text in (words.title, words.why, *words.advice))
    return tuple(dict.fromkeys((*sentences, CAREFUL, ASKED)))
