"""Phrases that only seem to be about the recipient: an answer that every sender gets, an account of the server's own.

They are tried before all phrases about mailboxes.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

NONE_LEFT = (
    Rule(
        "none-left",
        Reason.RECEIVER_ERROR,
        "RFC 2920: in answer to a pipelined DATA, after every RCPT was refused, for whatever cause",
        (r"\b(?:503|554)(?: 5\.[05]\.[01])?:? (?:error: )?no (?:valid )?recipients\b",),
    ),
)

RULES = (
    Rule(
        "link-abroad",
        Reason.POLICY,
        "filters' notices: it is a link in the message whose domain is not there",
        (r"(?:lien|enlace|collegamento|länk|länken|lenke|lenken|odkaz|ссылка|посилання|hivatkozás)\b.{0,60}<site>",),
    ),
    Rule(
        "nxdomain-of-other",
        Reason.POLICY,
        "filters: the name that DNS does not know is in a link, an SPF record, a list or a greeting",
        (
            (
                r"(?:spf|dkim|dmarc|include|links?|urls?|image|body|attachment|dnsbl|rbl|ptr|helo|ehlo)\b"
                r".{0,30} nxdomain\b"
            ),
            r"(?:リンク|链接|連結|鏈接|링크).{0,6}(?:ドメイン|サイト|域名|网站|도메인)",
        ),
    ),
    Rule(
        "answer-to-all",
        Reason.POLICY,
        "gateways that answer all refused mail alike, and say so: the words are no statement about this address",
        (
            (
                r"(?:answer|reply|response|text|wording|sentence)\b.{0,40} (?:gives?|given|sends?|sent|uses?|used"
                r"|returns?|returned|shown|tells?)\b.{0,30} (?:every|all|any|each)\b"
            ),
            (
                r"(?:standard|usual|generic|same|general|stock|fake|default|pretended|false|canned) (?:answer|reply|response"
                r"|text|wording)\b.{0,30} (?:to|for|given|used|sent)\b"
            ),
            (
                r"\b(?:we|i|to) (?:\S{1,12} ){0,2}(?:say|tell|answer|reply|give)\b.{0,40} (?:every|all|any|each|spammers?"
                r"|strangers?|senders (?:on|with|without)|when)\b"
            ),
            (
                r"(?:every|all|each|any)\b.{0,25} (?:senders?|strangers?|spammers?|hosts?|clients?|servers?|mail"
                r"|messages?)\b.{0,30}"
                r" (?:gets?|receives?|is told|are told|is given|are given)\b"
            ),
            r"(?:reply|answer|response|this|it) (?:does not|doesn't) (?:mean|imply|say) that",
            (
                r"(?:do not|don't|never|will not|won't) (?:disclose|reveal|tell|confirm|say|discuss)\b.{0,20} (?:whether"
                r"|which|if|who|why)\b"
            ),
            r"we (?:do not|don't|never|will not) say\b",
            r"whether or not",
            (
                r"(?:immer|allen|alle|jedem|toujours|tous|siempre|todos|sempre|tutti|altijd|iedereen|zawsze|wszystki\w{1,2}"
                r"|всегда|всем)\b.{0,30} (?:dieselbe antwort|die gleiche antwort|la m.me r.ponse|la misma respuesta"
                r"|la stessa risposta|a mesma resposta|hetzelfde antwoord|t. sam. odpowied|один и тот же ответ)"
            ),
        ),
    ),
    Rule(
        "forward-broken",
        Reason.RECEIVER_ERROR,
        "RFC 3463 X.2.4, Exim redirect, Exchange 5.2.14: a target that the recipient's mail is forwarded to is not there",
        (
            (
                r"(?<!no )(?<!new )(?<!any )(?<!without )\b(?:(?:auto-?)?forward(?:ing|ed)?|redirect(?:ion"
                r"|ed)?)(?: e-?mail| mail)? "
                r"(?:address|target|mailbox|destination|recipient|account|path|rule)\b.{0,80}"
                r" (?:<gone>|no such|no longer|not a valid|fail|fails|failed|error|bounced|does not accept|user unknown)\b"
            ),
            (
                r"(?:address|mailbox|account|target|recipient|destination) (?:that |which )?(?:it|this|he|she|mail|which|@) "
                r"(?:is |was |are )?(?:forward|redirect|point)(?:s|ed)? (?:it |mail |them )?to\b.{0,60} "
                r"(?:<gone>|no longer|fails|failed)\b"
            ),
            (
                r"\b(?:forward|redirect)(?:s|ed|ing)? to (?:an?|the|another|some|his|her|@)\b"
                r"(?!.{0,60}(?:host|domain|site|url|link|server)).{0,60} "
                r"(?:<gone>|deleted|closed|removed|no longer|fails|failed)\b"
            ),
            r"\bexternal (?:\S{1,12} )?(?:address|mailbox|account)\b.{0,30} (?:<gone>|no longer)\b",
            (
                r"(?:alias|address|mailbox|recipient|@) (?:\S{1,64} )?(?:points?|leads?|resolves?|expands?) to (?:an? |the )?"
                r"(?:non-?exist\w{0,5}|missing|unknown|invalid|deleted|bad)\b"
            ),
            (
                r"(?:this|that|the|an?|his|her) (?:alias|forward|redirect|rule) (?:leads?|points?|refers?|goes"
                r"|resolves?|expands?) to\b"
                r".{0,80} (?:<gone>|no longer)\b"
            ),
            (
                r"\b(?:alias|forward|redirect)\w{0,4}\b (?:\S{1,80} )?(?:points?|leads?|refers?|goes) to (?:an? |the )?"
                r"(?:host|(?:mail )?server|domain) \S{1,100} .{0,20}(?:<gone>|unknown|not resolve)"
            ),
            r"\b(?:bad|invalid|unknown|wrong) (?:destination|target|address|recipient) for (?:the )?(?:forward|redirect)\w{0,3}\b",
            r"\btarget (?:mail ?box|address|account|folder|user|recipient)\b[^:]{0,20} (?:<gone>|unknown)",
            r"\bexpansion of \S{1,80} (?:has )?failed\b",
            (
                r"\b(?:delivery|mail|forwarding) to (?:\S{1,64}(?:'s|s') |the |his |her |an? )?(?:delegate|deputy"
                r"|substitute|stand-in)\b"
            ),
            r"target (?:address )?of (?:the |this |an? )?(?:forward|redirect|alias)\w{0,3}\b",
            r"(?:misconfigured|broken|faulty) (?:mail )?(?:forward|redirect|alias)",
            (
                r"(?:delegates|forwards?|redirects?|passes (?:on|mail)|relays) (?:mail )?(?:to|of) "
                r"(?!.{0,80}(?:host|domain|site|url|link|server))"
                r".{0,80} (?:<gone>|closed|deleted|removed|no longer)\b"
            ),
            r"(?:expand|expansion of|resolve) (?:the |an? )?alias\b",
            r"\balias(?:es)? (?:entry|file|table|map)\b.{0,40} (?:contains|has|names|lists)\b",
            (
                r"(?:weiterleit\w{0,12}|umleit\w{0,8}|redirection|réacheminement|reenv[ií]o|desv[ií]o|reindirizzamento|inoltro"
                r"|redirecionamento|encaminhamento|doorstuur\w{0,8}|przekierowa\w{0,4}|přeposíl\w{0,5}|переадрес\w{0,5}|пересылк\w{0,2}"
                r"|vidarebefordr\w{0,5}|viderestill\w{0,5}|yönlendir\w{0,5})\b.{0,60} (?:<absent>|<closed>|<nomore>)"
            ),
            r"error in (?:the )?(?:redirect|forward|alias)",
            r"\bin (?:the )?(?:alias(?:es)? (?:expansion|file line)|forward file|\.forward)\b",
        ),
    ),
    Rule(
        "message-deleted",
        Reason.POLICY,
        "filters: the message, not the mailbox, was deleted",
        (
            (
                r"\b(?:your|this|the) (?:message|mail|e-?mail|letter) (?:to|for) \S{1,80} (?:is|was|has been) "
                r"(?:deleted|discarded|destroyed|removed|cancell?ed|dropped|quarantined)\b"
            ),
            (
                r"(?:nachricht|e-?mail|message|mensaje|messaggio|mensagem|bericht|wiadomość|zpráva|meddelandet|beskeden|письмо"
                r"|сообщение) (?:an|à|a|al|para|voor|aan|do|pro|till|til|для) (?:[^\s:.,;]{1,30} ){1,3}(?:wurde|ist|a|ha sido|è|foi"
                r"|is|werd|został\w?|byla?|har|er|был\w?) <closed>"
            ),
        ),
    ),
    Rule(
        "owner-changed",
        Reason.MAILBOX_UNAVAILABLE,
        "RFC 7293 sections 5 and 14, X.7.17 to X.7.19: the mailbox is there, and may belong to somebody else by now",
        (
            r"(?:mail ?box|account|address|recipient|domain|user)(?:'s)? (?:has a (?:new|different)|had another) owner\b",
            r"owner (?:\S{1,30} )?has changed\b",
            r"(?:rrvs|require-recipient-valid-since)\b",
        ),
    ),
    Rule(
        "owner-is-absent",
        Reason.ACCOUNT_INACTIVE,
        "freemail: a mailbox sleeps until its owner logs in, which is not asked of the sender",
        (r"(?:owner|holder|recipient|addressee) (?:must|has to|needs to|should) (?:first )?(?:log|sign) ?(?:in|on)\b",),
    ),
    Rule(
        "nobody-takes",
        Reason.POLICY,
        "filters: nobody there takes such mail, which says nothing of this address",
        (
            (
                r"\bno (?:such |single )?<who> (?:here |of ours )?(?:accepts?|accepted|takes?|took|wants?|receives?|gets?|likes?)\b"
                r".{0,40} (?:from|without|with|of|like|your|this|unless)\b"
            ),
            r"\bno (?:such )?<who> (?:here )?(?:may|can|is allowed to) (?:receive|accept|take|get)\b.{0,40} (?:from|of|like)\b",
            r"\bno <who> (?:accepts?|accepted|takes?|took|wants?|likes?) (?:your|this|such|you)\b",
        ),
    ),
    Rule(
        "delivered-anyway",
        Reason.RECEIVER_ERROR,
        "vpopmail's vdelivermail: a catch-all takes what no user takes, and what follows is the fault",
        (r"(?:does not|doesn't|did not) exist,? but (?:will|would|can|could) (?:still )?(?:be )?deliver",),
    ),
    Rule(
        "credentials",
        Reason.AUTHENTICATION_FAILED,
        "RFC 4954: the account with which the sender logs in",
        (
            r"\buser or password\b",
            r"(?:user|login|account|client) credentials\b",
            r"\blog-?in (?:names?|ids?|data)\b.{0,20} (?:<gone>|wrong|incorrect)",
        ),
    ),
    Rule(
        "thing-missing",
        Reason.POLICY,
        "gateways that want a key, a password or a token: it is that which is not found, not the recipient",
        (
            (
                r"(?<!dkim )(?<!domain )(?<!signing )\bkeys? (?:(?:for|of|in|on|from) (?:\S{1,30} ){1,3})?(?:is |was "
                r"|were |are |could |can ){0,1}"
                r"(?:not (?:be )?(?:found|known|available|present|located)|unknown|missing|invalid|expired|(?:does|do) not exist)\b"
            ),
            (
                r"\bno (?:\S{1,20} ){0,2}(?:key|password|pass ?phrase|token|ticket|invitation)s? (?:\S{1,20}"
                r" ){0,2}(?:found|known|available)\b"
            ),
            (
                r"\b(?:password|pass ?phrase|token|ticket|invitation|access code|verification code|user[- ]agent|mail client)"
                r" (?:\S{1,20} ){0,2}(?:<gone>|not match|does not match)"
            ),
            (
                r"(?<!dkim: )\b(?:unknown|invalid|missing|unrecogni[sz]ed) "
                r"(?:user[- ]agent|token|ticket|password|pass ?phrase|invitation|key)\b"
            ),
        ),
    ),
    Rule(
        "topic-missing",
        Reason.POLICY,
        "mail robots, trackers, forums, list managers: what the message speaks of is not there",
        (
            (
                r"\b(?:ticket|discussion|topic|thread|conversation|event|invitation|(?:order|customer|account|invoice"
                r"|contract|case|reference|registration)(?: (?:number|no\.|id))|order|contract|project|issue"
                r"|confirmation code|verification code|activation code|keyword|calendar user|attendee)"
                r"(?: (?!mail|user|acc|addr|recip|alias|inbox)[^\s:]{1,20}| (?:for|of|in|on|named|called)"
                r" (?:[^\s:]{1,40} ){0,2}[^\s:]{1,40}| (?:that |which )?you (?:\w{1,12} ){1,3}to){0,1}"
                r"(?: is| was| has been| are| were| could| can){0,1} (?:<gone>|no longer exists?|no longer (?:known"
                r"|valid|available)|deleted|closed|removed|not be (?:found|located))\b"
            ),
            (
                r"\b(?:to|cc|bcc|from):? (?:contains?|has|lists?|names?) (?:an? )?(?:unknown"
                r"|invalid|bad|illegal)\b"
            ),
        ),
    ),
    Rule(
        "part-of-server-missing",
        Reason.RECEIVER_ERROR,
        "servers with a fault: a part of theirs, or of the mailbox's settings, is not there",
        (
            (
                r"\b(?:(?:mail ?box|message|storage|file) format|home ?dir(?:ectory)?|maildir|(?:recipient|user|alias"
                r"|mail ?box|lookup"
                r"|transport|virtual|domain) (?:map|class)|vacation (?:message|text)|filter(?: rule)?|sieve (?:script|rule|filter)"
                r"|(?:mail ?box|user|account) (?:plan|class|role|template|settings?)|transport)"
                r"(?: (?!mail|user|acc|addr|recip|alias|inbox)[^\s:]{1,20}| (?:for|of|in|on|named|called)"
                r" (?:[^\s:]{1,40} ){0,2}[^\s:]{1,40}| (?:that |which )?you (?:\w{1,12} ){1,3}to){0,1}"
                r"(?: is| was| has been| are| were| could| can){0,1} (?:<gone>|no longer exists?|no longer (?:known"
                r"|valid|available)|deleted|closed|removed|not be (?:found|located))\b"
            ),
        ),
    ),
    Rule(
        "journal",
        Reason.POLICY,
        "Exchange Online 5.3.190: a copy for a journal, which the organization does not take",
        (r"\bjournal(?:ing)? (?:messages?|reports?|mail ?box)\b",),
    ),
    Rule(
        "not-verified",
        Reason.RECEIVER_ERROR,
        "Postfix, Exim: a server that cannot ask the one behind it whether an address is there",
        (
            (
                r"(?:cannot|can't|could not|couldn't|unable to|failed to|not able to) (?:verify|check|determine|tell|find out"
                r"|establish|decide) (?:\S{1,12} ){0,3}(?:whether|if)\b"
            ),
            r"back-?end (?:server |system )?(?:does not|doesn't|did not|is not) (?:answer|respond|reply|available|reachable)",
        ),
    ),
    Rule(
        "service-account",
        Reason.RECEIVER_ERROR,
        "Dovecot, Exim, Postfix (pipe), Courier: an account of the delivering program is missing, which is a fault of its settings",
        (
            r"see service\b",
            r"service\(\S{1,30}\):",
            r"never_users",
            r"\b(?:unknown|no such|invalid) (?:user|group) id \d",
            r"\b(?:uid|gid) \d{1,10}\b",
            r"(?:user|uid|group|gid) \S{1,40} (?:is |was )?(?:set|given|configured) (?:for|in|on|by)\b",
            (
                r"(?<!sent by )(?:user|uid|group|gid|account|login) \W{0,2}\b(?:vmail|dovecot|_dovecot|dovenull|vpopmail|cyrus|exim"
                r"|debian-exim|mailnull|smmsp|postfix|nobody|popuser|virtual|amavis|clamav|spamd|opendkim|qmailq|courier)\b"
            ),
            (
                r"(?:user|uid|group|gid)\b.{0,40}(?:in master\.cf|in main\.cf|uid lookup|userdb lookup by|in the system\b"
                r"|for the (?:delivery|transport|pipe))"
            ),
            r"\b(?:setuid|setgid|initgroups|getpwnam|getgrnam|chown)\b",
            r"(?:service|unix|daemon) (?:user|account|group) \S{1,40}",
            r"\bfatal: (?:unknown |no such |invalid )?system (?:user|account|group)\b",
        ),
    ),
)
