"""A code that names the recipient is hard beside nothing, or beside a word of absence; not beside what is not understood."""

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.verdict import Category, Verdict

FROM_US = Original(from_="Example News <news@example.com>")


def judged(words: str, status: str = "5.1.1") -> Verdict:
    recipient = Recipient(
        "jane@example.org",
        Action.FAILED,
        status=EnhancedStatus.parse(status),
        reply_code=550,
        diagnostic_code=f"550 {status} {words}",
    )
    return classify(recipient, Reading(Kind.BOUNCE, original=FROM_US, recipients=(recipient,)))


def categories(answers: str, status: str = "5.1.1") -> dict[str, Category]:
    return {words: judged(words, status).category for words in answers.strip().splitlines()}


NOT_UNDERSTOOD = """
Visitors enter by the garden door
Sorry, this address only receives from our ticket system
Die Katze sitzt auf der Leitung
Le facteur est en promenade
El cartero duerme la siesta
Il postino fa una pausa
Listonosz jest na spacerze
Posta kutusu dolu gibi
Kirjeenkantaja on lomalla
Почтальон гуляет в парке
郵便屋さんは散歩中です
邮递员正在散步
우체부가 산책하고 있습니다
ساعي البريد في نزهة
הדוור יצא לטיול
บุรุษไปรษณีย์กำลังเดินเล่น
กล่องจดหมายเต็ม
صندوق البريد ممتلئ
"""

BARE = """

<jane@example.org>
Error
Address rejected
<jane@example.org>: Recipient address rejected
Requested action not taken: mailbox unavailable
https://support.example.org/mail/?p=4711 a1b2c3d4e5.42 - gsmtp
ERR-4711
"""

OF_SOMETHING_ELSE = """
Nobody is in the office today
No newsletter for user jane
Incorrect greeting name in EHLO
no reverse name for address
Wrong DKIM selector
The recipient lists no trusted senders
Postfach nimmt nicht alles an
Konto nicht freigeschaltet
Adresse ne reçoit pas de publicité
"""

WITH_A_WORD_OF_ABSENCE = """
our staff directory lists no sven.berg
personne de ce nom chez nous
nie ma u nas takiego użytkownika
não há ninguém com este endereço aqui
tällaista käyttäjää ei ole
jane is neither an alias nor a list nor a user here
this letter carrier found none
the person went to another company
Netfangið er ekki til á þessum stað
Bu ünvan mövcud deyil
მისამართი არ არსებობს
الحساب غير موجود
חשבון זה לא קיים
ไม่พบผู้ใช้
"""


def test_beside_a_sentence_that_is_not_understood_a_code_is_not_hard_in_any_language():
    assert [words for words, category in categories(NOT_UNDERSTOOD).items() if category is Category.HARD] == []


def test_beside_the_frames_of_an_answer_the_code_stands_alone():
    assert [words for words, category in categories(BARE).items() if category is not Category.HARD] == []


def test_beside_a_word_of_absence_the_code_is_believed():
    found_categories = categories(WITH_A_WORD_OF_ABSENCE)

    assert [words for words, category in found_categories.items() if category is not Category.HARD] == []


def test_a_word_of_absence_beside_one_of_another_cause_or_of_time_is_not_enough():
    found_categories = categories(OF_SOMETHING_ELSE)

    assert [words for words, category in found_categories.items() if category is Category.HARD] == []


def test_the_words_in_a_link_are_no_evidence():
    assert judged("https://example.org/ehlo/header.html").category is Category.HARD


def test_the_verdict_names_the_line_that_was_not_understood():
    verdict = judged("Visitors enter by the garden door")

    assert (verdict.rule, verdict.row) == ("doubt-unread", "code-doubted")
    assert verdict.evidence == "550 5.1.1 Visitors enter by the garden door"


def test_a_domain_s_code_is_doubted_likewise():
    assert judged("Visitors enter by the garden door", "5.1.2").category is Category.OTHER
    assert judged("Hm", "5.1.2").category is Category.HARD


def test_a_long_answer_is_judged_as_well():
    assert judged("Hm " * 3_000).category is Category.HARD
    assert judged("alpha beta " * 3_000).category is Category.OTHER


def told_of(address: str, words: str) -> Category:
    recipient = Recipient(address, Action.FAILED, reply_code=550, diagnostic_code=f"550 {words}")
    return classify(recipient, Reading(Kind.BOUNCE, original=FROM_US, recipients=(recipient,))).category


def test_a_local_part_that_only_a_person_can_have_is_read_as_the_address():
    assert told_of("rose@example.org", "rose not found") is Category.HARD
    assert told_of("jane.doe@example.org", "our directory has no jane.doe") is Category.HARD


def test_a_local_part_that_is_also_a_thing_is_no_name():
    answers = {
        "booking": "your booking was not found",
        "service": "service not found",
        "max": "max not found in header",
    }

    by_local_part = {local: told_of(f"{local}@example.org", words) for local, words in answers.items()}

    assert Category.HARD not in by_local_part.values(), by_local_part
