"""Postmark's types of bounces, and which of our outcomes are of which type. Pure.

Only hard failures are a ``HardBounce`` or a ``BadEmailAddress``. Every failure for now is ``Transient``: readers take Postmark's
``SoftBounce`` for a bounce. Types without outcomes never happen here; clients may ask for them.
"""

from dataclasses import dataclass

from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.webhooks import EventType

_OF_BLOCKS = {
    "spam-content": "SpamNotification",
    "virus": "VirusNotification",
    "authentication-failed": "DMARCPolicy",
    "rate-limited": "Transient",
}
_OF_HARD = {"address-error": "BadEmailAddress"}


@dataclass(frozen=True, slots=True)
class PostmarkType:
    """A type: its name and code, a title and a sentence for people, and the kinds of outcomes that are of it."""

    name: str
    code: int
    title: str
    says: str
    kinds: tuple[OutcomeKind, ...] = ()


def _block(name: str) -> tuple[OutcomeKind, ...]:
    return (OutcomeKind(EventType.BLOCK, tuple(reason for reason, word in _OF_BLOCKS.items() if word == name)),)


POSTMARK_TYPES = (
    PostmarkType(
        "HardBounce",
        1,
        "Hard bounce",
        "The address does not exist, is closed, or its domain takes no mail.",
        (OutcomeKind(EventType.BOUNCE, tuple(_OF_HARD), is_without=True),),
    ),
    PostmarkType(
        "Transient",
        2,
        "Message not delivered for now",
        "The mail failed for now: a full mailbox, a fault between the servers, or a report that says too little.",
        (OutcomeKind(EventType.DEFERRAL), *_block("Transient")),
    ),
    PostmarkType("Unsubscribe", 16, "Unsubscribe request", "The recipient asks to be taken off."),
    PostmarkType("Subscribe", 32, "Subscribe request", "The recipient asks to be put on."),
    PostmarkType("AutoResponder", 64, "Auto responder", "A machine answers for the recipient."),
    PostmarkType("AddressChange", 128, "Address change", "The recipient has another address now."),
    PostmarkType("DnsError", 256, "DNS error", "The domain could not be looked up."),
    PostmarkType(
        "SpamNotification",
        512,
        "Spam notification",
        "The mail was refused as spam.",
        _block("SpamNotification"),
    ),
    PostmarkType("OpenRelayTest", 1024, "Open relay test", "The mail was taken for a test of an open relay."),
    PostmarkType("Unknown", 2048, "Unknown", "The report cannot be classified."),
    PostmarkType("SoftBounce", 4096, "Soft bounce", "The mail failed for now."),
    PostmarkType(
        "VirusNotification",
        8192,
        "Virus notification",
        "The mail was refused because of a virus.",
        _block("VirusNotification"),
    ),
    PostmarkType("ChallengeVerification", 16384, "Challenge", "The sender is asked to confirm the mail."),
    PostmarkType(
        "BadEmailAddress",
        100000,
        "Bad address",
        "The address is none that mail can have.",
        (OutcomeKind(EventType.BOUNCE, tuple(_OF_HARD)),),
    ),
    PostmarkType(
        "SpamComplaint",
        100001,
        "Spam complaint",
        "The recipient reported the mail as spam.",
        (OutcomeKind(EventType.COMPLAINT),),
    ),
    PostmarkType("ManuallyDeactivated", 100002, "Manually deactivated", "Somebody suppressed the address."),
    PostmarkType("Unconfirmed", 100003, "Unconfirmed", "The recipient has not confirmed the address."),
    PostmarkType(
        "Blocked",
        100006,
        "Blocked",
        "The mail was refused because of its sender or its content; the address is fine.",
        (OutcomeKind(EventType.BLOCK, tuple(_OF_BLOCKS), is_without=True),),
    ),
    PostmarkType("SMTPApiError", 100007, "SMTP API error", "The mail was not taken for sending."),
    PostmarkType("InboundError", 100008, "Inbound error", "An inbound mail could not be handed over."),
    PostmarkType(
        "DMARCPolicy",
        100009,
        "DMARC policy",
        "The mail was refused, as it is not authenticated.",
        _block("DMARCPolicy"),
    ),
    PostmarkType("TemplateRenderingFailed", 100010, "Template rendering failed", "A template could not be filled in."),
)
"""All types, by code."""
BY_NAME = {entry.name: entry for entry in POSTMARK_TYPES}
ALL_KINDS = (
    OutcomeKind(EventType.BOUNCE),
    OutcomeKind(EventType.BLOCK),
    OutcomeKind(EventType.DEFERRAL),
    OutcomeKind(EventType.COMPLAINT),
)
"""The outcomes that are a bounce there: failures and complaints."""


def postmark_type(event: EventType, reason: str) -> PostmarkType:
    """Give the type of an outcome; ``Transient`` for an event that is no failure, as a delay."""
    if event is EventType.COMPLAINT:
        return BY_NAME["SpamComplaint"]
    if event is EventType.BOUNCE:
        return BY_NAME[_OF_HARD.get(reason, "HardBounce")]
    return BY_NAME[_OF_BLOCKS.get(reason, "Blocked") if event is EventType.BLOCK else "Transient"]
