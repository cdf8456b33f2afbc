"""Phrases in European languages about the message, the sender, and the servers themselves."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

SENDER = (
    Rule(
        "reputation-european",
        Reason.BAD_REPUTATION,
        "Mail.ru, Yandex, UOL: the sending host is on a list",
        (
            r"ч.рн\w{2,4} спис\w{0,3}",
            r"\bip[- ]?(?:adres\w{0,5}|c.m\w{0,3}|адрес\w{0,2}|osoit\w{0,4})\b.{0,60} <absent>",
            r"(?:adress?e?|direcci.n|indirizzo|endere.o|διεύθυνση|adresa) ip\b.{0,60} <absent>",
            r"(?:sperrliste|blockliste|blockierliste)",
            (
                r"(?:schwarze\w{0,2} liste|liste noire|lista (?:negra|nera)|czarn\w{1,2} li.c|zwarte lijst|kara liste"
                r"|feketelist|čern\w{1,3} listin|svart lista|svartelist|sortlist|lista neagr|daftar hitam)"
            ),
            (
                r"(?:ip|ip-adresse|adresse ip|servidor|serveur|server|host|сервер|хост)\b.{0,40}"
                r"(?:bloquead|bloqu.e?\b|gesperrt|geblockt|blockiert|geblokkeerd|bloccat|zablokowan|заблокирован"
                r"|blokov|blokiran|blockera|engellen)"
            ),
            r"(?:ip|ip-адрес|адрес\w)\b.{0,40}заблок",
            (
                r"(?:zu ?viele|trop d['e]|demasiad[oa]s|troppi|muitos|te veel|zbyt wiel\w|příliš mnoho|för många|for"
                r" mange|liian mont|túl sok|prea mul|çok fazla|слишком много|забагато)"
                r" (?:\S{1,15} ){0,2}(?:<absent> .{0,10}<person>|<person>.{0,10} <absent>)"
            ),
        ),
    ),
    Rule(
        "server-unknown-european",
        Reason.DNS_ERROR,
        "notices of administrators: a machine or its address is not found; before what is said of recipients' addresses",
        (
            (
                r"(?:adress?e?n?|adres\w{0,4}|direcci.n|indirizzo|endere.o|διεύθυνση|адрес\w{0,2}) (?:\S{1,5} ){0,2}"
                r"(?:\w{0,6}server\w{0,3}|serveur|servidor|serwer\w{1,2}|сервера|servern|serveren|palvelimen|διακομιστή)\b"
                r".{0,60} <absent>"
            ),
            (
                r"(?<!auf dem )(?<!beim )(?<!am )(?<!sur le )(?<!par le )(?<!en el )(?<!no )(?<!sul )(?<!nel )(?<!op de )(?<!på )\b"
                r"(?:(?:mail-?)?server|serveur|servidor|serwer|сервер|διακομιστής|serverul) "
                r"(?:\S{1,5} ){0,2}<person>\b.{0,40} <absent>"
            ),
        ),
    ),
    Rule(
        "sender-rejected-european",
        Reason.SENDER_REJECTED,
        (
            "RFC 3463 X.1.7 and X.1.8 in other words; Orange OFR_405, T-Online, UOL, Mail.ru: before what is"
            " said of recipients"
        ),
        (
            r"<sender>\b.{0,60}<absent>",
            (
                r"(?:ihre?|deine?|votre|ta|su|tu|vuestro|vostro|tuo|seu|sua|teu|uw|jouw|twoja|wasza|pa.ska|va.e|tvoje|er"
                r"|din|deres|jeres"
                r"|teidän|sizin|ваш\w{0,2}|твой) <site>\b.{0,40} (?:<absent>|<closed>|<dismissed>)"
            ),
            r"<sender>\b.{0,60}<dismissed>",
            r"<absent> .{0,20}<sender>",
            r"<sender>\b.{0,60}<closed>",
            r"<closed> .{0,20}<sender>",
            r"adres\w{0,2} <sender>",
            (
                r"(?:list[ae] (?:blanche|blanca|branca|bianca)|wei(?:ß|ss)en? liste|bia.\w{1,3} li.\w|спис\w{0,3} разреш\w{2,8}"
                r"|бел\w{2,4} спис\w{0,3}|liste der (?:erlaubten|zugelassenen|freigegebenen)|lijst met toegestane"
                r"|vitlist\w{0,3}"
                r"|hvitelist\w{0,3}|hvidlist\w{0,3})\b"
            ),
            # Exchange 5.7.1 in each language: the sender may not write to this recipient or group
            r"(?:nicht|keine) (?:\S{1,12} ){0,3}berechtigung\w{0,2}\b",
            r"(?:pas|plus|sans) (?:\S{1,14} ){0,2}(?:[ld]')?(?:autoris\w{1,6}|permission|droits?)\b",
            (
                r"(?:no|não|nao|sin|sem) (?:\S{1,12} ){0,2}"
                r"(?:permisos?|permiss.o|permiss.es|autorizaci.n|autoriza..o|derechos?|direito)\b"
            ),
            r"(?:non|senza) (?:\S{1,12} ){0,3}(?:autorizzazion\w|permess\w|diritto)\b",
            r"(?:geen|niet) (?:\S{1,12} ){0,2}(?:toestemming|gemachtigd|machtiging\w{0,2}|bevoegd\w{0,4}|rechten)\b",
            (
                r"(?:inte|ikke|ingen|saknar|mangler) (?:\S{1,12} ){0,2}"
                r"(?:beh.righet\w{0,2}|till.telse\w{0,2}|tillatelse|tilladelse|rettigheter|rettigheder|r.ttigheter)\b"
            ),
            r"\bei (?:ole )?(?:\S{1,14} ){0,2}(?:oikeu\w{1,6}|oikeutta|lupaa)\b",
            (
                r"(?:nie masz|nie ma|nie posiada\w{0,2}|brak|nem.te|bez) (?:\S{1,12} ){0,2}"
                r"(?:uprawnie.\w{0,3}|pozwoleni\w|opr.vn.n.|povolen.)\b"
            ),
            r"nincs (?:\S{1,14} ){0,2}(?:jogosults.g\w{0,4}|enged.ly\w{0,4})\b",
            r"(?:izniniz|yetkiniz|izni|yetkisi) (?:yok|bulunmuyor|bulunmamaktad.r)\b",
            (
                r"(?:нет|не имеете|немає|не маєте|нямате) (?:\S{1,14} ){0,2}"
                r"(?:разрешени\w|права|прав|полномочий|дозволу|повноважень)\b"
            ),
            r"δεν (?:έχετε|διαθέτετε|έχει) (?:\S{1,14} ){0,2}(?:άδεια|δικαίωμα|εξουσιοδότηση)",
            r"nu ave.i (?:\S{1,12} ){0,2}(?:permisiun\w{0,3}|dreptul|autoriza.i\w)\b",
            (
                r"(?:votre|tu|uw|twoje|tw.j|państwa|ваш\w{0,2}|va.e|v.š|ditt|din|dina|er|jeres|sizin|sinun) "
                r"<box>\b.{0,60}<closed>"
            ),
            (
                r"[45]\d\d[ -](?:\d\.\d\.\d{1,3} )?(?:ihre?|su|sua|suo|il suo|la sua|seu|a sua|o seu) <box>\b.{0,40}<closed>"
            ),
            (
                r"(?:<person>|<nomore>) .{0,40}(?:von ihnen|vos messages|de votre part|de usted|sus mensajes|da voi"
                r"|da lei|van u\b|от вас"
                r"|від вас|od pa[nń]|tego nadawcy|från dig|fra dig|fra deg|sizden|öntől|dvs\b|από εσάς)"
            ),
            r"(?:nur|ausschlie.{1,2}lich) (?:f.r |eingetragene |angemeldete |registrierte ){0,2}mitglieder",
            r"(?:seuls? les|r.serv.e? aux) (?:membres|abonn.s)",
            r"s.lo (?:los )?(?:miembros|suscriptores)",
            r"solo (?:gli |i )?(?:membri|iscritti)",
            r"(?:apenas|somente) (?:os )?(?:membros|inscritos)",
            r"alleen (?:voor )?leden",
            r"только (?:участник|член|подписчик)",
            (
                r"(?:ihre?|votre|vos|su|tu|suo|sua|il suo|la sua|il vostro|la vostra|seu|uw|din|ditt|tw.j|va.e|v..|ваш\w{0,2}) "
                r"(?:e-?mail-?)?(?:adresse|e-mail-adresse|mailadresse|direcci.n|indirizzo|endere.o|adres|adress"
                r"|adresa|adresu|konto|compte|cuenta|conta|server|serveur|servidor|dom.ne|domain|domaine|dominio"
                r"|firma|soci.t.|empresa|azienda|bedrijf|organisation|unternehmen|dom.nio|domein|адрес|сервер"
                r"|домен)\b(?! (?:de destino|du destinataire|del destinatari|des empf"
                r"|van de ontv)).{0,60}(?:<absent>|<dismissed>)"
            ),
        ),
    ),
)

RULES = (
    Rule(
        "message-too-large-european",
        Reason.MESSAGE_TOO_LARGE,
        "Exchange 5.3.4 and 5.2.3 in each language",
        (
            r"nachricht\b.{0,60}(?:zu gro|überschreitet)",
            (
                r"(?:taille|tamaño|tamanho|dimensione|größe|grootte|rozmiar|storlek|размер)\b"
                r".{0,40}(?:dépass|depass|super|exced|überschrei|overschrijdt|przekracza|överskrid|превыша)"
            ),
            r"слишком больш\w{0,3} .{0,20}(?:письм|сообщен|размер)",
            r"(?:maximale größe|taille maximale|tamaño máximo|tamanho máximo|dimensione massima|maximale grootte)",
            r"(?:message|pi.ce jointe)\b.{0,60}(?:trop volumineu|trop grand|trop lourd|trop gros|d.passe la taille)",
            r"(?:mensaje|mensagem)\b.{0,60}(?:demasiado grande|muito grande|grande demais|excede)",
            r"messaggio\b.{0,60}(?:troppo grande|supera)",
            r"bericht\b.{0,40}te groot",
            r"meddelande\w{0,2}\b.{0,40}f.r stor",
            r"wiadomo..\b.{0,60}(?:za du.a|zbyt du.a)",
            r"(?:письмо|сообщение|размер)\b.{0,60}(?:слишком больш|превышает)",
            r"zpr.va\b.{0,30}p..li. velk",
            r"(?:besked|melding|meddelelse)\w{0,4}\b.{0,30}for stor\b",
            r"viesti\w{0,2}\b.{0,30}liian suuri",
            r"повідомлення\b.{0,30}завелик",
            r"mesaj\w{0,4}\b.{0,30}(?:.ok b.y.k|prea mare)",
            r".zenet\b.{0,30}t.l nagy",
            r"μήνυμα\b.{0,30}(?:πολύ μεγάλο|υπερβαίνει)",
        ),
    ),
    Rule(
        "spam-european",
        Reason.SPAM_CONTENT,
        "Mail.ru, Yandex, UOL, Orange, T-Online: refused for its content",
        (
            r"(?:als|comme|como|come|jako|som) spam",
            r"(?:спам|спама|нежелательн)",
        ),
    ),
    Rule(
        "relaying-denied-european",
        Reason.RELAYING_DENIED,
        "Exchange 5.7.1 in each language: the sender may not write to this recipient",
        (
            r"keine berechtigung.{0,60}(?:senden|empf.nger)",
            r"nicht berechtigt.{0,60}(?:senden|empf.nger)",
            r"(?:n.avez pas|pas) l.autorisation",
            r"no (?:tiene|dispone de) permiso",
            r"n.o tem permiss.o",
            r"non (?:si dispone|dispone) dell.autorizzazione",
            (
                r"(?:relais|relay|relaying|weiterleitung|reenv.o|retransmisi.n)\b.{0,30}"
                r"(?:refus|interdit|nicht erlaubt|nicht gestattet|verweigert|abgelehnt|no permitid|denegad"
                r"|n.o permitid|negad"
                r"|non consentit|niet toegestaan)"
            ),
            r"no se permite .{0,12}(?:relay|reenv)",
            r"(?:релей|ретрансляц|пересылк)\w{0,2} .{0,20}(?:запрещ|отклон|не разреш)",
        ),
    ),
    Rule(
        "network-error-european",
        Reason.NETWORK_ERROR,
        "Exchange 4.4.1 in each language; Postfix and Exim translated",
        (
            (
                r"(?:verbindung|verbindungsaufbau)\b.{0,60}(?:fehlgeschlagen|abgelehnt|nicht m.glich|unterbrochen"
                r"|getrennt|zeit.berschreitung)"
            ),
            r"(?:connexion|liaison)\b.{0,60}(?:.chou|refus|impossible|perdue|interrompue|expir)",
            (
                r"(?:conexi.n|conex.o|connessione)\b.{0,60}(?:rechazad|recusad|rifiutat|agotad|esgotad|scadut|perdid"
                r"|fallid|falhou|fallit)"
            ),
            (
                r"(?:соединени|тайм-аут|таймаут)\w{0,2}\b.{0,60}(?:соединени|отклонен|разорван|истекло|не удалось"
                r"|не установлен|ожидани)"
            ),
            r"(?:połączeni|polaczeni)\w{0,2}\b.{0,60}(?:odrzuc|przerwan|limit czasu)",
            (
                r"(?:server|serveur|servidor|servizio|сервер|serwer|host)\b.{0,40}(?:antwortet nicht"
                r"|nicht geantwortet|ne r.pond pas|n.a pas r.pondu|no responde|no respondi|non risponde|n.o respond"
                r"|reageert niet|antwoordt niet|не отвечает|nie odpowiada|neodpov.d|svarar inte|svarer ikke|ei vastaa)"
            ),
        ),
    ),
    Rule(
        "expired-european",
        Reason.EXPIRED,
        "Exim and Postfix translated; Exchange 4.4.7 in each language",
        (
            r"(?:zustellung|nachricht) .{0,60}(?:verz.gert|abgelaufen|noch nicht zugestellt)",
            r"(?:remise|distribution|livraison) .{0,60}(?:retard|diff.r|d.lai|expir)",
            r"(?:délai|delai) .{0,60}(?:expir|d.pass)",
            r"(?:entrega|mensaje) .{0,60}(?:retras|demora|ha caducado|expirad)",
            r"(?:consegna) .{0,60}(?:ritard|scadut)",
            r"(?:доставк|письмо)\w{0,2}.{0,60}(?:задерж|отложен)",
            (
                r"(?:durante|pendant|depuis|seit|während|gedurende|por|przez|в течение|за) (?:\S{1,12} ){0,3}(?:d.as"
                r"|jours|tagen?|giorni|dagen|dias|dni|dní|дн)\b"
            ),
            (
                r"(?:nach|apr.s|tras|despu.s de|dopo|ap.s|depois de|po|после|через|efter|etter)"
                r" (?:\d{1,2}|mehreren|plusieurs|varios|diversi|v.rios|meerdere|kilku|нескольких|flere|flera) "
                r"(?:d.as|jours|tagen|giorni|dagen|dias|dniach|dnech|дней|дня|dagar|dage|dager)\b"
            ),
            (
                r"\b(?:trotz|nach|apr.s|malgr.|tras|despu.s de|dopo|ap.s|na|po|после|несмотря на)"
                r" (?:mehrere[nr]?|viele[nr]?|zahlreiche[nr]?|plusieurs|nombreuses|varios|muchos|diversi|numerosi|v.rias"
                r"|meerdere|kilku|нескольк\w{1,3}) (?:zustell)?(?:versuche|tentatives|intentos|tentativi|tentativas"
                r"|pogingen|próbach"
                r"|попыт\w{1,3})"
            ),
            r"\b(?:desistimos|desistido|abandonn\w{0,4}|aufgegeben|rinunci\w{0,4}|opgegeven)\b",
        ),
    ),
    Rule(
        "rate-limited-european",
        Reason.RATE_LIMITED,
        "Orange 4.3.0, T-Online, UOL, Mail.ru: too many connections or messages",
        (
            (
                r"(?:zu viele|trop de|demasiad.s|muitas|muitos|troppe|troppi|te veel|zbyt wiele|слишком много"
                r"|for mange|för många)"
                r" (?:verbindung|nachricht|e-mails|mails|empf.nger|fehler|connexion|message|destinataire|requ.te"
                r"|erreur|conexi"
                r"|mensaje|correo|destinatari|error|conex|mensage|destinat|conness|messagg|errori|verbinding|bericht"
                r"|połącze|wiadomo"
                r"|соединен|подключен|писем|сообщен|получател|ошиб|forbindelse|anslutning)"
            ),
            r"превышен\w{0,3} .{0,20}(?:частот|количеств|скорост)",
            (
                r"(?:limit|límite|limite|лимит|ліміт)\w{0,2} (?:\S{1,12} )?(?:wysyłan|wysylan|wysłan|de env[ií]|d.envoi"
                r"|di invio|dell.invio|de emisión|odesíl|odosiel|отправ|надсил|versand|verzend|sänd)"
            ),
            r"(?:versand|sende|verzend|sänd)(?:e|er)?-?limit\w{0,2}\b",
        ),
    ),
    Rule(
        "authentication-european",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7208, 6376 and 7489 in other words: the name of the check stands beside a word for failure",
        (
            r"darf nicht (?:f.r|von|im namen|als) .{0,60} (?:senden|verschicken|versenden)",
            (
                r"(?:.chec|.choue|fehlgeschlagen|fehler|ung.ltig|fallo|fall.|falha|falhou|fallit|non valid|mislukt"
                r"|b..d|ошибк"
                r"|не прош|не пройден|провер|v.rification|verifica|pr.fung|controle|verificaci.n|verifica..o)\w{0,4}"
                r" .{0,40}\b(?:spf|dkim|dmarc)\b"
            ),
            (
                r"\b(?:spf|dkim|dmarc)\b.{0,60}"
                r"(?:.chou|fehlgeschlagen|ung.ltig|fallid|fall.|falhou|inv.lid|fallit|non valid|mislukt|не прош"
                r"|не пройден)"
            ),
            r"(?:kein|pas de|sin|sem|senza|geen|нет) .{0,12}(?:reverse[ -]dns|ptr|rdns)",
        ),
    ),
    Rule(
        "receiver-error-european",
        Reason.RECEIVER_ERROR,
        "RFC 5321 section 4.2.3 in other languages: reply 451, a local error",
        (
            r"(?:erreur (?:locale|de traitement|interne)|erreur lors du traitement)",
            r"error (?:local|interno|de procesamiento)\b",
            r"\b(?:lokaler |interner )?(?:verarbeitungs|server|system)fehler\b",
            r"erro (?:local|interno|de processamento)\b",
            r"errore (?:locale|interno|di elaborazione)\b",
            r"ошибка (?:обработки|сервера)",
            r"внутренн\w{1,3} ошибк",
        ),
    ),
    Rule(
        "server-busy-european",
        Reason.SERVER_BUSY,
        "RFC 5321 reply 421 in other words",
        (
            r"(?:manque de ressources|recursos del sistema insuficientes|ressourcen reichen nicht|nicht genügend systemressourcen)",
            r"service non disponible\b",
            (
                r"(?:service|serveur|dienst|server|servicio|servidor|servi.o|servizio|сервер|сервис|serwer)\b.{0,30}"
                r"(?:indisponible|satur.\b|surcharg|nicht verf.gbar|.berlastet|ausgelastet|no disponible|ocupado"
                r"|indispon"
                r"|non disponibile|occupato|niet beschikbaar|overbelast|перегружен|занят|недоступен|niedost.pn"
                r"|przeci..on)"
            ),
        ),
    ),
)
