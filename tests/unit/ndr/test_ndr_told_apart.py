"""Sentences that tell recipients apart: who has the message is no failure, and who has it not is, in whatever clause."""

import pytest

from bouncer.ndr import success
from bouncer.ndr.reader import read

BOB, JANE = "bob@example.org", "jane@example.org"


def failed(words: str) -> list[str]:
    """The recipients that a notice of these words reports."""
    head = "From: MAILER-DAEMON@mx.example.net\r\nTo: acme@rp.example.com\r\nSubject: Delivery failure\r\n"
    type_field = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    reading = read(
        f"{head}{type_field}Your message could not be delivered to all recipients.\r\n\r\n{words}\r\n".encode()
    )
    return [recipient.recipient for recipient in reading.recipients]


@pytest.mark.parametrize(
    "words",
    [
        f"Delivery to {BOB} succeeded. {JANE} does not exist.",
        f"We delivered your mail to {BOB}, but {JANE} does not exist.",
        f"{JANE} does not exist, but {BOB} has received your message.",
        f"Your message was sent to {BOB} and could not be sent to {JANE}: unknown user.",
        f"{BOB} ... delivered\r\n{JANE} ... 550 5.1.1 unknown user",
        f"The following recipient received your message:\r\n\r\n{BOB}\r\n\r\nThese did not:\r\n\r\n{JANE}: unknown user",
        f"OK {BOB}\r\nFAIL {JANE} 550 5.1.1 unknown user",
        f"Die Nachricht wurde an {BOB} zugestellt, aber {JANE} existiert nicht.",
        f"Le message a été remis à {BOB}, mais {JANE} n'existe pas.",
    ],
)
def test_a_recipient_who_has_the_message_is_no_failure(words: str):
    assert failed(words) == [JANE]


@pytest.mark.parametrize(
    "words",
    [
        f"Your message to {JANE} will be delivered as soon as her mailbox has room; it is full.",
        f"{JANE} has reached the limit of her mailbox: 552 mailbox full.",
        f"The message was accepted for {JANE}, but 550 5.1.1 unknown user was the answer in the end.",
        f"{JANE} has not received your message: 550 no such user.",
    ],
)
def test_a_failure_that_speaks_of_delivery_is_one_all_the_same(words: str):
    assert failed(words) == [JANE]


@pytest.mark.parametrize(
    "words", ["It was delivered.", "Bob has received your message.", "Ihre Mail hat ihn erreicht.", "已送达"]
)
def test_a_sentence_of_success_is_known(words: str):
    assert success.is_told(words)


@pytest.mark.parametrize(
    "words",
    ["It was not delivered.", "It will be delivered.", "If he has received it", "It was delivered late: failed."],
)
def test_an_event_that_did_not_happen_or_may_happen_is_no_success(words: str):
    assert not success.is_told(words)
