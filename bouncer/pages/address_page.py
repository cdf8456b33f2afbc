"""The page of an address: "why did jane not get it?" The answer in one sentence, then the whole story, each act with its undo."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bouncer.compose.language import Language
from bouncer.mail.letter import spell_id
from bouncer.manage.allowing import allow_addresses, disallow_addresses
from bouncer.manage.stories import AddressStory, stories
from bouncer.manage.suppressing import SuppressionOrder, release_addresses, suppress_addresses
from bouncer.pages.cause_words import cause_words
from bouncer.pages.neighbours import neighbours
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.wording import (
    BY_HAND,
    OutcomeWords,
    change_words,
    letter_of,
    reason_title,
    standing_words,
    tell,
    words_of_end,
)
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceRow
from bouncer.ports.sends import RegisteredMessage
from bouncer.ports.suppressions import TrailChange, TrailRow
from bouncer.web.parameter import MOMENT, TEXT, Parameter
from bouncer.web.problem import ProblemError

MOST_SHOWN = 30
"""Events of a story that are shown: with them the page stays below 60 kB. The lists have them all."""
MAX_REASON = 200
"""Characters of a reason that a person gives."""

ADDRESS = Parameter("address", TEXT, "the address", "jane@example.org")
ACCOUNT = Parameter("account", TEXT, "the account, for an operator", "acme")
WHY = Parameter("why", TEXT, "the reason, which the trail keeps", "asked by phone")


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """An event of a story: a report (*wording*), a change of the lists, or a *message* that was sent; *letter*: the report's id.

    *doubt* says what the newest report lacks where it is not proven.
    """

    at: dt.datetime
    words: str
    why: str
    letter: str | None
    wording: OutcomeWords | None = None
    row: BounceRow | None = None
    change: TrailRow | None = None
    message: RegisteredMessage | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class ShownStory:
    """The story of an address for one account, in words; *former* is the suppression that a person may put back."""

    story: AddressStory
    answer: str
    tone: str
    standing: Sequence[tuple[str, str | None]]  # each suppression in words, and the report that led to it
    events: Sequence[StoryEvent]
    is_cut: bool
    former: TrailRow | None


async def _address(visit: Visit) -> TemplatePage:
    address = requested_address(visit)
    told_stories = await stories(visit.store, visit.scope, address, visit.parameters["account"], now=visit.now)
    full = [story for story in told_stories if not story.is_empty]
    shown_stories = [shown_story(story, visit.language) for story in full or told_stories[:1]]
    values = {
        **dict.fromkeys(("address", "asked"), address),
        "stories": shown_stories,
        "is_known": bool(full),
        "beside": {
            shown.story.account: await neighbours(visit, shown.story.account, address) for shown in shown_stories
        },
        "day": _date_in_a_month,
    }
    return TemplatePage("address.html.j2", {**values, "names_account": visit.signed_in.account is None})


def requested_address(visit: Visit) -> str:
    """Give the address that a page is about. Raises ProblemError where none is named."""
    address = visit.parameters["address"]
    if address is None:
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    return str(address)


def _date_in_a_month(now: dt.datetime) -> str:
    return (now + dt.timedelta(days=30)).date().isoformat()


def shown_story(story: AddressStory, language: Language) -> ShownStory:
    """Put a story into words, its newest events first; the changes by a report precede the report."""
    reported = {row.letter_id: row.at for row in story.bounces}
    events = sorted(
        [
            *(_report(row, language, is_held=bool(story.suppressions)) for row in story.bounces),
            *(_change_event(row, language) for row in story.trail),
            *(_sent_event(row, language) for row in story.messages),
        ],
        key=lambda event: _place(event, reported),
        reverse=True,
    )
    answer, tone = _answer(story, language)
    return ShownStory(
        story,
        answer,
        tone,
        [(standing_words(suppression, language), letter_of(suppression)) for suppression in story.suppressions],
        _with_doubt(events[:MOST_SHOWN]),
        len(events) > MOST_SHOWN,
        _former_suppression(story),
    )


def _place(event: StoryEvent, reported: Mapping[int, dt.datetime]) -> tuple[dt.datetime, bool]:
    """Give an event's place in time; a change has the time of the report that led to it, if that was recorded a moment later."""
    if event.change is None:
        return event.at, False
    return max(event.at, reported.get(event.change.letter_id or 0, event.at)), True


def _answer(story: AddressStory, language: Language) -> tuple[str, str]:
    """Give the answer to "does mail go to it?", and its tone."""
    if story.allowed:
        return language.say("Mail goes to this address, whatever comes: it is on the allow-list."), "good"
    whole = [suppression for suppression in story.suppressions if not suppression.stream]
    for suppression in (*whole, *story.suppressions):
        until, reason = words_of_end(suppression.until, language), reason_title(suppression.reason, language)
        if suppression.stream:
            of_stream = language.say(
                "No mail of the stream {stream} goes to this address {until}: {reason}.",
                stream=suppression.stream,
                until=until,
                reason=reason,
            )
            return of_stream, "soft"
        return language.say("No mail goes to this address {until}: {reason}.", until=until, reason=reason), "hard"
    return _describe_going(story, language), "good"


def _describe_going(story: AddressStory, language: Language) -> str:
    """Give the answer for an address that mail goes to: what is known of it last."""
    if story.bounces:
        newest = story.bounces[0]
        title, date = tell(newest, language).title, language.date(newest.at)
        return language.say("Mail goes to this address. The last report, on {date}: {title}.", date=date, title=title)
    if story.trail:
        return language.say("Mail goes to this address: it was freed.")
    if story.messages:
        date = language.date(story.messages[0].at)
        return language.say(
            "Mail goes to this address. The last message was sent on {date}; nothing came back.", date=date
        )
    return language.say("Nothing is known of this address, so mail goes to it.")


def _report(row: BounceRow, language: Language, *, is_held: bool) -> StoryEvent:
    """Put a report into words; that the address is suppressed now, and gets no mail, is told only while it is so."""
    wording = tell(row, language)
    consequence = wording.consequence if is_held or not row.suppressed else ""
    return StoryEvent(row.at, wording.title, consequence, spell_id(row.letter_id), wording, row)


def _with_doubt(events: Sequence[StoryEvent]) -> Sequence[StoryEvent]:
    """Add the doubt to the newest report that is not proven: once, as a story may have very many of them."""
    doubted_event = next((event for event in events if event.wording and event.wording.doubt), None)
    doubt = doubted_event.wording.doubt if doubted_event and doubted_event.wording else ""
    return [replace(event, doubt=doubt) if event is doubted_event else event for event in events]


def _change_event(row: TrailRow, language: Language) -> StoryEvent:
    return StoryEvent(row.at, change_words(row, language), cause_words(row, language), letter_of(row), change=row)


def _sent_event(row: RegisteredMessage, language: Language) -> StoryEvent:
    return StoryEvent(row.at, language.say("A message was sent to it."), "", None, message=row)


def _former_suppression(story: AddressStory) -> TrailRow | None:
    """Give the suppression that the last change lifted; None where the last change was another."""
    newest_first = sorted(story.trail, key=lambda row: row.id, reverse=True)
    if story.suppressions or not newest_first or newest_first[0].change is not TrailChange.FREED:
        return None
    return next((row for row in newest_first if row.change is TrailChange.SUPPRESSED), None)


async def _free_address(visit: Visit) -> Elsewhere:
    address, by = requested_address(visit), visit.changed_by(_reason_of(visit))
    await release_addresses(visit.store, visit.scope, visit.account, [address], by=by, now=visit.now)
    return _back(visit, address)


async def _hold(visit: Visit) -> Elsewhere:
    address, until = requested_address(visit), visit.form["until"]
    if until is not None and until <= visit.now:
        raise ProblemError(422, visit.language.say("The end lies in the past."), parameter="until")
    order = SuppressionOrder(visit.form["reason"] or BY_HAND, until, (visit.form["stream"] or "").strip())
    by = visit.changed_by(_reason_of(visit))
    await suppress_addresses(visit.store, visit.scope, visit.account, [address], order, by=by, now=visit.now)
    return _back(visit, address)


async def _allow(visit: Visit) -> Elsewhere:
    address, by = requested_address(visit), visit.changed_by(None)
    why = _reason_of(visit) or ""
    await allow_addresses(visit.store, visit.scope, visit.account, [address], why=why, by=by, now=visit.now)
    return _back(visit, address)


async def _disallow(visit: Visit) -> Elsewhere:
    address, by = requested_address(visit), visit.changed_by(_reason_of(visit))
    await disallow_addresses(
        visit.store, visit.scope, visit.account, [visit.form["entry"] or address], by=by, now=visit.now
    )
    return _back(visit, address)


def _reason_of(visit: Visit) -> str | None:
    why = visit.form["why"]
    return why[:MAX_REASON] if why else None


def _back(visit: Visit, address: str) -> Elsewhere:
    return Elsewhere(link("/address", address=address, account=visit.parameters["account"]))


def _act(name: str, question: str, answer: Any, *form: Parameter) -> PageRoute:
    return PageRoute("POST", f"/address/{name}", question, Role.SUPPORT, answer, (ADDRESS, ACCOUNT), (WHY, *form))


ADDRESS_PAGES = (
    PageRoute("GET", "/address", "Why did jane not get it?", Role.SUPPORT, _address, (ADDRESS, ACCOUNT)),
    _act("free", "Let mail go to it again", _free_address),
    _act(
        "hold",
        "Stop mail to it",
        _hold,
        Parameter("reason", TEXT, "a word for the cause", "manual"),
        Parameter("until", MOMENT, "the end; none: until somebody frees it", "2026-12-24"),
        Parameter("stream", TEXT, "only mail of this stream", "news"),
    ),
    _act("allow", "Let nothing suppress it", _allow),
    _act("disallow", "Take it off the allow-list", _disallow, Parameter("entry", TEXT, "the entry", "@example.org")),
)
"""The pages of an address."""
