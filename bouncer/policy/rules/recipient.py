"""What servers say when there is no such mailbox: unknown, misspelt, gone, moved."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

WHO = r"(?:user|recipient|mail ?box|account|address|alias|addressee|member|customer|subscriber|person|login|user ?name|user ?id|mail ?drop|maildrop|e-?mail|name|inbox|group|mail user|destination|local part|destinataire|screen ?name)"
"""The words that servers use for a mailbox and its owner."""

RULES = (
    Rule(
        "recipient-moved",
        Reason.RECIPIENT_MOVED,
        "RFC 5321 reply 551, RFC 3463 X.1.6; qmail bouncesaying, Exim redirect, T-Online",
        (
            r"(?:user|recipient|mail ?box|account|address|person|destination mailbox|he|she) (?:@ )?(?:has |have )?(?:moved|changed|been moved|relocated)",
            r"no forwarding address",
            r"(?:new|changed|current) (?:e-?mail )?address (?:is|of|has|:)",
            r"(?:please )?(?:use|try|forward (?:to|path)) (?:the )?(?:new |following )(?:e-?mail )?address",
            r"not our (?:user|customer)",
            r"user (?:is )?not local;? (?:please )?(?:try|will forward)",
            r"(?:mailbox owner|owner of (?:this|the) mailbox) has changed",
            r"address (?:has )?(?:been )?changed",
        ),
    ),
    Rule(
        "unknown-user",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1; Postfix, Sendmail, Exim, qmail, Exchange, Gmail, Yahoo, Notes, GroupWise, Courier, Communigate, MDaemon ...",
        (
            rf"(?:no such|unknown|non-?existent|invalid|bad|nonexisting|unrecogni[sz]ed|undefined|not a valid|unregistered|incorrect|wrong|illegal|no (?:valid|matching|active|local)|isn't a valid|non-valid|not (?:a|an) (?:known|valid|existing|local|active)|undeliverable|unrout(?:e)?able|not an?) (?:\"?(?:local|virtual|mail|e-?mail|final delivery|destination|delivery|recipient|smtp|internal|domino|system|or illegal|final|envelope|user'?s?|target) ){0, 2}(?:e-?mail )?{WHO}",
            rf"{WHO}(?:\(s\)|s|'s)? ?(?:@ |\(@\) |\[@\] |<@> |<@>: |name |address |account |mailbox |id |\"@\" )?(?:is |was |are |does |do |could |can |has |you .{{0,40}} )?(?:currently )?(?:an? )?(?:unknown|not found|not be found|not known|not exist|does not exist|doesn't exist|n[o']t exist|not recogni[sz]ed|invalid|not valid|unrecogni[sz]ed|nonexist|non-exist|not listed|not available here|not registered|un-?registered|undefined|undeliverable|not local|not here|not a local|not an? (?:valid|known|active)|isn't valid|unroutable|unrouteable|not defined|not configured|not present|not our|not exists|no found|misspelled|incorrect|wrong|unidentified|bad|no encontrad|illegal)",
            r"(?:does|do|did) ?n[o']t (?:appear to |seem to )?exist",
            r"(?:doesn't|does not|do not|don't|didn't) (?:have|list|host|recogni[sz]e|know) (?:an? |any |this |that |the |such )?(?:[a-z0-9.-]{1,64} )?(?:mail ?box|account|user|recipient|address)",
            r"(?:no|not a|isn't a|not an|isn't an) (?:[a-z0-9.-]{1,64} )?(?:mail ?box|account|user|recipient|person|one|body|mail-?box|member|customer|subscriber|such) (?:here|by that|by this|with that|of that|with this|called|named|found|exists?|at this|at that|for|on this|in (?:this|our)|under|address|matches|defined|available|known)",
            r"(?:can't|cannot|could not|couldn't|unable to|failed to|not) (?:find|locate|resolve|match|verify|identify|route to|map|deliver to unknown) (?:the |this |that |a |any |your )?(?:local |mail |e-?mail )?(?:user|recipient|mail ?box|account|address|alias|name|person|entry|@)",
            r"user (?:unknown|account unknown)",
            r"unknown (?:or (?:illegal|invalid) )?(?:user|alias|recipient|mailbox|address|account|name|e-?mail)",
            r"(?:wasn't|was not|isn't|is not|aren't|not|weren't) (?:be )?(?:found|listed|recogni[sz]ed|known|valid|registered|present) (?:at|in|by|on|to|here|as|with)\b",
            r"not (?:listed|found) in .{0,40}(?:directory|address book|table|database|alias|list)",
            r"(?:user|recipient|mailbox|account|address|e-?mail|name)s? (?:lookup|check|verification|validation|verify|search) (?:has )?(?:fail|error)",
            r"recipient ?(?:address )?(?:verification|verify) failed",
            r"recipnotfound|recipientnotfound",
            r"no (?:valid )?recipients? (?:were )?(?:found|for this|remain|specified|match)",
            r"no valid recipient",
            r"not a (?:valid )?(?:mailbox|user|recipient|local user)",
            r"unknown(?:[ -])?(?:local|virtual)[ -](?:part|user|recipient|alias)",
            r"(?:addressee|recipient|user|destinatary) unknown",
            r"(?:invalid|no such|unknown|illegal) (?:local ?part|local-part|rcpt|destination address|addressee|to address|final delivery)",
            r"550[ :-]{1,3}invalid recipient",
            r"mail to @ (?:is )?not (?:accepted|deliverable)",
            r"(?:mailbox|user|account|recipient) not (?:found|here|exist|known|valid|local|available here|registered)",
            r"(?:mailbox|account|address|user|recipient|you (?:tried|sent)) .{0,40}(?:does not|doesn't|didn't|not) exist",
            r"(?:e-?mail |mail )?address .{0,60}(?:couldn't|could not|wasn't|was not|can't|cannot) (?:be )?found",
            r"does not have (?:a |an )?(?:valid )?(?:final )?(?:e-?mail|mail ?box|delivery point|account)",
            r"no (?:account|mailbox|user|person|one|recipient|member|such person|customer)s? (?:by|with|of|under|matching) (?:that|this|the) ",
            r"(?:did not|doesn't|does not) (?:exactly )?match an? .{0,30}(?:address|user|name)",
            r"invalid (?:recipient|mailbox|user|address|rcpt|e-?mail|account|destination)",
            r"addresses? (?:failed|rejected): .{0,20}(?:unknown|no such)",
            r"ou?n?known (?:sms|mobile|subscriber)",
            r"is not (?:a|an) (?:[a-z0-9.-]{1,64} )?(?:user|account|mailbox|customer|address|subscriber|active|valid|local|known|registered)",
        ),
    ),
    Rule(
        "address-error",
        Reason.ADDRESS_ERROR,
        "RFC 3463 X.1.3; RFC 5321 section 4.1.2",
        (
            r"(?:bad|invalid|illegal|malformed|incorrect|wrong) (?:destination |recipient |mailbox |e-?mail |rcpt |forward-?path )?(?:mailbox )?(?:address )?syntax",
            r"(?:address|recipient|rcpt to|mailbox|rcpt|forward-?path).{0,40}(?:syntax|malformed|unparse?able|badly formed|illegal character|invalid character|not rfc)",
            r"(?:syntax error|malformed|unparse?able|missing or malformed|parse error|illegal (?:character|char)s?) .{0,40}(?:address|recipient|mailbox|local part|rcpt|domain)",
            r"(?:domain missing or malformed|unqualified address|address (?:must|does not) contain)",
            r"(?:quoted|colon|angle|at sign|@).{0,10}(?:missing|expected|not allowed|unbalanced) .{0,20}address",
            r"unbalanced ['\"<>]",
            r"malformed (?:e-?mail )?address",
            r"(?:ambiguous|not unique|more than one match).{0,40}(?:address|recipient|name|user)?",
            r"(?:recipient|user|address|name).{0,20}ambiguous",
        ),
    ),
)
