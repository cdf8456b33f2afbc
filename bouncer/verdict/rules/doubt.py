"""Words of policy, of the sender, of a quota or of time: they contradict X.1.1 and similar codes, which name the recipient.

By themselves the words prove nothing: many servers use any of five codes for any refusal, and these words show that they did.
"""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "doubt-rate",
        Reason.RATE_LIMITED,
        "RFC 3463 X.1.1 around words of a rate: Comcast, cPanel's and others' limits for a recipient",
        (r"too (?:many|much|fast|often)\b", r"\brates?\b", r"\bthrottl", r"\bfrequen"),
    ),
    Rule(
        "doubt-quota",
        Reason.MAILBOX_FULL,
        "RFC 3463 X.1.1 around words of a quota",
        (
            r"\bquota",
            r"\bstorage\b",
            r"\bfull\b(?! (?:smtp|server|response|reply|details?|error|text|log|names?|headers?|report|transcript|follows))",
            r"\bexceed",
            r"\bspace\b",
            r"\b(?!full (?:smtp|server|response|reply|details?|error|text|log|names?|headers?|report|transcript|follows)\b)<spent>",
            r"<room>\b.{0,20} <spent>",
        ),
    ),
    Rule(
        "doubt-inactive",
        Reason.ACCOUNT_INACTIVE,
        "RFC 3463 X.1.1 around words of a mailbox that sleeps",
        (
            r"\b(?:inactive|inactiv|sleep|dormant|suspend|disabl|deactivat|locked|frozen|expired|hibernat)",
            r"\bnot (?:yet |been ){0,2}(?:used|active|activated|logged|confirmed)\b",
        ),
    ),
    Rule(
        "doubt-sender",
        Reason.SENDER_REJECTED,
        "RFC 3463 X.1.1 around words of the sender",
        (
            r"\bsenders?\b",
            r"\boriginator\b",
            r"\byour (?:domain|mail ?server|server|host|ip|account|network)\b",
            r"\b(?:from|return|reply) address\b",
            r"\bmail from\b",
            r"\bclient\b",
            r"<sender>",
        ),
    ),
    Rule(
        "doubt-policy",
        Reason.POLICY,
        "RFC 3463 X.1.1 around words of a policy",
        (
            r"\bgo away\b",
            (
                r"\b(?:polic|block|bann|denied|deny|permission|permit|authori|prohibit|spam|reputation|trust|restrict"
                r"|forbid|secur)"
            ),
            r"<dismissed>",
            r"\b(?:external|outside|organi[sz]ation|administrat|filter|content|access|allow|unsolicited|relay)",
        ),
    ),
    Rule(
        "doubt-time",
        Reason.MAILBOX_UNAVAILABLE,
        "RFC 3463 X.1.1 around words of time",
        (
            r"\btempor",
            r"\b(?:again|retry|later|deferr|moment|meanwhile|delay)",
            r"\bat (?:this|the) (?:time|moment)\b",
            r"\b(?:yet|until|pending|migrat|being|soon|while)\b",
            r"\b(?:migrati|maintenance|unpaid|non-?payment|umgezogen|umzug)",
            r"\b(?:noch nicht|pas encore|a.n no|todav.a no|non ancora|ainda n.o)",
            r"\b(?:nog niet|jeszcze nie|je.t. ne|ännu|endnu|ennå|henüz)",
            r"\b(?:ещ[её] не|пока не|ще не|még nem|ακόμ)",
            r"(?:まだ|移行中|尚未|还未|還未|아직)",
            r"\b(?:vor.{1,2}bergehend|zurzeit|momentan|sp.{1,2}ter|temporaire|plus tard|ult.rieurement)",  # German, French
            r"\b(?:temporal|mais tarde|tempor.r|pi. tardi|tijdelijk|tymczasow|временн|позже|позднее|повторите)",
        ),
    ),
)
