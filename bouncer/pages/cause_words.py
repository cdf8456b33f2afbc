"""The cause of a change of the lists in the reader's language: the person or program, or the effect of a report.

The audit trail keeps causes in English, as commands and programs show them. The forms in which ``policy.suppress`` and the pages
write theirs are recognized and said again; words of any other form are a person's own, and stay as they are.
"""

import re
from collections.abc import Iterator

from bouncer.compose.beliefs import translate_reason
from bouncer.compose.language import Language
from bouncer.compose.sentences import capitalize, join_sentences
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.ports.suppressions import TrailRow

_AGAIN = r"(?:; suppressed (?P<times>once|\d{1,9} times) before)?"
_FAILED = re.compile(
    r"(?:hard|soft|technical|block|other), (?:at once|failures on (?P<days>\d{1,9}) days within (?P<window>\d{1,9}));"
    rf" ?(?P<proof>.*?){_AGAIN}",
    re.DOTALL,
)
_WISHED = re.compile(rf"the recipient (?P<wish>complained|asked to be taken off);.*?{_AGAIN}", re.DOTALL)
_DELIVERED = "a later mail was delivered; "
_PERSON = re.compile(r"(?:(?P<words>.*); )?by (?P<person>\S+) on the web pages", re.DOTALL)
_IMPORTED = re.compile(r"imported from (?P<file>.+?); by (?P<person>\S+) on the web pages", re.DOTALL)
_UNDONE = re.compile(r"undid the import of (?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d UTC)")
PASTED_LIST = "pasted addresses"
"""The name of a list that is no file."""
_WISHES = {
    "complained": "The recipient complained.",
    "asked to be taken off": "The recipient asked to be taken off.",
}


def cause_words(change: TrailRow | Suppression, language: Language) -> str:
    """Name the person or program that asked for *change*, or the report that led to it; empty where nothing is recorded."""
    if change.source is ChangeSource.IMPORT:
        return imported_words(change.why, language)
    if change.source is ChangeSource.PAGE:
        return _word_person(change.why, language)
    if change.source is ChangeSource.BOUNCE and (sentences := [*_word_report(change.why, language)]):
        return join_sentences(sentences, language)
    return capitalize(change.why)


def _word_person(why: str, language: Language) -> str:
    match = _PERSON.fullmatch(why)
    if match is None:
        return capitalize(why)
    person = language.say("By {person}.", person=match["person"])
    return f"{person} {_words(match['words'], language)}" if match["words"] else person


def _words(words: str, language: Language) -> str:
    """Word a person's reason; the pages write that of an undone import themselves."""
    if undone := _UNDONE.fullmatch(words):
        return language.say("The import of {moment} was undone.", moment=undone["moment"])
    return capitalize(words)


def imported_words(why: str, language: Language) -> str:
    """Name the file of an import, and the person."""
    match = _IMPORTED.fullmatch(why)
    if match is None:
        return capitalize(why)
    file = language.say(PASTED_LIST) if match["file"] == PASTED_LIST else match["file"]
    sentences = [language.say("Imported from {file}.", file=file)]
    if match["person"]:
        sentences.append(language.say("By {person}.", person=match["person"]))
    return join_sentences(sentences, language)


def _word_report(why: str, language: Language) -> Iterator[str]:
    """Word the effect of a report; nothing where the words are of no known form."""
    if why.startswith(_DELIVERED):
        yield language.say("A later mail was delivered.")
        return
    match = _FAILED.fullmatch(why) or _WISHED.fullmatch(why)
    if match is None:
        return
    facts = match.groupdict()
    if wish := facts.get("wish"):
        yield language.say(_WISHES[wish])
    elif facts["days"]:
        days, window = language.number(int(facts["days"])), language.number(int(facts["window"]))
        yield language.say("Mail failed on {days} different days within {window} days.", days=days, window=window)
    else:
        yield language.say("One believed failure of this kind is enough.")
    if proof := facts.get("proof"):
        yield language.say("{sentence}.", sentence=capitalize(translate_reason(proof, language)))
    if times := facts["times"]:
        number = 1 if times == "once" else int(times.split()[0])
        yield language.count(
            "It was suppressed {number} time before.", "It was suppressed {number} times before.", number
        )


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_WISHES.values(), PASTED_LIST)
