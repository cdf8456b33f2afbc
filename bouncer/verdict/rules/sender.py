"""Phrases of servers that refuse a sender's mail for every recipient, or do not relay it."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

VERIFIED = (
    Rule(
        "login-unknown",
        Reason.AUTHENTICATION_FAILED,
        "RFC 4954: the user that is not found is the one that logs in, to relay",
        (
            (
                r"\b(?:authentication|auth|login|log-?in|sasl)[^.;]{0,20} (?:failed|failure|error|denied|rejected|refused)\b"
                r"\W{0,3} ?(?:<gone>|(?:no such|unknown|invalid) (?:user|account|login|user ?name)\b|user <gone>)"
            ),
            r"\b(?:no such|unknown|invalid) (?:relay|smtp|sasl|submission|auth(?:entication)?) (?:user|account|login|user ?name)\b",
            r"\baddress <refused>: not logged in\b",  # Postfix, reject_unauthenticated_sender_login_mismatch
            (
                r"(?:not|n't|never|cannot|unable to|failed to) (?:be )?(?:identif|verif|recogni[sz]|authenticat|match|valid)\w{1,6}"
                r" (?:(?:the|this|that|your) )?(?:user |account |login )?(?:by|with|through|via|using|from) (?:\S{1,12} ){0,2}"
                r"(?:password|pass ?phrase|log-?in|credentials?|token|api key|ticket|certificate|secret)\b"
            ),
            (
                r"\b(?:wrong|bad|incorrect|invalid|expired|missing|revoked) (?:access|api|bearer|oauth2?|auth"
                r"|authentication|refresh)[ -]tokens?\b"
            ),
            r"\b(?:wrong|bad|incorrect|invalid|no|expired) (?:password|pass ?phrase|credentials?) (?:for|of|from|given)\b",
        ),
    ),
    Rule(
        "header-forged",
        Reason.SENDER_REJECTED,
        "own checks of gateways: the address in From is unknown where it is said to be, so the message is taken for a forgery",
        (
            (
                r"(?:from|sender|reply-to):? (?:header|field|line)\b.{0,60}"
                r" (?:<gone>|not known|forge|fake|no such)"
            ),
            r"(?:refused|rejected) as (?:forged|a forgery|fake|spoofed)",
            r"\b(?:possible|probable|suspected|likely|apparent) (?:forgery|fraud|spoof\w{0,3}|scam)\b",
            r"\b(?:forgery|fraud|spoofing|scam) (?:is |was )?(?:suspected|detected|likely|assumed)\b",
        ),
    ),
    Rule(
        "sender-verification",
        Reason.SENDER_REJECTED,
        (
            "Exim verify = sender/callout, cPanel's wording: it lists what may be the cause, and every cause is"
            " the sender's"
        ),
        (
            r"sender (?:address )?(?:verify|verification|callout|callback)(?: has)? fail",
            r"sender (?:address )?(?:verify|verification|call-?out|call-?back|check)\b.{0,40} (?:<gone>|no such|reject|refus)",
            (
                r"\bcall-?back (?:to|of|for|at) (?!the recipient|recipient)\S{1,80} .{0,40}(?:<gone>|no such|unknown"
                r"|reject|refus|fail)"
            ),
            (
                r"\b(?:author|poster|submitter|(?:originating|sending|authenticated|submitting|smtp|submission)"
                r" (?:user|account|mail ?box|login))"
                r"(?: address)?\b.{0,40} (?:<gone>|no such|deleted|closed|left|disabled)\b"
            ),
            (
                r"\b(?:address|account|mail ?box|user|domain|login|identity) (?:that |which )?(?:you (?:are |were "
                r"|have )?(?:send|sent|write|wrote"
                r"|written|sending|writing|mailing|mail) (?:from|with)|used (?:for|to) send(?:ing)?)\b.{0,40}"
                r" (?:<gone>|deleted|closed|disabled)\b"
            ),
            (
                r"\b(?:mails?|messages?) (?:of|from|by) (?:deleted|unknown|invalid|non-?exist\w{0,5}|unregistered"
                r"|closed) (?:users?|accounts?|addresses|senders?|people)\b"
            ),
            r"verification failed for <?@",
            r"\bsender'?s? (?:e-?mail |mail )?(?:mail ?box|inbox|account|quota) <is>(?:full|over|exceeded)\b",
            (
                r"(?:no such|unknown|invalid|no) (?:user|mail ?box|account|address|recipient) (?:at|in|on) "
                r"(?:your|the sender's|the sending) (?:own )?(?:domain|server|host|side|end|system)\b"
            ),
            r"\b(?:bounce|return|reply|reverse|from) (?:address|path) (?:check|verification|test)\b",
            r"could not verify (?:the )?sender",
            (
                r"(?:on|in|to) (?:his|her|their|my|the (?:recipient|user|addressee)'s) (?:own |personal "
                r"|private )?(?:block|black|reject|deny|ban|ignore)[a-z]{0,3}[- ]?list"
            ),
            r"sender is (?:on|in) (?:\S{1,20} ){0,3}(?:block|black|reject|deny|ban|spam)[a-z]{0,3}[- ]?list",
            (
                r"(?:recipient|user|addressee)'?s? (?:own |personal |private )?(?:block|black|reject|deny|refuse"
                r"|ban)[- ]?list"
            ),
        ),
    ),
)

RULES = (
    Rule(
        "sender-rejected",
        Reason.SENDER_REJECTED,
        (
            "RFC 3463 X.1.7 and X.1.8; Postfix smtpd_sender_restrictions; Sendmail check_mail; qmail badmailfrom;"
            " Exim sender verify; Coremail"
        ),
        (
            r"no (?:mx|a|aaaa)(?: records?)? (?:for|of|in|on) your\b",
            r"your (?:e-?mail |mail )?(?:domain|host) (?:does not|doesn't|will not|never) (?:accept|receive|take)\b",
            (
                r"(?:mail |message |e-?mail |smtp )?sending (?:mails? |messages? |e-?mails? )?(?:for|from|by|of|with) "
                r"(?:this|your|the|that) (?:\S{1,20} )?(?:account|mail ?box|user|address|login|domain)\b.{0,20} "
                r"(?:disabled|suspended|blocked|locked|stopped|frozen|not (?:allowed|permitted|possible)|forbidden|restricted)\b"
            ),
            (
                r"(?:e-?mails?|mail|messages?) from your (?:account|mail ?box|address|login)\b.{0,30} (?:disabled"
                r"|suspended|blocked|locked|stopped)\b"
            ),
            r"\b(?:unknown|invalid|unregistered) (?:customer|user|person|account|address) (?:wrote|sent|tried|sends|writes)\b",
            (
                r"\b(?:external|outside|internet|foreign) (?:e-?mails?|mail|messages?|senders?)\b.{0,40} (?:<refused>"
                r"|not (?:taken|welcome|possible))\b"
            ),
            (
                r"\byou (?:may|can|must|shall) not (?:write|send|mail|post)(?: (?:mail|messages?|e-?mails?|letters?))? to"
                r" (?:this|that|the|our|him|her|them)\b"
            ),
            (
                r"\b(?:takes?|accepts?|receives?|gets?|wants?) no (?:external|outside|foreign|internet|public)"
                r" (?:e-?mails?|mail|messages?|senders?)\b"
            ),
            (
                r"\b(?:e-?mails?|mail|messages?|connections?) from your (?:ip )?(?:range|network|subnet|block|region)"
                r" (?:is|are) (?:limited|restricted|<refused>)"
            ),
            (
                r"\byou (?:are not|aren't|have no) (?:allowed|permitted|authori[sz]ed|entitled|right|rights"
                r"|permissions?|privileges?)"
                r" to (?:send|submit|deliver|write)(?: (?:any )?(?:mails?|messages?|e-?mails?|letters?))?(?=\W{0,3}$|[.,;:!]"
                r"| (?:here|through|via|by|over|from)\b)"
            ),
            r"\bwho are you\b",
            r"\byour (?:mail ?)?(?:server|host|network|client|ip)(?: address)? (?:is |was )?(?:unknown|not known) (?:to|in|by)\b",
            r"\bunknown (?:sending|originating|connecting|submitting) (?:system|host|server|mta|network)\b",
            r"\bsender restrictions?\b",
            r"(?:suspended|blocked|banned|disabled|restricted|prevented|prohibited) from (?:sending|relaying|submitting)\b",
            (
                r"not (?:allowed|permitted|authori[sz]ed|able) to send (?:any )?(?:mail|messages|e-?mails?) (?:from"
                r"|with) (?:this|that|your)\b"
            ),
            # cPanel: the hosting company stopped the account that sends.
            r"(?:outgoing|outbound) (?:e-?mails?|mails?|messages?)\b.{0,60} (?:suspen|disabled|blocked|on hold|restrict|hold)",
            (
                r"(?:on|in|to) (?:her|his|their|my|the user's|the recipient's) (?:\S{1,12} ){0,2}(?:blocked|block"
                r"|black|reject|ignore)"
            ),
            (
                r"\bsender\b(?:[^.,]|\.(?! )|,(?! (?:the|that|this|your) )){0,60}\b(?:<refused>|<gone>|does not"
                r"|unverif|verify|verification"
                r"|not resolve|be resolved"
                r"|unresolv|must|unroute?able|not (?:be )?route(?:able|d)|not routable"
                r"|fake|forged|unable|null ?-?mx|not trusted|untrusted|unvalidated|not validated|not authenticated"
                r"|mismatch|unauthori[sz]ed)"
            ),
            (
                r"(?:mail from|mailfrom|envelope from|envelope sender|from address|from domain|from header"
                r"|originator)\b"
                r"(?!:? ?<?@>? to\b).{0,60}(?:<refused>|<gone>|bad|verif|unresolv|forg|missing|not match|mismatch)"
            ),
            r"(?:return|reverse)[- ](?:path|address).{0,60}(?:<refused>|<gone>|bad|unresolv|missing|no\b)",
            (
                r"(?:<refused>|invalid|unknown|bad|unverified|unresolvable|unroute?able|forged|fake|incorrect|illegal|denies the"
                r"|reject|prohibited) (?:the |this |your |envelope |return )?(?:sender|mail from|mailfrom|return[-"
                r" ]path|reverse[- ]path|from address)"
            ),
            r"domain of sender .{0,80}(?:<gone>|resolve)",
            r"(?:<gone>|invalid|bad) .{0,40}(?:return|reverse)[- ]path",
            r"\b(?:postmaster|abuse)\b (?:address |mailbox )?(?:at|of|for) .{0,60} (?:<gone>|no such)",
            (
                r"\byour (?:e-?mail |mail |from |reply |return |sending |own |bounce |errors? |envelope |sender"
                r" ){0,2}address\b.{0,60}(?:<refused>|<gone>)"
            ),
            r"(?:<refused>) (?:messages? |mail )?(?:from )?your (?:e-?mail )?(?:address|domain)\b",
            r"(?:verify|validate) (?:the |your |this )?sender",
            r"sender .{0,12}not (?:in|on)\b",
            r"requires? (?:an? |the )?(?:valid|existing|resolvable|verified|proper|correct) (?:\S{1,20} )?sender",
            r"(?:<gone>|no such) [^.;,]{0,30}(?:\(|for |of )(?:the )?sender\b",
            r"sender (?:address |verif\w{0,7} ){0,2}(?:failed|failure)",
            r"reply-?to\b.{0,40}(?:<gone>|<refused>)",
            r"(?:<gone>|invalid|bad) .{0,40}\bin (?:the )?(?:from|mail(?! (?:to|for) )|mail from|envelope)\b",
            r"accepts? no (?:e-?mails?|mail|messages?|letters?) from\b",
            r"\bnot available (?:to|for) you\b",
            r"\b(?:internal|private) address\b.{0,20} not reachable from\b",
            (
                r"\b(?:anonymous|external|outside|foreign|unknown|unverified|unauthenticated"
                r"|unregistered) (?:senders?|users?|people|persons"
                r"|clients?|hosts?) (?:may|can|must|are allowed to|are permitted to|will) ?not (?:reach|write|send"
                r"|post|mail|contact)\b"
            ),
            (
                r"\b(?:account|mail ?box|login) of (?:the |this |its )?sender\b.{0,20} (?:suspended|disabled|blocked"
                r"|locked|closed|deactivated"
                r"|frozen)\b"
            ),
            (
                r"\b(?:limited|restricted|confined) to (?:\S{1,12} ){0,2}"
                r"(?:members|subscribers|staff|employees|registered|senders|partners|customers)\b"
            ),
            (
                r"\b(?:only|exclusively|reserved|open only) (?:for|to) (?:\S{1,12} ){0,2}"
                r"(?:members|subscribers|staff|employees|registered|known senders)\b"
            ),
            r"unknown originator",
            (
                r"\b(?<!missing a valid )(?:address|user|account|mail ?box|domain|name|host) (?:in|of)"
                r" (?:the |your |its |an? )?\W?"
                r"(?:from|reply-?to|sender|return-?path|envelope|errors-to|message-id)\b"
                r".{0,40} (?:<gone>|bad|<refused>|(?:cannot|can't|could not|couldn't) be)"
            ),
            (
                r"(?:adresse de retour|direcci.n de (?:retorno|respuesta)|indirizzo di (?:ritorno|risposta)"
                r"|endere.o de (?:retorno|resposta)|r.ck(?:sende|antwort)?adresse|antwortadresse|retouradres|adres zwrotny"
                r"|обратный адрес)\b.{0,40} (?:<absent>|<gone>|<dismissed>)"
            ),
            r"(?:回信地址|退信地址|返信先)(?:のアドレス)?(?:は|が)?(?:不存在|无效|無效|存在し)",
            r"\byou (?:do not|don't|are not|aren't) (?:exist|appear|stand|listed|known|registered) (?:in|on|among|to|with)\b",
            (
                r"(?:sender'?s?|your|from|envelope|originating|sending) domain (?:name )?(?:\S{1,100} )?"
                r"<is>(?:expired|suspended|parked|on hold|not renewed)\b"
            ),
            r"internal (?:use|mail|senders?|users?) only",
            r"badmailfrom",
            r"envelope blocked ?- user\b",  # Mimecast: the recipient blocks this sender
            r"\bblack (?:e-?mail|mail|sender) address\b",
            r"(?:unauthori[sz]ed|untrusted|unvalidated|unapproved|blocked|unwanted) sender",
            (
                r"sender (?:domain |address |host )?(?:resolve|resolution|lookup|dns|check|verification|callout) "
                r"(?:has )?(?:fail|error)"
            ),
            r"(?:unresolvable|unverifiable|unknown) .{0,24}\bfrom domain",
            r"\b(?:helo|ehlo)\b.{0,60}(?:<refused>|<gone>|bad|error|forged|malformed|syntax|mismatch|requir|resolv|own)",
            r"(?:<refused>|invalid|bad|forged)[a-z]{0,3} .{0,20}\b(?:helo|ehlo)\b",
            r"helohost",
            r"fully-?qualified (?:host ?name|domain)",
            r"\bfqdn\b",
            r"\bdomain name required",
            r"my name was rejected",
            r"\bmx\b.{0,30}\bsender\b",
            r"invalid dns mx or",
            r"anti-?spoof",
            r"(?:bounces?|null sender|null reverse-path|dsns?) .{0,40}<refused>",
            r"e-?mail address is not verified",
            (
                r"only accepts? (?:e-?mails? from |mail from |messages from )?(?:known|authori[sz]ed|approved"
                r"|registered|internal"
                r"|members)"
            ),
            r"only (?:accepts?|takes?|receives?|reads?) (?:e-?mails?|mail|messages?) (?:sent )?from\b",
            (
                r"(?:not|never) accept(?:ing|s)? (?:any )?(?:e-?mails?|mail|messages?) from (?!this|your|that|the"
                r" network|\[?[0-9])"
            ),
            (
                r"(?:recipient|user|mailbox|customer|he|she) .{0,30}(?:does not|doesn't|won't|refuses to) (?:accept"
                r"|want|receive) (?:e-?mails?|mail|messages?) from"
            ),
            (
                r"(?:not|never|no longer|refus\w{1,4}|declin\w{1,4}) (?:to )?(?:accept|tak|receiv)(?:ing|es?|s)? "
                r"(?:any |new ){0,2}(?:e-?mails?|mails?|messages?) (?:sent )?from (?:this|your|that) "
                r"(?:sender|address|domain|account|organi[sz]ation|company)\b"
            ),
            (
                r"(?:user|recipient|customer|addressee|owner) (?:has |have )?(?:refused|refuses|declined|declines) to "
                r"(?:receive|accept|take|get|have)\b"
            ),
            r"blocked by (?:the )?(?:recipient|user|customer|mailbox owner|addressee)",
            (
                r"denied by (?:the )?(?:recipient|user|customer|addressee)(?:'s)? "
                r"(?:organi[sz]ation|company|domain|settings?|filter|rules?)\b"
            ),
            r"\bin (?:the |his |her |user's )?(?:recipient|user)'?s? ?(?:blocked|reject|refuse)",
            r"(?:sender|user) (?:was |is )?not authenticated",
            r"\bclient (?:was |is )?not authenticated to send",
            r"wasn't authenticated",
            r"cannot send e-?mail to yourself",
            r"impersonat",
            r"backscatter",
            r"(?:does not|doesn't|won't|refuses to) (?:accept|want) (?:your|this)",
            r"is not (?:allowed|permitted|authori[sz]ed) to send\b",
            r"(?:not|n't|no) (?:\S{1,12} )?(?:allowed|permitted|authori[sz]ed) to send (?:as|on behalf)\b",
            r"\bsend ?as ?denied\b",  # Exchange
            r"(?:lost|no|not have) (?:the )?rights? to send",
            r"provide a valid from",
            r"not an? (?:valid|known|existing|allowed|permitted) sender\b",
            r"(?:recipient|user|customer|addressee)\b.{0,60} has blocked\b",
            r"set up to receive (?:messages|mail|e-?mails?) from",
            r"(?:chosen|decided|asked|prefers?) not to (?:accept|receive|get|take) (?:any )?(?:e-?mails?|mail|messages?) from\b",
            (
                r"(?:permissions?|rights?|authori[sz]ation) to (?:receive|accept|get) (?:(?:\S{1,20} )?from"
                r"|(?:external|outside|internet|foreign))\b"
            ),
            (
                r"(?:not|n't|never) (?:\S{1,12} )?(?:to )?(?:receive|accept|get)s? (?:any )?(?:messages? |mails? |e-?mails? )?"
                r"(?:from )?(?:the )?(?:external|outside|internet|foreign)\b"
            ),
            (
                r"\b(?:senders?|senders? (?:address|domain)|sender's domain|return path|from address|mail from"
                r"|sending address|envelope sender)\b.{0,30} (?:has|have|with|without|lacks)(?: no| an?| any){0,2} "
                r"(?:valid )?(?:mx|a record|a or|dns)\b"
            ),
            (
                r"\b(?:sending address|return path|from address|domain of sender|(?:envelope|bounce|from|sending) domain)\b"
                r".{0,40}(?:<refused>|<gone>"
                r"|not resolve|verif|callout|unresolv)"
            ),
            r"pretend(?:s|ing)? to be\b",
            r"only (?:taken|accepted|allowed|received|welcome|possible) from\b",
            r"(?:only for|reserved for|restricted to|limited to) internal (?:use|mail|e-?mail|messages|senders|users)\b",
            r"(?:can't|cannot|can not|could not|unable to) route (?:to )?(?:the )?sender\b",
            (
                r"(?:authori[sz]ed|allowed|permitted|enabled|open) for (?:e-?mails?|mails?|messages?) from (?:the )?"
                r"(?:outside|external|internet)\b"
            ),
        ),
    ),
    Rule(
        "sender-not-member",
        Reason.SENDER_REJECTED,
        "Mailman, fml, LISTSERV, Google Groups, Exchange groups (5.7.133, 5.7.134): only members may post",
        (
            (
                r"(?:you|sender|poster|author)\b.{0,40}(?:not|n't)"
                r" (?:an? (?:\S{1,12} )?|allowed to be a )?(?:member|subscriber|subscribed)\b"
            ),
            r"non-?members?\b",
            r"not (?:a |an )?(?:registered |allowed |list )?members? of (?:this|the|our) (?:list|group)",
            r"(?:allowed|approved|permitted|authori[sz]ed) senders?\b",
            r"(?:group|list)\b.{0,60}(?:may not exist, or|not have permission|only accepts|members only|closed list)",
            r"permissions? to (?:post|send|submit|write)",
            r"mailing list expansion prohibited",
            r"only (?:members|users inside|subscribers|senders inside|people inside)",
            r"members-only",
            (
                r"not (?:allowed|authori[sz]ed|permitted) to (?:post|send|submit) (?:messages? |mail |e-?mail )?(?:to"
                r"|on|in)"
            ),
            r"(?:private|closed|moderated) (?:list|group) .{0,30}(?:<refused>|denied)",
            r"resolver\.rst\.(?!sendsize|recipsize)",
            r"groups\.google\.com/support",
        ),
    ),
    Rule(
        "login-failed",
        Reason.AUTHENTICATION_FAILED,
        "RFC 4954: the name or the password with which the sender logs in",
        (
            (
                r"(?:authentication|auth|log-?in|log-?on|sign-?in) (?:failed|failure|error|rejected|denied|unsuccessful)"
                r"[:;,. -]{1,3}(?:user|account|recipient|unknown|no such)\b"
            ),
            r"(?:user ?name|login|userid) (?:or|and|/) ?password",
            r"(?:bad|invalid|wrong|incorrect) (?:username|password|login|credentials)",
            r"smtp authentication failed",
            r"535 (?:5\.7\.8 )?(?:error: )?authentication (?:failed|unsuccessful|failure|credentials)",
            r"\bclient (?:was |is )?not authenticated\b(?! to send)",
        ),
    ),
    Rule(
        "relaying-denied",
        Reason.RELAYING_DENIED,
        "RFC 5321 section 3.6.2; Postfix, Exim, Sendmail, qmail, Exchange 5.7.54 and 5.7.64",
        (
            r"\brelay(?:ing)?\b.{0,40}(?:<refused>|restricted|not supported|fail)",
            r"(?:unable to|not|n't|cannot|<refused>|no|refuse[sd]? to|never|denies) (?:to |mail |allow )?relay",
            r"(?:not|isn't|aren't) (?:allowed|permitted|authori[sz]ed|configured) to (?:be )?relay",
            r"\brelay(?:ing)? (?:is |was |has been )?(?:disabled|off|closed|turned off|switched off|not available|unavailable)\b",
            r"\b(?:are|is|am) (?:not|no)(?: (?:your|an?|the|anybody's|a public))? (?:open |mail |smtp )?relay\b",
            r"(?:unauthenticated relay|relay attempt)",
            (
                r"\bonly (?:takes?|accepts?|handles?|receives?|serves?) (?:e-?mail|mail|messages) for (?:our|its|local|this)"
                r" (?:own )?(?:domains?|users|customers|server)\b"
            ),
            r"(?:as|not) a (?:known |trusted |registered )?relay\b",
            r"(?:\bno|\ban) open relay\b",
            (
                r"only (?:allowed|permitted|possible|accepted) (?:with|after|for) (?:smtp )?(?:authentication"
                r"|authenticated|auth\b|login|local)"
            ),
            r"(?:local|internal|authenticated|authori[sz]ed) users? only",
            r"rcpthosts",
            r"(?:don't|do not|doesn't|does not) relay",
            r"<refused> (?:\S{1,12} ){0,2}non-?local (?:recipients?|users?|addresse?s?|domains?)\b",
            r"(?:turn on|enable|use) smtp[ -]auth",
            r"\bi cannot deliver mail for",
            r"not a gateway",
            r"(?:requires? |need |must )?(?:smtp[- ])?auth(?:entication)? (?:is )?required",
            r"(?:server|host|system|we) requires? (?:smtp )?authentication",
            r"authentication (?:is )?needed",
            r"(?:does not|doesn't|don't|do not|not) (?:handle|serve|host) (?:mail|e-?mail|this domain)",
            r"tenant ?attribution",
            r"must (?:authenticate|log ?in|check (?:for )?(?:new )?mail|use pop)",
        ),
    ),
)
