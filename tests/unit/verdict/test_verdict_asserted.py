"""A word for absence is hard only where the answer asserts it: not as one cause of several, not perhaps, not for now."""

import itertools
import re
from pathlib import Path

import pytest

from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict import asserted
from bouncer.verdict.classify import classify
from bouncer.verdict.hedges.doubt import DOUBT
from bouncer.verdict.hedges.for_now import FOR_NOW
from bouncer.verdict.hedges.other_causes import OTHER_CAUSE
from bouncer.verdict.rules import needs
from bouncer.verdict.rules.rule import pattern_of
from bouncer.verdict.verdict import Category, Verdict
from bouncer.verdict.words import AnswerText

DIAGNOSTICS = Path(__file__).with_name("diagnostics.tsv")

FROM_US = Original(from_="Example News <news@example.com>")
ABSENT = ["user unknown", "no such user", "the mailbox does not exist", "recipient not found", "unknown recipient"]


def judged(words: str, status: str = "") -> Verdict:
    answer = f"550 {status} {words}".replace("  ", " ")
    recipient = Recipient("jane@example.org", Action.FAILED, reply_code=550, diagnostic_code=answer)
    return classify(recipient, Reading(Kind.BOUNCE, original=FROM_US, recipients=(recipient,)))


def hard(answers: list[str]) -> list[str]:
    return [words for words in answers if judged(words).category is Category.HARD]


OTHER_CAUSES = [
    "message refused by local policy",
    "its owner has blocked you",
    "the mailbox is full",
    "we do not accept mail from your network",
    "the message is spam",
    "our server is out of order",
    "access denied",
]
JOINED = ["{} or {}", "Either {} or {}", "{} and/or {}", "{}, or {}", "{}; or {}", "{}/{}"]


def test_an_answer_that_offers_another_cause_beside_the_absence_is_not_hard():
    pairs = itertools.product(JOINED, ABSENT, OTHER_CAUSES)
    answers = [
        words for form, absent, other in pairs for words in (form.format(absent, other), form.format(other, absent))
    ]

    assert hard(answers) == []


ALTERNATIVES_ABROAD = [
    "Entweder existiert diese Adresse nicht oder der Inhaber hat Sie blockiert",
    "Empfänger unbekannt oder Nachricht aus Richtliniengründen abgelehnt",
    "Soit cette adresse n'existe pas, soit vous êtes bloqué par son titulaire",
    "Destinataire inconnu ou message refusé par la politique locale",
    "Destinatario desconocido o mensaje rechazado por la política",
    "L'indirizzo non esiste oppure il mittente è bloccato",
    "Destinatário desconhecido ou mensagem recusada",
    "Het adres bestaat niet of de afzender is geblokkeerd",
    "Adres nie istnieje albo nadawca jest zablokowany",
    "Adresa neexistuje nebo byl odesílatel zablokován",
    "Okänd mottagare eller avvisat meddelande",
    "Tuntematon vastaanottaja tai viesti hylätty",
    "Получатель не найден или письмо отклонено",
    "Bilinmeyen alıcı veya ileti reddedildi",  # noqa: RUF001 -- Turkish
    "Ismeretlen címzett vagy elutasított levél",
    "Destinatar necunoscut sau mesaj respins",
    "Άγνωστος παραλήπτης ή το μήνυμα απορρίφθηκε",
    "宛先が存在しないか、受信が拒否されました",
    "收件人不存在或者邮件被拒收",
    "수신자가 존재하지 않거나 수신 거부되었습니다",
]


def test_alternatives_in_other_languages_prove_nothing_either():
    assert hard(ALTERNATIVES_ABROAD) == []


LISTS = [
    "Possible reasons: 1. {} 2. the mailbox is full 3. your server is on a block list 4. our server was busy",
    "This can have several causes: - {} - the mailbox is full - you are blocked",
    "The most frequent reasons for this are: {}, a full mailbox or a blocked sender",
]


def test_a_list_of_possible_causes_proves_none_of_them():
    answers = [form.format(absent) for form, absent in itertools.product(LISTS, ABSENT)]

    assert {judged(words).category for words in answers} <= {Category.OTHER, Category.BLOCK}


SOMETHING_ELSE = [
    "This is not an unknown user error. Your message was refused by our filter",
    "reply address unknown",
    "bounce address invalid",
    "the address to which jane@example.org is forwarded is unknown",
    "message quotes an address that does not exist",
    "user not found in relay database",
    "not a valid user for relaying",
    "account not found for SMTP AUTH",
    "Login unknown user",
    "unknown address family",
    "invalid mailbox state",
    "The person you write to is unknown to have requested this mail",
    "nobody here by that name wants your mail",
    "the employee is no longer at her desk today",
    "your message was unknown to our scanner",
    "bounce tag of the address is invalid",
    "cloud tenant account not found",
    "table mailbox does not exist",
    "You are an unknown user to us",
    "may be a bad address or a filter",
    "this could mean that the user does not exist",
    'see our page about "user unknown" errors',
    "content filter: phrase 'mailbox does not exist' is forbidden",
    "meeting room does not exist",
    "list owner's address is invalid",
    "The domain you send from has no MX and no A record",
    "the user has left the chat",
    "the recipient has changed his password, deliveries are paused",
    "please use the new address of our server",
    "address syntax in your From is wrong",
    "malformed address in the Reply-To",
    "is this user unknown? ask the postmaster",
    "do not assume that the user does not exist",
    "user does exist, but quota service not found",
    "user page not found",
    "no such recipient handler",
    '5.4.1 If you see "Recipient address rejected: Access denied" ask your administrator',
    "Mailbox unavailable or not local to the relay you came from",
    "542 message rejected for content",
    "Our domain does not accept mail without TLS",
    "Your domain does not accept mail, so we refuse it: null MX",
    "Could not find the host of your image",
    "SPF include: NXDOMAIN",
    "Please use the new address of our website",
    "The customer account at our shop was deleted",
    "The user no longer accepts mail from lists",
    "Recipient no longer available today",
    "Authentication failed: user unknown",
    "no such user may relay",
    "No such recipient list",
    "cannot find user's mail spool",
    "the address is not known to be safe",
    "not a valid mailbox format",
    "The e-mail you answer to was not found",
    "Die Nachricht an die Adresse wurde gelöscht",
    "Die Adresse ist heute nicht mehr erreichbar",
    "Die neue Adresse unseres Servers ist 192.0.2.7",
    "お客様のドメインが見つかりません",
    "リンク先のドメインが存在しません",
    "您的账号已被注销",
    "your name is not on our books",
    "the postmaster who set up this rule has left the company",
    "Should the mailbox not exist, you will get another message",
    'No, this is not a case of "user unknown"',
    "User unknown is what you would see if the account were deleted",
    "This account was not closed",
    'Delivery to the folder "Old" failed: it does not exist',
    "The alias expands to a list with an unknown member",
    "The colleague who reads this mailbox has left for the day",
    "The mailbox will be closed at the end of the month",
    "The account is about to be deleted",
    "no MX for your return path",
    "The website of this domain does not exist",
    "Die Datei für den Empfänger wurde nicht gefunden",
    "Le rendez-vous avec le destinataire n'existe plus",
    "La cita con el usuario ya no existe",
    "L'appuntamento con l'utente non esiste più",
    "Het bestand van de gebruiker is niet gevonden",
    "Plik użytkownika nie istnieje",
    "Soubor uživatele neexistuje",
    "Файл пользователя не найден",
    "Kullanıcının dosyası bulunamadı",  # noqa: RUF001 -- Turkish
    "A felhasználó fájlja nem található",
    "ユーザーのファイルが見つかりません",
    "用户的文件不存在",
    "사용자의 파일을 찾을 수 없습니다",
    "bucket does not exist",
]


def test_a_hard_phrase_about_something_else_is_no_statement_about_the_recipient():
    assert hard(SOMETHING_ELSE) == []


NEIGHBOURS = [
    "User unknown in relay recipient table",
    "5.1.0 - Unknown address error 550-'5.1.1 Mailbox does not exist'",
    "no such user, see our page about bounces",
    "no such user exists",
    "User unknown. Questions? Ask the postmaster",
    "the recipient has changed its address",
    "user unknown; the reply address of your letter is fine",
]


def test_words_that_only_resemble_it_leave_the_statement_as_it_is():
    assert hard(NEIGHBOURS) == NEIGHBOURS


DOUBTS = [
    "perhaps the user does not exist",
    "the mailbox probably does not exist",
    "user may not exist",
    "cannot tell whether the user is unknown",
    "if the user does not exist you will be told later",
    "in case the user does not exist you will get a report",
    "a user who does not exist would get 5.1.1",
    "Directory harvest: unknown users",
    "user unknown for another address",
    "Falls die Adresse nicht existiert, erhalten Sie eine weitere Nachricht",
    "Si l'adresse n'existe pas, vous serez averti",
    "Se l'indirizzo non esiste riceverà un avviso",
    "Als het adres niet bestaat, krijgt u bericht",
    "Если адрес не существует, вы получите уведомление",
    "如果用户不存在，您会收到通知",  # noqa: RUF001 -- Chinese
    "vielleicht existiert das Postfach nicht",
    "peut-être que cette adresse n'existe pas",
    "возможно, пользователь не существует",
    "アドレスが存在しない可能性があります",
    "收件人可能不存在",
]


def test_a_word_of_doubt_leaves_it_open():
    assert {(words, judged(words).category) for words in DOUBTS} <= set(
        itertools.product(DOUBTS, (Category.OTHER, Category.TECHNICAL, Category.BLOCK))
    )


TIMES = [
    "while the mailbox is migrated, the new system opens on Monday",
    "not yet provisioned",
    "it will be created tonight",
    "will be opened again on receipt of the fee",
    "for non-payment",
    "until the owner pays",
    "as the directory is being rebuilt",
    "it is being created",
    "until further notice",
    "for 24 hours",
    "will be reactivated after payment",
]


def test_an_absence_that_holds_for_now_is_soft():
    assertions = ["user unknown", "mailbox closed", "the mailbox does not exist", "account deleted"]
    answers = [
        f"{absent}{joint}{time}" for absent, joint, time in itertools.product(assertions, (" ", ", ", " ("), TIMES)
    ]

    assert hard(answers) == []


TIMES_ABROAD = [
    "Das Postfach wird zum Jahresende geschlossen",
    "La boîte sera fermée demain",
    "La cuenta será eliminada mañana",
    "La casella verrà chiusa a fine mese",
    "Het account wordt morgen verwijderd",
    "Konto zostanie usunięte jutro",
    "Ящик будет удалён завтра",
    "该邮箱将被删除",
    "アカウントは来月削除される予定です",
    "계정이 삭제될 예정입니다",
    "Das Postfach existiert noch nicht",
    "Adresse während der Migration nicht gefunden",
    "Postfach geschlossen, bis die Rechnung bezahlt ist",
    "Cette adresse n'existe pas encore",
    "Compte fermé pour non-paiement, il sera rouvert",
    "El usuario aún no existe",
    "La casella non esiste ancora",
    "A conta ainda não existe",
    "De mailbox bestaat nog niet",
    "Skrzynka jeszcze nie istnieje",
    "Schránka ještě neexistuje",
    "Kontot finns inte ännu",
    "Kontoen findes endnu ikke",
    "Ящик ещё не существует",
    "Hesap henüz mevcut değil",
    "A postafiók még nem létezik",
    "Contul nu există încă",
    "Ο λογαριασμός δεν υπάρχει ακόμα",  # noqa: RUF001 -- Greek
    "移行中のためユーザーが見つかりません",
    "邮箱尚未开通, 用户不存在",
    "계정이 아직 존재하지 않습니다",
]


def test_nor_is_it_hard_in_other_languages():
    assert hard(TIMES_ABROAD) == []


def test_a_status_that_names_the_recipient_yields_to_a_time():
    assert judged("mailbox jane not yet provisioned, accounts are made in the night", "5.1.1").category is Category.SOFT


TO_EVERYBODY = [
    "{}: this is the answer that our gateway gives to every message classified as spam (score 14.2)",
    "{} - we give this answer to all refused mail",
    "{} (standard answer to mail from listed hosts)",
    "{} (we always say so when mail looks like spam)",
    "{}; this reply does not mean that the address is wrong",
    "{} is what every unknown sender is told",
]


def test_an_answer_that_everybody_gets_says_nothing_of_the_recipient():
    answers = [form.format(absent) for form, absent in itertools.product(TO_EVERYBODY, ABSENT)]

    assert {judged(words, "5.1.1").category for words in answers} == {Category.BLOCK}


ASSERTED = [
    "Mailbox is inactive or does not exist",
    "account is disabled or user not found",
    "unknown or invalid recipient",
    "no such user or alias",
    "user unknown, check the address or call us",
    "the address does not exist. Contact your provider or administrator",
    "mailbox closed or deleted",
    "this mailbox was deleted in 2019, try info@example.org",
    "no such user here; the message was not scanned for spam or viruses",
    "Письмо не может быть доставлено: почтовый ящик не существует",
]


def test_alternatives_that_are_both_absences_and_advice_take_nothing_back():
    assert hard(ASSERTED) == ASSERTED


OF_SOMETHING_ELSE = [
    "User not found in whitelist",
    "Mailbox jane is not found on this node, proxy timeout; retry",
    "License for mailbox jane not found",
    "Unknown user agent in header X-Mailer",
    "The recipient <jane@example.org> was removed from your allowed destinations",
    "Bad destination: route to example.org is down",
    "Recipient not found in cache, retrying",
    "No such user in the list of approved senders",
    "Account unknown to the greylisting policy",
    "Mailbox not found within the time limit",
    "User unknown for strangers",
    "Unknown user quota of your network",
    "No such user may send here",
    "User unknown on our list of partners, access refused",
    "Customer account of the sending domain has been closed",
    "Mailbox moved to the archive tier",
    "Black-holed: invalid users were mailed from 198.51.100.9",
    "One of the other recipients does not exist, so the whole message is refused",
    "Error: table 'mailbox' doesn't exist",
    "The message is refused: unknown users in Cc",
    "abuse@example.com: no such user, therefore mail refused",
    "sent: RCPT TO:<jane@example.org> received: the file was not found to be clean",
]


def test_an_absence_of_something_else_than_the_recipient_is_not_hard():
    assert hard(OF_SOMETHING_ELSE) == []


BESIDE_THE_POINT = [
    "No such user here; the message was not scanned for spam or viruses",
    "No such user here (earlier tries were refused by a rate limit)",
    "User unknown, please check the sending policy at https://example.org/policy.html",
    "Policy rule 7: recipient does not exist",
    "Access denied: no such user",
    "Recipient unknown. Your server is welcome otherwise",
    "Dear sender, the mailbox does not exist",
    "The mailbox was deleted because it drew too much spam",
    "TLS ok, certificate ok, but recipient is unknown",
    "Transcript [550 5.1.1 User unknown] The attachment contains the headers",
]


def test_words_of_another_cause_outside_the_clause_change_nothing():
    assert [words for words in BESIDE_THE_POINT if judged(words).category is not Category.HARD] == []


def as_expression(signs: tuple[str, ...]) -> re.Pattern[str]:
    """Join words of doubt or of time into one expression, which searches them as they are written."""
    alphabetic = "|".join(pattern_of(sign) for sign in signs if max(sign) < needs.CJK)
    others = "|".join(sign for sign in signs if max(sign) >= needs.CJK)
    return re.compile(rf"\b(?:{alphabetic})|{others}" if others else rf"\b(?:{alphabetic})")


@pytest.mark.parametrize("signs", [DOUBT, FOR_NOW, OTHER_CAUSE])
def test_the_index_of_the_words_of_doubt_finds_what_one_expression_of_them_finds(signs: tuple[str, ...]):
    answers = [line.rpartition("\t")[2].lower() for line in DIAGNOSTICS.read_text(encoding="utf-8").splitlines()]
    answers += [words.lower() for words in (*DOUBTS, *TIMES, *TIMES_ABROAD, *OF_SOMETHING_ELSE)]
    expression, index = as_expression(signs), asserted.index_of(signs)
    asserting = [answer for answer in answers if index.find(AnswerText((), (), answer))]

    assert asserting == [answer for answer in answers if expression.search(answer)]
    assert asserting
