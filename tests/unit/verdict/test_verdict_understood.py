"""A statement of absence is the recipient's only where every word of its subject is known: not "the folder of this user"."""

from pathlib import Path

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category


def hard(answers: list[str]) -> list[str]:
    return [words for words in answers if judged_category(words) is Category.HARD]


def judged_category(words: str) -> Category:
    recipient = Recipient("jane@example.org", Action.FAILED, reply_code=550, diagnostic_code=words)
    reading = Reading(Kind.BOUNCE, original=Original(from_="news@example.com"), recipients=(recipient,))
    return classify(recipient, reading).category


def answers_in(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_no_answer_about_something_or_somebody_else_is_hard():
    assert hard(answers_in("misleading.txt")) == []


def test_every_answer_that_says_that_the_recipient_is_absent_is_hard():
    answers = answers_in("absent.txt")

    assert [words for words in answers if words not in hard([words])] == []


OTHER_SUBJECTS = [
    "550 Reservation for jane@example.org was cancelled by the guest",
    "550 Invoice recipient not found in ERP",
    "550 5.7.1 The project behind this address has been removed from the tracker",
    "550 5.7.1 The person who allowed your messages is no longer with us",
    "550 Fax number 0049301234567 does not exist",
    "550 5.7.1 The file you sent the recipient is no longer on server",
    "550 5.7.1 Der Termin wurde vom Empfänger gelöscht",
    "550 5.7.1 Le fichier envoyé au destinataire n'est plus disponible",
    "550 5.7.1 El pedido del usuario ya no existe",
    "550 5.7.1 La carpeta del buzón no existe",
    "550 5.7.1 La cartella della casella non esiste",
    "550 5.7.1 O pedido do usuário foi excluído",
    "550 5.7.1 Заявка пользователя удалена",
]


def test_a_subject_with_a_word_that_is_not_known_is_not_hard():
    assert hard(OTHER_SUBJECTS) == []


RECIPIENTS = [
    "550 Due to restructuring this mailbox has been removed permanently",
    "550 The employee you wrote to is no longer employed at Example",
    "550 Jane Doe no longer works here. Please write to info@example.org",
    "550 Smith has left the company",
    "550 Frau Doe hat unser Unternehmen verlassen",
    "550 Mailbox of Anna Schmidt has been deleted",
    "550 Das von Ihnen angegebene Postfach wurde gelöscht",
    "550 L'adresse que vous avez saisie est inconnue de notre serveur",
    "550 El usuario al que intenta escribir no existe en nuestro servidor",
    "550 L'utente a cui ha scritto non esiste",
    "550 Konto byłego pracownika zostało usunięte",
    "550 Учётная запись бывшего сотрудника удалена",
    "550 宛先のメールアドレスが存在しません",
]


def test_a_subject_of_known_words_and_names_is_hard():
    assert hard(RECIPIENTS) == RECIPIENTS


def test_a_code_that_names_the_recipient_makes_up_for_a_word_that_is_not_known():
    assert hard(["550 The quokka account has been closed", "550 5.1.1 The quokka account has been closed"]) == [
        "550 5.1.1 The quokka account has been closed"
    ]


NOT_STATED = [
    "550 Had the user been deleted, you would have seen another error",
    "550 5.7.1 Is this user unknown to you? Then do not write to her",
    "550 Do you know that the user no longer works here? Please answer our survey first",
    "550 5.2.1 The account would be closed after 30 days without login",
    "550 5.7.1 The account has by no means been deleted",
    "550 5.7.1 Das Konto wurde nicht gelöscht",
    "550 5.7.1 Le compte n'a pas été supprimé",
]


def test_a_question_a_condition_and_a_denial_are_not_hard():
    assert hard(NOT_STATED) == []


OF_MESSAGES = [
    "550 5.7.1 Your request to the recipient has been deleted",
    "550 5.7.1 The message that you sent to this user was deleted and does not exist",
    "550 5.7.1 Votre demande au destinataire a été supprimée",
    "550 5.7.1 Su solicitud al destinatario fue eliminada",
]


def test_a_message_that_is_gone_is_not_hard():
    assert hard(OF_MESSAGES) == []
    assert hard(["550 Your message to jane could not be delivered, the user does not exist"]) != []


OTHER_ADDRESSES = [
    "550 5.1.1 bob@example.org: user unknown; jane@example.org: delivered",
    "550 The following addresses had permanent errors: bob@example.org (no such user). Delivered to jane@example.org",
]


def test_an_absence_of_another_address_is_not_hard_whatever_the_code():
    assert hard(OTHER_ADDRESSES) == []


def test_the_recipient_s_address_in_another_form_and_an_address_for_questions_change_nothing():
    answers = [
        "550 5.1.1 jane.roe@example.org: user unknown",
        "550 5.1.1 no such user here, please write to bob@example.org",
    ]

    assert hard(answers) == answers


OF_PARTS = [
    "550 5.7.1 State of user unknown",
    "550 5.7.1 The name server of the domain is unknown",
    "550 5.7.1 Phone number of the recipient not known",
    "550 5.7.1 De status van het account is onbekend",
]


def test_words_about_a_part_of_the_recipient_are_not_hard():
    assert hard(OF_PARTS) == []


OF_OTHERS = [
    "550 The employee who gave you this address is no longer with us",
    "550 5.7.1 The recipient closed the conversation",
    "550 5.7.1 The user has left the building for the weekend",
    "550 5.7.1 A deleted mailbox looks different",
    "550 5.7.1 To you this mailbox does not exist",
    "550 5.7.1 jane@example.org is fine; paul@example.org has left the company",
    "550 5.7.1 Sie sind dem Empfänger unbekannt",
    "550 5.7.1 Der Empfänger hat den Verteiler verlassen, dem Sie schreiben",
]


def test_an_absence_of_others_and_an_act_of_the_person_are_not_hard():
    assert hard(OF_OTHERS) == []


def test_a_house_that_somebody_left_is_a_cause():
    answers = [f"550 The user has left the {house}" for house in ("company", "university", "city council", "agency")]

    assert hard(answers) == answers


def test_a_reason_or_a_time_before_the_subject_may_have_any_words():
    answers = [
        "550 As part of our move to a new mail system this mailbox was deleted",
        "550 Since his retirement this mailbox no longer exists",
        "550 Im Zuge der Umstellung wurde dieses Postfach gelöscht",
        "550 À la suite de son départ cette boîte a été supprimée",
        "550 Na našem serveru tento uživatel neexistuje",
        "550 Yeniden yap\u0131lanma nedeniyle bu hesap silindi",
    ]

    assert hard(answers) == answers
    assert hard(["550 After the merger the folder of this user was deleted"]) == []
