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
    "Sorry, the mailbox was looked for, and it does not exist",
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


def test_a_booking_that_is_absent_by_name_is_no_absent_person():
    assert hard(["no booking here by that name", "no such tariff known by that name"]) == []


SOMEBODY_ELSE = [
    "Jane's assistant left the company",
    "her manager no longer works here",
    "his secretary has retired",
    "her predecessor left us in May",
    "the recipient's colleague is no longer with us",
    "her successor does not exist",
]
ABROAD = [
    "Ihr Assistent hat die Firma verlassen",
    "Die Assistentin von Jane Roe hat das Unternehmen verlassen",
    "Le collègue de Jane ne travaille plus ici",
    "Su colega ya no trabaja aquí",
    "Il suo collega ha lasciato l'azienda",
    "O colega dela já não trabalha aqui",
    "Haar collega werkt niet meer bij ons",
    "Kolega adresata odszedł z firmy",
    "Její kolega už zde nepracuje",
    "Hennes kollega har slutat",
    "Hänen kollegansa on lähtenyt",
    "Секретарь получателя больше не работает у нас",  # noqa: RUF001 -- Russian
    "Її колега звільнився",
    "Onun çalışanı ayrıldı",  # noqa: RUF001 -- Turkish
    "Colegul ei a plecat",
    "Ο συνάδελφός της αποχώρησε",  # noqa: RUF001 -- Greek
]
OURS_ABROAD = [
    "Unsere Kollegin ist nicht mehr bei uns tätig",
    "Jane Roe hat die Firma verlassen, ihre Kollegin Frau Mohr hilft Ihnen weiter",
    "Notre collègue ne travaille plus ici",
    "El empleado de la empresa ya no trabaja aquí",
    "Il nostro collega non lavora più qui",
    "Onze collega werkt niet meer bij ons",
    "Наша коллега больше не работает",
]
SHE_HERSELF = [
    "Jane Roe left the company, her successor is bob@example.org",
    "She has left the company; please write to her manager",
    "Our colleague jane has left us",
]


def test_somebody_beside_the_recipient_who_left_leaves_the_recipient_there():
    assert hard(SOMEBODY_ELSE) == []
    assert hard(SHE_HERSELF) == SHE_HERSELF


def test_nor_does_somebody_beside_her_in_other_languages():
    assert hard(ABROAD) == []
    assert hard(OURS_ABROAD) == OURS_ABROAD


def test_a_relay_that_is_refused_for_want_of_the_user_is_no_refusal_of_the_sender():
    assert hard(["5.1.1 no user by that name, relay refused", "5.7.1 no such user, relaying denied"]) == [
        "5.1.1 no user by that name, relay refused"
    ]
