"""Failures with a cause of their own: their advice fits that cause, in every language."""

import datetime as dt
from dataclasses import replace

import pytest
from programs.mails import body_of

from bouncer.compose import particular_causes as particulars
from bouncer.compose.digest import Digest
from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.particular_causes import FailureSigns, find_particular_cause
from bouncer.compose.plain_text import columns
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Category, Reason

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
GROUP = NoticeRecipient(
    "team@contoso.example",
    Action.FAILED,
    Reason.SENDER_REJECTED,
    "5.7.133",
    550,
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "contoso-example.mail.protection.outlook.com",
    Belief.PROVEN,
)
CLOSED_CODES = [2, 12, *range(120, 140), 193]


def notice_words(recipient: NoticeRecipient, code: str = "en", form: str = "plain") -> str:
    notice = Notice("ann@acme.example", "1@mx.example.com", NOON, Kind.BOUNCE, (recipient,), language=code)
    return " ".join(body_of(compose(notice, from_="b@example.com", reverse_path="").octets, form).split())


def digest(*rows: DigestRow) -> str:
    tally = DigestTally()
    for row in rows:
        tally.add(row)
    octets = compose_digest(Digest("a@b.example", "1@mx", NOON, tally), from_="b@example.com", reverse_path="").octets
    return " ".join(body_of(octets).split())


def row(recipient: NoticeRecipient) -> DigestRow:
    facts = {name: getattr(recipient, name) for name in ("status", "reply_code", "remote_mta", "diagnostic_code")}
    particulars = {name: getattr(recipient, name) for name in ("belief", "rule", "reported")}
    about = (NOON, recipient.recipient, Kind.BOUNCE, recipient.action, recipient.reason)
    return DigestRow(*about, **facts, **particulars)


@pytest.mark.parametrize("detail", CLOSED_CODES)
@pytest.mark.parametrize("reason", [Reason.SENDER_REJECTED, Reason.POLICY])
def test_a_closed_group_or_mailbox_is_told_as_one(detail: int, reason: Reason):
    prose = notice_words(replace(GROUP, status=f"5.7.{detail}", reason=reason))

    assert "only certain senders may write to this address" in prose
    assert "Ask the owner of the group or mailbox, or their administrator, to allow your address." in prose


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("detail", [124, 133, 134, 193])
def test_no_language_sends_anybody_after_spf_or_delisting_for_a_closed_group(code: str, detail: int):
    for form in ("plain", "html"):
        prose = notice_words(replace(GROUP, status=f"5.7.{detail}"), code, form).partition("</head>")[
            2 if form == "html" else 0
        ]
        assert not [words for words in ("SPF", "DKIM", "DMARC", "sender.office.com", "https://") if words in prose]


def test_a_closed_group_is_known_by_its_words_too():
    mailman = replace(GROUP, status="5.0.0", diagnostic_code="550 members-only list", rule="sender-not-member")
    outsiders = replace(GROUP, status="5.1.1", diagnostic_code="550 external senders not allowed", rule="doubt-sender")

    assert "only certain senders" in notice_words(mailman)
    assert "only certain senders" in notice_words(outsiders)


def test_words_about_permitted_senders_beside_a_code_of_spf_are_no_closed_group():
    prose = notice_words(
        replace(GROUP, status="5.7.23", diagnostic_code="550 SPF: not permitted", rule="sender-not-member")
    )

    assert "only certain senders" not in prose
    assert "5.7.23 the SPF check failed" in prose


@pytest.mark.parametrize(
    ("grounds", "title"),
    [
        (FailureSigns(Reason.RATE_LIMITED, "4.7.1", 451, "rate-greylisted"), "server asked to try again later"),
        (FailureSigns(Reason.RATE_LIMITED, "4.7.1", 451, "rate-limited"), None),
        (FailureSigns(Reason.AUTHENTICATION_FAILED, "5.7.25", 550), "your mail server's name could not be verified"),
        (FailureSigns(Reason.AUTHENTICATION_FAILED, "5.7.25", 550, "authentication-spf"), None),
        (
            FailureSigns(Reason.AUTHENTICATION_FAILED, "5.0.0", 554, "authentication-reverse-dns"),
            "your mail server's name could not be verified",
        ),
        (FailureSigns(Reason.SENDER_REJECTED, "5.1.8", 553), "sender address is refused"),
        (FailureSigns(Reason.SENDER_REJECTED, "5.1.8", 550, None, "550 5.1.8 bad outbound sender AS(42004)"), None),
        (
            FailureSigns(Reason.SENDER_REJECTED, "5.0.0", 550, "sender-verification", "Sender verify failed"),
            "sender address is refused",
        ),
        (FailureSigns(Reason.SENDER_REJECTED, "5.7.1", 554, "sender-verification", "you are on his block list"), None),
        (FailureSigns(Reason.SENDER_REJECTED, "5.7.0", 535), "login failed"),
        (FailureSigns(Reason.AUTHENTICATION_FAILED, "5.7.8", 550, "registry-x.7.8"), "login failed"),
        (FailureSigns(Reason.POLICY, "5.7.0", 530), None),
        (
            FailureSigns(
                Reason.SENDER_REJECTED, "5.7.1", 550, "sender-rejected", "Helo command rejected: Host not found"
            ),
            "your mail server's name is refused",
        ),
        (FailureSigns(Reason.FORMAT_ERROR, "5.6.7", 553), "characters in the address are not supported"),
        (FailureSigns(Reason.FORMAT_ERROR, "5.6.0", 550), None),
        (FailureSigns(Reason.INVALID_RECIPIENT, "5.7.133", 550), None),
    ],
)
def test_a_cause_of_its_own_is_told_by_rule_code_and_words(grounds: FailureSigns, title: str | None):
    words = find_particular_cause(grounds)

    assert (words.title if words else None) == title


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.category in (Category.HARD, Category.SOFT)])
def test_no_code_makes_a_fault_of_the_mailbox_one_of_the_sender(reason: Reason):
    for detail in range(400):
        assert find_particular_cause(FailureSigns(reason, f"5.7.{detail}", 550)) is None


def test_an_address_that_forwards_is_not_told_as_misspelt():
    forwards = replace(GROUP, reason=Reason.INVALID_RECIPIENT, status="5.1.1", reported="old@inner.example")
    prose = notice_words(forwards)

    assert "not delivered: mail is forwarded to an address that does not exist." in prose
    assert "mail to team@contoso.example is forwarded to old@inner.example, which does not exist." in prose
    assert "their forwarding leads nowhere" in prose
    assert "misspelt" not in prose
    assert "or remove the address" not in prose
    assert "Mail is forwarded to an address that does not exist" in digest(row(forwards))


def test_a_forwarded_message_whose_sender_fails_is_told_what_survives_forwarding():
    failing = replace(GROUP, reason=Reason.AUTHENTICATION_FAILED, status="5.7.26", reported="j@gmail.com")

    assert "Forwarding breaks SPF, but a DKIM signature survives it" in notice_words(failing)
    assert "Forwarding breaks SPF" not in notice_words(replace(failing, reported=None))


def test_a_full_mailbox_behind_a_forwarding_stays_a_full_mailbox():
    prose = notice_words(replace(GROUP, reason=Reason.MAILBOX_FULL, status="5.2.2", reported="j@inner.example"))

    assert "mailbox is full" in prose
    assert "is forwarded to j@inner.example and could not be delivered there." in prose


def test_a_digest_tells_closed_groups_apart_from_senders_that_are_refused():
    refused = replace(GROUP, status="5.7.1", diagnostic_code="550 5.7.1 sender refused")
    prose = digest(row(GROUP), row(refused))

    assert "1 \u00b7 Only certain senders may write to this address" in prose
    assert "1 \u00b7 Sender is refused" in prose


def test_the_delisting_page_of_microsoft_365_is_named_for_blocked_servers_only():
    page = "https://sender.office.com"
    blocked = replace(GROUP, reason=Reason.BAD_REPUTATION, status="5.7.606", diagnostic_code="550 banned sending IP")

    assert page in notice_words(blocked)
    assert page not in notice_words(replace(blocked, reason=Reason.POLICY, status="5.7.1"))
    assert page not in notice_words(replace(blocked, reason=Reason.SENDER_REJECTED, status="5.7.1"))


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_cause_of_its_own_is_told_in_every_language(code: str):
    for english in particulars.texts():
        translated = LANGUAGES[code].say(english)
        assert translated != english
        assert columns(translated) < 400
