"""Whether an answer states of a name in it, an address or a domain, that it is unknown or refused."""

import re
from collections.abc import Set as AbstractSet

_REFUSED = re.compile(
    r"[>\"')\]]{0,3}[:,]? (?:is |was |has been )?(?:an? )?"
    r"(?:unknown|not (?:known|found|listed|registered|in|on|among|allowed|permitted)|rejected|refused|blocked"
    r"|no such)\b"
)
"""Words right after an address that are about it: "news@example.com | is unknown to jane@example.org"."""
_ABSENT = re.compile(
    r"[>\"')\]]{0,3}[:,]? (?:no such|(?:unknown|invalid|does not|doesn't|not found|user unknown|not a valid)\b)"
)
"""Words right after an address that say that it does not exist: "abuse@example.com | : no such user"."""
_GIVES_CAUSE = re.compile(
    r"(?:refused|rejected|denied|blocked|not accepted|failed)(?:[:;,] ?| because | since | as )<?$"
)
"""Before an address that is the cause: "mail to jane@example.org refused: | news@example.com does not exist"."""
_ABSENT_BEFORE = re.compile(
    r"(?:unknown|invalid|no such|non-?existent) (?:local )?(?:user|sender|address|account|mail-? ?box):? ?[<\"'(\[]{0,2}$"
)
"""Words right before an address that say that it does not exist: "unknown user | news@example.com wrote to jane@example.org"."""
_AT_DOMAIN = re.compile(
    r"\b(?:user|mail-? ?box|account|address|recipient|exists?|unknown|found|known|name) (?:at|in|on) [\"'(<\[]?"
    r"((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w@-])"
)
"""The domain where there is no such mailbox: "news: no such user at | shop.example"."""
_ABSENT_DOMAIN = re.compile(
    r"(?<![\w.@/-])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})[>\"')\]]{0,3}[:,]? (?:is |was )?(?:an? )?"
    r"(?:no such|unknown|invalid|not (?:known|found|registered|valid|there)|does not|doesn't|non-?existent)\b"
)
"""A domain with words right after it that say that it does not exist: "rp.example.com does not exist"."""


def is_stated_of(address: str, words: str) -> bool:
    """Whether *words*, in lower case, say right beside *address* that it is unknown or refused, or give that as the cause."""
    end = words.find(address) + len(address)
    if _REFUSED.match(words, end) or _ABSENT_BEFORE.search(words[: end - len(address)]):
        return True
    return is_absent(address, words) and _GIVES_CAUSE.search(words[: end - len(address)]) is not None


def is_absent(address: str, words: str) -> bool:
    """Whether *words*, in lower case, say right after *address* that it does not exist."""
    return _ABSENT.match(words, words.find(address) + len(address)) is not None


def absent_domains(words: str) -> AbstractSet[str]:
    """Give the domains of which *words*, in lower case, say that they do not exist, or that a mailbox is not in them."""
    return {match[1] for pattern in (_ABSENT_DOMAIN, _AT_DOMAIN) for match in pattern.finditer(words)}
