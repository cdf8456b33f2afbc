"""What servers say when the sender's authentication failed: SPF, DKIM, DMARC, ARC, reverse DNS (RFC 7208, 6376, 7489, 7372)."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "authentication-dmarc",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7489; Gmail 5.7.26, Microsoft 5.7.509, Yahoo 5.7.9, OpenDMARC",
        (
            r"dmarc (?:verification|check|validation|evaluation|authentication|alignment|policy|record|test|quarantine|reject|fail)",
            r"(?:fail|reject|violat|due to|not pass|because of|per|by|against)[a-z]{0,5} .{0,60}\bdmarc\b",
            r"\bdmarc\b.{0,60}(?:fail|reject|violat|not pass|unauthenticated|not aligned)",
        ),
    ),
    Rule(
        "authentication-spf",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7208 section 8.4; policyd-spf; Microsoft 5.7.23; Gmail 5.7.27",
        (
            r"\bspf (?:check|validation|verification|record|test|policy|fail|softfail|hard ?fail|permerror|temperror|error|reject|forgery|[a-z]{0,5} ?= ?fail)",
            r"\bspf\b.{0,60}(?:fail|reject|not pass|not permit|violat|invalid|unauthenticated)",
            r"(?:fail|reject|violat|due to|not pass|not permitted|per)[a-z]{0,5} .{0,60}\bspf\b",
            r"openspf\.(?:org|net)",
            r"sender policy framework",
            r"not (?:designate|authori[sz]|permitt|allow)[a-z]{0,2} .{0,60}(?:as (?:a )?permitted sender|to send (?:mail |e-?mail )?(?:for|on behalf of|from) .{0,40}(?:domain|@))",
            r"is not allowed to send (?:mail|e-?mail)s? (?:from|for|on behalf)",
            r"domain does not designate",
            r"(?:purported responsible address|sender id (?:\(pra\)|validation|fail|check|not pass))",
        ),
    ),
    Rule(
        "authentication-dkim",
        Reason.AUTHENTICATION_FAILED,
        "RFC 6376, RFC 7372; Gmail 5.7.30",
        (
            r"\bdkim (?:check|validation|verification|signature|fail|authentication|policy|test|error|sig|= ?(?:fail|did not))",
            r"\bdkim\b.{0,60}(?:fail|reject|not pass|invalid|missing|unsigned)",
            r"(?:fail|no|not pass|missing|invalid|bad|without|due to)[a-z]{0,5} .{0,40}\bdkim\b",
            r"domainkeys? .{0,40}(?:fail|signature)",
            r"\barc (?:validation|seal|chain) .{0,40}fail",
        ),
    ),
    Rule(
        "authentication-required",
        Reason.AUTHENTICATION_FAILED,
        "Gmail 5.7.26 and 4.7.40, Microsoft 5.7.515, Yahoo: rules for bulk senders since 2024",
        (
            r"does ?n[o']t meet the required authentication",
            r"(?:message|mail|e-?mail|sender|it) (?:is|was|has been)? ?(?:being )?(?:unauthenticated|not authenticated)",
            r"(?:fail|not pass)[a-z]{0,3} (?:the )?(?:required )?(?:e-?mail |sender |message )?authentication",
            r"(?:because|since) .{0,30}unauthenticated",
            r"requires all senders (?:who send bulk mail )?to authenticate",
            r"multiple authentication checks failed",
            r"authentication (?:checks?|results?|status|of the (?:message|sender)) .{0,40}fail",
            r"unauthenticated (?:e-?mail|mail|message|sender|senders)",
            r"e-?mail authentication (?:failed|failure|is required|required)",
            r"bulk sender.{0,80}authenticat",
        ),
    ),
    Rule(
        "authentication-reverse-dns",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7372 X.7.25; Postfix reject_unknown_client; Gmail, Comcast, AOL, T-Online postmaster pages",
        (
            r"reverse[ -](?:dns|hostname|host name|lookup|mapping|resolution|ip|domain name)",
            r"\brdns\b",
            r"\bptr\b.{0,60}(?:record|fail|miss|requir|invalid|not)",
            r"(?:no|missing|without|invalid|lacks?|require|a valid|have a|does not have) .{0,30}\bptr\b",
            r"client host rejected: cannot find your",
            r"cannot (?:find|resolve) your (?:reverse )?(?:host ?name|address|ip)",
            r"could not (?:find|resolve|get) .{0,30}(?:your|client|sending) .{0,20}(?:host ?name|reverse)",
            r"(?:ip|address) .{0,40}(?:does not|doesn't|not) (?:resolve|have a reverse|reverse resolve)",
            r"(?:unresolvable|unknown|generic|dynamic) (?:reverse )?(?:client hostname|client host|reverse dns|hostname|ptr)",
            r"forward[ -]confirmed",
            r"fix reverse dns",
            r"all mail servers must have",
            r"(?:dns|name) (?:mapping|entry) .{0,40}(?:your|client|sending) (?:ip|host|mail|server)",
        ),
    ),
)
