"""Letters whose answer was changed: the sender is named in it, or the words of absence are only a frame or an example."""

import pytest

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category, Reason, Verdict


def judged(words: str, final: str = "jane@example.org") -> Verdict:
    recipient = Recipient(
        "jane@example.org", Action.FAILED, final_recipient=final, reply_code=550, diagnostic_code=words
    )
    original = Original(from_="news@example.com", return_path="bounce@rp.example.com")
    return classify(recipient, Reading(Kind.BOUNCE, original=original, recipients=(recipient,)))


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 The recipient bounce@rp.example.com is not on this mail server",
        "550 5.1.1 no manager with this address: bounce@rp.example.com",
    ],
)
def test_a_code_beside_the_senders_address_is_about_the_sender(words: str):
    assert judged(words).reason is Reason.SENDER_REJECTED


def test_the_sender_in_the_field_of_the_recipient_stays_the_sender():
    words = "550 5.1.1 no such recipient bounce@rp.example.com"

    assert judged(words, final="bounce@rp.example.com").reason is Reason.SENDER_REJECTED


@pytest.mark.parametrize(
    "words",
    [
        "The server was unable to deliver your message (ex: unknown user, mailbox not found). smtp;550 On hold",
        "Not delivered because the address couldn't be found, or is unable to receive mail. Response: 550 attachment refused",
        "Connected to 192.0.2.25 but recipient was rejected. Remote host said: 550 Inbox folder does not exist. Giving up on mx.",
    ],
)
def test_a_frame_or_an_example_proves_nothing(words: str):
    assert judged(words).category is not Category.HARD
