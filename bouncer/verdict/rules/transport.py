"""Phrases for failures between servers: loops, TLS, busy, network, broken, too late."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

BROKEN = (
    Rule(
        "lookup-broken",
        Reason.RECEIVER_ERROR,
        "Postfix, Exim and Dovecot with LDAP or SQL: the directory does not answer, so nobody is found in it",
        (
            (
                r"\b(?:directory|ldap|database|sql|mysql|backend|user ?db|auth server|lookup server|map)\b (?:server "
                r"|lookup |service )?"
                r"(?:is |was )?(?:temporarily |currently )?(?:unavailable|not available|down|unreachable"
                r"|not responding|timed? ?out|timeout)"
            ),
            r"(?:temporary|internal) (?:user |recipient |address |alias )?lookup (?:failure|error)",
            (
                r"(?<!dns )\b(?:check|lookup|query|look-up) failed: (?![^;]{0,40}(?:not found|unknown|no such"
                r"|non-?exist|nxdomain))"
            ),
            (
                r"\b(?:table|map|database|lookup|directory|backend) .{0,60}\b(?:broken|corrupt|off-?line|stale|unreachable"
                r"|unavailable|damaged)"
            ),
            (
                r"\b(?:scanner|anti-?virus|milter|clamav|clamd|amavis|spamd|spamassassin|rspamd)\b.{0,40}"
                r"\b(?:unreachable|unavailable|not available|not running|crashed|timed? ?out|down|not respond|cannot connect"
                r"|connection refused)"
            ),
            (
                r"\b(?:spam|virus|malware|content|policy)[ -]?(?:check|scan|filter)(?:er|ner|ing|ning)? ?"
                r"(?:service |server |daemon |engine )?(?:is |was )?(?:currently |temporarily )?"
                r"(?:not (?:reachable|available|running|responding|working)"
                r"|unreachable|unavailable|down\b|off-?line|broken|timed out)"
            ),
            r"\blicen[cs]es?\b.{0,60}\b(?:expired|exceeded|exhausted|invalid)",
            r"(?:ldap|database|sql|mysql|directory|table|map)(?: lookup| query| search)? (?:error|failure|connection)",
            r"unable to open (?:the )?(?:mail ?box|mail|message|database) (?:file|database|store)\b(?!.{0,120}\bquota\b)",
            r"\bspool (?:quota|space|disk)",
            (
                r"\bquota of (?:the |this |our |that ){0,2}(?:(?:organi[sz]ation|tenant)(?:'s)? )?"
                r"(?:gateway|server|queue|relay|host|system|organi[sz]ation|tenant|cluster|node)\b"
            ),
            r"\bcommand startup\b",
            r"(?:server|system|service) (?:is |was )?out of order",
            (
                r"\b(?:directory|ldap|database|sql|lookup)\b.{0,20} (?:did not|does not|doesn't|didn't) (?:answer"
                r"|respond|reply)"
            ),
        ),
    ),
)

MAINTAINED = (
    Rule(
        "server-maintained",
        Reason.SERVER_BUSY,
        "while a server is moved or mended, its mailboxes are not there: told before what is said of them",
        (
            r"\b4\.3\.2 system not accepting network messages\b",
            r"\b[45]\.3\.2 - not accepting messages at this time\b",  # Cisco's gateways
            (
                r"\b(?:host|server|system|site)\b <is>(?:currently )?not (?:currently |now )?accepting (?:messages|mail"
                r"|e-?mails?)\b"
                r"(?! (?:from|for))"
            ),
            (
                r"\b(?:system|server|service|host|site)\b <is>(?:now )?(?:being (?:maintained|upgraded|migrated"
                r"|moved)|under maintenance|in maintenance|down for maintenance)\b"
            ),
        ),
    ),
)

RULES = (
    Rule(
        "routing-loop",
        Reason.ROUTING_LOOP,
        "RFC 5321 section 6.3, RFC 3463 X.4.6; Postfix, Sendmail, Exim, Exchange 5.4.6, 5.4.12 and 5.4.14",
        (
            r"(?:routing|mail|forwarding|message|delivery|address|relay|alias) ?-?loop",
            r"\blooping\b",
            r"\b(?:round|around|going|goes|runs?|running|turns?) in (?:a |an )?(?:endless )?circles?\b",
            r"loops? back to",
            r"loop[ -](?:detect|count)",
            r"too many (?:hops|received|levels)",
            r"hop ?count",
            r"already (?:contains|has) (?:my |a |this )?delivered-to",
            r"duplicated? message-id",
            r"maximum (?:e-?mail )?hops",
            r"exceeded \d{1,3} hops",
            r"bounce between two",
            r"(?:forwarded|received) too (?:many times|often)",
            r"configured in a loop",
            r"delivered-to loop",
            r"hop limit",
        ),
    ),
    Rule(
        "tls-error",
        Reason.TLS_ERROR,
        "RFC 3207, RFC 8461, RFC 7672, RFC 8689; Gmail 4.7.29, Microsoft 4.7.32x",
        (
            r"starttls",
            r"not support (?:tls|ssl)",
            (
                r"\b(?:tls|ssl)\b.{0,60}(?:fail|error|requir|not|handshake|negotiat|unavailable|must|alert|offer"
                r"|mandatory|<gone>|expired)"
            ),
            (
                r"(?:requires?|without|no|must use|fail(?:ed|ure)?|cannot|could not|mandatory|unable|using)"
                r" .{0,30}\b(?:tls|ssl)\b"
            ),
            r"certificate .{0,60}(?:expired|invalid|verif|mismatch|untrusted|fail|revoked|not|unknown|self-signed)",
            r"(?:encryption|encrypted connection) (?:is )?(?:needed|required|too weak)",
            r"sent over (?:an? )?(?:tls|ssl)",
            r"\b(?:dane|tlsa|requiretls|x509)\b",
            r"mta[- ]sts",
            r"verify .{0,20}certificate",
            r"\b(?:no|without|missing|need|needs|requires?|requested|presented|provide|lacks?)\b.{0,30} certificate\b",
            r"client certificate",
            r"no (?:shared|common) cipher",
            r"requires? (?:an? )?encrypted (?:connection|session|transport)",
            (
                r"(?:plaintext|plain text|unencrypted|cleartext) (?:connections?|sessions?|mail|smtp"
                r"|delivery)\b.{0,20}(?:<refused>|not supported|disabled)"
            ),
        ),
    ),
    Rule(
        "server-busy",
        Reason.SERVER_BUSY,
        "RFC 3463 X.3.1 and X.4.5; RFC 5321 reply 421; Exchange back pressure, Sendmail load average, Gmail 4.3.0",
        (
            r"\bnot accepting network messages\b",  # RFC 3463 X.3.2: a shutdown, too much load, maintenance
            (
                r"(?:server|system|service|host|\bmta|\bwe|site) (?:is |are |was ){0,1}(?:currently |temporarily |too "
                r"|very ){0,2}(?:busy|overloaded|unavailable|not available|under (?:heavy|high) load|at capacity)"
            ),
            r"insufficient (?:system )?(?:resources?|memory|system storage|disk space|storage|space|queue)",
            r"(?:no|low on|out of|lack of) (?:free |system |available )?(?:disk space|memory|resources?|disk)",
            r"load (?:average )?(?:is )?(?:too )?high",
            r"(?:system|disk|filesystem) (?:storage |disk )?(?:is )?full",
            r"(?<!5\.0\.0 )service (?:is )?(?:shutting|closing|unavailable|temporarily)",
            r"shutting down",
            r"(?:for|under|in) maintenance",
            r"congest",
            r"back[- ]?pressure",
            r"queue is (?:full|too long)",
            r"queue unavailable",
            r"resources? (?:temporarily |are )?(?:unavailable|restrict|not available|limit|exhaust|low)",
            r"temporary system problem",
            r"upstream error",
            r"server busy",
            r"\btoo busy\b",
            r"\bbusy ?-{0,2} ?please (?:try|retry)\b",
            r"\boverloaded\b",
            r"try again later, closing connection",
            (
                r"not (?:currently )?accepting (?:any )?(?:e-?mail|mail|messages|connections) (?:right )?(?:now|at "
                r"(?:this|the) (?:time|moment)|at present)\b"
            ),
            (
                r"cannot (?:accept|take|process|handle) (?:any )?(?:e-?mail|mail|messages|connections|this) "
                r"(?:right )?(?:now|at (?:this|the) (?:time|moment)|at present)\b"
            ),
            (
                r"(?:server|system|service|host|\bmta|\bwe|site) (?:is |are )?(?:currently |temporarily )unable to "
                r"(?:accept|handle|process)"
            ),
            (
                r"(?:server|system|service|host|\bmta|site) <is>(?:being (?:maintained|upgraded|migrated|rebooted"
                r"|restarted)|not (?:yet )?ready)\b"
            ),
        ),
    ),
    Rule(
        "network-error",
        Reason.NETWORK_ERROR,
        "RFC 3463 X.4.1 and X.4.2; errno texts of POSIX; Postfix, Sendmail, Exim, qmail, Exchange, Gmail",
        (
            (
                r"connection (?:was |has been |is |to .{0,80})?(?:timed? ?out|refused|reset|closed|lost|dropped"
                r"|terminated|failed|aborted|died|broken|forcibly|unexpectedly|could not|timeout)"
            ),
            r"(?:lost|dropped|broken|closed|no|failed) (?:the )?(?:input )?connection",
            r"address family (?:mismatch|not supported)",
            r"refused (?:the|our|my|all|any) connections?\b",
            r"(?:timed out|timeout) (?:waiting|while|after|during|on|in)\b(?! (?:the )?queue)",
            r"\btimed out\b(?! in (?:the )?queue)",
            r"\b(?<!retry )(?<!queue )timeout exceeded\b",  # Postfix 4.4.2: the dialogue took too long
            (
                r"(?:network|host|server|destination|computer|mailserver|exchanger|system) (?:is |was )?(?:unreachable"
                r"|no longer responding|not reachable|not responding|down|not answering)"
            ),
            (
                r"\b(?:host|mail ?server|server|system|machine|computer|mail exchanger|mx) (?:of|for) (?:@|(?:the|this|that) <who>)"
                r"[>)\"']{0,2} (?:does not|doesn't|did not|didn't|will not|would not) (?:answer|react|respond|reply|speak|listen)\b"
            ),
            (
                r"(?:host|server|system|computer)\b.{0,60}(?:did not respond|does not respond|is not responding|not"
                r" reachable)"
            ),
            r"no route (?:to|found)",
            r"(?:server|host)\b.{0,40} (?:could not|couldn't|cannot|can't) be (?:contacted|reached)\b",
            r"connect (?:failed|error)",
            r"network (?:is |was )?(?:error|problem|failure|down)",
            (
                r"(?:could not|couldn't|unable to|cannot|can't|failed to|not) (?:connect|contact|reach(?! (?:some|one"
                r"|all|any"
                r"|its|your|the (?:following|intended)))|establish|open connection|initiate)"
            ),
            r"no answer from host",
            r"bad connection",
            r"\bfailed (?:all |\w{3,6} |\d{1,3} )?attempts to (?:connect|reach|contact)\b",
            r"socket (?:error|code|closed)",
            r"(?:read|write|i/o|response|command|session|idle|greeting|delivery|transfer|transmission|dialogue|smtp) time-? ?out",
            r"\btime-? ?outs? (?:while|when|during|in the|in a|on)\b",
            r"\bunreachable (?:host|server|machine|network)\b",
            r"broken pipe",
            r"connection abort",
            r"connection shut ?down",
            r"communications? (?:failure|error|problem)",
            r"network error",
            r"did not (?:accept our|respond|answer)",
            r"remote (?:server|host|mta|party)\b.{0,40}(?:closed|disconnect|dropped|hung up)",
            r"unexpected (?:disconnect|eof|end of)",
            r"premature (?:end|close|disconnect|eof)",
            r"have been failing for a long time",
            r"retry time not reached",
            r"no (?:response|answer) from",
            r"remote protocol error",
            r"connection to mail exchanger failed",
            r"no valid hosts",
            r"no transport (?:provider|agent|route) (?:was |is )?available",
            r"(?:econnrefused|econnreset|etimedout|ehostunreach|enetunreach|epipe)\b",
            r"\bconnect(?:ion)? time-? ?out",
        ),
    ),
    Rule(
        "receiver-error",
        Reason.RECEIVER_ERROR,
        (
            "RFC 3463 X.3.0 and X.3.5; Postfix, Sendmail mailers, Exim transports, Procmail, Cyrus, Exchange"
            " store driver"
        ),
        (
            (
                r"(?:internal|local|system|server|configuration|software|program|processing|backend|database|ldap"
                r"|policy server|milter|disk|filesystem|mailer|script|application|config) (?:server |system "
                r"|processing |configuration |config )?(?:error|failure|problem|exception|fault)"
            ),
            r"address verification in progress",
            r"(?:invalid|bad|wrong) configuration",
            r"error (?:in processing|while|writing|opening|processing)",
            (
                r"temporary (?:lookup|local|internal|system|server|database|delivery|failure(?! report)|error|problem"
                r"|queue|user|table|domain|recipient)"
            ),
            r"temporarily (?:unable|failed|rejected)",
            r"\bno healthy (?:\S{1,20} ){0,2}server",  # Exchange: a copy of the message cannot be kept
            (
                r"(?:local delivery|delivery agent|mailer|lmtp|procmail|maildrop|dovecot|cyrus|command|child|pipe"
                r"|transport|program)\b.{0,60}(?:fail|died|exit|error|signal|crash|returned|non-zero|not found)"
            ),
            r"command output",
            r"\bi/o error",
            r"\block (?:is |was )?(?:busy|held|taken)\b",
            r"\block(?:ed)? (?:by|for) (?:an?other|some other) (?:process|program|session|delivery)\b",
            r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:get|obtain|acquire|take|set) (?:an? |the )?lock\b",
            r"(?:can't|cannot) (?:create|open|write|execute|fork|stat|append|exec|allocate)",
            (
                r"(?:file|mail ?box|database|folder|store|spool)\b.{0,20} (?:cannot|can't|could not|couldn't) be "
                r"(?:opened|locked|written|read|created|accessed)\b"
            ),
            r"(?:could not|couldn't|unable to) (?:create|open|write|execute|fork|complete|process|queue|chdir)",
            r"permission denied",
            r"no such file or directory",
            r"(?:read-only file|too many open files|input/output error|no child processes|exec format)",
            r"requested action aborted",
            r"queue file write error",
            r"mailing list expansion",
            r"storedrv\.",
            (
                r"(?:syntax error|unrecogni[sz]ed|not implemented|bad sequence|out of order|unknown command|not"
                r" recogni[sz]ed)\b.{0,30}command"
            ),
            (
                r"(?:unsupported|unknown|unrecogni[sz]ed|unimplemented) (?:(?:mail|rcpt|smtp|esmtp) )?(?:option"
                r"|parameter|extension|keyword)s?\b"
            ),
            r"command (?:not|un)[ -]?(?:recogni[sz]ed|implemented)",
            r"command unknown",
        ),
    ),
    Rule(
        "expired",
        Reason.EXPIRED,
        "RFC 3463 X.4.7; Postfix, Sendmail, Exim, Exchange 4.4.7, Amazon SES, Gmail",
        (
            (
                r"(?:message|mail|envelope|delivery|retry|queue|delivery time|retry time|lifetime|attempts) "
                r"(?:has |was |have "
                r"|is |been ){0,2}(?:expired|exceeded)"
            ),
            (
                r"(?:unable to deliver|not delivered|undelivered|undeliverable|been trying|could not deliver"
                r"|not been delivered|been queued|in the queue|tried to deliver|could not be delivered|failed for"
                r"|(?:cannot|could not|couldn't|can't|unable to) (?:send|be sent)|(?:cannot|could not|couldn't|can't) be sent)"
                r" .{0,60}(?:days?|hours?|minutes?|seconds?|too"
                r" long)\b"
            ),
            r"(?:in|on) (?:the )?queue (?:too long|for|\d)",
            r"queued? too long",
            r"too many (?:retries|tries|delivery attempts)\b",
            r"too old",
            r"after multiple retries",
            r"\btried all mxs?\b",
            r"\baborted after \d{1,3}(?:\.\d{1,2})? (?:day|hour|minute|second)",
            r"failed (?:after )?\d{1,3} (?:delivery )?(?:attempts|tries|retries)",
            r"(?:after|made|tried) \d{1,3} (?:delivery |unsuccessful |failed )?(?:attempts|tries|retries|times)",
            r"(?:attempts|retries) (?:were |have been |are )?exhausted",
            r"time limit specified",
            r"(?:gave|giving) up after",
            r"delivered in time",
            r"maximum(?:-time-expired| retr| number of attempts| time| queue| lifetime| delivery)",
            r"retr(?:y|ies) (?:timeout|limit|count)",
            r"(?:message|mail) will be retried",
            r"allowed queue period",
            r"not yet been delivered",
            r"delivery .{0,40}(?:delayed|postponed|deferred)",
            r"will (?:continue|keep|be retried|retry|try again)",
            r"timed out in (?:the )?queue",
            r"expired after \d",
            r"no more (?:retries|attempts|tries)\b",
            r"(?:retried|tried|trying|retrying) for \d{1,3} (?:days?|hours?|minutes?)",
            (
                r"(?:for|after|during) (?:one|two|three|four|five|six|seven|several|many) (?:days?|hours?"
                r"|weeks?)\b.{0,40}(?:tried|trying|attempt|retr)"
            ),
            (
                r"(?:tried|trying|attempted|retried|attempts|tries|retries)\b.{0,40} (?:for|over|during|within|in)"
                r" (?:more than |over |the (?:last|past) )?(?:one|two|three|four|five|six|seven|several|many|\d{1,3})"
                r" (?:days?|hours?|weeks?)\b"
            ),
            r"\b(?:message|mail) (?:was|has been|had been) delayed (?:for|by|more than|over) (?:\w{1,8} ){1,3}(?:days?|hours?)\b",
            r"\b(?:despite|after) (?:repeated|several|many|multiple|numerous) (?:delivery )?(?:attempts|tries|retries)\b",
        ),
    ),
)
