"""What each reason means to somebody who knows nothing of SMTP: a title, why, what to do.

The sentences follow what the bounce help pages of large senders tell their customers; reasons are those of policy.verdict.
"""

from dataclasses import dataclass

from bouncer.verdict.verdict import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words: ``title`` goes on after "because" or stands in a subject; ``advice`` is a list of things to do."""

    title: str
    why: str
    advice: tuple[str, ...]


_AGAIN_LATER = "Send it again in a day or two. If it goes on for weeks, reach the person another way."
CORRECT_OR_REMOVE = "Correct the address in your list, or take it out. Mail to it will never arrive."
_ASK_FOR_NEW = "If you know the person, ask for the current address another way."
_PATTERN = "See whether other mail to the same domain fails too: then the fault is theirs, and waiting helps."
_OWN_SERVER = "Show this notice to whoever runs your mail server: the cause is on the sending side."
CAREFUL = "This report may be forged. See whether other mail to the address fails, too, before you change your list."
BLOCK_LIST = (
    "Have your mail server checked on the block list that the server's own words name, and ask to be taken off."
)

WORDS: dict[Reason, Words] = {
    Reason.INVALID_RECIPIENT: Words(
        "mailbox does not exist",
        "The recipient's mail server says that it has no mailbox of this name. The address is misspelt, or it is gone.",
        ("Look for a misspelling in the part before the @.", CORRECT_OR_REMOVE, _ASK_FOR_NEW),
    ),
    Reason.BAD_DOMAIN: Words(
        "domain does not exist",
        "The part after the @ is no domain that can be found. It is misspelt, or it was given up.",
        ("Look for a misspelling after the @, such as gmial.com.", CORRECT_OR_REMOVE),
    ),
    Reason.ADDRESS_ERROR: Words(
        "address is not valid",
        "The address is not written as a mail address must be, so no server can deliver to it.",
        ("Look for blanks, a missing @ or stray characters in the address.", CORRECT_OR_REMOVE),
    ),
    Reason.CLOSED_ACCOUNT: Words(
        "account is closed",
        "The mailbox existed once. Its provider has closed it for good.",
        (CORRECT_OR_REMOVE, _ASK_FOR_NEW),
    ),
    Reason.RECIPIENT_MOVED: Words(
        "recipient has moved",
        "The recipient no longer uses this address. The server's own words may name the new one.",
        ("Read the server's own words for a new address.", CORRECT_OR_REMOVE),
    ),
    Reason.DOMAIN_TAKES_NO_MAIL: Words(
        "domain takes no mail",
        "The domain exists, but says that it takes no mail at all.",
        ("Look for a misspelling after the @.", CORRECT_OR_REMOVE),
    ),
    Reason.GENERAL_PERMANENT: Words(
        "refused for good",
        "The recipient's mail server refused the message for good and did not say why.",
        (
            "Check the address. If it is right, ask the person whether their provider filters your mail.",
            "Do not send the same message to it again and again.",
        ),
    ),
    Reason.MAILBOX_FULL: Words(
        "mailbox is full",
        "The mailbox exists, but has no room for more mail.",
        (_AGAIN_LATER,),
    ),
    Reason.ACCOUNT_INACTIVE: Words(
        "mailbox is not active",
        "The mailbox exists, but its owner has not used it for long, or its provider has suspended it.",
        (_AGAIN_LATER, "If it stays so, take the address out of your list."),
    ),
    Reason.MESSAGE_TOO_LARGE: Words(
        "message is too large",
        "The message is larger than the recipient's mailbox or server takes.",
        ("Send it with smaller attachments, or send a link to the files instead.",),
    ),
    Reason.MAILBOX_UNAVAILABLE: Words(
        "mailbox is unavailable",
        "The recipient's mail server could not, or would not, use the mailbox just then. It did not say more.",
        (_AGAIN_LATER,),
    ),
    Reason.SERVER_BUSY: Words(
        "server is too busy",
        "The recipient's mail server had too much to do, or was closed for maintenance.",
        ("Nothing is wrong with the address. Send it again later.", _PATTERN),
    ),
    Reason.NETWORK_ERROR: Words(
        "server cannot be reached",
        "No connection to the recipient's mail server could be made, or it broke.",
        ("Nothing is known to be wrong with the address. Send it again later.", _PATTERN),
    ),
    Reason.DNS_ERROR: Words(
        "domain cannot be looked up",
        "The servers that know where the domain's mail goes did not answer, or answered wrongly.",
        ("Send it again later. If it goes on, check the part after the @.", _PATTERN),
    ),
    Reason.TLS_ERROR: Words(
        "no secure connection",
        "The two mail servers could not agree on an encrypted connection.",
        ("Nothing is wrong with the address.", _OWN_SERVER),
    ),
    Reason.EXPIRED: Words(
        "gave up after many tries",
        "The message was tried for days and never got through, so the sending server gave up.",
        ("Send it once more. If that fails too, reach the person another way.", _PATTERN),
    ),
    Reason.RECEIVER_ERROR: Words(
        "fault at the receiving server",
        "The recipient's mail server has a fault of its own.",
        ("Nothing is wrong with the address. Send it again later.", _PATTERN),
    ),
    Reason.FORMAT_ERROR: Words(
        "message is malformed",
        "The recipient's mail server could not take the message as it is written.",
        ("Look at what your mailing program makes: headers, very long lines, attachments.", _OWN_SERVER),
    ),
    Reason.ROUTING_LOOP: Words(
        "mail goes round in circles",
        "The message was passed on from server to server until one stopped it. Somebody's forwarding is wrong.",
        ("Tell the person that mail to this address is forwarded in a circle.",),
    ),
    Reason.RELAYING_DENIED: Words(
        "server does not take mail for this address",
        "The server that was asked does not take mail for this domain, or not from your server.",
        ("Look for a misspelling after the @.", _OWN_SERVER),
    ),
    Reason.SPAM_CONTENT: Words(
        "taken for spam",
        "The recipient's mail server took the message for spam because of what is in it.",
        (
            "The address is good. Look at subject, links and pictures, then write the message differently.",
            "Send only to people who asked for your mail.",
        ),
    ),
    Reason.VIRUS: Words(
        "attachment refused",
        "The recipient's mail server found, or suspects, something harmful in the message or its attachments.",
        ("Scan your computer and the files.", "Send programs and archives as a link, not as an attachment."),
    ),
    Reason.BAD_REPUTATION: Words(
        "your mail server is blocked",
        "The recipient's mail server does not trust the server or the domain that the message came from.",
        (
            "The address is good: do not take it out.",
            BLOCK_LIST,
        ),
    ),
    Reason.AUTHENTICATION_FAILED: Words(
        "sender could not be verified",
        "The recipient's mail server could not verify that the message is really from your domain.",
        ("The address is good: do not take it out.", "Have SPF, DKIM and DMARC of your domain checked.", _OWN_SERVER),
    ),
    Reason.SENDER_REJECTED: Words(
        "sender is refused",
        "The recipient's mail server, or the recipient, does not want mail from your address or server.",
        ("The address is good. Ask the person another way to let your mail through.", _OWN_SERVER),
    ),
    Reason.POLICY: Words(
        "against the receiver's rules",
        "A rule of the recipient's mail server forbids this message.",
        ("The address is good. The server's own words may say which rule it is.", _OWN_SERVER),
    ),
    Reason.RATE_LIMITED: Words(
        "too much mail at once",
        "The recipient's mail server got more mail from you, or for this mailbox, than it takes in that time.",
        ("The address is good. Send more slowly, and send this message again later.",),
    ),
    Reason.UNKNOWN: Words(
        "reason unknown",
        "The report does not say clearly what went wrong.",
        ("Read the server's own words.", "If mail to this address fails again, check the address."),
    ),
}

DELAY = Words(
    "not delivered yet",
    "The message is still waiting at a mail server, which goes on trying. If that fails in the end, you get another notice.",
    ("There is nothing to do now. Do not send it again: it would arrive twice.",),
)
COMPLAINT = Words(
    "marked as spam",
    "The recipient, or their provider, reported the message as unwanted mail.",
    (
        "Take the address out of your list: more mail to it harms the delivery of all your mail.",
        "Make sure that every mailing can be unsubscribed from with one click.",
    ),
)
UNREADABLE = Words(
    "could not be read",
    "A letter came to one of your return paths, and nobody here can read what it says. It may be a report on your mail.",
    ("Ask whoever runs this service to look at it; the id of the letter is all that they need.",),
)
ASKED = "recipient asked to be taken off"
"""The title of an unsubscription."""
ARRIVED = Words("delivered", "The report says that the message arrived, or was passed on.", ())


def texts() -> tuple[str, ...]:
    """Give every text that can be said here, for translators."""
    every = (*WORDS.values(), DELAY, COMPLAINT, UNREADABLE, ARRIVED)
    said = (text for one in every for text in (one.title, one.why, *one.advice))
    return tuple(dict.fromkeys((*said, CAREFUL, ASKED)))
