"""Classes of English words: nouns for those who take part, and verbs for them; ``composed.py`` makes statements of both.

A class is closed: a word that could mean another thing in a server's answer is in none. Words in angle brackets are those of
``rule.VOCABULARY``, which has the classes, too.
"""

CLASSES: dict[str, str] = {
    # who is spoken of
    "host": (
        "(?:(?:mail-? ?|smtp ?|remote |destination |next |far )?(?:servers?|hosts?|exchangers?|gateways?|machines?|relays?|systems?"
        "|mta|mx|computers?|smarthosts?|peer|end|side|party|node|box at))"
    ),
    "serving": (
        r"(?: (?:(?:for|of|at|in|behind|named|called|responsible for|in charge of) )?(?:the |this |that )?[^\s;!?]{1,80}){0,3}"
    ),
    "yours": (
        "(?:(?:your|the sending|sending|the client|client|connecting|source|originating|sender'?s|senders?|this|whose)"
        " (?:mail |e-?mail |ip |smtp |sending |internet |whole |entire ){0,2}"
        "(?:ip|addresse?s?|hosts?|servers?|networks?|net|provider|isp|domains?|ranges?|subnet|neighbou?rhood|systems?|machines?"
        "|mta|relay|organi[sz]ation|company|service)|ip)"
    ),
    "letter": (
        "(?:messages?|e-?mails?|mails?|letters?|mailings?|newsletters?|contents?|text|body|subject|attachments?|files?"
        "|links?|urls?)"
    ),
    "holder": (
        r"(?:user|users|recipients?|mail-? ?box(?:es)?|accounts?|addresse?e?s?|alias(?:es)?|member|customer|subscriber|person"
        r"|user ?name|user ?id|mail ?drop|e-?mail (?:address|account)|inbox|local[ -]?part|mail ?address|student|employee|colleague"
        r"|handle|nick(?:name)?|letter ?box|post ?box|pigeonhole|mail ?name|\bbox|service for (?:this )?(?:user|mailbox|@)|@)"
        r"[>\x29\"']{0,2}"
    ),
    "youmeant": (
        r"(?:,? (?:(?:that|which|whom|who) )?(?:you|we) (?:[a-z]{2,12} ){0,3}(?:to|for|want|wanted|seek|sought|gave|meant|mean|used"
        r"|named|entered|specified|wrote|mailed|chose|asked for|looked for|looking for),?)?"
    ),
    "container": "(?:mail-? ?box(?:es)?|inbox|letter ?box|post ?box|mail ?store|mail ?folder|mail ?drop|account)",
    "storage": (
        "(?:space|room|storage|quota|capacity|allotment|allowance|allocation|disk|megabytes?|gigabytes?|bytes|blocks|inodes|ceiling"
        "|maximum size)"
    ),
    # what is said
    "be": (
        "(?:is|was|are|were|has been|have been|had been|stays?|stayed|remains?|remained|keeps?|kept|went|goes|seems?"
        "|appears?|looks?)"
    ),
    "mute": (
        "(?:silent|mute|dumb|unresponsive|dead|asleep|down|off-?line|off the (?:air|net)|out of reach|not (?:there|up|listening)"
        "|not online|inaccessible|unreachable|unavailable)"
    ),
    "sign": "(?:answer|reply|response|reaction|greeting|banner|sign of life|life sign)s?",
    "poor": (
        "(?:bad|poor|low|negative|doubtful|dubious|shady|questionable|weak|damaged|tarnished|insufficient|spotty|terrible|awful|ill"
        "|worst|no good|too little|not enough|mixed)"
    ),
    "fame": "(?:histor(?:y|ies)|records?|names?|standing|scores?|ratings?|trust|karma|repute|pasts?|fame|credit|marks?)",
    "takenfor": (
        r"(?:taken|considered|classed|classified|regarded|judged|identified|recogni[sz]ed|detected|flagged|marked"
        r"|tagged|scored|rated"
        r"|deemed|treated|categori[sz]ed|looks?|looked|seems?|seemed|appears?|smells?|reads?|resembles?|reminds|believ\w{1,3}"
        r"|suspect\w{0,3})"
    ),
    "trash": (
        r"(?:spam\w{0,4}|junk|bulk|advert\w{0,8}|commercials?|promotion\w{0,3}|marketing|unsolicited|phish\w{0,4}|scam|fraud\w{0,5}"
        r"|a trick|dangerous|harmful|unsafe|hostile)"
    ),
    "stopped": (
        "(?:paused|parked|barred|frozen|suspended|disabled|locked|inactive|dormant|asleep|sleeping|hibernating|mothballed"
        "|on (?:hold|ice)|unpaid|overdue|in arrears|not (?:yet )?(?:paid|activated|active|enabled)|awaiting activation"
        "|under review|out of action)"
    ),
    "vanished": (
        r"(?:vanished|disappeared|never (?:been )?(?:here|there|with us)|extinct|non-?exist\w{0,5}|inexistent"
        r"|unresolvable|unassigned|unallocated"
        r"|unclaimed|fictitious"
        r"|bogus|imaginary|erased|wiped(?: out)?|expunged|scrapped|taken down|torn down|destroyed|deprovisioned|eliminated"
        r"|unlisted|unregistered|unheard of|ceased to (?:be|exist)|gone for (?:good|ever)|gone forever|went away for good|no more"
        r"|given up|taken out of (?:service|use)|put out of (?:service|use)|an? (?:stranger|phantom|ghost|fiction))"
    ),
    "ended": (
        "(?:deleted|removed|closed|erased|dissolved|purged|cancell?ed|discontinued|terminated|retired|abandoned|withdrawn|scrapped"
        "|wiped|shut down|given up|taken down)"
    ),
    "denies": (
        "(?:(?:do|does|did|could|can|would|will|have|has|had)(?: not|n't| never)|cannot|unable to|failed to|fails to"
        "|never|no longer)"
    ),
    "know": (
        "(?:knows?|known|ha(?:ve|s|d)|find|found|locate|hosts?|hosted|serves?|served|recogni[sz]es?|see|seen|met"
        "|lists?|carry|carries"
        "|keep|hold|employ|employed|match|identify|discover|trace|contains?|resolve|look up|map|heard of|hear of)"
    ),
    "finds": (
        "(?:finds?|found|sees?|knows?|ha(?:s|ve|d)|lists?|holds?|contains?|shows?|there (?:is|was|are|were"
        "|has never been|exists))"
    ),
    "setup": (
        "(?:registered|assigned|allocated|created|issued|provisioned|set up|opened|defined|known|recogni[sz]ed|found|located|traced"
        "|matched|identified|listed|resolved|mapped|configured|on file|on record|served|held|hosted|kept)"
    ),
    "herewith": (
        r"(?=\W{0,3}$|[.,;:!]| (?:here|at this|at that|at our|at all|at [a-z0-9-]{1,63}\.|in this|in our|on this|on our"
        r"|with us|to us|to this|to our|by us"
        r"|by our|(?:of|by|under|with) (?:that|this|such an?) (?:name|address)|with the address|called|named|like that"
        r"|anywhere|any ?more|any longer)\b)"
    ),
    "nought": (
        "(?:nothing|none|nobody|no one|no (?:[a-z]{3,10} )?(?:results?|match(?:es)?|entr(?:y|ies)|hits?|records?|rows?"
        "|answers?)|zero"
        "|0|empty)"
    ),
}
"""``herewith`` is the end of a statement, or the place that it holds for; ``serving`` stands between a host and its verb."""
