"""Labels before an address at the beginning of a notice's line: "Recipient: jane@example.org"."""

import re

from bouncer.ndr import phrases

NAMES_RECIPIENT = re.compile(
    r"recipient|address|user|mailbox|account|\bfor\b|fail|undeliver|unknown|invalid|intended|error|deliver|rcpt|full"
    r"|\bold\b|\balte?\b|exceed|reject|destinat|empfänger|mottagare|odbiorc|ontvanger|geadresseerde|příjemc|címzett|al\u0131c\u0131"
    r"|адрес|получател|宛先|受信者|送信先|配信先|收件人|收信人|收件者|수신자|받는",
    re.IGNORECASE,
)
SAYS_WHY = re.compile(
    r"unknown|invalid|full|exceed|reject|error|disabled|over|attempts|tries|times|expired|tim(?:ed )?out|refus|closed|block|no such"
    r"|not found",
    re.IGNORECASE,
)
NAMES_OTHER = re.compile(
    r"(?:original )?(?:from|sender|reply|return|message|date|subject|cc|sent|to|contact|help|postmaster|mail from"
    r"|new|neue?|nouvelle|nueva|novo|nuovo|nieuwe?|nya|nytt|nowy|nová|új|новый|copy|successor|nachfolger(?:in)?"
    r"|original|envelope|generated|expanded|alias|url|http|reporting|originator|x-|von|de|para|an|à|da|a$|received|by|id)\b",
    re.IGNORECASE,
)
SUCCEEDED = re.compile(
    r"(?:successfully |already )?(?:delivered|relayed|accepted|succeeded|successful|success|sent ok|zugestellt|remis|distribué"
    r"|entregado|entregue|consegnato|recapitato|bezorgd|levererat|leveret|levert|dostarczono|доставлено)",
    re.IGNORECASE,
)
"""A label of recipients who have the message, in a list with others who do not."""
TO = re.compile(r"to|an|à|a|para|aan|till?|do|кому|宛先", re.IGNORECASE)
NAMES_FINAL = re.compile(
    r"(?:final|actual|resolved|rewritten|routing|effective|target) (?:recipient|address|destination)s?\b", re.IGNORECASE
)
"""A label of the form that a server made of the recipient named above: the target of a forward, for example."""
_ANNOUNCES = re.compile(
    r"\b(?:details?|answers?|responses?|repl(?:y|ies)|reasons?|diagnos\w{1,6}|information|explanation|log|results?|transcript)$",
    re.IGNORECASE,
)
"""The last words before "for jane@example.org:" in the heading of a section."""
TELLS_WHY = re.compile(
    r"[\s>|]*+(?:status|reason|error|result|diagnostic|cause|response|answer|grund|fehler|raison|erreur|motivo|causa|reden|причина)"
    r"[ \w]{0,20}[:=\uff1a]",
    re.IGNORECASE,
)
"""A line beside "To: jane@example.org" that shows it to be no field of the message: "Status: failed"."""


def is_of_failure(words: str) -> bool:
    """Whether the words before "to jane@example.org" or "for jane@example.org:" tell a failure, or announce an answer."""
    return phrases.contains_any(phrases.FAILED, phrases.normalize(words)) or _ANNOUNCES.search(words) is not None
