# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Automatic answers that refuse in their writer's own words, and those that do not, in the languages that are read."""

from email.message import EmailMessage

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind, Reading
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Category

REFUSED = "jane.roe@office.example"
COLLEAGUE = "colleague@office.example"


def read_letter(writer: str, subject: str, text: str, path: str = "<>", **fields: str) -> Reading:
    letter = EmailMessage()
    letter["Return-Path"] = path
    letter["From"] = f'"{writer}" <admin@amt.example>'
    letter["To"] = "news@example.com"
    letter["Subject"] = subject
    for name, value in fields.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return read(letter.as_bytes())


NOTICES = [
    (
        "en",
        "IT desk",
        "Your message",
        "Your message to {x} was not delivered.",
        "The employee has left us and the mailbox was deleted.",
        "It was taken for junk mail.",
    ),
    (
        "en",
        "Registry",
        "Mail refused",
        "Your mail for {x} was refused.",
        "The member has left and the account has been removed.",
        "Our filter considers it spam.",
    ),
    (
        "de",
        "Poststelle",
        "Ihre Nachricht",
        "Ihre Nachricht an {x} wurde nicht zugestellt.",
        "Die Kollegin hat das Haus verlassen, das Postfach wurde gelöscht.",
        "Sie wurde als Spam eingestuft.",
    ),
    (
        "de",
        "Servicedesk",
        "Ihre E-Mail wurde abgewiesen",
        "Ihre E-Mail an {x} wurde abgewiesen.",
        "Der Mitarbeiter ist ausgeschieden und sein Konto wurde entfernt.",
        "Unser Filter hält sie für Werbung.",
    ),
    (
        "fr",
        "Service informatique",
        "Votre message",
        "Votre message pour {x} n'a pas été distribué.",
        "Cette personne a quitté la société et sa boîte a été supprimée.",
        "Il a été considéré comme indésirable.",
    ),
    (
        "fr",
        "Secrétariat",
        "Courriel refusé",
        "Votre courriel à {x} a été refusé.",
        "L'agent ne fait plus partie de nos services et son compte a été fermé.",
        "Notre filtre l'a classé comme spam.",
    ),
    (
        "es",
        "Informática",
        "Su mensaje",
        "Su mensaje a {x} no fue entregado.",
        "La persona ya no trabaja aquí y su buzón fue eliminado.",
        "Fue considerado correo basura.",
    ),
    (
        "pt",
        "Informática",
        "Sua mensagem",
        "A sua mensagem para {x} não foi entregue.",
        "O funcionário já não trabalha aqui e a caixa foi eliminada.",
        "Foi considerada lixo eletrônico.",
    ),
    (
        "it",
        "Segreteria",
        "Il suo messaggio",
        "Il suo messaggio a {x} non è stato consegnato.",
        "La persona ha lasciato l'azienda e la casella è stata eliminata.",
        "È stato considerato posta indesiderata.",
    ),
    (
        "nl",
        "Servicedesk",
        "Uw bericht",
        "Uw bericht aan {x} is niet afgeleverd.",
        "De collega heeft ons verlaten en de mailbox is verwijderd.",
        "Het werd als ongewenste reclame aangemerkt.",
    ),
    (
        "pl",
        "Administrator",
        "Wiadomość",
        "Wiadomość do {x} nie została doręczona.",
        "Pracownik odszedł z firmy, a konto zostało usunięte.",
        "Została uznana za spam.",
    ),
    (
        "cs",
        "Správce",
        "Vaše zpráva",
        "Vaše zpráva pro {x} nebyla doručena.",
        "Zaměstnanec u nás už nepracuje a jeho schránka byla smazána.",
        "Byla označena jako nevyžádaná pošta.",
    ),
    (
        "sk",
        "Správca",
        "Vaša správa",
        "Vaša správa pre {x} nebola doručená.",
        "Zamestnanec u nás už nepracuje a jeho schránka bola zmazaná.",
        "Bola označená ako nevyžiadaná pošta.",
    ),
    (
        "sv",
        "IT-support",
        "Ditt meddelande",
        "Ditt meddelande till {x} levererades inte.",
        "Personen har slutat hos oss och kontot är raderat.",
        "Det bedömdes som skräppost.",
    ),
    (
        "da",
        "IT-afdelingen",
        "Din besked",
        "Din besked til {x} blev ikke leveret.",
        "Medarbejderen er fratrådt, og postkassen er slettet.",
        "Den blev betragtet som uønsket reklame.",
    ),
    (
        "no",
        "IT-avdelingen",
        "Din melding",
        "Meldingen din til {x} ble ikke levert.",
        "Den ansatte har sluttet og postkassen er slettet.",
        "Den ble vurdert som søppelpost.",
    ),
    (
        "fi",
        "Ylläpito",
        "Viestisi",
        "Viestiäsi osoitteeseen {x} ei toimitettu.",
        "Henkilö ei enää työskentele meillä ja postilaatikko on poistettu.",
        "Se tunnistettiin roskapostiksi.",
    ),
    (
        "is",
        "Tölvudeild",
        "Skeytið þitt",
        "Skeyti þitt til {x} var ekki afhent.",
        "Starfsmaðurinn er hættur og pósthólfinu hefur verið eytt.",
        "Það var talið ruslpóstur.",
    ),
    (
        "hu",
        "Rendszergazda",
        "Levele",
        "Az Ön {x} címre küldött levelét nem kézbesítettük.",
        "A munkatárs már nem dolgozik nálunk, fiókját töröltük.",
        "Kéretlen levélnek minősült.",
    ),
    (
        "ro",
        "Administrator",
        "Mesajul dvs.",
        "Mesajul către {x} nu a fost livrat.",
        "Angajatul nu mai lucrează la noi, iar căsuța a fost ștearsă.",
        "A fost considerat mesaj nedorit.",
    ),
    (
        "el",
        "Υποστήριξη",
        "Το μήνυμά σας",
        "Το μήνυμά σας προς {x} δεν παραδόθηκε.",
        "Ο υπάλληλος δεν εργάζεται πια εδώ και η θυρίδα διαγράφηκε.",
        "Θεωρήθηκε ανεπιθύμητη αλληλογραφία.",
    ),
    (
        "ru",
        "Администратор",
        "Ваше письмо",
        "Ваше письмо на адрес {x} не было доставлено.",
        "Сотрудник уволился, почтовый ящик удалён.",
        "Оно было признано спамом.",
    ),
    (
        "uk",
        "Адміністратор",
        "Ваш лист",
        "Ваш лист на адресу {x} не доставлено.",
        "Співробітник звільнився, його скриньку видалено.",
        "Його визнано спамом.",
    ),
    (
        "bg",
        "Администратор",
        "Вашето съобщение",
        "Вашето съобщение до {x} не беше доставено.",
        "Служителят вече не работи тук и пощенската кутия е изтрита.",
        "То беше сметнато за спам.",
    ),
    (
        "sr",
        "Администратор",
        "Ваша порука",
        "Ваша порука за {x} није испоручена.",
        "Запослени више не ради код нас и сандуче је обрисано.",
        "Сматра се нежељеном поштом.",
    ),
    (
        "hr",
        "Administrator",
        "Vaša poruka",
        "Vaša poruka za {x} nije isporučena.",
        "Zaposlenik više ne radi kod nas i sandučić je obrisan.",
        "Smatra se neželjenom poštom.",
    ),
    (
        "sl",
        "Skrbnik",
        "Vaše sporočilo",
        "Vaše sporočilo za {x} ni bilo dostavljeno.",
        "Sodelavec ne dela več pri nas, predal je izbrisan.",
        "Prepoznano je bilo kot neželena pošta.",
    ),
    (
        "lt",
        "Administratorius",
        "Jūsų laiškas",
        "Jūsų laiškas adresu {x} nebuvo pristatytas.",
        "Darbuotojas čia nebedirba, o jo dėžutė ištrinta.",
        "Jis palaikytas šlamštu.",
    ),
    (
        "lv",
        "Administrators",
        "Jūsu vēstule",
        "Jūsu vēstule adresātam {x} netika piegādāta.",
        "Darbinieks šeit vairs nestrādā, un viņa pastkaste ir dzēsta.",
        "Tā atzīta par mēstuli.",
    ),
    (
        "et",
        "Administraator",
        "Teie kiri",
        "Teie kirja aadressile {x} ei toimetatud kätte.",
        "Töötaja on lahkunud ja tema postkast on kustutatud.",
        "See loeti rämpspostiks.",
    ),
    (
        "tr",
        "Yönetici",
        "İletiniz",
        "{x} adresine gönderdiğiniz ileti teslim edilmedi.",
        "Çalışan ayrıldı ve posta kutusu silindi.",
        "İstenmeyen posta olarak değerlendirildi.",
    ),
    (
        "ja",
        "情報システム課",
        "メールについて",
        "{x} 宛のメールは配信されませんでした。",
        "担当者は退職し、アカウントは削除されました。",
        "迷惑メールと判定されました。",
    ),
    (
        "zh",
        "系统管理员",
        "您的邮件",
        "您发给 {x} 的邮件未能送达。",
        "该员工已离职,其账号已删除。",
        "该邮件被判定为垃圾邮件。",
    ),
    (
        "tw",
        "系統管理員",
        "您的郵件",
        "您寄給 {x} 的郵件無法送達。",
        "該員工已離職,其信箱已刪除。",
        "該郵件被判定為垃圾郵件。",
    ),
    (
        "ko",
        "전산실",
        "보내신 메일",
        "{x} 님께 보내신 메일은 전달되지 않았습니다.",
        "해당 직원은 퇴사하였고 메일함은 삭제되었습니다.",
        "스팸으로 분류되었습니다.",
    ),
    (
        "vi",
        "Quản trị",
        "Thư của bạn",
        "Thư của bạn gửi tới {x} không được chuyển.",
        "Nhân viên đã nghỉ việc và hộp thư đã bị xóa.",
        "Thư bị coi là thư rác.",
    ),
    (
        "id",
        "Administrator",
        "Pesan Anda",
        "Pesan Anda ke {x} tidak terkirim.",
        "Karyawan tersebut sudah keluar dan kotak suratnya telah dihapus.",
        "Pesan dianggap spam.",
    ),
    (
        "ar",
        "الدعم الفني",
        "رسالتك",
        "لم يتم تسليم رسالتك إلى {x} .",
        "غادر الموظف العمل وتم حذف صندوق البريد.",
        "تم اعتبارها بريدا مزعجا.",
    ),
    (
        "he",
        "מנהל המערכת",
        "ההודעה שלך",
        "ההודעה שלך אל {x} לא נמסרה.",
        "העובד עזב והתיבה נמחקה.",
        "היא סווגה כדואר זבל.",
    ),
    (
        "fa",
        "مدیر سیستم",
        "پیام شما",
        "پیام شما به {x} تحویل داده نشد.",
        "کارمند شرکت را ترک کرده و صندوق پستی حذف شده است.",
        "هرزنامه تشخیص داده شد.",
    ),
    (
        "hi",
        "प्रशासक",
        "आपका संदेश",
        "{x} को भेजा गया आपका संदेश वितरित नहीं हुआ।",
        "कर्मचारी ने नौकरी छोड़ दी है और मेलबॉक्स हटा दिया गया है।",
        "इसे स्पैम माना गया।",
    ),
    (
        "th",
        "ผู้ดูแลระบบ",
        "ข้อความของคุณ",
        "ข้อความของคุณถึง {x} ไม่ได้ถูกส่ง",
        "พนักงานลาออกแล้วและกล่องจดหมายถูกลบ",
        "ถูกจัดเป็นสแปม",
    ),
    (
        "ca",
        "Informàtica",
        "El seu missatge",
        "El seu missatge a {x} no s'ha lliurat.",
        "La persona ja no treballa aquí i la bústia s'ha eliminat.",
        "S'ha considerat correu brossa.",
    ),
]
"""Language, writer, subject, the sentence that refuses, why: the person has left, why: it was taken for junk."""
LANGUAGES = [f"{notice[0]}-{number}" for number, notice in enumerate(NOTICES)]
WITHOUT_CAUSES = {"hi", "th"}
"""Languages in which the verdicts know no words: a notice is read, and its cause is unknown."""


@pytest.mark.parametrize("notice", NOTICES, ids=LANGUAGES)
def test_a_refusal_in_its_writer_s_own_words_is_a_bounce(notice: tuple[str, ...]):
    language, writer, subject, refuses, left, junk = notice
    for cause, category in ((left, Category.HARD), (junk, Category.BLOCK)):
        for text in (
            f"{refuses.format(x=REFUSED)} {cause}",
            f"{refuses.format(x=f'<{REFUSED}>')}\n\n{cause}\n\n{writer}",
        ):
            reading = read_letter(writer, f"Re: {subject}", text, Auto_Submitted="auto-replied")

            assert (reading.kind, [recipient.recipient for recipient in reading.recipients]) == (
                Kind.BOUNCE,
                [REFUSED],
            ), text
            verdict = judge(reading).verdicts[0]
            assert verdict
            assert verdict.category is (Category.OTHER if language in WITHOUT_CAUSES else category), (text, verdict)


@pytest.mark.parametrize("notice", NOTICES, ids=LANGUAGES)
def test_the_same_words_of_a_person_are_no_refusal(notice: tuple[str, ...]):
    """One with a reverse-path of his own, a helpdesk with its ticket, a list."""
    _, writer, subject, refuses, left, _ = notice
    text = f"{refuses.format(x=REFUSED)} {left}"
    letters = [
        read_letter(writer, subject, text, "<admin@amt.example>"),
        read_letter(writer, subject, text, "<admin@amt.example>", Auto_Submitted="auto-replied"),
        read_letter(writer, f"{subject} [Ticket #12345]", text, Auto_Submitted="auto-replied"),
        read_letter(writer, subject, text, "<list@shop.example>", List_Unsubscribe="<mailto:list@shop.example>"),
    ]

    assert {letter.kind for letter in letters}.isdisjoint({Kind.BOUNCE, Kind.DELAY})


ANSWERS = [
    "I am out of the office until Monday. Your message will not be forwarded. In urgent cases please write to {y}.",
    "I am on leave and do not read mail. My colleague {y} can help. Your message was not forwarded.",
    "I have left the company. My mail is not read any more. Please contact {y} instead.",
    "Thank you for your message. We answer within two days. For complaints use {y}.",
    "Your message was received and your request was recorded. If your message is not answered, write to {y}.",
    "Thank you for your order. If the parcel could not be delivered please write to {y}.",
    "Ich bin bis Montag nicht im Büro. Ihre Nachricht wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich an {y}.",
    "Ich arbeite nicht mehr hier. Bitte schreiben Sie an meine Kollegin unter {y}.",
    "Vielen Dank für Ihre Nachricht. Wir melden uns. Falls Ihre Nachricht nicht beantwortet wird: {y}",
    "Je suis absent jusqu'à lundi. Votre message n'est pas transféré. En cas d'urgence, contactez {y}.",
    "Nous avons bien reçu votre message. En cas d'urgence : {y}",
    "Estoy de vacaciones. Su mensaje no será reenviado. Para asuntos urgentes escriba a {y}.",
    "Estou de férias. A sua mensagem não será encaminhada. Contacte {y}.",
    "Sono in ferie. Il suo messaggio non verrà inoltrato. Per urgenze scrivere a {y}.",
    "Ik ben afwezig. Uw bericht wordt niet doorgestuurd. Neem contact op met {y}.",
    "Jestem na urlopie. Wiadomość nie zostanie przekazana dalej. W pilnych sprawach proszę pisać na {y}.",
    "Jsem na dovolené. Zpráva nebude přeposlána. V naléhavých případech pište na {y}.",
    "Jag är på semester. Ditt meddelande vidarebefordras inte. Kontakta {y}.",
    "Jeg holder ferie. Din besked bliver ikke videresendt. Kontakt {y}.",
    "Jeg er på ferie. Meldingen din blir ikke videresendt. Ta kontakt med {y}.",
    "Olen lomalla. Viestiäsi ei välitetä eteenpäin. Ota yhteyttä {y}.",
    "Szabadságon vagyok. Levelét nem továbbítom. Sürgős esetben írjon a {y} címre.",
    "Sunt în concediu. Mesajul nu va fi redirecționat. Contactați {y}.",
    "Βρίσκομαι σε άδεια. Το μήνυμά σας δεν προωθείται. Επικοινωνήστε με {y}.",
    "Я в отпуске. Ваше письмо не пересылается. Обращайтесь к {y}.",
    "Я у відпустці. Ваш лист не пересилається. Звертайтеся до {y}.",
    "İzindeyim. İletiniz yönlendirilmeyecek. Acil durumlarda {y} adresine yazın.",
    "休暇中です。メールは転送されません。お急ぎの場合は {y} までご連絡ください。",
    "我正在休假。您的邮件不会被转发。紧急情况请联系 {y} 。",
    "휴가 중입니다. 메일은 전달되지 않습니다. 급한 용무는 {y} 로 연락 주십시오.",
    "Die Sprechstunde am Dienstag entfällt. Ihre Nachricht liegt bei {y}.",
    "I no longer work here and your message was not delivered to anyone. Please resend it to {y}.",
    "Ich bin ausgeschieden, Ihre Nachricht wurde niemandem zugestellt. Bitte senden Sie sie erneut an {y}.",
    "J'ai quitté la société. Votre message n'a pas été remis à quelqu'un d'autre. Merci d'écrire à {y}.",
    "Your application was rejected. If you have questions write to {y}.",
    "Your message to {y} was not delivered yet: click the link to confirm that you sent it.",
    "Your subscription message: the list {y} is closed for the summer, the moderator will look at your letter.",
    "Your comment was refused by the moderator of the blog. Questions: {y}",
]


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_that_names_whom_to_turn_to_stays_an_answer(text: str):
    for writer, subject in (("Ann Doe", "Re: Our news"), ("Info", "Your message")):
        reading = read_letter(writer, subject, text.format(y=COLLEAGUE), Auto_Submitted="auto-replied")

        assert reading.kind in {Kind.AUTO_REPLY, Kind.CHALLENGE}


def test_several_addresses_are_no_answer_about_one():
    text = "Your message to ann@office.example and ben@office.example was not delivered."

    assert read_letter("Filter", "Your message", text, Auto_Submitted="auto-replied").kind is Kind.AUTO_REPLY


def test_a_refusal_of_what_still_waits_is_a_delay():
    text = f"Your message to {REFUSED} has not yet been delivered, it was not accepted. We will try again."

    assert read_letter("Gateway", "Your message", text, Auto_Submitted="auto-replied").kind is Kind.DELAY


SUCCESSORS = [
    "I no longer work here. Your message has not been delivered to me. My successor is Amy Poe, {}.",
    "Frau Roe ist nicht mehr bei uns beschäftigt. Ihre Nachricht wurde nicht zugestellt. Nachfolgerin: Amy Poe ({}).",
    "Cette adresse est fermée et votre message n'a pas été remis. Merci d'utiliser dorénavant {}.",
    "Este buzón está cerrado y su mensaje no ha sido entregado. A partir de ahora: {}.",
    "La casella è stata chiusa e il suo messaggio non è stato consegnato. La mia sostituta: {}",
    "Я больше не работаю в компании, ваше письмо не доставлено. Меня заменяет Amy Poe: {}",
    "Amy Poe ({}) has taken over my work. Your message was not delivered to me.",
]


@pytest.mark.parametrize("text", SUCCESSORS)
@pytest.mark.parametrize("writer", [REFUSED, "helpdesk@office.example"])
def test_a_successor_has_not_failed(text: str, writer: str):
    head = (
        f"Return-Path: <>\nFrom: {writer}\nTo: news@example.com\nSubject: Your message\nAuto-Submitted: auto-replied\n"
    )
    letter = f"{head}Content-Type: text/plain; charset=utf-8\n\n{text.format(COLLEAGUE)}\n"
    assert read(letter.encode()).kind is Kind.AUTO_REPLY
