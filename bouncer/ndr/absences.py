# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Sentences by which an answering program tells that its owner is away, or that it is a program (RFC 3834 section 1).

People write such sentences too: they count only beside a sign of a program, such as the null reverse-path.
"""

from bouncer.ndr import phrases

_LONGEST = 2_000
"""Characters of an automatic answer: longer letters tell of an absence by the way."""
_AWAY = phrases.split_phrases(
    """
    i no longer work | i don't work | i have left | i've left | i left | my successor | ich arbeite nicht mehr |
    ich bin nicht mehr | bin ich nicht mehr | mein nachfolger | meine nachfolgerin | je ne travaille plus | je ne fais plus |
    j'ai quitté | ya no trabajo | he dejado | non lavoro più | ho lasciato | já não trabalho | não trabalho mais |
    ik werk niet meer | ik werk hier niet meer | ik werk niet langer | mijn opvolger | jag arbetar inte längre | jag har slutat |
    jeg arbejder ikke længere | jeg er stoppet | jeg jobber ikke lenger | jeg har sluttet | en työskentele enää |
    nie pracuję już | już nie pracuję | už nepracuji | uz nepracuji | už nepracujem | már nem dolgozom | nu mai lucrez |
    я больше не работаю | я уволил | 退職いたしました | 退職しました | 我已离职 | 已離職 | 퇴사하였습니다 | 퇴사했습니다 |
    i am away | i'm away | i am currently away | i am currently out | i'm currently out | i am out of | i'm out of |
    i will be out of | i'll be out of | i am on vacation | i'm on vacation | i am on holiday | i'm on holiday |
    i am on leave | i'm on leave | maternity leave | paternity leave | parental leave | annual leave | sick leave |
    i am travelling | i'm travelling | i am traveling | i'm traveling | i will be away | i'll be away | i shall be away |
    not in the office | limited access to e | limited access to my | no access to my | no access to e-mail |
    when i return | upon my return | on my return | when i get back | when i am back | when i'm back |
    ich bin im urlaub | ich bin derzeit nicht | ich bin zur zeit nicht | ich bin zurzeit nicht | ich bin momentan nicht |
    nicht im büro | nicht im hause | ich bin abwesend | bin ich abwesend | in elternzeit | bin ich wieder erreichbar |
    bin nicht erreichbar | bin ich nicht erreichbar | nach meiner rückkehr | wieder im büro | wieder im hause |
    je suis absent | je serai absent | actuellement absent | je suis en congé | je suis en déplacement | en vacances jusqu |
    à mon retour | dès mon retour | de retour le |
    estoy de vacaciones | estoy fuera de | estaré fuera | estaré ausente | estoy ausente | me encuentro fuera |
    no estoy en la oficina | a mi regreso | a mi vuelta | sono in ferie | sono assente | sarò assente | sono fuori |
    al mio rientro | al mio ritorno | estou de férias | estou fora | estarei ausente | estou ausente | encontro-me ausente |
    no meu regresso | meu retorno | ik ben afwezig | ik ben met vakantie | ik ben op vakantie | ik ben niet aanwezig |
    ik ben niet op kantoor | bij terugkomst | ik ben met verlof | jag är på semester | jag är inte på kontoret |
    jag är bortrest | jag är ledig | föräldraledig | jag är frånvarande | jag är tillbaka | jeg er på ferie | jeg har ferie |
    jeg holder ferie | jeg er ikke på kontoret | jeg er bortreist | jeg er fraværende | jeg er tilbake | jeg er tilbage |
    olen lomalla | olen poissa | en ole toimistolla | olen vuosilomalla | jestem na urlopie | przebywam na urlopie |
    jestem nieobecn | będę nieobecn | poza biurem | nie ma mnie w biurze | jsem na dovolené | nejsem v kancel | mimo kancelář |
    čerpám dovolenou | som na dovolenke | nie som v kancel | mimo kancelárie | szabadságon vagyok | nem vagyok az irodában |
    házon kívül vagyok | sunt în concediu | sunt in concediu | sunt plecat | nu sunt la birou | я в отпуске | нахожусь в отпуске |
    меня не будет | я отсутствую | буду отсутствовать | нет на рабочем месте | у відпустці | буду відсутн | απουσιάζω |
    σε άδεια | εκτός γραφείου | izindeyim | izinliyim | tatildeyim | ofis d\u0131ş\u0131nday\u0131m | na godišnjem odmoru |
    nisam u uredu | sem na dopustu | на годишњем одмору | в отпуск съм | отсъствам | esu atostog | esmu atvaļinājumā |
    olen puhkusel | ég er í fríi | 休暇をいただ | 休暇中 | 不在にして | 不在にいたし | 出張中 | 正在休假 | 休假中 | 不在办公室 |
    正在出差 | 出差中 | 不在辦公室 | 휴가 중 | 부재 중 | 출장 중 | أنا في إجازة | خارج المكتب | אני בחופש | אני נמצא בחופש |
    در مرخصی | छुट्टी पर हूँ | ลาพักร้อน | đang nghỉ phép | sedang cuti | estic de vacances | estou de vacacións
    """
)
_AUTOMATIC = phrases.split_phrases(
    """
    this is an automatic | this is an automated | this is an auto | automatic reply | automated reply | automatic response |
    automated response | auto-reply | autoreply | automatically generated reply | automatische antwort |
    dies ist eine automatische | diese antwort wurde automatisch | réponse automatique | ceci est un message automatique |
    respuesta automática | este es un mensaje automático | risposta automatica | messaggio automatico | resposta automática |
    mensagem automática | automatisch antwoord | automatisch bericht | automatiskt svar | autosvar | automatisk svar |
    automaattinen vastaus | automatyczna odpowiedź | automatická odpověď | automatická odpoveď | automatikus válasz |
    răspuns automat | автоматический ответ | автоответ | автоматична відповідь | αυτόματη απάντηση | otomatik yan\u0131t |
    自動返信 | 自動応答 | 自动回复 | 自動回覆 | 자동 회신 | 자동 응답 | رد تلقائي | תגובה אוטומטית
    """
)


def tells_absence(text: str) -> bool:
    """Whether a short *text*, normalized by ``phrases.normalize``, says in the first person that its writer is away."""
    return len(text) <= _LONGEST and phrases.contains_any(_AWAY, text)


def calls_itself_automatic(text: str) -> bool:
    """Whether a short *text*, normalized by ``phrases.normalize``, calls itself an automatic answer."""
    return len(text) <= _LONGEST and phrases.contains_any(_AUTOMATIC, text)
