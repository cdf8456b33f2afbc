"""Who is no longer written to: only on the word of a report that is proven, and only for a fault of the address itself."""

import datetime as dt

from bouncer.ndr.reading import Kind
from bouncer.policy.record import Belief, Believed, Suppression
from bouncer.policy.verdict import Category, Verdict

COMPLAINT = "complaint"
"""The reason of a suppression after a proven complaint (RFC 5965)."""


def suppress(
    kind: Kind,
    verdict: Verdict | None,
    believed: Believed,
    *,
    account: str,
    address: str,
    letter_id: int,
    now: dt.datetime,
) -> Suppression | None:
    """Say whether *address* is suppressed for *account* because of one recipient's outcome, and why; None when not."""
    if believed.belief is not Belief.PROVEN:
        return None
    if kind is Kind.COMPLAINT:
        reason = COMPLAINT
    elif kind is Kind.BOUNCE and verdict is not None and verdict.category is Category.HARD:
        reason = verdict.reason.value
    else:
        return None
    return Suppression(account, address, reason, "bounce", letter_id, since=now, until=None)
