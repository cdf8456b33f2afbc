"""Phrases about the message itself: size, form, malware, spam, policy."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

HEADER = (
    Rule(
        "header-malformed",
        Reason.FORMAT_ERROR,
        (
            "RFC 5322; Exim (verify = header_syntax), Postfix, qmail: an address in the message's header, not"
            " the recipient's"
        ),
        (
            r"failing address in",
            (
                r"(?:media|mime|content|document|message|attachment) (?:type|class|encoding) (?:is |was )?"
                r"(?:unknown|not known|not recogni[sz]ed|invalid)\b"
            ),
            (
                r"(?:in|of) (?:the |your )?\W{0,2}(?:to|from|cc|bcc|reply-to|sender|date"
                r"|message-id):?\W{0,3}\b(?:header|field)\b"
            ),
            (
                r"(?:invalid|malformed|bad|illegal|incorrect) (?:to:? |from:? |cc:? |sender:? |message |mail "
                r"|mime )?headers?\b"
            ),
            r"malformed address: .{0,80}may not follow",
            r"malformed (?:mime|message|body)",
            r"characters? in (?:the |your )?(?:message )?headers?\b",
            r"headers? (?:line|fails?)\b",
            r"headers? (?:field )?(?:size |length )?(?:is |are )?(?:exceed|too (?:large|long|big)\b)",
            r"\b(?:line|field|text value) (?:length|size) .{0,24}exceed",
            r"(?:number of )?mime parts? .{0,24}exceed",
            r"maximum line length",
        ),
    ),
)

LARGER = (
    Rule(
        "message-larger",
        Reason.MESSAGE_TOO_LARGE,
        "GMX, United Internet: RFC 5321's sentence of 552 about storage stands before the true cause",
        (
            r"(?:message|mail) is (?:larger|bigger) than",
            r"(?:above|over|beyond) (?:our|the|its) (?:size )?limit of \d{1,9} ?(?:kb|mb|gb|bytes|octets)",
            r"\d{1,6} ?(?:kb|mb|gb|kib|mib|bytes|octets) (?:is|are) (?:more|larger|bigger|greater|over)\b",
        ),
    ),
)

RULES = (
    Rule(
        "message-too-large",
        Reason.MESSAGE_TOO_LARGE,
        "RFC 1870; RFC 3463 X.2.3 and X.3.4",
        (
            (
                r"(?:message|mail|letter|size|attachments?|content|file|data|length) (?:size |length |file )?(?:is |was |are"
                r" )?(?:too (?:big|large|long|heavy)|larger than|bigger than)"
            ),
            (
                r"(?:message|mail|attachment) (?!.{0,12}(?:depth|time|lifetime|hop|rate|volume|count))(?:size "
                r"|length )?.{0,12}exceed"
                r"(?:s|ed|ing)?\b(?! .{0,24}(?:hop|time|queue|retr|depth|spam|score|count))"
            ),
            r"(?:size|length) .{0,24}exceed",
            r"\d ?(?:kb|mb|gb|kib|mib|megabytes?|kilobytes?) (?:at most|at the most|is the (?:limit|maximum|most)|maximum)\b",
            r"exceed[a-z]{0,3} .{0,60}(?:message size|size limit|length|maximum size|inbound message|mailsize)",
            r"(?<!domain )(?<!mailbox )size .{0,30}(?:limit|maximum|too)",
            (
                r"exceed[a-z]{0,3} (?:the |our |its |your )?(?:allowed|allowable|permitted|maximum|max\.?) (?:message "
                r"|attachment |file )?size\b"
            ),
            r"(?:maximum|max|fixed) (?:allowed |message |permitted |inbound |attachment |file |mail ){0,2}size",
            r"too (?:big|large)\b",
            r"message length",
            r"line limit exceeded",
            r"more than (?:this|the|our) (?:server|system|host|mailbox) (?:takes|accepts|allows)",
            r"(?:length|size) .{0,40}(?:threshold|achieve|reach)",
            r"oversized? (?:message|mail)",
            r"(?<!lines )(?<!lines are )(?:larger|bigger|longer) than (?:the |our |your |allowed|permitted|\d)",
            r"\d ?(?:kb|mb|gb|kib|mib|megabytes?|kilobytes?) (?:are|is) (?:allowed|permitted|accepted)\b",
            r"content-too-long",
        ),
    ),
    Rule(
        "format-error",
        Reason.FORMAT_ERROR,
        "RFC 5322, RFC 2045, RFC 6532; Gmail 5.6.0 and 5.7.1, Microsoft 5.6.11, qmail (bare LF)",
        (
            r"\brfc ?-?\d{3,4}\b.{0,80}(?:compl|conform|violat|invalid)",
            r"(?:compl|violat|conform|according)[a-z]{0,4} .{0,40}\brfc ?-?\d{3,4}",
            r"not .{0,20}\brfc ?-?\d{3,4}\b",
            r"\bsmtp protocol violation\b",
            r"\b(?:invalid|malformed|broken) (?:attachment names?|file ?names?|list-unsubscribe|message-id|mime \S{1,20}) ",
            r"\bformat (?:restriction|rule|policy) violat",
            r"\bnot? (?:rfc|standards?)[- ]?(?:compliant|conforming|conformant)\b",
            r"see rfc ?-?(?:5322|2822|822|2045)",
            r"bare (?:lf|cr|line ?feed|carriage|newline)",
            r"stray new ?line",
            (
                r"(?:invalid|missing|bad|malformed|duplicate|multiple|illegal|no|empty|more than one|two|several)"
                r" (?:valid |an? ){0,2}(?:address in )?"
                r"\S{0,3}(?:message-id|date|from|to|subject|received|content-type|mime|mime-version)\S{0,3} (?:header"
                r"|field|line)"
            ),
            (
                r"(?:invalid|missing|bad|malformed|duplicate|multiple|illegal|too many) (?:mime|header|headers|message"
                r" header|message format|boundary|charset)\b"
            ),
            r"multiple addresses in from",
            (
                r"(?:message-id|content-type|mime-version|date header|subject header|from header|to header|date field)"
                r" <is>(?:invalid|missing|malformed|bad|illegal|empty|not valid|in the (?:future|past))\b"
            ),
            (
                r"(?:unknown|unsupported|invalid|unrecogni[sz]ed|undefined) (?:charset|character set|encoding"
                r"|content-transfer-encoding|mime type|media type)\b"
            ),
            r"(?:invalid|missing|bad|no|malformed|duplicate) (?:message-id|content[ -]type)\b",
            (
                r"(?:header|mime|body|encoding|charset)s? .{0,40}(?:malformed|syntax|corrupt|missing|illegal"
                r"|unparse?able|not compl)"
            ),
            r"(?:8bitmime|smtputf8|binarymime|\beai\b|internationali[sz]ed) .{0,60}(?:not|requir|unsupport|fail|but)",
            r"(?:must have|must contain|lacks) .{0,30}(?:header|message-id)",
            r"lines? (?:is |are )?(?:too long|longer than)",
            r"(?:invalid|missing|bad|malformed) (?:date|message-id|from|subject) in (?:the )?(?:header|message)\b",
            r"line length",
            r"smtplf\.html",  # qmail: a bare LF
            r"header error",
            r"conversion .{0,40}(?:prohibited|fail|required)",
            r"(?:message|mail) (?:is |was )?(?:malformed|corrupt)",
            r"(?:invalid|bad|broken|malformed) (?:mime |message |body )?structure\b",
        ),
    ),
    Rule(
        "virus",
        Reason.VIRUS,
        "ClamAV, amavis, MailScanner, Sophos; Gmail 5.7.0 (content presents a potential security issue)",
        (
            r"\b(?<!spam or )virus(?:es)?\b",
            r"malware",
            r"ransomware",
            r"\binfected\b",
            r"\btrojan\b",
            r"\bworm\b",
            r"clamav",
            r"\beicar\b",
            r"phish",
            r"(?:malicious|dangerous|harmful|unsafe|hazardous) (?:content|attachment|file|url|link|code)",
            r"potential security issue",
        ),
    ),
    Rule(
        "spam-content",
        Reason.SPAM_CONTENT,
        (
            "Gmail 5.7.1, Microsoft, Yahoo, SpamAssassin, Rspamd, Barracuda, Proofpoint, Cloudmark, Cisco,"
            " Coremail, Tencent"
        ),
        (
            r"\bspam\b",
            r"spam(?:assassin|my|ming|like|trap|score|detected)",
            r"anti-?spam",
            r"rspamd",
            r"cloudmark",
            r"unsolicited",
            r"\bube\b",
            r"\buce\b",
            r"junk ?(?:e-?)?mail",
            r"bulk (?:e-?)?mail",
            r"(?:content|body|subject|url|link) (?:was |is |that is |has been |filter )?<refused>",
            r"content (?:reject|filter|restriction|denied)",
            r"(?:<refused>|reject)[a-z]{0,3} .{0,30}content",
            (
                r"(?:message|mail) .{0,30}(?:looks|appears|identified|classified|considered|detected|flagged)"
                r" .{0,30}(?:suspicious|bulk|junk|similar)"
            ),
            (
                r"(?:inappropriate|objectionable|prohibited|offensive|unwanted|suspicious|suspect|forbidden|banned|illegal)"
                r" (?:content|words?|text|subject|message|mail|url|link)"
            ),
            r"refused by .{0,30}filter",
            (
                r"\b(?:taken|regarded|treated|considered|marked|flagged|classed|seen|filed|looks) (?:for|as|like"
                r"|to be) \W{0,2}(?:junk|bulk|unwanted)"
            ),
            r"\bscor(?:ed|e|es|ing) (?:of |is |was )?\W{0,2}\d{1,3}[.,]?\d{0,3}\b",
            r"\bscor(?:ed|es) (?:too|above|over|higher)\b",
            r"(?:links?|urls?|hyperlinks?) .{0,40}\blisted\b",
            r"\btoo many (?:similar|same|same-?size|identical|equal) (?:size )?(?:mails|messages|letters|e-?mails)\b",
            r"\b(?:campaign|newsletter|mailing|advertising)s? (?:is |are |was )?(?:unwanted|not wanted|unwelcome|not welcome)\b",
            r"\btoo many (?:\S{1,12} )?(?:links|urls|hyperlinks|images|web addresses) (?:in|inside|within)\b",
            r"\btoo many copies of\b",
            r"unwanted (?:advertis|commercial|marketing|bulk)",
            r"\badverti[sz](?:ing|ement)s?\b",
        ),
    ),
    Rule(
        "policy",
        Reason.POLICY,
        "RFC 3463 X.7.1; Yahoo 5.7.9, iCloud CS01, Mimecast, Proofpoint, Gmail gcdp, Exchange transport rules",
        (
            r"\bno smtp,? mx only\b",  # Coremail
            r"\bmacros? (?:was |were |is |are )?(?:found|detected)\b",
            r"\bunauthori[sz]ed interface\b",
            r"\bblacklisted (?:\S{1,12} ){0,2}(?:files?|attachments?|extensions?|words?|content)\b",
            (
                r"(?:due to|for|by|violat[a-z]{1,3}|against|because of|under|per|of|local|security|site|company"
                r"|message|e-?mail|mail|content|use|our|recipient|user|server|domain|group|administrative) (?:\S{1,30}"
                r" ){0,3}polic(?:y|ies)\b"
            ),
            r"policy (?:reason|violation|reject|restriction|block|refus|denied|rule|filter)",
            r"administrative(?:ly)? (?:prohibit|block|denied|lock|limit|reject|refus)",
            r"prohibited by (?:the )?administrator",
            (
                r"(?:<refused>|reject)[a-z]{0,3} by (?:the )?(?:administrator|admin|rule|acl|postmaster|filter"
                r"|mimecast|milter|system|server|header|body)"
            ),
            r"security (?:restriction|reason|violation|polic|problem|threat|rule|risk)",
            r"transport\.?rules?",
            r"\brules?\b.{0,30}(?:reject|block|refus|delet)",
            r"(?:forbidden|prohibited|banned|disallowed|unsafe|dangerous) (?:file|attachment)",
            (
                r"(?:unacceptable|forbidden|prohibited|blocked|illegal|disallowed|disapproved|unapproved|unwanted|refused"
                r"|suspicious) (?:\S{1,20} )?attachments?"
            ),
            r"(?:fake|forged|false) (?:\S{1,20} )?(?:router|routing|received|trace|header)",
            (
                r"rejected by (?:the )?(?:destination|recipient|receiving|remote|target) (?:domain|organi[sz]ation"
                r"|company)"
            ),
            (
                r"\b[45]\d\d[- ](?:[45]\.[0-35-9]\.\d{1,3} )?connections? (?:\S{1,20} ){0,2}(?:refused|rejected"
                r"|denied|dropped)"
                r"(?! by (?!us|this|our))"
            ),
            (
                r"(?:disallowed|disapproved|unwanted|forbidden|prohibited|blocked|illegal|bad|dangerous|unsafe|banned|unsupported"
                r"|restricted|not allowed) "
                r"(?:attach\w{0,6}|file)[- ]?(?:types?|names?|extensions?)\b"
            ),
            r"(?:attachment|file) ?(?:type|name|extension)?s? .{0,40}(?:<refused>|not support|not approved|disapproved|not wanted)",
            r"\b[45]\.7\.\d{1,3} (?:<?@>?:? )?permission denied\b",  # Cyrus: the mailbox has an access list
            (
                r"attachments? (?:of|with)\b.{0,60} (?:(?:not|n't|never) (?:accept|take|allow|permit|want|admit)"
                r"|(?:accepts?|takes?|wants?) no)"
            ),
            r"(?:\battachment count|too many attachments|number of attachments)\b",
            r"message filtered",
            (
                r"(?:placed|put|moved|sent|held|kept|stored|went|delivered|now|is|was|been) (?:in|into|to) (?:the |a |our "
                r"|its |his |her )?"
                r"quarantine\b(?! (?:is|was|folder|mail ?box) (?:full|over|unknown|not))"
            ),
            r"\bheld (?:back )?(?:for|pending|until|awaiting) (?:\S{1,20} ){0,2}(?:verif|approv|moderat|review|confirm)",
            (
                r"(?:not|never) (?:accept|tak|receiv)(?:ing|es?|s)? (?:any )?(?:e-?mails?|mail|messages) "
                r"(?:with|containing|that contain)\b"
            ),
            r"(?:mail ?box|recipient|user|address|account|@)\b<at><is>restricted\b",
            r"delivery not authori[sz]ed",
            (
                r"(?:content|html|tags?|scripts?|attachments?|macros?|headers?|charset|character set|language|links?"
                r"|urls?|images?)"
                r" <is>(?:unacceptable|not acceptable|not accepted|inadmissible|unwanted|not wanted|not welcome)\b"
            ),
            r"\bheaders? (?:value |field |line |name |content ){0,2}(?:\S{1,40} )?<is><refused>",
            (
                r"(?:violat|break|against|contrary|infring)[a-z]{0,4} (?:\S{1,20} ){0,3}(?:rules?|regulations?"
                r"|guidelines?|terms)\b"
            ),
            (
                r"(?:newsletters?|mailing lists?|bulk (?:e-?)?mails?|mass mail\w{0,4}|advert\w{0,8}|marketing (?:e-?)?mails?) "
                r"<is>(?:<refused>|not (?:taken|wanted|welcome))"
            ),
            (
                r"(?:attachments?|executables?|archives?|(?<!config )(?<!log )files?|macros?)(?: with \S{1,20})? <is>(?:not|never) "
                r"(?:taken|accepted|allowed|permitted|welcome|wanted)\b"
            ),
            r"\b(?:mail|messages?|letters?)\b.{1,60} (?:not|isn't|aren't) (?:wanted|welcome)\b",
            r"(?:moderator|approver|moderation)\b.{0,60}(?:reject|denied|not approv|expired|discard)",
            (
                r"(?:discarded|rejected|refused|declined|disapproved|dismissed) by (?:the |a |an |its |our )?(?:list )?"
                r"(?:moderat(?:or|ors|ion)|owner|approver)"
            ),
            (
                r"(?:do not|don't|does not|doesn't|never|will not|won't|no longer) (?:take|want|accept|receive|like|get)s? "
                r"(?:any )?"
                r"(?:newsletters?|bulk|advert\w{0,8}|marketing|commercial|promotion\w{0,3}|mass)\b"
            ),
            (
                r"(?:not|n't|never) (?:accept|take|allow|permit|admit)s? (?:\S{1,12} ){0,3}(?:content[- ]type"
                r"|media type|html|rich text)\b"
            ),
            r"badrcptto",
            r"envelope recipient .{0,20}denied",
            r"will not accept delivery of this message",  # AOL
            r"lockdown",
            r"(?:executable|password[- ]protected|encrypted|macro) (?:file |\S{1,12} )?attachments?\b",
            r"\bno (?:mail|mailbox|smtp|esmtp)? ?service (?:for you|here|for your)\b",
        ),
    ),
)
