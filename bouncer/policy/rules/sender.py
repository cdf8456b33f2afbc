"""What servers say when they will not take this sender's mail, whoever it is for, or will not relay it."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "sender-rejected",
        Reason.SENDER_REJECTED,
        "RFC 3463 X.1.7 and X.1.8; Postfix smtpd_sender_restrictions; Sendmail check_mail; qmail badmailfrom; Exim sender verify",
        (
            r"sender (?:e-?mail |mail |envelope )?(?:address|domain|verify|verification|callout|callback|host name|hostname|id|name|path)? ?.{0,60}(?:reject|refus|denied|fail|not found|does not exist|doesn't exist|unknown|invalid|not accept|not allowed|not permitted|blocked|unroutable|unverif|not valid|could not be verified|not exist)",
            r"(?:reject|refus|denied|invalid|unknown|bad|unverified|unresolvable|forged|blocked|not accept|unroutable|prohibited|unrouteable|incorrect|missing|illegal|fake)[a-z]{0,3} (?:the |this |your |envelope |return |any )?sender",
            r"domain of sender (?:address )?.{0,80}(?:does not|doesn't|not) (?:exist|resolve)",
            r"sender'?s? (?:domain|address) (?:must|could not|cannot|does|has|is)",
            r"(?:mail from|mailfrom|envelope from|return[- ]path|reverse[- ]path|from address|from: address|from header|from domain|from field|envelope sender).{0,80}(?:reject|refus|denied|not allowed|not accept|invalid|does not exist|doesn't exist|not exist|unknown|blocked|unresolv|not match|forg|bad|verif|missing)",
            r"(?:reject|refus|denied|invalid|blocked|bad|forged)[a-z]{0,3} .{0,20}(?:mail from|mailfrom|envelope from|return[- ]path|reverse[- ]path|envelope sender)",
            "badmailfrom",
            r"(?:helo|ehlo)\b.{0,60}(?:reject|refus|denied|invalid|bad|forg|not|require|unresolv|mismatch|fail|syntax)",
            r"(?:reject|refus|denied|invalid|bad|forged|no)[a-z]{0,3} .{0,20}\b(?:helo|ehlo)",
            r"need fully-qualified (?:hostname|address)",
            r"backscatter",
            r"(?:bounces?|null sender|null reverse-path|delivery status notifications?|dsns?) .{0,40}(?:not accepted|are refused|rejected|not allowed|not permitted)",
            r"sending domain .{0,60}(?:does not|doesn't|has no|not|invalid)",
            r"only accepts? mail from (?:known|authori[sz]ed|approved|registered)",
            r"you are not (?:a )?(?:member|allowed|authori[sz]ed|permitted|subscribed)",
            r"(?:not|only) .{0,20}(?:members?|subscribers?) .{0,30}(?:list|post|group)",
            r"(?:group|list|distribution list).{0,60}(?:only accepts|restricted|may not have permission|not have permission)",
            r"not (?:have )?permission to (?:send|post|submit)",
            r"not accepting (?:mail|messages|e-?mail) from (?!this)",
            r"(?:recipient|user|mailbox|customer) .{0,40}(?:does not|doesn't|not|refus|reject)[a-z]{0,3} .{0,20}(?:accept |accepting |want |receive )?(?:mail|e-?mail|messages?)s? from",
            r"authentication required for (?:delivery|relay)",
            r"only authenticated (?:users|senders)",
            r"sender (?:is )?not (?:authenticated|authori[sz]ed|permitted|allowed|in the allowed)",
            r"wasn't authenticated",
            r"the sender .{0,40}(?:blocked|banned|denied)",
            r"blocked by (?:the )?(?:recipient|user|customer|mailbox owner)",
        ),
    ),
    Rule(
        "relaying-denied",
        Reason.RELAYING_DENIED,
        "RFC 5321 section 3.6.2; Postfix, Exim, Sendmail, qmail, Exchange",
        (
            r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not permitted|not allowed|prohibited|not authori[sz]ed|disallowed|rejected|refused|restricted|operation|attempt|is not|mail|not supported|forbidden)",
            r"(?:unable|not allowed|not permitted|cannot|can't|not authori[sz]ed|no permission|not|don't|do not|doesn't|does not|must not|won't|refus[a-z]{1,3}|never|denied|forbidden|prohibit[a-z]{1,3}) (?:to |a |allow )?relay",
            r"rcpthosts",
            r"(?:we|i) do ?n[o']t relay",
            r"authentication (?:is )?required (?:before|prior to|to relay)",
            r"smtp auth(?:entication)? (?:is )?required",
            r"not (?:an )?(?:open )?relay",
            r"no relaying",
            r"mail server does not handle mail for",
            r"tenant ?attribution",
            r"not local .{0,40}relay",
            r"insecure mail relay",
        ),
    ),
)
