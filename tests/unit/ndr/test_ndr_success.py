"""A mail system's sentence of success is no failure, in whatever language, and its negation is one."""

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind

HEAD = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: news@example.com\nSubject: Our offers\n"
SENTENCES = [
    ("The message to {} has been delivered.", "The message to {} has not been delivered."),
    ("Your message to {} was sent successfully.", "Your message to {} could not be sent successfully."),
    ("Your message for {} was accepted by mx.example.org.", "Your message for {} was not accepted by mx.example.org."),
    ("Ihre Nachricht an {} wurde zugestellt.", "Ihre Nachricht an {} wurde nicht zugestellt."),
    ("Votre message à {} a été remis.", "Votre message à {} n'a pas été remis."),
    ("Su mensaje para {} fue entregado.", "Su mensaje para {} no fue entregado."),
    ("A sua mensagem para {} foi entregue.", "A sua mensagem para {} não foi entregue."),
    ("Il messaggio per {} è stato consegnato.", "Il messaggio per {} non è stato consegnato."),
    ("Uw bericht aan {} is afgeleverd.", "Uw bericht aan {} is niet afgeleverd."),
    ("Wiadomość do {} została dostarczona.", "Wiadomość do {} nie została dostarczona."),
    ("Vaše zpráva pro {} byla doručena.", "Vaše zpráva pro {} nebyla doručena."),
    ("Ваше сообщение для {} доставлено.", "Ваше сообщение для {} не доставлено."),
    ("Ditt meddelande till {} har levererats.", "Ditt meddelande till {} har inte levererats."),
    ("{} 宛のメールは正常に配信されました。", "{} 宛のメールは配信されませんでした。"),
    ("您发给 {} 的邮件已送达。", "您发给 {} 的邮件未送达。"),
]


def kind_of(sentence: str) -> Kind:
    letter = f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n{sentence.format('jane@example.org')}\n"
    return read(letter.encode(), strict=True).kind


@pytest.mark.parametrize(("success", "failure"), SENTENCES)
def test_success_and_failure_are_told_apart(success: str, failure: str):
    assert kind_of(success) is Kind.SUCCESS
    assert kind_of(failure) is Kind.BOUNCE


def test_a_success_beside_a_server_s_refusal_is_a_failure():
    assert kind_of("Your message to {} was forwarded to another host, which answered 550 no such user.") is Kind.BOUNCE
