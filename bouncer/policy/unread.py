"""Letters that a person has to see: those that no dialect can read, and those that people wrote to a return path. Pure.

Vacation replies, receipts and challenges are machines' mail and are only counted. Nobody has to see a mail program's
unsubscribe request that was carried out, either.
"""

from collections.abc import Iterable

from bouncer.ndr.reading import Kind, Written
from bouncer.policy.notifications import Notification
from bouncer.policy.preferences import UNREAD
from bouncer.policy.records import NO_ACCOUNT, Bounce, Bucket, Effect, EntryKind, Unread

COUNTED = frozenset({Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.RECEIPT})
"""Kinds of machines' mail whose number a digest gives."""
FOLLOWED = frozenset({Effect.SUPPRESSED, Effect.ALREADY})
"""Effects of a request to be taken off that was followed."""


def reason_to_show(kind: Kind, written: Written | None, bounces: Iterable[Bounce] = ()) -> Unread | None:
    """Give why a person has to see a letter of *kind* that led to *bounces*; None where nobody has to."""
    written = written or Written()
    if kind is Kind.UNREADABLE:
        return Unread.UNREADABLE
    if kind is Kind.UNSUBSCRIBE:
        followed = any(bounce.effect in FOLLOWED for bounce in bounces)
        return Unread.WISH if written.by_person or not followed else None
    if kind is not Kind.OTHER or not written.by_person:
        return None
    return Unread.ANSWER if written.answers else Unread.WRITTEN


def mails_about(owners: tuple[str, ...], *, forwards: bool) -> tuple[Notification, ...]:
    """Give a letter's notifications: for the account's subscribers; where it *forwards* and has no owners, the operator, too."""
    topics, kind = frozenset({UNREAD}), EntryKind.UNREAD
    of_account = Notification(kind, topics, bucket=Bucket.UNREAD)
    if owners or not forwards:
        return (of_account,)
    return (of_account, Notification(kind, topics, NO_ACCOUNT, bucket=Bucket.UNREAD))
