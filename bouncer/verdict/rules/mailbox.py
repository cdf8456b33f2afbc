"""Phrases for a mailbox that exists and takes no mail now: full, switched off, not available."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

FULL = (
    Rule(
        "mailbox-full",
        Reason.MAILBOX_FULL,
        (
            "RFC 3463 X.2.2; Dovecot, Courier, Cyrus, Exim, Procmail, vdelivermail, Exchange, Gmail 5.2.2, Yahoo,"
            " NTT docomo"
        ),
        (
            (
                r"(?:mail-? ?box|mail-? ?boxes|inbox|mail ?folder|maildrop|maildir|mail ?store|account|mailfile"
                r"|mail file|user"
                r"|recipient|@) ?<at><is>(?:too |almost |already |completely |\d{1,3} ?% )?full\b"
            ),
            r"\bbox (?:is |was )(?:too |already |completely )?full\b",
            r"\bdomain(?:'s)? (?:disk |storage |size )(?:quota|limit|space) (?:has been |is |was )?(?:exceeded|reached|full)\b",
            (
                r"\bbox (?:has |is )?(?:reached|at|over|exceeded) (?:its|the|his|her) (?:maximum |max )?(?:limit|size|capacity)\b"
            ),
            r"\b(?:no|not enough|insufficient) (?:free )?disk ?space (?:left )?(?:for|in|on) (?:the |this |his |her )?(?:<who>|@)",
            r"full (?:mail ?box|inbox)",
            (
                r"(?:\bbox|mail-? ?box|inbox|mail ?folder|account|@)[>)\"']{0,2} (?:(?:of|for) \S{1,60} )?<is>(?:\w{3,12}ly )?"
                r"(?:filled (?:to|up)|brimming|brimful|crammed|packed|stuffed|jammed|topped out|maxed out|chock)\b"
                r"(?! (?:by|into|in|for|away)\b)"
            ),
            (
                r"<over> (?:his|her|its|their|the) (?:\S{1,15} ){0,2}(?:allotment|allocation|allowance|share|ration) (?:of|for) "
                r"(?:\S{1,12} ){0,1}(?:disk|storage|space|mail)\b"
            ),
            r"(?:mail ?box|inbox|\bbox of)\b.{0,60}\bfull\b",
            (
                r"\b(?:exhausted|used up) (?:all )?(?:the |its |his |her |their )?(?:allotted|allocated|available|allowed) "
                r"(?:disk |storage |mail )?(?:space|storage|room)\b"
            ),
            r"over[ -]?quota",
            (
                r"quota (?:of|for) (?:the |this |that )?<who>(?: \S{1,60})? (?:is|was|has been) (?:now |all |already )?"
                r"(?:gone|used up|taken|spent|finished|depleted)\b"
            ),
            r"(?:recipient|rcpt|user|mail ?box|account|address) (?:rejected|refused|denied) ?: ?(?:\S{1,12} )?quota\W{0,3}$",
            r"quota\b.{0,40}(?:exceed|full|reached|overflow|used up|exhausted|violat)",  # a queue's or a sender's: reputation.py
            r"<over> .{0,40}\bquota\b",
            r"(?:disk|mailbox|storage|user|hard|soft|mail) quota",
            (
                r"(?:mail ?box|inbox|account|user|recipient|@)\b(?!.{0,20}\battach).{0,20}<over> .{0,30}(?:limit|space"
                r"|storage|size|room"
                r"|capacity)"
            ),
            (
                r"(?!above (?:mail ?box|inbox)\b(?! (?:size|limit|space|quota|capacity)))"
                r"(?!reached (?:our|the|this) (?:server|host|system))"
                r"<over> (?!system|disk|and|an? (?:mail ?box|inbox) (?:that|which|no)).{0,40}"
                r"(?:mail ?box|storage|inbox|mail ?store) ?(?:size|limit|space|allocat"
                r"|quota"
                r"|capacity)?(?!.{0,12}message)"
            ),
            r"mail ?box .{0,40}(?:exceed|limit|maximum (?:size|allowed))",
            (
                r"(?:mail ?box|account|inbox|user|recipient|@)\b.{0,60}(?:not enough|not have enough|insufficient"
                r"|no more|lack of"
                r"|run out of|ran out of|no) (?:free |available |disk |storage )?(?:space|storage|room|capacity)"
            ),
            (
                r"(?:not enough|insufficient|no more|no|out of) (?:free |available |disk |storage |user )?(?:space"
                r"|storage|room|capacity) .{0,40}(?:mail ?box|recipient|user|account|inbox|@)"
            ),
            r"\b(?:has|have|is|got) no (?:more |free )?(?:room|space|storage)\b",
            (
                r"\bno (?:more )?(?:room|space|storage) (?:is |was )?(?:left|remaining|remains|available|free) (?:for"
                r"|in)\b"
            ),
            r"\bonly .{0,20} of (?:free )?(?:space|room|storage) (?:is )?left",
            r"(?:store|storage|space|box|capacity|allowance)\b.{0,20} exhausted",
            r"(?:inbox|mail ?box)\b.{0,40} holds? .{0,30}(?:already|maximum|the most|limit)",
            r"too much mail data",
            r"(?:mail|recipient|user|mailbox|inbox|account) storage (?:is )?full",
            r"(?:maximum|max) (?:mail ?box (?:size|capacity)|storage)",
            r"too much mail in (?:his|her|the|their|this)\b",
            r"space .{0,12}used up",
            r"too many (?:messages|mails) (?:in|on) (?:the |this |his )?(?:mail ?box|inbox|server|disk)",
            r"out of (?:storage|mailbox)",
            r"storage (?:allocation|quota|limit|space)",
            r"mailbox is at its limit",
            (
                r"(?<!server )(?<!system )(?<!host )(?:does not|doesn't|do not|don't) have enough "
                r"(?:free |disk |storage |mail ){0,2}(?:space|room|storage)\b"
            ),
            (
                r"(?:over|exceed(?:s|ed|ing)?) (?:the |its |his |her )?(?:maximum |max ?|allowed |permitted ){1,2}"
                r"(?:(?:message|mail) count|(?:number|count) of (?:messages|mails))\b(?! (?:per|an?|in|from|to|within|for)\b)"
            ),
            (
                r"(?<!server )(?<!system )(?<!host )\b(?:is not able|is unable|not able) to "
                r"(?:receive|store|hold|accept|take) any more (?:e-?mails?|mail|messages)\b"
            ),
            r"maildir .{0,30}over",
            r"(?:recipient|user|owner).{0,60}over (?:disk|quota|limit|their|his|the allow)",
            r"(?:disk|mail|mailbox) ?space (?:is )?(?:full|exceeded|exhausted)",
            (
                r"(?:mail-? ?box|inbox|mail ?folder|maildir|mail ?store|account|user|recipient|@)\b.{0,40} (?:cannot"
                r"|can't|can not|could not|is unable to) (?:store|hold|accept|take) (?:any )?(?:more|further"
                r"|additional)\b"
            ),
            (
                r"(?:mail-? ?box|inbox|mail ?folder|maildir|mail ?store|account|user|recipient|@)\b.{0,40}too many "
                r"(?:messages|mails|e-?mails) (?:stored|in it)\b"
            ),
            (
                r"(?:mail-? ?box|inbox|mail ?folder|maildir|mail ?store|account|user|recipient|@)<at><is>(?:at|over"
                r"|above|beyond) (?:its |the |full |maximum |storage ){0,2}(?:capacity|limit of storage)"
            ),
            (
                r"(?:mail-? ?box|inbox|mail ?folder|maildir|mail ?store|account|user|recipient|@)\b.{0,30} "
                r"(?:overflow|overfull|overfilled)"
            ),
            (
                r"used (?:up )?(?:all )?(?:of )?(?:its|his|her|their|the) (?:\S{1,20} ){0,2}(?:storage|space|quota"
                r"|allowance)\b"
            ),
            (
                r"(?:mail-? ?box|inbox|mail ?folder|maildir|account|user'?s?|recipient'?s?) (?:size |storage "
                r"|space ){0,2}limit <is>(?:exceeded|reached)"
            ),
            (
                r"(?:mail ?folder|mail ?store|maildir|storage)\b.{0,30}(?:<over>|run out of) .{0,20}(?:limit|space"
                r"|storage|size|room|capacity)"
            ),
            r"\d{1,3} ?% of .{0,20}(?:in use|used|full|occupied)",
            r"\d{1,3} ?% (?:in use|used|full|occupied)\b",
            r"\d (?:kb|mb|gb|kib|mib|bytes) of \d{1,9} ?(?:kb|mb|gb|kib|mib|bytes) (?:is |are )?(?:in use|used)",
            r"(?:\bbox|mail-? ?box|inbox) (?:of \S{1,60} )?<is>bursting",
            (
                r"\b(?:box|mail-? ?box|inbox|account|mail ?folder) (?:of|for) \S{1,60} .{0,30}\b"
                r"(?:no|not enough) (?:more )?(?:room|space|storage)\b"
            ),
            r"\b(?:box|mail-? ?box|inbox) overflows?\b",
            r"(?:disk|storage|mail) (?:share|area|space|allowance) <is>(?:spent|exhausted|used up|gone)\b",
            r"\b(?:no|not (?:an?|one|a single)) (?:single )?(?:bytes?|kb|mb) (?:(?:is|are) )?(?:left|free|remaining|available)\b",
            r"\b0 ?(?:bytes|kb|mb|b) (?:of (?:space|storage|quota) )?(?:left|free|remaining|available)\b",
            r"\b1[0-9]{2} ?% of (?:its |the |his |her )?(?:quota|capacity|limit|space)\b",
            r"(?:number|count) of stored (?:messages|mails|letters) <is>(?:reached|exceeded)\b",
            r"(?:mail-? ?box|inbox|storage|quota) (?:capacity |space |limit )?<is>(?:used up|spent)\b",
        ),
    ),
)

OFF = (
    Rule(
        "account-inactive",
        Reason.ACCOUNT_INACTIVE,
        "RFC 3463 X.2.1; Gmail 5.2.1, Yahoo [#102], Mail.ru, Yandex, Tencent, vpopmail, au/KDDI",
        (
            (
                r"<who>\b<at><is>(?:administratively )?(?:disabled|inactive|inactivated|suspended|locked|deactivated"
                r"|de-activated"
                r"|frozen|dormant|not (?:yet )?(?:been )?(?:activ|enabled)|barred|hangup|on hold|expired|switched off"
                r"|turned off"
                r"|idle (?:for )?too long|asleep|sleeping|hibernat(?:ed|ing))\b"
            ),
            (
                r"\b(?:e-?mail|mail) (?:service|delivery) (?:of|for|to) (?:this|that|the) <who> (?:has been|was|is) (?:currently )?"
                r"(?:stopped|suspended|disabled|ended|switched off|turned off)\b"
            ),
            (r"\b(?:login|log-in|sign-in|activity)s? (?:exceeds?|exceeded|for (?:more|longer) than) \d"),
            (
                r"<who>\b.{0,40} (?:disabled|inactive|not active|suspended|locked|deactivated|frozen|dormant|barred"
                r"|on hold|switched off"
                r"|not (?:been )?activated|expired for (?:lack|want) of use)\b"
            ),
            (
                r"(?:disabled|inactive|suspended|locked|deactivated|frozen|dormant|blocked|expired) (?:e-?mail"
                r" )?(?:mail ?box|account|user|recipient|address|inbox)"
            ),
            r"\barchived (?:e-?mail )?(?:recipient|mail-? ?box|account|user|address)\b",
            r"(?:recipient|mail-? ?box|account|user) <is>archived\b",
            r"not accepting messages",
            (
                r"(?:has not|hasn't|not) (?:been )?(?:logged in|logged on|signed in|entered|visited|opened|checked"
                r"|accessed|used"
                r"|collected|active)\b.{0,40}(?:for|in|since|after|during|within|over)\b"
            ),
            r"disabled or discontinued",
            r"(?:account|mailbox) ?disabled ?exception",
            r"mapi ?exception ?(?:mailbox|account) ?disabled",
            (
                r"(?:suspended|disabled|deactivated|locked|inactive|frozen) (?:is|was|has been) (?:the |this "
                r"|your )?(?:account|mailbox|user)"
            ),
            (
                r"\b(?:domain|hosting|site|service for this domain|service for the domain) (?:\S{1,100} )?<is>(?:disabled|suspended"
                r"|inactive|deactivated|frozen)"
            ),
            (
                r"(?:user|account|mail ?box|login) (?:account )?[\w.+-]{1,64} (?:is|was|has been) (?:currently |temporarily )?"
                r"(?:blocked|locked|disabled|suspended|stopped|deactivated|frozen)\b"
            ),
            r"\bdomain\b(?: name)? (?:\S{1,100} )?<is>expired\b",  # its owner may renew it for some weeks
            (
                r"[<\"'](?!\d{1,3}\.\d{1,3}\.)[^\s<>\"'@]{1,64}[>\"'] (?:is|was|has been) "
                r"(?:now |currently |temporarily )?(?:disabled|suspended|deactivated|blocked|inactive)"
            ),
            (
                r"(?:mail|message|e-?mail) (?:receiving|reception|receipt|delivery) (?:is |has been "
                r"|was )?(?:disabled|suspended|deactivated|switched off)"
            ),
            (
                r"\b(?:incoming|inbound) (?:mail|messages|e-?mails?) (?:is|are|was|has been|have been) (?:currently )?"
                r"(?:disabled|suspended|deactivated|switched off|turned off|blocked) (?:for|on|at) (?:this|that) (?:<who>|box)\b"
            ),
            (
                r"(?:receiving|reception of) (?:mail|messages|e-?mails?) (?:is |has been |was )?(?:disabled|suspended"
                r"|switched off|not allowed)"
            ),
            (
                r"@[>)\"']{0,2}(?::|:? (?:is|was|has been)) (?:now |currently |temporarily )?"
                r"(?:disabled|suspended|deactivated|inactive|locked|frozen)\b"
            ),
            r"\bnow disabled with (?:smtp|mta|mail) service\b",
            r"inactivity",
            r"account .{0,30}(?:unpaid|payment|temporarily)",
            r"user is (?:suspended|locked|disabled|inactive)",
            (
                r"(?:account|mail ?box|user) <is>blocked by (?:the |our |its |an? |your )?"
                r"(?:administrator|admin|owner|provider|operator)\b"
            ),
            r"switched (?:the |this |his |her |off the ){0,2}(?:mail ?box|account|address)(?: off)?\b",
        ),
    ),
    Rule(
        "mailbox-unavailable",
        Reason.MAILBOX_UNAVAILABLE,
        "RFC 3463 X.2.0; Dovecot, Cyrus, Exim, Exchange; KDDI (the recipient's own filter)",
        (
            (
                r"(?:address|mail ?box|account|user|recipient)\b.{0,20}(?:does not|doesn't|can not|cannot|can't"
                r"|will not) receive (?:any )?(?:e-?mail|mail|messages)"
            ),
            r"(?:nimmt|empfängt|akzeptiert) (?:zurzeit|derzeit|momentan|aktuell|gerade|im moment) (?:keine|nichts)",
            r"n'accepte (?:pas|aucun) .{0,30}(?:actuellement|pour le moment|pour l'instant)",
            r"no acepta .{0,30}(?:por el momento|por ahora|actualmente|temporalmente)",
            r"<who>\b<at><is>(?:temporarily )?(?:out of order|unusable|not usable|damaged)\b",
            r"\bbox <is>(?:temporarily )?(?:out of order|unusable|not usable|damaged)\b",
            r"mail ?box <is>(?:busy|in use|being (?:moved|migrated)|corrupt|inaccessible|not accessible|read-?only)",
            (
                r"(?:mail ?box|mail ?store|message store|account|recipient|user)\b(?!'s (?:mail ?)?(?:server|host|system)\b)"
                r"(?!.{0,30} service\b).{0,30}(?:temporarily|currently)"
                r" (?:unavailable|inaccessible|not available|rejected|deferred)"
            ),
            r"@\W{0,3} (?:is )?(?:temporarily|currently) (?:unavailable|not available|inaccessible)\b",
            r"(?:mail ?box|account|user) .{0,12}maintenance",
            (
                r"\b(?:e-?mails?|mails?|messages?|letters?) (?:for|to) [^:;.]{1,60} (?:is|are|can|will|could) ?(?:not|n't) (?:be )?"
                r"(?:taken|accepted|received|delivered|stored) (?:for the moment|at the moment|at present|right now"
                r"|for now|just now"
                r"|today|currently)\b"
            ),
            r"unable to lock",
            r"recipient-unavailable",
            r"(?:lock|access(?! (?:tokens?|keys?|codes?|controls?|lists?|rights?)\b)|open|select|create) .{0,20}mail ?box",
            r"message filtered\b(?!.{1,40} (?:spam|see|refer|visit)\b)(?!\W{1,6}[45]\.7\.)",
            r"filtered by (?:the )?(?:recipient|user)",
            r"recipients was rejected by a remote mail server",
        ),
    ),
)
