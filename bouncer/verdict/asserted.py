"""Whether words for an absence assert it for good: without a condition, another possible cause, or an end.

"User unknown, or the message was refused by policy" leaves open which of the two is true; "no such user while the mailbox is
migrated" holds for now. The words of doubt and of time are in the languages of the rules.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from bouncer.verdict.hedges.doubt import DOUBT
from bouncer.verdict.hedges.for_now import FOR_NOW
from bouncer.verdict.hedges.other_causes import OTHER_CAUSE
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules import needs
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason
from bouncer.verdict.words import AnswerText

NEAR = 160
"""Characters before a phrase, and from its beginning on, that are searched for words of doubt or time: a server's sentence."""
_ENDS = re.compile(r"[.!?] |[\u3002\uff01\uff1f]")
_OR = re.compile(
    r" (?:and/or|or|oder|ou|oppure|o|lub|albo|nebo|alebo|eller|tai|v\wi|или|либо|\u0430\u0431\u043e|veya|ya da|vagy|sau|ori|ή|είτε"
    r"|vai|arba|ali|ili|atau|hoặc|או|أو|یا|या) |, soit |"
    r"(?:または|もしくは|或者|或是|或(?=[^者是])|또는|거나|หรือ)|か、|(?<=[a-z])/(?!aaaa\b|mx\b)(?=[a-z])"
)
"""Words between two causes, either of which may be the true one."""
_JOINTS = frozenset(
    {
        "or",
        "and/or",
        "oder",
        "ou",
        "oppure",
        "o",
        "lub",
        "albo",
        "nebo",
        "alebo",
        "eller",
        "tai",
        "sau",
        "ori",
        "vai",
        "arba",
    }
    | {"ali", "ili", "atau", "veya", "vagy", "of", "soit"}
)
"""The words of ``_OR`` in ASCII, and the mark that replaces the others."""
_OR_DUTCH = re.compile(r" of (?=(?:de|het|uw|bericht|afzender|mail|er|deze|e-mail|geweigerd)\b)")
_EITHER = re.compile(
    r"\b(?:either|entweder|soit|o bien|antingen|enten|joko|albo|buď|либо|одно из двух|ya|fie|είτε|ofwel|hetzij)\b"
)
_CLAUSE_ENDS = re.compile(r"[;:] | <<< ")
_ADVICE = re.compile(
    r"(?:please |bitte )?(?:contact|see|visit|ask|try|call|check|use|go|write|reply|send|http|www|more|your (?:system )?admin)"
)
"""Words that begin advice to the reader, which is no cause."""


_BEGINS_ADVICE = re.compile(
    r"([a-z]{2,20}[)>\]\"']{0,2}) ((?:If|When|Should|Please|Check|Note|Hint|Wenn|Falls|Sollten?|Bitte|Prüfen|Überprüfen|Hinweis"
    r"|Si|Vérifiez|Veuillez|Compruebe|Verifique|Verificare|Se|Als|Indien|Controleer|Jeśli|Proszę|Sprawdź|Om|Hvis|Eğer"
    r"|Kullan\u0131c\u0131|Если|Проверьте)\b|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
"""A word in lower case, and after it the capital of a sentence of advice, or the first sign of another script."""
_LOOKS = ("(?<", "(?!")
"""Beginnings of patterns that are look-arounds: such a beginning does not show whether the pattern starts with a word."""


def index_of(signs: Iterable[str]) -> Lexicon:
    """Make an index of *signs*, each of which begins a word, but in scripts without blanks."""
    return Lexicon([Rule("hedge", Reason.UNKNOWN, "words of doubt and of time", tuple(map(_begin_at_word, signs)))])


def _begin_at_word(sign: str) -> str:
    return rf"\b{sign}" if sign.startswith(_LOOKS) and max(sign) < needs.CJK else sign


@cache
def any_sign() -> Lexicon:
    """Make the index of all signs at its first use: with one search, it shows that most answers have no sign."""
    return index_of((*DOUBT, *FOR_NOW, *OTHER_CAUSE))


@cache
def _doubt() -> Lexicon:
    """Index the words of doubt at their first use; few letters need them. The next functions do the same."""
    return index_of(DOUBT)


@cache
def _lexicon_of_now() -> Lexicon:
    return index_of(FOR_NOW)


@cache
def _other_cause() -> Lexicon:
    return index_of(OTHER_CAUSE)


def _says_sign(signs: Lexicon, text: str) -> bool:
    return signs.find(AnswerText((), (), text)) is not None


_LINK = re.compile(r"https?://[^\s()<>\"']{1,300}")
_ASIDE = re.compile(r"https?://\S{1,160}|\([^()]{0,160}(?:\)|$)|\[[^\[\]]{0,160}(?:\]|$)")
"""A link, or text in brackets, which is about something else than the clause around it."""
_CLOSES = re.compile(r"[)\]]|[;!?|] ")
_CLAUSE_BEGINS = re.compile(r"[;:!?|] |, (?=(?:so|but|and|which|because)\b)| because |<--|-->|---|<<<|>>>")
_CLAUSE_STOPS = re.compile(r"[;!?|] |<--|-->|---|<<<|>>>| (?:because|so|and so|but) |, (?=(?:so|but|please|check)\b)")


def is_plain(words: AnswerText) -> bool:
    """Whether *words* name no alternative and are undoubted (``is_undoubted``): then no clause needs to be examined."""
    text = words.text
    joined = not _JOINTS.isdisjoint(text.split()) or "/" in text or not text.isascii()
    return not joined and is_undoubted(words)


def is_undoubted(words: AnswerText) -> bool:
    """Whether *words* have no word of doubt, of time or of another cause anywhere."""
    return any_sign().find(words) is None


def is_for_now(before: str, phrase: str) -> bool:
    """Whether the sentence around a phrase (the text *before* it, and from its beginning on) names a time or a passing state."""
    return _says_sign(_lexicon_of_now(), before + phrase)


def is_open(before: str, phrase: str, names_other: Callable[[str], bool | None]) -> bool:
    """Whether the sentence around a phrase leaves open whether it holds: by a word of doubt, or by another cause beside it.

    *names_other* tells of an alternative's words whether they name a cause other than an absence; None where they name no cause.
    """
    sentence, at = _sentence(before, phrase)
    if "://" in sentence:
        sentence = _LINK.sub(lambda link: " " * len(link[0]), sentence)
    if _says_sign(_doubt(), sentence) or _says_sign(_other_cause(), _clause(sentence, at)):
        return True
    others = [names_other(piece) for piece in _alternatives(sentence, at)]
    return any(others) or (None in others and _EITHER.search(sentence) is not None)


def end_before_advice(phrase: str, original: str) -> str:
    """Give *phrase* with a full stop before advice that began on its own line: "no such mailbox | If the user is unknown, ...".

    *phrase* is searched text, in lower case; the capitals of the *original* text show where a sentence begins.
    """
    for advice in _BEGINS_ADVICE.finditer(original):
        joint = f"{advice[1]} {advice[2]}".lower()
        if joint in phrase:
            return phrase.replace(joint, f"{advice[1]}. {advice[2]}".lower(), 1)
    return phrase


def _sentence(before: str, phrase: str) -> tuple[str, int]:
    """Give the sentence that contains the beginning of a phrase, and the phrase's index in it."""
    begin = max((end.end() for end in _ENDS.finditer(before)), default=0)
    end = _ENDS.search(phrase)
    first_sentence = phrase[: end.start() + 1] if end else phrase
    return before[begin:] + first_sentence, len(before) - begin


def split_around(before: str, phrase: str) -> tuple[str, str]:
    """Give the sentence around a phrase in two halves: what is before the phrase, and the phrase with what follows."""
    sentence, at = _sentence(before, phrase)
    return sentence[:at], sentence[at:]


def _clause(sentence: str, at: int) -> str:
    """Give the clause of *sentence* that contains the phrase at index *at*, without asides; of an aside, only what is in it."""
    bracket_at = max(sentence.rfind(bracket, 0, at + 1) for bracket in "([")
    is_aside = bracket_at > max(sentence.rfind(bracket, 0, at + 1) for bracket in ")]")
    begin = max((end.end() for end in _CLAUSE_BEGINS.finditer(sentence, 0, at + 1)), default=0)
    stop = (_CLOSES if is_aside else _CLAUSE_STOPS).search(sentence, at + 1)
    return _ASIDE.sub(
        " ", sentence[max(begin, bracket_at + 1 if is_aside else 0) : stop.start() if stop else len(sentence)]
    )


def _alternatives(sentence: str, at: int) -> Iterator[str]:
    """Give the alternatives right before and after the one with the phrase at index *at*, within its clause."""
    joints = [(joint.start(), joint.end()) for joint in (*_OR.finditer(sentence), *_OR_DUTCH.finditer(sentence))]
    before = max((joint for joint in joints if joint[1] <= at + 1), default=None)
    after = min((joint for joint in joints if joint[0] > at), default=None)
    if before and not _CLAUSE_ENDS.search(sentence, before[1], at):
        yield _CLAUSE_ENDS.split(sentence[: before[0]].rstrip(";, "))[-1]
    if after and not _CLAUSE_ENDS.search(sentence[at : after[0]].rstrip(";, ")):
        piece = sentence[after[1] :].lstrip()
        if not _ADVICE.match(piece):
            yield _CLAUSE_ENDS.split(piece)[0]
