"""Priority: the order in which mails leave when more are due than can leave at once. Pure.

Each mail's priority is a moment: the time when it came, plus a delay of its kind. So mails that matter more overtake others that
have not waited long, and no mail waits for ever: a digest lets the notices of one hour pass, then no more.
"""

import datetime as dt
from collections.abc import Mapping

from bouncer.policy.records import Bucket, EntryKind

PRIORITY_DELAY: Mapping[EntryKind, dt.timedelta] = {
    EntryKind.FAILING: dt.timedelta(),  # rare, ours, and somebody must act
    EntryKind.TEST: dt.timedelta(),  # somebody waits for it
    EntryKind.SIGN_IN: dt.timedelta(),  # its owner waits for the link
    EntryKind.WARNING: dt.timedelta(),
    EntryKind.WARNINGS: dt.timedelta(),
    EntryKind.ENDPOINT: dt.timedelta(),
    EntryKind.NOTICE: dt.timedelta(minutes=10),
    EntryKind.EVENT: dt.timedelta(minutes=10),
    EntryKind.DIGEST: dt.timedelta(hours=1),  # it reports late anyway
    EntryKind.UNSENT: dt.timedelta(hours=1),
    EntryKind.OPERATOR: dt.timedelta(hours=1),  # anyone can write to postmaster@, as often as he likes
    EntryKind.LISTED: dt.timedelta(hours=1),
    EntryKind.UNREAD: dt.timedelta(hours=1),  # anyone can write to a return path too
    EntryKind.UNREAD_DIGEST: dt.timedelta(hours=1),
}
"""The priority delay of each kind: a mail that came later overtakes one whose delay is longer by more than the difference."""
_OF_REPORTS = (EntryKind.NOTICE, EntryKind.EVENT)
MAX_PRIORITY_DELAY = max(PRIORITY_DELAY.values())


def priority(kind: EntryKind, due: dt.datetime, bucket: Bucket = Bucket.PROVEN) -> dt.datetime:
    """Give the moment by which a mail of *kind*, first due at *due*, is sorted among the others.

    A notice or event of an unproven report has the delay of mail to postmaster@: it may be one of very many forged ones.
    """
    if kind in _OF_REPORTS and bucket is not Bucket.PROVEN:
        return due + PRIORITY_DELAY[EntryKind.OPERATOR]
    return due + PRIORITY_DELAY[kind]
