"""A notice and a digest to test an account's own templates with; no field is empty."""

import datetime as dt

from bouncer.compose.custom import DIGEST, NAMES, TemplateInput
from bouncer.compose.digest import Digest
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.owner_mails import shown_digest, shown_notice
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.ndr.reading import Action, Kind
from bouncer.verdict.verdict import Reason

_AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
_SAID = "550 5.7.1 <jane@example.org>: blocked"


def sample(name: str) -> TemplateInput | None:
    """Give the sample for the template *name*; None for a part, which is only included."""
    if name not in NAMES:
        return None
    return shown_digest(_digest()) if name in DIGEST else shown_notice(_notice())


def _notice() -> Notice:
    diagnosis = ("5.7.1", 550, _SAID, "mx.example.org")
    jane = NoticeRecipient("jane@example.org", Action.FAILED, Reason.POLICY, *diagnosis, earlier=Earlier(2, _AT, _AT))
    facts = {"account": "acme", "report": "38g0n6damk02s", "arrived_at": _AT, "contact": "Bea"}
    return Notice("ann@acme.example", "sample@localhost", _AT, Kind.BOUNCE, (jane,), **facts)  # type: ignore[arg-type]


def _digest() -> Digest:
    tally = DigestTally()
    for reason in (Reason.POLICY, Reason.MAILBOX_FULL):
        tally.add(DigestRow(_AT, "jane@example.org", Kind.BOUNCE, Action.FAILED, reason, diagnostic_code=_SAID))
    return Digest("ann@acme.example", "sample@localhost", _AT, tally, "acme")
