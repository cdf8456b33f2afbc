"""What servers say that tells little: searched only when neither a plain phrase nor a telling status decided."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "vague-mailbox",
        Reason.MAILBOX_UNAVAILABLE,
        "RFC 5321 section 4.2.3 (reply 550 and 450: mailbox unavailable for one of many causes)",
        (
            r"mail ?box (?:is )?(?:unavailable|not available|disabled)",
            r"recipient (?:is )?(?:unavailable|not available)",
            r"(?:recipient|user|mailbox|address)s? (?:@ )?(?:address )?(?:has been |was |is )?(?:rejected|refused|not accepted|denied)",
            r"(?:rejected|refused|not accepting) .{0,20}recipient",
            r"does not like recipient",
        ),
    ),
    Rule(
        "vague-refusal",
        Reason.POLICY,
        "RFC 3463 X.7.1 as commonly spoken",
        (
            r"access (?:is )?denied",
            r"(?:message|mail|e-?mail|delivery|transaction|connection|it|this)s? (?:has been |was |is |were )?(?:rejected|refused|denied|blocked|not accepted|not allowed|declined|discarded|prohibited)",
            r"(?:reject|refus|den)(?:ed|ing|ied) .{0,20}(?:message|mail)",
            r"not (?:authori[sz]ed|permitted|allowed)",
            r"administrat(?:or|ive)",
            r"\bprohibited\b",
            r"\bblocked\b",
        ),
    ),
    Rule(
        "vague-permanent",
        Reason.GENERAL_PERMANENT,
        "Exim, Postfix, qmail: openings of failure notices",
        (
            r"permanent (?:error|failure|fatal)",
            r"failed permanently",
            r"undeliverable",
        ),
    ),
)
