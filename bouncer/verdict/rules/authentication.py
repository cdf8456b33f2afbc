"""Phrases for a failed authentication of the sender: SPF, DKIM, DMARC, ARC, reverse DNS (RFC 7208, 6376, 7489, 7372)."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "authentication-dmarc",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7489; OpenDMARC; Gmail 5.7.26, Microsoft 5.7.509, Yahoo 5.7.9",
        (
            (
                r"dmarc (?:verification|check|validation|evaluation|authentication|alignment|polic|record|test|fail"
                r"|reject)"
            ),
            r"<fails>[a-z]{0,5} .{0,60}\bdmarc\b",
            r"(?:due to|because of|per|by|against) .{0,60}\bdmarc\b",
            r"\bdmarc\b.{0,60}<fails>",
        ),
    ),
    Rule(
        "authentication-spf",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7208 section 8.4; policyd-spf, open-spf.org; Microsoft 5.7.23, Gmail 5.7.27; RFC 4407 (Sender ID)",
        (
            r"(?<!set up )\bspf (?:check|validation|verification|record|test|policy|hard|soft|perm|temp|forgery|restriction)",
            r"\bspf\b.{0,60}(?:<fails>|<refused>|not permit|not authenticated)",
            r"(?:<fails>|<refused>|due to|per|no)[a-z]{0,5} .{0,40}\bspf\b(?!=)",
            r"openspf\.(?:org|net)",
            r"sender policy framework",
            r"(?:not|n't) designated? .{0,60}permitted sender",
            r"(?:not|n't) (?:designate|authori[sz]e)[a-z]{0,2} .{0,60}(?:to send|as (?:a )?permitted)",
            (
                r"(?:mail from|mailfrom|sender|envelope|helo)\b.{0,80}(?:mismatch|does not match|doesn't match"
                r"|not match).{0,30}\b(?:client|ip|host)\b"
            ),
            r"\b(?:ip|smtp ?port|port|client|host) check (?:error|fail)",
            r"\bauth(?:entication)? (?:error|check (?:error|fail))",
            r"\bauth fail",
            r"is not (?:allowed|permitted|authori[sz]ed) to send (?:e-?)?mails? (?:from|for|on behalf)",
            r"not (?:allowed|permitted|authori[sz]ed) to send (?:e-?)?mails? .{0,20}from this domain",
            r"invalid ip for sending",
            r"purported responsible (?:address|domain)",
            r"sender id .{0,40}<fails>",
        ),
    ),
    Rule(
        "authentication-dkim",
        Reason.AUTHENTICATION_FAILED,
        "RFC 6376, RFC 8617 (ARC), RFC 7372; Gmail 5.7.30",
        (
            r"\bdkim\b.{0,60}(?:<fails>|unsigned|not signed)",
            r"\bdkim (?:check|validation|verification|signature|authentication|policy|test)",
            r"(?:<fails>|no|without|missing|bad|due to)[a-z]{0,5} .{0,40}\bdkim\b",
            r"domainkeys? .{0,40}<fails>",
            (
                r"\b(?:domain|mail|message|sender(?:'s)?|e-?mail|header)(?: |-)signature (?:is |was )?(?:invalid"
                r"|not valid|broken|wrong"
                r"|bad|missing|incorrect|expired)\b"
            ),
            r"\barc (?:validation|seal|chain) .{0,40}fail",
            (
                r"(?<!\bits )(?<!records )\bsignature (?:of (?:the |your |this )?(?:mail|message|e-?mail|sender|sending domain) )?"
                r"(?:did|does|could|can) ?(?:not|n't) (?:be )?(?:verif|validat)"
            ),
        ),
    ),
    Rule(
        "authentication-required",
        Reason.AUTHENTICATION_FAILED,
        "Gmail 5.7.26 and 4.7.40, Microsoft 5.7.515, Yahoo Sender Hub: what bulk senders must do since 2024",
        (
            r"(?:does not|doesn't) meet the required authentication",
            r"(?:fail|not pass)[a-z]{0,3} (?:the )?(?:required )?(?:e-?mail |sender |message )?authentication",
            r"does not have authentication information",
            r"\bunauthenticated (?:e-?mail|mail|message|sender)",
            r"because .{0,40}\bunauthenticated",
            r"(?:message|mail|sender) .{0,20}not authenticated",
            r"\(rtr:rd\)",  # AOL: no reverse DNS
            r"requires? all senders .{0,40}authenticate",
            r"multiple authentication checks failed",
            r"authentication (?:checks?|results?) .{0,40}fail",
            r"e-?mail authentication (?:failed|failure|is required|required)",
            r"(?:rejecting|rejected) (?:spoofed|forged) (?:message|mail)",
            r"(?:please|must|have to|need to) (?:first )?(?:authenticate|log ?in)\b(?!.{0,40}relay)",
            r"no authentication (?:credentials|was|information)",
            r"\blog-?in (?:is )?required\b",
            r"\b(?:log|sign)[ -]?(?:in|on) (?:first|before|to (?:send|relay|write|submit|post))\b",
            r"\b(?:authenticate|identify) (?:yourself )?(?:first|before)\b",
            r"\bsasl (?:\S{1,12} )?authentication fail",
            (
                r"\b(?:message|mail|e-?mail|domain)\b.{0,20} (?:not (?:properly |correctly )?(?:authenticated"
                r"|aligned)|unauthenticated|lacks (?:proper |any )?authentication)\b"
            ),
        ),
    ),
    Rule(
        "authentication-reverse-dns",
        Reason.AUTHENTICATION_FAILED,
        (
            "RFC 7372 X.7.25; Postfix reject_unknown_client; Gmail 5.7.25, Comcast, AOL, AT&T, T-Online and"
            " Rackspace postmaster pages"
        ),
        (
            r"reverse[ -](?:dns|name|host ?name|lookup|mapping|resolution|ip|domain name|address)",
            r"\brdns\b",
            r"\bptr (?:record )?(?:of|for)\b",
            r"\bptr\b.{0,60}(?:record|entr|<fails>|requir|does not|resource)",
            r"(?:no|missing|without|invalid|lacks?|requires?|valid|have) .{0,30}\bptr\b",
            r"cannot (?:find|resolve) your (?:reverse |host|address|ip|client)",
            r"client host rejected: (?:cannot|could not|no|unknown)",
            r"(?:unresolvable|unknown|generic|dynamic) (?:client host|client hostname|ptr|rdns)",
            r"forward[ -]confirmed",
            (
                r"\bno (?:dns |a |aaaa |address |ptr )?(?:records?|entr(?:y|ies)|names?) (?:for|of) (?:the |your"
                r" )?(?:connecting|sending|client|peer)\b"
            ),
            r"\bhost \[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\]? (?:is |was )?(?:<gone>|not resolve)",
            r"unknown host \[?\d{1,3}\.\d",
            r"(?:host ?name|name|dns) for (?:your |the )?(?:ip|client|\[?\d{1,3}\.\d)",
            (
                r"\b(?:your|client|sending|connecting|sender's)"
                r"(?: mail| smtp)?(?: server| host)?(?:'s)? ?(?:host ?name|domain|dns|mx|name)\b"
                r".{0,60}(?:<gone>|not resolve|unresolv)"
            ),
            (
                r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:find|resolve|look ?up|verify)"
                r" (?:your|the client|client|the sending|sending) (?!e-?mail|message|recipient)"
            ),
            r"\byour (?:mail )?(?:server|host)(?:'s)? (?:host ?)?name\b",
            r"ip name lookup failed",
            r"\bhost ?name (?:does not|doesn't|did not|fails to) match\b",
            r"(?:hostname|domain|helo) .{0,60}mismatch(?:es)? .{0,20}\bip\b",
            r"\bip\b.{0,60}(?:does not|doesn't) resolve",
            r"(?:not|no) .{0,20}\bresolve .{0,40}(?:your|client|connecting|sending) (?:ip|host|server)",
            r"without a valid sender domain",
            r"(?:machine|host|server|client|computer)s? without (?:an? )?(?:dns |reverse )?(?:name|ptr|host ?name)\b",
        ),
    ),
)

NAMED = (
    Rule(
        "authentication-named",
        Reason.AUTHENTICATION_FAILED,
        "RFC 7208, 6376, 7489: a refusal that names the check and no other cause, in whatever words",
        (r"\b(?:spf|dkim|dmarc)\b(?![ =:]{1,3}(?:pass|none|neutral|ok))",),
    ),
)
