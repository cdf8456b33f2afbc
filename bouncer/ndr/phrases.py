"""Phrases by which mail systems say that mail failed or is late, or whom to ask, in many languages.

The phrases are plain text, searched in lower-case text with single blanks. That costs a tenth of a regular expression with so
many branches, in linear time. Sources: the bounce templates of Postfix, Exim, Sendmail, qmail, Courier, Exchange, Domino,
James and the providers' published examples, with their translations.
"""

from bouncer.ndr.cached import cached_property


class Phrases(tuple[str, ...]):  # noqa: SLOT001 -- its properties are kept in its ``__dict__``
    """Phrases to search for."""

    @cached_property
    def shortest(self) -> tuple[str, ...]:
        """The phrases that contain no other: a text that contains any phrase contains one of these."""
        return tuple(dict.fromkeys(min((part for part in self if part in phrase), key=len) for phrase in self))

    @cached_property
    def ascii(self) -> tuple[str, ...]:
        """The phrases of ``shortest`` that are ASCII: a text in ASCII, as most texts are, can contain no others."""
        return tuple(phrase for phrase in self.shortest if phrase.isascii())


def split_phrases(text: str) -> Phrases:
    """Split a text of phrases between bars into its phrases."""
    return Phrases(" ".join(phrase.split()) for phrase in text.split("|"))


UNDELIVERED = split_phrases(
    """
    not been delivered | delivery of the email was stopped | delivery of the message was stopped | delivery was stopped |
    was considered unsolicited | message is being returned | unknown recipient | message was not delivered | could not be
    delivered | undeliver | delivery failed | delivery has failed | unable to deliver | nicht übermittelt | able to
    deliver | not be delivered | not delivered | returned mail | delivery problem | trouble delivering | did not
    reach | could not deliver | cannot deliver | couldn't be delivered | delivery failure | failure notice |
    non-delivery | no valid recipient | invalid user | invalid recipient | mail failed | mail failure | delivery
    error | error sending | unzustellbar | nicht zugestellt | non remis | no se pudo entregar | non recapita | error
    delivering | problem delivering | couldn't deliver | wasn't delivered | weren't delivered | has failed | konnte nicht |
    zustellung an | n'a pas pu | no se ha podido | no ha podido | não pôde ser | não foi possível | impossibile |
    non è stato | niet worden | niet bezorgd | kunde inte | kunne ikke | ei voitu | nie została | nie można |
    nepodařilo | nie dostarczono | nie doręczono | could not be sent | nem sikerült | nu a putut | iletilemedi | не
    удалось | не доставлен | не було | 配信でき | 送信でき | お届けでき | 無法 | 无法 | 退回 | 退信 | 반송 |
    전달되지
    | δεν παραδόθηκε | nu a fost livrat | nem kézbesít
    """
)
"""Phrases that say by themselves that mail was not delivered."""

FAILED = split_phrases(
    """
    could not be delivered | undeliver | delivery failed | delivery has failed | unable to deliver | wasn't able to
    deliver | was not able to deliver | were not able to deliver | not be delivered | failed | failure | did not
    reach | didn't reach | not delivered | was rejected | error | couldn't be delivered | can't be delivered |
    cannot be delivered | not deliver | returned mail | delivery problem | problem delivering | trouble delivering |
    did not receive | cannot deliver | rejected | could not deliver | couldn't deliver | not been delivered |
    refused | impossible to deliver | could not be sent | returned | non-delivery | mailbox is full | not a valid |
    there is no | delivery report | aborted | bounce | delivery status | could not be reached | blocked | unknown
    user | user unknown | not accept | has not been | incorrectly constructed | exceeds allowed | unzustellbar |
    not on this machine | not on this host | not on this system | not on this server |
    invalid final | no such | has been closed | been disabled | been terminated | been cancelled | been removed from our |
    mailbox has been deleted | account has been deleted | address has been deleted | not in use | no
    mailbox | no account | сбой доставки | не найден | не удается | nezdařilo | wasn't delivered | weren't delivered
    | n't deliver | couldn't be found | could not be | does not exist | not found | unable to receive | doesn't
    exist | unavailable | is disabled | over quota | exceeded | not a member | not member | malformed | no longer
    valid | duplicated message | may not exist | does not exist | nepavyko | nepristatyt | neizdevās | ei õnnestunud
    | nije mogla | nije isporučen | ni bilo mogoče | nepodarilo | tidak dapat | tidak terkirim | gagal | не можа да
    | nu a fost | intended recipient | not listed | not known | is unknown | quota | is full | inactive |
    deactivated | suspended | nicht zugestellt | nicht ausgeliefert | nicht übermittelt | nicht erreicht |
    zustellung | fehler | konnte nicht | niet aangekomen | niet worden | niet bezorgd | niet afgeleverd | kunne ikke
    | kunde inte | ikke leveres | inte levereras | onbestelbaar | ikke levert | olevererbart | nådde inte | nådde
    ikke | nåede ikke | nie dotar | ei tavoittanut | n'a pas pu | n'avons pas pu | n'a pas été | konnten nicht |
    no pudimos | no hemos podido | non abbiamo potuto |
    não conseguimos | não pudemos | nie mogliśmy | nie udało | konden niet | kunnat leverera | non remis | échec | n'ont pas |
    impossible | no se pudo | no se ha podido | no pudo ser | no ha podido | no se puede | não pôde | não foi | nao
    pode | falha | fallo | non è stato | impossibile | mancata consegna | non recapita | nu a putut | no s'ha pogut
    | не доставлен | не может быть | не удалось | невозможно | не было доставлено | недоставлен | ошибка | не може |
    nie może | nie można | nie zosta | niedoręcz | nelze | nebyl | nepodařilo | nem sikerült | nem kézbesíthető | ei
    voitu | ei ole | iletileme | teslim edilem | gönderileme | δεν ήταν | δεν μπόρε | ενδέχεται | تعذر | غير موجود |
    לא ניתן | אינה קיימת | नहीं | 配信でき | 配送でき | 配信不能 | お届けでき | 届けること | 送信でき | エラー |
    配達 | 失敗 | 不明 | 見つかりま | 无法 | 未能 | 未送达 | 失败 | 退信 | 被退回 | 错误 | 無法 | 退件 | 錯誤 | 반송
    | 실패 | 못했습니다 | 전달되지 | 전송하지 | 배달 | ไม่สามารถ | không thể | nobody | no longer exist | no longer
    in use | gibt es hier nicht | gibt es nicht | existiert nicht | n'existe pas | no existe | não existe | non
    esiste | bestaat niet | не существует | nie istnieje | neexistuje | unbekannt | inconnu | desconocid |
    desconhecid | sconosciut | onbekend | неизвест | kein benutzer | kein postfach | kein empfänger | keinen benutzer |
    aucun utilisateur | aucun destinataire | ningún usuario | nessun utente | nenhum usuário | geen gebruiker | nie ma
    takiego | žádný uživatel | ingen användare | ingen bruger | ingen bruker | нет такого | böyle bir kullan |
    could not | cannot | can not | not reachable | unreachable | timed out | connection refused | not responding |
    epäonnistu | ei onnistu | απέτυχε | απέτυχαν | misslyck | mislykke | mislyktes | gick inte | nu a reușit | nu a reusit |
    nezdařil | zlyhal | ba\u015far\u0131s\u0131z | nie powiodło | не вдалося |
    nie ma użytkownika | nie ma uzytkownika | nie ma adresu | nie ma konta | nie ma skrzynki | nie ma odbiorcy
    """
)
"""Every report of a failure contains one of these, mostly among its first words."""

LATE = split_phrases(
    """
    sigue en cola | en cola desde | se seguirá intentando | toujours en file | sera réessayé | weiter versucht | in
    der warteschlange | ancora in coda | ainda na fila | в очереди | could not send mail for | message still not
    sent | not yet delivered | delivery is delayed | mail is delayed | still not delivered | warning: still |
    warning-- | not yet been delivered | has been delayed | is delayed | delivery delayed | delayed for | will be
    retried | not been delivered yet | delivery attempts will continue | will continue to | will keep trying |
    warning message only | could not send message for | need to resend | has been postponed | temporary failure
    report | still being | will retry | will try again | continue trying | keeps trying | goes on trying | go on trying |
    still in the queue | still in our queue | still queued | next attempt is | next attempt will |
    next try is | nächster versuch | prochaine tentative | próximo intento | prossimo tentativo | próxima tentativa |
    następna próba |
    keep on trying | no action is required | message will continue for | not yet been fully delivered |
    attempts are still pending | is queued and will be |
    bisher nicht zugestellt | bislang nicht zugestellt | versuchen es weiter | weitere zustellversuche | nous réessaierons |
    de nouvelles tentatives | seguiremos intentando | se volverá a intentar | continueremo a provare | continuaremos tentando |
    novas tentativas serão | blijven het proberen | будут продолжены | продолжаем попытки | будем продолжать | kolejne próby |
    další pokusy | we try for | is tried again | wartet noch | versuchen die zustellung | attend encore | nouvel essai |
    nouvelle tentative | sigue pendiente | intentaremos de nuevo | intentará de nuevo | ancora in attesa | riproveremo |
    tentaremos novamente | wacht nog | proberen het opnieuw | försöker igen | forsøger igen | prøver igen |
    spróbujemy ponownie |
    zkusíme znovu | újra megpróbál | попробуем ещё | попробуем снова | 再送を試み | 再試行します | 继续尝试 | 繼續嘗試 |
    (delay) | delayed mail | not need to re-send | still trying | wurde verzögert | verzögerung | noch nicht
    zugestellt | a été retardé | n'a pas encore | se ha retrasado | retrasad | in ritardo | atrasad | отложен |
    задержка | 遅延 | 遅れ | 延迟 | 延遲 | 지연 |
    we keep trying | will be sent later | will be delivered later | ponowimy | delivered so far |
    delivery failed temporarily | remains queued | remains in the queue | remains in our queue |
    is waiting because | delivery attempts continue | attempts are continu | queued for retry | queued for redelivery |
    queued for another | retrying delivery | will be attempted again | will be tried again | keep retrying |
    need to send it again | versucht es weiter | verzögert sich | est retardée | est différée | poursuit ses tentatives |
    continue ses tentatives | sera retentée | se ha demorado | seguirá intentando | continuerà a provare |
    continuerà a tentare |
    è ritardat | continuará tentando | está atrasad | blijft het proberen | is vertraagd | ponawia | jest opóźnion |
    fortsätter försöka | fortsätter att försöka | är försenad | fortsætter med at | er forsinket | fortsetter å prøve |
    fortsetter å forsøke | zkoušet dál | opakovat pokus | je zpožděn | denemeye devam | yeniden denenecek | yrittää uudelleen |
    viivästy | tovább próbál | va continua să încerce | задерживается | повторит попыт | 引き続き配信 | 引き続き送信 |
    再送します |
    仍在队列 | 仍在尝试 | 仍在重试 | 将继续 | 稍后重试 | 稍後重試 | 계속 시도 | 다시 시도합니다
    """
)
"""Phrases that say that the server goes on trying."""

NAMES_DELAY = split_phrases(
    """
    delay | verzöger | zwischenbericht | retard | retraso | demora | ritardo | atraso | vertraging | försen | forsink |
    viiväst |
    opóźnien | opóźnion | vertraagd | deferred | postponed | zpožděn | oneskoren | késedelem | întârzi | задерж | затрим |
    gecik | καθυστέρ | 遅延 | 延迟 | 延遲 | 지연
    """
)
"""A delay, as the subject of such a report names it."""

FAILED_OR_LATE = Phrases(FAILED + UNDELIVERED + LATE)
UNDELIVERED_OR_LATE = Phrases(UNDELIVERED + LATE)

GAVE_UP = split_phrases(
    """
    giving up | given up | not going to try again | no longer | will not be retried | permanent error | failed
    permanently | permanent failure | permanent fatal | was aborted | gave up | no further attempt | no further deliver |
    no further tr | no further retr | no further e | been in the queue too long |
    will not try | cannot send message for | retry timeout exceeded | delivery time expired | not
    continue trying | not continue to try | not keep trying | considered undeliverable | is now undeliverable | is now
    returned | now being returned | not be tried again | not be attempted again | no more attempts |
    no more delivery attempts | stopped trying |
    nie będzie ponawia | no se volverá a | no se reintentará | ne sera plus | keine weiteren versuche | keine weiteren
    zustellversuche | nicht weiter versucht | nicht erneut versucht | non verranno effettuati altri | não haverá nova |
    não serão feitas | niet opnieuw | geen nieuwe poging | попытки прекращены | попыток больше не | inga fler försök |
    ikke flere fors
    """
)
"""Phrases that say that the server stopped trying; they override ``LATE``."""

ASK = split_phrases(
    """
    contact | directed to | questions or comments | assistance | sent by | sender | questions | help | write to |
    administrator | technical support | reply to | message from | mail from | e-mail from | to the address | message
    identifier | forward this | complain | report this | kontakt | wenden | contacter | contacte | отправител |
    обратитесь | 問い合わせ | 联系 | to reach | reference | please quote | report spam | report phish | spam to |
    phishing to | suspicious | new address | neue adresse | nouvelle adresse | nueva dirección | novo endereço |
    nuovo indirizzo | nieuwe adres | has moved to | successor | nachfolger |
    similar address | similar name | similar user | similar mailbox | similar recipient | did you mean | perhaps you
    mean | closest match | nearest match | suggestions | suggested address | ähnliche adresse |
    ähnliche name | ähnliche postf | meinten sie | adresses similaires | adresses proches | vouliez-vous dire |
    direcciones similares | direcciones parecidas | quiso decir | indirizzi simili | intendevi | endereços semelhantes |
    endereços parecidos | quis dizer | vergelijkbare adres | bedoelde u | liknande adress | menade du | lignende adresse |
    mente du | podobne adres | podobné adres | похожие адрес | возможно, вы имели в виду
    """
)
"""Phrases before the address of somebody who helps, or of somebody with a similar name: that address did not fail."""


DELIVERED = split_phrases(
    """
    received the message | successful delivery | successfully delivered | were delivered to | was delivered to |
    have been delivered to | successfully relayed | relayed to the following | has been delivered successfully |
    have been delivered successfully | was delivered successfully | were delivered successfully |
    been successfully delivered | erfolgreich zugestellt | remis avec
    succès | entregado correctamente | a été remis aux | a été remis à | wurde an die folgenden empfänger zugestellt
    | wurde zugestellt | se ha entregado a | se entregó a | è stato recapitato | è stato consegnato | foi entregue a
    | is bezorgd bij | zostało dostarczone | har levererats till | er leveret til | er levert til | было доставлено
    | teslim edildi | bylo doručeno | zustellung erfolgreich | wurde erfolgreich an | wurden erfolgreich an |
    delivery to these recipients or groups is complete | livraison réussie | remise effectuée | entrega correcta |
    entregado con éxito | recapitato con successo | consegnato con successo | entregue com sucesso | succesvol bezorgd |
    успешно доставлен | pomyślnie dostarczon | úspěšně doruč | sikeresen kézbesít | başar\u0131yla teslim |
    başar\u0131yla iletil |
    成功送达 | 已成功投递 | 正常に配信 | 성공적으로 | に配信されました | 已送达 | 배달되었습니다
    """
)
"""Phrases before addresses whose mail was delivered."""

REACHED = split_phrases(
    """
    was delivered | has been delivered | now been delivered | was accepted by | has been accepted by |
    was forwarded to | has been forwarded to | has been released | was sent successfully | has been sent successfully |
    has reached |
    has received your | was relayed to | wurde zugestellt | wurde inzwischen zugestellt | wurde weitergeleitet |
    ist zugestellt | wurde angenommen | a été remis | a bien été remis | a été livré | a été distribué | a été transmis |
    fue entregado | ha sido entregado | fue reenviado | foi entregue | foi reencaminhad | è stato consegnato |
    è stato recapitato | è stato inoltrato | is afgeleverd | is bezorgd | is doorgestuurd | została dostarczona |
    zostało dostarczone | została doręczona | доставлено | доставлен | har levererats | levererades | er leveret | er levert |
    blev leveret | ble levert | byla doručena | byl doručen | bylo doručeno | bola doručená | bol doručený | on toimitettu |
    kézbesítettük | a fost livrat | teslim edildi | iletildi | παραδόθηκε | 配信されました | お届けしました | 已送达 | 已送達 |
    已投递 | 배달되었습니다 | 전달되었습니다
    """
)
"""Words of success, in a notice that has no word of a failure: "Your message to jane@example.org has been delivered"."""

STAGE = split_phrases(
    """
    rcpt | data | helo | ehlo | lhlo | mail_from | mail from | from: | end of | initial | auth | tls | greet | talk
    | banner | command | was rejected | like recipient | i sent the | connect | body | bdat | mail text | in: | >>>
    .
    """
)
"""Every text that names the answered command contains one of these; single words, since lines are wrapped."""


def normalize(text: str) -> str:
    """Normalize text for searching phrases: lower case, single blanks, plain apostrophes."""
    return " ".join(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def contains_any(phrases: tuple[str, ...], text: str) -> bool:
    """Whether *text*, normalized by ``normalize``, contains one of *phrases*."""
    if isinstance(phrases, Phrases):
        phrases = phrases.ascii if text.isascii() else phrases.shortest
    for phrase in phrases:  # noqa: SIM110 -- a generator for any() costs twice as much, and this is called often
        if phrase in text:
            return True
    return False
