"""The explanation of a code agrees with the reason that was found: for every code, and for all that the fixtures say."""

import datetime as dt
import re
import zlib
from functools import cache
from pathlib import Path

import pytest
from programs.mails import body_of

from bouncer.compose.codes import explanation, is_bare
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.verdict.judge import judge
from bouncer.verdict.rules import statuses
from bouncer.verdict.verdict import Category, Reason

FIXTURES = Path(__file__).parents[3] / "fixtures"
SHARE = 4
"""One of four fixtures is read, chosen by its name: golden tests read all, and few add a new pair of reason and code."""
NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
CODES = [EnhancedStatus(klass, subject, detail) for klass in (4, 5) for subject in range(8) for detail in range(340)]
KIN = {
    Reason.EXPIRED: {Reason.NETWORK_ERROR},  # nobody answered until the time was over
    Reason.BAD_REPUTATION: {Reason.AUTHENTICATION_FAILED},  # a server without a name in DNS is not trusted
    Reason.SENDER_REJECTED: {Reason.AUTHENTICATION_FAILED},  # what failed is a check of the sender
    Reason.TLS_ERROR: {Reason.POLICY, Reason.AUTHENTICATION_FAILED},  # X.7.4, X.7.5 and X.7.30 are about encryption
}
"""Reasons that a code may name under another one, which is more general."""


def meaning(code: EnhancedStatus) -> Reason | None:
    """Give the meaning of the code where nothing else is said."""
    _, reason = statuses.meaning(code, frozenset())
    return reason or statuses.VAGUE_SUBJECT.get(code.subject)


@pytest.mark.parametrize("reason", Reason)
def test_no_code_says_anything_but_the_reason(reason: Reason):
    meanings = {str(code): meaning(code) for code in CODES if explanation(str(code), reason)}

    assert {code: means for code, means in meanings.items() if means not in {reason, *KIN.get(reason, ())}} == {}


def test_nothing_is_said_of_most_codes():
    """Most codes mean what the headline says, or no more than that the mail failed."""
    assert {str(code) for code in CODES if explanation(str(code), Reason.INVALID_RECIPIENT)} == set()
    assert explanation("5.7.23", Reason.AUTHENTICATION_FAILED) == "the SPF check failed"
    assert (
        explanation("5.7.23", Reason.MAILBOX_FULL)
        == explanation("no code", Reason.POLICY)
        == explanation("5.1.1", None)
        == ""
    )
    assert [is_bare(code) for code in ("5.0.0", "4.0.0", "none", "5.1.1")] == [True, True, True, False]


@cache
def failures() -> tuple[NoticeRecipient, ...]:
    """The failures that a share of the fixtures tell of, once for each reason, rule and code."""
    recipients = []
    for file in sorted(FIXTURES.rglob("*.eml")):
        if "hostile" in file.parts or zlib.crc32(file.name.encode()) % SHARE:
            continue
        judged = judge(read(file.read_bytes()))
        for recipient, verdict in zip(judged.reading.recipients, judged.verdicts, strict=True):
            if verdict and recipient.action is Action.FAILED:
                status = str(recipient.status) if recipient.status else None
                diagnosis = (
                    status,
                    recipient.reply_code,
                    recipient.diagnostic_code,
                    recipient.remote_mta,
                    Belief.PROVEN,
                )
                about = (recipient.recipient, recipient.action, verdict.reason)
                recipients.append(NoticeRecipient(*about, *diagnosis, rule=verdict.rule))
    return tuple(
        {(failure.reason, failure.rule, failure.status, failure.reply_code): failure for failure in recipients}.values()
    )


@cache
def said_of(failure: NoticeRecipient) -> str:
    """The notice of a failure without the server's own words."""
    notice = Notice("ann@acme.example", "1@mx.example.com", NOON, Kind.BOUNCE, (failure,))
    text = body_of(compose(notice, from_="b@example.com", reverse_path="").octets)
    return re.sub(r"(?m)^ +\| .*$", "", text).replace("\r\n", " ")


def test_the_fixtures_tell_of_enough():
    assert len(failures()) > 500
    assert {failure.reason for failure in failures()} == set(Reason)


def test_a_block_is_never_told_as_a_fault_of_the_mailbox():
    """The code may be any: 550, 5.1.1, 5.2.1, 5.2.2."""
    blocks = [failure for failure in failures() if failure.reason and failure.reason.category is Category.BLOCK]
    of_mailboxes = (
        "mailbox does not exist",
        "no such mailbox",
        "switched off",
        "mailbox is full",
        "mailbox is inactive",
    )

    sentences = {failure.diagnostic_code: said_of(failure) for failure in blocks}
    assert {
        diagnostic for diagnostic, text in sentences.items() if any(words in text for words in of_mailboxes)
    } == set()


def test_no_explanation_of_a_reply_code_stands_in_any_notice():
    for failure in failures():
        text = said_of(failure)
        assert "no access, or against" not in text
        assert "permanent:" not in text
        assert "temporary:" not in text
