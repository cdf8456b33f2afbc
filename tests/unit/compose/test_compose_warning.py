"""The mail that warns of providers which block often; its words are strangers' text."""

import datetime as dt
import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default

import pytest

from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.blocking import MAX_ABOUT, MOST_NAMED, Blocked, Blocking, merge_warnings, warnings_of_blocks
from bouncer.policy.history import History
from bouncer.policy.notifications import mail_subscriptions, outbox_entries
from bouncer.policy.records import NO_ACCOUNT, Bucket, NewEntry

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"


def warned(blocked: tuple[str, ...], history: History, operator: str | None = None) -> tuple[NewEntry, ...]:
    subscribers = (
        *mail_subscriptions("acme", (ANN, BOB)),
        *mail_subscriptions(NO_ACCOUNT, [operator] if operator else []),
    )
    return outbox_entries(warnings_of_blocks(blocked, history, account="acme", now=NOW), subscribers, "acme")


def counts(before: int, further: int, step: int = 10) -> list[int]:
    history = History(rules=AccountRules(block_warning=step), blocked={"Gmail": before})
    return [block.count for block in blocks_of(*warned(("Gmail",) * further, history)[:1])]


def blocks_of(*entries: NewEntry) -> list[Blocked]:
    return [block for entry in entries for block in Blocking.parse(entry.about or "").blocked]


def parse_mail(warning: BlockWarning) -> EmailMessage:
    octets = compose_warning(warning, from_="bounces@example.com", reverse_path="").octets
    mail = email.message_from_bytes(octets, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_warning_comes_at_the_accounts_number_and_at_ten_times_as_many():
    assert counts(8, 1) == []
    assert counts(9, 1) == [10]
    assert counts(10, 80) == []
    assert counts(99, 1) == [100]
    assert counts(0, 500) == [500]
    assert counts(9, 1, step=0) == []


def test_each_provider_is_counted_for_itself():
    (for_ann, for_bob) = warned(("Gmail", "Yahoo Japan"), History(blocked={"Yahoo Japan": 9}))

    assert (for_ann.to, for_bob.to) == (ANN, BOB)
    assert blocks_of(for_ann) == [Blocked("Yahoo Japan", 10, "acme", TODAY)]


def test_all_of_fifty_blocking_providers_that_one_letter_names_are_told_in_one_warning_to_each():
    domains = tuple(f"x{n}.example" for n in range(50))

    entries = warned(domains * 10, History(), OPERATOR)

    assert [entry.to for entry in entries] == [ANN, BOB, OPERATOR]
    assert {block.provider for block in blocks_of(entries[0])} == {*domains}
    assert {entry.about for entry in entries} == {entries[0].about}


def test_the_operators_warnings_are_of_no_account_and_all_are_of_a_bucket_of_their_own():
    entries = warned(("Gmail",) * 10, History(), OPERATOR)

    assert [entry.account for entry in entries] == [None, None, NO_ACCOUNT]
    assert {entry.bucket for entry in entries} == {Bucket.WARNING}
    assert [entry.to for entry in warned(("Gmail",) * 10, History(), ANN)] == [ANN, BOB]


@pytest.mark.parametrize("name", ["x{n}.example", "{n}." + "y" * 250, "{n}" + '"' * 250, "{n}" + "\u00e9" * 250])
def test_the_servers_that_one_warning_names_are_bounded_and_the_others_are_counted(name: str):
    (entry, *_) = warned(tuple(name.format(n=n) for n in range(500)), History(rules=AccountRules(block_warning=1)))
    blocking = Blocking.parse(entry.about or "")

    assert len(entry.about or "") <= MAX_ABOUT
    assert 10 < len(blocking.blocked) <= MOST_NAMED
    assert len(blocking.blocked) + blocking.omitted == 500


def test_rows_of_an_older_version_are_read():
    assert Blocking.parse("10 Yahoo Japan") == Blocking((Blocked("Yahoo Japan", 10),))
    assert Blocking.parse("no number") == Blocking((Blocked("no number", 0),))
    assert Blocking.parse("") == Blocking((Blocked("", 0),))


def test_many_warnings_become_one_with_the_highest_count_of_each():
    yesterday = TODAY - dt.timedelta(days=1)
    first = Blocking((Blocked("Gmail", 10, "acme", TODAY), Blocked("Gmail", 10, "acme", yesterday)), omitted=1)
    second = Blocking((Blocked("Gmail", 100, "acme", TODAY), Blocked("Gmail", 10, "globex", TODAY)))

    merged = merge_warnings([(str(first), "acme"), (str(second), None), ("10 Yahoo Japan", "acme")], unread=3)

    assert merged.omitted == 4
    assert [(block.provider, block.count, block.account, block.day) for block in merged.blocked] == [
        ("Gmail", 100, "acme", TODAY),
        ("Gmail", 10, "acme", yesterday),
        ("Gmail", 10, "globex", TODAY),
        ("Yahoo Japan", 10, "acme", None),
    ]


def test_several_providers_stand_in_one_mail_each_with_its_day():
    yesterday = TODAY - dt.timedelta(days=1)
    blocked = (Blocked("Microsoft", 1000, "acme", yesterday), Blocked("x\r\nBcc: y@z.example", 10, "acme", TODAY))
    mail = parse_mail(
        BlockWarning(ANN, "1.1@mx.example.com", NOW, "acme", Blocking(blocked, omitted=3), (), proven=True)
    )
    text = " ".join(mail.get_content().split())

    assert mail["Subject"] == "Warning: 5 providers refused messages from account acme"
    assert mail["Bcc"] is None
    assert "* Outlook.com refused 1,000 messages from account acme on 21 November 2026." in text
    assert "* x Bcc: y@z.example refused 10 messages from account acme on 22 November 2026." in text
    assert "* ... and 3 more" in text


def test_a_mail_about_several_accounts_says_so():
    blocking = Blocking((Blocked("Gmail", 10, "acme", TODAY), Blocked("Gmail", 20, "globex", TODAY)))
    mail = parse_mail(BlockWarning(OPERATOR, "1.1@mx.example.com", NOW, "", blocking, ()))

    assert mail["Subject"] == "Warning: 1 provider refused messages from several accounts"
    assert "account globex" in mail.get_content()


def test_the_mail_says_who_blocks_and_in_which_words():
    replies = ("550 5.7.1 blocked\r\nBcc: everyone@example.org", "550 5.7.1 \x1b[31mblocked")
    warning = BlockWarning(
        "ann@acme.example",
        "1.1@mx.example.com",
        NOW,
        "acme",
        Blocking((Blocked("Microsoft", 1000),)),
        replies,
        proven=True,
    )

    mail = parse_mail(warning)
    text = mail.get_content()

    assert mail["Subject"] == "Warning: Outlook.com refused 1,000 messages from account acme"
    assert mail["Bcc"] is None
    assert "messages from account acme on 22 November 2026 because of their sender" in " ".join(text.split())
    assert "No address is suppressed for this." in " ".join(text.split())
    assert "ask Outlook.com to lift the block: https://olcsupport.office.com" in " ".join(text.split())
    assert "| 550 5.7.1 blocked Bcc: everyone@example.org" in text
    assert "\x1b" not in text
    assert (mail["Auto-Submitted"], mail["X-Bouncer-Notice"]) == ("auto-generated", "1.1@mx.example.com")


def test_only_the_operator_who_has_a_shell_is_given_a_command():
    blocking = Blocking((Blocked("Gmail", 10, "acme", TODAY),))
    to_owner = BlockWarning(ANN, "1.1@mx.example.com", NOW, "acme", blocking, ())

    assert "bouncer sends" not in parse_mail(to_owner).get_content()
    assert "bouncer sends report" in parse_mail(replace(to_owner, has_commands=True)).get_content()
