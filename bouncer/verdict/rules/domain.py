"""Phrases about the recipient's domain: its DNS does not answer now, it takes no mail, it does not exist."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "domain-nxdomain",
        Reason.BAD_DOMAIN,
        "RFC 1035 section 4.1.1 (RCODE 3), RFC 8020; Gmail's reports of class 4: DNS itself says that there is no such name",
        (
            r"\bnxdomain\b(?!.{0,30}\b(?:ptr|your|helo|sender)\b)",
            r"\benotfound\b",  # Node's name for it
            r"infodomainnonexistent",  # Exchange's
            r"non-?existent ?domain",
            r"domain\b.{0,60}(?:couldn't|could not) be found",
        ),
    ),
    Rule(
        "certificate-name",
        Reason.TLS_ERROR,
        "RFC 6125: the host name in a certificate, not the host, is unknown or invalid; Exim, Postfix, Exchange",
        (
            r"(?:invalid|expired|bad|untrusted|self-signed|wrong|unknown) (?:tls |ssl |x\.?509 )?certificate",
            r"\bcertificate\b.{0,80}(?:host ?name|host|name|domain)\b",
            r"(?:invalid|not valid|expired|wrong|unknown|bad) (?:for|in|on) (?:this|the|your|its) (?:\S{1,12} )?certificate\b",
            r"\b(?:tls|ssl) (?:session|handshake|negotiation|connection|certificate)\b.{0,80}(?:fail|required|invalid|unknown)",
            r"(?:cannot|can't|could not|couldn't|failed to|unable to) start (?:tls|ssl)",
            r"handshake fail",
            r"mta[- ]sts",
            r"\b(?:dane|tlsa)\b",
            r"certificate\b.{0,60} (?:ran out|run out|lapsed)",
        ),
    ),
    Rule(
        "dns-error",
        Reason.DNS_ERROR,
        (
            "RFC 3463 X.4.3; Postfix (Name service error ... try again), Sendmail (host name lookup failure),"
            " Exim, qmail (CNAME)"
        ),
        (
            r"host not found, try again",
            r"\bfailure in (?:the )?(?:reverse )?dns look-?up\b",
            r"\bdns resolving (?:error|failure)\b",
            r"name service error .{0,160}(?:try again|malformed|unexpected)",
            r"host name lookup failure",
            (
                r"(?:name ?server|\bdns|resolver|\bmx|name service|domain name|hostname|host) (?:lookup|query"
                r"|resolution|server) ?.{0,20}(?:timed out|timeout|temporar|try again|servfail|server failure)"
            ),
            r"(?:temporary|transient) .{0,30}(?:\bdns\b|name ?server|name service|resolution|resolver)",
            (
                r"(?:name ?server|\bdns) (?:error|failure|timeout|problem|does not answer|did not answer|not responding"
                r"|malfunction)(?!: ?\d{0,20} ?dns type)"
            ),
            r"domain name server",
            r"name server for .{0,60}not found",
            r"\bservfail\b",
            r"\bdns query (?:has )?failed",
            r"cname lookup failed",
            r"host lookup did not complete(?!: no such)",  # Exim
            r"\bmx list .{0,60}points back",
            r"could not find a gateway",
            r"lowest[- ]numbered mx",
            r"remote host address is the local host",
            r"\beservfail\b",
            r"\bmx (?:records?|list|hosts?)\b.{0,60}(?:loops? back|points? (?:back )?to (?:local|my|me|it))",
            r"(?:dnssec|tlsa|rrsig)\b.{0,80}(?:bogus|fail|invalid|error|expired|missing|not validate)",
            r"(?:bogus|invalid|bad|missing|expired|failed) .{0,30}(?:dnssec|rrsig|\bds record)",
            r"(?:malformed|unexpected|bad|invalid|garbled) .{0,30}(?:name ?server|\bdns) (?:reply|response|answer|data)",
            r"(?:invalid|bad|broken|incorrect|wrong) (?:dns|mx|a|aaaa|cname) (?:records?|entr|data|configuration)",
            r"unable to (?:resolve|look ?up) .{0,80}(?:temporar|try again|retry)",
            r"\bdns (?:server|soft|hard) (?:fail|error|problem)",
            r"\bdns query fail",
            r"\bdns lookup (?:of|for) \S{1,80} (?:has )?fail",
        ),
    ),
    Rule(
        "domain-takes-no-mail",
        Reason.DOMAIN_TAKES_NO_MAIL,
        "RFC 7505 (null MX), RFC 7504 (521, 556), RFC 3463 X.3.2; Exim, Yahoo",
        (
            r"null ?-?mx",
            r"\bmx\b.{0,30}\b(?:empty|null) (?:exchange|host|name|target)",
            r"record indicated no smtp service",
            r"\b(?:521|556)\b.{0,80} not accepting network messages",
            (
                r"(?:domain|host|server|system|site|machine)\b.{0,40}(?:does not|doesn't|will not|won't|never|do not)"
                r" (?:accept|receive|take|process|use)[a-z]{0,3} (?:any )?(?:incoming |inbound |network )?(?:e-?mail|mail"
                r"|smtp|messages)(?!.{0,10} from| (?:with|without|over|via|unless|on (?:\w{3,6}days?|weekends|holidays|port))\b)"
            ),
            (
                r"(?<![\w.@-])[a-z0-9.-]{2,100}\.[a-z]{2,24} (?:does not|doesn't|will not|never) (?:accept|receive|take)s? "
                r"(?:any )?(?:incoming |inbound )?(?:e-?mail|mail)\b"
                r"(?! (?:\S{1,12} )?(?:from|with|without|over|via|of|that|which|unless|by|for)\b)"
            ),
            r"(?:no|without|have an?|find an?) (?:valid )?mx (?:record|host|server|or a |entr|for(?! your))",
            r"\bmx record\w? <is>(?:not found|missing|does not exist)",
            r"mx records point to non-?exist",
            r"(?:no|without|neither) (?:valid )?a,? (?:aaaa,? )?(?:or|nor|and) mx\b",
            r"(?:neither|no) (?:an? )?mx(?: records?)?,? (?:nor|or|and no) (?:an? )?(?:a|aaaa|address)\b",
            r"no (?:mail exchangers?|usable address|mail hosts)\b",
            r"answer with no data",
            r"domain <is>(?:parked|for sale|not in use)",
            r"\bno mx (?:was )?found for (?:the )?(?:domain|destination|host)\b",
            r"no mail (?:server|exchanger|host)s? (?:for|at|found|configured)",
            r"(?:domain|host)\b.{0,40} accepts no (?:e-?mail|mail|messages)\b",
            r"\bno dns records?\b",
            r"\bparked domain\b",
        ),
    ),
    Rule(
        "bad-domain",
        Reason.BAD_DOMAIN,
        "RFC 3463 X.1.2; Postfix, Sendmail, qmail, Exim, Gmail, Exchange 5.4.4 and 5.4.310, DragonFly, OpenSMTPD",
        (
            (
                r"\b(?:mail |host |name )?(?:server|host) (?:for|of) (?:the|this|your) (?:recipient"
                r"|addressee)(?:'s)?(?:'s)? domain(?: name)?"
                r" (?:cannot|could not|can't|couldn't) be (?:found|located|resolved)\b"
            ),
            r"\breserved by rfc ?-?(?:2606|6761)\b",
            (
                r"\b(?:host ?name|host|domain name|domain|mail ?server|site|system) (?:\(?\S{1,100} )?(?:is |was |does"
                r" |could |can |has ){0,2}(?:<gone>|unresolvable|not be resolved|not resolve|not be located)"
            ),
            (
                r"(?<!user )(?<!recipient )\b"
                r"(?:unknown|no such|invalid|non-?existent|bad|illegal|unresolvable|misspelled|unroutable|unrouteable)"
                r" (?:mail |destination |recipient |remote |top-?level |target ){0,2}(?:host|domain|hostname|site"
                r"|system address|host name)\b(?! (?:name )?syntax)"
            ),
            (
                r"(?:couldn't|could not|can't|cannot|unable to|failed to|(?:not|n't) able to) (?:find|resolve|locate"
                r"|look ?up|determine) (?:any |the |an? |your |recipient |recipient's |receiving |destination ){0,3}(?:mail )?"
                r"(?:host|domain|hostname|mx|gateway|exchanger|ip)"
                r"(?! (?:of|in) your\b| (?:of|behind) (?:the |this |an? )?(?!domain|recipient|addressee|user|@)"
                r"[a-z]{3,20} ?(?:server|$|[,.;]))"
            ),
            r"\bdomain of (?:the |this |your )?(?:recipient|addressee)\b <is>(?:<gone>|unresolvable|not be (?:resolved|located))",
            (
                r"(?:couldn't|could not|can't|cannot|unable to|failed to) (?:find|locate|determine) (?:any |an? |the"
                r" )?mail ?(?:server|host|exchanger)s? for\b"
            ),
            r"name or service not known",
            (
                r"\bno (?:a|aaaa|mx|address)(?:(?:/|, | or | and |, or )(?:a|aaaa|mx|address)\b){1,3}"
                r"(?: records?\b| entr| (?:was |were )?found| for\b|,|\.|$)"
            ),
            r"\b(?:host|domain)\b.{0,80}(?:cannot|can't) be resolved",
            r"could not be found in (?:the )?(?:domain name|dns)",
            r"host or domain name not found",
            r"host address lookups failed permanently",
            r"\bdns lookup fail",
            r"(?:domain|host|dns|mx) lookup failed",
            r"no (?:dns|a|aaaa|address) (?:record|entr)[a-z]{0,3} (?:for|found|exist)",
            r"domain\b.{0,60}(?:can't|cannot) be found",
            r"domain is not reachable",
            r"(?:domain|host)\b.{0,80}(?:does not|doesn't) (?:appear|seem) to (?:be registered|exist)",
            r"not a valid (?:domain|host)\b",
            (
                r"no longer (?:hosts?|hosting|serves?|serving|handles?|handling|accepts?) (?:e-?mail |mail )?(?:for )?"
                r"(?:this|that|the) domain\b"
            ),
            r"\bdomain\b (?:\S{1,100} )?<is>not (?:served|serviced|handled|managed) (?:here|by (?:us|this|our|any)|on|at)\b",
            r"(?:couldn't|could not|can't|cannot|unable to|failed to) resolve [a-z0-9-]{1,63}\.[a-z]",
            r"domain (?:part|portion) .{0,40}(?:not|unknown|invalid)",
            r"had no relevant answers",
            r"(?<!mailbox )(?<!user )(?<!account )(?<!recipient )(?<![\w.-])[a-z0-9.-]{2,100}\.[a-z]{2,24} does not exist$",
            r"[a-z0-9-]{2,63}\.[a-z]{2,24} (?:does not|doesn't|did not) resolve\b",
            r"dns error: .{0,40}(?:nxdomain|domain name not found)",
            r"not a registered (?:domain|name|internet)",
            r"\bno dns entr\w{1,3} for\b",  # James
        ),
    ),
)
