"""The table of verdicts: an example for every row, and laws that no combination of facts breaks."""

import itertools
from collections.abc import Callable
from functools import cache

import pytest

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr import codes, phrases
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.facts import CodesMeaning, Facts, Length, WordsMeaning, meaning_of
from bouncer.verdict.rules import replies, statuses
from bouncer.verdict.rules.order import DOUBT, PLAIN, VAGUE
from bouncer.verdict.stage import BEFORE_RECIPIENT, Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.table import ROWS, TableRow, Takes, row_for
from bouncer.verdict.verdict import Category, Reason, Verdict

FROM_US = Original(from_="Example News <news@example.com>", to=("jane@example.org",))
SAYS_HARD = {WordsMeaning.GONE, WordsMeaning.BARE, WordsMeaning.CARRIER, WordsMeaning.DOMAIN, WordsMeaning.NXDOMAIN}
CODE_SAYS_HARD = {CodesMeaning.RECIPIENT, CodesMeaning.DOMAIN}
LATE = Action.DELAYED


def recipient_of(words: str, status: str = "", action: Action = Action.FAILED, around: str | None = None) -> Recipient:
    """A recipient as a report would give it: the reply code is the one in the server's words."""
    return Recipient(
        "jane@example.org",
        action,
        status=EnhancedStatus.parse(status),
        reply_code=codes.reply_code(words),
        diagnostic_code=words or None,
        dialogue=around and phrases.normalize(around),
    )


EXAMPLES = [
    (
        "sender-code",
        recipient_of("550 5.1.8 <news@example.com>: Sender address rejected: Domain not found", "5.1.8"),
        Reason.SENDER_REJECTED,
    ),
    ("sender-code", recipient_of("550 5.1.7 mailbox does not exist", "5.1.7"), Reason.SENDER_REJECTED),
    (
        "closed-group",
        recipient_of("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", "5.7.133"),
        Reason.SENDER_REJECTED,
    ),
    ("closed-group", recipient_of("550 5.7.124 not in the list", "5.7.124"), Reason.SENDER_REJECTED),
    ("before-tls", recipient_of("454 4.3.0 Hm", "4.3.0", around=">>> STARTTLS\n<<< 454 4.3.0 Hm"), Reason.TLS_ERROR),
    (
        "before-tls",
        recipient_of("550 command rejected", around=">>> STARTTLS\n<<< 550 command rejected"),
        Reason.TLS_ERROR,
    ),
    (
        "before-quota",
        recipient_of("host mx.example.org[192.0.2.1] refused to talk to me: 554 quota exceeded", "4.0.0"),
        Reason.RATE_LIMITED,
    ),
    (
        "before-recipient",
        recipient_of("550 5.1.1 no such user here (in reply to MAIL FROM command)", "5.1.1"),
        Reason.SENDER_REJECTED,
    ),
    (
        "before-recipient",
        recipient_of("550 mailbox is disabled (in reply to MAIL FROM command)", "5.2.1"),
        Reason.SENDER_REJECTED,
    ),
    (
        "before-words",
        recipient_of("554 5.7.1 your IP address is listed on bl.example.net (in reply to EHLO command)", "5.7.1"),
        Reason.BAD_REPUTATION,
    ),
    ("before-auth", recipient_of("535 Hm (in reply to AUTH LOGIN command)"), Reason.AUTHENTICATION_FAILED),
    ("before-auth", recipient_of("535 Hm"), Reason.AUTHENTICATION_FAILED),
    ("before-auth", recipient_of("535 5.7.8 user not found", "5.7.8"), Reason.AUTHENTICATION_FAILED),
    (
        "before-auth",
        recipient_of("550 mailbox is disabled (in reply to AUTH PLAIN command)"),
        Reason.AUTHENTICATION_FAILED,
    ),
    (
        "before-words",
        recipient_of("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "5.7.139"),
        Reason.AUTHENTICATION_FAILED,
    ),
    ("refused-by-policy", recipient_of("550 5.7.1 Recipient prohibited (12)", "5.7.1"), Reason.POLICY),
    ("before-code", recipient_of("550 5.7.1 Hm (in reply to MAIL FROM command)", "5.7.1"), Reason.POLICY),
    ("before-code", recipient_of("550 5.7.26 Hm (in reply to EHLO)", "5.7.26"), Reason.AUTHENTICATION_FAILED),
    ("before-for-now", recipient_of("450 Hm (in reply to EHLO command)"), Reason.SERVER_BUSY),
    ("before-mail", recipient_of("550 Hm (in reply to MAIL FROM command)"), Reason.SENDER_REJECTED),
    ("before", recipient_of("550 5.1.1 Hm (in reply to HELO command)", "5.1.1"), Reason.POLICY),
    ("names-sender", recipient_of("550 <news@example.com>: user unknown", "5.1.1"), Reason.SENDER_REJECTED),
    ("names-sender", recipient_of("550 Domain example.com does not exist", "5.1.2"), Reason.SENDER_REJECTED),
    (
        "names-message",
        recipient_of("550 your message has a link to a domain that does not exist", "5.0.0"),
        Reason.POLICY,
    ),
    ("names-server", recipient_of("550 5.1.1 mailbox server does not exist", "5.1.1"), Reason.RECEIVER_ERROR),
    ("names-hop", recipient_of("550 5.1.2 relay host not found", "5.1.2"), Reason.DNS_ERROR),
    ("late-domain", recipient_of("450 domain does not exist", "4.1.2", action=LATE), Reason.DNS_ERROR),
    (
        "late-domain",
        recipient_of("lookup of example.org responded with code NXDOMAIN", "4.0.0", action=LATE),
        Reason.DNS_ERROR,
    ),
    ("late-recipient", recipient_of("550 5.1.1 no such user", "5.1.1", action=LATE), Reason.MAILBOX_UNAVAILABLE),
    (
        "nxdomain",
        recipient_of("DNS Error: DNS type 'mx' lookup of example.org responded with code NXDOMAIN", "4.0.0"),
        Reason.BAD_DOMAIN,
    ),
    ("domain-for-now", recipient_of("450 4.1.2 domain does not exist", "4.1.2"), Reason.DNS_ERROR),
    ("recipient-for-now", recipient_of("450 4.1.1 no such user", "4.1.1"), Reason.MAILBOX_UNAVAILABLE),
    ("left-open", recipient_of("550 no such user, or you are blocked", "5.1.1"), Reason.GENERAL_PERMANENT),
    ("left-open", recipient_of("550 perhaps the user does not exist"), Reason.GENERAL_PERMANENT),
    ("bare-against-policy", recipient_of("550 5.7.1 user unknown", "5.7.1"), Reason.MAILBOX_UNAVAILABLE),
    ("bare-against-disabled", recipient_of("550 5.2.1 user unknown", "5.2.1"), Reason.ACCOUNT_INACTIVE),
    (
        "filter-after-data",
        recipient_of("550 user unknown (in reply to end of DATA command)", "5.0.0"),
        Reason.MAILBOX_UNAVAILABLE,
    ),
    (
        "filter-of-carrier",
        recipient_of("550 Unknown user jane@example.org"),
        Reason.MAILBOX_UNAVAILABLE,
    ),
    ("recipient", recipient_of("550 5.1.1 no such user", "5.1.1"), Reason.INVALID_RECIPIENT),
    (
        "recipient",
        recipient_of("550 5.7.1 user unknown (in reply to RCPT TO command)", "5.7.1"),
        Reason.INVALID_RECIPIENT,
    ),
    ("recipient", recipient_of("550 this account has been deleted", "5.0.0"), Reason.CLOSED_ACCOUNT),
    ("domain", recipient_of("550 domain does not exist", "5.0.0"), Reason.BAD_DOMAIN),
    ("domain", recipient_of("domain has a null MX", "5.1.10"), Reason.DOMAIN_TAKES_NO_MAIL),
    ("words", recipient_of("552 mailbox is full", "5.1.1"), Reason.MAILBOX_FULL),
    ("words", recipient_of("554 5.7.1 message looks like spam", "5.7.1"), Reason.SPAM_CONTENT),
    ("code-doubted", recipient_of("550 5.1.1 pause and come later", "5.1.1"), Reason.MAILBOX_UNAVAILABLE),
    ("code-doubted", recipient_of("550 5.1.2 by the administrator", "5.1.2"), Reason.POLICY),
    ("code-doubted", recipient_of("550 5.1.1 visitors enter by the garden", "5.1.1"), Reason.GENERAL_PERMANENT),
    ("code-late-domain", recipient_of("451 4.1.2 Hm", "4.1.2", action=LATE), Reason.DNS_ERROR),
    ("code-late", recipient_of("451 4.1.1 Hm", "4.1.1", action=LATE), Reason.MAILBOX_UNAVAILABLE),
    ("code-for-now-domain", recipient_of("451 4.1.2 Hm", "4.1.2"), Reason.DNS_ERROR),
    ("code-for-now", recipient_of("451 4.1.1 Hm", "4.1.1"), Reason.MAILBOX_UNAVAILABLE),
    ("code-of-recipient", recipient_of("550 5.1.1 Hm", "5.1.1"), Reason.INVALID_RECIPIENT),
    ("code-of-recipient", recipient_of("550 5.1.2 Hm", "5.1.2"), Reason.BAD_DOMAIN),
    ("code-of-recipient", recipient_of("550 5.1.3 Hm", "5.1.3"), Reason.ADDRESS_ERROR),
    ("code-of-recipient", recipient_of("550 5.1.6 Hm", "5.1.6"), Reason.RECIPIENT_MOVED),
    ("code-of-recipient", recipient_of("550 5.1.10 Hm", "5.1.10"), Reason.DOMAIN_TAKES_NO_MAIL),
    ("code", recipient_of("552 5.2.2 Hm", "5.2.2"), Reason.MAILBOX_FULL),
    ("code", recipient_of("550 Hm"), Reason.GENERAL_PERMANENT),
    ("code", recipient_of(""), Reason.UNKNOWN),
    ("code", recipient_of("", action=LATE), Reason.EXPIRED),
]


def judged(recipient: Recipient) -> Verdict:
    return classify(recipient, Reading(Kind.BOUNCE, original=FROM_US, recipients=(recipient,)))


def test_each_row_decides_its_example():
    verdicts = [(row, recipient.diagnostic_code, reason, judged(recipient)) for row, recipient, reason in EXAMPLES]

    assert [
        (row, words, reason, verdict)
        for row, words, reason, verdict in verdicts
        if (verdict.row, verdict.reason) != (row, reason)
    ] == []


def test_no_row_is_without_an_example():
    assert {row for row, *_ in EXAMPLES} == {row.id for row in ROWS}


def test_each_row_has_a_name_of_its_own_and_says_why():
    assert len({row.id for row in ROWS}) == len(ROWS)
    assert all(row.why for row in ROWS)


@cache
def combined() -> list[tuple[Facts, TableRow]]:
    """Every combination of facts, with its row."""
    flags = (False, True)
    every = itertools.product(Stage, Subject, WordsMeaning, CodesMeaning, Length, flags, flags)
    return [(facts, row_for(facts)) for facts in itertools.starmap(Facts, every)]


@cache
def decided() -> list[tuple[Facts, TableRow]]:
    """Every combination that can be: it is the words that tell whom an answer speaks of."""
    return [
        (facts, row)
        for facts, row in combined()
        if facts.words is not WordsMeaning.NOTHING or facts.subject is Subject.UNKNOWN
    ]


def may_be_hard(facts: Facts, row: TableRow) -> bool:
    """Whether some letter with these facts gets a hard verdict."""
    match row.result:
        case Takes.WORDS:
            return facts.words in SAYS_HARD
        case Takes.CODE:
            return facts.codes in CODE_SAYS_HARD
        case Takes.DOUBT:
            return False
        case reason:
            return reason.category is Category.HARD


def test_every_combination_of_facts_has_an_answer():
    assert {row.id for _, row in combined()} <= {row.id for row in ROWS}


def test_every_row_decides_for_some_facts():
    assert {row.id for _, row in decided()} == {row.id for row in ROWS}


def test_some_facts_have_a_hard_verdict():
    """Else the laws below would say nothing."""
    assert any(may_be_hard(facts, row) for facts, row in decided())


@pytest.mark.parametrize(
    "never",
    [
        lambda facts, _: facts.stage in BEFORE_RECIPIENT,
        lambda facts, row: facts.length is Length.FOR_NOW and row.id != "nxdomain",
        lambda facts, _: facts.is_late,
        lambda facts, _: facts.subject in (Subject.SENDER, Subject.MESSAGE),
        lambda facts, _: facts.codes in (CodesMeaning.SENDER, CodesMeaning.GROUP),
        lambda facts, _: facts.words is WordsMeaning.NOTHING and facts.codes not in CODE_SAYS_HARD,
        lambda facts, _: facts.words is WordsMeaning.NOTHING and facts.is_doubted,
        lambda facts, _: facts.words is not WordsMeaning.NOTHING and facts.words not in SAYS_HARD,
    ],
    ids=[
        "before a recipient was named",
        "for now, unless the domain does not exist",
        "while the server still tries",
        "of the sender or of the message",
        "beside a code that names the sender",
        "by no word and no code that names the recipient",
        "by a code that a word contradicts",
        "by words of another cause",
    ],
)
def test_these_facts_never_have_a_hard_verdict(never: Callable[[Facts, TableRow], bool]):
    """The other facts may be any."""
    assert not [facts for facts, row in decided() if never(facts, row) and may_be_hard(facts, row)]


def test_a_meaning_is_hard_exactly_where_its_rule_is():
    """The laws above take it that the kinds of words stand for the reasons of the rules."""
    assert [
        rule.id
        for rule in (*PLAIN, *VAGUE)
        if (meaning_of(rule.id, rule.reason) in SAYS_HARD) is not (rule.reason.category is Category.HARD)
    ] == []


def test_every_rule_is_heard_as_something():
    assert not [rule.id for rule in (*PLAIN, *VAGUE) if meaning_of(rule.id, rule.reason) is WordsMeaning.NOTHING]


def test_no_word_of_doubt_makes_a_verdict_hard():
    assert not [rule.id for rule in DOUBT if rule.reason.category is Category.HARD]


@pytest.mark.parametrize("providers", [frozenset(), frozenset({"Microsoft"})], ids=["anyone's", "Microsoft's"])
def test_only_codes_that_name_the_recipient_or_its_domain_have_a_hard_reason(providers: frozenset[str]):
    codes_of_class = [
        EnhancedStatus(5, subject, detail) for subject, detail in itertools.product(range(8), range(1000))
    ]
    meanings = [(status, *statuses.meaning(status, providers)) for status in codes_of_class]

    assert [
        (str(status), coded, reason)
        for status, coded, reason in meanings
        if reason is not None and reason.category is Category.HARD and coded not in CODE_SAYS_HARD
    ] == []


def by_reply_code_alone(code: int) -> Category:
    return judged(Recipient("jane@example.org", Action.FAILED, reply_code=code)).category


def test_a_reply_code_alone_is_never_hard():
    assert [code for code, reason in replies.MEANS.items() if reason.category is Category.HARD] == []
    assert [code for code in replies.MEANS if by_reply_code_alone(code) is Category.HARD] == []


def test_a_reply_code_that_nobody_has_defined_is_not_hard_either():
    assert [code for code in range(400, 600) if by_reply_code_alone(code) is Category.HARD] == []


@pytest.mark.parametrize(
    ("klass", "hard"), [(5, {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}), (4, set())], ids=["5yz", "4yz"]
)
def test_a_status_alone_is_hard_only_where_it_names_the_recipient_or_its_domain(klass: int, hard: set[str]):
    hard_codes = set()
    for subject, detail in itertools.product(range(8), range(1000)):
        status = EnhancedStatus(klass, subject, detail)
        if judged(Recipient("jane@example.org", Action.FAILED, status=status)).category is Category.HARD:
            hard_codes.add(str(status))

    assert hard_codes == hard
