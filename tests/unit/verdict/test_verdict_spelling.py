"""Words that servers write together are taken apart; names of hosts, letters and people stay as they are."""

from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.verdict import spelling
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Reason, Verdict
from bouncer.verdict.words import MAX_LINES, AnswerText


def taken_apart(text: str) -> str | None:
    words = AnswerText.of([text])
    return (spelling.split_joined(words) or words).text


TOGETHER = [
    ("550 NO_SUCH_USER", "550 no such user"),
    ("550 no_such_user", "550 no such user"),
    ("550 BAD_RECIPIENT ref=82", "550 bad recipient ref=82"),
    ("550 RECIPIENT_NOT_FOUND", "550 recipient not found"),
    ("550 Rejected: RECIPIENT_NOT_FOUND", "550 rejected: recipient not found"),
    ("550 MAILBOX-UNAVAILABLE", "550 mailbox unavailable"),
    ("550 user-unknown", "550 user unknown"),
    ("550 unknown-user here", "550 unknown user here"),
    ("550 InvalidRecipient", "550 invalid recipient"),
    ("550 UserUnknown", "550 user unknown"),
    ("550 NoSuchUser", "550 no such user"),
    ("550 SMTPRecipientUnknown", "550 smtp recipient unknown"),
    ("550 nosuchuser", "550 no such user"),
    ("550 NOSUCHUSER", "550 no such user"),
    ("550 userunknown", "550 user unknown"),
    ("550 mailboxnotfound", "550 mailbox not found"),
    ("550 err.nosuchuser", "550 err no such user"),
    ("550 error.mailbox.full", "550 error mailbox full"),
    ("452 diskspace", "452 disk space"),
    ("452 out of diskspace", "452 out of disk space"),
    ("552 QUOTA_EXCEEDED", "552 quota exceeded"),
    ("552 MailboxFull", "552 mailbox full"),
    ("552 overquota", "552 over quota"),
    ("550 [USER_UNKNOWN]", "550 [user unknown]"),
    ("550 (UserUnknown)", "550 (user unknown)"),
    ("550 code=NO_SUCH_USER;", "550 code=no such user;"),
    ("550 NO_SUCH_USER and diskspace", "550 no such user and disk space"),
]


def test_words_that_are_written_together_are_taken_apart():
    split = [(written, meant, taken_apart(written)) for written, meant in TOGETHER]

    assert [row for row in split if row[-1] != row[-2]] == []


EVERYTHING_ELSE = [
    "",
    "550 5.1.1 no such user",
    "550 mailbox unavailable",
    "host mx.example.org refused",
    "host mail.example.org[192.0.2.1] said no",
    "said by mailserver.example.com",
    "user.unknown.example.org",
    "see blocked.user.example.net for help",
    "for jane.userunknown@nosuchuser.example.org",
    "for <jane.doe@mailboxfull.example.org>",
    "message id <20261121.12.jane@mail.example.com>",
    "product id 4711-0815, build 12.3-456",
    "id 38g0n6damk02s",
    "queued as 4F3A2B1C9D",
    "[192.0.2.1] and [2001:db8::1]",
    "disk",
    "users",
    "notice",
    "unknown",
    "unavailable",
    "recipients",
]


def test_names_of_hosts_and_persons_are_not_split():
    """A name of a host or of a person is no evidence."""
    assert [text for text in EVERYTHING_ELSE if spelling.split_joined(AnswerText.of([text])) is not None] == []


NAMES = [
    "mx.example.org",
    "user.unknown.example.org",
    "mailboxfull.example.org",
    "jane.mailboxfull@example.org",
    "no_such_user@example.org",
    "<NoSuchUser.2026@mail.example.com>",
]


def test_a_name_stays_as_it_is_beside_words_that_are_taken_apart():
    def stays(name: str, apart: str) -> bool:
        users = 1 + (0 if "@" in name else name.lower().count("user"))
        return apart.endswith(" no such user") and apart.count("user") == users and "mailbox full" not in apart

    words = {name: taken_apart(f"550 {name} NO_SUCH_USER") for name in NAMES}

    assert {name: apart for name, apart in words.items() if apart is None or not stays(name, apart)} == {}


def test_the_lines_that_are_shown_as_evidence_stay_as_the_server_wrote_them():
    words = AnswerText.of(["Remote host said:", "550 NO_SUCH_USER (jane@example.org)"])
    apart = spelling.split_joined(words)

    assert apart is not None
    assert apart.lines == words.lines
    assert apart.text == "remote host said: 550 no such user (@)"
    assert apart.line_at(apart.text.index("such")) == "550 NO_SUCH_USER (jane@example.org)"


UNDERSTOOD = [
    ("550 NO_SUCH_USER", Reason.INVALID_RECIPIENT),
    ("550 BAD_RECIPIENT ref=82", Reason.INVALID_RECIPIENT),
    ("550 Rejected: RECIPIENT_NOT_FOUND", Reason.INVALID_RECIPIENT),
    ("550 user-unknown", Reason.INVALID_RECIPIENT),
    ("550 InvalidRecipient", Reason.INVALID_RECIPIENT),
    ("550 err.nosuchuser", Reason.INVALID_RECIPIENT),
    ("552 MAILBOX_FULL", Reason.MAILBOX_FULL),
    ("452 out of diskspace", Reason.SERVER_BUSY),
    ("550 <jane.userunknown@example.org>: Hm", Reason.UNKNOWN),
    ("550 user.unknown.example.org says Hm", Reason.UNKNOWN),
    ("550 Hm <20261121.userunknown@mail.example.com>", Reason.UNKNOWN),
]


def judged(words: str) -> Verdict:
    recipient = Recipient("jane@example.org", Action.FAILED, diagnostic_code=words)
    return classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))


def test_words_that_are_split_are_understood():
    reasons = [(words, reason, judged(words).reason) for words, reason in UNDERSTOOD]

    assert [row for row in reasons if row[-1] is not row[-2]] == []


def test_the_evidence_is_the_line_as_it_stands():
    assert judged("550 NO_SUCH_USER").evidence == "550 NO_SUCH_USER"


PIECES = st.sampled_from(
    ["no", "such", "User", "UNKNOWN", "mailbox", "full", "err", "_", "-", ".", " ", "@", "example", "\n", "İ", "ß", "5"]
)


@settings(max_examples=times(50), deadline=None)
@given(st.lists(st.text() | st.lists(PIECES, max_size=20).map("".join), max_size=6))
def test_any_text_can_be_taken_apart(lines: list[str]):
    """As many lines are searched as there are shown, so that the evidence is the right one."""
    words = AnswerText.of(lines)
    apart = spelling.split_joined(words)

    assert apart is None or len(apart.searched) == len(apart.lines) == len(words.lines) <= MAX_LINES
    assert apart is None or apart.text == " ".join(apart.searched)
