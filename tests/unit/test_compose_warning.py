"""The mail that warns of a provider which blocks often; its words are strangers' text."""

import datetime as dt
import email
from email.policy import default

from bouncer.policy.blocking import Blocked, warnings
from bouncer.policy.compose import Warned, compose_warning
from bouncer.policy.past import Past
from bouncer.policy.terms import Terms

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


def warned(before: int, more: int, step: int = 10) -> list[str | None]:
    past = Past(terms=Terms(block_warning=step), blocked={"Gmail": before})
    return [one.about for one in warnings(("Gmail",) * more, past, to=("ann@acme.example",))]


def test_a_warning_comes_at_the_accounts_number_and_at_ten_times_as_many():
    assert warned(8, 1) == []
    assert warned(9, 1) == ["10 Gmail"]
    assert warned(10, 80) == []
    assert warned(99, 1) == ["100 Gmail"]
    assert warned(0, 500) == ["500 Gmail"]
    assert warned(9, 1, step=0) == []


def test_each_provider_is_counted_for_itself():
    parcels = warnings(("Gmail", "Yahoo Japan"), Past(blocked={"Yahoo Japan": 9}), to=("a@x.example", "b@x.example"))

    assert [(one.to, one.about) for one in parcels] == [
        ("a@x.example", "10 Yahoo Japan"),
        ("b@x.example", "10 Yahoo Japan"),
    ]
    assert Blocked.parse("10 Yahoo Japan") == Blocked("Yahoo Japan", 10)
    assert Blocked.parse("no number") == Blocked("no number", 0)


def test_the_mail_says_who_blocks_and_in_which_words():
    said = ("550 5.7.1 blocked\r\nBcc: everyone@example.org", "550 5.7.1 \x1b[31mblocked")
    warning = Warned("ann@acme.example", "1.1@mx.example.com", NOW, "acme", Blocked("Microsoft", 1000), said)

    octets = compose_warning(warning, from_="bounces@example.com", reverse_path="").octets
    mail = email.message_from_bytes(octets, policy=default)
    text = mail.get_content()

    assert mail["Subject"] == "Warning: Outlook.com refused 1,000 mails of account acme"
    assert mail["Bcc"] is None
    assert "mails of account acme on 22 November 2026, because of the sender" in " ".join(text.split())
    assert "Nobody is suppressed for that." in " ".join(text.split())
    assert "ask Outlook.com to lift the block: https://olcsupport.office.com" in " ".join(text.split())
    assert "| 550 5.7.1 blocked Bcc: everyone@example.org" in text
    assert "\x1b" not in text
    assert (mail["Auto-Submitted"], mail["X-Bouncer-Notice"]) == ("auto-generated", "1.1@mx.example.com")
