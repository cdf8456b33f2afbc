"""A name that is not found may be a host or an account of the servers on the way: that says nothing of the recipient."""

import itertools

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category, Verdict

FROM_US = Original(from_="Example News <news@example.com>")


def judged(words: str, status: str = "5.0.0") -> Verdict:
    code = EnhancedStatus.parse(status)
    recipient = Recipient("jane@example.org", Action.FAILED, status=code, diagnostic_code=words)
    return classify(recipient, Reading(Kind.BOUNCE, original=FROM_US, recipients=(recipient,)))


ON_THE_WAY = ["smarthost.intern.example.com", "relay-old.sender.example", "filter.provider.test", "proxy7.example.net"]
NOT_FOUND = [
    "Host or domain name not found. Name service error for name={} type=A: Host not found",
    "550 Host unknown (Name server: {}: host not found)",
    "{}: Name or service not known",
    "unable to resolve {}",
    "Host {} not found",
    'lookup of host "{}" failed: domain does not exist',
    "no such host: {}",
    "{} (NXDOMAIN)",
    "getaddrinfo ENOTFOUND {}",
    "DNS type 'a' lookup of {} responded with code NXDOMAIN",
    "relayhost {} not found",
]


def test_a_host_on_the_way_is_not_the_domain_of_the_recipient():
    answers = [form.format(host) for form, host in itertools.product(NOT_FOUND, ON_THE_WAY)]

    assert {judged(words, "5.1.2").category for words in answers} <= {Category.TECHNICAL, Category.BLOCK}


def test_the_domain_of_the_recipient_is():
    answers = [form.format("example.org") for form in NOT_FOUND[:8]]

    assert [words for words in answers if judged(words).category is not Category.HARD] == []


def test_a_host_in_the_domain_of_the_recipient_is_where_the_code_names_the_domain():
    answers = [form.format("mx1.example.org") for form in NOT_FOUND[:8]]

    assert [words for words in answers if judged(words, "5.1.2").category is not Category.HARD] == []
    assert {judged(words).category for words in answers} == {Category.TECHNICAL}
    assert {judged(words, "5.4.4").category for words in answers} == {Category.TECHNICAL}


SPOKE = "host mx.example.org [192.0.2.25] SMTP error from remote mail server after RCPT TO:<jane@example.org>: 550 {}"


def test_the_server_that_spoke_is_not_the_host_that_is_not_there():
    assert judged(SPOKE.format("domain does not exist")).category is Category.HARD
    assert judged(SPOKE.format("relay host smart.example.net not found")).category is Category.TECHNICAL


ACCOUNTS = [
    "Command output: lda: Fatal: service(lda): User {} doesn't exist (See service lda {{ user }} setting)",
    "User {} set for local_delivery transport does not exist",
    "pipe: unknown user {} in master.cf",
    "fatal: unknown service user {}",
    "setuid: no such user {}",
]


def test_an_account_of_the_delivering_program_is_not_the_recipient():
    answers = [form.format(user) for form, user in itertools.product(ACCOUNTS, ("vmail", "mail", "_dovecot", "cyrus"))]
    answers += [
        "User 0 set for local_delivery transport is on the never_users list",
        "home server EX05 of the recipient does not exist in the directory",
        "the quota file of the user does not exist",
        "the folder of the recipient does not exist",
    ]

    assert {judged(words).category for words in answers} == {Category.TECHNICAL}


LINKS = ["links to", "points to", "refers to", "contains a link to", "mentions", "redirects to"]
HOSTS = ["a host that does not exist", "a domain that does not exist", "an unknown domain", "an invalid domain"]


def test_a_host_that_the_message_names_is_not_the_domain_of_the_recipient():
    pairs = list(itertools.product(LINKS, HOSTS))
    answers = [f"554 Message refused: it {link} {host} (track.example.com, NXDOMAIN)" for link, host in pairs]
    answers += [f"554 your mail {link} {host}, we refuse it" for link, host in pairs]

    assert {judged(words, "5.7.1").category for words in answers} == {Category.BLOCK}


def test_a_mail_exchanger_that_does_not_exist_is():
    assert judged("the MX of example.org points to a host that does not exist").category is Category.HARD
