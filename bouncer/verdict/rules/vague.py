"""Vague phrases: tried only when neither a plain phrase nor a significant status decided."""

from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason

RULES = (
    Rule(
        "unknown-user-loose",
        Reason.INVALID_RECIPIENT,
        "RFC 3463 X.1.1 in free words: a mailbox, and in the same sentence its absence; see table.py",
        (
            (
                r"(?:user|recipient|mail-? ?box|account|address|alias|addressee|mail ?drop)s?\b"
                r"(?! (?:database|store|server|table|directory|lookup|system|list|book|setting|manager|agent|class"
                r"|option|rule|key))[^.;]{0,30} (?:is |was )?<gone>"
            ),
            (
                r"(?:not a|no) (?:valid|matching|known|such) (?:\S{1,20} )?"
                r"(?:user|recipient|mail-? ?box|account|address|alias|addressee)\b(?! (?:may|can|lists?)\b)"
            ),
            (
                r"(?:user|recipient|mail-? ?box|account|address|alias|addressee)\b[^.;]{0,30} (?:cannot|could not"
                r"|can't) be verified"
            ),
        ),
    ),
    Rule(
        "vague-mailbox",
        Reason.MAILBOX_UNAVAILABLE,
        "RFC 5321 section 4.2.3: replies 550 and 450, mailbox unavailable for one of many causes",
        (
            r"mail ?box (?:@ )?<is>(?:unavailable|not available)",
            r"(?:recipient|account|user|address) <is>(?:unavailable|not available)",
            r"unavailable (?:e-?mail |mail ){0,1}(?:user|recipient|mail-? ?box|account|address)\b",
            # "e-mail rejected" is about the message
            # the text after a colon is the cause, known or not
            r"\b(?!e-?mail <is><refused>)<who>\b<at>(?:address )?<is><refused>(?! ?: ?[a-z])",
            r"(?:<refused>|not accepting) (?!by\b).{0,20}recipient",
            (
                r"(?:rcpt|recipient|user|mail ?box|account)\b[^.;:@]{0,12}@\W{0,3} <is>not (?:ok(?:ay)?|good"
                r"|acceptable|allowed|permitted)\b"
            ),
        ),
    ),
    Rule(
        "vague-error",
        Reason.RECEIVER_ERROR,
        "AOL's notices write it beside every address, and the server's answer below",
        (r"unrecoverable error",),
    ),
    Rule(
        "vague-refusal",
        Reason.POLICY,
        "RFC 3463 X.7.1 as commonly spoken",
        (
            r"access (?:is )?denied",
            r"(?:message|mail|delivery|transaction|connection|it|this|command|service) <is><refused>",
            r"\bblock (?:permanently|temporarily)\b",
            r"\brejected\b",
            r"\brefused\b",
            r"\brestricted\b(?! [a-z])",
            r"\bdenied\b",
            r"\bblocked\b",
            r"\bbanned\b",
        ),
    ),
    Rule(
        "vague-refusal-european",
        Reason.POLICY,
        "RFC 3463 X.7.1 as commonly spoken, in European languages",
        (r"<dismissed>",),
    ),
)
