"""Verdicts: which witness decides, on which line, and when a hard verdict is doubted."""

import dataclasses

import pytest

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.judge import as_json, judge
from bouncer.verdict.verdict import Category, Reason, Verdict
from bouncer.verdict.words import MAX_EVIDENCE, MAX_TEXT, AnswerText


def failed(
    diagnostic: str | None = None,
    *own_lines: str,
    status: str = "",
    code: int | None = None,
    action: Action = Action.FAILED,
) -> Recipient:
    return Recipient(
        "jane@example.org",
        action,
        status=EnhancedStatus.parse(status),
        reply_code=code,
        diagnostic_code=diagnostic,
        own_lines=own_lines,
    )


def judged(recipient: Recipient) -> Verdict:
    return classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))


@pytest.mark.parametrize(
    ("recipient", "reason"),
    [
        (failed("550 5.1.1 mailbox full", status="5.1.1"), Reason.MAILBOX_FULL),
        (failed("550 nope", "Your message was refused: user unknown", status="5.0.0"), Reason.INVALID_RECIPIENT),
        (failed("550 5.7.26 see our page", status="5.2.0"), Reason.AUTHENTICATION_FAILED),
        (failed("550 rejected", status="5.1.1"), Reason.INVALID_RECIPIENT),
        (failed("551 go away", code=551), Reason.GENERAL_PERMANENT),
        (failed(), Reason.UNKNOWN),
        (failed(action=Action.DELAYED), Reason.EXPIRED),
    ],
    ids=["text before status", "said after diagnostic", "quoted status", "status", "reply code", "nothing", "late"],
)
def test_the_best_witness_decides(recipient: Recipient, reason: Reason):
    """Text, then the status in the server's words, then the status field, then the reply code, then the action."""
    assert judged(recipient).reason is reason


def test_expiry_has_the_reason_of_the_last_failure():
    """A message that was given up because the mailbox stayed full failed for the full mailbox."""
    stayed_full = failed("452 4.2.2 mailbox full: retry timeout exceeded", status="4.4.7")
    nothing_known = failed("retry timeout exceeded", status="4.4.7")

    assert judged(stayed_full).reason is Reason.MAILBOX_FULL
    assert judged(nothing_known).reason is Reason.EXPIRED


def test_an_address_is_no_evidence():
    """Words in mail addresses are names, not reasons."""
    verdict = judged(failed("550 <mailbox.full@user-unknown.example.org>: cannot say", code=550))

    assert verdict.reason is Reason.GENERAL_PERMANENT


def test_the_deciding_line_is_the_evidence():
    """The line stands as the letter has it, blanks aside."""
    lines = ("jane@example.org", "Remote host said:", "550 5.1.1   No Such User", "Giving up on 192.0.2.1.")

    assert judged(failed(None, *lines)).evidence == "550 5.1.1 No Such User"


def test_evidence_is_bounded_and_holds_the_phrase():
    """A line of a megabyte gives a short evidence that still shows why."""
    verdict = judged(failed("x " * 700 + "user unknown" + " y" * 500_000))

    assert len(verdict.evidence) <= MAX_EVIDENCE
    assert "user unknown" in verdict.evidence


def test_text_beyond_the_limit_is_not_looked_at():
    """The limit holds: work does not grow with the letter."""
    assert judged(failed("x" * MAX_TEXT + " user unknown")).reason is Reason.UNKNOWN


@pytest.mark.parametrize("blanks", [" ", "\t", "\n", "\r\n ", "\x00 ", "\u2028"])
def test_odd_blanks_are_no_hindrance(blanks: str):
    """Hostile and broken text gives a verdict."""
    assert judged(failed(f"550{blanks}no such user here")).reason is Reason.INVALID_RECIPIENT


def test_codes_of_a_reply_of_several_lines_are_read_once():
    """The phrase runs over the codes that start each line."""
    words = AnswerText.of(["550-5.1.1 The account does", "550 5.1.1 not exist. 550 stays"])

    assert words.text == "550-5.1.1 the account does not exist. 550 stays"


class TestDoubts:
    """A hard verdict that is not proven becomes the milder one that the same facts allow."""

    def test_refused_after_data_by_two_bare_words(self):
        """Carriers say so when the user's filter refuses the sender."""
        rcpt = failed("550 user unknown", "(in reply to RCPT TO command)", status="5.0.0")
        data = failed("550 user unknown", "(in reply to end of DATA command)", status="5.0.0")

        assert judged(rcpt).reason is Reason.INVALID_RECIPIENT
        assert judged(data).reason is Reason.MAILBOX_UNAVAILABLE

    @pytest.mark.parametrize("words", ["mailbox does not exist", "user not found", "not a valid user"])
    def test_plain_words_after_data_stay_hard(self, words: str):
        """Plain words that there is no such mailbox are believed whenever they are said."""
        assert judged(failed(f"550 {words}", "(in reply to end of DATA command)")).category is Category.HARD

    def test_a_status_of_the_address_settles_the_verdict(self):
        """X.1.1 beside the two words is proof, even after DATA."""
        assert judged(failed("550 user unknown", ">>> DATA", status="5.1.1")).category is Category.HARD

    @pytest.mark.parametrize(
        ("status", "reason"), [("5.2.1", Reason.ACCOUNT_INACTIVE), ("5.7.1", Reason.MAILBOX_UNAVAILABLE)]
    )
    def test_two_bare_words_against_the_status(self, status: str, reason: Reason):
        """Beside a status of another kind they are believed only where RCPT was refused."""
        assert judged(failed("550 user unknown", status=status)).reason is reason
        assert judged(failed("550 user unknown", "after RCPT TO:<jane@example.org>", status=status)).reason is (
            Reason.INVALID_RECIPIENT
        )

    @pytest.mark.parametrize("where", ["after MAIL FROM:<news@example.com>:", "my name was rejected", "[MAIL_FROM]"])
    def test_refused_before_any_recipient_was_named(self, where: str):
        """At HELO and MAIL a domain that does not exist is the sender's."""
        verdict = judged(failed(None, where, "550 domain does not exist"))

        assert (verdict.reason, verdict.category) == (Reason.SENDER_REJECTED, Category.BLOCK)

    @pytest.mark.parametrize(
        "words",
        [
            "550 <news@example.com>: user unknown",
            "550 news@example.com does not exist",
            "553 host not found: example.com",
        ],
    )
    def test_the_sender_s_name_in_the_line_that_decided(self, words: str):
        """The sender is not found when the line names no one else; the recipient's own name in the line clears it."""
        original = Original(from_="Example <news@example.com>")
        of_the_sender = Reading(Kind.BOUNCE, original=original)

        assert classify(failed(words), of_the_sender).reason is Reason.SENDER_REJECTED
        assert classify(failed(f"{words} (jane@example.org)"), of_the_sender).category is Category.HARD
        assert judged(failed(words)).category is Category.HARD

    def test_another_domain_that_is_not_found_is_no_fault_of_the_recipient(self):
        of_the_sender = Reading(Kind.BOUNCE, original=Original(from_="Example <news@example.com>"))
        words = "550 Domain example.com does not exist"

        assert classify(failed(words), of_the_sender).reason is Reason.SENDER_REJECTED
        assert classify(failed(f"{words} (jane@example.org)"), of_the_sender).category is Category.TECHNICAL
        assert judged(failed(words)).category is Category.TECHNICAL

    def test_a_server_that_is_closing_opens_again(self):
        """X.3.2 is a system that takes no mail; that its domain never will, a code alone does not prove."""
        assert judged(failed("421 closing", status="4.3.2")).reason is Reason.SERVER_BUSY
        assert judged(failed("521 no", status="5.3.2")).category is not Category.HARD

    def test_an_unknown_user_in_free_words_is_doubted_like_the_bare_two(self):
        """Beside X.7.z a policy may have spoken."""
        assert judged(failed("550 no valid mailbox", status="5.0.0")).reason is Reason.INVALID_RECIPIENT
        assert judged(failed("550 no valid mailbox", status="5.7.1")).reason is Reason.MAILBOX_UNAVAILABLE

    def test_domain_that_takes_no_mail_for_now(self):
        """A 4yz status makes the null MX a fault of DNS: hard only when it is permanent."""
        assert judged(failed("returned Null MX", status="5.1.10")).reason is Reason.DOMAIN_TAKES_NO_MAIL
        assert judged(failed("returned Null MX", status="4.0.0")).reason is Reason.DNS_ERROR
        assert judged(failed("returned Null MX", code=450)).reason is Reason.DNS_ERROR

    def test_unknown_user_behind_4yz_that_was_given_up(self):
        """A 4yz answer proves nothing of the recipient, late or given up."""
        late = failed(
            "450 4.1.1 user unknown in local recipient table", status="4.1.1", code=450, action=Action.DELAYED
        )

        assert judged(late).category is not Category.HARD
        assert judged(dataclasses.replace(late, action=Action.FAILED)).category is Category.SOFT

    def test_the_rule_and_line_stay_named(self):
        """A doubt changes the reason, not the witness."""
        verdict = judged(failed("550 user unknown", status="5.2.1"))

        assert (verdict.rule, verdict.evidence) == ("unknown-user-bare", "550 user unknown")


def test_only_failed_and_late_recipients_are_judged():
    """A recipient who got the mail is not judged; verdicts stand beside their recipients."""
    recipients = tuple(failed("550 user unknown", action=action) for action in Action)
    verdicts = judge(Reading(Kind.BOUNCE, recipients=recipients)).verdicts

    assert [verdict is not None for verdict in verdicts] == [
        action in (Action.FAILED, Action.DELAYED) for action in Action
    ]


def test_a_judgement_is_written_as_json():
    """The object that `bouncer read --format jsonl` prints; what the letter does not say is null."""
    original = Original("<1@example.com>", "June", "news@example.com", ("jane@example.org",), None)
    reading = Reading(
        Kind.BOUNCE, "rfc3464", "mx.example.net", original=original, recipients=(failed("550 5.1.1 no such user"),)
    )

    assert as_json("letter.eml", judge(reading)) == {
        "file": "letter.eml",
        "kind": "bounce",
        "dialect": "rfc3464",
        "reporting_mta": "mx.example.net",
        "arrival_date": None,
        "original": {
            "message_id": "<1@example.com>",
            "subject": "June",
            "from": "news@example.com",
            "to": ["jane@example.org"],
            "date": None,
        },
        "recipients": [
            {
                "recipient": "jane@example.org",
                "original_recipient": None,
                "final_recipient": None,
                "action": "failed",
                "status": None,
                "reply_code": None,
                "remote_mta": None,
                "diagnostic_code": "550 5.1.1 no such user",
                "category": "hard",
                "reason": "invalid-recipient",
                "stage": "unknown",
                "subject": "recipient",
                "rule": "unknown-user",
                "evidence": "550 5.1.1 no such user",
            }
        ],
        "why": None,
    }


def test_json_of_what_is_no_bounce():
    """The object has the sign by which the kind was recognized, and no verdict."""
    printed = as_json("-", judge(Reading(Kind.AUTO_REPLY, "rfc3834", why="Auto-Submitted: auto-replied")))

    assert (printed["kind"], printed["why"], printed["recipients"]) == (
        "auto-reply",
        "Auto-Submitted: auto-replied",
        [],
    )
