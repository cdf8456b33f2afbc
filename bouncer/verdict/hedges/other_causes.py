"""Words for another cause of a refusal: the sender, policy, lists, limits, the message itself, or other people and things."""

from bouncer.verdict.hedges.other_people import OTHER_PEOPLE
from bouncer.verdict.hedges.other_things import OTHER_THINGS

_SENDER_AND_POLICY = (
    # what a server does with all such mail: "we refuse mail to unknown users at once"
    (
        r"(?:reject|refuse|block|drop|discard|bounce|return|deny|delete)s? (?:all |any |every )?"
        r"(?:e-?mails?|mails?|messages?|letters?|posts?) (?:sent |addressed )?(?:to|for) (?:all |any )?"
        r"(?:unknown|invalid|non-?exist\w{2,4}|unregistered|closed|deleted|bad|wrong) (?:\S{1,12} )?"
        r"(?:users|addresses|recipients|mail-? ?boxes|accounts|people|persons|names)\b"
    ),
    r"(?:white|allow|black|block|deny|safe|gr[ae]y|access|permit|pass)(?:ed)?[ -]?list",
    (
        r"lists? of (?!that|this|such|valid|known|local|all\b|the\b|our\b|active|users|recipients|mailbox|address|accounts"
        r"|names|employees|staff|persons|people|subscribers|members|pupils|students)"
    ),
    r"(?:may|must|allowed to|permitted to) (?:send|post|submit|write|mail)\b",
    (
        r"(?:unknown|invalid|non-?existent|non-?existing|bad|wrong) (?:users|addresses|accounts|mailboxes) "
        r"(?:were|are|was|have|in|gets?|receives?|gives?|causes?|leads?|will|should|must)\b"
    ),
    r"(?:other|another|one of the) (?:other )?(?:recipients?|users?|address(?:es)?)\b(?! (?:is |are )?(?:unknown|here)\b)",
    r"in (?:your |the )?(?:earlier|previous|past|former|other|recent) (?:e-?mails?|messages?|mailings?|sessions?|transactions?)\b",
    r"(?:one|some|any|two|most|all) of (?:the|your) other (?:recipients?|users?|address(?:es)?)\b",
    r"\d{1,6} (?:out )?of (?:the |your |these )?(?:\d{1,6} )?(?:recipients|users|addresses|accounts|mail-? ?boxes)\b",
    (
        r"(?:some|several|many|most|few|to \d{1,6}) (?:of (?:the|your) )?(?:\S{1,12} )?"
        r"(?:recipients|users|addresses|accounts|mail-? ?boxes)\b"
    ),
    r"in (?:cc|bcc|to|from|reply-to|errors-to|sender|return-path)\b",
    r"in (?:your|the|its) (?:cc|bcc|from|reply-to|sender)\b",
    r"you (?:are )?(?:send|sent|sending|mail|mailing|write|writing) from\b",
    r"left (?:the |this |your )?(?:chat|channel|list|conversation|meeting|room|thread)\b",
    r"address of (?:our|the|this) (?:new )?(?:server|host|gateway|mx|relay|web ?site|page|shop|office)\b",
    r"(?:table|relation|column|object) (?:['\"]|[\w.]{2,40} (?:does not|doesn't) exist\b)",
    # a text that a filter looks for, or that a page explains
    r"(?:phrase|words?|text|string|pattern|keyword|expression)s? (?:like |such as )?['\"]",
    r"(?:page|article|section|entry|chapter|hints?|faq|information) (?:about|on|for|of|named|called) (?:the )?(?:error )?['\"]",
    r"(?:message|letter|mail|e-?mail|request|command|language|format) (?:is|was) (?:unknown|not (?:known|found|recogni[sz]ed))\b",
    r"(?:list|group)(?:'s)? (?:owner|moderator|manager|administrator)(?:'s)?\b",
    r"sending (?:domain|host|server|system|address|ip|account)",
    (
        r"(?:moved|migrated|relocated|transferred|changed) to (?:\S{1,12} ){0,3}(?:server|host|node|store|storage|tier|archive"
        r"|cluster|system|platform|data ?cent(?:er|re)|database|back-?end)\b"
    ),
    (
        r"(?:allowed|permitted|authori[sz]ed|trusted|approved)"
        r" (?:senders?|destinations?|recipients?|hosts?|clients?|addresses|to|by|from)"
    ),
    r"(?:licen[sc]e|subscription|billing)s?\b",
    r"go away\b",
    r"(?:na białej liście|на белом списке)\b",
    (
        r"(?:pour|para|per|voor|dla|для) (?:les |las |los |le |i |as |os |de )?(?:newsletter|boletin"
        r"|lettres d.information|nieuwsbrie|рассыл)"
    ),
    (
        r"(?:votre|il vostro|la vostra|uw|ваш|ваша|twoje|twoja|wasze|wasza) (?:propre )?(?:compte|bo[iî]te|messagerie"
        r"|account|casella"
        r"|postvak|mailbox|konto|skrzynk|аккаунт|ящик|уч[её]тная)"
    ),
    r"(?:says|said|say|told by|reported by|reports) your\b",
    (
        r"for (?:unencrypted|unsigned|plain|html|large|big|bulk|external|outside|automated|mass|such|anonymous|foreign) "
        r"(?:e-?mails?|mails?|messages?|letters?|senders?)\b"
    ),
    r"for (?:e-?mails?|mails?|messages?|letters?) (?:of|with|without|over|above|larger|bigger|that|sent by) ",
    r"(?:re-?try|retries|retrying|re-?queued?)\b",
    r"(?:timed out|time-?out|timeout)s?\b",
    r"(?<!at )nodes?\b",  # "at node": a host of DECnet
    r"(?:cached?|proxy|proxied|shards?|replicas?|replication|cluster|back-?ends?|upstream)\b",
    r"(?:unreachable|overload|is down|are down|was down|went down|off-?line)\b",
    r"(?:(?:user|mail|transfer)[ -]?agents?|x-mailer|plug-?in|script|configuration|config|syntax of)\b",
    r"(?:headers?|charset|encoding|subject line|message body|body|attachments?|content|html|links?|urls?)\b",
    r"(?:alias|forward\w{0,5}|redirect\w{0,4}) (?:\S{1,80} )?(?:points?|refers?|leads?|goes|forwards?) to\b",
    # a tag, a ticket or an error that is unknown or invalid, and a stranger
    r"(?:batv|prvs|srs|verp)\b",
    (
        r"(?:invalid|unknown|wrong|bad|incorrect|illegal) (?:date|day|year|characters?|password|size|extension"
        r"|subject|number|problem|cause|time|hash|port|from|use|usage|value|order"
        r"|combination|count|length|errors?"
        r"|failures?|reason|parameters?|arguments?|options?|commands?|state|response|request|operation|tag|token|signature|cookie"
        r"|credentials?|session|protocol|data)\b"
    ),
    (
        r"(?:tag|token|cookie|conversation|ticket|session|thread)s? (?:is |was |has |have |been |no longer |not ){0,3}"
        r"(?:invalid|unknown|closed|expired|valid|found|missing|wrong)\b"
    ),
    r"(?:know|recogni[sz]e|trust|verify|identify|authenticate|validate) you\b",
    (
        r"(?:invalid|unknown|bad|missing|wrong) (?:mapi|(?:mail )?store|propert\w{1,3}|attribute|volume|partition|home directory"
        r"|folder|database|schema|plan)\b"
    ),
    r"find (?:an? |the |any |its |his )?(?:home|server|store|folder|database|route|volume|key|profile)\b",
    r"in your (?:address ?book|contacts?|own)\b",
    r"(?:previous|earlier|not all|some of the) (?:recipients?|users?|address(?:es)?)\b",
    r"you (?:have )?(?:sent|wrote|written|mailed) (?:mail|messages|e-?mails?|a message) to an?\b",
    r"unknown to (?:our|the|my|an?) (?:\S{1,20} )?(?:partner|upstream|provider|next)",
    r"retried\b",
    r"(?:the other|another|other) (?:domain|tenant|realm|organi[sz]ation)s?\b",
    r"no (?:outside|external|foreign) (?:e-?mails?|mails?|messages|senders)\b",
    r"closed to (?:all |new |any )?(?:entries|strangers|posts|senders|external|outside|public)\b",
    # another dialogue: with the sender's server, or in the wrong order
    r"at your (?:own )?(?:end|side|site|server|host|mx)\b",
    r"(?:send|use|issue|needs?|requires?|expects?|expecting) (?:an? |the )?rcpt\b",
    r"(?:delivery time|delivery|message|mail|queue time|time) (?:has |is |was )?expired\b",
    r"yourself\b",
    r"you are (?:not|no|unknown|an? (?:unknown|invalid))\b",
    r"you (?:do not|don't|have not|haven't) (?:exist|appear|stand|figure|been)\b",
    # a mailbox that a server or an administrator keeps for a purpose of its own
    (
        r"(?:archiv\w{0,3}|journal\w{0,3}|quarantine|arbitration|discovery|backup|catch-?all"
        r"|tenant|service|bind|proxy|sql|daemon|organi[sz]er"
        r"|(?:owner|moderator|administrator|approver|manager|delegate|assistant|secretary|postmaster|sponsor|partner)(?:'?s)?"
        r"|shadow|spam|junk|migration) (?:mail ?box|account|folder|user|recipient)\b"
    ),
    r"no such (?:command|option|file|partition|policy|rule|key|class)\b",
    r"folders? \W?inbox\b",
    (
        r"in (?:an? |the |our |its |his |your )?(?:group|(?:list of )?(?:permitted|allowed|approved|authori[sz]ed|trusted|safe)"
        r" (?:list|recipients|users|senders|addresses))\b"
    ),
    (
        r"your (?:e-?mail|mail|message|letter) (?:to|for) (?:\S{1,20} ){0,3}(?:was|is|has been) (?:cancell?ed|deleted"
        r"|removed|terminated)\b"
    ),
    r"(?:delegate|deputy|substitute|stand-in|out-of-office|vacation|absence)s?\b",
    r"(?:expansion|expanding) (?:of )?\S{1,80} (?:has )?(?:failed|fails)\b",
    (
        r"(?:list|alias|group)\b.{0,60} (?:contains?|has|have|includes?|lists?) (?:an? |one |some |no"
        r" )?(?:unknown|invalid|bad|non-?existent|valid|wrong)\b"
    ),
    r"(?:one|some|another|any) (?:of (?:the|its) )?members?(?:'s)?\b",
    r"(?:refers?|referring|referred|pointing) to an?\b",
    r"(?:connector|delivery agent|transport agent|calendar)s?\b",
    r"(?:owner|primary|unix|file)(?:'s)? group\b",
    r"(?:anonymous|guest|external|outside|unauthenticated|unregistered|foreign) (?:users|senders|accounts|people)\b",
    r"you (?:claim|pretend|say|seem) to\b",
    r"(?:backup|secondary|fallback) (?:mx|mail ?server|server)\b",
    r"(?:mail |message )?routing\b",
    r"user of (?:the |this )?(?:list|relay)\b",
    r"(?:named |given )?in (?:the )?subject\b",
    # an address beside the recipient's: where answers, errors and complaints go
    (
        r"(?:reply|return|bounce|error|errors|feedback|complaint|complaints|notification|unsubscribe|abuse|envelope|signature|signing)"
        r"(?:[ -]?to|[ -]path)? (?:e-?mail )?(?:address|mailbox|user|account|domain)(?:es)?\b"
    ),
    r"(?<!nothing )(?<!mail )(?:is|are|was|gets|being) (?:auto-?)?(?:forwarded|redirected|resent)\b",
    # another list than that of the mailboxes: those who may log in, send or relay
    (
        r"(?:for|in|to) (?:the |our |your )?(?:smtp[ -]?auth|relay(?:ing|s)?(?! recipient)|auth(?:entication|ori[sz]ation)?"
        r"|log-?in|logging in|submission|sasl)\b"
    ),
    r"(?:authentication|auth|login|log-?on|sign-?in) (?:failed|failure|error|required|unsuccessful|incorrect|denied|unknown)\b",
    (
        r"(?:unknown|invalid|bad|unsupported|wrong|unexpected|no such) (?:address|mail ?box|user|account|recipient|group|name"
        r"|domain|destination) (?:famil(?:y|ies)|space|pool|range|class|scheme|server|object|locks?|handlers?|hooks?|state|status"
        r"|keys?|ports?|certificates?|records?|polic(?:y|ies))\b"
    ),
    (
        r"(?:user|account|recipient|address|mail ?box) (?:pages?|handlers?|hooks?|locks?|containers?|buckets?) (?:is |was )?"
        r"(?:not|missing)\b"
    ),
    (
        r"(?:no such|find|not a valid|unknown|invalid) (?:the |a )?(?:user|recipient|mail ?box|account|address)(?:'s)? "
        r"(?:(?:mail )?(?:lists?|spools?|formats?)|error class)\b"
    ),
    r"address lists? (?:does|do|is|was|could|not)\b",
    r"(?:not|n't|un)(?: ?known) to (?:be|have)\b",
    r"(?:e-?mail|mail|message|letter) (?:that |which )?you (?:\w{1,12} ){0,2}(?:answer|answered|reply|replied|refer|respond)\b",
    r"your (?:own )?name\b",
    r"in (?:his|her|their) (?:\S{1,12} )?(?:contacts?|address ?books?)\b",
    r"(?:account|konto) (?:at|with|in) (?:our|the) (?:shop|store|bank|portal|forum|website)\b",
    r"your (?:domain|host|address|server)\b.{0,80} (?:so|therefore|hence) (?:we )?(?:refuse|reject)",
    r"adresse (?:unsere[rs]|der|des) (?:servers?|webseite|website|homepage)\b",
    r"(?:adresse postale|postadresse|dirección postal|indirizzo postale|endereço postal|postadres)\b",
    r"(?:with|contains|includes) an? (?:unknown|invalid|bad|non-?existent|deleted) (?:member|address|user|recipient)\b",
    r"(?:web ?site|web ?page|logo|certificate) (?:of|for) (?:this|the|that|your) (?:domain|host|site)\b",
    r"(?:smart|relay) ?hosts? (?:you|that|which)\b",
    r"(?:spf|dkim|dmarc|arc)\b(?!=pass)",
    r"(?:ptr|rdns|helo|ehlo|selector|certificate)\b",
    r"(?:spam|junk|bulk|virus|malware|phishing|newsletters?|marketing|advert\w{0,8}|unsolicited)\b",
    r"(?:polic(?:y|ies)|permissions?|restrict(?:ed(?! characters?)|ion|ions)|reputation|compliance)\b",
    r"(?:rates?|rate-limited|throttl\w{1,5}|too (?:many|much|often|fast)|quotas?|limits?)\b",
    r"(?:harvest\w{0,5}|dictionary attacks?|probing|spamtraps?|spam traps?)\b",
    r"(?<!dear )(?<!to )senders?\b(?! ok)",
    r"(?<!to )your (?:ip|server|host|network|organi[sz]ation|company|list|lists|domain|mail ?server|relay|provider)\b",
    r"(?:from|by|for|with|at) (?:you|strangers?|outsiders?|outside|external|the internet|the outside|abroad)\b",
    (
        r"(?:you|your \S{1,20}) (?:are|is|have been|has been|were|was) (?:\S{1,12} )?"
        r"(?:blocked|banned|listed|refused|rejected|blacklisted)"
    ),
)
"""Words for the sender, the message, a list or a rule of the server: "user not found in the whitelist", "unknown user agent"."""

OTHER_CAUSE = (*_SENDER_AND_POLICY, *OTHER_PEOPLE, *OTHER_THINGS)
"""Words for anything but the recipient's address that may be absent or refuse."""
