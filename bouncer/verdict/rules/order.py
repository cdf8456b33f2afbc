"""The rules of classification, as data, in the order in which they are tried.

First come providers' own words; then words that blame the sender, so that a refusal of the sender is never taken for a
recipient's fault; then words about the mailbox, the domain and the recipient; then about the message; last about servers on
the way. Other languages come after English: their letters often quote an English reply, which is the better witness.
"""

from bouncer.verdict.rules import (
    absence,
    asian,
    authentication,
    composed,
    composed_absence,
    content,
    departed,
    domain,
    doubt,
    european,
    european_transfer,
    evasive,
    failed_checks,
    mailbox,
    own_words,
    providers,
    recipient,
    reputation,
    sender,
    transport,
    vague,
)
from bouncer.verdict.rules.rule import Rule

PLAIN: tuple[Rule, ...] = (
    *providers.RULES,
    *evasive.RULES,
    *sender.VERIFIED,
    *authentication.RULES,
    *reputation.RULES,
    *recipient.REFUSED_RELAY,  # before senders: the relay is refused for want of the user
    *sender.RULES,
    *content.HEADER,  # before domains and recipients: an address in a header
    *transport.BROKEN,  # before recipients: a directory that is down knows nobody
    *transport.MAINTAINED,
    *recipient.REMOVED,  # before full mailboxes: "was over quota for a year and has been removed"
    *content.LARGER,  # before full mailboxes: the standard sentence of 552 speaks of storage
    *mailbox.FULL,
    *evasive.NONE_LEFT,  # after full mailboxes: the answer before it names the cause
    *domain.RULES,  # before recipients: "domain name not found"
    *recipient.MALFORMED,
    *departed.RULES,
    *recipient.RULES,
    *mailbox.OFF,  # after recipients: "unknown or disabled user"
    *content.RULES,
    *own_words.TLS,  # before phrases about times: "your TLS is too old"
    *transport.RULES,
    *european_transfer.SENDER,
    *asian.SENDER,
    *european.RULES,
    *european_transfer.RULES,
    *asian.RULES,
    *authentication.NAMED,
    *own_words.RULES,
    *composed.RULES,
    *composed_absence.RULES,
)
"""Phrases that name one cause."""

VAGUE: tuple[Rule, ...] = vague.RULES
"""Phrases that name a group of causes; tried after the significant status codes."""

DOUBT: tuple[Rule, ...] = doubt.RULES
"""Words that contradict a code that names the recipient; tried only beside a code that stands alone."""

ABSENCE: tuple[Rule, ...] = (*absence.RULES, *failed_checks.RULES)
"""Words that agree with such a code; tried only where the answer says more than is understood."""
