"""Whether words that say that something is not there assert it for good: without a condition, another cause, or an end.

"User unknown, or the message was refused by policy" leaves open which of the two it is; "no such user while the mailbox is
migrated" holds for now. The words of doubt and of time are of the languages that the rules know.
"""

import re
from collections.abc import Callable, Iterator

NEAR = 160
"""Characters before a phrase and from its beginning on in which such words stand: a sentence of a server."""
_ENDS = re.compile(r"[.!?] |[\u3002\uff01\uff1f]")
_OR = re.compile(
    r" (?:and/or|or|oder|ou|oppure|o|lub|albo|nebo|alebo|eller|tai|v\wi|или|либо|\u0430\u0431\u043e|veya|ya da|vagy|sau|ori|ή|είτε"
    r"|vai|arba|ali|ili|atau|hoặc|או|أو|یا|या) |, soit |"
    r"(?:または|もしくは|或者|或是|或(?=[^者是])|또는|거나|หรือ)|か、|(?<=[a-z])/(?=[a-z])"
)
"""What stands between two causes of which either may be the true one."""
_OR_DUTCH = re.compile(r" of (?=(?:de|het|uw|bericht|afzender|mail|er|deze|e-mail|geweigerd)\b)")
_EITHER = re.compile(
    r"\b(?:either|entweder|soit|o bien|antingen|enten|joko|albo|buď|либо|одно из двух|ya|fie|είτε|ofwel|hetzij)\b"
)
_CLAUSE_ENDS = re.compile(r"[;:] ")
_ADVICE = re.compile(
    r"(?:please |bitte )?(?:contact|see|visit|ask|try|call|check|use|go|write|reply|send|http|www|more|your (?:system )?admin)"
)
"""Begins what the reader may do, which is no cause."""
_HEDGE = re.compile(
    r"\b(?:perhaps|possibly|probably|presumably|maybe|whether|cannot tell|can't tell|not sure|it may be|could be that"
    r"|(?:may|might)(?: not (?:be|exist|have)| be (?:unknown|invalid|wrong|misspelled|closed|deleted|gone|that))"
    r"|(?<!check )(?<!see )if (?:the|this|that|your|such an?|no) (?:user|mailbox|account|recipient|address|domain)\b"
    r"|vielleicht|möglicherweise|vermutlich|wahrscheinlich|eventuell|\bob (?:de[rmn]|die|das|diese)"
    r"|peut-être|probablement|sans doute|quizás?|tal vez|posiblemente|probablemente|forse|probabilmente|talvez"
    r"|provavelmente|misschien|waarschijnlijk|wellicht|być może|prawdopodobnie|możliwe|možná|možno|pravděpodobně"
    r"|kanske|möjligen|måske|muligvis|kanskje|ehkä|mahdollisesti|(?<!не )может быть|возможно|вероятно|наверное|можливо"
    r"|мабуть|belki|muhtemelen|talán|valószínűleg|poate|probabil|ίσως|πιθανώς|mungkin|có thể)\b"
    r"|かもしれ|可能性|おそらく|(?<!不)可能(?!な|で|と)|也许|也許|아마|수도 있"
)
_FOR_NOW = re.compile(
    r"\b(?:right now|at (?:the|this) moment|at present|for (?:now|the moment|the time being|today)"
    r"|tomorrow|tonight|until (?:noon|\d|further|tomorrow|then|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next|it|they"
    r"|the|he|she|payment|paid|we|january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|between \d{1,2}[:.]\d\d|temporar(?:y|ily)|again later|try later|later today|next (?:day|week|month|monday)"
    r"|(?:not|isn't|hasn't been|wasn't)(?: been)?(?: \w{3,15})? yet|not yet|yet to be|pending|await(?:s|ing)|as long as"
    r"|(?:while|during|because|as|since|when) (?:\S{1,15} ){0,4}(?:moved|migrated|migrating|migration|rebuilt|restored"
    r"|upgraded?|maintained|maintenance|outage|down|offline|rebuild|repaired|moving|synchroni[sz]ed|renewed)"
    r"|(?:is|are|was) (?:just |still |now )?being (?:\w{3,15} )?(?:set up|created|moved|migrated|restored|opened|renewed"
    r"|rebuilt|prepared)"
    r"|(?:will|shall|to) be (?:\S{1,15} ){0,2}(?:again|open(?:ed)?|re-?opened|created|active|(?:re-?)?activated|available"
    r"|restored|enabled|unlocked|back|ready|moved|known|valid)|(?:is|are|were|was|has) created (?:in|on|at|every|each)"
    r"|(?:opens|starts|resumes|returns|works again|try again|retry|try) (?:again )?(?:on|at|in|after|from) "
    r"|for (?:the next )?(?:\d{1,3}|a few|some|several) (?:minutes|hours|days)"
    r"|(?:non-?|lack of |awaiting |un|missing |outstanding )(?:payment|paid)|(?:fee|bill|invoice|rent|subscription)s?"
    r" (?:was|is|were|are|has|have) (?:\w{2,6} ){0,2}(?:not|un|over|due|outstanding)|not (?:been )?paid"
    r"|(?:on|after|upon) (?:receipt|payment) of|after (?:the )?payment"
    r"|noch nicht|derzeit|momentan|vorübergehend|während (?:de[rs]|eines)|solange|demnächst|bis (?:die|der|das|zu[rm]?|\d)"
    r"|pas encore|pendant (?:la|le|les)|pour le moment|actuellement en cours|non-paiement|impay|rouvert"
    r"|aún no|todavía no|todavia no|durante (?:la|el|a|o|il)|falta de pago|impago|por el momento|reabiert"
    r"|non (?:\S{1,12} )?ancora|mancato pagamento|per il momento|riapert|ainda não|ainda nao|falta de pagamento|reabert"
    r"|nog niet|tijdens|tijdelijk|jeszcze nie|podczas|tymczasowo|ještě|během|dočasn|zatím|ešte|počas"
    r"|ännu inte|inte \S{0,12} ?ännu|ännu|under (?:migrer|flytt|underh)|tillfälligt|endnu ikke|ikke \S{0,12} ?endnu|ennå"
    r"|midlertidig|vielä|toistaiseksi|още не|ещ[её] не|пока не|на время|временно|ще не|поки|тимчасово|henüz|şimdilik"
    r"|geçici|taş\w?n\w?rken|még nem|egyelőre|átmenetileg|nu \S{1,12} încă|încă|deocamdată|ακόμ[αη]|προσωρινά|dar ne|vēl"
    r"|še ne|još n|још н|belum|chưa|עדיין|حاليا|بعد حتى|هنوز|अभी)"
    r"|まだ|移行中|一時的|準備中|尚未|还未|還未|还没|還沒|迁移|遷移|移轉|暂时|暫時|아직|이전 ?중|일시적|ยังไม่"
)
"""Words about how long it is so, or that it is to change: "no such mailbox until tonight"."""


def is_for_now(before: str, phrase: str) -> bool:
    """Whether the sentence around a phrase, *before* it and from its beginning on, tells a time, or a state that passes."""
    return _FOR_NOW.search(before + phrase) is not None


def is_open(before: str, phrase: str, names_other: Callable[[str], bool | None]) -> bool:
    """Whether the sentence around a phrase leaves open whether it holds: by a word of doubt, or by another cause beside it.

    *names_other* says of the words of another alternative whether they name a cause that is no absence; None where they name none.
    """
    sentence, at = _sentence(before, phrase)
    if _HEDGE.search(sentence):
        return True
    others = [names_other(piece) for piece in _others(sentence, at)]
    return any(others) or (None in others and _EITHER.search(sentence) is not None)


def _sentence(before: str, phrase: str) -> tuple[str, int]:
    """Give the sentence that a phrase begins in, and where in it."""
    begin = max((end.end() for end in _ENDS.finditer(before)), default=0)
    end = _ENDS.search(phrase)
    rest = phrase[: end.start()] if end else phrase
    return before[begin:] + rest, len(before) - begin


def _others(sentence: str, at: int) -> Iterator[str]:
    """Give the alternatives right before and right after the one that the phrase at *at* is; none beyond another clause."""
    joints = [(joint.start(), joint.end()) for joint in (*_OR.finditer(sentence), *_OR_DUTCH.finditer(sentence))]
    before = max((joint for joint in joints if joint[1] <= at + 1), default=None)
    after = min((joint for joint in joints if joint[0] > at), default=None)
    if before and not _CLAUSE_ENDS.search(sentence, before[1], at):
        yield _CLAUSE_ENDS.split(sentence[: before[0]].rstrip(";, "))[-1]
    if after and not _CLAUSE_ENDS.search(sentence[at : after[0]].rstrip(";, ")):
        piece = sentence[after[1] :].lstrip()
        if not _ADVICE.match(piece):
            yield _CLAUSE_ENDS.split(piece)[0]
