"""Statements made of classes of words: who (a server, the sender, the message, a mailbox), and what is said of it.

They are tried last, for wordings that no list has: any noun of a class with any verb or adjective of another. The classes are
closed; what speaks of the sender, of the message, of time or of room comes before what speaks of an absence.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

_HOST = (
    "(?:(?:mail-? ?|smtp ?|remote |destination |next |far )?(?:servers?|hosts?|exchangers?|gateways?|machines?|relays?|systems?|mta"
    "|mx|computers?|smarthosts?|peer|end|side|party|node|box at))"
)
_OF = r"(?: (?:(?:for|of|at|in|behind|named|called|responsible for|in charge of) )?(?:the |this |that )?[^\s;!?]{1,80}){0,3}"
"""Words between a host and its verb: its name, its domain, the address that it serves."""
_BE = r"(?:is|was|are|were|has been|have been|stays?|stayed|remains?|remained|keeps?|kept|went|goes|seems?|appears?|looks?)"
_MUTE = (
    r"(?:silent|mute|dumb|unresponsive|dead|asleep|down|off-?line|off the (?:air|net)|out of reach|not (?:there|up|listening)"
    r"|not online|inaccessible|unreachable)"
)
_SIGN = r"(?:answer|reply|response|reaction|greeting|banner|sign of life|life sign)s?"
_YOURS = (
    r"(?:(?:your|the sending|sending|the client|client|connecting|source|originating|sender'?s|senders?|this|whose)"
    r" (?:mail |e-?mail |ip |smtp |sending |internet |whole |entire ){0,2}"
    r"(?:ip|addresse?s?|hosts?|servers?|networks?|net|provider|isp|domains?|ranges?|subnet|neighbou?rhood|systems?|machines?|mta|relay"
    r"|organi[sz]ation|company|service)|ip)"
)
_BAD = (
    r"(?:bad|poor|low|negative|doubtful|dubious|shady|questionable|weak|damaged|tarnished|insufficient|spotty|terrible|awful|ill|worst"
    r"|no good|too little|not enough|mixed)"
)
_FAME = r"(?:histor(?:y|ies)|records?|names?|standing|scores?|ratings?|trust|karma|repute|pasts?|fame|credit|marks?)"
_LETTER = r"(?:messages?|e-?mails?|mails?|letters?|mailings?|newsletters?|contents?|text|body|subject|attachments?|files?|links?|urls?)"
_TAKEN_FOR = (
    r"(?:taken|considered|classed|classified|regarded|judged|identified|recogni[sz]ed|detected|flagged|marked|tagged|scored|rated|deemed"
    r"|treated|categori[sz]ed|looks?|looked|seems?|seemed|appears?|smells?|reads?|resembles?|reminds|believ\w{1,3}|suspect\w{0,3})"
)
_JUNK = (
    r"(?:spam\w{0,4}|junk|bulk|advert\w{0,8}|commercials?|promotion\w{0,3}|marketing|unsolicited|phish\w{0,4}|scam|fraud\w{0,5}"
    r"|a trick|dangerous|harmful|unsafe|hostile)"
)
_ROOM = r"(?:space|room|storage|quota|capacity|allotment|allowance|allocation|disk|megabytes?|gigabytes?|bytes|blocks|inodes)"
_BOX = r"(?:mail-? ?box(?:es)?|inbox|letter ?box|post ?box|mail ?store|mail ?folder|mail ?drop|account|recipient|user|addressee|owner|@)"
_HOLDER = r"(?:<who>|handle|nick(?:name)?|letter ?box|post ?box|pigeonhole|mail ?name|patron|contact|entry|box|service for (?:<who>|@)|@)"
_STOPPED = (
    r"(?:paused|parked|barred|frozen|suspended|disabled|locked|inactive|dormant|asleep|sleeping|hibernating|mothballed"
    r"|on (?:hold|ice)|unpaid|overdue|in arrears|not (?:yet )?(?:paid|activated|active|enabled)|awaiting activation"
    r"|under review|out of action)"
)
_VANISHED = (
    r"(?:vanished|disappeared|absent|extinct|non-?exist\w{0,5}|inexistent|unresolvable|unassigned|unallocated|unclaimed|fictitious"
    r"|bogus|imaginary|erased|wiped(?: out)?|expunged|scrapped|taken down|torn down|destroyed|deprovisioned|eliminated"
    r"|unlisted|unregistered|unheard of)"
)
_NOT = r"(?:(?:do|does|did|could|can|would|will)(?: not|n't)|cannot|unable to|failed to|fails to|never|no longer)"
_KNOW = (
    r"(?:knows?|have|had|find|found|locate|host|hosts|serve|serves|recogni[sz]es?|see|lists?|carry|carries|keep|hold|employ|match"
    r"|identify|discover|trace|contains?|resolve|look up|map|heard of|hear of)"
)
_SET_UP = (
    r"(?:registered|assigned|allocated|created|issued|provisioned|set up|opened|defined|known|recogni[sz]ed|found|located|traced|matched"
    r"|identified|listed|resolved|mapped|configured|on file|on record|served|held|hosted|kept)"
)
_HERE = (
    r"(?=\W{0,3}$|[.,;:!]| (?:here|at this|at that|at our|at all|in this|in our|on this|on our|with us|to us|by us|by our|under that"
    r"|under this|anywhere|any ?more|any longer)\b)"
)
"""The end of a statement, or the place that it holds for."""
_NONE = r"(?:nothing|none|nobody|no one|no (?:\w{3,10} )?(?:results?|match(?:es)?|entr(?:y|ies)|hits?|records?|rows?|answers?)|zero|0|empty)"

RULES = (
    Rule(
        "composed-standing",
        Reason.BAD_REPUTATION,
        "the sender's host or address, and how it stands: any words of the two classes",
        (
            rf"\b{_YOURS}\b.{{0,40}}\b(?:has|have|had|with|got|earned|of) (?:\w{{1,12}} ){{0,2}}{_BAD} (?:\w{{3,12}} )?{_FAME}\b",
            rf"\b{_BAD} (?:\w{{3,12}} )?{_FAME} (?:of|for|with) (?:\w{{1,12}} )?{_YOURS}\b",
            rf"\b(?:do not|don't|never|cannot|can't|no longer) trust (?:\w{{1,12}} )?{_YOURS}\b",
            (
                rf"\b{_YOURS}\b.{{0,30}} (?:caught|seen|observed|known|notorious|reported) (?:\w{{2,12}} ){{0,3}}"
                r"(?:sending|spam\w{0,4}|abuse|attacks?|junk|scans?|probes?)\b"
            ),
        ),
    ),
    Rule(
        "composed-junk",
        Reason.SPAM_CONTENT,
        "a message, and what it is taken for: any words of the two classes",
        (
            rf"\b(?:{_LETTER}|it|this)\b[^.;]{{0,40}} {_TAKEN_FOR}\b[^.;]{{0,25}} {_JUNK}\b",
            rf"\b{_TAKEN_FOR}\b (?:that )?(?:it|this|your {_LETTER}|the {_LETTER}) (?:is|was|to be|as|for) (?:\w{{1,12}} )?{_JUNK}\b",
            (
                rf"\b(?:{_LETTER}|it|this)\b.{{0,30}} (?:contains?|has|have|holds?|carr(?:y|ies)|with|includes?|points? to|leads? to)"
                rf" (?:\w{{1,12}} ){{0,3}}(?:shortened|suspicious|forbidden|banned|blocked|bad|malicious|dangerous|unwanted|hidden"
                r"|disallowed|dubious) (?:\w{3,12} )?(?:links?|urls?|words?|phrases?|content|files?|attachments?|domains?|hosts?"
                r"|addresses|text|images?)\b"
            ),
        ),
    ),
    Rule(
        "composed-tls",
        Reason.TLS_ERROR,
        "a certificate or a cipher, and its fault: any words of the two classes",
        (
            (
                r"\b(?:unknown|invalid|expired|untrusted|self-signed|wrong|bad|missing|revoked|weak|no common|unsupported|outdated)"
                r" (?:\w{2,12} ){0,3}(?:certificates?|issuer|certification authority|ciphers?|trust anchor|handshake|protocol version)\b"
            ),
        ),
    ),
    Rule(
        "composed-full",
        Reason.MAILBOX_FULL,
        "a mailbox, and that it has no room: any words of the two classes",
        (
            (
                r"\b(?:used|uses|consumed|spent|exhausted|filled|taken|occupied|eaten|drained|reached|hit)(?: up)?"
                r" (?:(?:all|the whole|the entire|every|the last|nearly all)(?: of)? )?(?:his|her|its|their|the) "
                rf"(?:\w{{3,12}} ){{0,2}}{_ROOM}\b(?! (?:of|for|on) (?:the |our |this )?(?:server|host|system|queue|sender|hour|day))"
            ),
            (
                r"\b(?:clean(?:s|ed)? (?:up|out)|empt(?:y|ied|ies)|tid(?:y|ied|ies) up|make room in|free (?:up )?space in) "
                rf"(?:his|her|its|their|the) (?:\w{{3,12}} )?(?:mail-? ?box|inbox|mail|box|account)\b"
            ),
            (
                rf"\b{_BOX}\b[^.;:]{{0,40}} (?:has|have|had|is|with|there is|got|lacks?)\b (?:\w{{1,10}} ){{0,2}}"
                rf"(?:no|not enough|not any|out of|short of|without|0|zero|too little) (?:\w{{3,12}} ){{0,2}}{_ROOM}\b"
            ),
            (
                r"\b(?:mail-? ?box|inbox|letter ?box|post ?box|mail ?store|mail ?folder|mail ?drop|account)\b[^.;:]{0,40}"
                rf" (?:cannot|can't|could not|won't|will not|unable to) (?:hold|store|fit|swallow|accommodate|save|keep)\b"
            ),
            r"\bremaining (?:quota|space|storage|capacity):? (?:is )?(?:0|none|nil|zero)\b",
        ),
    ),
    Rule(
        "composed-stopped",
        Reason.ACCOUNT_INACTIVE,
        "a mailbox that exists, and that it is switched off: any words of the two classes",
        (
            (
                rf"(?<!to )(?<!for )\b{_HOLDER}[>)\"']{{0,2}} (?:[^\s.;:]{{1,40}} )?{_BE} (?:\w{{2,12}} ){{0,2}}{_STOPPED}"
                r"(?=\W{0,3}$|[.,;:!]| (?:by|until|since|for|because|due|as|at|while|pending|and)\b)"
            ),
        ),
    ),
    Rule(
        "composed-silence",
        Reason.NETWORK_ERROR,
        "a server, and that it does not answer: any words of the two classes",
        (
            rf"\b{_HOST}\b{_OF} {_BE} (?:(?!going\b)\w{{2,12}} ){{0,2}}{_MUTE}\b",
            (
                rf"\b{_HOST}\b{_OF} (?:gave|gives|sent|sends|made|returned|showed|offers?|offered) "
                rf"(?:us |me |back )?(?:no|not an?|never an?) (?:\w{{3,12}} )?{_SIGN}\b"
            ),
            (
                rf"\b{_HOST}\b{_OF} (?:hung up|hangs up|cut us off|broke off|went away|stopped (?:talking|answering|responding)"
                r"|disconnected|(?:never|did not|didn't|does not|doesn't|would not|will not) (?:pick up|answer|react|respond|reply|speak"
                r"|listen|talk)|(?:never) (?:picked up|answered|reacted|responded|replied|spoke))\b"
            ),
            (
                r"\b(?:got|had|received|found|heard|waited for|waiting for|with|without) (?:no |any |never an? )?"
                rf"(?:\w{{3,12}} )?{_SIGN} (?:from|at|of|by) (?:the |this |that |any )?(?:{_HOST}\b|[a-z0-9-]{{1,63}}\.[a-z])"
            ),
            (
                r"\b(?:could not|couldn't|cannot|can't|unable to|failed to|never managed to|did not|not able to) "
                rf"(?:get through to|talk to|speak (?:to|with)|reach|open a session with) (?:the |this |that |its |any )?{_HOST}\b"
            ),
            r"\bno(?:body|thing| one) (?:answers?|answered|listens?|listened|picks? up|responds?|responded) (?:at|on) (?:port|host|mx)\b",
        ),
    ),
    Rule(
        "composed-absence",
        Reason.INVALID_RECIPIENT,
        "a mailbox or a person, and that it is not there: any words of the two classes",
        (
            rf"\b{_HOLDER}[>)\"']{{0,2}}:? (?:{_BE} |has |have |had ){{0,2}}(?:\w{{2,12}}ly )?{_VANISHED}{_HERE}",
            (
                rf"\b{_HOLDER}[>)\"']{{0,2}} (?:[^\s.;:]{{1,40}} )?(?:is|was|has|had|has been|could|can|were)(?: not|n't| never) "
                rf"(?:be |been |yet been )?{_SET_UP}{_HERE}"
            ),
            (
                rf"\b{_NOT} (?:\w{{3,10}}ly )?{_KNOW} (?:any |an? |such an? |such |the |this |that |of )?(?:\w{{3,12}} )?"
                rf"(?:<who>|handle|nickname|someone|somebody|anyone|anybody|person|@){_HERE}"
            ),
            (
                rf"\b(?:nobody|no one|no-one|no <who>|none|no human|not a soul) (?:here |there |with us |in this \w{{3,12}} )?"
                r"(?:answers to|goes by|bears|carries|responds to|listens to|is known (?:as|under|by)|is called|is named|uses|owns)"
                r" (?:the (?:name|address)(?: of)? |this (?:name|address)\b|that (?:name|address)\b|such an? (?:name|address)\b|\W{0,2}@)"
            ),
            (
                rf"\b(?:look-?ups?|search|quer(?:y|ies)|check) (?:of|for|on|about) (?:the |this |that )?(?:<who> )?\W{{0,2}}@?\W{{0,2}} ?"
                rf"(?:in \S{{1,40}} |in the \S{{1,40}} )?(?:returned|returns|gave|gives|found|finds|yielded|yields|brought|produced"
                rf"|showed|shows|came back with|came up with|was|is|came back) {_NONE}\b"
            ),
            (
                rf"\b(?:person|employee|colleague|@)[>)\"']{{0,2}}[^.;:]{{0,60}} (?:is|was) (?:not|no longer) (?:\w{{3,8}} )?"
                rf"(?:with|at|employed (?:by|at)|working (?:for|at)|part of|a member of|in) (?:us|our|this|the) ?(?:\w{{3,20}} ){{0,2}}"
                r"(?:any ?more|any longer)\b"
            ),
        ),
    ),
)
