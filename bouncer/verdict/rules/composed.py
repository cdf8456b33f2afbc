"""Statements made of classes of words: a server, the sender, the message or a mailbox, with a verb or an adjective for it.

They are tried last, for wordings that no list has: any noun of a class with any verb of another (``classes.py``). Statements about
the sender, the message, time or room come before those about an absence (``composed_absence.py``).
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "composed-standing",
        Reason.BAD_REPUTATION,
        "the sender's host or address, and how it stands: any words of the two classes",
        (
            r"(?:you are|your \w{2,12} is) (?:\w{2,10} )?(?:listed|black-?listed)(?=\W{0,3}$|[.,;:!])",
            (
                r"(?:looks? like|seems? to be|is) an? (?:\w{3,12} )?(?:dial-?up|dsl|home|consumer|cable) (?:line|user"
                r"|connection|host|machine)\b"
            ),
            r"use your (?:\w{3,12} )?(?:provider|isp|company|network)(?:'s)? (?:smarthost|relay|server|gateway|mail ?server)\b",
            (
                r"(?:on|in) (?:our|the|an?|some|its) (?:\w{3,12} ){0,2}(?:index|lists?|register|roll|catalogue|collection"
                r"|database) of "
                r"(?:\w{3,12} ){0,2}(?:bad|spam\w{0,4}|blocked|banned|barred|unwanted|abus\w{2,4}|rogue|infected|compromised"
                r"|offenders)\b"
            ),
            r"<yours> (?:<be> )?(?:\w{2,12} ){0,2}(?:in disrepute|disreputable|infected|compromised|hacked|part of a botnet)\b",
            r"<yours>\b.{0,40}\b(?:has|have|had|with|got|earned|of) (?:\w{1,12} ){0,2}<poor> (?:\w{3,12} )?<fame>\b",
            r"<poor> (?:\w{3,12} )?<fame> (?:of|for|with) (?:\w{1,12} )?<yours>\b",
            r"(?:do not|don't|never|cannot|can't|no longer) trust (?:\w{1,12} )?<yours>\b",
            (
                r"<yours>\b.{0,30} (?:caught|seen|observed|known|notorious|reported) (?:\w{2,12} ){0,3}"
                r"(?:sending|spam\w{0,4}|abuse|attacks?|junk|scans?|probes?)\b"
            ),
        ),
    ),
    Rule(
        "composed-identity",
        Reason.AUTHENTICATION_FAILED,
        "the sender's name or proof, and that it does not hold: any words of the two classes",
        (
            r"<letter> (?:is |was |are )?(?:not signed|unsigned|without (?:an? )?signature)\b",
            (
                r"(?:you|senders?|submitter|client|peer|author) (?:has |have |had |did |do |does )?"
                r"(?:failed to|fails? to|not|never) (?:yet )?authenticated?\b"
            ),
            r"(?:sender|submitter|client|peer|author|login) (?:has |have )?(?:failed|fails) (?:the |smtp )?authentication\b",
            (
                r"(?:receive|check|fetch|get|read|collect|retrieve|poll|pick up) (?:your |the |new ){0,2}"
                r"(?:e-?mails?|mails?|messages|inbox|mail-? ?box)(?: first)? before (?:you )?(?:\w{3,4} )?send(?:ing)?\b"
            ),
            r"\bpop3?\b.{0,20} before (?:smtp|you|send)",
            r"(?:called|call|calling)[ -]?backs?\b.{0,60} (?:no|not|failed|refused|unknown|nobody)\b",
            r"(?:verify|confirm|prove|establish|check) (?:that )?(?:you are|your identity|who you are|who sent)\b",
            (
                r"\b(?:helo|ehlo)\b(?: (?:name|argument|greeting|string|host|domain))? .{0,30}\b(?:nonsense|bogus|forged|fake"
                r"|invalid"
                r"|wrong|bad|odd|malformed|rejected|impossible|nobody's|not|does not|doesn't)\b"
            ),
            (
                r"(?:name|hostname|address) (?:of|for) <yours>.{0,30} (?:does not|doesn't|not|fails to) (?:fit|match|agree"
                r"|correspond"
                r"|belong|resolve|point)\b"
            ),
        ),
    ),
    Rule(
        "composed-unwelcome",
        Reason.SENDER_REJECTED,
        "the sender, and what it may not do: any words of the two classes",
        (
            (
                r"(?:do not|don't|does not|doesn't|never|no longer) (?:want|take|like|need|wish|accept|welcome|desire) "
                r"(?:any |to see |to get |your |more )?(?:mails?|messages|letters|anything|e-?mails?|post) (?:from|by"
                r"|of) (?:you|your)\b"
            ),
            (
                r"your (?:mails?|messages|letters|e-?mails?|newsletters?) <be> (?:\w{2,10} )?(?:unwanted|not wanted|unwelcome"
                r"|undesired"
                r"|not welcome|not desired)\b"
            ),
            r"(?:from|sender|envelope)\b.{0,30} (?:differ|disagree|do not match|do not agree|are not the same)\b",
            (
                r"(?:you|<yours>|as\d{2,10}|\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\]?) (?:may|must|can|shall|should) ?(?:not|n't"
                r"|never) "
                r"(?:send|write|post|mail|relay|deliver|talk|connect|submit|use)\b"
            ),
            (
                r"(?:you|<yours>|sender|client) (?:are|is|were|was) (?:not|no longer|never) (?:\w{3,10}ly )?(?:allowed|permitted"
                r"|authori[sz]ed|entitled|welcome|wanted|admitted|trusted|approved|eligible|cleared|enrolled|supposed)\b"
            ),
            (
                r"(?:reads?|takes?|accepts?|receives?|gets?|wants?|allows?|welcomes?) (?:only )?(?:\w{3,12} ){0,2}from (?:only )?"
                r"(?:an? |the |his |her |its |their )?(?:known|trusted|listed|approved|friends?|members?|colleagues?|internal"
                r"|authenticated|verified|certain|selected|confirmed|registered)\b"
            ),
            r"\bmail ?from (?:account|address|user|domain) is (?:an? )?(?:local|internal)\b",  # Aliyun: without a login
            r"(?:foreign|third-party|outside|strangers'?) (?:mail|messages|traffic) (?:is|are) (?:not|never) (?:\w{3,12})\b",
        ),
    ),
    Rule(
        "composed-rule",
        Reason.POLICY,
        "a message, and the rule that it breaks: any words of the two classes",
        (
            (
                r"<letter> (?:that you sent )?(?:looks?|seems?|appears?|is|was) (?:\w{1,10} ){0,2}(?:odd|strange|suspicious"
                r"|suspect|dubious"
                r"|fishy|unusual|unwanted|undesirable|undesired|improper|inappropriate|offensive|untrustworthy)\b"
            ),
            (
                r"<letter>\b.{0,30} (?:triggers?|triggered|matche[sd]|hits?|breaks?|broke|violates?|fires?|fired|tripped|offends?) "
                r"(?:\w{1,12} ){0,3}(?:rules?|filters?|polic(?:y|ies)|guidelines?|terms|patterns?|signatures?)\b"
            ),
        ),
    ),
    Rule(
        "composed-blocking",
        Reason.POLICY,
        "a sender, and that somebody keeps it out: the noun for it",
        (
            r"\bblocking (?:of|for) (?:\w{1,12} ){0,2}(?:<yours>|senders?|you)\b",
            r"(?:sender|domain|ip|host|network|explicit|manual) blocking\b",
        ),
    ),
    Rule(
        "composed-limit",
        Reason.RATE_LIMITED,
        "a sender's traffic, and that it is at its limit: any words of the two classes",
        (
            (
                r"(?:relay|relaying|sending|outbound|outgoing|submission|hourly|daily|monthly|connections?|session|traffic) limits?"
                r" (?:of \S{1,20} )?(?:(?:has|have) been |is |was |were )?(?:exceeded|reached|hit|used up|exhausted)\b"
            ),
            (
                r"(?:number|total|count) of (?:the )?(?:rcpts?|recipients?|messages|mails|connections)\b"
                r".{0,40} (?:maximum|threshold|limit|over|too)\b"
            ),
            (
                r"limit (?:of|for|on) (?:\w{1,12} )?(?:connections|sessions|mails|messages|e-?mails|recipients|deliveries)\b"
                r".{0,30} (?:exceeded|reached|hit)\b"
            ),
        ),
    ),
    Rule(
        "composed-header",
        Reason.FORMAT_ERROR,
        "a field of the message, and that it has to be there: any words of the two classes",
        (
            (
                r"(?:subject|message-?id|date|(?:from|to|sender|mime-version|content-type):?(?= (?:header|line|field)))"
                r"(?: header| line| field){0,2}:? (?:is |was )?(?:mandatory|obligatory|compulsory|required|needed|empty|blank)\b"
            ),
            r"(?:subject|header|field|from|to) (?:line |field )?(?:must|may|should|can) ?not be (?:empty|blank|missing|absent)\b",
            r"\b(?:no|without|blank|empty) (?:an? |any )?subject(?: line)?\b(?=\W{0,3}$|[.,;:!]| not| is| are)",
        ),
    ),
    Rule(
        "composed-junk",
        Reason.SPAM_CONTENT,
        "a message, and what it is taken for: any words of the two classes",
        (
            r"(?:<letter>|it|this)\b[^:]{0,40}\b<takenfor>\b[^:]{0,25} <trash>\b",
            r"<takenfor>\b (?:that )?(?:it|this|(?:your|the|this) <letter>) (?:is|was|to be|as|for) (?:\w{1,12} )?<trash>\b",
            (
                r"(?:<letter>|it|this)\b.{0,30} (?:contains?|has|have|holds?|carr(?:y|ies)|with|includes?|points? to|leads? to)"
                r" (?:\w{1,12} ){0,3}(?:shortened|suspicious|forbidden|banned|blocked|bad|malicious|dangerous|unwanted|hidden"
                r"|disallowed|dubious) (?:\w{3,12} )?(?:links?|urls?|words?|phrases?|content|files?|attachments?|domains?|hosts?"
                r"|addresses|text|images?)\b"
            ),
        ),
    ),
    Rule(
        "composed-size",
        Reason.MESSAGE_TOO_LARGE,
        "a message, and that it is larger than is taken: any words of the two classes",
        (
            (
                r"<letter>\b.{0,20} (?:heavier|larger|bigger|longer|more) than (?:\w{1,12} ){0,3}(?:limit|maximum|\d{1,9} ?[kmg]i?b"
                r"|we take|we accept|allowed|permitted)"
            ),
        ),
    ),
    Rule(
        "composed-loop",
        Reason.ROUTING_LOOP,
        "a message, and that it came back: any words of the two classes",
        (
            r"more than \d{1,3} (?:hops|received|servers on)\b",
            r"\bloops? (?:was |is |has been )?(?:found|detected|seen|suspected|between|among)\b",
            r"(?:has|have) been (?:round|around|here|through) (?:\w{2,12} ){0,2}(?:twice|times|already|before)\b",
        ),
    ),
    Rule(
        "composed-tls",
        Reason.TLS_ERROR,
        "a certificate or a cipher, and its fault: any words of the two classes",
        (
            r"certificate\b.{0,30} (?:out of date|too old|stale|not yet valid|no good)\b",
            (
                r"(?:unknown|invalid|expired|untrusted|self-signed|wrong|bad|missing|revoked|weak|no common|unsupported|outdated)"
                r" (?:\w{2,12} ){0,3}(?:certificates?|issuer|certification authority|ciphers?|trust anchor|handshake"
                r"|protocol version)\b"
            ),
            (
                r"(?:agree|agreed|agreement|settle) (?:on|about|upon) (?:\w{1,12} ){0,2}(?:ciphers?|encryption|protocol"
                r"|key exchange)\b"
            ),
        ),
    ),
    Rule(
        "composed-dns",
        Reason.DNS_ERROR,
        "a name server, and its fault: any words of the two classes",
        (
            r"no (?:mail-? ?(?:servers?|hosts?|exchangers?)|mx) (?:records? |hosts? )?(?:seems?|appears?) to (?:exists?|be)\b",
            r"\bdns (?:query|resolve|resolving|resolution|look-?up) (?:error|failure|problem|fault)\b",
            r"\bno (?:data|answer|result) (?:by|from|in) (?:the )?dns\b",
            (
                r"(?:name ?servers?|resolvers?|dns(?: servers?)?|zones?|delegation)\b(?: (?:for|of) \S{1,80})? <be> (?:\w{2,12} )?"
                r"(?:broken|lame|down|wrong|silent|dead|misconfigured|unreachable|inconsistent|out of order|overloaded)\b"
            ),
        ),
    ),
    Rule(
        "composed-late",
        Reason.EXPIRED,
        "a message, and that its time is over: any words of the two classes",
        (
            (
                r"<letter>\b.{0,20} (?:outlived|outstayed|overstayed|used up|exceeded|reached the end of) "
                r"(?:its|the) (?:\w{3,12} )?(?:time|lifetime|life|stay|limit of time)\b"
            ),
            r"\bin (?:the |our |this )?queue (?:\w{2,12} ){0,2}(?:too long|for too long|for \d)",
        ),
    ),
    Rule(
        "composed-full",
        Reason.MAILBOX_FULL,
        "a mailbox, and that it has no room: any words of the two classes",
        (
            (
                r"(?:over|above|beyond|exceed(?:s|ed)?|used up) (?:its|his|her|their) (?:\w{3,12} )?"
                r"(?:allowance|allotment|allocation)\b"
            ),
            r"(?:space|room|storage) (?:is |was )?not (?:enough|sufficient)\b",
            r"(?:too little|very little|little) (?:free )?(?:space|room|storage) (?:\S{1,12} ){0,3}(?:<container>|box)\b",
            r"<container> <be> (?:\w{2,12} )?filled(?=\W{0,3}$|[.,;:!])",
            (
                r"<storage> (?:of|for) (?:the |this )?(?:user|recipient|mailbox|account|@)(?: \S{1,60})? "
                r"(?:exceeded|exhausted|used up|full|reached)\b"
            ),
            (
                r"too many (?:mails|messages|e-?mails|letters) (?:are |stored |kept )?in (?:the |his |her |this "
                r"|its )?(?:mail-? ?)?box\b"
            ),
            (
                r"(?:deletes?|removes?|clears?|archives?) (?:some|old|his|her|their) (?:\w{3,12} )?(?:mails?|messages|letters"
                r"|e-?mails?)"
                r"(?=\W{0,3}$|[.,;:!]| (?:first|before|from)\b)"
            ),
            r"no more (?:mails?|messages|letters|e-?mails?) (?:can|could|may|will) be (?:stored|kept|taken|saved|held)\b",
            (
                r"(?:<container>|\bbox)(?: (?:of|for) \S{1,60})? (?:<be> |has |had )?(?:\w{2,12} ){0,2}(?:overflowed"
                r"|overflowing|over-?full"
                r"|overfilled|burst|spilled over|full up|choked|clogged|crammed|more than full)\b"
            ),
            (
                r"(?:out of|over|above|beyond|no more|exhausted|insufficient) (?:\w{3,12} )?(?:allowance|quota|allotment"
                r"|mailbox space)"
                r"(?=\W{0,3}$|[.,;:!])"
            ),
            (
                r"(?:no|not a|not one|not another) (?:free |more )?(?:slot|place|byte|block)s? (?:\S{1,12} ){0,3}in (?:the "
                r"|this |his |her )?<container>\b"
            ),
            r"<container> (?:exceeds|is over|is above|has passed|went over) \d{1,9} ?[kmgt]i?b\b",
            (
                r"(?:used|uses|consumed|spent|exhausted|filled|taken|occupied|eaten|drained|reached|hit)(?: up)?"
                r" (?:(?:all|the whole|the entire|every|the last|nearly all)(?: of)? )?(?:his|her|its|their|the) "
                r"(?:\w{3,12} ){0,2}<storage>\b(?! (?:of|for|on) (?:the |our |this )?(?:server|host|system|queue|sender|hour|day))"
            ),
            (
                r"(?:clean(?:s|ed)? (?:up|out)|empt(?:y|ied|ies)|tid(?:y|ied|ies) up|make room in|free (?:up )?space in) "
                r"(?:his|her|its|their|the) (?:\w{3,12} )?(?:mail-? ?box|inbox|mail|box|account)\b"
            ),
            (
                r"(?:<container>|recipient|user|addressee|owner|@)\b[^:]{0,40}\b(?:has|have|had|is|with|there is|got|lacks?)\b"
                r" (?:\w{1,10} ){0,2}(?:no|not enough|not any|out of|short of|without|0|zero"
                r"|too little) (?:\w{3,12} ){0,2}<storage>\b"
            ),
            (
                r"<container>\b[^:]{0,40}\b(?:cannot|can't|could not|won't|will not|unable to) (?:hold|store|fit|swallow"
                r"|accommodate"
                r"|save|keep|grow|be enlarged)\b"
            ),
            (
                r"<storage> (?:of|for) (?!(?:the |our |this |your )?(?:server|host|system|queue|spool|sender|client|gateway))"
                r"(?:\S{1,60} ){1,3}<be> (?:\w{2,12} ){0,2}(?:used up|taken|spent|consumed|depleted|eaten up|at an end|none|nil"
                r"|zero)\b"
            ),
            r"\d ?% of (?:\S{1,60} ){1,2}(?:quota|space|storage|room) (?:is|are) (?:taken|used|filled|spent|gone)\b",
            (
                r"(?:<holder>|she|he) (?:has|have|keeps?|stores?) too (?:much|many) (?:unread |old |stored )?(?:mails?|messages"
                r"|e-?mails?)\b"
            ),
            r"(?:not a byte|nothing|no) more (?:fits?|can be stored|goes in)\b",
            r"remaining (?:quota|space|storage|capacity):? (?:is )?(?:0|none|nil|zero)\b",
        ),
    ),
    Rule(
        "composed-stopped",
        Reason.ACCOUNT_INACTIVE,
        "a mailbox that exists, and that it is switched off: any words of the two classes",
        (
            (
                r"(?:has|have|had|was|were) (?:\w{2,10}ly )?(?:locked|disabled|suspended|frozen|paused|blocked|barred|switched off"
                r"|deactivated|parked) (?:this|the|that|his|her|its) <holder>(?=\W{0,3}$|[.,;:!])"
            ),
            r"(?:in arrears|behind with (?:his|her|the|their) payments?)\b",
            (
                r"(?<!to )(?<!for )\b<holder> (?:[^\s.;:]{1,40} )?<be> (?:\w{2,12} ){0,2}<stopped>"
                r"(?=\W{0,3}$|[.,;:!]| (?:by|until|since|for|because|due|as|at|while|pending|and)\b)"
            ),
            (
                r"(?:<holder>|owner|holder|tenant) (?:has|have) not paid (?:the |his |her |its |their |our )?(?:\w{3,12} )?"
                r"(?:bills?|fees?|invoices?|rent|dues|subscription)\b"
            ),
        ),
    ),
    Rule(
        "composed-not-now",
        Reason.MAILBOX_UNAVAILABLE,
        "a mailbox that takes no mail for a time: any words of the classes",
        (
            (
                r"<holder> (?:does not|doesn't|will not|won't|cannot|can't|is not able to|refuses to|takes no|accepts no"
                r"|receives no)"
                r" (?:\w{2,12} ){0,3}(?:mails?|messages|e-?mails?|letters) (?:at the moment|right now|at present|for now|until"
                r"|this week|today|for the time being|now)\b"
            ),
        ),
    ),
    Rule(
        "composed-silence",
        Reason.NETWORK_ERROR,
        "a server, and that it does not answer: any words of the two classes",
        (
            r"\btime-? ?out(?=\W{0,3}$)",
            (
                r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3} (?:does not|doesn't|did not|didn't|never|would not|will not) "
                r"(?:react|answer|respond|reply|speak|listen|reacted|answered|responded|replied)\b"
            ),
            r"no (?:mx|mail ?server|server|host|exchanger) (?:answers?|answered|responds?|responded|picks? up)\b",
            r"(?:connection|line|link) (?:was |is |got )?(?:cut|severed|interrupted|torn)\b",
            r"<host>\b<serving> <be> (?:(?!going\b)\w{2,12} ){0,2}<mute>\b",
            (
                r"<host>\b<serving> (?:gave|gives|sent|sends|made|returned|showed|offers?|offered) "
                r"(?:us |me |back )?(?:no|not an?|never an?) (?:\w{3,12} )?<sign>\b"
            ),
            (
                r"<host>\b<serving> (?:hung up|hangs up|cut us off|broke off|went away|stopped (?:talking|answering|responding)"
                r"|disconnected|(?:never|did not|didn't|does not|doesn't|would not|will not) (?:pick up|answer|react|respond|reply"
                r"|speak|listen|talk)|(?:never) (?:picked up|answered|reacted|responded|replied|spoke))\b"
            ),
            (
                r"(?:got|had|received|found|heard|waited for|waiting for|with|without) (?:no |any |never an? )?"
                r"(?:\w{3,12} )?<sign> (?:from|at|of|by) (?:the |this |that |any )?(?:<host>\b|[a-z0-9-]{1,63}\.[a-z])"
            ),
            (
                r"(?:could not|couldn't|cannot|can't|unable to|failed to|never managed to|did not|not able to) "
                r"(?:get through to|talk to|speak (?:to|with)|reach|open a session with) (?:the |this |that |its |any )?<host>\b"
            ),
            (
                r"no(?:body|thing| one) (?:answers?|answered|listens?|listened|picks? up|responds?|responded) (?:at|on) (?:port"
                r"|host|mx)\b"
            ),
            (
                r"(?:line|link|session|dialogue|conversation|transfer) (?:broke|was cut|was lost|was broken|broke down"
                r"|broke off|ended"
                r"|died|was torn down) (?:\w{2,12} ){0,2}(?:in mid|mid|during|before|after|while|half)"
            ),
        ),
    ),
)
