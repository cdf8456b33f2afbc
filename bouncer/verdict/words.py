"""A server's words, prepared for searching, and the lines that contain them.

Text is searched in lower case, with single blanks, with "@" in place of every mail address (an address is no evidence:
quota@example.net), and with a reply's codes on the first of its lines only, so that a phrase may continue on the next line
(RFC 5321 section 4.2.1: "550-5.1.1 The account does", "550 5.1.1 not exist").
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import NamedTuple

from bouncer.ndr import phrases
from bouncer.verdict.frames import without_examples, without_frames

MAX_TEXT = 4_000
"""Characters of a server's words that are searched; replies of RFC 5321 have 512 octets a line, real ones few lines."""
MAX_LINES = 60
"""Lines of a server's words that are searched: a transcript of several attempts fits."""
MAX_EVIDENCE = 300
"""Characters kept of the deciding line: pages and mails show them."""

# The expression begins with a digit and looks back from there, so that the engine can skip to the few digits of a text.
_UNFINISHED = re.compile(r"([245](?<!\w[245])\d\d)-([245]\.\d{1,3}\.\d{1,3}\b)?")
_ASIDE = re.compile(
    r"(?<!unavailable )(?<!rejected )(?<!refused )(?<!denied )(?<!failed )\((?:[^()\s]{1,60} ){3,40}[^()\s]{1,60}\)"
)
"""Four words or more in brackets; fewer mostly name the cause ("(high spam score)"), and so do those after a bare refusal."""
_WRAPPER = re.compile(
    r"remote server returned [^\n>]{0,100}-> ?|^(?:smtp; ?)?[45]\.\d\.\d - [^'\n]{1,60} (?:(?=[45]\d\d[- ]?')|\('(?=[45]\d\d'))",
    re.IGNORECASE,
)
"""Wrappers of Microsoft 365 and Cisco's gateways, which quote another server's answer; their own words never vary."""
_CAUSES = re.compile(
    r"\b(?:possible|probable|likely|common|usual|typical|potential|m.gliche|causes? possible|posibles?"
    r"|possibil[ie]|mogelijke|mo.liwe)"
    r" (?:\w{1,15} ){0,2}(?:causes?|reasons?|explanations?|ursachen?|gr.nde|raisons?|causas?|razones"
    r"|motiv[ioe]|oorzaken|redenen|przyczyny)\b"
    r"[^.\n]{0,300}[,;][^.\n]{0,200}\b(?:or|oder|ou|o|of|lub|and|und|et|y|e|en)\b[^.\n]{0,200}",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:possible|probable|likely|common|usual|typical|potential|several|various|frequent|following|m.gliche|mehrere"
    r"|h.ufige|possibles?|posibles?|possibil[ie]|poss.veis|mogelijke|mo.liwe|возможные)"
    r" (?:\w{1,15} ){0,3}(?:causes?|reasons?|explanations?|ursachen?|gr.nde|raisons?|causas?|razones|motiv[ioe]s?|oorzaken"
    r"|redenen|przyczyny|причины)\b[^.\n:]{0,40}: ?(?:1[.)]|a\)|[-*\u2022\u2013]) [^\n]{0,600}",
    re.IGNORECASE,
)
"""Possible causes as a numbered list, or with a bullet before each item."""
_HEDGED = re.compile(r"[^.;:\n]{0,200}\b(?:may|might)\b[^.;:\n]{0,120}\b(?:may|might)\b[^.;:\n]{0,200}", re.IGNORECASE)
"""A list of possible causes proves none of them."""
_FAILED_AS = re.compile(
    r"\b(?:may|might|could) (?:have (?:failed|been \w{3,20})|be \w{3,20}) (?:as|because|since|for)\b"
    r"[^.;:\n]{0,120},[^.;:\n]{0,120},? or\b[^.;:\n]{0,120}",
    re.IGNORECASE,
)
"""A list of causes behind one "may": "as the box is unknown, is full, or your host is listed"."""
_CAUSE = (
    "auses",
    "easons",
    "rsachen",
    "ründe",
    "aisons",
    "ausas",
    "azones",
    "otivi",
    "otivos",
    "orzaken",
    "edenen",
    "zyczyny",
    "ричины",
)
"""A list of possible causes contains one of these words, in either case."""
_CLAUSE = re.compile(r"[^.;:\n]+")
_HEDGE = re.compile(r"\b(?:may|might)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"(?<=[.!?] )(?:if|should|wenn|falls|sollten|si|se|als|indien|je.li|если|якщо|hvis|om|ha) (?:[^.!?]|[.!?](?! |$)){0,400}"
)
"""A sentence of advice: it does not say that the matter is so."""
_MAY_BEGIN = re.compile(r"[.!?] (?:if|should|wenn|falls|sollten|si|se|als|indien|je.li|если|якщо|hvis|om|ha) ")
_PATH = re.compile(r"https?://[^\s/]{1,255}(/\S{0,300})")
_LINK = re.compile(r"https?://\S{1,300}")
_TURN = re.compile(r" (?=(?:<--|-->|<<<|>>>|--- ?[A-Z]))")
"""Before each turn of a transcript whose lines were joined: a turn names the sender, another one refuses the recipient."""
_QMAIL = re.compile(
    r"\b(?:does not like recipient|Connected to [\w.:\[\]-]{1,80} but recipient was rejected)\.(?: Remote host said:)?"
    r"|\bRemote host said:|\bGiving up on [\w.:\[\]-]{1,80}"
)
"""The frame in which qmail sets a server's answer, often in one line with it."""
_VERDICT_OF_OWN = re.compile(
    r"(?:(?<=\.\.\. )(?:remote protocol error|service unavailable)|(?<!<<< )554 5\.0\.0 service unavailable)\b",
    re.IGNORECASE,
)
"""Sendmail's own words below the answer of another server ("<<<"): they name no cause, and the answer does."""
_LABEL_CELL = re.compile(r"^([^\W\d_]{3,20}(?: [^\W\d_]{2,20}){0,2})[ ]?\t[ \t]*+(?=[^\W\d_])", re.MULTILINE)
"""The first cell of a table's row, which tells what the next one is: "Problem<tab>The mailbox was not found"."""
_CAPITALS = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]{1,19}(?:[-_][A-Z]{2,20}){1,6}\b")
_JOINS_CAPITALS = re.compile(r"[-_][A-Z]{2}")
"""Words in capitals are searched only where this matches: the engine skips to the few signs of a text."""
_ALPHABETS_MEET = re.compile(
    r"(?<=[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Za-z])"
    r"|(?<=[A-Za-z])(?=[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
"""Where a script without blanks and Latin letters meet: a word begins or ends there."""
_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=/~&$!#%*?^{|}'-]{1,200}+@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}")


class AnswerText(NamedTuple):
    """One source of a server's words: its original lines, and its text for searching."""

    lines: tuple[str, ...]
    searched: tuple[str, ...]
    text: str  # all lines joined, for phrases that a server broke over several

    @classmethod
    def of(cls, raw: Iterable[str]) -> "AnswerText":
        """Prepare *raw* lines, as many as the limits above allow."""
        whole = join_bounded(raw)
        if "\t" in whole:
            whole = _LABEL_CELL.sub(r"\1: ", whole)
        if "<--" in whole or "<<<" in whole:
            whole = _TURN.sub("\n", whole)
        lines = tuple(
            [" ".join(line.split()) for line in whole.splitlines()[:MAX_LINES] if line and not line.isspace()]
        )
        searched = tuple([without_addresses(line) for line in _once_coded(_clean_lines(lines, whole), whole)])
        text = " ".join(searched)
        return cls(lines, searched, text)

    def without_aside(self, offset: int) -> "AnswerText | None":
        """Remove all asides in brackets, "user unknown (earlier tries were deferred)"; None if *offset* is in none."""
        if self.text.rfind("(", 0, offset) <= self.text.rfind(")", 0, offset):
            return None
        searched = tuple([_ASIDE.sub(lambda aside: " " * len(aside[0]), line) for line in self.searched])
        text = " ".join(searched)
        return None if text == self.text else AnswerText(self.lines, searched, text)

    def without_condition(self, offset: int) -> "AnswerText | None":
        """Remove sentences that begin with "if", where *offset* is in one: "If you think that you are blocked, ..."; else None."""
        if not _MAY_BEGIN.search(self.text):
            return None
        if not any(condition.start() <= offset < condition.end() for condition in _CONDITION.finditer(self.text)):
            return None
        text = _CONDITION.sub(lambda condition: " " * len(condition[0]), self.text)
        return AnswerText(self.lines, self._cut_alike(text), text)

    def without_link(self, offset: int) -> "AnswerText | None":
        """Remove the paths of links, where *offset* is in one: "http://example.org/policy/spam.html"; else None."""
        if "://" not in self.text or not any(
            path.start(1) <= offset < path.end() for path in _PATH.finditer(self.text)
        ):
            return None
        text = _PATH.sub(lambda link: link[0][: link.start(1) - link.start()].ljust(len(link[0])), self.text)
        return AnswerText(self.lines, self._cut_alike(text), text)

    def _cut_alike(self, text: str) -> tuple[str, ...]:
        """Split *text* into lines where the searched text, which is as long, has its line ends."""
        ends = list(accumulate(len(line) + 1 for line in self.searched))
        return tuple(text[end - len(line) - 1 : end - 1] for line, end in zip(self.searched, ends, strict=True))

    def without_links(self) -> "AnswerText":
        """Remove links: the words in one are no evidence."""
        return AnswerText.of(_LINK.sub(" ", line) for line in self.lines) if "://" in self.text else self

    def addresses(self) -> list[str]:
        """Give the addresses that stand as "@" in the searched text, in order."""
        return [address[0] for line in self.lines for address in _ADDRESS.finditer(line)]

    def line_at(self, offset: int) -> str:
        """Give the original line for the *offset* in the searched text."""
        for line, searched in zip(self.lines, self.searched, strict=True):
            if offset <= len(searched):
                return cut(line, offset)
            offset -= len(searched) + 1
        return ""


def _once_coded(lines: Iterable[str], whole: str) -> Iterable[str]:
    """Give *lines* in lower case, with the codes of a multiline reply on the first of its lines only."""
    lower_lines = [line.lower().replace("\u2019", "'").replace("i\u0307", "i") for line in lines]
    unfinished = _UNFINISHED.search(whole)
    return lower_lines if unfinished is None else _without_repeats(lower_lines, unfinished)


def _without_repeats(lower_lines: Iterable[str], unfinished: re.Match[str]) -> Iterator[str]:
    code, status = unfinished[1], unfinished[2]
    again = (f"{code}-{status} ", f"{code} {status} ", f"{code}-") if status else (f"{code}-",)
    is_past_first = False
    for line in lower_lines:
        before, first, rest = ("", "", line) if is_past_first else line.partition(unfinished[0])
        for prefix in again:
            rest = rest.replace(prefix, "")
        rest = rest.replace(f" {code} ", " ") if not status else rest
        is_past_first = is_past_first or bool(first)
        yield before + first + rest


def without_addresses(line: str) -> str:
    """Replace every mail address in *line* with "@": the words in an address are no evidence."""
    sign = line.find("@")
    if sign < 0:
        return line
    begin = line.rfind(" ", 0, sign) + 1  # the first word with the sign; the words before it hold no address
    return line[:begin] + _ADDRESS.sub("@", line[begin:]).replace("{@}", "@")


def unwrap(answer: str) -> str:
    """Give the answer that a wrapper quotes; *answer* itself where it is no wrapper."""
    return _WRAPPER.split(answer)[-1] if "->" in answer or " - " in answer else answer


def _clean_lines(lines: tuple[str, ...], whole: str) -> Iterable[str]:
    """Remove text without meaning from *lines*, and split words in capitals: ``ACCOUNT-CLOSED``."""
    lines = without_frames(without_idle_words(without_examples(lines, whole)), whole)
    if "iving up on " in whole:
        lines = tuple([_QMAIL.sub(" ", line) for line in lines])
    if _JOINS_CAPITALS.search(whole) and not whole.isupper():
        lines = tuple([_CAPITALS.sub(_blank, line) for line in lines])
    return lines if whole.isascii() else tuple([_ALPHABETS_MEET.sub(" ", line) for line in lines])


def without_idle_words(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Remove lists of possible causes from *lines*, and Sendmail's own words behind another server's answer."""
    whole = " ".join(lines)
    if "<<<" in whole:
        lines = tuple([_VERDICT_OF_OWN.sub(" ", line) if "<<<" in line else line for line in lines])
    if " may " in whole or " might " in whole:
        lines = tuple([_FAILED_AS.sub(" ", _without_hedges(line)) for line in lines])
    if phrases.contains_any(_CAUSE, whole):
        lines = tuple([_CAUSES.sub(" ", _LISTED.sub(" ", line)) for line in lines])
    return lines


def _without_hedges(line: str) -> str:
    """Remove such lists from each clause: a list is inside one, and the search for it is expensive."""
    return _CLAUSE.sub(_without_hedge, line) if len(_HEDGE.findall(line)) > 1 else line


def _without_hedge(clause: re.Match[str]) -> str:
    words = clause[0]
    if len(_HEDGE.findall(words)) < 2:  # noqa: PLR2004 -- a single "may" makes no list
        return words
    return _HEDGED.sub(lambda causes: causes[0] if "permission" in causes[0] else " ", words)


def _blank(joined: re.Match[str]) -> str:
    return joined[0].replace("-", " ").replace("_", " ")


def join_bounded(raw: Iterable[str]) -> str:
    """Join *raw* lines, as many as the limits allow."""
    return "\n".join(line[:MAX_TEXT] for line in islice(raw, MAX_LINES))[:MAX_TEXT]


def cut(line: str, offset: int) -> str:
    """Give MAX_EVIDENCE characters of *line* around *offset*."""
    begin = max(0, min(offset - MAX_EVIDENCE // 4, len(line) - MAX_EVIDENCE))
    return line[begin : begin + MAX_EVIDENCE]
