"""Teach: a letter that nobody could read becomes a rule of this installation, which is tried before it is kept."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bouncer.compose.language import Language
from bouncer.compose.sentences import capitalize
from bouncer.errors import Conflict, InvalidValue, ReaderError
from bouncer.mail.letter import spell_id
from bouncer.manage import teaching
from bouncer.manage.rereading import NOTHING, RecipientReading, VerdictChange
from bouncer.manage.rule_rows import RuleRow, row_of_kept, row_of_rule
from bouncer.ndr import addresses
from bouncer.ndr.reading import Action
from bouncer.ndr.taught_form import MOST_LINES, Outline, RecipientPlace
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.report_page import LETTER
from bouncer.pages.wording import belief_label, category_label, reason_title
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.verdict.teaching import Marks
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.parameter import FLAG, NUMBER, TEXT, Parameter, word_of
from bouncer.web.problem import ProblemError

MOST_LINES_SHOWN = 30
"""Lines of the letter that are shown, each with its choices: with each character of them escaped the page stays below 60 kB."""
MOST_SHOWN = 20
"""Outcomes of a trial that are shown; the sentence above them has the number of all."""

_REFUSALS = (
    "it cannot be opened",
    "it is read already",
    "it says that mail was delivered",
    "a person answers",
    "it came from somebody's own address, and reports come with the null reverse-path",
    "it says that a mailbox of its own reader has mail waiting, and wants a click",
    "a program or an archive is attached, as no mail system does",
    "mail of a list or newsletter",
    "a report about DMARC or TLS",
    "a digest of a filter, a log or a queue",
)
"""The beginnings of the reasons for which a letter makes no rule, as the reader gives them."""

RULE = Parameter("rule_id", TEXT, "the id of a rule", "5f0c1f3d9a", where="path")
_MARKS = (
    Parameter("says", NUMBER, "the line that says what happened", "2"),
    Parameter("names", TEXT, "the line that names the recipient, or only, or path", "2"),
    Parameter("reason", word_of(Reason), "what it means", "invalid-recipient"),
    Parameter("late", FLAG, "whether the server still tries", "true"),
    Parameter("host", FLAG, "whether only letters from this domain are known", "true"),
)


@dataclass(frozen=True, slots=True)
class TeachableLine:
    """A line of the letter; *names*: it has an address that may be the recipient's."""

    number: int
    text: str
    names: bool


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with its reason in words."""

    row: RuleRow
    reason: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """The reading that a rule would give for a recipient of a letter, in words, beside the recorded reading."""

    letter: str
    recipient: str
    before: str
    now: str


@asynccontextmanager
async def _reading(visit: Visit) -> AsyncIterator[teaching.TaughtReader]:
    """Open a reading process, one for all requests together. Raises Conflict while another one reads, ProblemError without any."""
    if visit.host.rereading.locked():
        raise Conflict(visit.language.say("Letters are being read again just now: wait a moment, then try again."))
    async with visit.host.rereading:
        try:
            async with visit.host.read_taught() as reader:
                yield reader
        except ReaderError:
            raise ProblemError(503, visit.language.say("Letters cannot be read now.")) from None


async def _lines(visit: Visit) -> TemplatePage:
    number = visit.parameters["letter_id"]
    async with _reading(visit) as reader:
        outline = await teaching.outline_of(visit.store, visit.scope, reader, number)
    reasons = [
        (category_label(category, visit.language), _reasons_of(category, visit.language)) for category in Category
    ]
    values = {"id": spell_id(number), "lines": _shown_lines(outline), "reasons": reasons}
    return TemplatePage(
        "teach.html.j2",
        {
            **values,
            "refusal": _refusal(outline.refusal, visit.language),
            "host": outline.sender_host,
            "path_names": outline.path_names,
        },
    )


def _refusal(refusal: str | None, language: Language) -> str:
    """Put the reason why no rule can read a letter into words; empty where one can."""
    known_refusal = next((text for text in _REFUSALS if refusal and refusal.startswith(text)), None)
    return language.say(known_refusal) if known_refusal else refusal or ""


def _shown_lines(outline: Outline) -> list[TeachableLine]:
    return [
        TeachableLine(number, line, any(address.lower() not in outline.own for address in addresses.find(line)))
        for number, line in enumerate(outline.lines[:MOST_LINES_SHOWN])
    ]


def _reasons_of(category: Category, language: Language) -> list[tuple[str, str]]:
    return [(reason.value, reason_title(reason.value, language)) for reason in Reason if reason.category is category]


async def _try(visit: Visit) -> TemplatePage:
    number, marks = visit.parameters["letter_id"], _marks(visit)
    async with _reading(visit) as reader:
        rule = await _propose_rule(visit, reader, marks)
        trial = await teaching.try_rule(visit.store, visit.scope, reader, rule, letter_id=number, now=lambda: visit.now)
    values = {
        "id": spell_id(number),
        "shown": ShownRule(row_of_rule(rule), reason_title(rule.reason.value, visit.language)),
        "trial": trial,
        "changes": _changes(trial.unread, visit.language),
        "others": _changes(trial.others, visit.language),
        "marks": _fields_of(visit),
    }
    return TemplatePage("teach-trial.html.j2", values)


def _changes(changes: Sequence[VerdictChange], language: Language) -> list[ShownChange]:
    """Put the changes of recipients into words, without the change of the letter itself, which is always that it is read."""
    of_recipients = [change for change in changes if change.recipient != NOTHING]
    return [
        ShownChange(
            change.letter,
            change.recipient,
            *(_reading_words(RecipientReading.parse(words), language) for words in (change.before, change.now)),
        )
        for change in of_recipients[:MOST_SHOWN]
    ]


def _reading_words(outcome: RecipientReading | None, language: Language) -> str:
    if outcome is None:
        return language.say("no report")
    is_late = outcome.action == Action.DELAYED
    reason = capitalize(reason_title(outcome.reason, language)) if outcome.reason else ""
    late = language.say("The server still tries: nothing has failed yet") if is_late else ""
    words = (reason, late, outcome.status, belief_label(Belief(outcome.belief), language))
    return " · ".join(word for word in words if word)


def _marks(visit: Visit) -> Marks:
    """Give the marks of the form. Raises ProblemError for a choice that was not made."""
    form = visit.form
    names = form["names"] or ""
    if form["says"] is None or form["reason"] is None or (names not in _PLACES and not _is_line(names)):
        raise ProblemError(422, visit.language.say("Choose a line for each question, and a reason."))
    return Marks(
        (form["says"],),
        int(names) if _is_line(names) else None,
        form["reason"],
        _PLACES.get(names, RecipientPlace.LINE),
        is_delay=bool(form["late"]),
        with_host=bool(form["host"]),
    )


_PLACES: Mapping[str, RecipientPlace] = {
    place.value: place for place in RecipientPlace if place is not RecipientPlace.LINE
}


def _is_line(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MOST_LINES))


def _fields_of(visit: Visit) -> list[tuple[str, str]]:
    """Give the choices again, for the form that keeps the rule."""
    texts = {name: visit.form[name] for name in ("says", "names", "reason")}
    flags = {name: "true" for name in ("late", "host") if visit.form[name]}
    return [(name, str(value)) for name, value in (texts | flags).items()]


async def _propose_rule(visit: Visit, reader: teaching.TaughtReader, marks: Marks) -> Any:
    try:
        return await teaching.proposed_rule(visit.store, visit.scope, reader, visit.parameters["letter_id"], marks)
    except InvalidValue as error:
        if error.field in ("says", "names"):
            sentence = visit.language.say(
                "Of this line no rule can be made: take one that has words of its own, and one address at most."
            )
            raise ProblemError(422, sentence, parameter=error.field) from None
        raise


async def _keep_rule(visit: Visit) -> Elsewhere:
    number, marks, person = visit.parameters["letter_id"], _marks(visit), visit.signed_in.person
    async with _reading(visit) as reader:
        rule = await _propose_rule(visit, reader, marks)
        await teaching.keep_rule(
            visit.store, visit.scope, reader, rule, by=person, letter_id=number, now=lambda: visit.now
        )
    return Elsewhere("/rules")


async def _rules(visit: Visit) -> TemplatePage:
    entries = reversed(await teaching.list_rules(visit.store, visit.scope))
    rows = [ShownRule(row_of_kept(entry), reason_title(entry.rule.reason.value, visit.language)) for entry in entries]
    return TemplatePage("rules.html.j2", {"rows": rows})


async def _remove(visit: Visit) -> Elsewhere:
    async with _reading(visit) as reader:
        await teaching.remove_rule(visit.store, visit.scope, reader, visit.parameters["rule_id"], now=lambda: visit.now)
    return Elsewhere("/rules")


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return _REFUSALS


TEACH_PAGES = (
    PageRoute("GET", "/unread/{letter_id}/teach", "Which line says what?", Role.OPERATOR, _lines, (LETTER,)),
    PageRoute("POST", "/unread/{letter_id}/teach", "What would the rule read?", Role.OPERATOR, _try, (LETTER,), _MARKS),
    PageRoute("POST", "/unread/{letter_id}/rule", "Keep the rule", Role.OPERATOR, _keep_rule, (LETTER,), _MARKS),
    PageRoute("GET", "/rules", "What was the reader taught here?", Role.OPERATOR, _rules),
    PageRoute("POST", "/rules/{rule_id}/remove", "Remove a rule", Role.OPERATOR, _remove, (RULE,)),
)
"""The pages by which the reader is taught."""
