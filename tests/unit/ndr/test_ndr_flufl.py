"""The detectors of flufl.bounce get a bounded letter."""

from bouncer.ndr.dialects.flufl import Flufl
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits

LETTER = """\
From: Mail Delivery System <mailer-daemon@mx.example.net>
Subject: Mail delivery failed
X-Failed-Recipients: {}

The message could not be delivered.
"""


def detected(addresses: str) -> tuple[str, ...]:
    reading = Flufl().read(Letter(LETTER.format(addresses).replace("\n", "\r\n").encode(), Limits()))
    return tuple(recipient.recipient for recipient in reading.recipients) if reading else ()


def test_a_list_of_failed_recipients_is_cut_behind_a_whole_address():
    addresses = [f"reader{number:04}@example.org" for number in range(400)]

    detection = detected(", ".join(addresses))

    assert 100 < len(detection) < 400
    assert list(detection) == addresses[: len(detection)]


def test_a_list_of_few_is_read_whole():
    assert detected("jane@example.org, lee@example.org") == ("jane@example.org", "lee@example.org")


def test_an_endless_word_is_cut():
    assert detected("x" * 20_000) == ()
