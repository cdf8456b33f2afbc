"""What servers say in European languages: Exchange's localised reports, T-Online, Orange, Libero, UOL, Mail.ru ...

An accented letter is written as a dot: many servers send it without its accent, or in a charset that they do not name.
"""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "mailbox-full-european",
        Reason.MAILBOX_FULL,
        "Exchange and Outlook reports (5.2.2) in each language; GMX, T-Online, Orange, Libero, UOL, Mail.ru",
        (
            r"(?:postfach|posteingang|mailbox)\b.{0,40} voll\b",  # German
            r"(?:speicherplatz|speicher|kontingent|quota)\b.{0,60}(?:.berschritten|ersch.pft|voll)",
            r"bo.te .{0,40}(?:est pleine|pleine|satur.e|a atteint)",  # French
            r"quota .{0,30}(?:d.pass.|atteint|superato|superada|excedida|excedido)",
            r"buz.n .{0,60}(?:lleno|llena|completo)",  # Spanish
            r"(?:cuota|espacio) .{0,60}(?:excedid|superad|agotad|insuficiente)",
            r"(?:excedido|superado|sobrepasado) .{0,20}(?:cuota|espacio|l.mite)",
            r"caixa (?:de correio|postal|de entrada) .{0,60}(?:cheia|lotada|excedeu)",  # Portuguese
            r"casella .{0,60}(?:piena|esaurit|superat)",  # Italian
            r"spazio .{0,40}(?:esaurito|insufficiente)",
            r"(?:postvak|mailbox|postbus) .{0,40}(?:vol\b|zit vol)",  # Dutch
            r"(?:inkorg|brevl.da|postl.da)\w{0,3} .{0,40}(?:.r full|full)",  # Swedish
            r"(?:postkasse|innboks|indbakke)\w{0,3} .{0,40}(?:er full|fuld|full)",  # Norwegian, Danish
            r"skrzynk\w{1,3} .{0,60}(?:pe.n|przepe.nion)",  # Polish
            r"ящик .{0,60}(?:переполнен|заполнен)",  # Russian
            r"(?:переполнен|превышен\w{0,3}) .{0,40}(?:ящик|квот|лимит)",
            r"postaf.i.k. .{0,40}vol",
            r"schr.nk. .{0,40}pln.",  # Czech
            r"(?:posta )?kutusu .{0,40}dolu",  # Turkish
        ),
    ),
    Rule(
        "bad-domain-european",
        Reason.BAD_DOMAIN,
        "Postfix and Exim translated; Exchange 5.4.4 and 5.4.310 in each language; OpenSMTPD and DragonFly packages",
        (
            (
                r"(?:domain|domäne|domaine|rechner|host)\b.{0,60}(?:existiert nicht|nicht gefunden|unbekannt|n.existe"
                r" pas|introuvable)"
            ),
            (
                r"(?:dominio|dom.nio)\b.{0,60}(?:no existe|non esiste|n.o existe|desconocid|inesistente|n.o (?:foi"
                r" )?encontrad|no (?:fue |se )?encontr)"
            ),
            r"domein\b.{0,60}(?:bestaat niet|niet gevonden|onbekend)",
            r"(?:domen|domän|domene|domæne)\w{0,3}\b.{0,60}(?:nie istnieje|finns inte|finnes ikke|findes ikke|neexistuje)",
            r"domainname\w{0,2}\b.{0,60}(?:existiert nicht|nicht gefunden|unbekannt|ung.ltig)",
            r"домен\w{0,3}\b.{0,60}(?:не существует|не найден)",
        ),
    ),
    Rule(
        "unknown-user-european",
        Reason.INVALID_RECIPIENT,
        (
            "Exchange and Outlook reports (5.1.1, 5.1.10) in each language; T-Online, Orange, Free, Libero, UOL,"
            " Mail.ru, Yandex"
        ),
        (
            (
                r"(?:empf.nger|empf.ngeradresse|empfaenger|benutzer|adressat|postfach|teilnehmer"
                r"|adresse|e-mail-adresse|emailadresse|mailadresse)\w{0,2}\b.{0,80}"
                r"(?:unbekannt|nicht bekannt|existiert nicht|nicht gefunden|nicht"
                r" vorhanden|ung.ltig|nicht existiert|gibt es nicht)"
            ),
            r"(?:benutzer|empf.nger|adresse|postfach)\w{0,2}\b.{0,80} nicht .{0,40}(?:gefunden|vorhanden|bekannt)",
            r"(?:unbekannter|ung.ltiger|ung.ltige|nicht vorhandenes|kein) (?:empf.nger|empfaenger|benutzer|postfach|adresse)",
            (
                r"(?:adresse|destinataire|utilisateur|bo.te|compte)s?\b.{0,80}(?:n.existe pas|inconnue?|introuvable"
                r"|invalide|n.est pas valide|inexistante?|n.a pas .t. trouv)"
            ),
            r"destinataire\(?s?\)? .{0,20}invalide",
            (
                r"(?:usuario|destinatario|direcci.n|buz.n|cuenta|correo)\b.{0,80}(?:no existe|desconocid|no se encontr"
                r"|no (?:ha sido |fue )?encontrad|no v.lid|inv.lid|inexistente)"
            ),
            (
                r"(?:no existe|no se (?:ha )?(?:encontr.|pudo encontrar)) .{0,40}(?:usuario|destinatario|direcci.n"
                r"|buz.n|cuenta)"
            ),
            (
                r"(?:usu.rio|destinat.rio|endere.o|caixa postal|conta)\b.{0,80}(?:n.o existe|desconhecid|n.o (?:foi"
                r" )?encontrad|inv.lid|inexistente)"
            ),
            (
                r"(?:utente|destinatario|indirizzo|casella|account)\b.{0,80}(?:non esiste|sconosciut|inesistente|non"
                r" (?:. )?(?:stato )?trovat|non valid)"
            ),
            (
                r"(?:gebruiker|ontvanger|e-mailadres|emailadres|adres|geadresseerde|mailbox"
                r"|postvak)\b.{0,80}(?:onbekend|bestaat niet|niet"
                r" gevonden|ongeldig|niet bestaat)"
            ),
            r"(?:anv.ndare|mottagare|adress)\w{0,3}\b.{0,80}(?:ok.nd|finns inte|hittades inte|inte hitta|ogiltig)",
            (
                r"(?:bruker|bruger|mottaker|modtager|adresse)\w{0,3}\b.{0,80}(?:ukjent|ukendt|finnes ikke|findes ikke"
                r"|ble ikke funnet|blev ikke fundet)"
            ),
            r"(?:vastaanottaj|osoite|sähköposti|käyttäj)\w{0,5}\b.{0,60}(?:tuntematon|ei ole olemassa|ei l.yty|ei l.ydy)",
            (
                r"(?:użytkownik|uzytkownik|odbiorc|adres|skrzynk|konto)\w{0,3}\b.{0,80}(?:nieznan|nie istnieje|nie znaleziono"
                r"|nieprawid.ow|nie zosta. odnalezion)"
            ),
            r"(?:nieznany|nie znaleziono|nie ma takiego|nie ma takiej) (?:użytkownik|uzytkownik|odbiorc|adres|konta|skrzynki)",
            (
                r"(?:пользовател|получател|адресат|адрес|ящик|аккаунт)\w{0,3}.{0,80}(?:не найден|не существует"
                r"|неизвест|не зарегистрирован|недействител)"
            ),
            r"(?:нет такого|неизвестный|несуществующий|такого) (?:пользовател|получател|адресат|адрес|ящик)",
            r"(?:uživatel|uzivatel|schránka|schranka|adresát|adresa) .{0,40}(?:neexistuje|nezn.m)",
            r"(?:al.c.|kullan.c.|adres|hesap|posta kutusu)\w{0,3}\b.{0,40}(?:bulunamad.|\byok\b|mevcut de.il|ge.ersiz)",
            (
                r"(?:címzett|cimzett|felhasználó|felhasznalo|postafiók|postafiok|cím)\w{0,2}\b.{0,40}(?:nem l.tezik"
                r"|ismeretlen|nem tal.lhat.)"
            ),
            r"nincs ilyen (?:felhaszn|c.m|postafi)",
            r"(?:utilizatorul|destinatarul|adresa|contul)\b.{0,60}(?:nu exist|necunoscut|nu a fost g.si|invalid)",
            r"(?:користувач|одержувач|отримувач|адресат|адреса|скринька)\w{0,3}\b.{0,60}(?:не знайдено|не існує|невідом)",
            r"(?:usuari|destinatari|adreça|compte|bústia)\b.{0,60}(?:no existeix|desconegu|no s'ha trobat)",
            r"no existeix .{0,20}(?:usuari|destinatari|adreça|compte|bústia)",
            r"(?:χρήστης|παραλήπτης|διεύθυνση|γραμματοκιβώτιο)\b.{0,60}(?:δεν βρέθηκε|δεν υπάρχει|άγνωστ)",
            r"άγνωστος (?:χρήστης|παραλήπτης)",
            r"(?:המשתמש|הנמען|הכתובת|התיבה|תיבת).{0,40}(?:לא קיים|לא קיימת|אינו קיים|אינה קיימת|לא נמצא)",
            r"(?:المستخدم|المستلم|العنوان|البريد|الحساب).{0,40}(?:غير موجود|لا يوجد|غير صالح|غير معروف)",
            r"(?:người dùng|người nhận|địa chỉ|hộp thư|tài khoản)\b.{0,40}(?:không tồn tại|không tìm thấy)",
        ),
    ),
    Rule(
        "account-inactive-european",
        Reason.ACCOUNT_INACTIVE,
        "T-Online, GMX, Orange, Libero, UOL, Mail.ru, Yandex: mailboxes that are switched off",
        (
            r"(?:postfach|konto|benutzer|mailbox)\b.{0,60}(?:gesperrt|deaktiviert|inaktiv)",
            r"(?:compte|bo.te|adresse)\b.{0,60}(?:d.sactiv|suspendu|bloqu|inacti)",
            (
                r"(?:cuenta|buz.n|conta|caixa postal|usu.rio|casella|account)\b.{0,60}(?:desactivad|desativad"
                r"|suspendid|suspens|bloquead|inactiv|inativ|disattivat|sospes|disabilitat)"
            ),
            r"konto\b.{0,60}(?:zablokowan|nieaktywn|zawieszon|inaktiverat|sperrat)",
            r"(?:ящик|аккаунт|пользовател|учетная запись)\w{0,3}.{0,60}(?:заблокирован|отключ.н|неактив)",
        ),
    ),
    Rule(
        "message-too-large-european",
        Reason.MESSAGE_TOO_LARGE,
        "Exchange 5.3.4 and 5.2.3 in each language",
        (
            r"nachricht\b.{0,60}zu gro",
            r"message\b.{0,60}(?:trop volumineux|trop grand|d.passe la taille)",
            r"(?:mensaje|mensagem)\b.{0,60}(?:demasiado grande|muito grande|excede)",
            r"messaggio\b.{0,60}(?:troppo grande|supera)",
            r"bericht\b.{0,40}te groot",
            r"meddelande\w{0,2}\b.{0,40}f.r stor",
            r"wiadomo..\b.{0,60}(?:za du.a|zbyt du.a)",
            r"(?:письмо|сообщение|размер)\b.{0,60}(?:слишком больш|превышает)",
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
        ),
    ),
    Rule(
        "reputation-european",
        Reason.BAD_REPUTATION,
        "Mail.ru, Yandex, UOL: the sending host is on a list",
        (r"ч.рн\w{2,4} спис\w{0,3}", r"(?:schwarze\w{0,2} liste|liste noire|lista (?:negra|nera))"),
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
        ),
    ),
)
