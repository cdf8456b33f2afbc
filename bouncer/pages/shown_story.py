"""The story of an address in words: the answer in one sentence, and its events, newest first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bouncer.compose.language import Language
from bouncer.mail.letter import spell_id
from bouncer.manage.stories import AddressStory
from bouncer.pages.cause_words import cause_words
from bouncer.pages.wording import (
    OutcomeWords,
    change_words,
    letter_of,
    reason_title,
    standing_words,
    tell,
    words_of_end,
)
from bouncer.ports.letters import BounceRow
from bouncer.ports.sends import RegisteredMessage
from bouncer.ports.suppressions import TrailChange, TrailRow

MOST_SHOWN = 30
"""Events of a story that are shown: with them the page stays below 60 kB. The lists have them all."""


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
