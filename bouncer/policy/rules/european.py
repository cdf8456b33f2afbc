"""What servers say of the recipient in European languages: Exchange's localised reports, T-Online, Orange, Libero, Mail.ru ...

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
            r"<room>\b.{0,60}<spent>",
            r"<spent> .{0,30}<room>",
            r"(?:sin|sem|senza|kein|pas d.|geen|brak|нет) (?:espacio|espaço|espaco|spazio|espace|speicher|speicherplatz|platz|ruimte|miejsca|места)\b",
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
            r"(?:posta )?kutusu .{0,40}(?:dolu|a.ıldı)",  # Turkish
            r"kota .{0,20}a.ıldı",
            r"(?:cota|cuota|quota) .{0,30}(?:excedida|superada|agotada|superata|esgotada)",
            r"(?:postilaatikko|sähköpostilaatikko) .{0,40}täynn",  # Finnish
            r"postafi.k.{0,40}(?:megtelt|betelt)",  # Hungarian
            r"(?:căsuţa|căsuța|casuta) .{0,40}plin",  # Romanian
            r"γραμματοκιβώτιο.{0,40}πλήρες",  # Greek
            r"скриньк\w{1,2} .{0,60}(?:переповнен|заповнен)",  # Ukrainian
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
        "account-closed-european",
        Reason.CLOSED_ACCOUNT,
        "T-Online, GMX, Orange, Libero, Mail.ru: accounts that were given up; replies of companies whose people left",
        (
            (
                r"(?:mitarbeiter|adresse|e-mail-adresse|mailadresse|konto|postfach|mailbox|benutzer|account|empf.nger)\w{0,3}\b"
                r".{0,60}nicht mehr (?:g.ltig|aktiv|im unternehmen|bei|erreichbar|t.tig|in verwendung|verf.gbar|vorhanden"
                r"|existent|besch.ftigt|verwendet|genutzt|g.ltige)"
            ),
            (
                r"(?:konto|postfach|mailbox|adresse|e-mail-adresse|benutzer|account|kunde)\w{0,5}\b"
                r".{0,40}(?:gel.scht|geschlossen|gek.ndigt|aufgel.st)"
            ),
            (
                r"(?:adresse|compte|bo.te|utilisateur|destinataire)\b.{0,60}"
                r"(?:n.est plus|n.existe plus|a .t. (?:supprim|ferm|r.sili|cl.tur)|ne travaille plus)"
            ),
            (
                r"(?:cuenta|buz.n|direcci.n|usuario|correo)\b.{0,60}"
                r"(?:ya no (?:existe|est.|es|trabaja)|(?:ha sido|fue|est.) (?:eliminad|cerrad|cancelad|borrad|dad. de baja))"
            ),
            (
                r"(?:conta|caixa postal|endere.o|usu.rio)\b.{0,60}"
                r"(?:n.o existe mais|n.o est. mais|foi (?:exclu.d|encerrad|cancelad|removid|desativad. permanente))"
            ),
            (
                r"(?:casella|account|indirizzo|utente|utenza)\b.{0,60}"
                r"(?:non .{0,8}pi. (?:attiv|valid|disponibil|in uso)|. stat. (?:chius|cancellat|eliminat|dismess|rimoss)|cessat)"
            ),
            (
                r"(?:adres|e-mailadres|account|mailbox|postvak|gebruiker|medewerker)\b.{0,60}"
                r"(?:niet meer (?:in gebruik|actief|geldig|werkzaam|beschikbaar)|opgeheven|verwijderd|opgezegd)"
            ),
            r"(?:konto|skrzynk|adres)\w{0,3}\b.{0,40}(?:usuni.t|zamkni.t|zlikwidowan|ju. nie)",
            r"(?:ящик|аккаунт|адрес|пользовател|учетная запись|учётная запись)\w{0,3}.{0,40}(?:удал.н|больше не|закрыт|уволен)",
            r"(?:konto|adress|användar|brugerkonto)\w{0,3}\b.{0,40}(?:avslutat|avslutad|borttag|inte längre|nedlagt|slettet|lukket)",
            r"(?:schránka|schranka|účet|ucet|uživatel)\b.{0,40}(?:zrušen|smazán|již ne)",
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
            r"(?:konto|e-mail-konto|mailbox|account|kennung)\b.{0,60}(?:existiert nicht|nicht gefunden|nicht vorhanden)",
            r"(?:benutzer|empf.nger|adresse|postfach)\w{0,2}\b.{0,80} nicht .{0,40}(?:gefunden|vorhanden|bekannt)",
            r"(?:unbekannter|ung.ltiger|ung.ltige|nicht vorhandenes|kein|kein solcher|keine solche) (?:empf.nger|empfaenger|benutzer|postfach|adresse)",
            (
                r"(?:adresse|destinataire|utilisateur|bo.te|compte)s?\b.{0,80}(?:n.existe pas|inconnue?|introuvable"
                r"|invalide|n.est pas valide|inexistante?|n.a pas .t. trouv)"
            ),
            r"<person>\b.{0,60}<absent>",
            r"<absent> .{0,20}<person>",
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
            (
                r"(?:ukjent|ukendt|okänd|okand|onbekende?|ongeldig|tuntematon|ismeretlen|bilinmeyen|geçersiz|neznámý|neznamy"
                r"|necunoscut|невідомий) (?:bruker|bruger|mottaker|modtager|adresse|användare|mottagare|gebruiker|ontvanger|adres"
                r"|vastaanottaja|käyttäjä|osoite|felhasználó|címzett|kullan.c.|al.c.|uživatel|adresát|destinatar|utilizator"
                r"|користувач|одержувач|адресат)"
            ),
            (
                r"(?:inconnue?|desconocid.|desconhecid.|sconosciut.|inexistante?|inexistente|unbekannter?)"
                r" (?:utilisateur|destinataire|usuario|usu.rio|destinatario|destinat.rio|utente|casella|benutzer|empf.nger)"
            ),
            r"nincs ilyen (?:felhaszn|c.m|postafi)",
            r"(?:utilizator|utilizatorul|destinatar|destinatarul|adresa|cont|contul)\b.{0,60}(?:nu exist|necunoscut|nu a fost g.si|invalid)",
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
            r"(?:postfach|konto|benutzer|benutzerkonto|e-mail-konto|mailbox|account)\b.{0,60}(?:gesperrt|deaktiviert|inaktiv)",
            r"(?:compte|bo.te|adresse)\b.{0,60}(?:d.sactiv|suspendu|bloqu|inacti)",
            (
                r"(?:cuenta|buz.n|conta|caixa postal|usu.rio|casella|account)\b.{0,60}(?:desactivad|desativad"
                r"|suspendid|suspens|bloquead|inactiv|inativ|disattivat|sospes|disabilitat)"
            ),
            r"(?:schránka|schranka|účet|ucet|uživatel)\b.{0,40}(?:zablokov|deaktivov|neaktivn|pozastaven)",
            r"konto\b.{0,60}(?:zablokowan|nieaktywn|zawieszon|inaktiverat|sperrat)",
            r"(?:ящик|аккаунт|пользовател|учетная запись)\w{0,3}.{0,60}(?:заблокирован|отключ.н|неактив)",
        ),
    ),
    Rule(
        "recipient-moved-european",
        Reason.RECIPIENT_MOVED,
        "qmail's bouncesaying, Exim's redirect, Sendmail's error:5.1.6 with the postmaster's own words",
        (
            (
                r"(?:adresse|e-mail-adresse|mailadresse|direcci.n|endere.o|indirizzo|adres|e-mailadres)\b"
                r".{0,40}(?:hat sich ge.ndert|a chang|ha cambiado|mudou|foi alterado|. cambiato|is gewijzigd)"
            ),
            r"(?:neue|nouvelle|nueva|nova|nuovo|nieuwe?|nowy) (?:adresse|e-mail-adresse|mailadresse|direcci.n|endere.o|indirizzo|adres)",
            r"(?:новый|изменился|изменил) .{0,10}адрес",
        ),
    ),
)
