"""Orders of the mailing process are the same at its other end, whatever is in them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bouncer.compose.notice import Earlier
from bouncer.daemon.mailing_orders import read_order, write_order
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.preferences import Preferences
from bouncer.policy.records import EntryKind, EntryState, LetterState
from bouncer.ports.letters import BounceRow, KeptLetter
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.settings.sections import ForwardSettings

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
ENTRY = OutboxEntry(1, 7, "acme", EntryKind.NOTICE, "a@b", "1@mx", EntryState.WAITING, 1, NOON, NOON, None, None)
PATH = ReturnPath("acme@rp.example", PathKind.ALIAS, "acme")
LETTER = KeptLetter(
    7, LetterState.READ, Received(PATH, "", "::1", "mx", None, smtputf8=False, received_at=NOON, raw=b"\xff\r\n")
)
JOBS = [
    DeliveryJob(ENTRY, None, ()),
    DeliveryJob(ENTRY, LETTER, (), kind="bounce", preferences=Preferences(language="sv", zone="Europe/Berlin")),
    DeliveryJob(ENTRY, LETTER, (), earlier={"jane@example.org": Earlier(2, NOON, NOON)}),
    DeliveryJob(ENTRY, None, (BounceRow(**dict.fromkeys(BounceRow.__dataclass_fields__, "\ud800\0 x")),)),  # type: ignore[arg-type] # text will do
]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_the_same_at_the_other_end(job: DeliveryJob) -> None:
    assert read_order(write_order((1, 0, job, "<>", {"notice.txt": "Hello"}))) == (
        1,
        0,
        job,
        "<>",
        {"notice.txt": "Hello"},
    )


def test_a_mail_and_the_settings_are_the_same_at_the_other_end() -> None:
    order = (OutgoingMail("", "a@b", "1@mx", b"x" * 100_000), ForwardSettings(), ZoneInfo("Europe/Berlin"))

    assert read_order(write_order(order)) == order
