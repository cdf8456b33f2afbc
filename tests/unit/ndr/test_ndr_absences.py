"""Automatic answers without a field that marks them: a sign of a program, and words of an absence in the first person."""

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind

AWAY = [
    "I am travelling until Monday and have limited access to e-mail.",
    "I'm on parental leave, please write to the office.",
    "Ich bin zurzeit nicht im Büro.",
    "Je suis actuellement absente, je vous répondrai à mon retour.",
    "Estoy de vacaciones hasta el lunes.",
    "Sono in ferie fino al 30 novembre.",
    "Estarei ausente até sexta-feira.",
    "Ik ben met vakantie tot 3 december.",
    "Jag är på semester till den 3 december.",
    "Jeg er på ferie til mandag.",
    "Olen lomalla 3.12. asti.",
    "Przebywam na urlopie do 3 grudnia.",
    "Jsem na dovolené do pondělí.",
    "December 3-ig szabadságon vagyok.",
    "Sunt în concediu până luni.",
    "Нахожусь в отпуске до 3 декабря.",
    "Βρίσκομαι σε άδεια.",
    "Pazartesiye kadar izindeyim.",
    "休暇中のため、返信が遅れます。",
    "我正在休假。",
]
NOT_AWAY = [
    "Thank you, that was quick.",
    "My colleague is on holiday; I take care of your order.",
    "Das Paket ist im Urlaub angekommen.",
]


def kind_of(words: str, *, path: str = "<>", subject: str = "Re: Our news", head: str = "") -> Kind:
    fields = (
        f"Return-Path: {path}\nFrom: Jane Doe <jane@example.org>\nTo: news-1@rp.example.com\nSubject: {subject}\n{head}"
    )
    raw = f"{fields}Content-Type: text/plain; charset=utf-8\n\n{words}\n".encode()
    return read(raw, Envelope(reverse_path=path.strip("<>")), strict=True).kind


def test_an_absence_from_the_null_path_is_an_automatic_answer_in_every_language():
    assert [words for words in AWAY if kind_of(words) is not Kind.AUTO_REPLY] == []


def test_an_absence_with_the_precedence_of_a_program_is_an_automatic_answer():
    kinds = {kind_of(words, path="<jane@example.org>", head="Precedence: bulk\n") for words in AWAY}

    assert kinds == {Kind.AUTO_REPLY}


def test_a_person_who_writes_of_an_absence_sends_no_automatic_answer():
    assert {kind_of(words, path="<jane@example.org>") for words in AWAY} == {Kind.OTHER}


def test_other_words_from_the_null_path_are_no_automatic_answer():
    assert {kind_of(words) for words in NOT_AWAY} == {Kind.OTHER}


def test_a_list_that_tells_of_an_absence_sends_no_automatic_answer():
    assert kind_of(AWAY[0], head="List-Id: <staff.lists.example.org>\n") is Kind.OTHER


@pytest.mark.parametrize("subject", ["Frånvarande: Our news", "Automatiskt svar: Our news", "Απουσία από το γραφείο"])
def test_a_subject_of_an_absence_marks_an_automatic_answer(subject: str):
    assert kind_of("Hello", path="<jane@example.org>", subject=subject) is Kind.AUTO_REPLY
