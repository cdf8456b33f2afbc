"""Phrases for a mailbox that does not exist: unknown, misspelt, removed in the end."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

REMOVED = (
    Rule(
        "account-removed",
        Reason.CLOSED_ACCOUNT,
        "a mailbox that was given up because it was full or disused: its end is told last",
        (
            (
                r"(?:quota (?!class|rule|file|limit)|full|disused|unused|inactive|inactivity|suspended)\b"
                r"(?![^:;]{0,40}\bif\b)[^:;]{0,40} "
                r"(?:has been|was|and|then|so) "
                r"(?:removed|deleted|closed)\b(?! (?:users|accounts|addresses|mail-? ?boxes))"
            ),
        ),
    ),
)

REFUSED_RELAY = (
    Rule(
        "unknown-user-no-relay",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1 beside its own words: for want of such a user the server would have to relay, and refuses",
        (
            (
                r"5\.1\.1 (?:[<(]?@[>)]?[:.]{0,3} ?)?(?:sorry,? )?(?:(?:no such|no|unknown|invalid) <who>\b"
                r"|<who> (?:is )?unknown\b|<who> (?:does not exist|not found)\b)"
                r"[^:]{0,30}[,;:.-] [^:]{0,20}relay(?!=)"
            ),
            (
                r"\brelay(?:ing)? (?:access )?<refused>[,;:.-]{1,3} (?:[<(]?@[>)]?[:.]{0,3} ?)?(?:no such <who>|<who> unknown"
                r"|unknown <who>|<who> does not exist)(?: here)?(?:[.!]|$)"
            ),
        ),
    ),
)

MALFORMED = (
    Rule(
        "address-ambiguous",
        Reason.GENERAL_PERMANENT,
        "RFC 3463 X.1.4, Domino, Exchange (RESOLVER.ADR.Ambiguous): more than one mailbox has the address, so that it is there",
        (
            r"\bambiguous\b(?! or (?:unknown|invalid|illegal))",
            r"\bnot unique\b",
            r"\bseveral matches (?:were )?found\b",
        ),
    ),
    Rule(
        "address-error",
        Reason.ADDRESS_ERROR,
        "RFC 3463 X.1.3; RFC 5321 section 4.1.2; Tencent (bad address syntax); Exim (restricted characters)",
        (
            (
                r"(?:bad|invalid|illegal|malformed|incorrect|wrong) (?:destination |recipient |mailbox |e-?mail |rcpt "
                r"|address ){1,3}syntax"
            ),
            (
                r"(?:address|recipient|rcpt to|mailbox|rcpt|forward-?path)\b<at>(?:is |has |contains |with "
                r"|in ){0,2}(?:an? )?"
                r"(?:bad |invalid |wrong |incorrect )?(?:syntax|malformed|unparse?able|illegal character"
                r"|invalid character)"
            ),
            (
                r"(?:syntax error|malformed|unparse?able|parse error|illegal character) [^:]{0,40}(?:address|recipient"
                r"|mailbox|local part|rcpt)"
            ),
            r"not a valid rfc ?-?\d{3,4} address",
            r"\brestricted characters? in (?:the |your )?(?:recipient |mail |e-?mail )?(?:address|local[- ]?part)\b",
            r"domain missing or malformed",
            r"unqualified (?:address|recipient)(?! in)",
            r"fully-?qualified address",
            r"address (?:must|does not) contain",
            r"unbalanced ",
            r"\bambiguous or (?:unknown|invalid|illegal)\b",
        ),
    ),
)

RULES = (
    Rule(
        "unknown-user-bare",
        Reason.INVALID_RECIPIENT,
        "Sendmail's and Postfix's two words, used by nearly everyone; table.py knows when they are no proof",
        (
            r"\buser ?(?:\S{0,80} )?unknown\b(?! to you\b)",
            r"\bunknown user\b(?! (?:to you|preference|setting|agent|header|field|class))",
        ),
    ),
    Rule(
        "unknown-user",
        Reason.INVALID_RECIPIENT,
        (
            "RFC 3463 X.1.1; Postfix, Sendmail, Exim, qmail, Exchange, Gmail, Yahoo, Notes, GroupWise, Courier,"
            " CommuniGate, MDaemon, Coremail"
        ),
        (
            r"\bno match(?:es)?(?: (?:was|were))?(?: found)? (?:for|of) (?:(?:this|the|that|such an?|any) )?(?:<who>\b|\W{0,2}@)",
            r"(?:^|\b5\d\d[ -]|\b5\.1\.\d{1,3} )not in (?:the |our |this )?(?:directory|address ?book|user list|passwd)\b",
            r"no such (?:\S{1,40} ){0,2}?<who>\b(?! (?:may|can|lists?)\b)",
            r"\bnot such (?:user|mail ?box|recipient|account|address)\b(?! as\b)",
            r"\bex-(?:user|customer|employee|subscriber|student|member)(?:[.,;:!]|$)",
            r"no record of (?:such an? |any such |this |that )<who>",
            (
                r"\bno (?:such )?(?:mail-? ?box|user|account|recipient|address|alias|person|login) \W{0,3}@\W{0,3} "
                r"(?:is |was |has been |could be |can be )?(?:known|found|listed|registered|set up|defined|configured)\b"
            ),
            (
                r"\bno (?:record|trace|knowledge|listing|entry) (?:of|for) (?:any ?one|any ?body|some ?one|a person"
                r"|any person|people)"
                r"(?=\W{0,3}$|[.,;:!]| (?:called|named|of|by|with|here|like|under|@))"
            ),
            (
                r"\bno (?:mail-? ?box|user|account|recipient|address|alias|person|record) (?:is |was )?on (?:file"
                r"|record)\b(?! (?:of|to)\b)"
            ),
            (
                r"<who>\b(?: (?:that |whom |which )?you (?:\w{1,12} ){0,2}(?:to|reach|contact|for))? "
                r"(?:has|have|had|owns|holds|keeps) no (?:e-?mail |mail |such )?(?:box|mail-? ?box|account|address"
                r"|inbox|mail ?drop)"
                r"(?=\W{0,3}$|[.,;:!]| (?:with (?:us|this|our|the)|at|on|in|here|under|among)\b)"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2}:? (?:is|was|has|had|were) never (?:been )?(?:registered|assigned|issued"
                r"|opened|set up|allotted"
                r"|given out|known)(?=\W{0,3}$|[.,;:!]| (?:here|at|on|in|with|by|to any)\b)"
            ),
            (
                r"@[>)\"']{0,2}:? is (?:not an?|no) (?:known |valid |existing |registered |such )?"
                r"(?:mailing[ -]?|distribution |discussion )?list(?=\W{0,3}$|[.,;:!]| (?:here|at|on|of|with|known)\b)"
            ),
            (
                r"(?:<who>|@)[>)\"']{0,2} (?:has|have|gets?|receives?|keeps?) no (?:e-?)?(?:mail|post) "
                r"(?:(?:here|at|on|in|with|any) (?:\S{1,12} ){0,2})?(?:any ?more|any longer)(?=\W{0,3}$|[.,;:!]"
                r"| (?:here|at|with|on) (?:us|this|our|the)\b)"
            ),
            (
                r"\bno (?:such )?(?:e-?mail |mail |letter |post )?(?:\bbox|letterbox|postbox|pigeonhole|mail ?drop"
                r"|inbox) (?:(?:is )?"
                r"(?:named|called)|(?:by|under|of|with|for) the name(?: of)?) \W{0,3}[\w.+-]{1,64}\W{0,3}(?=$|[.,;:!]"
                r"| (?:here|at|on|in|with)\b)"
            ),
            r"\bcuda_nsu(?:\W{1,3}@)?\W{0,3}$",  # Barracuda, without other words
            r"\b(?:no|obsolete|retired|former) (?:mail ?box|user|account|recipient|address)(?:[.!]|$)",
            r"\b(?:usr|usrname) (?:is )?(?:unknown|not found)\b",
            r"<who>\b<at>(?:has |have )?ceased to exist\b",
            r"no such (?:recipient|person|one|local|id|uid|user-?id|login|name here|subscriber|contact|employee)\b",
            (
                r"(?:nobody|no one|no-one|no <who>|anyone|anybody) "
                r"(?:here )?(?:by|with|under|of)"
                r" (?:that|this|such a|the) name"
            ),
            r"(?:user|recipient|mailbox|account|address) (?:is )?not a member of (?:the |this |our |that )?domain",
            (
                r"not (?:in|on) (?:the |our |my |this )?(?:list of |table of )?(?:valid |known "
                r"|local )?(?:recipients?|users?|mailbox(?:es)?)"
                r" ?(?:list|table|map|directory)?\b"
            ),
            r"there(?: is|'s) no @ (?:on|at|in|here)",
            r"@[>)\"']{0,2} (?:cannot|can't|could not|couldn't) be (?:found|located)\b",
            r"(?:mail ?box|account|address|user|person|recipient) (?:that |whom |which )?you [^:]{1,40} (?:is|was) <gone>",
            r"never (?:had|has had|opened|owned) (?:an? |any |such an? )?(?:mail ?box|account|address|inbox)\b",
            r"\bno match (?:\S{1,20} )?in (?:the |our |this )?(?:directory|address ?book|user ?(?:list|database))\b",
            r"(?:nobody|no one|no-one) at (?:this|that) (?:e-?mail )?address\b",
            r"\b(?:nobody|no one|no-one|no user|no person) (?:so|thus) (?:named|called)\b",
            (
                r"(?:does not|doesn't) (?:belong|correspond|map|relate) to (?:any|an?|one) (?:of (?:our|the) )?(?:\S{1,12} )?"
                r"(?:users?|subscribers?|customers?|mail ?box(?:es)?|accounts?|persons?|people|members?|recipients?)\b"
            ),
            (
                r"unknown (?:to|on|at|in|for|by) (?:(?:this|our|the|any|your) )?(?:\S{1,20} )?(?:system|server|host|domain"
                r"|directory|ldap|nis|database|passwd|address ?book|mta|site|company|office|school)\b[:,]? \W{0,3}@"
            ),
            r"\bexists? no (?:\S{1,12} )?<who>\b",
            (
                r"(?:<who>|@)[>)\"']{0,2} (?:does not|doesn't|do not) (?:appear|occur) (?:in|on|among) (?:our|the|this|any) "
                r"(?:\S{1,20} ){0,2}(?:database|directory|lists?|records?|books?|tables?|files?|system)\b"
            ),
            r"\b(?:unkown|unknwon|uknown|unknow|unkonwn) (?:<who>|@)",
            r"<who>\b<at><is>(?:unkown|unknwon|uknown|unknow|unkonwn)\b",
            r"(?:do not|don't|does not|doesn't) (?:know|have) (?:any |of |an )?@",
            r"(?:nobody|no one|no-one|none) (?:called|named|known as|here called)\b",
            r"\bno .{2,40} (?:has|have|uses) (?:that|this|such an?) (?:address|name|mailbox)",
            (
                r"(?:subscriber|msisdn|phone number|mobile number|number)\b.{0,20} (?:not (?:assigned|provisioned"
                r"|in service|allocated)"
                r"|unallocated|unassigned)"
            ),
            (
                r"(?:nobody|no one|no-one|none) (?:with|of|by|under) (?:the |this |that )?(?:address|name) "
                r"(?:\S{1,80} )?(?:lives|here|exists|on|at|in)"
            ),
            (
                r"no (?:record|trace|knowledge) of (?:a |an |the |this |that |any |such )?(?:user|recipient|mailbox"
                r"|account|address|@)"
            ),
            (
                r"(?:have|has|knows?|lists?) no (?:such )?(?:(?:user|recipient|mailbox|account) "
                r"(?!with (?!(?:this|that|such|the|an?|your) )|quota\b|space\b|room\b|limit\b|plan\b)"
                r"|@(?=[>)\"']{0,2}(?:[.;:!?]|$| (?:here|at|in|on|among|listed|known|registered)\b)))"
            ),
            r"(?:can't|cannot) accept user",
            r"@[>)\"']{0,2}(?: -|:)? (?:is|was) <gone>",
            r"@[>)\"']{0,2} ?\.{2,3} (?:unknown|not known) (?:here|to us)\b",
            (  # the address on one line, on the next "Illegal characters in header": that line is about something else
                r"@[>)\"']{0,2}(?: -|:)? <gone>"
                r"(?! (?!(?:at|in|on|here|to|by|this|that|the|our|please|user|recipient|address|mailbox"
                r"|account)\b)[a-z])"
            ),
            r"unrecogni[sz]ed[ -]o/?r[ -]name",  # X.411, as PP and MMTA report it
            r"<who> for \S{1,80} <gone>",
            r"user missing home directory",
            r"no recipients accepted",
            (
                r"(?:unknown|invalid|non[- ]?existent|non[- ]?existing|unrecogni[sz]ed|unregistered|unlisted"
                r"|incorrect|wrong|illegal"
                r"|bad|(?<!other or )undefined|inexistent) (?:or illegal |or invalid |or disabled )?(?:local |virtual "
                r"|e-?mail |mail |final |delivery |destination |recipient |remote |to |envelope |smtp"
                r" ){0,2}<who>\b"
                r"(?!:? \W?\d{1,3}\.\d{1,3}\.\d"
                r"|, error_code|, error code| error| (?:count|limit|class|type|policy|format|store|server|database|object"
                r"|property|quota|data|table|filter|setting|option|field|header|parameter|attribute|profile|token|agent|session|key"
                r"|certificate|password|credential|request|script|sequence|combination|permission|right|role)s?\b)"
            ),
            r"unknown or illegal <who>",
            (
                r"(?:user|mailbox|account|recipient|alias|login)"
                r" (?!status|domain|host|error|database|table|reason|policy|server|store|lookup|directory|service|mail"
                r"|setting|manager|book"
                r"|preference|class|type|option|quota|rule|folder|limit|key|agent|session|token|role|field|attribute|property"
                r"|template|profile|group)"
                r"\S{1,64} (?:is |was |has )?(?:not found|unknown|not known|never (?:been )?(?:opened|created"
                r"|registered|assigned|set up|known))\b(?! (?:to|for) (?!us\b|this\b|our\b|any\b))"
            ),
            (
                r"\bno (?:mail ?box|mbo?x|acct|user|account|recipient|entry|alias) (?:for|named|called|by the name(?: of)?"
                r"|with (?:the |this |that )?(?:e-?mail )?address) \W{0,3}@"
            ),
            r"no local (?:mail ?box|user|account|recipient)",
            r"not found: ?[<\"']?@",
            (
                r"\bthere (?:is|was|are|were|exists) no (?:such )?<who>(?=\W{0,3}$|[.,;:!]| with (?:this|that|such)"
                r"| (?:for (?!you|this|the (?:sender|message))|called|named|of|by|at|on|in|here|like|@))"
            ),
            r"\bno (?:such )?(?:inbox|address|mail ?drop|alias|login) (?:exists?|is known|found)\b",
            r"\bnothing (?:is )?known (?:about|of) \W{0,3}@",
            (
                r"\b(?!(?:host|server|client|sender|originator|domain|name|network|ip|you|it|this|that|which|who|what|command|reason|cause"
                r"|error|system|message|list|link|file|certificate)\b)[\w.+-]{2,64} (?:is|are) (?:unknown|not known)"
                r" (?:at|in) (?!all\b)"
                r"(?:this|our|[a-z0-9-]{1,63}\.[a-z])"
            ),
            r"<who>\b<at><is>(?:an? )?<gone>",
            (
                r"(?:do not|don't|does not|doesn't) have (?:any ?one|any ?body|an? (?:user|person|colleague|employee|mail ?box"
                r"|account)|any (?:user|person|mail ?box|account)) (?:called|named|by the name)\b"
            ),
            r"(?:recipient|rcpt|user|mail ?box|account|address) (?:rejected|refused|denied|not accepted|failed) ?: ?(?:is )?<gone>",
            (
                r"(?:recipient|rcpt|user|mail ?box|account|address) (?:rejected|refused|denied) ?: ?(?:unlisted"
                r"|unregistered|unassigned)\W{0,3}$"
            ),
            r"<who>\b[^:]{0,60}(?:does not|doesn't|did not|didn't|do not|don't|not) (?:seem to |appear to )?exist",
            # with the wrong inflections that servers write: "dosn't exist", "dont exists", "is not exist"
            r"(?:do|does|dos|doe|dose|did|is|was)(?: ?not|n'?t|'nt) (?:seem to |appear to |currently |be )?(?:exists?|exits)\b",
            r"not exist(?:ent)?\b",
            (
                r"no (?:\S{1,60} )?(?:mail ?box|account|user|recipient|person|member|customer) (?:\S{1,60} )?(?:here"
                r"|by that|by this|with that|with this|of that|called|named|found|exists?|at this|at that|in this"
                r"|under|matches|available|known)\b"
            ),
            r"\b(?:we|they) (?:have|know|employ) (?:nobody|no one|no-one|none) (?:like (?:that|this)|called|named|by that name)\b",
            r"there is no one (?:here |at this )",
            (
                r"(?:doesn't|does not|don't|do not|didn't|did not) (?:currently )?(?:have|list|recogni[sz]e|know"
                r"|match) (?:an? |any |this |that |such |the )?(?:\S{1,80} )?(?:mail ?box|account|user|recipient"
                r"|address|person|customer|final e-?mail)"
            ),
            (
                r"(?:can't|cannot|can not|could not|couldn't|unable to|failed to|not able to) (?:find|locate|resolve"
                r"|match|verify|identify|map) (?:the |this |that |such |an? |any |your |local |mail |e-?mail ){0,2}(?:<who>"
                r"|@)"
            ),
            (
                r"<who>\b[^:]{0,60}(?:could not|couldn't|can't|cannot|wasn't|was not|were not|weren't|isn't|is not) (?:be"
                r" )?(?:found|located|identified|resolved|matched|recogni[sz]ed)\b"
            ),
            (
                r"(?:not|n't) (?:be )?(?:found|listed|present|known) (?:at|in|by|on) [^:]{0,40}(?:domain|directory"
                r"|address ?book|table|database|server|site|domino|system)"
            ),
            (
                r"(?:is not|isn't|not) (?:an? )(?:known |valid |registered |local |existing |current |active "
                r"|recogni[sz]ed ){0,2}(?!(?:public|external|permitted|allowed|authori[sz]ed|trusted|private|paying"
                r"|free|monitored|verified"
                r"|confirmed|premium|shared|accepted|approved|protected|reply|no-?reply|trusting|single)\b)"
                r"(?:\S{1,60} )?(?:user|mail ?box|recipient|account|customer|address"
                r"|subscriber)\b"
            ),
            r"(?:not|isn't|aren't) (?:known|recogni[sz]ed) (?:here|at this|by this|as a)",
            r"\b(?!(?:host|server|client|sender|ip)\b)[\w.+-]{1,64}: unknown here\b",
            r"not user of this",
            r"<who>: none such",
            (
                r"(?:do not|don't|does not|doesn't) (?:serve|carry|keep|run|offer|host|maintain|provide) (?:an?|any"
                r"|such an?|the|this|that) "
                r"(?:mail-? ?box|account|user|address|alias|inbox)(?: like (?:that|this))?(?=\W{0,3}$|[.,;:!]"
                r"| (?:here|of|by|with|named|under (?:this|that|such)|at (?:this|that)|called|for @|@))"
            ),
            r"<who> (?:that )?(?:we|i) (?:do not|don't) (?:have|know)\b",
            r"<who> (?:lookup|search|check) (?:failed|error)?:? ?not found",
            r"(?:do not|don't|does not|doesn't) (?:have|know) (?:such )?(?:an? |the |this |that |any )?<who>",
            (
                r"(?:deleted|closed|terminated|cancell?ed|retired|former) (?:user|person|customer|login|username"
                r"|subscriber|employee"
                r"|student|member|alias|inbox|recipient)\b"
            ),
            r"(?:not (?:one of )?|none of )our <who>\b",
            r"\bis (?:no|not an?) <who> of ours\b",
            r"\b(?:address|mail ?box|account|alias) (?:is |now |has become ){0,2}void\b(?! of\b)",
            r"(?:does not|doesn't) (?:live|reside) (?:here|at this)\b",
            r"wasn't found at\b",  # Microsoft 365
            r"resolver\.adr\.",
            r"recip(?:ient)?notfound",
            r"recipient (?:address )?(?:verification|verify|lookup|validation) (?:has )?failed",
            r"(?:user|address|account|mailbox) (?:lookup|verification|validation) (?:has )?failed(?!.{0,20}tempor)",
            r"no valid recipient",
            r"no <who> (?:were |was |has )?(?:found|matched|matches)\b",
            r"all recipients (?:\S{1,20} ){0,2}(?:invalid|unknown)",
            r"(?:addressee|recipient|mailbox|account|address|alias) (?:is )?unknown",
            r"not (?:deliverable|routable) (?:address|recipient)",
            r"(?:does not|doesn't) belong to (?:any ?one|any ?body)(?=\W{0,3}$|[.,;:!]| (?:here|at|in|on)\b)",
            (
                r"<who>\b(?: (?:that |which )?you (?:\w{1,12} ){1,3})?<at>(?:is|was) not (?:a )?part of (?:our|this) "
                r"(?:service|system|domain|organi[sz]ation|company|directory|network)\b"
            ),
            r"not a valid (?:local[ -]?part|mail ?box|user|recipient|address|account|e-?mail|name (?:at|on|in|here))",
            r"(?:mailbox|user|account) (?:name )?not (?:allowed|local)\b",
            r"blank mailhost",
            r"not hosted here",
            r"marked as invalid",
            r"unroute?able (?:address|recipient|user|@)",
            r"(?:can't|cannot|can not|could not|unable to) route (?:to )?(?:this |the )?(?:recipient|address|user|@)",
            (
                r"(?:recipient|user|address|mailbox)\b[^:]{0,60}(?:is not|isn't|not) (?:in|on) (?:the |this |our |my "
                r"|your )?(?:local )?(?:address"
                r" ?book|directory|system|server|validrcptto|list of (?:users|recipients|mailboxes))"
            ),
            r"mbx not found",
            r"(?:never|not|n't|not ever) heard of\b",
            r"not in (?:the |our )?(?:passwd|password|alias(?:es)?|shadow|user) (?:file|map|table|list)",
            r"not in (?:the |our )?passwd",
            (
                r"\b(?:no|neither|not an?|nobody|none|nor an?)\b(?![^:]{0,40}(?:host|domain|server|list|file"
                r"|database))[^:]{0,40}\b(?:of|by|with|under) (?:that|this|such a) name\b"
            ),
            r"\bno (?:mail ?box|user|account|recipient|address|alias) \W{0,2}@\W{0,2} (?:on|at|in|here|with)\b",
            r"ne su(?:sch|shch|s)estvu",
        ),
    ),
)
