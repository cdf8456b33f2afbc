"""An absence is the recipient's only where the noun beside it is a word of mail: "the booking does not exist" leaves it open."""

import itertools

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category, Verdict

THINGS = ["booking", "record", "reservation", "parcel", "tariff", "voucher", "questionnaire", "e-mail template"]
DETERMINERS = ["The", "That", "This", "Your", "Such a", ""]
ABSENCES = [
    "does not exist",
    "no longer exists",
    "is not known here",
    "was deleted",
    "was not found in our database",
    "is no longer valid",
    "you refer to does not exist",
    "for the user does not exist",
]
RECIPIENTS = [
    "user",
    "mailbox",
    "recipient",
    "e-mail address",
    "account you tried to reach",
    "person",
    "alias jane",
    "mailbox of jane",
    "name",
    "company",
]


def judged(words: str) -> Verdict:
    recipient = Recipient("jane@example.org", Action.FAILED, reply_code=550, diagnostic_code=f"550 {words}")
    reading = Reading(Kind.BOUNCE, original=Original(from_="news@example.com"), recipients=(recipient,))
    return classify(recipient, reading)


def hard(answers: list[str]) -> list[str]:
    return [words for words in answers if judged(words).category is Category.HARD]


def test_an_absence_of_another_thing_is_not_hard():
    answers = [" ".join(words).strip() for words in itertools.product(DETERMINERS, THINGS, ABSENCES)]

    assert hard(answers) == []


def test_the_same_words_about_a_mailbox_or_its_owner_are_hard():
    answers = [f"The {noun} {absence}" for noun, absence in itertools.product(RECIPIENTS, ABSENCES[:2])]

    assert hard(answers) == answers


UNNAMED = [
    "does not exist",
    "5.1.1 does not exist here",
    "Sorry, it does not exist",
    "jane does not exist",
    "jane.roe@example.org: not found in our directory",
    "The remote server reports that the user does not exist",
    "Our records show that this user does not exist",
    "Addresses of that kind do not exist at this host",
    "nobody by that name",
    "no such user here; the message was not scanned for spam",
    "Ms Doe left our firm",
]


def test_an_absence_without_a_noun_is_the_recipient_s():
    assert hard(UNNAMED) == UNNAMED


def test_nobody_by_that_name_is_no_booking_by_that_name():
    assert hard(["no booking here by that name", "no such tariff known by that name"]) == []


SOMEBODY_ELSE = [
    "Jane's assistant left the company",
    "her manager no longer works here",
    "his secretary has retired",
    "her predecessor left us in May",
    "the recipient's colleague is no longer with us",
    "her successor does not exist",
]
SHE_HERSELF = [
    "Jane Roe left the company, her successor is bob@example.org",
    "She has left the company; please write to her manager",
    "Our colleague jane has left us",
]


def test_somebody_beside_the_recipient_who_left_leaves_the_recipient_there():
    assert hard(SOMEBODY_ELSE) == []
    assert hard(SHE_HERSELF) == SHE_HERSELF
