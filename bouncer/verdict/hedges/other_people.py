"""Words for people beside the recipient, and for what a person does or wants: they say nothing of the recipient's address."""

_RELATED = (
    "(?:assistent|assistant|asistent|ассистент|асистент|sekret|secret|секретар|chef|jefe|jefa|capo|baas|szef|šéf|sjef|начальни"
    "|müdür|vorgesetzt|supérieur|superior|przełożon|nadřízen|kolleg|collègue|colega|collega|kolega|kolegyn|коллег|колег|colleg"
    "|coleg|συνάδελφ|nachfolg|vorgäng|successeur|prédécesseur|sucesor|predecesor|successor|predecess|opvolger|voorganger|następc"
    "|poprzedni|nástup|předchůd|преемни|предшественни|stellvertret|vertret|remplaç|sustitut|sostitut|zastęp|zástup|заместител"
    "|ehefrau|ehemann|frau|femme|mari|esposa|marido|moglie|marito|vrouw|żona|mąż|manžel|жена|муж)"
)
"""Beginnings of words for people around a person; the house's "our employee" is the recipient, "her colleague" is not."""

_EMPLOYED = (
    "(?:mitarbeiter|employé|emplead|medewerker|medarbeid|medarbejd|colaborador|collaborat|pracowni|zaměstnan|сотрудни|работни"
    "|angajat|çal\\w?şan)"
)
"""Beginnings of words for those who work for somebody: "her employee", but not "an employee of the house"."""

OTHER_PEOPLE = (
    # the person does something, or is not the one who is written to
    (
        r"who (?!(?:is|was|are|were|has|have|had|does|did|do|used|left|held|owned|works?|worked|lives?|lived)\b)"
        r"[a-z]{3,20} (?:you|your|this|these|the|us|it|no)\b"
    ),
    r"why\b",
    r"(?:exist|found|known|listed|registered|valid) (?:in|on|at|with) your\b",
    r"@[>)]? (?:does not|doesn't) (?:know|recogni[sz]e|trust|want|like)\b",
    (
        r"(?:user|recipient|person|owner|subscriber|member|he|she) (?:has |have )?(?:closed|deleted|removed|cancell?ed|ended"
        r"|terminated) (?:you|(?:the|this|that|your|an?|our)"
        r" (?!(?:\S{1,14} ){0,2}(?:account|mail ?box|inbox|address|alias|service|contract|subscription)))"
    ),
    (
        r"left (?:the|this|that|your|our|an?) (?!(?:\S{1,20} ){0,2}(?:compan|firm|organi|school|universit|departm|institut|office"
        r"|business|club|societ|house|team|bank|hospital|city|council|service|associat|ministr|museum|agenc|practice|group|college|facult"
        r"|factor|shop|staff|employ|job|post|countr|@|e-?mail|mail|domain|address|[\w-]{1,40}\.[a-z]))\w"
    ),
    r"moved (?:to|into) (?:another|a new|the) (?:department|office|team|floor|room|desk|building|class)\b",
    r"moved (?:your|this|it)\b",
    (
        r"no (?!user|recipient|mail|account|address|person|one\b|alias|member|subscriber|local|employee"
        r"|customer|e-?mail|student|such\b)[a-z]{3,20} (?:by|of|with) (?:that|this) name\b"
    ),
    (
        r"(?:sie sind|vous êtes|usted es|lei è|você é|u bent|вы|ви) (?:\S{1,14} ){0,3}"
        r"(?:unbekannt|inconnu|desconocid|sconosciut|desconhecid|onbekend|неизвестн|невідом)"
    ),
    r"(?:votre|ihr|su|il suo|seu|uw) (?:nom|name|nombre|nome|naam)\b",
    r"(?:von unbekannten|d'inconnus|de desconocidos|de desconhecidos|da sconosciuti|van onbekenden)\b",
    (
        r"(?:(?:verteiler|gruppe|liste|chat|unterhaltung|besprechung|kanal) verlassen"
        r"|(?:quitté|abandonado|abbandonato|deixou|verlaten) (?:la |le |el |il |a |o |de |het |cette |ce )?"
        r"(?:list|lijst|group|grup|gruppo|conversa|discuss|canal|chat))"
    ),
    r"(?:mit ihnen|avec vous|con usted|con lei|com você|met u|с вами)\b",  # noqa: RUF001 -- Russian
    r"(?:postmaster|administrator|admin)s? (?:who|that)\b",
    r"(?:moderator|owner|approver|sponsor|administrator) of (?:this|the|that) (?:group|list|guest)\b",
    r"you asked us to\b",
    r"(?:address|mail-? ?box|account) for (?:replies|answers|bounces|complaints|receipts)\b",
    r"has a member\b",
    r"(?:group|list) members?(?![\w-])",
    # the account that the message was sent with, and another address of the recipient's
    (
        r"(?:account|user|mail-? ?box|login|address) (?:that|which|who) (?:has |had )?"
        r"(?:submitted|submits|sent|sends|relayed|relays|wrote|authenticated|logged)\b"
    ),
    r"you (?:use|used|are using|have used) (?:for|to) (?:send|submit|relay|log|sign|authenticat)",
    r"\S{1,64}'s (?:new|other|second|private|home|forwarding) (?:e-?mail )?(?:address|mail-? ?box|account)\b",
    r"you (?:no longer|do not|don't) (?:work|live|belong)\b",
    r"\S{1,40}'s (?:old|former|own) (?:department|company|school|firm)\b",
    # somebody beside the recipient: "jane's assistant has left", "her manager no longer works here"
    (
        r"(?:\S{1,64}'s|\S{1,64}s'|his|her|their|its|your|(?:assistant|secretary|manager|boss|deputy|predecessor|successor|wife"
        r"|husband) (?:of|to)) (?:(?:\S{1,40}|team|line|former|new|old|personal|co-?) ){0,2}"
        r"(?:assistant|secretary|manager|boss|chief|head|leader|lead|supervisor|superior|director|deputy|predecessor|successor"
        r"|colleague|co-?worker|contact|partner|wife|husband|spouse|brother|sister|son|daughter|father|mother|friend|neighbou?r"
        r"|trainer|tutor|mentor|advisor|agent|representative|lawyer|doctor|dentist|landlord|supplier|client|team|teacher|coach"
        r"|intern|trainee|substitute|replacement)s? (?:\S{1,40} ){0,4}"
        r"(?:left|no longer|retired|departed|resigned|passed away|died|moved|not|n't|doesn't|isn't|unknown|gone|deceased)\b"
    ),
    (
        rf"(?:ihre?|seine?|deren|dessen|son|sa|leur|su|suo|sua|sue|seu|zijn|haar|hun|jego|jej|jeho|její|jejich|hans|hennes|hendes"
        rf"|deres|hänen|heidän|его|её|ее|их|його|її|їх|onun|lui|ei)"  # noqa: RUF001 -- Russian
        rf" (?:\S{{1,15}} )?(?:{_RELATED}|{_EMPLOYED})\w{{0,8}} .{{0,40}}(?:<left>|<nomore>|<closed>)"
    ),
    (
        rf"{_RELATED}\w{{0,8}} (?:von|vom|des|der|de|du|del|della|di|do|da|van|af|av|till|til)"
        rf" (?!(?:unser|notre|nos|nuestr|nostr|noss|ons|onze|la empresa|la firma)\w{{0,4}}\b).{{0,40}}(?:<left>|<nomore>|<closed>)"
    ),
    rf"{_RELATED}\w{{0,8}} (?:l'|d')?<person> .{{0,40}}(?:<left>|<nomore>|<closed>)",
    rf"{_RELATED}\w{{0,4}} (?:του|της|dela|dele|ei|lui)\b .{{0,40}}(?:<left>|<nomore>|<closed>)",
    # the box of such a person: "the mailbox of the assistant was closed"
    (
        r"(?:mail-? ?box|inbox|account|address|login|user) (?:of|for) (?:the |his |her |their |your |an? )?"
        r"(?:(?!our )\S{1,14} ){0,1}(?:assistant|secretary|manager|boss|supervisor|deputy|predecessor|successor"
        r"|colleague|co-?worker"
        r"|partner|wife|husband|spouse|substitute|replacement|delegate|trainee|intern|moderator|approver|sender|author)\b"
    ),
    # the sender itself: "you have no account with us", "no mailbox that belongs to you", "no account for the client host"
    (
        r"you (?:(?:do not|don't|did not|didn't|no longer|never) )?(?:have|had|own|hold) (?:no |an? |any |such an? |your )?"
        r"(?:\S{1,12} ){0,1}(?:account|mail-? ?box|inbox|login|user)\b"
    ),
    (
        r"(?:account|mail-? ?box|inbox|address|login|user)(?:s|es)? "
        r"(?:of yours|(?:that |which )?belong(?:s|ing) to you|under your name|for you)\b(?! to)"
    ),
    r"for (?:the |this |your )(?:client|connecting|sending|submitting)\b",
    r"your (?:own )?(?:contract|licen[cs]e|customer number|membership) ",
    r"log ?in (?:first|before)|before you (?:send|submit|relay)\b",
    # the will of the person: "nobody here by that name wants your mail", "unknown to have asked for it"
    r"to have (?:opted|requested|asked|subscribed|consented|agreed|ordered|signed)\b",
    (
        r"(?:wants?|wanted|wishes|wished|expects?|asked for|requested|ordered|reads?|opened|likes?) (?:for )?"
        r"(?:your|this|such|any of your) (?:\S{1,12} )?(?:mails?|messages?|e-?mails?|letters?|offers?)\b"
    ),
)
"""Words for somebody else, or for an act or a wish: "her assistant has left", "nobody by that name wants your mail"."""
