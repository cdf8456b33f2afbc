"""A notice and a digest to try an account's own templates on, with something in every place."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from bouncer.ndr.header import Headers
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import digest as digests
from bouncer.policy.compose.custom import NAMES, Custom, load
from bouncer.policy.compose.digest import Digest
from bouncer.policy.compose.language import ENGLISH, LANGUAGES
from bouncer.policy.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.policy.compose.render import FILTERS, given_to_templates
from bouncer.policy.compose.tally import DigestRow, Tally
from bouncer.policy.compose.view import view
from bouncer.verdict.verdict import Reason

_AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
_SAID = "550 5.7.1 <jane@example.org>: blocked"


def load_custom(sources: Mapping[str, str]) -> Custom:
    """Take an account's own templates, each tried on a sample."""
    return load(sources, {name: _given(name) for name in NAMES}, FILTERS)


def _given(name: str) -> dict[str, Any]:
    shown = digests.view(_digest()) if name.startswith("digest") else view(_notice(), Headers("Subject: news\n"))
    return given_to_templates(shown, LANGUAGES[ENGLISH])


def _notice() -> Notice:
    diagnosis = ("5.7.1", 550, _SAID, "mx.example.org")
    jane = NoticeRecipient("jane@example.org", Action.FAILED, Reason.POLICY, *diagnosis, earlier=Earlier(2, _AT, _AT))
    known = {"account": "acme", "report": "38g0n6damk02s", "arrived_at": _AT, "contact": "Bea"}
    return Notice("ann@acme.example", "sample@localhost", _AT, Kind.BOUNCE, (jane,), **known)  # type: ignore[arg-type]


def _digest() -> Digest:
    tally = Tally()
    for reason in (Reason.POLICY, Reason.MAILBOX_FULL):
        tally.add(DigestRow(_AT, "jane@example.org", Kind.BOUNCE, Action.FAILED, reason, diagnostic_code=_SAID))
    return Digest("ann@acme.example", "sample@localhost", _AT, tally, "acme")
