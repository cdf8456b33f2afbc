"""Phrases of single providers, as they publish them; tried first, for the common phrases would mislead."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "microsoft-directory",
        Reason.INVALID_RECIPIENT,
        (
            "learn.microsoft.com/exchange/mail-flow-best-practices/use-directory-based-edge-blocking (5.4.1"
            " Access denied)"
        ),
        (
            r"5\.4\.1\b.{0,80}(?<![\"'])recipient address(?:es)? rejected ?: access denied(?![\"'])",
            r"5\.1\.351\b.{0,20}remote server returned unknown recipient",
        ),
    ),
    Rule(
        "microsoft-mailbox-unavailable",
        Reason.INVALID_RECIPIENT,
        "Outlook.com and Hotmail, sendersupport.olc.protection.outlook.com: 550 for an address that they do not have",
        (
            r"(?<![\"'])requested action not taken: mailbox unavailable\b(?![\"'?]| (?:for|to|from|while|when|until|as|because)\b)",
        ),
        providers=("Microsoft",),
    ),
    Rule(
        "mailenable-not-local",
        Reason.INVALID_RECIPIENT,
        "MailEnable: its 550 for a mailbox that it does not have",
        (r"mailbox unavailable or not local\b(?! (?:to|for|from)\b)",),
    ),
    Rule(
        "cisco-address-rejected",
        Reason.INVALID_RECIPIENT,
        "Cisco Secure Email: the recipient access table or the directory does not know the address",
        (r"#5\.1\.0 (?:[<]?@[>]?:? ?)?address rejected",),  # without its mark the words are anybody's
    ),
    Rule(
        "charter-full",
        Reason.MAILBOX_FULL,
        "Charter and Cox add AUP# and a number to every refusal, also to that of a full mailbox",
        (r"(?:mail ?box|user|account|recipient|quota)\b.{0,40} (?:full|over quota|exceeded)\b.{0,40}aup#",),
    ),
    Rule(
        "barracuda-blocked",
        Reason.POLICY,
        "Barracuda: one recipient's own rule or the content filter blocked the message",
        (r"permanent failure for one or more recipients .{0,100}:blocked",),
    ),
    Rule(
        "messagelabs-542",
        Reason.INVALID_RECIPIENT,
        "Symantec Email Security.cloud: 542 refuses an address that its customer has not registered",
        (r"\b542 (?:5\.\d\.\d )?[<(]?@[>)]?:? rejected",),
    ),
    Rule(
        "apple-gone",
        Reason.CLOSED_ACCOUNT,
        "iCloud Mail, support.apple.com/102322: 5.1.6 for addresses that were given up",
        (r"recipient no longer on server",),
    ),
    Rule(
        "apple-inactive",
        Reason.ACCOUNT_INACTIVE,
        "iCloud Mail, bentonow.com/smtp-errors/apple: 5.1.1 for an address that its owner has switched off; he may switch it on",
        (r"5\.1\.1\b.{0,40}inactive e-?mail address",),
    ),
    Rule(
        "gmail-form",
        Reason.FORMAT_ERROR,
        "support.google.com/a/answer/3726730: the reason is the form, though the text speaks of spam",
        (
            r"not rfc 5322 compliant",
            r"missing a valid messageid header",
            r"not compliant with .{0,30}rfc 5322",
            r"multiple addresses in from",
        ),
    ),
    Rule(
        "gmail-receiving-rate",
        Reason.RATE_LIMITED,
        "support.google.com/a/answer/3726730: 4.2.1 and 5.2.1, the account gets mail at too high a rate",
        (r"is receiving mail (?:at a rate|too quickly)",),
    ),
    Rule(
        "kddi-filter",
        Reason.MAILBOX_UNAVAILABLE,
        "KDDI (au, ezweb): 550 with an empty address is its user's own filter; of an unknown user it names the address",
        (r"\b550(?::|-5\.1\.1)? ?: user unknown",),
    ),
    Rule(
        "kddi-unknown-user",
        Reason.INVALID_RECIPIENT,
        "KDDI (au, ezweb) names the address of a user whom it does not know, and says so after the message, too",
        (r"\b550[- ](?:5\.1\.1 )?<?@>?:? user unknown\b",),
        providers=("KDDI",),
    ),
    Rule(
        "carrier-unknown-user",
        Reason.INVALID_RECIPIENT,
        "NTT docomo answers so for unknown users and for senders whom the user's own filter refuses; see table.py",
        (r"\b550[- ]'?unknown user @",),
    ),
    Rule(
        "kddi-disabled",
        Reason.ACCOUNT_INACTIVE,
        "KDDI's (au, ezweb) own reports: one of four sentences heads the recipients",
        (
            r"the user\(s\) account is disabled",
            r"the user\(s\) account is temporarily limited",
        ),
    ),
    Rule(
        "procmail-cannot-write",
        Reason.RECEIVER_ERROR,
        "Procmail: the mailbox file cannot be made, whoever `id` does not know",
        (r"procmail: (?:couldn't|can't|unable)",),
    ),
    Rule(
        "yandex-target-policy",
        Reason.ACCOUNT_INACTIVE,
        "yandex.com/support/mail, list of errors: the recipient's account is blocked",
        (r"policy rejection on the target address(?!:)",),
    ),
    Rule(
        "tencent-closed-for-now",
        Reason.MAILBOX_UNAVAILABLE,
        "service.mail.qq.com: after much mail in a short time the mailbox is closed to senders for a while",
        (r"mailbox unavailable or access denied",),
    ),
    Rule(
        "tencent-not-opened",
        Reason.INVALID_RECIPIENT,
        "service.mail.qq.com: subtype=1, no=1000728 (the mailbox does not exist or was never opened)",
        (r"no=1000728\b",),
    ),
    Rule(
        "sina-mailbox-unavailable",
        Reason.INVALID_RECIPIENT,
        "help.sina.com.cn, list of bounces: 550 mailbox unavailable, the mailbox does not exist",
        (r"mailbox unavailable",),
        providers=("Sina",),
    ),
    Rule(
        "sina-sender",
        Reason.SENDER_REJECTED,
        "help.sina.com.cn, list of bounces: 554 mail address invalid, the sender's address does not match",
        (r"mail address invalid",),
        providers=("Sina",),
    ),
    Rule(
        "seznam-no-service",
        Reason.INVALID_RECIPIENT,
        "napoveda.seznam.cz/uzivatel-neexistuje: the address that was entered is not there",
        (r"hasn't got the service mapped",),
    ),
    Rule(
        "sendgrid-no-mx",
        Reason.DNS_ERROR,
        "SendGrid: it finds no mail server of the recipient's domain, now or at all",
        (r"unable to get mx info",),
    ),
    Rule(
        "ionos-mailbox-unavailable",
        Reason.INVALID_RECIPIENT,
        "ionos.de and postmaster.gmx.net, lists of errors: mailbox unavailable, the address does not exist on this server",
        (
            # postmaster.gmx.net: of several lines the last one is decisive, so that no other cause may follow
            (
                r"mailbox unavailable(?=(?: [(\[][\w.-]{1,60}[)\]])?\W{0,4}$|\W{1,3}(?:\d{3}[ -])?"
                r"(?:for explanation|see|please|https?:|in reply|@|the (?:mailbox|e-?mail|address)|unknown|no such|user"
                r"|recipient)\b)"
            ),
        ),
        providers=("IONOS", "United Internet"),
    ),
    Rule(
        "godaddy-content",
        Reason.SPAM_CONTENT,
        "godaddy.com/help, 552: rejected for spam or virus content",
        (r"rejected for (?:spam|virus)",),
    ),
    Rule(
        "trend-micro-sender",
        Reason.SENDER_REJECTED,
        "docs.trendmicro.com, Email Security: the recipient's administrator blocks this sender",
        (r"block[- ]send[- ]?er",),
    ),
    Rule(
        "trend-micro-recipient",
        Reason.POLICY,
        "docs.trendmicro.com, Email Security: the administrator blocks mail to this recipient from outside",
        (r"block[- ]rcpt",),
    ),
    Rule(
        "orange-codes",
        Reason.INVALID_RECIPIENT,
        "postmaster.orange.fr: OFR_416 (no such recipient)",
        (r"\bofr_?416\b",),
    ),
    Rule(
        "orange-authentication",
        Reason.AUTHENTICATION_FAILED,
        "postmaster.orange.fr: OFR_515 and its kind, where the words name a check that failed",
        (r"\b(?:dmarc|spf|dkim)\b.{0,40}\bofr_?\d{3}",),
    ),
    Rule(
        "orange-blocks",
        Reason.BAD_REPUTATION,
        "postmaster.orange.fr: OFR_506 and its kind (the sending server is refused)",
        (r"\bofr_?(?:506|513|515|999|108|109)\b",),
    ),
    Rule(
        "facebook-preferences",
        Reason.MAILBOX_UNAVAILABLE,
        "postmaster.facebook.com/response_codes: RCP-P2 and RCP-P3 (the person's settings let nobody write)",
        (r"\brcp-p[23]\b",),
    ),
    Rule(
        "facebook-reverse-dns",
        Reason.AUTHENTICATION_FAILED,
        "postmaster.facebook.com/response_codes: DNS-P3 and DNS-T2 (no reverse DNS)",
        (r"\bdns-(?:p3|t2)\b",),
    ),
    Rule(
        "bluehost-lists",
        Reason.RATE_LIMITED,
        "bluehost.com/help, GL/GL: the mailbox has a grey list",
        (r"\bgl/gl\b",),
    ),
    Rule(
        "bluehost-blocks",
        Reason.SENDER_REJECTED,
        "bluehost.com/help, GL/BL: the recipient blocks this sender",
        (r"\bgl/bl\b",),
    ),
    Rule(
        "facebook-message",
        Reason.POLICY,
        "postmaster.facebook.com/response_codes: MSG-P (the message) and POL-P (the sending host)",
        (r"\b(?:msg|pol)-p\d\b",),
    ),
    Rule(
        "netease-blocklist",
        Reason.BAD_REPUTATION,
        "mail.163.com/help: DT:RBL and IP:..., the sending host is on a block list; HL:REP, IHU and IPB, its conduct",
        (r"\b(?:dt:rbl|mi:rbl|ip:[a-z]{3}|hl:(?:rep|mep|ihu|ipb)|wm:bli)\b",),
    ),
    Rule(
        "netease-rate",
        Reason.RATE_LIMITED,
        "mail.163.com/help: too many connections, messages, recipients or commands, at once or on this day",
        (r"\b(?:hl:(?:icc|ifc|itc)|mi:(?:dmc|ccl|sfq|stc)|rp:[a-z]{3})\b",),
    ),
    Rule(
        "netease-spf",
        Reason.AUTHENTICATION_FAILED,
        "mail.163.com/help: MI:SPF, the sending host is not in the SPF record",
        (r"\bmi:spf\b",),
    ),
    Rule(
        "netease-sender",
        Reason.SENDER_REJECTED,
        "mail.163.com/help: WM and CF, this sender may not write to this recipient; DT:SUM, two senders that differ",
        (r"\b(?:(?:wm|cf):[a-z]{3}|dt:sum|mi:spb)\b",),
    ),
    Rule(
        "netease-codes",
        Reason.POLICY,
        "mail.163.com/help: the other codes of MI and HL; RC is about the recipient and has words",
        (r"\b(?:mi|hl|ib):[a-z]{3}\b",),
    ),
    Rule(
        "netease-content",
        Reason.SPAM_CONTENT,
        "mail.163.com/help: DT is about the content",
        (r"\bdt:[a-z]{3}\b",),
    ),
    Rule(
        "mailru-disabled",
        Reason.ACCOUNT_INACTIVE,
        'help.mail.ru/developers: the mailbox is there and switched off, though the text begins with "invalid mailbox"',
        (r"local mailbox @ is unavailable: account is disabled(?! or)",),
    ),
    Rule(
        "t-online-problem",
        Reason.BAD_REPUTATION,
        "postmaster.t-online.de: 554 for sending hosts without a good name",
        (r"\bip[=:] ?\S{3,45} - a problem occurred\b", r"a problem occurred\. \(ask your postmaster"),
    ),
    Rule(
        "tencent-attacks",
        Reason.POLICY,
        "service.mail.qq.com: refused by the sending domain's conduct, or by the recipient's list",
        (r"suspected bounce attacks", r"mail is rejected by recipients"),
    ),
    Rule(
        "exchange-store-quota",
        Reason.MAILBOX_FULL,
        "learn.microsoft.com, 5.2.2: the store driver's exception names the quota",
        (r"quotaexceeded",),
    ),
)
