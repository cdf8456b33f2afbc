# ruff: noqa: RUF001 -- words of languages whose letters look like others
"""Sentences by which an office, a filter or an administrator says in its own words that a message was not delivered.

Such a sentence has a word for a message and a word for its refusal, in any of over thirty languages: new languages need words only.
"""

import re

from bouncer.ndr import phrases

_MESSAGE = phrases.split_phrases(
    """
    message | mail | letter | nachricht | zuschrift | schreiben | brief | courriel | courrier | mensaje | correo | mensagem |
    messaggio | posta | bericht | meddelande | besked | melding | viesti | sähköposti | wiadomo | list do | twój list | zpráv |
    správ | levél | levele | levelé | üzenet | mesaj | ileti | e-posta | μήνυμ | μηνύμ | αλληλογραφία | письм | сообщен | пошт |
    повідомлен | лист | съобщени | порук | писм | poruk | sporočil | laišk | žinut | vēstul | ziņojum | kiri | kirja | sõnum |
    skeyti | رسال | بريد | رسائل | הודע | דואר | مکتوب | پیام | ایمیل | संदेश | मेल | ข้อความ | อีเมล | จดหมาย | thư |
    tin nhắn |
    pesan | surel | surat | メール | メッセージ | 邮件 | 郵件 | 信件 | 来信 | 메일 | 메시지 | 편지 | missatge | correu | mensaxe
    """
)
_NOT_DELIVERED = phrases.split_phrases(
    """
    not delivered | not be delivered | not been delivered | never delivered | not handed | not be handed | not accepted |
    not sent to | not passed to | not reach | was refused | been refused | is refused | was rejected | been rejected |
    was returned | is returned | been returned | came back | comes back | was blocked | been blocked | was discarded |
    undeliver |
    couldn't deliver | could not deliver | cannot deliver | can't deliver | wasn't delivered | n't be delivered | turned away |
    refused | rejected | nicht zugestellt | nicht zustell | unzustellbar | abgelehnt | abgewiesen | zurückgewiesen |
    nicht angenommen | nicht ausgeliefert | nicht übermittelt | verworfen | blockiert | zurückgesandt | zurückgeschickt |
    zurückgeht | nicht entgegen | pas été remis | pas pu être | n'a pu être | pas été distribué | pas été délivré |
    pas été livré |
    pas été transmis | non remis | refusé | rejeté | bloqué | retourné | non distribué | no se entreg | no se ha entregado |
    no fue entregad | no se pudo entregar | no ha sido entregad | no ha podido | no pudo | rechazad | devuelt | bloquead |
    no entregad | no se ha podido | no se pudo | não foi entregue | não pôde | recusad | rejeitad | devolvid | não entregue |
    não foi aceit | non è stato recapitat | non è stato consegnat | non recapitat | non consegnat | rifiutat | respint |
    bloccat | restituit | non è stato accettat | non è stata consegnata | non è stata recapitata | niet bezorgd |
    niet afgeleverd | geweigerd | afgewezen | tegengehouden | teruggestuurd | geblokkeerd | niet aangenomen | niet geaccepteerd
    | niet worden bezorgd | inte leverer | levererades inte | avvisa | ej leverera | nekad | blockera | returnera |
    ikke blevet leveret | ikke lever | ikke afleveret | ikke blive lever | afvist | returneret | avvist | returnert |
    blev ikke |
    ble ikke | ei toimite | ei voitu toimittaa | ei ole toimitettu | hylätt | hylkä | palautettiin | palautui | ekki afhent |
    hafnað | ekki skila | nie została dostar | nie zostało dostar | nie udało się dostar | nie udało się przekaz |
    nie udało się dorę | nie dostarczono | odrzucon | zwrócon | nie została dorę | nie doręczon | niedoręcz | zablokowan |
    nebyla doruč | nebyl doruč | nebylo doruč | nedoruč | odmítnut | vrácen | nebola doruč | nebol doruč | odmietnut | vráten |
    nepodařilo | nepodarilo | nem kézbesít | nem sikerült | visszautas | elutasít | visszaküld | kézbesíthetetlen |
    nu a fost livrat | nu a putut fi | nelivrat | respins | refuzat | returnat | nu a fost predat | δεν παραδόθηκε |
    δεν μπόρεσε | δεν ήταν δυνατή | απορρίφθηκε | επιστράφηκε | μη παραδοθ | δεν έγινε δεκτ | не доставлен | не было доставлен
    | не удалось доставить | отклонен | отклонён | отвергнут | возвращен | возвращён | не принят | недоставлен | не вручен |
    не може бути доставлен | не було доставлен | не вдалося | відхилен | повернут | повернен | не прийнят | не беше доставен |
    не е доставен | отхвърлен | върнат | недоставен | не бе доставен | није испоручен | није достављен | одбијен | враћен |
    nije isporuč | nije dostavlj | nije uruč | odbijen | vraćen | ni bil dostavlj | ni bila dostavlj | ni bilo dostavlj |
    zavrnjen | vrnjen | nepristatyt | nebuvo pristat | atmest | grąžint | netika piegād | nav piegād | noraidīt |
    nevarēja piegād
    | ei toimetatud | ei jõudnud | tagasi lükat | ei saadud | kohale toimetada | teslim edilem | teslim edilmed | iletilem |
    iletilmed | reddedil | geri çevril | ulaştırılam | gönderilem | لم يتم تسليم | لم تسلم | لم يسلم | تعذر | رفض | לא נמסר |
    נדח | לא הועבר | تحویل داده نشد | تحویل نشد | رد شد | वितरित नहीं | नहीं पहुँच | अस्वीकार | ส่งไม่ถึง | ไม่ได้ถูกส่ง |
    ไม่ได้ส่ง | ถูกปฏิเสธ | ไม่สามารถส่ง | không được chuyển | không được gửi | không gửi được | bị từ chối | không thể gửi |
    không đến được | tidak terkirim | tidak dapat dikirim | tidak disampaikan | ditolak | 配信できま | 配信されま | お届けでき |
    届けられ | 拒否 | 受け付けられま | 配送でき | 不達 | 送信できま | 届きませ
    | 未送达 | 未送達 | 未能送达 | 无法送达 | 無法送達 | 被退回
    | 遭退回 | 退信 | 拒收 | 被拒 | 未投递 | 无法投递 | 無法投遞 | 無法寄達 |
    退件 | 未能投递 | 전달되지 | 배달되지 | 거부 | 반송 |
    전송하지 | 전송되지 | 수신되지 | 차단 | no s'ha lliurat | no s'ha pogut | rebutja | non foi entregad
    """
)
_AWAY = phrases.split_phrases(
    """
    i am away | i'm away | am currently away | away from | away until | is away | be away | i am out | i'm out | out of town |
    out of office | out of the office | on leave | on vacation | on holiday | vacation | abwesend | im urlaub | nicht im büro |
    nicht im haus | elternzeit | en congé | absent | en vacances | de vacaciones | fuera de la oficina | ausente |
    de férias | in
    ferie | fuori ufficio | met vakantie | afwezig | met verlof | na urlopie | nieobecn | na dovolené | na dovolenke |
    på semester
    | tjänstledig | ferie | lomalla | poissa | szabadságon | în concediu | σε άδεια | в отпуске | у відпустці | в отпуск | на
    годишњем | na godišnjem | na dopustu | atostog | atvaļināj | puhkus | izindeyim | tatildeyim | 休暇 | 不在 | 休假 | 외출 | 휴가
    | 부재 | إجازة | בחופש | בחופשה | مرخصی | छुट्टी | ลาพักร้อน | nghỉ phép | cuti
    """
)
"""Words of an absence: such an answer is about its writer, whatever it says of the message."""
_TURNS_TO = phrases.split_phrases(
    """
    contact | write to | writing to | please use | new address | now reach | replaced by |
    resend | send it | send your | questions | reach | instead | urgent | help | kontakt |
    neue adresse | neue e-mail | neue mail | bitte nutzen | verwenden sie | benutzen sie | nouvelle adresse | utilisez |
    nueva dirección | utilice | novo endereço | utilize | nuovo indirizzo | utilizzare | nieuwe adres | nieuw adres |
    gebruik a.u.b | ny adress | nya adress | ny adresse | nowy adres | uusi osoite | nová adresa | új cím | yeni adres |
    новый адрес | нова адреса | 新しいアドレス | 新邮箱 | 新地址 | 새 주소 |
    wenden | schreiben sie | schicken | senden sie | erneut an | dringend | notfall | fragen | écri | contacter | contactez |
    renvoy | urgence | adressez | escrib | contacte | urgente | diríja | reenv | escrev | encaminhe | scriver |
    contatt | urgenz |
    rivolg | stuur | neem contact | schrijf | dringende | skriv | kontakta | ta kontakt | vänd | henvend | ota yhteyt | lähet |
    pisz | pisać | skontakt | prosimy o | kieruj | pište | pisat | obrať | írjon | fordul | kapcsol | scrie | adresa | γράψτε |
    επικοινων | απευθυν | обращ | обрат | пишите | напишите | свяж | зверт | зверн | пиш | свърж | obrat | javite |
    kreip | rašyk |
    vērs | rakst | pöördu | kirjuta | yazın | iletişim | başvur | ご連絡 | 問い合わせ | 宛てに | 联系 | 聯絡 | 聯繫 | 请发 | 연락 |
    문의 | اتصل | تواصل | פנו | לפנות | צרו קשר | تماس | संपर्क | ติดต่อ | liên hệ | hubungi
    """
)
"""Words that name another person to write to."""
_ENDS = re.compile(r"(?<=[.!?\u0964])\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n")


def sentences(text: str) -> list[str]:
    """Split *text* into sentences, each normalized by ``phrases.normalize``."""
    return [phrases.normalize(sentence) for sentence in _ENDS.split(text) if sentence.strip()]


def is_refusal(sentence: str) -> bool:
    """Whether a normalized *sentence* says that a message was not delivered."""
    return phrases.contains_any(_NOT_DELIVERED, sentence) and phrases.contains_any(_MESSAGE, sentence)


def names_other_contact(sentence: str) -> bool:
    """Whether a normalized *sentence* names another person to write to, and does not say that anything was refused."""
    return phrases.contains_any(_TURNS_TO, sentence) and not phrases.contains_any(_NOT_DELIVERED, sentence)


def is_absence_notice(flat: str) -> bool:
    """Whether the normalized text says that its writer is away."""
    return phrases.contains_any(_AWAY, flat)
