"""A text rule: the phrases by which mail servers say one thing, and the reason that they mean.

A rule is data. Its phrases are searched in lower-case text with single blanks, in which every mail address is "@"
(classify.py prepares it). A phrase is a small regular expression; a word in angle brackets stands for its entry in
VOCABULARY. Repetition is bounded, so that searching is linear in the text's length; a test walks every phrase's parse
tree to hold this. A phrase begins, and a gap in it ends, where a word begins; alternatives stand in
groups, so that needs.py can tell which words must be there.
"""

import re
from dataclasses import dataclass

from bouncer.verdict.rules import abroad, abroad_more, classes, needs
from bouncer.verdict.verdict import Reason

_REFUSED = (
    "(?:rejected|refused|denied|blocked|banned|declined|prohibited|forbidden|not accepted|not allowed|not permitted"
    "|not authori[sz]ed|not admitted|not let through|disallowed|unacceptable|dropped|discarded)"
)
VOCABULARY: dict[str, str] = {
    # a mailbox and its owner
    "who": (
        "(?:user|users|recipient|recipients|mail-? ?box|mailboxes|account|address|addresses|alias|addressee|member"
        "|customer|subscriber|person|login|user ?name|user ?id|mail ?drop|e-?mail|inbox|destination|local[ -]?part"
        "|screen ?name|mail ?address|mail user|rcpt|group|name|student|employee|colleague|e-?mail id|user ?account)"
    ),
    # words that may stand between a mailbox and the statement about it
    "at": (
        "(?:\\(?s\\)?|'s)?:? ?(?:name |id |address |account |mailbox )?"
        "(?:(?:[\"'(\\[<]{0,3}@[\"')\\]>]{0,3}|[\"'(\\[<][^\\s\"')\\]>]{1,80}[\"')\\]>])[:,]? ?)?\\b"
    ),
    "is": (
        "(?:(?:is|was|are|were|has|have|had|been|being|seems to be|may be|currently|temporarily|now"
        "|also|either|at present) ){0,3}"
    ),
    # the mailbox is not there
    "gone": (
        "(?:not found|not be found|not known|not exist|does not exist|doesn't exist|don't exist|do not exist|no exist"
        "|not exists|not recogni[sz]ed|not valid|isn't valid|not listed|not registered"
        "|not local|not a local|not here|not available here"
        "|not defined|not configured|not present|misspelled|not correct|not our|nonexist|non-? ?exist|inexist|no found"
        "|gone\\b(?! (?:over|past|through|to|into|beyond|out|on|[a-z]{3,12}ing)\\b)|never existed|never been (?:here|known|created"
        "|heard)|missing(?! [a-z])"
        "|not on file|not one of (?:ours|our)|not ours|(?:does )?not belong to (?:us|this|our)"
        "|not a valid one|no more(?! [a-z])"
        "|not provisioned|unprovisioned|not deliverable (?:here|at|on)|(?:does )?not (?:live|reside) (?:here"
        "|at|on|with (?:us|our|this))|not living here"
        "|not on (?:this|our|the) (?:server|system|host|machine)|not in (?:(?:our|the|this|my) )?"
        "(?:\\S{1,20} )?(?:list|directory|address ?book"
        "|database|records|files|table|map|registry|register|user ?base)|not hosted (?:here|on|by|at)|not"
        " (?:been )?(?:created|set up"
        "|assigned)|wrong(?! [a-z])"
        "|not traceable|untraceable"
        "|(?:unknown|invalid|unrecogni[sz]ed|unregistered|undefined|unroutable|unrouteable|incorrect(?!ly)"
        "|unidentified|illegal)"
        "(?! (?!(?:giving|at|in|on|here|to|by|this|that|the|our|please|user|recipient|address|mailbox|account|or"
        "|and|for|from|error|with|using"
        "|host|domain|is|was|it|a|an|as|because|since|due|if|check|not|reject|name|local|sorry|according"
        "|under|within|of|via|at)\\b)[a-z]))"
    ),
    # the mailbox does not take the mail
    "refused": _REFUSED,
    "fails": (
        "(?:fail|did not pass|does not pass|didn't pass|not pass|reject|violat|invalid|not valid|not"
        " align|is missing|error)"
    ),
    # the mailbox holds no more
    "over": (
        "(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|overr[au]n(?:s|ning)?|overshoot(?:s|ing)?|over|above|beyond"
        "|out of|reached|hit|violat(?:es|ed|ing"
        "|ion of)|insufficient|no more)"
    ),
    "not": "(?:not|n't|cannot|unable to|never|no)",
    # the same in other languages
    "person": abroad.PERSON,
    "absent": abroad.ABSENT,
    "room": abroad.ROOM,
    "spent": abroad.SPENT,
    "sender": abroad.SENDER,
    "dismissed": abroad.REFUSED,
    "staff": abroad_more.STAFF,
    "left": abroad_more.LEFT,
    "closed": abroad_more.CLOSED,
    "nomore": abroad_more.NO_MORE,
    "work": abroad_more.WORK,
    "box": abroad_more.BOX,
    "junk": abroad_more.JUNK,
    "unwanted": abroad_more.UNWANTED,
    "only": abroad_more.ONLY,
    "belong": abroad_more.MEMBERS,
    "banned": abroad_more.BANNED,
    "site": abroad_more.SITE,
    "tried": abroad_more.TRIED,
    "days": abroad_more.DAYS,
    **classes.CLASSES,
}
"""Words that servers use for each other, by their meaning."""

_WORD = re.compile(r"<([a-z]+)>")
_GAP = re.compile(r"(?:\.|\[\^:\])\{\d+,\d+\}(?=[\w<]|\(\?:)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that servers say: its id, its reason, the source that documents it, and its phrases."""

    id: str
    reason: Reason
    source: str
    phrases: tuple[str, ...]
    providers: tuple[str, ...] = ()  # the rule holds for answers of their servers only (provider.py)


def pattern_of(phrase: str) -> str:
    """Give a phrase's regular expression: with VOCABULARY's entries, and word edges before it and after each gap."""
    if max(phrase) >= needs.CJK:
        return phrase
    with_edges = _GAP.sub(r"\g<0>\\b", phrase)
    begins_with_word = with_edges[0].isalnum() or with_edges.startswith(("(?:", "<"))
    return _WORD.sub(lambda word: VOCABULARY[word[1]], rf"\b{with_edges}" if begins_with_word else with_edges)
