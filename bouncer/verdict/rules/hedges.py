"""Words of doubt, of time and of other causes: a statement beside them is not asserted, not for good, or about something else."""

DOUBT = (
    r"perhaps\b",
    r"possibly\b",
    r"probably\b",
    r"presumably\b",
    r"maybe\b",
    r"whether\b",
    r"cannot tell\b",
    r"can't tell\b",
    r"(?:polic(?:y|ies)|blocked|filter(?:ed)?|spam|refused|denied|greylist\w{0,3})[)\]]",
    r"not sure\b",
    r"it may be\b",
    r"could be that\b",
    r"(?:may|might|could) (?:also )?be an? (?:unknown|invalid|bad|wrong|misspelt|misspelled|non-?existent|closed|deleted)\b",
    r"(?:never|do not|don't|cannot) (?:say|assume|believe|think|conclude|claim)\b",
    r"(?:user|mailbox|account|recipient|address) (?:does exist|exists,? but)\b",
    r"(?:unknown|exists?|invalid|wrong|misspelt|misspelled|closed|deleted)\?",
    r"(?:may|might|could|can|usually|often|normally|typically) (?:also )?(?:just |simply )?(?:mean|happen|occur)",
    r"(?:may|might)(?: not (?:be|exist|have)| be (?:unknown|invalid|wrong|misspelled|closed|deleted|gone|that))\b",
    r"(?<!check )(?<!see )if (?:(?:the|this|that|your|such an?|no) )?(?:user|mailbox|account|recipient|address|domain)\b\b",
    r"(?:is|was|were|are|been|account|mailbox|user|address) not (?:closed|deleted|unknown|terminated|cancell?ed|gone)\b",
    r"not (?:a|the) case of\b",
    r"would (?:see|get|read|receive) if\b",
    r"should (?:the|this|that|your) (?:user|mailbox|account|recipient|address|domain) (?:not|be|have|no longer)\b",
    r"(?:of|among) your (?:\d{1,6} |many |other )?(?:recipients|addresses|users|contacts)\b",
    (
        r"(?:closed|deleted|removed|terminated|cancell?ed|retired|unknown) (?:user|mail ?box|account|address) (?:looks?|seems?"
        r"|(?:has been|was|is) re-?opened|has been opened|gets|means|is not|was not)\b"
    ),
    (
        r"(?:when|before|once|until|till|as soon as|whenever) (?:the|this|that|your|an?) "
        r"(?:user|mail ?box|account|recipient|address) (?:is|was|has been|had been)\b"
    ),
    r"(?:nearly|almost)\b",
    r"(?:nobody|no one|no-one) (?:has |have )?(?:closed|deleted|removed|cancell?ed)\b",
    r"never (?:been )?(?:unknown|closed|deleted|removed)\b",
    r"(?:copy|quote|quotation|part) of an? (?:bounce|report|notice)\b",
    r"forwarded (?:report|message|mail|notice|bounce)\b",
    r"(?:complaint|claim|belief|idea|impression|assumption|lie|rumou?r) that\b",
    r"(?:called|calling) back\b",
    r"404 not found\b",
    r"to (?:you|spammers?|strangers?|outsiders?) (?:this|the|there|no)\b",
    r"(?<!error )(?:message|letter|mail|report|text|body) (?:said|says|reads|stated|states|quotes): ",
    r"but (?:is|has been|will be|was) (?:\S{1,12} )?(?:back|restored|re-?opened|re-?activated|re-?created|active)\b",
    r"(?:folder|file|directory|database)\b.{0,40} fail(?:ed|s)[:;,] (?:it|which|this)\b",
    r"unless\b",
    (
        r"(?:would|should|might|may|must|can|could|shall|needs? to|has to|is to) (?:not )?(?:be|have been) (?:\S{1,12} )?"
        r"(?:closed|deleted|removed|terminated|cancell?ed|retired)\b"
    ),
    r"had (?:the|this|that|your|such an?|his|her) (?:user|mail ?box|account|recipient|address)\b",
    r"(?:do|did) you (?:know|see|think|believe)\b",
    r"(?:is|was|are|were|has|have|had|does|did|do) (?:the|this|that|your|he|she|it|they)\b[^.!?]{0,100}\?",
    r"(?:ist|sind|wurde|hat|haben|existiert|besteht|bestaat|est-ce que|c'è|esiste|existe|bestaat|czy|является)\b[^.!?]{0,100}\?",
    r"(?<!\w)\u00bf",
    r"(?:not the case|by no means|in no way|contrary to)\b",
    # the absence is denied
    r"nicht (?:gelöscht|geschlossen|entfernt|gekündigt|aufgelöst)\b",
    r"keineswegs\b",
    r"(?:pas été|n'est pas) (?:supprim|ferm|clôtur|résili)",
    r"no (?:ha sido|fue|está) (?:eliminad|cerrad|cancelad|borrad)",
    r"não (?:foi|está) (?:exclu|encerrad|cancelad|removid|eliminad)",
    r"non (?:è|risulta) stat\w (?:chius|cancellat|eliminat|rimoss)",
    r"niet (?:verwijderd|gesloten|opgeheven)\b",
    r"nie został\w? (?:usuni|zamkni)",
    r"не (?:был\w? )?(?:удал|закры)",
    r"in case (?:the|this|that|an?) (?:user|mailbox|account|recipient|address)\b",
    r"when(?:ever)? (?:an?|no such) (?:user|mailbox|account|recipient|address)\b",
    r"would (?:get|be (?:told|given|answered))\b",
    r"(?:nobody|no one) (?:says?|said|claims?|claimed)\b",
    r"not true that\b",
    r"(?:falls|wenn|sofern) (?:die|das|der|diese\w?|eine?) <person>",
    r"(?:si|se) (?:l.|la |le |el |il |o |a |est[ae] |cette |cet )?<person>",
    r"als (?:het|de|dit|deze) <person>",
    r"(?:jeśli|jeżeli|pokud|jestliže|если|якщо|ha a|dacă|εάν) (?:\w{1,8} )?<person>",
    r"(?:如果|若|倘若)(?:该|該|此)?(?:用户|用戶|收件人|邮箱|郵箱|地址|[帐账帳][号戶户號])",
    r"(?:存在しない|見つからない)場合",
    r"(?:messages that (?:say|contain)|(?:body|subject) contains|your (?:text|letter|body|subject) (?:says|contains))\b",
    r"for another (?:address|recipient|user)\b",
    r"(?:one|some|two|three|most|many) (?:address(?:es)?|users?|recipients?) (?:of|in|among|from)\b",
    r"harvest\w{0,5}\b",
    r"vielleicht\b",
    r"möglicherweise\b",
    r"vermutlich\b",
    r"wahrscheinlich\b",
    r"eventuell\b",
    r"\bob (?:de[rmn]|die|das|diese)\b",
    r"peut-être\b",
    r"probablement\b",
    r"sans doute\b",
    r"quizás?\b",
    r"tal vez\b",
    r"posiblemente\b",
    r"probablemente\b",
    r"forse\b",
    r"probabilmente\b",
    r"talvez\b",
    r"provavelmente\b",
    r"misschien\b",
    r"waarschijnlijk\b",
    r"wellicht\b",
    r"być może\b",
    r"prawdopodobnie\b",
    r"możliwe\b",
    r"možná\b",
    r"možno\b",
    r"pravděpodobně\b",
    r"kanske\b",
    r"möjligen\b",
    r"måske\b",
    r"muligvis\b",
    r"kanskje\b",
    r"ehkä\b",
    r"mahdollisesti\b",
    r"(?<!не )может быть\b",
    r"возможно\b",
    r"вероятно\b",
    r"наверное\b",
    r"можливо\b",
    r"мабуть\b",
    r"belki\b",
    r"muhtemelen\b",
    r"talán\b",
    r"valószínűleg\b",
    r"poate\b",
    r"probabil\b",
    r"ίσως\b",
    r"πιθανώς\b",
    r"mungkin\b",
    r"có thể\b",
    r"かもしれ",
    r"可能性",
    r"おそらく",
    r"(?<!不)可能(?!な|で|と)",
    r"也许",
    r"也許",
    r"아마",
    r"수도 있",
)
"""Words of doubt: "perhaps the user does not exist"."""

FOR_NOW = (
    r"right now",
    r"at (?:the|this) moment",
    r"at present",
    r"for (?:now|the moment|the time being|today)",
    r"tomorrow",
    r"(?:will|shall) (?:soon )?be (?:closed|deleted|removed|terminated|retired|switched off)\b",
    r"(?:will|shall) (?:soon )?(?:leave|cease|no longer exist)\b",
    r"wird (?:\S{1,16} ){0,4}(?:geschlossen|gelöscht|aufgelöst|entfernt|abgeschaltet)\b",
    r"sera (?:\S{1,12} )?(?:fermé|supprimé|clôturé|résilié|effacé)",
    r"será (?:\S{1,12} )?(?:eliminad|cerrad|cancelad|borrad|suprimid|exclu|encerrad|removid)",
    r"(?:verrà|sarà) (?:\S{1,12} )?(?:chius|eliminat|cancellat|rimoss)",
    r"wordt (?:\S{1,12} ){0,3}(?:verwijderd|opgeheven|gesloten)\b",
    r"(?:zostanie|bude) (?:usuni|zamkni|zlikwid|zrušen|smazán|uzavřen)",
    r"kommer att (?:tas bort|raderas|stängas|avslutas)\b",
    r"(?:bliver|blir) (?:slettet|lukket|nedlagt)\b",
    r"(?:будет|буде) (?:\S{1,12} )?(?:удал|закры|закри|ликвид|видал)",
    r"(?:silinecek|kapat.{1,2}lacak)",
    r"[将將]被?(?:删除|刪除|关闭|關閉|注销|註銷|停用)",
    r"(?:削除|閉鎖|廃止)(?:される予定|されます|の?予定)",
    r"(?:삭제|폐쇄|해지)될",
    r"scheduled to be\b",
    r"(?:about|going) to (?:be (?:closed|deleted|removed|terminated)|close|delete|remove|leave)\b",
    r"(?:not|n't|longer) (?:\S{1,14} ){1,3}today\b",
    r"heute (?:leider )?(?:nicht|kein)",
    r"(?:aujourd'hui|hoy|oggi|hoje|vandaag|dziś|dnes|idag|i dag|tänään|сегодня|сьогодні|bugün|astăzi|σήμερα)\b",
    r"(?:本日|今日は|今天|오늘)",
    r"tonight",
    (
        r"until (?:noon|\d|further|tomorrow|then|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next|it|they|the|he|she"
        r"|payment|paid|we|january|february|march|april|may|june|july|august|september|october|november|december)"
    ),
    r"between \d{1,2}[:.]\d\d",
    r"(?:during|over|until after) (?:the |this |these |his |her |our )?(?:holidays?|vacations?|week|weekend|summer|winter|night)",
    (
        r"(?:closed|shut) (?:down )?for (?:the |this |these |his |her |our )?(?:holidays?|vacations?|weekend|summer"
        r"|winter|night|season|break|term)\b"
    ),
    r"(?:at|from) (?:his|her|their|my) (?:desk|office|post)\b",
    r"(?:is|are|am) (?:\S{1,12} ){0,6}(?:today|this week|this month|on (?:holidays?|vacation|leave))\b",
    r"temporar(?:y|ily)",
    r"(?:will|shall) have (?:left|been)\b",
    r"soon\b",
    r"for the (?:weekend|holidays?|season)\b",
    r"but came back\b",
    r"again later",
    r"try later",
    r"later today",
    r"next (?:day|week|month|monday)",
    r"(?:not|isn't|hasn't been|wasn't)(?: been)?(?: \w{3,15})? yet",
    r"yet\b",
    r"(?:at|before|after) (?:this hour|this time of (?:day|night)|\d{1,2}[:.]\d\d)\b",
    r"created (?:today|just now|only|recently|a few|an hour|minutes)\b",
    r"(?:verified|checked|found|reached|delivered|accepted|looked up) now\b",
    r"not yet",
    r"(?:during|for|since|because of) (?:\S{1,12} )?(?:maintenance|repairs?|fail-?over|restart|reboot|sync\w{0,15}|updates?)\b",
    r"back (?:on|at|in|by|after|again)\b",
    r"at this time\b",
    r"yesterday",
    r"in time\b",
    r"being (?:re-?)?synchroni[sz]ed",
    r"(?:anew|re-?created|rebuilt)",
    r"yet to be",
    r"pending",
    r"await(?:s|ing)",
    r"as long as",
    (
        r"(?:while|during|because|as|since|when) (?:\S{1,15} ){0,4}(?:moved|migrated|migrating|migration|rebuilt"
        r"|restored|upgraded?|maintained|maintenance|outage|down|offline|rebuild|repaired|moving|synchroni[sz]ed"
        r"|renewed)"
    ),
    (
        r"(?:is|are|was) (?:just |still |now )?being (?:\w{3,15} )?(?:set up|created|moved|migrated|restored|opened"
        r"|renewed|rebuilt|prepared)"
    ),
    (
        r"(?:will|shall|to) be (?:\S{1,15} ){0,2}(?:again|open(?:ed)?|re-?opened|created|active|(?:re-?)?activated"
        r"|available|restored|enabled|unlocked|back|ready|moved|known|valid)"
    ),
    r"(?:is|are|were|was|has) created (?:in|on|at|every|each)",
    r"(?:opens|starts|resumes|returns|works again|try again|retry|try) (?:again )?(?:on|at|in|after|from) ",
    r"for (?:the next )?(?:\d{1,3}|an?|one|two|three|a few|some|several) (?:minutes?|hours?|days?|weeks?)\b",
    r"(?:non-?|lack of |awaiting |un|missing |outstanding )(?:payment|paid)",
    r"(?:fee|bill|invoice|rent|subscription)s? (?:was|is|were|are|has|have) (?:\w{2,6} ){0,2}(?:not|un|over|due|outstanding)",
    r"not (?:been )?paid",
    r"(?:on|after|upon) (?:receipt|payment) of",
    r"after (?:the )?payment",
    r"noch nicht",
    r"derzeit",
    r"momentan",
    r"vorübergehend",
    r"während (?:de[rs]|eines)",
    r"solange",
    r"noch unbekannt",
    r"wird (?:\S{1,12} ){0,3}(?:umgezogen|verschoben|migriert|angelegt|eingerichtet|umgestellt|wiederhergestellt)",
    r"pour (?:l'instant|l'heure)",
    r"en cours (?:de|d')",
    r"(?:por ahora|por agora|per ora|voorlopig|na razie|prozatím|för närvarande|for øyeblikket|for tiden|im moment)",
    r"(?:se está|está|está siendo|está sendo|sta) \w{3,15}nd\w{1,3}",
    r"wordt (?:\S{1,12} ){0,2}(?:verplaatst|gemigreerd|aangemaakt|verhuisd)",
    r"(?:przenoszon|переносится|создаётся|создается|flyttas|taş\wn\wyor)",
    r"demnächst",
    r"bis (?:die|der|das|zu[rm]?|\d)",
    r"pas encore",
    r"pendant (?:la|le|les)",
    r"pour le moment",
    r"actuellement en cours",
    r"non-paiement",
    r"impay",
    r"rouvert",
    r"aún no",
    r"todavía no",
    r"todavia no",
    r"durante (?:la|el|a|o|il)",
    r"falta de pago",
    r"impago",
    r"por el momento",
    r"reabiert",
    r"non (?:\S{1,12} )?ancora",
    r"mancato pagamento",
    r"per il momento",
    r"riapert",
    r"ainda não",
    r"ainda nao",
    r"falta de pagamento",
    r"reabert",
    r"nog niet",
    r"tijdens",
    r"(?:temporalmente|temporariamente|temporaneamente|temporairement)",
    r"tijdelijk",
    r"jeszcze nie",
    r"podczas",
    r"tymczasowo",
    r"ještě",
    r"během",
    r"dočasn",
    r"zatím",
    r"ešte",
    r"počas",
    r"ännu inte",
    r"inte \S{0,12} ?ännu",
    r"ännu",
    r"under (?:migrer|flytt|underh)",
    r"tillfälligt",
    r"endnu ikke",
    r"ikke \S{0,12} ?endnu",
    r"ennå",
    r"midlertidig",
    r"vielä",
    r"toistaiseksi",
    r"още не",
    r"ещ[её] не",
    r"пока не",
    r"на время",
    r"временно",
    r"ще не",
    r"поки",
    r"тимчасово",
    r"henüz",
    r"şimdilik",
    r"geçici",
    r"taş\w?n\w?rken",
    r"még nem",
    r"egyelőre",
    r"átmenetileg",
    r"nu \S{1,12} încă",
    r"încă",
    r"deocamdată",
    r"ακόμ[αη]",
    r"προσωρινά",
    r"dar ne",
    r"vēl",
    r"še ne",
    r"još n",
    r"још н",
    r"belum",
    r"chưa",
    r"עדיין",
    r"حاليا",
    r"بعد حتى",
    r"هنوز",
    r"अभी",
    r"まだ",
    r"移行中",
    r"一時的",
    r"準備中",
    r"尚未",
    r"还未",
    r"還未",
    r"还没",
    r"還沒",
    r"迁移",
    r"遷移",
    r"移轉",
    r"暂时",
    r"暫時",
    r"아직",
    r"이전 ?중",
    r"일시적",
    r"ยังไม่",
)
"""Words that say how long a state lasts, or that it is to change: "no such mailbox until tonight"."""

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

OTHER_CAUSE = (
    r"(?:white|allow|black|block|deny|safe|gr[ae]y|access|permit|pass)(?:ed)?[ -]?list",
    (
        r"lists? of (?!that|this|such|valid|known|local|all\b|the\b|our\b|active|users|recipients|mailbox|address|accounts"
        r"|names|employees|staff|persons|people|subscribers|members|pupils|students)"
    ),
    r"(?:may|must|allowed to|permitted to) (?:send|post|submit|write|mail)\b",
    r"(?:unknown|invalid|non-?existent|non-?existing|bad|wrong) (?:users|addresses|accounts|mailboxes) (?:were|are|was|have|in)\b",
    r"(?:other|another|one of the) (?:other )?(?:recipients|users|addresses)\b",
    r"in (?:cc|bcc|to|from)\b",
    r"in (?:your|the|its) (?:cc|bcc|from|reply-to|sender)\b",
    r"you (?:are )?(?:send|sent|sending|mail|mailing|write|writing) from\b",
    r"left (?:the |this |your )?(?:chat|channel|list|conversation|meeting|room|thread)\b",
    r"address of (?:our|the|this) (?:new )?(?:server|host|gateway|mx|relay|web ?site|page|shop|office)\b",
    r"(?:table|relation|column|object) (?:['\"]|[\w.]{2,40} (?:does not|doesn't) exist\b)",
    # a text that a filter looks for, or that a page explains
    r"(?:phrase|words?|text|string|pattern|keyword|expression)s? (?:like |such as )?['\"]",
    r"(?:page|article|section|entry|chapter|hints?|faq|information) (?:about|on|for|of|named|called) (?:the )?(?:error )?['\"]",
    r"(?:message|letter|mail|e-?mail|request|command|language|format) (?:is|was) (?:unknown|not (?:known|found|recogni[sz]ed))\b",
    r"(?:list|group)(?:'s)? (?:owner|moderator|manager|administrator)(?:'s)?\b",
    r"sending (?:domain|host|server|system|address|ip|account)",
    (
        r"(?:moved|migrated|relocated|transferred|changed) to (?:\S{1,12} ){0,3}(?:server|host|node|store|storage|tier|archive"
        r"|cluster|system|platform|data ?cent(?:er|re)|database|back-?end)\b"
    ),
    (
        r"(?:allowed|permitted|authori[sz]ed|trusted|approved)"
        r" (?:senders?|destinations?|recipients?|hosts?|clients?|addresses|to|by|from)"
    ),
    r"(?:licen[sc]e|subscription|billing)s?\b",
    r"(?:re-?try|retries|retrying|re-?queued?)\b",
    r"(?:timed out|time-?out|timeout)s?\b",
    r"(?:cached?|proxy|proxied|nodes?|shards?|replicas?|replication|cluster|back-?ends?|upstream)\b",
    r"(?:unreachable|overload|is down|are down|was down|went down|off-?line)\b",
    r"(?:(?:user|mail|transfer)[ -]?agents?|x-mailer|plug-?in|script|configuration|config|syntax of)\b",
    r"(?:headers?|charset|encoding|subject line|message body|body|attachments?|content|html|links?|urls?)\b",
    # the person does something, or is not the one who is written to
    (
        r"who (?!(?:is|was|are|were|has|have|had|does|did|do|used|left|held|owned|works?|worked|lives?|lived)\b)"
        r"[a-z]{3,20} (?:you|your|this|these|the|us|it|no)\b"
    ),
    r"why\b",
    r"(?:exist|found|known|listed|registered|valid) (?:in|on|at|with) your\b",
    r"@[>)]? (?:does not|doesn't) (?:know|recogni[sz]e|trust|want|like)\b",
    r"(?:table|relation|column|object|field|class|variable) (?:mail ?box|inbox)\b",
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
        r"no such (?!user|recipient|mail|account|address|person|name|alias|member|subscriber|local|id\b|contact"
        r"|employee|customer|e-?mail)[a-z]{3,20} (?:in|of|on|for|at|to|from) (?:the |this |that )?"
        r"(?:mail ?box|user|account|recipient|address)\b"
    ),
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
    r"(?:first name|last name|surname|postcode|zip code|streets?)\b",
    r"(?:reverse|greeting|postal address|memberships?|bank (?:account|details))\b",
    r"(?:compte bancaire|cuenta bancaria|conta bancária|conto bancario|bankkonto|bankrekening|konto bankowe|банковский счёт)",
    r"(?:alias|forward\w{0,5}|redirect\w{0,4}) (?:\S{1,80} )?(?:points?|refers?|leads?|goes|forwards?) to\b",
    (
        r"(?:conversation|ticket|session|thread|case|order|chat|contract|request|delivery|meeting|window|slot"
        r"|channel|registration|application)s? (?:with|of|for|about) "
        r"(?:\S{1,20} ){1,3}(?:is|was|has been|are) (?:now )?(?:closed|cancell?ed|terminated|removed|deleted|retired|expired)\b"
    ),
    # a tag, a ticket or an error that is unknown or invalid, and a stranger
    r"(?:batv|prvs|srs|verp)\b",
    (
        r"(?:invalid|unknown|wrong|bad|incorrect|illegal) (?:number|problem|cause|time|hash|port|from|use|usage|value|order"
        r"|combination|count|length|errors?"
        r"|failures?|reason|parameters?|arguments?|options?|commands?|state|response|request|operation|tag|token|signature|cookie"
        r"|credentials?|session|protocol|data)\b"
    ),
    (
        r"(?:tag|token|cookie|conversation|ticket|session|thread)s? (?:is |was |has |have |been |no longer |not ){0,3}"
        r"(?:invalid|unknown|closed|expired|valid|found|missing|wrong)\b"
    ),
    r"(?:know|recogni[sz]e|trust) you\b",
    (
        r"(?:invalid|unknown|bad|missing|wrong) (?:mapi|(?:mail )?store|propert\w{1,3}|attribute|volume|partition|home directory"
        r"|folder|database|schema|plan)\b"
    ),
    r"find (?:an? |the |any |its |his )?(?:home|server|store|folder|database|route|volume|key|profile)\b",
    r"in your (?:address ?book|contacts?|own)\b",
    r"(?:previous|earlier|not all|some of the) (?:recipients?|users?|address(?:es)?)\b",
    r"you (?:have )?(?:sent|wrote|written|mailed) (?:mail|messages|e-?mails?|a message) to an?\b",
    r"unknown to (?:our|the|my|an?) (?:\S{1,20} )?(?:partner|upstream|provider|next)",
    r"retried\b",
    r"yourself\b",
    r"you are (?:not|no|unknown|an? (?:unknown|invalid))\b",
    r"you (?:do not|don't|have not|haven't) (?:exist|appear|stand|figure|been)\b",
    # a mailbox that a server or an administrator keeps for a purpose of its own
    (
        r"(?:archiv\w{0,3}|journal\w{0,3}|quarantine|arbitration|discovery|backup|catch-?all"
        r"|tenant|service|bind|proxy|sql|daemon|organi[sz]er"
        r"|(?:moderator|administrator|approver|manager|delegate|assistant|secretary|postmaster|sponsor|partner)(?:'?s)?"
        r"|shadow|spam|junk|migration) (?:mail ?box|account|folder|user|recipient)\b"
    ),
    r"no such (?:command|option|file|partition|policy|rule|key|class)\b",
    r"folders? \W?inbox\b",
    (
        r"in (?:an? |the |our |its |his |your )?(?:group|(?:list of )?(?:permitted|allowed|approved|authori[sz]ed|trusted|safe)"
        r" (?:list|recipients|users|senders|addresses))\b"
    ),
    (
        r"your (?:e-?mail|mail|message|letter) (?:to|for) (?:\S{1,20} ){0,3}(?:was|is|has been) (?:cancell?ed|deleted"
        r"|removed|terminated)\b"
    ),
    r"(?:delegate|deputy|substitute|stand-in|out-of-office|vacation|absence)s?\b",
    r"(?:expansion|expanding) (?:of )?\S{1,80} (?:has )?(?:failed|fails)\b",
    (
        r"(?:list|alias|group)\b.{0,60} (?:contains?|has|have|includes?|lists?) (?:an? |one |some |no"
        r" )?(?:unknown|invalid|bad|non-?existent|valid|wrong)\b"
    ),
    r"(?:one|some|another|any) (?:of (?:the|its) )?members?(?:'s)?\b",
    r"(?:refers?|referring|referred|pointing) to an?\b",
    r"(?:connector|delivery agent|transport agent|calendar)s?\b",
    r"(?:owner|primary|unix|file)(?:'s)? group\b",
    r"(?:anonymous|guest|external|outside|unauthenticated|unregistered|foreign) (?:users|senders|accounts|people)\b",
    r"you (?:claim|pretend|say|seem) to\b",
    r"(?:backup|secondary|fallback) (?:mx|mail ?server|server)\b",
    r"(?:mail |message )?routing\b",
    r"user of (?:the |this )?(?:list|relay)\b",
    r"(?:named |given )?in (?:the )?subject\b",
    # a thing of the recipient's: "mailbox plan not found", "destination network unknown"
    (
        r"(?:mail ?box|inbox|user|account|recipient|address|login|destination|customer|member|group|name|alias|home|domain|relay)"
        r"(?:'s)? "
        r"(?:(?:lock|index|quota|home|mail) )?(?:plan|path|index|file|servers?|ports?|network|family|balance|controller|type|class"
        r"|space|range|pool|stores?|storage|database|schema|folder|quota|limit|policy|rule|settings?|option|preference|permission"
        r"|role|token|key|session|cache|node|cluster|shard|replica|partition|volume|driver|agent|client|manager|filter|script"
        r"|template|profile|attribute|property|license|certificate|password|resolver|service|handler|queue|route|transport|gateway"
        r"|connector|proxy|engine|exchanger|daemon|back-?end|zone|region|tenant|locale|encoding) (?:\S{1,30} )?(?:(?:is"
        r"|was|are|has|had|does|do|could|can"
        r"|has been) )?"
        r"(?:not|n't|unknown|invalid|missing|closed|deleted|removed|locked|expired|gone|down|wrong|doesn't|isn't|cannot|couldn't)\b"
    ),
    (
        r"(?:server|shard|node|store|route|host|controller|partition) (?:for|of) \S{1,64} (?:is |was |could |does |has )?"
        r"(?:not|unknown|missing)\b"
    ),
    (
        r"(?<!in )(?:die|der|das|eine?|kein\w{0,2}|gültige?[rs]?)"
        r" (?:\w{4,12} )?\w{4,20}(?:datenbank|limit|tabelle|zertifikat|prüfung|richtlinie|warteschlange|klasse)\b"
    ),
    r"(?:server|serveur|servidor|сервер|serwer), (?:auf|sur|en|na|nel|su|op|wo|où|på)\b",
    (
        r"(?:im feld|das feld|le champ|du champ|el campo|del campo|il campo|nel campo|no campo|in het veld|w polu|в поле"
        r"|i fältet|i feltet)\b"
    ),
    r"(?:unlisted|unknown|unregistered|unidentified|invalid) (?:ips?|devices?|networks?|sources?|peers?|mx|clients?)\b",
    r"(?:不明な(?:エラー|理由|原因)|原因不明|未知(?:错误|錯誤|原因|的错误)|알 수 없는 ?(?:오류|에러|이유))",
    r"\bkeys? (?:for|of|server)\b",
    (
        r"(?:unbekannte\w?|onbekende|nieznan\w{1,3}|nezn.m\w{1,3}|ok.nt|ukendt|ukjent|неизвестн\w{2,3}|невідом\w{1,3})"
        r" (?:fehler|grund|ursache|fout|reden|b..d|chyba|d.vod|fel|fejl|feil|ошибк|причин|помилк)"
    ),
    (
        r"(?:erreur|raison|error|causa|motivo|errore|erro)"
        r" (?:inconnue?|ind.termin.e|desconocid[oa]|desconhecid[oa]|sconosciut[oa])\b"
    ),
    (
        r"(?:\w{0,20}prüfung|v.rification|verificaci.n|verifica|verifica..o|controle|weryfikacj\w|проверк\w|ov..en.)"
        r" (?:\S{1,14} ){0,3}(?:nicht|impossible|imposible|impossibile|imposs.vel|niet|niemożliw|невозможн|nen.|.chou|fehl)"
    ),
    r"(?:not|nothing) (?:an? |to do with (?:an? )?|about (?:an? )?|because of (?:an? )?)(?:unknown|invalid|non-?existent|bad)\b",
    # an address beside the recipient's: where answers, errors and complaints go
    (
        r"(?:reply|return|bounce|error|errors|feedback|complaint|complaints|notification|unsubscribe|abuse|envelope|signature|signing)"
        r"(?:[ -]?to|[ -]path)? (?:e-?mail )?(?:address|mailbox|user|account|domain)(?:es)?\b"
    ),
    r"(?<!nothing )(?<!mail )(?:is|are|was|gets|being) (?:auto-?)?(?:forwarded|redirected|resent)\b",
    # another list than that of the mailboxes: those who may log in, send or relay
    (
        r"(?:for|in|to) (?:the |our |your )?(?:smtp[ -]?auth|relay(?:ing|s)?(?! recipient)|auth(?:entication|ori[sz]ation)?"
        r"|log-?in|logging in|submission|sasl)\b"
    ),
    r"(?:authentication|auth|login|log-?on|sign-?in) (?:failed|failure|error|required|unsuccessful|incorrect|denied|unknown)\b",
    (
        r"(?:unknown|invalid|bad|unsupported|wrong|unexpected|no such) (?:address|mail ?box|user|account|recipient|group|name"
        r"|domain|destination) (?:famil(?:y|ies)|space|pool|range|class|scheme|server|object|locks?|handlers?|hooks?|state|status"
        r"|keys?|ports?|certificates?|records?|polic(?:y|ies))\b"
    ),
    (
        r"(?:user|account|recipient|address|mail ?box) (?:pages?|handlers?|hooks?|locks?|containers?|buckets?) (?:is |was )?"
        r"(?:not|missing)\b"
    ),
    (
        r"(?:no such|find|not a valid|unknown|invalid) (?:the |a )?(?:user|recipient|mail ?box|account|address)(?:'s)? "
        r"(?:(?:mail )?(?:lists?|spools?|formats?)|error class)\b"
    ),
    r"address lists? (?:does|do|is|was|could|not)\b",
    r"(?:not|n't|un)(?: ?known) to (?:be|have)\b",
    r"(?:e-?mail|mail|message|letter) (?:that |which )?you (?:\w{1,12} ){0,2}(?:answer|answered|reply|replied|refer|respond)\b",
    r"your (?:own )?name\b",
    r"in (?:his|her|their) (?:\S{1,12} )?(?:contacts?|address ?books?)\b",
    r"(?:account|konto) (?:at|with|in) (?:our|the) (?:shop|store|bank|portal|forum|website)\b",
    r"your (?:domain|host|address|server)\b.{0,80} (?:so|therefore|hence) (?:we )?(?:refuse|reject)",
    r"adresse (?:unsere[rs]|der|des) (?:servers?|webseite|website|homepage)\b",
    r"(?:adresse postale|postadresse|dirección postal|indirizzo postale|endereço postal|postadres)\b",
    r"(?:with|contains|includes) an? (?:unknown|invalid|bad|non-?existent|deleted) (?:member|address|user|recipient)\b",
    r"(?:web ?site|web ?page|logo|certificate) (?:of|for) (?:this|the|that|your) (?:domain|host|site)\b",
    (
        r"(?<!\w)(?!empf|nutz|benutz|adress|postf|konto|kennung|box|mail|e-mail|nachricht|brief|zustell|auslief|weiterl|eintr|dies|kein)"
        r"\w{4,30} (?:für|mit|zum) (?:den |dem |diese\w{1,2} )?(?:empf\w{1,2}nger|benutzer|nutzer|adressaten|kunden)\b"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|message|courri|envoi|livrai|distrib|remise|adress|bo[iî]te|compte|destinat|utilisat|aucun|abonn|lettre)"
        r"[\w-]{4,30} (?:avec|vers|pour) (?:l.|le |un |cet? )?(?:destinat|utilisat|abonn|client)"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|mensa|correo|entrega|env[ií]o|direcci|buz|cuenta|casilla|usuari|destin|conta|caixa|ender|messag|posta"
        r"|consegn|invio|casell|indiriz|utent|account|nessun|ning|nenhum)"
        r"\w{4,30} (?:al|con|para|com|per|ao) (?:el |o |l.|un |il |este )?(?:destinat|usuari|usuári|utent|client|abonad)"
    ),
    (
        r"(?<!\w)(?!mail|e-mail|email|bericht|bezorg|aflever|adres|gebruik|ontvang|postbus|postvak|account|geen|brievenbus|mailbox)"
        r"\w{4,30} (?:met|voor|van) (?:de |het |een |deze )?(?:gebruiker|ontvanger|geadresseerde|klant)"
    ),
    r"(?:plik|dokument|zamówieni|klucz|certyfikat)\w{0,3} (?:użytkownika|odbiorcy|adresata)",
    r"(?:soubor|dokument|klíč|objednávk|súbor)\w{0,3} (?:uživatele|příjemce|adresáta|používateľa|príjemcu)",
    r"(?:файл|документ|ключ|заказ|договор)\w{0,3} (?:получателя|пользователя|адресата)",
    r"(?:kullan\wc\w|al\wc\w)\w{0,5} (?:dosya|belge|anahtar|sertifika)",
    r"(?:címzett|felhasználó) (?:fájl|dokumentum|tanúsítvány)",
    r"(?:受信者|受取人|宛先|ユーザー?|利用者)の(?:ファイル|文書|予約|注文)",
    r"(?:收件人|用户|用戶|使用者)的?(?:文件|档案|檔案|订单|訂單|预订|預訂)",
    r"(?:수신자|받는 ?사람|사용자)의? ?(?:파일|문서|예약|주문)",
    r"(?:postmaster|administrator|admin)s? (?:who|that)\b",
    r"(?<!\w)(?!adress|postf|konto|kennung|box|mail|e-mail|name|server|system|host)\w{4,30} des (?:kunden|mitarbeiters)\b",
    r"(?:moderator|owner|approver|sponsor|administrator) of (?:this|the|that) (?:group|list|guest)\b",
    r"has a member\b",
    r"\S{1,40}'s (?:old|former|own) (?:department|company|school|firm)\b",
    r"(?:smart|relay) ?hosts? (?:you|that|which)\b",
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
    # the will of the person: "nobody here by that name wants your mail", "unknown to have asked for it"
    r"to have (?:opted|requested|asked|subscribed|consented|agreed|ordered|signed)\b",
    (
        r"(?:wants?|wanted|wishes|wished|expects?|asked for|requested|ordered|reads?|opened|likes?) (?:for )?"
        r"(?:your|this|such|any of your) (?:\S{1,12} )?(?:mails?|messages?|e-?mails?|letters?|offers?)\b"
    ),
    r"(?:spf|dkim|dmarc|arc)\b(?!=pass)",
    r"(?:ptr|rdns|helo|ehlo|selector|certificate)\b",
    r"(?:spam|junk|bulk|virus|malware|phishing|newsletters?|marketing|advert\w{0,8}|unsolicited)\b",
    r"(?:polic(?:y|ies)|permissions?|restrict(?:ed(?! characters?)|ion|ions)|reputation|compliance)\b",
    r"(?:rates?|rate-limited|throttl\w{1,5}|too (?:many|much|often|fast)|quotas?|limits?)\b",
    r"(?:harvest\w{0,5}|dictionary attacks?|probing|spamtraps?|spam traps?)\b",
    r"(?<!dear )(?<!to )senders?\b(?! ok)",
    r"(?<!to )your (?:ip|server|host|network|organi[sz]ation|company|list|lists|domain|mail ?server|relay|provider)\b",
    r"(?:from|by|for|with|at) (?:you|strangers?|outsiders?|outside|external|the internet|the outside|abroad)\b",
    (
        r"(?:you|your \S{1,20}) (?:are|is|have been|has been|were|was) (?:\S{1,12} )?"
        r"(?:blocked|banned|listed|refused|rejected|blacklisted)"
    ),
    # licences, rules, keys, certificates, lists of senders and parts of a message, which "unknown" and "not found" may be said of
    r"(?:lizenz|licence|licencia|licenza|licença|licentie|licencj|licenc|licens|lisens|лицензи|ліценз)",
    r"(?:zertifikat|certificat|certificado|certificato|certificaat|certyfikat|certifikát|certifikat|sertifikat|сертификат)",
    r"(?:schlüssel|clé|clef|clave|llave|chiave|chave|sleutel|klucz|klíč|nyckel|nøgle|nøkkel|ключ)",
    r"(?<!der )(?:\w{0,20}regel|règle|regla|regola|regra|reguł|pravidl|правил(?!ьн))",
    r"(?:richtlinie|politique|política|política|criterio|beleid|политик)",
    r"(?:signatur|firma digital|assinatura|handtekening|podpis|подпис)",
    r"(?:passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasł|heslo|lösenord|парол)",
    r"(?:anhang|anhäng|pièce jointe|adjunto|allegat|anexo|bijlage|załącznik|příloh|bilaga|вложени)",
    r"(?:kopfzeile|betreff|en-tête|encabezado|intestazione|cabeçalho)",
    r"(?:positiv|negativ|sperr|erlaubnis|absender|frei|vit|svart)list",
    r"liste (?:blanche|noire|grise|d.attente|d.exp|des exp|d.autoris)",
    (
        r"lista (?:blanca|negra|gris|branca|bianca|nera|grigia|de (?:remitentes|remetentes|espera|bloque)|dei mittenti"
        r"|degli autorizzati)"
    ),
    r"(?:witte|zwarte) lijst",
    r"(?:biał|czarn|bíl|čern)\w{1,3} (?:list|seznam)",
    r"(?:белый|белого|белом|чёрный|черный|черном|серый) спис",
    # something else of the recipient: "the rule of the recipient was not found" says nothing of the address
    (
        r"(?!adress|postf|konto|name|benutz|nutzer|empf|mail|e-mail|account|kennung|box|domain|domäne)\w{3,30} (?:des|vom) "
        r"(?:\S{1,12} )?(?:empf.ngers|benutzers|nutzers|adressaten|kontos|postfach|teilnehmers)"
    ),
    (
        r"(?!adress|pedid|demand|richiest|petici|solicit|compte|cont[ao]\b|cuenta|account|bo[iî]te|buz|casilla|casell|caixa|nom\b|nome\b|nombre|identifi|mail|email|e-mail"
        r"|courriel|correo|correio|posta\b|.lectr|eletr|elettr|direcci|indirizz|endere|utilisat|usuari|usuári|utent|dom[ai]i?n"
        r"|domínio|destinat)\w{3,30} (?:du|des|de|del|dell.|della|degli|dei|di|do|da|dos)(?: l.| la| los)? ?"
        r"(?:destinat|utilisat|usuari|usuári|utent|abonn)"
    ),
    (
        r"(?:recipient|user|addressee|subscriber|account|customer(?!'s director))(?:'s|s') "
        r"(?!e-?mail|mail|address|account|name|user|inbox|(?:own )?(?:request|wish)"
        r"|destination|id\b|domain|mbox|box|full|local)[a-z]"
    ),
    (
        r"(?:folder|target|key|route|tag|pipe|command|certificate|licen[sc]e|signature"
        r"|shard|policy|filter|script|rule|profile|plan|database|server|host|store|partition|volume|disk"
        r"|container|pool|relay) (?:of|for) (?:the |this |that )?(?:recipient|user|mailbox|account|address|@)"
    ),
    (
        r"(?:mottagarens|modtagerens|mottakerens|användarens|brugerens|brukerens) (?!adress|mail|e-post|e-mail|epost|konto|post"
        r"|brevl|namn|navn|inkorg|indbak|innboks|domän|domæne)\w"
    ),
    r"(?:vastaanottajan|käyttäjän) (?!osoit|sähköp|tili|postil|nim|verkkotun)\w",
    r"(?!adres|cont|căsu|nume|mail|email|e-mail|poșt|electr|domeni)\w{3,30} (?:destinatarului|utilizatorului)",
    r"(?:folder|filtr|reguł|katalog|profil|grup)\w{0,3} (?:użytkownika|odbiorcy|adresata)",
    r"(?:složka|filtr|profil|adresář|priečinok) (?:uživatele|příjemce|adresáta|používateľa|príjemcu)",
    r"(?:папка|фильтр|правило|каталог|профиль|группа) (?:получателя|пользователя|адресата)",
    r"(?:διακομιστής|φάκελος|κανόνας|φίλτρο) του (?:παραλήπτη|χρήστη)",
    r"(?:címzett|felhasználó) (?:kiszolgáló|szerver|mapp|szabály|kulcs|szűrő)",
    # a machine, a table or a target that is the recipient's
    (
        r"(?:\w{0,20}server|\w{0,20}datenbank|\w{0,20}ziel|\w{0,20}dienst|\w{0,20}verbindung|konnektor)"
        r" (?:des|der|vom|von|für|zum|zur) (?:\S{1,12} )?(?:empf|benutz|nutzer|adressat|postf|konto|anwend)"
    ),
    (
        r"(?:serveur|base de données|base|connecteur|cible|service|hôte)"
        r" (?:du|des|de l.|de la|de) ?(?:destinat|utilisat|bo[iî]te|compte|abonn|client)"
    ),
    (
        r"(?:servidor|base de da[td]os|base|banco de dados|conector|destino|servicio|serviço)"
        r" (?:del|de la|de los|de|do|da|dos) (?:destinat|usuari|usuári|buz|cuenta|conta|caixa|client)"
    ),
    (
        r"(?:server|database|base dati|banca dati|connettore|destinazione|servizio)"
        r" (?:del|dell.|della|degli|dei|di) ?(?:destinat|utent|casell|account|client)"
    ),
    r"(?:server|database|connector|dienst) van (?:de |het )?(?:gebruik|ontvang|geadress|postbus|klant)",
    r"(?:serwer|baza|baza danych|usługa) (?:użytkownik|odbiorc|adresat|skrzyn|kont)",
    r"(?:server|databáze|služba) (?:uživatel|příjemc|adresát|schrán|používateľ)",
    r"(?:servern|databasen|tjänsten|serveren) (?:för|for|til|till) (?:mottag|modtag|använd|bruger|bruker)",
    r"(?:сервер|база|база данных|служба) (?:получател[яе]|пользовател[яе]|адресата|абонент|почтов)",
    r"(?:al\wc\w|kullan\wc\w|hesap)\w{0,8} (?:sunucu|veritaban|servis|klasör|filtre|kural)",
    r"(?:受信者|受取人|宛先|ユーザー?|利用者)の(?:サーバ|データベース|サービス|フォルダ|フィルタ|ルール|証明書|ライセンス|鍵)",
    r"(?:收件人|用户|用戶|使用者)的?(?:服务器|伺服器|数据库|資料庫|服务|服務|文件夹|資料夾|过滤|規則|规则|規則|证书|許可)",
    r"(?:수신자|받는 ?사람|사용자)의? ?(?:서버|데이터베이스|서비스|폴더|필터|규칙|인증서|라이선스)",
    r"(?:ライセンス|証明書|ルール|規則|ホワイトリスト|ブラックリスト|署名|添付|许可证|許可證|パスワード|密码|密碼|비밀번호|证书|證書|密钥|密鑰|规则|規則|白名单|白名單|黑名单|黑名單|签名|簽名|附件)",
)
"""Words for another thing that may be absent or refuse: "user not found in the whitelist", "unknown user agent"."""
