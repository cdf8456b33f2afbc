"""In what order mails leave when more are due than can leave at once. Pure.

Each mail has its turn, a moment: when it came, and a headway that its kind gives to others. So those that matter more
overtake the ones that have not waited long, and nothing waits for ever: a digest lets pass the notices of one hour, then no more.
"""

import datetime as dt
from collections.abc import Mapping

from bouncer.policy.records import Bucket, ParcelKind

HEADWAY: Mapping[ParcelKind, dt.timedelta] = {
    ParcelKind.FAILING: dt.timedelta(),  # rare, of ours, and somebody must act
    ParcelKind.TEST: dt.timedelta(),  # somebody waits for it
    ParcelKind.WARNING: dt.timedelta(),
    ParcelKind.WARNINGS: dt.timedelta(),
    ParcelKind.NOTICE: dt.timedelta(minutes=10),
    ParcelKind.DIGEST: dt.timedelta(hours=1),  # told late already
    ParcelKind.UNSENT: dt.timedelta(hours=1),
    ParcelKind.OPERATOR: dt.timedelta(hours=1),  # anyone can write to postmaster@, as often as they like
    ParcelKind.LISTED: dt.timedelta(hours=1),
    ParcelKind.UNREAD: dt.timedelta(hours=1),  # anyone can write to a return path, too
    ParcelKind.UNREAD_DIGEST: dt.timedelta(hours=1),
}
"""How much later mails of a kind may have come that go before it, by the difference of the two."""
MOST_HEADWAY = max(HEADWAY.values())


def turn(kind: ParcelKind, due: dt.datetime, bucket: Bucket = Bucket.PROVEN) -> dt.datetime:
    """Give the moment by which a mail of *kind*, due for the first time at *due*, is placed among the others.

    A notice of what is not proven gives way as mail to postmaster@ does: it may be one of very many forged ones.
    """
    if kind is ParcelKind.NOTICE and bucket is not Bucket.PROVEN:
        return due + HEADWAY[ParcelKind.OPERATOR]
    return due + HEADWAY[kind]
