"""Administrators' own words, in some thirty languages: that somebody has left, that a mailbox is gone, that mail is unwanted.

They are tried after mail servers' phrases: such a notice often quotes a server, which is the better witness.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

TLS = (
    Rule(
        "tls-old",
        Reason.TLS_ERROR,
        "RFC 8996: versions of TLS that are not taken any more",
        (
            r"(?:newer|recent|later|current) (?:version of )?(?:tls|ssl)\b",
            r"(?:版本|バージョン|버전)が?이? ?(?:古い|过旧|过低|太旧|過舊|오래)",
            (
                r"\b(?:tls|ssl)\b.{0,60} (?:old|outdated|obsolete|weak|ancient|insecure|unsafe|deprecated|newer|needed"
                r"|veraltet|zu alt"
                r"|obsol|antig|te oud|gammal|gammel|vanha|застарів|trop ancien|antigu|vecchi|verouderd|przestarza"
                r"|zastaral|föråldra|foræld|utdatert|vanhentu"
                r"|elavult|învechit"
                r"|παλι|устарел|застаріл|eski|古い|过旧|过低|오래)"
            ),
        ),
    ),
)

RULES = (
    Rule(
        "not-wanted-abroad",
        Reason.SENDER_REJECTED,
        "notices of filters and lists: the recipient does not want this sender, or takes mail from members alone",
        (
            r"(?:does not|doesn't|do not) (?:wish|want|care) to (?:hear|receive|get|have)\b",
            r"asked (?:us )?not to (?:take|accept|deliver)\b",
            r"(?:mail|messages|letters) from you (?:is|are) (?:un\w{2,10}|not wanted|not welcome)\b",
            (
                r"(?:ihre|deine|vos|sus|tus|suoi|seus|uw|dina|dine) (?:e-?mails?|mails?|nachrichten|post|messages"
                r"|mensajes|berichten)\b.{0,30}<unwanted>"
            ),
            r"must be an? (?:\w{2,12} )?(?:member|subscriber) to\b",
            r"δεν (?:θέλει|επιθυμεί)\b",
            r"<sender>\b.{0,60}<unwanted>",
            r"<unwanted>\b.{0,20}<sender>",
            r"<only> (?:\S{1,15} ){0,3}<belong>",
            r"<only> (?:\S{1,15} ){0,3}<sender>",
            r"only\b.{0,40} (?:may|can|(?:are|is) (?:allowed|permitted|entitled) to) (?:write|post|send|mail)\b",
            r"not (?:among|one of) (?:those|the people|the persons|the senders) (?:who|that|allowed|permitted)\b",
            r"who (?:may|can|are allowed to|is allowed to) (?:write|post|send)\b",
            (
                r"(?:wollen|wünschen|möchten|will|wünscht|möchte) (?:\S{1,12} ){0,2}keine (?:post|mails?|e-mails?"
                r"|nachrichten|werbung)"
            ),
            r"ne (?:veut|voulons|souhaitons|souhaite|désire) (?:pas|plus)\b",
            r"no (?:quiere|desea|queremos|deseamos)\b",
            r"non (?:vuole|desidera|vogliamo|desideriamo)\b",
            r"não (?:quer|deseja|queremos|desejamos)\b",
            r"(?:wil|willen|wenst|wensen) geen\b",
            r"nie (?:chce|chcemy|życzy|życzymy)\b",
            r"(?:nechce|nechceme|nepřeje)\b",
            r"(?:vill|önskar) inte (?:ha|ta|få)\b",
            r"ikke (?:vil have|vil ha|ønsker|ønske|ønsket)\b",
            r"(?:ønsker|vil) ikke (?:\S{1,12} ){0,2}(?:post|mail|beskeder|meldinger)\b",
            r"не (?:хочет|желает|хотим|желаем|бажає|хоче|бажаємо)\b",
            r"nem (?:kíván|akar|kér)\w{0,4}\b",
            r"nu (?:dorește|dorim|vrea|vrem)\b",
            r"\b(?:istemiyor|ei halua)",
            (
                r"(?:destinat|recipient|mottagar|modtager|ontvanger|empfänger|címzett|получател"
                r"|одержувач)\w{0,6} .{0,20}<dismissed> .{0,20}<sender>"
            ),
            r"<sender> .{0,30}<dismissed>",
        ),
    ),
    Rule(
        "relay-abroad",
        Reason.RELAYING_DENIED,
        "notices of administrators: mail of strangers is not passed on",
        (
            (
                r"(?:not|n't|never) (?:pass on|carry|forward|transport) (?:mail|letters"
                r"|messages)\b.{0,20} (?:strangers|others|outsiders)\b"
            ),
            r"posta (?:aktarm|iletm)\wyoruz\b",
            r"(?:leiten|leitet|reichen) nichts?\b.{0,40} weiter\b",
            r"leiten keine\b.{0,40} weiter\b",
            r"ne (?:relayons|relaie|transmettons|relaye) pas\b",
            r"no (?:retransmitimos|reenviamos|reenvía|retransmite)\b",
            r"non (?:inoltriamo|inoltra|ritrasmett)\w{0,4}\b",
            r"não (?:encaminhamos|retransmitimos|reencaminhamos)\b",
            r"(?:sturen|stuurt) geen\b.{0,30} door\b",
            r"nie (?:przekazujemy|przesyłamy)\b",
            r"\b(?:nepřeposíláme|nepředáváme|nepreposielame)\b",
            r"vidarebefordrar (?:inte|ingen|inga)\b",
            r"videresender (?:ikke|ingen)\b",
            r"\bemme välitä\b",
            r"nem továbbít",
            r"nu (?:retransmitem|redirecționăm)\b",
            r"δεν (?:προωθούμε|αναμεταδίδ)",
            r"не (?:пересылаем|ретранслируем|пересилаємо|транслируем)\b",
            (
                r"(?:pass|carry|forward|transport) (?:no|on no) (?:mail|letters|messages) (?:on )?(?:for|of"
                r"|from) (?:strangers|others|outsiders)"
            ),
            (
                r"\b(?:only|just) (?:relays?|forwards?|carr(?:y|ies)|transports?|pass(?:es)? on) (?:mail |messages )?for\b"
            ),
            (
                r"(?:do not|don't|never) (?:pass on|carry|forward|transport|relay) (?:mail|letters|messages"
                r"|anything) (?:for|of|from)\b"
            ),
        ),
    ),
    Rule(
        "banned-abroad",
        Reason.BAD_REPUTATION,
        "notices of administrators: the sending host or its network is shut out",
        (
            r"\d\.\d{1,3}\]? (?:is|was|has been) (?:banned|barred|shut out)\b",
            (
                r"(?:ip|ip-adresse|adresse ip|dirección ip|indirizzo ip|endereço ip|ip-adres|server|serveur|servidor"
                r"|netz|réseau"
                r"|red|rete|rede|netwerk|sieć|síť|nätverk|netværk|nettverk|verkko|hálózat|rețea|сеть|сервер|мереж"
                r"|адрес|serwer|ağ|δίκτυ)\w{0,6}\b.{0,60}<banned>"
            ),
            (
                r"\b(?:your|the) (?:whole |entire )?(?:network|server|host|ip|address range|provider|subnet|system)\b.{0,60}"
                r" (?:shut out|barred|locked out|excluded|banned|kept out|not let in|not admitted)\b"
            ),
        ),
    ),
    Rule(
        "bad-domain-abroad",
        Reason.BAD_DOMAIN,
        "notices of providers and administrators: the domain was given up",
        (r"<site>\b(?!.{0,30}<sender>).{0,80}(?:<absent>|<closed>)",),
    ),
    Rule(
        "account-closed-abroad",
        Reason.CLOSED_ACCOUNT,
        "notices of offices, schools and firms: the person has left, the mailbox was deleted",
        (
            r"(?:person|employee|colleague|teacher|pupil|student|staff member|member)\b.{0,20} (?:is|are) no longer\b",
            (
                r"(?:hat|haben) (?:die|das|den|unser\w{0,3}) (?:firma|haus|unternehmen|schule|betrieb|amt|verein"
                r"|kanzlei)\w{0,3} verlassen\b"
            ),
            (
                r"<box>\b(?!.{0,80}(?:anhang|anhänge|liste|lista|adjunt|allegat|bijlage|załącznik|вложен|спис|attach"
                r"|queue|table"
                r"|header|filter)).{0,80}<closed>"
            ),
            r"<closed> .{0,20}<box>",
            (
                r"(?:arbeitet|ist|sind) (?:\S{1,15} ){0,2}nicht mehr (?:bei uns|(?:in|im|für|am|an) "
                r"(?:unser\w{0,3}|diese\w|dem|der|haus|hause)\b)(?! (?:erreichbar|verfügbar|aktiv))"
            ),
            (
                r"(?:hat|haben) (?:das|die|den|unser\w{0,3}) (?:ministerium|institut|universität|hochschule|klinik|praxis|büro"
                r"|verlag|redaktion|gesellschaft|gymnasium|behörde|agentur|team|konzern|geschäft)\w{0,3} verlassen\b"
            ),
            r"ne travaille plus (?:dans|chez|pour|avec|ici|au|à)\b",
            (
                r"a quitt. (?:l[ae] |l'|les |notre |nos )?(?:soci.t.|entreprise|cabinet|service|.tablissement|.cole"
                r"|universit.|effectifs|association|mairie|groupe|h.pital|agence|institut)"
            ),
            r"ya no trabaja (?:aqu.|en|con|para)\b",
            r"non lavora pi. (?:qui|con|per|presso|in|nella)\b",
            r"werkt niet (?:meer|langer) (?:bij|voor|hier|in)\b",
            r"n.o trabalha mais (?:na|no|aqui|conosco|connosco|para)\b",
            r"nie pracuje ju. (?:w|u|tutaj|tu)\b",
            r"больше не работает (?:здесь|\w{1,2})\b",
            (
                r"(?:existiert|existieren|besteht) (?:diese[srm]?|die|das|der|ihre?|unsere?) (?:[^.:!?]{0,40} )?"
                r"(?:adressen?|e-mail-adresse|mailadresse|postf.ch\w{0,2}|konto|mailbox|benutzer\w{0,5}) (?:[^.:!?]{0,20} )?nicht\b"
            ),
            (
                r"bestaat (?:dit|deze|het|de|uw) (?:[^.:!?]{0,40} )?(?:e-?mail-?adres|mailadres|adres|postvak|mailbox"
                r"|account|gebruiker|ontvanger) (?:[^.:!?]{0,20} )?niet\b"
            ),
            (
                r"(?:compte|bo.te(?: aux lettres| mail)?|adresse(?: e-?mail| mail)?|utilisateur) (?:d.finitivement )?"
                r"(?:supprim|ferm|r.sili|cl.tur)\w{1,3}(?:[.!]|$)"
            ),
            r"(?:addressee|owner|holder|recipient) (?:has |had )?left(?:[.!]|$)",
            r"<staff>\b[^:]{0,80}<left>",
            r"<person>\b[^:]{0,80}<left>",
            r"<staff>\b[^:]{0,60}<nomore>[^:]{0,30} <work>",
            r"<staff>\b[^:]{0,60}<work>.{0,15} <nomore>",
            r"<person>\b[^:]{0,60}<nomore>[^:]{0,30} <work>",
            r"<person>\b[^:]{0,60}<work>.{0,15} <nomore>",
            (
                r"(?:box|mail-? ?box|account|address|e-mail|inbox)\b[^:]{0,40} (?:removed|deleted|closed|wiped|erased"
                r"|taken away|dissolved)"
                r"\b(?!.{0,20}(?:from|by) (?:your|the sender)| to (?:out|non|str|the pub|ext|you))"
            ),
            (
                r"(?:employee|person|colleague|member|pupil|teacher|student|owner|holder|staff member"
                r"|user)\b[^:]{0,60} "
                r"(?:(?<!bytes )(?<!b )(?<!space )(?<!room )(?<!quota )(?<!days )(?<!messages )left(?! (?:his|her|their"
                r"|an?|no|it|for (?:the day|today|lunch|home))\b)|departed"
                r"|retired|graduated|resigned|passed away|died|moved on)\b"
            ),
        ),
    ),
    Rule(
        "unknown-user-own-words",
        Reason.INVALID_RECIPIENT,
        "notices of offices, schools and firms: nobody there has that address",
        (
            (
                r"(?:nobody|no one|no-one|none)\b[^:]{0,40} (?:has|have|uses|with|answers to) (?:this|that"
                r"|such an?) (?:address|name|mailbox)\b"
            ),
            (
                r"(?:nobody|no one|no-one|none) (?:here |at this (?:host|site|company) )?(?:has|have|uses) "
                r"(?:the |an? )?(?:e-?mail )?address <?@"
            ),
            r"(?:belongs|assigned|allotted|given) to (?:nobody|no one|no-one)\b",
            r"(?:niemand|keiner)\b[^:]{0,30} (?:diese|dieser|so eine) (?:e-?mail-?)?(?:adresse|name)\b",
            r"(?:unter|hinter|zu) dieser (?:e-?mail-?|mail)?adresse\b.{0,20} kein",
            r"keine[mnr] (?:mitarbeiter|benutzer|nutzer|person|postfach|konto)\w{0,3} zugeordnet\b",
            r"personne\b.{0,20} n'a (?:cette|une telle) adresse\b",
            r"nadie\b.{0,20} tiene (?:esta|esa) (?:direcci.n|cuenta)\b",
            r"nessuno\b.{0,20} ha questo indirizzo\b",
            r"ningu.m\b.{0,20} tem (?:este|esse) endere.o\b",
            r"niemand\b.{0,20} heeft dit (?:e-?mail)?adres\b",
            r"ingen\b.{0,20} har (?:den|denna|denne) (?:adress|mailadress|e-postadress)\w{0,3}\b",
            r"нет (?:сотрудник|человек|пользовател|ученик|работник)\w{0,4}\b.{0,20} (?:адрес|им[ея])",
            r"not (?:on|in) (?:our|the|any of our) (?:books|rolls?|roster|register|records|payroll|phone book|files)\b",
            (
                r"no (?:mail ?box|account|user|inbox|person|owner|one) (?:is )?(?:behind|attached to|connected (?:to"
                r"|with)|belongs to|at the end of)\b"
            ),
            r"\bthere is nobody behind\b",
            r"(?:isn't|is not|aren't|are not) any <who>\b[^.:]{0,12} (?:name|here|address)\b",
            (
                r"(?:do|does) not (?:show|have|know|contain|list) (?:an?|any|such an?) (?:user|mail ?box|account|recipient|address"
                r"|employee|member)\b[^.:]{0,12} (?:name|address)\b"
            ),
            (
                r"(?:have|has|know|knows) no (?:\S{1,12} )?(?:employee|user|mail ?box|account|customer|member|recipient|pupil"
                r"|student) (?:with (?!(?:space|room|quota|a|an|any)\b)|by |of |under |called |named )"
            ),
            (
                r"no (?:pupil|teacher|student|employee|member|person|colleague|customer|user|patient|tenant|resident"
                r"|one|account"
                r"|mail ?box)\b[^:]{0,40} (?:with|at|under|of|by|has|have|uses) (?:this|that|such an?) (?:e-?mail "
                r"|mail )?(?:address|name)\b"
            ),
            (
                r"not (?:one of|among|any of) (?:the |our )?(?:\S{1,12} ){0,2}(?:persons?|people|users|members|groups"
                r"|employees|customers"
                r"|mailboxes|addresses|accounts|recipients|pupils|students)\b"
            ),
            (
                r"(?:keine?n?|aucune?|ning[uú]na?|nessuna?|nenhuma?|geen|żadn|žádn|ingen|inget|inga|nincs|niciun"
                r"|никакого|жодн)\w{0,3}"
                r" (?:<staff>|<person>)\b[^:]{0,40} (?:adres|naslov|direcci|indirizzo|endere|cím|адрес|διεύθυν|mailadres|e-?mail)"
            ),
        ),
    ),
    Rule(
        "unknown-list-abroad",
        Reason.INVALID_RECIPIENT,
        "list managers and their administrators: there is no such list",
        (
            (
                r"(?:mailingliste|verteiler|liste de diffusion|lista de (?:correo|distribu|emails)"
                r"|lista di distribuzione|mailinglijst"
                r"|lista (?:mailingow|dyskusyj)|e-postlista|postliste|sähköpostilista|levelezőlista|список рассылки"
                r"|рассылк)\w{0,5}\b"
                r"[^:]{0,40}(?<!les )(?<!los )(?<!gli )(?<!os )<absent>"
            ),
        ),
    ),
    Rule(
        "recipient-moved-abroad",
        Reason.RECIPIENT_MOVED,
        "notices of administrators: moved for good, the new address is told",
        (
            r"(?:novo|nuevo|nueva|nuovo|nouvelle) (?:endere.o|direcci.n|indirizzo|adresse)\b",
            (
                r"(?:yeni|nová|nový|ny|nya|uusi|új|noua|noul|νέα|новый|новая|нова|нов|nova|naujas|jauna"
                r"|uus) (?:e-?mail-? ?|mail)?"
                r"(?:adres|adresa|adress|adresse|osoite|cím|διεύθυνση|адрес|адреса|naslov|adrese|aadress|adreça)\w{0,4}\b"
            ),
            (
                r"(?:endgültig|définitivement|definitivamente|definitief|na stałe|natrvalo|for godt|pysyvästi"
                r"|véglegesen|definitiv"
                r"|окончательно|назавжди|kal\wc\w)\b.{0,20}(?:umgezogen|déménag|mudad|trasferit|mudou|verhuisd|przeni"
                r"|přest|flytt|muutt"
                r"|költöz|mutat|переехал|переїхав|taş\wnd)"
            ),
            r"(?:address|mailbox|account|user) (?:has )?moved (?:for good|permanently|away)",
        ),
    ),
    Rule(
        "spam-abroad",
        Reason.SPAM_CONTENT,
        "notices of filters: taken for junk",
        (
            r"<junk>",
            (
                r"(?:<unwanted>|\b(?:verboten|unzul.ssig|gesperrt|verd.chtig)e[nmrs]?) (?:links?|url|anhang|anh.nge?"
                r"|datei(?:en)?|inhalte?|w.rter"
                r"|lien|fichier|contenu|enlace|contenido|adjunto|archivo|allegat[oi]|collegament[oi]|contenut[oi]|conte.do|anexo|bijlagen?"
                r"|inhoud|bilag[ao]r?|inneh.ll|lenke|vedlegg)\b"
            ),
            (
                r"\b(?:liens?|fichiers?|contenus?|enlaces?|contenidos?|adjuntos?|archivos?|allegat[oi]|contenut[oi]|conte.dos?|anexos?)"
                r" (?:<unwanted>|interdite?s?|prohibid[oa]s?|proibid[oa]s?|vietat[oi]|suspecte?s?|sospechos[oa]s?|sospett[oi])\b"
            ),
            r"\b(?:is|was|looks like|as|for) (?:junk|spam|unsolicited|bulk)\b",
            r"\bjunk ?(?:mail)?\b",
            r"垃圾(?:郵件|信件|电邮)",
        ),
    ),
    Rule(
        "waited-too-long",
        Reason.EXPIRED,
        "notices of administrators: it lay in the queue, and was given up",
        (
            r"<tried>.{0,40} <days>",
            r"<days>\b.{0,40}<tried>",
            r"(?:warteschlange|file d'attente|wachtrij|kolejce|frontě|очереди|черзі)\b",
            r"waited\b.{0,30} (?:in|on) (?:our|the|this) queue\b",
            r"tried (?:\w{1,10} ){0,3}for (?:\w{1,10} ){1,2}(?:days|hours|weeks)\b",
            r"(?:in|on) (?:our|its|this|my) (?:mail )?queue (?:too long|for|since|\d)",
            r"(?:stopped|given up|gave up|ceased|abandoned) (?:trying|our attempts|all attempts)",
        ),
    ),
)
