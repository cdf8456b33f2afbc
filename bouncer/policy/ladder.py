"""The rules of suppression: after how many failures, and for how long; each relapse lasts longer.

One table; docs/suppression.md shows it, and a test compares the two. None means "until it is removed".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.policy.account_rules import AccountRules
from bouncer.verdict.verdict import Category, Reason

COMPLAINT = "complaint"
"""The reason of a suppression after a complaint (RFC 5965)."""
UNSUBSCRIBE = "unsubscribe"
"""The reason of a suppression after a reader's request to be taken off."""


@dataclass(frozen=True, slots=True)
class LadderRule:
    """The consequence of one kind of report. *days*: durations for the first time, the second and so on; the last repeats."""

    after: str  # "at once"; "soft" or "technical", which of the account's counts applies; "never"
    days: tuple[int | None, ...] = ()

    def rung(self, relapses: int) -> int | None:
        """Give the duration in days of a suppression after *relapses* earlier ones."""
        return self.days[min(relapses, len(self.days) - 1)]


_GONE = LadderRule("at once", (365, None))
_DOMAIN = LadderRule("at once", (90, 365, None))  # domains lapse, and are repaired or bought again
_FULL = LadderRule("soft", (21, 60, 180, 365))
_SOFT = LadderRule("soft", (14, 42, 120, 365))
_TECHNICAL = LadderRule("technical", (7, 21, 60))
_NEVER = LadderRule("never")

OF_THE_MESSAGE = frozenset({Reason.MESSAGE_TOO_LARGE, Reason.FORMAT_ERROR})
"""Soft and technical reasons about one message: the next one, smaller or better made, arrives. Blocks never suppress."""

RULES: Mapping[str, LadderRule] = {
    Category.HARD: _GONE,
    Reason.BAD_DOMAIN: _DOMAIN,
    Reason.DOMAIN_TAKES_NO_MAIL: _DOMAIN,
    Category.SOFT: _SOFT,
    Reason.MAILBOX_FULL: _FULL,
    Category.TECHNICAL: _TECHNICAL,
    **dict.fromkeys(OF_THE_MESSAGE, _NEVER),
    Category.BLOCK: _NEVER,
    Category.OTHER: _NEVER,
    COMPLAINT: LadderRule("at once", (None,)),
    UNSUBSCRIBE: LadderRule("at once", (None,)),
}
"""By reason where a reason has a rule of its own, else by category."""


def rule_for(reason: Reason) -> LadderRule:
    """Give the rule for failures with this *reason*."""
    return RULES.get(reason) or RULES[reason.category]


def count_and_window(rule: LadderRule, terms: AccountRules) -> tuple[int, int]:
    """Give (number of different days, window in days): failures on so many days in the window make *rule* suppress."""
    match rule.after:
        case "soft":
            return terms.soft_failures, terms.soft_window_days
        case "technical":
            return terms.technical_failures, terms.technical_window_days
        case _:
            return 1, 1
