"""Whom an answer speaks of: by the address or domain that it names, else by the noun before the words that decide."""

import pytest

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict import subject
from bouncer.verdict.classify import classify
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Category, Reason, Verdict

JANE = Recipient("jane@example.org", Action.FAILED)
FROM_NEWS = Reading(Kind.BOUNCE, original=Original(from_="Example News <news@example.com>"))
CAME_TO_PATH = Reading(Kind.BOUNCE, return_path="acme+token@rp.example.net")


def names_sender(
    line: str, reading: Reading = FROM_NEWS, recipient: Recipient = JANE, *, of_domain: bool = False
) -> bool:
    return subject.names_sender(line, recipient, reading, of_domain=of_domain)


def judged(words: str, reading: Reading = FROM_NEWS) -> Verdict:
    return classify(Recipient("jane@example.org", Action.FAILED, diagnostic_code=words), reading)


def wrong(rows: list[tuple[str, Reason]]) -> list[tuple[str, Reason]]:
    """Judge the words of each row; give those that get another reason, with that."""
    return [(words, judged_reason) for words, reason in rows if (judged_reason := judged(words).reason) is not reason]


NAMED_BY = {
    "From of the returned message": FROM_NEWS,
    "From in capitals": Reading(Kind.BOUNCE, original=Original(from_="NEWS@Example.COM")),
    "its Return-Path": Reading(Kind.BOUNCE, original=Original(return_path="news@example.com")),
    "the envelope of the report": Reading(Kind.BOUNCE, return_path="news@example.com"),
    "To of the report": Reading(Kind.BOUNCE, addressed_to=("Example News <news@example.com>",)),
    "X-Postfix-Sender": Reading(Kind.BOUNCE, addressed_to=("rfc822; news@example.com",)),
}


def test_the_sender_is_known_by_whatever_names_him():
    def unknown(line: str, *, of_domain: bool = False) -> list[str]:
        return [by for by, reading in NAMED_BY.items() if not names_sender(line, reading, of_domain=of_domain)]

    assert unknown("550 <news@example.com>: user unknown") == []
    assert unknown("550 <News@Example.Com>: user unknown") == []
    assert unknown("550 Domain example.com does not exist", of_domain=True) == []


OF_THE_SENDER = [
    "550 <news@example.com>: user unknown",
    "550 news@example.com: user unknown",
    "550 unknown user 'news@example.com'",
    "550 mail from news@example.com, who is unknown",
]


def test_a_line_that_names_the_sender_alone_is_about_him():
    assert [line for line in OF_THE_SENDER if not names_sender(line)] == []


OF_OTHERS = {
    "the recipient": "550 <jane@example.org>: user unknown",
    "in capitals": "550 <JANE@EXAMPLE.ORG>: user unknown",
    "a third": "550 <joe@example.net>: user unknown",
    "nobody": "550 user unknown",
    "the domain alone": "550 example.com: user unknown",
    "nothing": "",
}


def test_a_line_that_does_not_name_the_sender_is_not_about_him():
    assert [sender for sender, line in OF_OTHERS.items() if names_sender(line)] == []


OF_BOTH = [
    "550 <jane@example.org> from <news@example.com>: user unknown",
    "550 <news@example.com> to <jane@example.org>: user unknown",
    "550 news@example.com: JANE@example.org unknown",
]


def test_a_line_that_names_both_is_about_the_recipient():
    assert [line for line in OF_BOTH if names_sender(line)] == []
    assert [line for line in OF_BOTH if names_sender(line, of_domain=True)] == []


@pytest.mark.parametrize("field", ["original_recipient", "final_recipient"])
def test_every_name_of_the_recipient_counts(field: str):
    """A line that names him as the report does elsewhere is about him, even if he is the sender as well."""
    recipient = Recipient("jane@example.org", Action.FAILED, **{field: "j.doe@example.net"})

    assert not names_sender("550 <j.doe@example.net> from news@example.com: user unknown", recipient=recipient)
    assert names_sender("550 from news@example.com: user unknown", recipient=recipient)


def test_a_sender_who_wrote_to_himself_is_the_recipient():
    himself = Recipient("news@example.com", Action.FAILED)

    assert not names_sender("550 <news@example.com>: user unknown", recipient=himself)
    assert not names_sender("550 Domain example.com does not exist", recipient=himself, of_domain=True)


DOMAINS = [
    # a line, whether it names the sender's domain
    ("550 Domain example.com does not exist", True),
    ("550 domain 'example.com' does not exist", True),
    ("553 host not found: (example.com)", True),
    ("550 EXAMPLE.COM does not exist.", True),
    ("550 Domain example.org does not exist", False),
    ("550 example.com says that example.org does not exist", False),
    ("550 Domain example.net does not exist", False),
    ("550 Domain mail.example.com does not exist", False),
    ("550 Domain notexample.com does not exist", False),
    ("550 domain does not exist", False),
]


def test_the_name_of_a_domain_is_enough():
    assert [line for line, is_his in DOMAINS if names_sender(line, of_domain=True) is not is_his] == []


def test_the_name_of_a_domain_is_enough_for_other_words_where_they_say_that_it_does_not_exist():
    said_to_be_absent = [line for line, is_his in DOMAINS if is_his and "not exist" in line]

    assert [line for line, _ in DOMAINS if names_sender(line)] == said_to_be_absent
    assert not names_sender("550 no such user; your mail from example.com was refused")


def test_a_domain_that_both_share_is_the_recipients():
    colleague = Recipient("jane@example.com", Action.FAILED)

    assert not names_sender("550 Domain example.com does not exist", recipient=colleague, of_domain=True)


@pytest.mark.parametrize("of_domain", [False, True])
def test_every_address_in_the_domain_of_our_return_path_is_ours(of_domain: bool):
    """Other paths of ours are senders too: signed ones differ with each recipient."""
    assert names_sender("550 <acme+another@rp.example.net>: unknown", CAME_TO_PATH, of_domain=of_domain)
    assert not names_sender("550 <acme+another@example.net>: unknown", CAME_TO_PATH, of_domain=of_domain)
    assert not names_sender("550 <acme+another@mx.rp.example.net>: unknown", CAME_TO_PATH, of_domain=of_domain)


def test_other_addresses_in_the_domain_of_from_are_not_ours():
    """The domain may be a provider's, which the sender shares with many."""
    assert not names_sender("550 <joe@example.com>: user unknown")


SUMMARIES = [
    "Subject: our news, From: news@example.com, user unknown",
    "From: news@example.com Subject: Your account does not exist",
    "subject: news@example.com",
]


def test_a_summary_of_the_messages_header_names_nobody():
    """Notices repeat it, and the sender stands in it whatever failed."""
    assert [line for line in SUMMARIES if names_sender(line)] == []
    assert [line for line in SUMMARIES if names_sender(line, of_domain=True)] == []


def test_a_report_that_does_not_tell_the_sender_names_him_nowhere():
    nobody = Reading(Kind.BOUNCE)

    assert not names_sender("550 <news@example.com>: user unknown", nobody)
    assert not names_sender("550 Domain example.com does not exist", nobody, of_domain=True)


WHO_IS_NAMED = [
    ("550 <news@example.com>: user unknown", Reason.SENDER_REJECTED),
    ("550 news@example.com mailbox is full", Reason.SENDER_REJECTED),
    ("550 Domain example.com does not exist", Reason.SENDER_REJECTED),
    ("550 <jane@example.org>: user unknown", Reason.INVALID_RECIPIENT),
    ("550 <jane@example.org> mailbox is full (for news@example.com)", Reason.MAILBOX_FULL),
    ("550 Domain example.org does not exist", Reason.BAD_DOMAIN),
]


def test_the_named_party_decides_whose_failure_it_is():
    assert wrong(WHO_IS_NAMED) == []


BEFORE_A_PHRASE = [
    # the words before it, whether it is about a domain, whom they name
    ("helo mail.example.com ", True, Subject.SENDER),
    ("ehlo ", True, Subject.SENDER),
    ("your helo name is an ", True, Subject.SENDER),
    ("client ", True, Subject.SENDER),
    ("the client's ", True, Subject.SENDER),
    ("the sender's ", True, Subject.SENDER),
    ("sender ", False, Subject.SENDER),
    ("originator ", False, Subject.SENDER),
    ("mail from ", False, Subject.SENDER),
    ("from address ", False, Subject.SENDER),
    ("return-path ", False, Subject.SENDER),
    ("return path ", False, Subject.SENDER),
    ("reverse lookup ", True, Subject.SENDER),
    ("rdns ", True, Subject.SENDER),
    ("ptr record ", True, Subject.SENDER),
    ("your server ", True, Subject.SENDER),
    ("your mail server ", True, Subject.SENDER),
    ("your mailserver has an ", True, Subject.SENDER),
    ("your domain ", True, Subject.SENDER),
    ("your ip ", True, Subject.SENDER),
    ("the connecting host ", True, Subject.SENDER),
    ("sending server ", True, Subject.SENDER),
    ("[192.0.2.1] is an ", True, Subject.SENDER),
    ("192.0.2.1: ", True, Subject.SENDER),
    ("(192.0.2.1) has ", True, Subject.SENDER),
    ("[192.0.2.1] is an ", False, Subject.UNKNOWN),
    ("a link to a ", True, Subject.MESSAGE),
    ("links to ", True, Subject.MESSAGE),
    ("the url's ", True, Subject.MESSAGE),
    ("uri ", True, Subject.MESSAGE),
    ("the body names an ", True, Subject.MESSAGE),
    ("attachment ", False, Subject.MESSAGE),
    ("content has ", False, Subject.MESSAGE),
    ("reply-to ", False, Subject.MESSAGE),
    ("message-id with ", True, Subject.MESSAGE),
    ("header with an ", False, Subject.MESSAGE),
    ("to field with an ", False, Subject.MESSAGE),
    ("cc header ", False, Subject.MESSAGE),
    ("list-unsubscribe with an ", True, Subject.MESSAGE),
    ("hyperlink to an ", True, Subject.MESSAGE),
    ("", True, Subject.UNKNOWN),
    ("550 5.1.1 ", False, Subject.UNKNOWN),
    ("recipient ", False, Subject.UNKNOWN),
    ("<@>: ", False, Subject.UNKNOWN),
    ("the certificate of mx.example.org is bad, ", True, Subject.UNKNOWN),
    ("mx.example.org says: ", True, Subject.UNKNOWN),
    ("your message to ", False, Subject.UNKNOWN),
    ("your mail ", False, Subject.UNKNOWN),
    ("linked to ", True, Subject.UNKNOWN),
    ("contents ", True, Subject.UNKNOWN),
    ("senderbase.example.net ", True, Subject.UNKNOWN),
    ("embodying an ", True, Subject.UNKNOWN),
]


def test_the_noun_before_a_phrase_tells_whom_it_speaks_of():
    subjects = [(*row, subject.subject_of_clause(row[0], "", of_domain=row[1])) for row in BEFORE_A_PHRASE]

    assert [row for row in subjects if row[-1] is not row[-2]] == []


OF_ANOTHER_CLAUSE = [
    "your helo was fine. ",
    "the sender is good; ",
    "client: ",
    "checked the client! ",
    "is the sender known? ",
    "sender ok | ",
    "(from your server) ",
    "accepted the sender, but ",
    "returned to the sender because ",
    "from the sender for recipient ",
    "mail from the sender to @ ",
    "sender not the cause. but the link is good: ",
]


def test_a_noun_of_another_clause_tells_nothing():
    subjects = [(before, subject.subject_of_clause(before, "", of_domain=False)) for before in OF_ANOTHER_CLAUSE]

    assert [(before, about) for before, about in subjects if about is not Subject.UNKNOWN] == []


def test_a_noun_far_away_tells_nothing():
    assert subject.subject_of_clause("sender " + "and so on " * 8, "", of_domain=True) is Subject.UNKNOWN


PHRASES = [
    ("550 from ", "address does not exist", Subject.SENDER),
    ("550 your ", "account is unknown", Subject.SENDER),
    ("550 ", "no such sender address", Subject.SENDER),
    ("550 ", "this is not a valid helo name", Subject.SENDER),
    ("550 ", "recipient server does not exist", Subject.SERVER),
    ("550 ", "no such recipient database", Subject.SERVER),
    ("550 mailbox server ", "does not exist", Subject.SERVER),
    ("550 charset ", "is not known here", Subject.MESSAGE),
    ("550 local server ", "dont exists that user", Subject.UNKNOWN),
    ("550 ", "your recipient does not exist", Subject.UNKNOWN),
    ("550 ", "recipient not in our directory", Subject.UNKNOWN),
    ("550 blank mailhost - ", "invalid address", Subject.UNKNOWN),
]


def test_the_noun_of_a_phrase_tells_whom_it_speaks_of():
    subjects = [
        (before, phrase, subject.subject_of_clause(before, phrase, of_domain=False)) for before, phrase, _ in PHRASES
    ]

    assert subjects == PHRASES


ABOUT_SOMETHING_ELSE = [
    ("550 a link to a domain that does not exist", Reason.POLICY),
    ("550 your server has an unknown host name", Reason.SENDER_REJECTED),
    ("550 [192.0.2.1] is an unknown host", Reason.SENDER_REJECTED),
    ("550 mx.example.org: unknown host", Reason.DNS_ERROR),
    ("550 sender was fine, but no such user here", Reason.INVALID_RECIPIENT),
]


def test_a_hard_phrase_about_something_else_is_not_hard():
    assert wrong(ABOUT_SOMETHING_ELSE) == []


def test_every_reason_speaks_of_somebody():
    about = {reason: subject.subject_of_reason(reason) for reason in Reason}
    hard = {reason: about[reason] for reason in Reason if reason.category is Category.HARD}
    other = {reason: about[reason] for reason in Reason if reason.category is Category.OTHER}

    assert [reason for reason, whom in hard.items() if whom not in (Subject.RECIPIENT, Subject.DOMAIN)] == []
    assert [reason for reason, whom in other.items() if whom is not Subject.UNKNOWN] == []


VERDICTS = [
    ("550 5.1.1 no such user", Subject.RECIPIENT),
    ("552 mailbox is full", Subject.RECIPIENT),
    ("550 domain does not exist", Subject.DOMAIN),
    ("554 message looks like spam", Subject.MESSAGE),
    ("552 message too large", Subject.MESSAGE),
    ("550 <news@example.com>: user unknown", Subject.SENDER),
    ("550 no such user (in reply to MAIL FROM command)", Subject.SENDER),
    ("421 too busy", Subject.SERVER),
    ("550 Hm", Subject.UNKNOWN),
]


def test_a_verdict_says_whom_it_speaks_of():
    subjects = [(words, about, judged(words).subject) for words, about in VERDICTS]

    assert [row for row in subjects if row[-1] != row[-2]] == []


NAMES_SENDER = [
    "550 news: no such user at example.com",
    "550 unknown user news@example.com wrote to jane@example.org",
    "550 no such address: news@example.com",
]


def test_a_name_at_the_domain_of_the_sender_is_the_sender():
    assert wrong([(answer, Reason.SENDER_REJECTED) for answer in NAMES_SENDER]) == []
    assert wrong([("550 jane: no such user at example.org", Reason.INVALID_RECIPIENT)]) == []
