"""Phrases about the recipient in European languages: Exchange's localised reports, T-Online, Orange, Libero, Mail.ru ...

A dot stands for an accented letter: many servers send it without its accent, or in a charset that they do not name.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "mailbox-full-european",
        Reason.MAILBOX_FULL,
        "Exchange and Outlook reports (5.2.2) in each language; GMX, T-Online, Orange, Libero, UOL, Mail.ru",
        (
            r"<room>\b.{0,60}<spent>",
            r"<spent> .{0,30}<room>",
            r"<room>\b.{0,30} (?:läuft|lief|quillt|fließt) (?:\S{1,12} ){0,2}über\b",
            (
                r"(?:sin|sem|senza|kein|keinen|pas d.|geen|brak|zabrakło|nie ma|нет|не осталось|не хватает|закончилось"
                r"|немає|не залишилося"
                r"|nen.|nincs|ei ole|ingen|inte)"
                r" (?:espacio|espaço|espaco|spazio|espace|speicher|speicherplatz|platz|ruimte|miejsca|места|место|місця"
                r"|místo|hely|tilaa"
                r"|plats|plass|plads)\b(?! .{1,8}(?:server|k[öo]|queue|warteschl|system|disk|очеред|сервер|kolejk|front))"
            ),
            r"<person>\b.{0,20} (?:ist voll|est plein|est. llen|est. chei|. pien[ao]\b|is vol\b|je pln|jest pełn|er full)",
            (
                r"(?:postfach|mailbox|konto|inbox)\w{0,3}\b.{0,30} (?:maximal|zul.{1,2}ssig|h.{1,2}chst|erlaubt)\w{0,3} "
                r"(?:gr..?(?:ss|ß)e|speicher\w{0,10}|belegung|kapazit..?t) (?:ist |wurde |hat )?(?:erreicht|.{1,2}berschritten)"
            ),
            r"(?:speicher|postfach|quota|volumen)-?(?:limit|grenze)\w{0,2}\b.{0,30} (?:erreicht|.berschritten|ausgesch)",
            r"zu ?viele (?:e-?)?(?:mails|nachrichten) (?:auf|im|in) (?:de[mrn] )?(?:server|postfach|mailbox|konto)",
            r"(?:speicherplatz|speicher|kontingent|quota)\b.{0,60}(?:.berschritten|ersch.pft|voll)",
            r"quota .{0,30}(?:d.pass.|atteint|superato|superada|excedida|excedido)",
            r"(?:posta )?kutusu .{0,40}(?:dolu|a..ld)",  # Turkish
            r"(?:kutu|hesa|adres)\w{0,5} (?:\S{1,12} ){0,2}(?:yer|alan) (?:yok|kalmad.)\b",
            r"(?:התיבה|תיבת|תיבה)[^:]{0,20}מלא",
            r"(?:postfach|mailbox|konto)\b.{0,40}(?:limit erreicht|keine weiteren (?:nachrichten|mails|e-mails))",
            r"υπέρβαση .{0,12}(?:ορίου|χώρου)",
            r"(?:excedi\w{1,3}|super\w{1,2}) la (?:asignaci.n|capacidad|cuota) de almacenamiento\b",
            r"<room>\b.{0,40}(?:l.mite?|limiet|grens|gr.nse|raja|fyldt|fylld|fyllt|gef.llt)\b",
            (
                r"<room>\b.{0,60}(?:no admite m.s|ne peut plus|non pu. ricevere altr|n.o aceita mais|kan geen "
                r"(?:berichten )?meer|nimmt keine (?:mails |nachrichten )?mehr)"
            ),
        ),
    ),
    Rule(
        "bad-domain-european",
        Reason.BAD_DOMAIN,
        "Postfix and Exim translated; Exchange 5.4.4 and 5.4.310 in each language; OpenSMTPD and DragonFly packages",
        (
            (
                r"(?:domain|domäne|domaine|rechner|host)\b(?!.{0,20}<sender>).{0,60}(?:existiert nicht|nicht gefunden"
                r"|unbekannt|n.existe"
                r" pas|introuvable)"
            ),
            (
                r"(?:dominio|dom.nio)\b(?!.{0,20}<sender>).{0,60}(?:no existe|non esiste|n.o existe|desconocid"
                r"|inesistente|n.o (?:foi"
                r" )?encontrad|no (?:fue |se )?encontr)"
            ),
            r"domein\b(?!.{0,20}<sender>).{0,60}(?:bestaat niet|niet gevonden|onbekend)",
            (
                r"(?:domen|domän|domene|domæne)\w{0,3}\b(?!.{0,20}<sender>).{0,60}(?:nie istnieje|finns inte|finnes"
                r" ikke|findes ikke"
                r"|neexistuje)"
            ),
            r"domainname\w{0,2}\b(?!.{0,20}<sender>).{0,60}(?:existiert nicht|nicht gefunden|unbekannt|ung.ltig)",
            r"домен\w{0,3}\b(?!.{0,20}<sender>).{0,60}(?:не существует|не найден)",
        ),
    ),
    Rule(
        "account-closed-european",
        Reason.CLOSED_ACCOUNT,
        "T-Online, GMX, Orange, Libero, Mail.ru: accounts that were given up; replies of companies whose people left",
        (
            (
                r"(?:mitarbeiter|adresse|e-mail-adresse|mailadresse|konto|postfach|mailbox|benutzer|account"
                r"|empf.nger)\w{0,3}\b"
                r"[^:]{0,60}nicht mehr (?:g.ltig|aktiv|im unternehmen|bei|erreichbar|t.tig|in verwendung|verf.gbar"
                r"|vorhanden|gelesen|abgerufen|abgefragt"
                r"|existent|besch.ftigt|verwendet|genutzt|g.ltige)"
            ),
            (
                r"(?:konto|postfach|mailbox|adresse|e-mail-adresse|benutzer|nutzer|empf.nger|teilnehmer|account|kunde)\w{0,5}\b"
                r".{0,20}(?:gel.scht|geschlossen|gek.ndigt|aufgel.st|entfernt\b)"
            ),
            (
                r"(?:adresse|compte|bo.te|utilisateur|destinataire)\b[^:]{0,60}"
                r"(?:n.est plus(?! (?:dispos|sous|en mesure))|n.existe plus|a .t. (?:supprim|ferm|r.sili|cl.tur)|ne travaille plus)"
            ),
            (
                r"(?:cuenta|buz.n|direcci.n|usuario|correo)\b[^:]{0,60}"
                r"(?:ya no (?:existe|est.|es|trabaja)|dad[oa] de baja|(?:ha sido|fue|est.) (?:eliminad|cerrad|cancelad|borrad"
                r"|dad. de baja))"
            ),
            (
                r"(?:conta|caixa postal|endere.o|usu.rio|utilizador)\b[^:]{0,60}"
                r"(?:n.o existe mais|n.o est. mais|foi (?:exclu.d|encerrad|cancelad|removid|apagad|eliminad|desativad. permanente)"
                r"|desativad. permanente)"
            ),
            (
                r"(?:casella|account|indirizzo|utente|utenza)\b[^:]{0,60}"
                r"(?:non .{0,8}pi. (?:attiv|valid|disponibil|in uso)|(?:. stat. )?(?:chius|cancellat|eliminat|dismess"
                r"|rimoss)|cessat)"
            ),
            (
                r"(?:adres|e-mailadres|account|mailbox|postvak|gebruiker|medewerker)\b.{0,20}"
                r"(?:niet meer (?:in gebruik|actief|geldig|werkzaam|beschikbaar)|opgeheven|verwijderd|opgezegd|gesloten)"
            ),
            r"(?:konto|skrzynk|adres|adresat|odbiorc)\w{0,3}\b.{0,20}(?:usuni.t|zamkni.t|zlikwidowan|ju. nie)",
            (
                r"(?:användaren?|mottagaren?|brugeren|brukeren|modtageren|mottakeren)\b.{0,20}"
                r"(?:tagits bort|tagen bort|borttag|raderat|raderad|avslutat|avslutad|slettet|nedlagt|fjernet)"
            ),
            r"(?:ящик|аккаунт|адрес|пользовател|уч.тная запись)\w{0,3}.{0,20}(?:удал.н|больше не|закрыт|уволен)",
            (
                r"(?:konto|adress|användar|brugerkonto)\w{0,3}\b.{0,20}(?:avsluta[dt]|borttag|inte längre|nedlagt"
                r"|slettet|lukket)"
            ),
            r"(?:schránka|schranka|účet|ucet|uživatel)\b[^:]{0,40}(?:zrušen|smazán|již ne)",
            (
                r"(?:hesap|hesab|hesab.|tili|tilin|fi.k|postafi.k|contul|brevl.d|kontot"
                r"|konto)\w{0,3}\b.{0,20}(?:silin|kapat|poistettu|suljettu|megsz.nt|t.r.lt|.ters|.nchis|tagits bort"
                r"|raderat)"
            ),
            r"(?:скриньк|користувач|адрес|обліков)\w{0,3}.{0,20}(?:видален|закрит)",
            r"kunde\w{0,2}\b.{0,12}nicht mehr",
            r"(?:الحساب|البريد|الصندوق)[^:]{0,20}(?:محذوف|مغلق|ملغى)",
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
                r"(?:konto|e-mail-konto|mailbox|account|kennung)\b[^:]{0,60}(?:existiert nicht|nicht gefunden"
                r"|nicht vorhanden)"
            ),
            (
                r"(?:nicht vorhandenes|kein(?:en?)?|kein solcher|keine solche) (?:empf.nger|empfaenger|benutzer|postfach"
                r"|adresse)(?! (?:(?:auf|in|unter) (?:der|ihrer|einer) \S{0,20}liste|im verteiler|des abs))"
            ),
            (
                r"\b(?:adresse|empf.nger|empfaenger|benutzer|nutzer|kunde|adressat|postfach|konto|teilnehmer|mailbox|account)\b"
                r"(?! des abs)[^:]{0,60}"
                r"existiert (?:\S{1,12} ){1,3}nicht"
            ),
            r"<person>\b[^:]{0,80}<absent>",
            (
                r"\b(?:kein\w{0,2} (?:solche|derartige|entsprechende)\w{0,2}|aucune? tel(?:le)?|pas de tel(?:le)?"
                r"|no (?:hay|existe) tal"
                r"|nessuna? tale?|non (?:c'è|esiste) (?:un|una|nessun|nessuna) tale?|n.o (?:h.|existe) tal"
                r"|geen (?:dergelijke?|zulke?)"
                r"|inge[nt] s.dant?|inge[nt] slike?t?) <person>(?=\W{0,3}$|[.,;:!]| (?:@|bei|hier|ici|chez|aqu.|qui|da noi|presso"
                r"|bij|hos|her|här|(?:in|im|auf|dans|sur|en|em|na|på|i) (?:diese|unsere|ce|cette|notre|nuestr|nosso|nossa|questo"
                r"|nostro|deze|dit|ons|onze|denna|denne|vår|vores)\w{0,3})\b)"
            ),
            (
                r"\b(?:aucune?|pas de|nessuna?|ning.na?|nenhuma?) <person> (?:de ce (?:genre|nom)|du genre|del genere|así"
                r"|desse (?:tipo|nome)"
                r"|di questo nome|con este nombre|con ese nombre|com esse nome)\b(?! (?:dans votre|en su|en tu|no seu"
                r"|nel (?:tuo|suo|vostro))\b)"
            ),
            (
                r"@[>)\"']{0,2}:? (?:(?:ist|sind|wurde|hier|bei|uns|leider|mehr|est|a|ici|chez|nous|es|ha|sido|está"
                r"|aquí|è|é|qui|stato"
                r"|foi|aqui|is|werd|ons|är|er|her|här|hos|oss|os|jest|tutaj|nam|je|zde|nám|tu|здесь|нас|тут) ){1,5}"
                r"(?:<absent>|nicht (?:mehr )?(?:bekannt|gefunden|vorhanden|zu finden|registriert))"
                r"(?! (?:als|wie|comme|como|come|som|jako|как)\b)"
            ),
            (
                r"<absent> .{0,20}<person>\b"
                r"(?! (?:\S{1,5} ){0,2}(?:ip\b|serv|serw|серв|host|dns|relay|kiszolg|sunucu|palvelim))"
            ),
            (
                r"<person>\b[^:]{0,40} (?:(?:ist|steht|sind) )?nicht (?:im|in der|in unserem|in unserer) (?:\S{1,12} )?"
                r"(?:adressbuch|verzeichnis|datenbank|telefonbuch|directory)"
            ),
            (
                r"<person>\b[^:]{0,40} (?:pas dans|no está en|non è in|non è nel|não está n|niet in|inte i|ikke i|nie ma w)\w{0,2} "
                r"(?:\S{1,14} ){0,2}(?:annuaire|l'annuaire|directorio|elenco|rubrica|diret.rio|adresboek|adressbok|adressebog"
                r"|katalogen|katalogu)"
            ),
            (
                r"<person>\b[^:]{0,80}(?:nicht|n.a pas|no|não|nao|non|niet|не|ikke|inte|nie) [^:]{0,40}(?:gefunden"
                r"|vorhanden|bekannt"
                r"|trouv|encontr|trovat|gevonden|найден|funnet|fundet|hittat|znalezion)"
            ),
            (
                r"(?:usuario|destinatario|direcci.n|buz.n|cuenta|correo)\b[^:]{0,80}(?:no existe|desconocid|no se encontr"
                r"|no (?:ha sido |fue )?encontrad|no v.lid|inv.lid|inexistente)"
            ),
            (
                r"(?:usu.rio|destinat.rio|endere.o|caixa postal|conta)\b[^:]{0,80}(?:n.o existe|desconhecid|n.o (?:foi"
                r" )?encontrad|inv.lid|inexistente)"
            ),
            r"mailbox\b[^:]{0,40}(?:bestaat niet|niet gevonden|onbekend)",
            r"nie ma(?:my)? (?:takiego|takiej) (?:użytkownik|uzytkownik|odbiorc|adres|konta|skrzynki)",
            r"(?:нет такого|такого) (?:\w{1,14} )?(?:пользовател|получател|адресат|адрес|ящик)",
            r"(?:al.c.|kullan.c.|adres|hesap|posta kutusu)\w{0,3}\b[^:]{0,40}(?:bulunamad.|mevcut de.il|ge.ersiz)",
            (
                r"(?:al.c.|kullan.c.|adres|hesap|posta kutusu)\w{0,3} (?:@ )?"
                r"(?:(?:burada|bizde|sistemde|sistemimizde|sunucuda|sunucumuzda|art.k) )?yok\b"
            ),
            r"(?:adres\w{0,3} (?:sahip |olan )?)?(?:kimse|ki.i|.al..an|kullan.c.)(?:m.z)? yok\b",
            r"nincs ilyen (?:felhaszn|c.m|postafi)",
            r"(?:המשתמש|הנמען|הכתובת|התיבה|תיבת)[^:]{0,40}(?:לא קיים|לא קיימת|אינו קיים|אינה קיימת|לא נמצא)",
            r"(?:المستخدم|المستلم|العنوان|البريد|الحساب)[^:]{0,40}(?:غير موجود|لا يوجد|غير صالح|غير معروف)",
            (
                r"(?:no hay ning.na?|kein|keine|aucun|aucune|nessun|nessuna|ning.n|ninguna|nenhum|nenhuma|n.o existe"
                r"|geen|ingen"
                r"|inget) <person> .{0,12}(?:namen?|nom|nome|nombre|naam|navn|namn|nazwie|llamad.|namens|nomm.e?"
                r"|chiamat.|genaamd|denominad.)\b"
            ),
            r"(?:aucune?|ning.na?|nessuna?|nenhuma?|geen|ingen|inget|nie ma|žádn\w{1,2}|нет|нема\w?) <person>[ <\"']{1,4}@",
            (
                r"brak (?:takie(?:go|j) )?(?:<person>|konta|kont\b|u.ytkownika)"
                r"(?=\W{0,3}$|[.,;:!]| (?:@|o (?:takim|podanym|tej)|na (?:tym|naszym)|w (?:systemie|domenie|naszej|naszym))\b)"
            ),
            r"tak.v. <person> .{0,12}(?:nen.|neexistuje)",
            (
                r"(?:kein|keine|keinen|aucun|aucune|nessun|nessuna|ning.n|ninguna|nenhum|nenhuma|geen|ingen|inget"
                r"|nie ma)\b[^:]{0,40} (?:met (?:dit|deze|die)|mit (?:dieser|diesem)|dieses|(?:avec|à) (?:cette|ce)|con (?:esa"
                r"|ese|esta|este|questo|quel)|com (?:esse|este)|med (?:den|det)|o (?:takiej|takim|tej)) (?:adres|nam"
                r"|nom|nazw|direcci.n|indirizzo|endere.o|postadress)\w{0,5}"
            ),
            r"kennen wir (?:\S{1,12} ){0,2}nicht\b",
            r"(?:felhaszn.l.|c.mzett|postafi.k)\w{0,3} nincs\b",
            r"bu adla? .{0,20}(?:kullan|hesap).{0,20}(?:bulunma|yok)",
        ),
    ),
    Rule(
        "account-inactive-european",
        Reason.ACCOUNT_INACTIVE,
        "T-Online, GMX, Orange, Libero, UOL, Mail.ru, Yandex: mailboxes that are switched off",
        (
            (
                r"(?:postfach|konto|benutzer|benutzerkonto|e-mail-konto|mailbox|account)\b.{0,60}(?:gesperrt"
                r"|deaktiviert|inaktiv)"
            ),
            r"(?:compte|bo.te|adresse)\b.{0,60}(?:d.sactiv|suspendu|bloqu|inacti)",
            (
                r"(?:cuenta|buz.n|conta|caixa|usu.rio|casella|account|utente)\b.{0,60}(?:desactivad|deshabilitad"
                r"|desativad"
                r"|suspendid|suspens|bloquead|inactiv|inativ|disattivat|sospes|disabilitat)"
            ),
            r"(?:schránka|schranka|účet|ucet|uživatel)\b.{0,40}(?:zablokov|deaktivov|neaktivn|pozastaven)",
            r"konto\b.{0,60}(?:zablokowan|nieaktywn|zawieszon|inaktiverat|sp.rrat)",
            r"(?:ящик|аккаунт|пользовател|уч.тная запись)\w{0,3}.{0,60}(?:заблокирован|отключ.н|неактив)",
            (
                r"(?:account|mailbox|postbus|postvak)\b.{0,40}(?:geblokkeerd|gedeactiveerd|opgeschort|uitgeschakeld"
                r"|inactief)"
            ),
            r"skrzynka\b.{0,40}(?:zablokowan|nieaktywn|zawieszon)",
            r"kontot?\b.{0,40}(?:avst.ngt|inaktivt|sp.rrat|deaktiveret|sperret|suspenderet)",
            r"hesap\b.{0,30}(?:devre d|ask.ya al|kapal)",
            (
                r"(?:mailbox|postvak|postbus|konto|postfach|compte|bo.te|buz.n|cuenta|casella|caixa|conta|skrzynka"
                r"|schr.nka|kontot|postkasse)\b.{0,20}(?:tijdelijk|vor.bergehend|temporairement|temporalmente"
                r"|temporaneamente|temporariamente|tymczasowo|do.asn.|tillf.lligt|midlertidig)"
            ),
        ),
    ),
    Rule(
        "recipient-moved-european",
        Reason.RECIPIENT_MOVED,
        "qmail's bouncesaying, Exim's redirect, Sendmail's error:5.1.6 with the postmaster's own words",
        (
            (
                r"(?:adresse|e-mail-adresse|mailadresse|direcci.n|endere.o|indirizzo|adres|e-mailadres)\b"
                r"[^:]{0,40}(?:hat sich ge.ndert|a chang|ha cambiado|mudou|foi alterado|. cambiato|is gewijzigd)"
            ),
            (
                r"(?:neue|nouvelle|nueva|nova|nuovo|nieuwe?|nowy) (?:adresse|e-mail-adresse|direcci.n|endere.o"
                r"|indirizzo|adres)"
            ),
            r"(?:новый|изменился|изменил) .{0,10}адрес",
        ),
    ),
)
