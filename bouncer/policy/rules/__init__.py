"""The rules of classification, as data, in the order in which they are asked.

First come providers' own phrases; then what blames the sender, so that a refusal of the sender is never taken for a
recipient's fault; then what is told of the mailbox; then of the recipient and the domain; last the servers between.
"""

from bouncer.policy.rules import (
    authentication,
    content,
    domain,
    mailbox,
    providers,
    recipient,
    reputation,
    sender,
    transport,
    vague,
)
from bouncer.policy.rules.rule import Rule

PLAIN: tuple[Rule, ...] = (
    *providers.RULES,
    *authentication.RULES,
    *reputation.RULES,
    *sender.RULES,
    *mailbox.RULES,
    *content.RULES,
    *recipient.RULES,
    *domain.RULES,
    *transport.RULES,
)
"""Phrases that name one cause."""

VAGUE: tuple[Rule, ...] = vague.RULES
"""Phrases that name a region; asked after the telling status codes."""
