"""Phrases of servers that distrust the sending host, or get too much mail from it: rates, greylists, blocklists, reputation."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "rate-greylisted",
        Reason.RATE_LIMITED,
        "RFC 6647; Postgrey, milter-greylist, SQLgrey, policyd, Rspamd, Exim recipes",
        (
            r"gr[ea]y-? ?list",
            r"(?:first|initial) (?:attempt|contact|time) .{0,40}(?:try again|retry|come back|deferred)",
            r"(?:try again|retry|come back) in .{0,20}(?:minutes|seconds)",
            r"internal resources are temporarily unavailable",  # Mimecast, api.services.mimecast.com: 451
        ),
    ),
    Rule(
        "rate-limited",
        Reason.RATE_LIMITED,
        (
            "Gmail 4.7.28 and 4.2.1, Microsoft 4.7.5xx, Yahoo TSS04, iCloud, Comcast RL, Rackspace G30, Tencent,"
            " Postfix anvil, Exim ratelimit"
        ),
        (
            r"\bquota of .{0,30} (?:an?|per|each|for this|for the|this) (?:second|minute|hour|day)\b",
            r"(?:sent|used up|reached|spent|exhausted) (?:all )?(?:of )?your (?:\S{1,12} )?(?:quota|allowance|limit) (?:of|for)\b",
            (
                r"\b(?:number|count|share|percentage) of (?:unknown|invalid|bad|non-?existent) "
                r"(?:users|recipients|addresses|mailboxes)\b"
            ),
            (
                r"\byou (?:have |had )?(?:tried|sent|wrote|mailed|send|write|attempted)\b.{0,40} (?:unknown|invalid"
                r"|non-?exist\w{0,5}|bad|deleted) "
                r"(?:users|recipients|addresses|mail ?boxes|accounts)\b"
            ),
            (
                r"\b(?:sending|sent|mailing|attempts?) to (?:\S{1,12} ){0,2}(?:unknown|invalid|non-?exist\w{0,5}|bad|deleted) "
                r"(?:users|recipients|addresses|mail ?boxes|accounts)\b"
            ),
            r"\d ?(?:%|percent|per cent) of (?:your|the) (?:recipients|addresses|users|e-?mails?|messages)\b",
            r"\b(?:limit|quota|allowance) (?:of|for) (?:the |this |your )?(?:sender|sending|client|relay|host|ip)\b",
            r"\b(?:daily|hourly|weekly|monthly) (?:message|mail|e-?mail|recipient|sending) (?:quota|limit|allowance)\b",
            r"\b(?:limit|quota|allowance) (?:of|for|per) (?:this |the |an? |each |every )?(?:hour|day|minute|session|connection)\b",
            r"\b(?:sent|sending) (?:\S{1,12} ){0,2}more (?:\S{1,12} ){0,2}than (?:\S{1,12} ){0,3}(?:quota|allowance|limit)\b",
            r"\byour (?:daily|hourly|weekly|monthly) (?:quota|limit|allowance)\b",
            r"\bsender (?:has |had )?(?:used up|exhausted|spent|reached|exceeded|hit)\b.{0,30} (?:quota|limit|allowance)\b",
            (
                r"(?:sending|outbound|relay|submission) (?:quota|allowance|limit) (?:for|of) "
                r"(?:today|the day|this (?:hour|day)|the hour)\b"
            ),
            (
                r"(?:not enough|insufficient|no|out of) (?:\S{1,12} )?(?:sending|outgoing|outbound|relay|submission)"
                r" (?:quota|allowance|credits?|limit)\b"
            ),
            (
                r"\b(?:number|count) of (?:rcpts?|rcpt tos?|recipients|addressees) (?:is |was )?(?:too|over|above"
                r"|beyond|exceed|more than|larger|greater)"
            ),
            r"\brelay limit exceeded\b",
            r"\blimits? (?:for|of|on) your account\b.{0,20} exceed",
            r"\bout of allow(?:ed)? rcpt",  # Sina: 451
            r"your (?:daily |hourly |monthly )?(?:sending|outgoing|outbound|relay|submission) (?:quota|allowance|limit)\b",
            (
                r"\d (?:letters|messages|mails|e-?mails|recipients|connections) (?:an?|per|in an?|each|every)"
                r" (?:second|minute|hour|day)\b"
            ),
            r"(?:rate|frequency|velocity)[ -]?limit",
            r"rate (?:is |was |has been )?(?:exceeded|too high)",
            r"unusual(?:ly high)? (?:rate|amount|volume|number|traffic|sending)",
            r"(?:unexpected|excessive) volume",
            (
                r"(?:too many|excessive|maximum number of|max) .{0,40}(?:connections?(?! fail)|sessions?|concurrent"
                r"|simultaneous)"
            ),
            (
                r"(?:too many|excessive) (?:messages|mails|e-?mails|recipients|requests|deliver|errors|attempts"
                r"|commands|transactions|rcpts|invalid|unknown|bad)"
                r"(?! stored| in it|(?: (?:in|on) (?:the|this|his|her|user|mail ?box|inbox|server|disk)\b(?! message)))"
            ),
            r"(?:connections?|recipients|messages|mails|rcpts) (?:limit|count|number|per .{0,20}) ?.{0,20}exceed",
            r"too (?:fast|frequent|quickly|often|much (?:mail|e-?mail) (?:from|in (?:an?|one|the last)\b))",
            r"received too (?:much|many)\b(?! times)",
            r"(?:messages?|mails?|e-?mails?|connections?|recipients?) too (?:many|frequent|often)\b",
            r"too many (?:\S{1,20} ){0,2}(?:users|recipients|addresses|rcpts)\b",
            r"(?:unknown|invalid) (?:users?|recipients?) (?:limit|quota|threshold)",
            r"recipient ?rate ?limit",
            r"(?:quota|allowance) .{0,20}for your (?:server|host|ip|account|domain|network)\b",
            r"receiving (?:e-?)?mails? (?:at a rate|too)",
            (
                r"(?:send|sending|hourly|daily|outbound|submission|per[- ]hour|message rate|connection|session|throughput) "
                r"(?:rate "
                r"|limit|quota|threshold)s? ?.{0,30}(?:exceed|reach|hit|over)"
            ),
            (
                r"exceed[a-z]{0,3} .{0,40}(?:sending|hourly|daily|outbound|rate|connection|recipient|throughput"
                r"|submission) .{0,12}(?:limit|quota|threshold|rate)"
            ),
            (
                r"exceed[a-z]{0,3} .{0,60}(?:per|in an?|in the last|within) (?:hour|day|minute|second|session"
                r"|connection)"
            ),
            r"throttl(?:ed|ing|e)\b",
            r"has exceeded .{0,40}(?:e-?mails|messages|recipients|defers|failures) (?:per|allowed)",
            r"temporarily deferred due to (?!unresolv|unverif)",
            r"exceed(?:s|ed|ing)? .{0,40}\blimit .{0,30}(?:per|an?|each|every) (?:second|minute|hour|day)",
            (
                r"too many (?:\S{1,20} ){0,2}(?:mails|messages|e-?mails)(?! stored| in it| (?:in|on) (?:the|this|his"
                r"|her|user"
                r"|mail ?box|inbox|server|disk)\b(?! message))"
            ),
            (
                r"(?:queue|organi[sz]ation|organi[sz]ation's|tenant|relay|relaying|outgoing|client|sender|sender's"
                r"|server|host) (?:\S{1,20} )?"
                r"quota"
            ),
            r"messages? from .{0,60}temporarily deferred(?! due to unresolv)",
            r"\[ts(?:s0[0-8]|0[0-24-9])\]",  # Yahoo; TSS09 and TS03 are for good
            r"mail flood",
            r"slow down",
            r"(?:recipient|session|message) limit (?:is |was |has been )?exceeded",
            r"thread limit exceeded",
            r"\brl000\d",
            r"sen(?:d|t|ding) too (?:much|many)\b(?! spam)",
            (
                r"(?:reached|hit|exceeded|over|above|at) (?:the|your|its|their|his) (?:\S{1,20} )?(?:sending|hourly"
                r"|daily|outgoing|outbound) (?:\S{1,20} )?(?:limit|quota)"
            ),
        ),
    ),
    Rule(
        "reputation-blocklist",
        Reason.BAD_REPUTATION,
        "RFC 5782; Spamhaus, SORBS, SpamCop, Barracuda, UCEPROTECT, Invaluement, SURBL; Postfix reject_rbl_client",
        (
            "spamhaus",
            "spamcop",
            "surbl",
            r"\buribl\b",
            r"\bsorbs\b",
            "uceprotect",
            "invaluement",
            "abusix",
            "mailspike",
            "spameatingmonkey",
            "hostkarma",
            "senderbase",
            "senderscore",
            "barracudacentral",
            "barracuda ?reputation",
            r"\bgbudb\b",
            r"manitu\.net",
            "backscatterer",
            "nixspam",
            r"\b0spam\b",
            r"\bspfbl\b",
            r"abuseat\.org",
            r"\bpsbl\b",
            r"junkemailfilter",
            r"ipcheck\.proofpoint",
            r"ipremoval\.sms",
            r"sender\.office\.com",
            r"mail-abuse\.(?:org|com)",
            "dnsbl",
            "dnsrbl",
            r"\brbls?\b",
            "rhsbl",
            r"\bdnswl\b",
            (
                r"(?<!not )(?<!not on any )(?<!not on a )(?<!not in any )(?<!not in a )black[- ]?list"
                r"(?!ed (?:\S{1,12} ){0,2}(?:files?|attachments?|extensions?|words?|content)\b)"
            ),
            r"\bspammers?\b",
            r"(?:reject|refuse|ban) ?list\b",
            r"(?<!not )(?<!not on any )(?<!not on a )(?<!not in any )(?<!not in a )(?<!allow )(?<!allow/)block[- ]?list",
            "deny[- ]?list",
            r"\bblacklst",
            r"blocked (?:by|using|at|on|in|via|for|due to) .{0,60}(?:lists?\b|bl\b|dns)",
            (
                r"\bfound (?:your (?:ip|host|address) )?\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\]? (?:in|on|at) (?!(?:its"
                r"|the|your|an?|received|headers?)\b)"
            ),
            r"listed (?:in|on|at|by) .{0,60}(?:lists?\b|bl\b|database|dns|zone)",
            r"(?:\bip|host|\bdomain|server|mailfrom|sender|client|\[[0-9a-f.:]{3,45}\])\b.{0,40} (?<!not )listed\b",
            r"\bblack ip\b",
        ),
    ),
    Rule(
        "reputation",
        Reason.BAD_REPUTATION,
        (
            "Gmail 5.7.1 and 4.7.0, Microsoft S3140/S3150 and 5.7.6xx, Yahoo BL21, Cisco Talos, Proofpoint PRS,"
            " Charter AUP#, Cox, GMX"
        ),
        (
            "reputation",
            r"permanently deferred\b",
            r"(?<!@ was )(?<!@ is )(?:blocked|banned|listed|rejected|refused) (?:for|due to|because of) (?:\S{1,20} )?abuse\b",
            (
                r"(?:mail|messages?|connections?|traffic|access) from (?:this|your|that|its) (?:country|region"
                r"|part of the world|continent)\b"
            ),
            r"\b(?:your|this|that|sending|source|client|sender's) (?:country|region|location|continent)\b.{0,20} <refused>",
            r"<refused> .{0,20}\b(?:your|from this|source|sending|client) (?:country|region|location|continent|geolocation)\b",
            (
                r"\b(?:geographical|geographic|geo(?:ip|location)?|country)[- ]?(?:location|region|code|block\w{0,3}"
                r"|restrict\w{0,4}|polic\w{1,3})\b"
            ),
            r"registered (?:only |just )?\d{1,3} (?:hours?|days?|weeks?) ago",
            r"\b(?:domain|sender|host) .{0,30}\b(?:too|is) (?:young|new|fresh)\b",
            r"(?:poor|bad|low|negative) (?:sender|sending|ip|domain|mail|trust) (?:score|history|rating)",
            (
                r"\b(?:your|client|sending|source|connecting|this) (?:ip|ip address|ip-address|mail ?server|server|host"
                r"|network|isp|domain)\b"
                r".{0,40} (?:poor|bad|low|negative|doubtful|dubious|ill) (?:standing|history|record|score|rating|fame"
                r"|repute|name)\b"
            ),
            (
                r"\b(?:your|client|sending|source|connecting|originating|sender'?s?) (?:ip|mail ?server|server|host"
                r"|network|isp|mta|domain)\b.{0,60}(?:<refused>|not trusted|untrusted|has been reported|suspected"
                r"|suspicious"
                r"|not welcome|unwelcome)"
            ),
            (
                r"(?:<refused>|block|ban|refus|den)[a-z]{0,3} .{0,40}\b(?:your|from this|sending|source|client) (?:ip"
                r"|network|server|host|isp|provider|hoster|mail ?server|subnet)"
            ),
            r"(?:<refused>|block(?:ing)?) (?:sending )?ip\b",
            (
                r"\bip (?:address )?(?:@ |\[?[0-9a-f.:]{3,45}\]? )?(?:is |has been |was |temporarily |currently"
                r" ){0,3}<refused>"
            ),
            r"part of their network is on our block",
            r"(?:dynamic|residential|dial-?up|generic|home) (?:ip|address|host|range|client|pool|space)",
            r"(?<!no )(?<!an )open (?:relay|proxy|resolver)\b(?! (?:is )?(?:not|prohibit))",
            r"\bopenrelay check\b",  # Sina: 554
            r"\bcdrbl\b",  # postmaster.cox.net: blocked for some hours
            r"use (?:the |your )?(?:smtp|mail) ?server of your (?:isp|provider)",
            r"use (?:your|their|its|the) (?:own )?(?:isp|provider)'?s? (?:smtp|mail|server|relay)",
            r"\bno (?:users|service|access|mail|entry) (?:here )?for \[?\d{1,3}\.\d",
            r"\bthis (?:ip|network|isp|domain)\b.{0,40}<refused>",
            r"\bip(?: address)? ?[(\[]?[0-9a-f.:]{3,45}[)\]]? (?:is |was |has been ){0,2}(?:filtered|<refused>)",
            r"\bip (?:is |was |has been |temporarily ){0,3}(?:filtered|hangup|hung up|on hold|suspended|reject|<refused>)",
            r"\bmust register your ip\b",
            r"\b(?:invalid|bad|unknown|wrong) (?:client |source |sending )?ip\b",
            r"user complaints",
            r"(?:directory harvest|dictionary) (?:attack)?",
            r"\bharvest(?:ing)? attack",
            r"(?:spam|abuse|junk) (?:source|originat|was received from|complaints?|reports?)",
            (
                r"(?:suspicious|malicious|spamming|untrusted|abusive) (?:activity|ip|source|sender|host|connection"
                r"|network|client|server)"
            ),
            r"\baup ?# ?",
            r"access (?:from|for) (?:your |ip |\[?[0-9])",
            r"\bip(?: address)?(?: [0-9a-f.:]{3,45})? (?:is )?in (?:prison|jail|quarantine)\b",
            r"(?:temporary|permanent) denial of (?:connection|service|access)",
            r"client (?:host )?(?:@ |\[?[0-9a-z.:\[\] -]{0,100}\]?:? )?(?:<refused>|blocked)",
            r"no access from mail server",
            r"(?:will not be|not be|never be|not|are no longer) accepted from",
            r"we (?:do not|don't|will not) accept (?:mail|connections?|e-?mails?) from",
            (
                r"(?:mail|e-?mail|messages?|connections?|smtp|traffic) from (?:your |this |that |\[?[0-9])(?:ip|server"
                r"|host|network|domain|system|address|[0-9.:\]]{1,45})(?!.{0,60}(?:quota|full\b|unknown|no such))"
            ),
            r"\(bl\d{0,4}\)",
            r"\(rtr:[a-z]{1,2}\d?\)",  # AOL
            r"\(con:[a-z]{1,2}\d?\)",
            r"\(dyn:[a-z]{1,2}\d?\)",
            r"\(hvu:[a-z]{1,2}\d?\)",
            r"\(hvc:[a-z]{1,2}\d?\)",
            r"\(rly:[a-z]{1,2}\d?\)",
            r"\(dns:[a-z]{1,2}\d?\)",
            r"esmtp not accepting messages",  # Sendmail's greeting to a client that it refuses
            r"host network,? not allowed",
            r"\[bl\d\d\]",
            r"\bbanned sender ?\[[0-9a-f.:]{3,45}\]",  # Exchange Online: the client's address
            r"\[pr\d\d\]",
            r"\[ac\d\d\]",
            r"\bbl0000\d",
            r"too many (?:complaints|spam)",
            (
                r"\b(?:ip(?: address)?|host|server|domain|network|isp|client)\b.{0,40}(?:known|reported|listed|seen"
                r"|banned|blocked|sent|sends|sending|generat)\w{0,3} .{0,24}(?:spam|spamming)\b"
            ),
            r"(?:source|sender|origin|distributor)s? of (?:spam|junk|unsolicited)",
            r"\b(?:ip|ip address|isp|network|client) <is>(?:not welcome|unwelcome|untrusted|not trusted)",
        ),
    ),
)
