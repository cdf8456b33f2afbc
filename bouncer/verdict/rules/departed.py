"""Phrases for a mailbox that was given up, and for a person who has moved or left."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "recipient-moved",
        Reason.RECIPIENT_MOVED,
        "RFC 5321 reply 551, RFC 3463 X.1.6; qmail bouncesaying, Exim redirect",
        (
            (
                r"(?<!perhaps the )\b<who>\b<at><is>(?:moved|relocated"
                r"|changed(?! (?:its|his|her|their|the) (?!(?:e-?mail )?address)))"
            ),
            r"no forwarding (?:address|known|left|given)\b",
            r"(?:person|user|recipient|customer) [^:]{0,40}has moved\b",
            r"(?:moved|relocated) to [<\"']?@",
            r"(?:new|changed|current) (?:e-?mail )?address (?:is|of)\b",
            r"use (?:the |my )?(?:new |following )(?:e-?mail )?address",
            r"has a new (?:e-?mail )?address\b(?! (?:book|list))",
            r"\b(?:is|are) now (?:at|under|found at|reachable (?:at|under)) [<\"']?@",
            r"user not local\b.{0,20}(?:try|forward|use)",
        ),
    ),
    Rule(
        "account-closed",
        Reason.CLOSED_ACCOUNT,
        "GMX and Web.de, T-Online, Orange, Comcast, Libero; replies of closed companies and schools",
        (
            (
                r"<who>\b<at><is>(?:permanently )?(?:closed|deleted|terminated|cancell?ed|removed|retired"
                r"|decommissioned|purged)\b(?! (?:your|you|it|them)\b"
                r"| to (?:out|non|str|the pub|ext|you)"
                r"| (?:the|this|that|these|those|his|her|their|its|an?|all|any|every|our|my)"  # "has cancelled | the delivery"
                r" (?!(?:\S{1,12} ){0,1}(?:e-?mail|account|mail-? ?box|inbox|address|alias|login|profile)\b"
                r"|\d|day|week|month|year|moment|time|end|last|first|spring|summer|autumn|winter))"
            ),
            (
                r"(?:closed|deleted|terminated|cancell?ed) (?:this |the |his |her |e-?mail ){0,2}(?:account|mail ?box"
                r"|user|address)"
            ),
            (
                r"<who>\b<at><is>(?:expired|dormant|idle)\b[^:]{0,12} (?:and|then|so) (?:has been |was |is )?"
                r"(?:removed|deleted|closed|purged)\b"
            ),
            (
                r"(?:doesn't|does not) work "
                r"(?:here|for|at (?!night|week|present|the (?:moment|week))|with|in (?:our|this)|any ?more|any longer)\b"
            ),
            (
                r"(?:mail-? ?box|account|address|user) (?:that )?you (?:are |were |have )?(?:(?:trying|tried) to (?:reach|contact)"
                r"|writing to|wrote to|written to|used|reached)"
                r"[^.;]{0,20} (?:closed|deleted|terminated|cancell?ed|removed|discontinued)"
            ),
            (
                r"no longer (?:accepts(?=\W{0,3}$|[.,;:!]| (?:any |new |further |incoming |inbound ){0,2}"
                r"(?:e-?)?(?:mail|message|letter)s?\b(?! from\b))|here|in use|in service|used"
                r"|valid|active|available|exists?|works?|employed"
                r"|with|on (?:this"
                r" )?server|monitored|current|maintained|an? |at this|part of|a customer|have|has)"
            ),
            (
                r"(?:\b(?:mailing |distribution )?list )?@[>)\"']{0,2}:? (?:is|was|has been) (?:permanently |now )?"
                r"(?:closed|deleted|terminated|cancell?ed|removed|retired|decommissioned|purged)\b"
                r"(?! (?:your|you|this message|the message|it|to)\b"
                r"| from (?:the|this|your|our) (?:\S{1,12} )?(?:list|group|message|queue|envelope|header))"
            ),
            (
                r"\b(?:this|the) (?:mailing |distribution |e-?mail )?list (?:has been|was) (?:permanently |now )?"
                r"(?:closed|deleted|removed|retired|discontinued|dissolved|shut down)(?:[.,;!]|$)"
            ),
            r"no longer (?:listed |registered |known )?(?:in|among|on) (?:our|the|this|my|any of our)\b",
            (
                r"(?:person|user|employee|colleague|recipient|member) [^:]{0,60}(?:has|have) left\b"
                r"(?! (?:for (?:the day|today|lunch|home|vacation|holiday)|the (?:building|office|room))\b)"
            ),
            (
                r"(?:he|she|they) (?:has|have|had) left\b"
                r"(?! (?:for (?:the day|today|lunch|home|vacation|holiday)|the (?:building|office|room))\b)"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2} <is>(?:struck|crossed|taken|removed|deleted|dropped) (?:off|from|out of) (?:our"
                r"|the|this) "
                r"(?:list of (?:users|employees|customers|accounts|mailboxes)|(?:user|employee|customer|account) (?:list"
                r"|file|database)"
                r"|rolls?|roster|payroll)(?=\W{0,3}$|[.,;:!])"
            ),
            r"(?:has|have) left (?:the |our |this )?(?:company|organi[sz]ation|university|school|firm)",
            r"<who>\b<at><is>(?:permanently )?(?:abandoned|discontinued)\b",
            (
                r"(?:mail-? ?box|account|address|alias) (?:for|of) \S{1,80} (?:has been|was|is) (?:permanently )?"
                r"(?:closed|deleted|terminated|cancell?ed|removed|retired|decommissioned|discontinued)\b"
            ),
            r"\bdead (?:e-?mail )?(?:address|mail ?box|account)\b",
            (
                r"<who>\b<at><is>(?:given up|defunct|obsolete|surrendered|relinquished|vacated|withdrawn|dissolved|shut down|erased"
                r"|wiped)\b"
            ),
            r"\balias (?:has |is )?expired\b",
            r"(?<!if )\bleft (?:us|the (?:company|firm|house|team|university|school)|our (?:company|firm|team))\b",
            (
                r"(?:nobody|no one|no-one) (?:receives|reads|gets) (?:any )?(?:e-?mail|mail|messages) (?:at|under"
                r"|here|for|on)\b"
            ),
            r"(?:company|firm|organi[sz]ation|business) <is>(?:dissolved|liquidated|wound up)\b",
            r"(?:throw-?away|temporary|disposable|one-time) (?:e-?mail )?address .{0,20}(?:run out|expired|ended)",
            r"<who>\b(?: number)?(?: \S{1,40})? (?:is |are )?not in (?:use|service)\b(?! (?:since|for|during|until|by|between)\b)",
            (
                r"(?:has|have|had) left (?:[^\s.;:]{1,30} ){1,3}(?:ltd|limited|gmbh|inc|llc|plc|corp|ag|bv|company"
                r"|university|college"
                r"|school)\b"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2} (?:has |have )?(?:gone|moved|switched|changed) to (?:another|a new|a different) "
                r"(?:e-?mail )?(?:provider|company|employer|firm|isp|service provider)\b"
            ),
            (
                r"(?:user|mail ?box|account|alias|login) [\w.+-]{1,64} (?:is|was|has been) (?:permanently |now )?"
                r"(?:closed|deleted|terminated|cancell?ed|removed|retired|decommissioned|de-?provisioned|off-?boarded|purged)\b"
            ),
            (
                r"(?:has been|was|is) (?:permanently )?(?:closed|deleted|terminated|cancell?ed|removed) by (?:its|his"
                r"|her|the) (?:owner|user|holder)\b"
            ),
            r"<who>\b<at><is>(?:de-?provisioned|off-?boarded)\b",
            r"(?:due to|because of|owing to|after|by) (?:the |an? )?(?:account|mail ?box) (?:closure|deletion|termination)\b",
        ),
    ),
)
