# ruff: noqa: RUF001 -- words in Cyrillic
"""Statements made of classes of words, about a domain, a mailbox or a person that is not there (``composed.py`` has the others)."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

_THIS = {
    "German": "(?:den|die|das|diese[nrs]?|einen solchen|eine solche|ein solches)",
    "French": "(?:l'|le |la |ce |cet |cette |un tel |une telle )",
    "Spanish": "(?:al |a la |a este |a esta |a ese |el |la |este |esta |ese |esa |tal )",
    "Italian": "(?:il |la |l'|lo |questo |questa |quest'|tale )",
    "Portuguese": "(?:o |a |este |esta |esse |essa |tal )",
    "Dutch": "(?:de|het|deze|dit|die|dat)",
}
"""Determiners of a noun for the recipient."""
_NOT_SENDERS = r"(?!.{0,12}<sender>)"
"""No noun of the sender may follow: "wir kennen diese Adresse nicht | als Absender"."""

RULES = (
    Rule(
        "composed-domain",
        Reason.BAD_DOMAIN,
        "a domain, and that it is not there: any words of the two classes",
        (
            (
                r"\bdomain(?: name)? (?:[a-z0-9.-]{3,80} )?(?:was|has been|is)(?: no longer)? (?:\w{2,10}ly )?(?:given up|abandoned"
                r"|dissolved|deleted|cancell?ed|dropped|vanished|released|returned to the registry|wound up)"
                r"(?=\W{0,3}$|[.,;:!])"
            ),
            r"(?:is|was) (?:not|no longer) a domain (?:that|which|name)\b.{0,20} (?:exists?|is registered|is in use)\b",
        ),
    ),
    Rule(
        "composed-absence",
        Reason.INVALID_RECIPIENT,
        "a mailbox or a person, and that it is not there: any words of the two classes",
        (
            (
                r"(?:<holder>|@)\W{0,2} (?:does|do|did)(?: not|n't) (?:feature|figure|appear|occur|show up|turn up) "
                r"(?:in|on|among|anywhere|at|with|here)\b(?! (?:our|the|this|your) (?:\w{3,12} )?(?:list of|whitelist|allow))"
            ),
            r"<holder><youmeant>:? (?:<be> |has |have |had ){0,2}(?:\w{2,12}ly )?<vanished><herewith>",
            r"<holder><youmeant> <be> (?:\w{2,12}ly )?<ended> (?:in|on|last|by|years?|(?:an?|one|\d{1,3}|some|many) \w{3,7} ago)\b",
            (
                r"<holder><youmeant> (?:[^\s.;:]{1,40} )?(?:is|was|has|had|has been|could|can|were)(?: not|n't| never) "
                r"(?:be |been |yet been )?<setup><herewith>"
            ),
            (
                r"(?:person|employee|colleague|@)[>)\"']{0,2}[^:]{0,60}\b(?:is|was) (?:not|no longer) (?:\w{3,8} )?"
                r"(?:with|at|employed (?:by|at)|working (?:for|at)|part of|a member of|in) (?:us|our|this|the) ?(?:\w{3,20} ){0,2}"
                r"(?:any ?more|any longer)\b"
            ),
            (
                r"<holder><youmeant> <be> (?:struck|removed|deleted|dropped|taken|crossed|erased) (?:off|from|out of) "
                r"(?:our|the|this) (?:\w{3,12} )?(?:directory|address ?book|register|registry|records|books|roll|roster|payroll"
                r"|system)"
                r"(?=\W{0,3}$|[.,;:!])"
            ),
            (
                r"(?:<holder>|@) (?:is |was )?not (?:among|one of|listed among|part of) (?:our|the|this) (?:\w{3,12} ){0,2}"
                r"(?:subscribers|users|customers|members|people|employees|students|mail ?boxes|accounts|recipients|addresses|staff)"
                r"(?=\W{0,3}$|[.,;:!])"
            ),
            (
                r"@[>)\"']{0,2} is (?:not (?:someone|somebody|anyone|anybody|a person|a name|an address)|no one"
                r"|nobody) (?:that |whom |who )?"
                r"(?:we|i|this (?:system|server|host)) (?:knows?|serves?|hosts?|ha(?:s|ve)|recogni[sz]es?)\b"
            ),
        ),
    ),
    Rule(
        "composed-unfound",
        Reason.INVALID_RECIPIENT,
        "a system that has no such mailbox or person: any words of the classes",
        (
            r"@[>\x29\"']{0,2}: (?:nobody|no one|no-one)(?: here| there)?(?=\W{0,3}$)",
            (
                r"\bno <holder> (?:answering|responding|listening|going|registered|known|listed) (?:to|by|under|with) "
                r"(?:this|that|such an?) (?:name|address)\b"
            ),
            r"neither (?:an? )?<holder> nor (?:an? )?<holder>(?:<herewith>|(?= (?:for|of) \W{0,2}@))",
            r"no (?:\S{1,20} here and no )?@(?: either)?<herewith>",
            (
                r"(?:recipient|user|mail ?box|address|account) (?:look-?up|search|check|query)(?: result)?: (?:negative|none"
                r"|nothing|empty)(?=\W{0,3}$|[.,;!])"
            ),
            (
                r"(?:stopped|ceased|quit|gave up|given up|no longer) (?:serving|hosting|carrying|supporting|serves?|hosts?) "
                r"(?:this|the|that|his|her) <holder>(?=\W{0,3}$|[.,;:!]| (?:in|on|last|since|when|years?)\b)"
            ),
            (
                r"(?:has|have|had) (?:\w{2,10}ly )?(?:deleted|closed|erased|dissolved|abandoned|wiped|terminated|given up) "
                r"(?:this|that|his|her|its|their) <holder>(?=\W{0,3}$|[.,;:!]| (?:in|on|last|years?)\b)"
            ),
            (
                r"<denies> (?:\w{3,10}ly |ever )?<know> (?:any |an? |such an? |such |the |this |that |of )?(?:\w{3,12} )?"
                r"(?:<holder>|name|login|someone|somebody|anyone|anybody)<herewith>"
            ),
            (
                r"<finds> (?:no|not a single|not one|not any|never an?|none of) (?:such |valid |matching |known )?(?:<holder>"
                r"|entry)"
                r"(?:<herewith>|(?= (?:for|under|at|with) (?:the|this|that|your|such an?) (?:\w{3,12} )?(?:recipient|address"
                r"|user|name)\b))"
            ),
            r"there has never been (?:such )?(?:an? )?<holder><herewith>",
            (
                r"(?:nobody|no one|no-one|none|no human|not a soul) (?:here |there |with us |in this \w{3,12} )?"
                r"(?:answers to|goes by|bears|carries|responds to|listens to|is known (?:as|under|by)|is called|is named|uses|owns)"
                r" (?:the (?:name|address)(?: of)? \W{0,2}@|(?:this|that|such an?) (?:name|address)\b(?! \W?\d)|\W{0,2}@)"
            ),
            (
                r"(?:look-?ups?|search|quer(?:y|ies)|check) (?:of|for|on|about) (?:the |this |that )?(?:<who> )?\W{0,2}@?\W{0,2} ?"
                r"(?:in \S{1,40} |in the \S{1,40} )?(?:returned|returns|gave|gives|found|finds|yielded|yields|brought|produced"
                r"|showed|shows|came back with|came up with|was|is|came back) <nought>\b"
            ),
            r"(?:have|has) no (?:idea|clue|knowledge) who @[>)\"']{0,2} (?:is|was|might be|could be)\b",
            r"(?:name|address) \W{0,3}@\W{0,3} (?:means nothing|says nothing|rings no bell|is new) to (?:us|me|this)\b",
            r"who is @\?",
        ),
    ),
    Rule(
        "composed-unfound-abroad",
        Reason.INVALID_RECIPIENT,
        "the same in other languages: nobody has the name, we do not know the address",
        (
            rf"\bkenn(?:t|en) {_THIS['German']} (?:\w{{3,20}} )?<person> (?:leider |hier )?nicht\b{_NOT_SENDERS}",
            r"\bkenn(?:t|en) (?:hier |leider )?keine?n? (?:solche[ns]? )?<person>",
            (
                rf"\bk(?:o|ö|oe)nn(?:t|te|ten|en) {_THIS['German']} (?:\w{{3,20}} )?<person> (?:\S{{1,15}} ){{0,3}}"
                r"nicht (?:finden|ermitteln)\b"
            ),
            r"\bkeine?n? (?:passende|entsprechende|zugehörige)[nrs]? <person> (?:gefunden|vorhanden|bekannt|registriert)\b",
            r"\bnicht (?:mehr )?existierende[nrs]? <person>",
            rf"\bes {_THIS['German']} <person> (?:hier |bei uns )?nicht (?:mehr )?gibt\b",
            rf"\bne conna(?:î|i)(?:t|ssons) pas {_THIS['French']}<person>\b{_NOT_SENDERS}",
            r"\bpas (?:de |d')<person> (?:@|(?:à|de) ce nom\b|nommée? )",
            r"\baucune? <person> correspondante?\b",
            rf"\bno conoc(?:e|emos|en) {_THIS['Spanish']}<person>\b{_NOT_SENDERS}",
            rf"\bno (?:hemos|se ha|han) (?:podido )?encontra(?:do|r) {_THIS['Spanish']}<person>\b{_NOT_SENDERS}",
            rf"\bnon conosc(?:e|iamo) {_THIS['Italian']}<person>\b{_NOT_SENDERS}",
            rf"\bnon (?:abbiamo|ha|è stato possibile) trova(?:to|re) {_THIS['Italian']}<person>\b{_NOT_SENDERS}",
            r"\bnessuna? <person> corrispondente\b",
            rf"\bn(?:ã|a)o (?:encontramos|encontrou|conhecemos|conhece|achamos) {_THIS['Portuguese']}<person>\b{_NOT_SENDERS}",
            rf"\bkenn?(?:t|en) {_THIS['Dutch']} <person> (?:hier )?niet\b{_NOT_SENDERS}",
            rf"\bk(?:on|onden|an) {_THIS['Dutch']} <person> (?:\S{{1,12}} ){{0,3}}niet vinden\b",
            (
                r"@[>\x29\"']{0,2}:? (?:(?:ist|sind|est|es|è|é|is|är|er|jest|je|wurde|werd|hier|bei uns|leider|ici|aquí|aqui"
                r"|qui|här"
                r"|her|nie|ne|fue|foi|a été|è stato|blev) ){0,3}(?:<absent>|<closed>)"
                r"(?=\W{0,3}$|[.,;!]| (?:mehr|hier|bei uns|ici|chez nous|aqu.|qui|da noi|här|her|hos oss|hos os|tutaj|zde|здесь"
                r"|burada|meer)\b)"
            ),
            (
                r"(?:gibt es|gibt's|existiert|existieren|kennen wir|haben wir|finden wir|connaissons|n'existe|conocemos|esiste"
                r"|existe|existuje"
                r"|istnieje|finns|findes|finnes|bestaat|er is|kennen wij) \W{0,2}@\W{0,2} (?:\S{1,10} ){0,2}"
                r"(?:nicht|keinen|pas|plus|inte|ikke|niet|geen)(?=\W{0,3}$|[.,;:!]| (?:mehr|hier|bei uns|längre|lenger|længere"
                r"|meer)\b)"
            ),
            (
                r"(?:ne connaissons pas|ne conna.t pas|no conocemos|no conoce|non conosciamo|non conosce|não conhecemos|não conhece"
                r"|kennen wir nicht|kennen (?:wir )?keine\w?|kennt (?:diese\w? )?nicht|kent geen|kennen geen|nie znamy|neznáme"
                r"|känner inte(?: till)?|kjenner ikke|kender ikke|emme tunne|не знаем|не знаємо|nem ismerjük|nu cunoaștem)"
                r":? (?:\S{1,12} )?(?:<person>|\W{0,2}@)(?=\W{0,3}$|[.,;:!]| (?:@|hier|ici|aqu.|qui|aqui|här|her|тут|здесь)\b)"
            ),
            (
                r"(?:personne|nadie|nessuno|ninguém|niemande?n?|nikt|nikdo|ingen|kukaan|senki|nimeni|никого?) (?:\S{1,10} ){0,2}"
                r"(?:de ce nom|à ce nom|con ese nombre|con este nombre|de ese nombre|con questo nome|di questo nome"
                r"|com esse nome|com este nome|mit diesem namen|dieses namens|met die naam|met deze naam"
                r"|o takim nazwisku|o takim imieniu|toho jména|med det navn|med dette navn(?:et)?|med det namnet|с таким именем"
                r"|(?:du nom de|namens|genannt|llamado|chiamato|genaamd|nommé) \S{1,64})"
                r"(?=\W{0,3}$|[.,;:!]| (?:hier|ici|aqu.|qui|aqui|bei uns|chez nous|da noi|här|her|tutaj|zde|здесь)\b)"
            ),
        ),
    ),
)
