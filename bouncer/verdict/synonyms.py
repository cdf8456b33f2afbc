"""Rare words replaced by usual ones, for a second search: "inbox at maximum" is "mailbox full", "@: removed" "mailbox removed".

The rules know many phrases with the usual words. An answer that none of them matches is searched again with those words in place of
rarer ones, and with the noun for a mailbox in place of the recipient's address at its beginning.
"""

import re
from collections.abc import Collection, Iterator

from bouncer.verdict import asserted, spelling, unread
from bouncer.verdict.failure import Failure
from bouncer.verdict.words import AnswerText

LONGEST = 400
"""Characters of an answer that is searched again: a statement is short, and a longer text has a statement in usual words."""
_BOX = r"(?:(?:e-?mail|mail) )?(?:mail ?box|user|account|address|recipient|addressee|alias)"
"""Nouns for a mailbox."""
_IN_OTHER = r" (?:in|on|under)(?! (?:the |our |this )?(?:directory|database|ldap|user|system|server)) "
"""The place of an entry that is no directory of mailboxes: "no entry for this user | in the access table"."""
_USUAL = {
    "mailbox": (
        r"(?:inbox|letter ?box|post ?box|pigeonhole|mail ?drop|mail ?folder|mail ?store)(?! (?:compan|number|rule|service|filter))"
        r"|(?<!mail )(?<!post )(?<!letter )box(?= (?:is |was |has )?(?:\w{2,10} )?(?:full|over|at|limit|quota|jammed"
        r"|stuffed|crammed"
        r"|packed|brimming)\b)"
    ),
    "recipient": r"addressee|consignee",
    "account": r"(?:e-?mail|mail) account",
    "no such": (
        rf"no (?:entry|record|trace) (?:for|of)(?: (?:the|this|that))?(?= {_BOX}\b(?!{_IN_OTHER}))"
        rf"|there has never been an?(?= {_BOX}\b)|no(?= {_BOX} (?:corresponds?|matches|belongs|answers)\b)"
        rf"|(?:no ?one|nobody)(?: here)? has (?:the|this|that|such an?)(?= {_BOX}\b)"
        rf"|(?:has|have|knows?|contains?|lists?|there is|there's) no(?= {_BOX} @)|(?<=\d )no(?= {_BOX} @)"
    ),
    "deleted": (
        r"(?<!mail )(?<!message )(?<!letter )(?:abolished|dissolved|liquidated|scrapped|wiped(?: out)?|erased|expunged"
        r"|done away with|taken down|closed down|shut down|wound up|axed)"
    ),
    "no longer": r"no more(?= (?:in use|in service|active|valid|here|available|existing|exists?|used|served|hosted|with us)\b)",
    "not found": (
        r"nowhere (?:to be )?(?:found|seen)|not to be found|not findable|untraceable"
        r"|not (?:present|existing|there)(?=\W{0,3}$|[.,;!])"
        r"|look-?up:? (?:(?:gave|found|returned|yielded|produced|had) )?(?:no match(?:es)?|nothing|no results?)"
        r"|not in (?:the |our )?(?:ldap|active directory)"
        r"|missing from (?:the|our|this) (?:database|directory|system|records|server|list)"
    ),
    "does not exist": r"(?:appears?|seems?) not to exist",
    "unknown": rf"match(?:es)? (?:nobody|no ?one|no {_BOX})|nothing (?:is )?known (?:about|of)(?= {_BOX}\b)",
    "no longer exists": r"(?:has |have )?ceased to exist",
    "no longer available": r"not available any ?(?:more|longer)",
    "defunct": r"(?<=\bis )dead",
    "has passed away": r"(?:is|was) deceased|(?:has )?died(?: in \d{4})?(?=\W{0,3}$|[.,;])",
    "has resigned": r"has been let go|has quit(?=\W{0,3}$|[.,;])",
    "full": (
        r"jammed|stuffed|crammed|packed|brimming|overflowing|overflowed|at (?:its |the |his |her )?"
        r"(?:maximum|max|limit|ceiling|capacity)(?! (?:of|rate|number)\b)"
    ),
    "limit reached": r"limit (?:is |was |has been )?(?:hit|met|attained|touched)",
    "suspended": r"waiting for (?:activation|approval|payment)|awaiting (?:activation|approval|payment)|put on ice|mothballed",
}
"""Usual words, and the rarer ones that they are for."""
_NAMES = tuple(_USUAL)
_RARE = re.compile("|".join(rf"(\b(?:{rare})(?!\w))" for rare in _USUAL.values()))
_HEAD = re.compile(
    r"((?:[45]\d\d[ -])?(?:\d\.\d{1,3}\.\d{1,3} )?)[<(\"']{0,2}@[>)\"']{0,2}(?: ?[:,=]| -{1,2}>?)? "
    r"(?!(?:is|was|has been) \w{3,12} (?:from|off|out of))(?!not allowed)"
    r"(?:(?=(?:is|was|has been|had|no longer|no more|not|never|cannot|can't|could|does|doesn't|over|full|at|exceeds|out of|unknown"
    r"|gone|removed|deleted|closed|quota|limit|disabled|suspended|inactive|too|terminated|invalid)\b)"
    r"|(?P<noun>(?=(?:the |this )?(?:mail ?box|inbox|box|user|account|address|recipient|addressee|no|there|we|our|your)\b)))"
)
"""The address that an answer begins with, behind its codes; where a noun of its own follows, the address is no subject."""


def rewordings(words: AnswerText, failure: Failure) -> Iterator[tuple[AnswerText, bool]]:
    """Give *words* in other forms, for a search where none of the rules knows them, and whether each form can prove an absence.

    The forms: joined words split; the local part as an address, "no entry jane"; usual words for rare ones. The last two prove
    nothing beside a word of doubt.
    """
    if (apart := spelling.split_joined(words, failure.names)) is not None:
        yield apart, True
    personal = unread.naming_person(words, failure.recipient.recipient)
    if personal and asserted.is_undoubted(words):
        yield personal, True
        if usual := with_usual_words(personal, failure.forms):
            yield usual, asserted.is_undoubted(usual)
    if usual := with_usual_words(words, failure.forms):
        yield usual, asserted.is_undoubted(words) and asserted.is_undoubted(usual)


def with_usual_words(words: AnswerText, forms: Collection[str]) -> AnswerText | None:
    """Give *words* with usual words for rare ones; None where they have no rare word, or are too long.

    *forms* are the forms of the recipient's address, in lower case: another address keeps its place.
    """
    if len(words.text) > LONGEST:
        return None
    searched = tuple(_RARE.sub(lambda match: _NAMES[(match.lastindex or 1) - 1], line) for line in words.searched)
    if searched and "@" in words.text and all(address.lower() in forms for address in words.addresses()):
        searched = (
            _HEAD.sub(_replace_head, searched[0], count=1) if _HEAD.match(searched[0]) else searched[0],
            *searched[1:],
        )
    return None if searched == words.searched else AnswerText(words.lines, searched, " ".join(searched))


def _replace_head(head: re.Match[str]) -> str:
    return head[1] if head["noun"] is not None else f"{head[1]}mailbox "
