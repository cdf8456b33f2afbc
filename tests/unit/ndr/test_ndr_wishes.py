# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Wishes to be taken off: whoever writes one speaks for himself, and the footer of somebody's letter is none."""

import datetime as dt
from collections.abc import Callable

import pytest

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind, Reading
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.records import Belief, EntryKind, Record
from bouncer.policy.route import route, with_comparison
from bouncer.verdict.judge import judge

KEY = Key(b"a secret of at least sixteen octets")
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TODAY = 20_400
JANE = "jane@example.org"


def mail(words: str, *, subject: str = "June", sender: str = f"Jane Doe <{JANE}>", head: str = "") -> bytes:
    text = "Content-Type: text/plain; charset=utf-8\n"
    return f"From: {sender}\nTo: news@example.com\nSubject: {subject}\n{head}{text}\n{words}\n".encode()


def reading(raw: bytes) -> Reading:
    return read(raw, Envelope(reverse_path=JANE), strict=True)


def is_wish(raw: bytes) -> bool:
    return reading(raw).kind is Kind.UNSUBSCRIBE


def writers(raw: bytes) -> list[str]:
    return [recipient.recipient for recipient in reading(raw).recipients]


WISHES = [
    "Please unsubscribe me.",
    "unsubscribe me please",
    "Remove me from your list!",
    "Please remove me.",
    "Take me off this list, thank you.",
    "Please remove my email address.",
    "I want to unsubscribe.",
    "I would like to unsubscribe from your news.",
    "I\u2019d like to unsubscribe.",
    "Stop sending me this.",
    "Please don't send me any more mail.",
    "I no longer wish to receive your mails.",
    "I do not want to receive this.",
    "opt me out",
    "Bitte melden Sie mich ab.",
    "Ich möchte mich abmelden.",
    "Bitte tragen Sie mich aus.",
    "Bitte streichen Sie mich von der Liste.",
    "Bitte keine Mails mehr.",
    "Ich will keinen Newsletter mehr.",
    "Je souhaite me désabonner.",
    "Merci de me désinscrire.",
    "Désabonnez-moi s'il vous plaît.",
    "Je souhaite ne plus recevoir vos messages.",
    "Quiero darme de baja, gracias.",
    "Por favor, bórrenme de la lista.",
    "No deseo recibir más correos.",
    "Não quero mais receber.",
    "Por favor, me descadastrem.",
    "Vorrei cancellarmi dalla lista.",
    "Cancellatemi per favore.",
    "Non voglio più ricevere la newsletter.",
    "Schrijf mij uit.",
    "Haal mij van de lijst.",
    "Proszę o wypisanie mnie z listy.",
    "Nie chcę otrzymywać tych wiadomości.",
    "Ta bort mig från listan.",
    "Afmeld mig venligst.",
    "Meld meg av listen.",
    "Poistakaa minut listalta.",
    "Odhlaste mě prosím.",
    "Kérem, töröljenek a listáról.",
    "Dezabonați-mă, vă rog.",
    "Отпишите меня, пожалуйста.",
    "Удалите меня из рассылки.",
    "Я больше не хочу получать письма.",
    "Beni listeden ç\u0131kar\u0131n.",
    "配信を停止してください。",
    "请将我从列表中删除。",
    "Please take our address off your list.",
    "Kindly remove us from this mailing.",
    "Would you please delete my e-mail from your records?",
    "Ich möchte mich vom Newsletter abmelden.",
    "Löschen Sie meine E-Mail-Adresse aus Ihrem Verteiler!",
    "Bitte streichen Sie mich aus dem Verteiler, danke.",
    "Entfernt mich bitte aus eurer Mailingliste.",
    "Bitte keine weiteren Newsletter mehr senden.",
    "Ich will keine E-Mails mehr von Ihnen.",
    "Veuillez supprimer mon adresse de votre liste de diffusion.",
    "Merci de me désabonner.",
    "Arrêtez de m'envoyer vos publicités.",
    "Por favor, elimíneme de su lista.",
    "Borren mi correo de su base de datos.",
    "No me envíen más correos.",
    "Por favor remova meu email da lista.",
    "Não me enviem mais e-mails.",
    "Vi prego di cancellare il mio indirizzo dalla vostra mailing list.",
    "Rimuovete il mio indirizzo dalla lista.",
    "Verwijder mij uit uw bestand.",
    "Haal mij van de mailinglijst.",
    "Gelieve mij uit te schrijven.",
    "Proszę wypisać mnie z newslettera.",
    "Proszę usunąć mój adres z bazy.",
    "Ta bort mig från listan.",
    "Fjern mig fra jeres mailliste.",
    "Slett meg fra listen.",
    "Odhlaste mě prosím z newsletteru.",
    "Vymažte ma z vašej databázy.",
    "Töröljék az e-mail címemet a listáról.",
    "Vă rog să mă dezabonați.",
    "Удалите меня из рассылки.",
    "Уберите мой адрес из вашего списка.",
    "Lütfen beni listenizden ç\u0131kar\u0131n.",
    "配信停止をお願いします。",
    "请不要再给我发邮件。",
    "더 이상 메일을 보내지 마세요.",
    "I don't want any more of these emails.",
    "Stop emailing me!",
    "STOP SENDING ME YOUR NEWSLETTER",
    "Take me off.",
    "Unsubscribe me please",
    "opt me out of this list",
    "No more emails please.",
    "Please cancel my subscription.",
    "I'd like to be removed from your list.",
    "Please make sure that I am removed from your mailing list.",
    "I no longer wish to be contacted.",
    "Could you unsubscribe jane@example.org?",
    "Bitte melden Sie jane@example.org vom Newsletter ab.",
    "Ich bitte um Löschung aus Ihrem Verteiler.",
    "Newsletter bitte abbestellen.",
    "Bitte um Austragung aus dem Verteiler.",
    "Prosím o vyradenie z mailing listu.",
    "Ik wil deze nieuwsbrief niet meer ontvangen.",
    "Graag uitschrijven.",
    "Jag vill inte ha fler mejl från er.",
    "Jeg ønsker ikke flere nyhedsbreve.",
    "En halua enää uutiskirjettä.",
    "Non desidero ricevere altre comunicazioni.",
    "Não quero receber mais emails.",
    "Je ne souhaite plus recevoir vos courriels.",
    "Me dar de baja, por favor.",
    "Quiero darme de baja de la lista.",
    "Не присылайте больше писем.",
    "Απεγγραφή παρακαλώ",
]
NO_WISHES = [
    # letters of others, with a footer or a link; letters about other things
    "We have your message.\n\nIf you do not want such notices, please unsubscribe at https://example.com/u\n",
    "To unsubscribe, click here: https://example.com/u\n",
    "Please unsubscribe at https://example.com/u\n",
    "Hello,\n\nsee you on Monday.\n\n--\nunsubscribe: https://example.com/u\n",
    "If you no longer wish to receive these emails, click https://example.com/u\n",
    "You don't want to receive this any more? Unsubscribe here.\n",
    "You get this because you subscribed. Unsubscribe | Preferences | Privacy\n",
    "Wenn Sie keine E-Mails mehr wünschen, klicken Sie hier: https://example.com/ab\n",
    "Pour ne plus recevoir nos messages, cliquez ici : https://example.com/u\n",
    "Si no desea recibir más correos, haga clic aquí\n",
    "Per non ricevere più la newsletter clicca qui\n",
    "How do people unsubscribe from your list?\n",
    "Thank you for your newsletter, I like it very much.\n",
    "I never got the mail that you sent, please send it again.\n",
    "",
    "Please remove my name from the invoice.",
    "Take me off the guest list, I cannot come.",
    "Stop sending me those funny pictures at work.",
    "Please remove the old logo from the newsletter.",
    "Wir melden uns bei Ihnen.",
    "Bitte streichen Sie den Termin.",
    "Please do not remove me from the list.",
    "You can unsubscribe at any time.",
    "Bitte nehmen Sie uns als Lieferanten auf.",
    "Wir nehmen uns Zeit für Sie.",
    "Bitte löschen Sie meine Bestellung.",
    "Please delete my account on the forum.",
    "Could you take my photo off the website?",
    "Can I unsubscribe my mother, too? How?",
    "Veuillez supprimer mon adresse de livraison de la commande.",
    "Retirez-moi du dossier.",
    "Por favor elimine mi pedido.",
    "Haal mij morgen op.",
    "Ta bort min bild.",
    "Usuńcie moje zdjęcie ze strony.",
    "Удалите мой заказ.",
    "I was removed from your list by mistake, please add me again.",
    "Why was I unsubscribed? Please put me back.",
    "Our customers ask us to remove them from your list.",
    "How do I unsubscribe?",
    "Did you remove me from the list?",
    "My boss wants to stop sending newsletters.",
    "We don't want to stop sending newsletters to our members.",
    "We stop sending newsletters in January.",
    "No more mails were lost after the repair.",
    "There are no more newsletters in the archive.",
    "Stop sending the newsletter to bob@example.org, he died.",
    "Please remove bob from the list, he left us.",
    "Please remove our address from your website.",
    "Wir haben keine E-Mails mehr bekommen, bitte prüfen Sie das.",
    "Ich bekomme keine Newsletter mehr, woran liegt das?",
    "Ich habe keine Nachrichten mehr erhalten.",
    "Je n'ai plus reçu vos messages.",
    "No me envíen más facturas en papel.",
    "Não me enviem mais amostras.",
    "Ik kan mij niet uitschrijven voor de cursus.",
    "No more e-mails from my side today, I go home.",
    "I want you to take me off the committee.",
    "We delete our mail after 30 days.",
    "I had to delete our mails.",
    "We take our name seriously.",
    "They remove us from the league.",
]


def test_a_wish_in_the_first_person_is_one_in_every_language():
    assert [words for words in WISHES if not is_wish(mail(words))] == []


def test_a_wish_may_stand_between_a_greeting_and_a_signature():
    assert [words for words in WISHES if not is_wish(mail(f"Hello,\n\n{words}\n\nJane Doe\nExample Street 1"))] == []


def test_a_wish_may_stand_above_the_letter_that_it_answers():
    answered = (
        "On 21 Nov 2026 Example News wrote:\n> Our news of June, to be read at https://example.com/\n" + "> news\n" * 99
    )
    letters = {words: mail(f"{words}\n\n{answered}", subject="Re: Our June news") for words in WISHES}

    assert [words for words, raw in letters.items() if not is_wish(raw)] == []


def test_a_footer_a_link_or_another_letter_is_no_wish():
    assert [words for words in NO_WISHES if is_wish(mail(words))] == []


CONTRARY = [
    "Please do not unsubscribe me, I was on holiday.",
    "Bitte melden Sie mich nicht ab, ich lese das gern.",
    "Ne me désinscrivez pas, j'aime vos lettres.",
    "No me den de baja, me gusta leerlo.",
    "Non cancellatemi, per favore.",
    "Não me descadastrem, por favor.",
    "Meld mij niet af alstublieft, ik lees het graag.",
    "Proszę, nie wypisujcie mnie.",
    "Не отписывайте меня, пожалуйста.",
]


def test_the_contrary_of_a_wish_is_no_wish():
    assert [words for words in CONTRARY if is_wish(mail(words))] == []


OTHER_MATTERS = [
    ("Take me off", "Take me off the night shift for Monday, I am ill."),
    ("Baja", "Estoy de baja por enfermedad hasta el lunes."),
    ("Afmelding", "Ik meld me af voor de vergadering van maandag."),
    ("Austragen", "Bitte tragen Sie mich aus dem Dienstplan aus."),
    ("Invitation", "Retirez mon nom de la liste des invités, s'il vous plaît."),
    ("Unsubscribed?", "Have I been unsubscribed?"),
    ("Abmeldung", "Ich kann am Montag nicht zum Yogakurs kommen."),
]


def test_a_subject_above_another_matter_is_no_wish():
    assert [pair for pair in OTHER_MATTERS if is_wish(mail(pair[1], subject=pair[0]))] == []
    assert is_wish(mail("Please take me off the list of your course letters", subject="Take me off"))


def test_a_quotation_from_somebody_else_is_no_wish():
    wishes = ("Please unsubscribe me.", "Bitte melden Sie mich ab.", "Отпишите меня, пожалуйста.")
    above = ("> ", "On 21 Nov 2026 Joe Doe wrote:\n", "-----Original Message-----\n")
    letters = [f"Is this one of ours?\n\n{quoted}{words}\n" for words in wishes for quoted in above]

    assert [words for words in letters if is_wish(mail(words))] == []


def test_a_long_letter_that_says_so_somewhere_is_something_else():
    assert not is_wish(mail("We spoke of many things. " * 40 + "Please unsubscribe me."))


SUBJECTS = [
    "unsubscribe",
    "Unsubscribe",
    "UNSUBSCRIBE",
    "unsubscribe news",
    "Re: unsubscribe",
    "AW: Re: Unsubscribe",
    "opt-out",
    "Remove me",
    "Take me off your list",
    "Abmeldung",
    "Newsletter abbestellen",
    "Désinscription",
    "Darme de baja",
    "Cancellami",
    "Uitschrijven",
    "Wypisz",
    "Odhlásit",
    "Leiratkozás",
    "Отписаться",
    "配信停止",
    "退订",
    "수신거부",
]


def test_a_subject_is_a_wish_as_programs_write_it_to_the_address_of_a_list():
    """RFC 2369: the mailto of List-Unsubscribe says which subject to write; there may be no words below it."""
    assert [subject for subject in SUBJECTS if not is_wish(mail("", subject=subject))] == []


OTHER_SUBJECTS = [
    "June",
    "Re: Our June news",
    "How to unsubscribe",
    "Subscribe",
    "Your unsubscribe page is broken",
    "Remover",
    "",
]


def test_another_subject_is_no_wish():
    assert [subject for subject in OTHER_SUBJECTS if is_wish(mail("See you on Monday.", subject=subject))] == []


def test_apples_field_is_a_wish():
    assert is_wish(mail("Sent from a phone", head="X-Apple-Unsubscribe: true\n"))


OF_MAIL_PROGRAMS = [
    "This message was automatically generated by Gmail.",
    "This is a request to automatically unsubscribe from your list.",
    "Jane Doe sent this email to unsubscribe from the message Our June news, see https://example.com/help",
]


def test_a_mail_programs_own_sentence_is_a_wish():
    assert [words for words in OF_MAIL_PROGRAMS if not is_wish(mail(words))] == []


@pytest.mark.parametrize("field", ["List-Id: <news.example.net>", "List-Unsubscribe: <mailto:leave@example.net>"])
def test_mail_of_a_list_is_no_wish(field: str):
    assert not is_wish(mail("Please unsubscribe me.", subject="unsubscribe", head=f"{field}\n"))


def test_mail_of_a_mail_system_is_no_wish():
    assert not is_wish(mail("Please unsubscribe me.", subject="unsubscribe", sender="MAILER-DAEMON@mx.example.net"))


FROM_JANE = [
    "Jane Doe <jane@example.org>",
    "jane@example.org",
    '"Doe, Jane" <jane@example.org>',
    "jane@example.org (Jane Doe)",
]


@pytest.mark.parametrize(
    "raw",
    [
        lambda sender: mail("Please unsubscribe me.", sender=sender),
        lambda sender: mail("", subject="unsubscribe", sender=sender),
        lambda sender: mail("", head="X-Apple-Unsubscribe: true\n", sender=sender),
    ],
    ids=["by its words", "by its subject", "by Apple's field"],
)
def test_the_writer_is_the_one_who_wishes(raw: Callable[[str], bytes]):
    assert [sender for sender in FROM_JANE if writers(raw(sender)) != [JANE]] == []


def test_the_wish_is_not_that_of_an_address_in_its_words():
    assert writers(mail("Please unsubscribe me, and joe@example.org too.")) == [JANE]


def test_the_words_of_a_wish_in_a_letter_without_sender_are_no_wish():
    assert not is_wish(b"To: news@example.com\nSubject: unsubscribe\n\nPlease unsubscribe me.\n")


class TestSuppression:
    """A wish that came to a path that was signed for its writer is proven; one that somebody else wrote suppresses nobody."""

    def routed(self, raw: bytes, signed_for: str = JANE, *, hashed: bool = False) -> Record:
        address = sign("acme", signed_for, domain="rp.example.com", key=KEY, today=TODAY, days=9, hashed=hashed)
        signed = verify(address, keys=(KEY,), today=TODAY)
        assert isinstance(signed, Signed)
        path = ReturnPath(address, PathKind.SIGNED, "acme", signed.recipient, signed.recipient_hash)
        return self.decided(raw, path, signed)

    def decided(self, raw: bytes, path: ReturnPath, signed: Signed | None = None) -> Record:
        judgement = judge(read(raw, Envelope(return_path=path.address, reverse_path=JANE), strict=True))
        about = Circumstances(1, path, signed, owners=("ann@acme.example",), operator=None, now=NOW)
        return route(judgement, with_comparison(about, judgement.reading, comparable_forms(judgement.reading)))

    @pytest.mark.parametrize("hashed", [False, True])
    def test_the_recipients_own_wish_suppresses_him_for_good(self, *, hashed: bool):
        record = self.routed(mail("Please unsubscribe me."), hashed=hashed)

        assert [
            (suppression.address, suppression.reason, suppression.until) for suppression in record.suppressions
        ] == [(JANE, "unsubscribe", None)]

    def test_the_case_of_letters_in_his_address_does_not_matter(self):
        record = self.routed(mail("Please unsubscribe me.", sender="Jane@Example.ORG"))

        assert [suppression.address for suppression in record.suppressions] == [JANE]

    @pytest.mark.parametrize("hashed", [False, True])
    def test_a_wish_from_another_address_suppresses_nobody(self, *, hashed: bool):
        """A helpdesk that answers from its own address cannot take its customer off the list."""
        others = ("joe@example.org", "help@example.com", "jane@example.net", "Jane <jane@example.org.example.net>")
        letters = {sender: mail("Please unsubscribe me.", sender=sender) for sender in others}
        records = {sender: self.routed(raw, hashed=hashed) for sender, raw in letters.items()}
        beliefs = {sender: [bounce.believed.belief for bounce in record.bounces] for sender, record in records.items()}

        assert [sender for sender, record in records.items() if record.suppressions != ()] == []
        assert [
            (sender, own_beliefs) for sender, own_beliefs in beliefs.items() if own_beliefs != [Belief.CONTRADICTED]
        ] == []

    def test_the_footer_of_a_helpdesk_suppresses_nobody(self):
        footer = "We have your message.\n\nIf you do not want such notices, please unsubscribe at https://example.com/u"
        record = self.routed(mail(footer, subject="Your message", sender="help@example.com"))

        assert (record.suppressions, record.bounces) == ((), ())

    def test_a_wish_to_an_alias_that_anyone_may_know_suppresses_nobody(self):
        record = self.decided(mail("Please unsubscribe me."), ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme"))

        assert record.suppressions == ()
        assert [bounce.believed.belief for bounce in record.bounces] == [Belief.UNPROVEN]

    def test_a_wish_makes_no_notice_and_waits_to_be_seen(self):
        assert [parcel.kind for parcel in self.routed(mail("Please unsubscribe me.")).entries] == [EntryKind.UNREAD]


def test_remove_is_a_wish_where_the_letter_says_no_more():
    assert is_wish(mail("remove", subject="REMOVE"))
    assert is_wish(mail("", subject="stop"))
    assert not is_wish(mail("Stop at the baker's and buy bread.", subject="Stop"))
    assert not is_wish(mail("The tree was removed.", subject="Removed"))
