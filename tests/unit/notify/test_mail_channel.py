"""The mails of the channel: each reader in their language, and each effect as it was recorded."""

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from bouncer.courier.choose import make_courier
from bouncer.notify.mail import MailChannel
from bouncer.policy.preferences import Preferences
from bouncer.policy.records import EntryKind, EntryState
from bouncer.ports.letters import BounceRow
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.settings.sections import ForwardSettings

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
OPERATOR = "op@example.net"


def parse_mail(job: DeliveryJob, folder: Path) -> EmailMessage:
    settings = ForwardSettings(
        courier=f"maildir:{folder}", from_="b@example.com", operator=OPERATOR, operator_language="de"
    )
    mail = MailChannel(make_courier(settings), settings, reverse_path=lambda _owner: "").compose(job)
    assert mail is not None
    message = message_from_bytes(mail.octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def delivery_job(kind: EntryKind, to: str, about: str | None = None, **facts: object) -> DeliveryJob:
    row = OutboxEntry(1, 7, "acme", kind, to, "1@mx", EntryState.WAITING, 1, NOON, NOON, None, None, about)
    plain: dict[str, object] = dict.fromkeys(BounceRow.__dataclass_fields__)
    columns: dict[str, object] = {
        "id": 1,
        "letter_id": 7,
        "at": NOON,
        "kind": "bounce",
        "action": "failed",
        "recipient": "jane@gmail.com",
        "category": "block",
        "reason": "bad-reputation",
        "belief": "proven",
        "belief_why": "",
        "diagnostic_code": "550 no",
        "suppressed": False,
        "campaign": "",
    }
    bounce = BounceRow(**{**plain, **columns, **facts})  # type: ignore[arg-type]
    return DeliveryJob(row, None, (bounce,), kind="bounce", preferences=Preferences(language="sv"))


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("ann@acme.example", "Varning: Gmail har avvisat 10 meddelanden från kontot acme"),
        (OPERATOR, "Warnung: Gmail hat 10 Nachrichten des Kontos acme abgelehnt"),
    ],
)
def test_owner_and_operator_are_warned_each_in_their_language(to: str, subject: str, tmp_path: Path):
    mail = parse_mail(delivery_job(EntryKind.WARNING, to, "10 Gmail"), tmp_path)

    assert mail["Subject"] == subject
    assert "| 550 no" in text(mail)


def test_the_mail_about_an_owner_whose_mail_comes_back_has_the_command_to_copy(tmp_path: Path):
    mail = parse_mail(delivery_job(EntryKind.FAILING, OPERATOR, "ann@acme.example"), tmp_path)

    assert mail["Subject"] == "Unsere Mail an ann@acme.example kommt zurück"
    assert "bouncer account set acme --owner" in text(mail)


def test_a_notice_tells_what_was_recorded(tmp_path: Path):
    soft = {"category": "soft", "reason": "mailbox-full"}
    counted = {"effect": "counted", "counted_day": 2, "counted_needed": 5, "counted_window": 30}

    assert "räknas som 2 av 5" in text(
        parse_mail(delivery_job(EntryKind.NOTICE, "ann@acme.example", **soft, **counted), tmp_path)
    )
    already = delivery_job(EntryKind.NOTICE, "ann@acme.example", **soft, effect="already-suppressed")
    assert "stod redan på din spärrlista" in text(parse_mail(already, tmp_path))


@pytest.mark.parametrize("effect", [None, "a word of a later version"])
def test_nothing_is_claimed_of_what_was_recorded_otherwise(effect: str | None, tmp_path: Path):
    row = delivery_job(EntryKind.NOTICE, "ann@acme.example", category="soft", reason="mailbox-full", effect=effect)

    assert "Detta har registrerats. Inget sattes upp på din spärrlista." in text(parse_mail(row, tmp_path))


@pytest.mark.parametrize("kind", [EntryKind.WARNING, EntryKind.FAILING])
def test_an_owner_is_given_no_command_of_ours(kind: EntryKind, tmp_path: Path):
    about = "10 Gmail" if kind is EntryKind.WARNING else "bob@acme.example"

    assert "bouncer " not in text(parse_mail(delivery_job(kind, "ann@acme.example", about), tmp_path))
    assert "bouncer " in text(parse_mail(delivery_job(kind, OPERATOR, about), tmp_path))
