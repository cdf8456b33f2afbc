"""The story of an address in words: its reports, how far they were believed, their consequences, and the present state."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bouncer.mail.letter import spell_id
from bouncer.manage.stories import AddressStory
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.ladder import OF_THE_MESSAGE, count_and_window, rule_for
from bouncer.policy.records import Belief, Effect
from bouncer.ports.letters import BounceRow
from bouncer.ports.sends import RegisteredMessage
from bouncer.ports.suppressions import TrailChange, TrailRow
from bouncer.verdict.verdict import Category, Reason


def explain_story(story: AddressStory) -> Iterator[str]:
    """Tell the story, a line a sentence; plain text that may hold strangers' words."""
    yield f"{story.address}, account {story.account}"
    yield ""
    yield from _present_state(story)
    yield ""
    if not (story.bounces or story.trail or story.messages):
        yield "Nothing was ever reported about it, and nothing was changed by hand."
        return
    yield "What happened, oldest first:"
    for at, lines in _events(story):
        yield ""
        yield f"{_time_words(at)}  {lines[0]}"
        yield from (f"    {line}" for line in lines[1:] if line)


def _events(story: AddressStory) -> Iterator[tuple[dt.datetime, Sequence[str]]]:
    """Give all events in order of time: what was sent, then what was reported, then the changes that it led to."""
    until = dict[str, dt.datetime | None]()  # ends of the suppressions in force, by stream
    rows = [*_place_rows(0, story.messages), *_place_rows(1, story.bounces), *_place_rows(2, story.trail)]
    for _, row in sorted(rows, key=lambda entry: entry[0]):
        yield from _run_out(until, row.at)
        if isinstance(row, RegisteredMessage):
            yield row.at, ("A message was sent to it.", _message(row))
            continue
        if isinstance(row, BounceRow):
            yield row.at, _bounce(row, story.terms)
            continue
        yield row.at, _change(row)
        if row.change == TrailChange.SUPPRESSED:
            until[row.stream] = row.until
        elif row.change in (TrailChange.FREED, TrailChange.ALLOWED):
            until.clear()
    yield from _run_out(until, story.now)


def _place_rows(
    rank: int, rows: Sequence[RegisteredMessage | BounceRow | TrailRow]
) -> Iterator[tuple[tuple[dt.datetime, int, int], RegisteredMessage | BounceRow | TrailRow]]:
    """Give each row with its place in the story; messages come newest first, and the other rows have ids."""
    for place, row in enumerate(rows):
        yield (row.at, rank, -place if isinstance(row, RegisteredMessage) else row.id), row


def _run_out(until: dict[str, dt.datetime | None], at: dt.datetime) -> Iterator[tuple[dt.datetime, Sequence[str]]]:
    """Give the suppressions that ran out up to *at*, and take them out of *until*."""
    for end, stream in sorted((end, stream) for stream, end in until.items() if end is not None and end <= at):
        del until[stream]
        for_stream = f" for the stream {stream}" if stream else ""
        yield end, (f"The suppression{for_stream} ran out: mail could go to it again.",)


def _present_state(story: AddressStory) -> Iterator[str]:
    for entry in story.allowed:
        yield f"It is on the allow-list as {entry.address} since {_time_words(entry.at)}: nothing suppresses it."
    for suppression in story.suppressions:
        of_stream = f" of the stream {suppression.stream}" if suppression.stream else ""
        since, until = _time_words(suppression.since), _describe_end(suppression.until)
        yield f"No mail{of_stream} goes to it: suppressed since {since}, {until}, for {suppression.reason}."
        if suppression.why:
            yield f"Why: {suppression.why}."
    if not story.suppressions:
        yield "Mail goes to it: it is not suppressed."


def _bounce(row: BounceRow, terms: AccountRules) -> Sequence[str]:
    by = f" from {row.reporting_mta}" if row.reporting_mta else ""
    cause = f"{row.reason} ({row.category})" if row.reason else row.action
    codes = " ".join(str(code) for code in (row.reply_code, row.status) if code)
    return (
        f"A {row.kind}{by} said: {cause}{', ' + codes if codes else ''}. Report {spell_id(row.letter_id)}.",
        f"It names {row.reported} as the address that failed." if row.reported else "",
        f"In its words: {row.diagnostic_code}" if row.diagnostic_code else "",
        _message(row),
        f"It was {row.belief}: {row.belief_why}.",
        f"Rule {row.rule}, by: {row.evidence}" if row.rule else "",
        _consequence(row, terms),
    )


def _message(row: BounceRow | RegisteredMessage) -> str:
    campaign = f", of the campaign {row.campaign}" if row.campaign else ""
    return f"About the message: {row.subject or 'without a subject'}{campaign}" if row.subject or campaign else ""


def _consequence(row: BounceRow, terms: AccountRules) -> str:
    if row.suppressed:
        return f"It suppressed the address {_describe_end(row.suppressed_until)}."
    if row.kind != Kind.BOUNCE or row.action != Action.FAILED:
        return "That is no failure."
    if row.belief not in (Belief.PROVEN, terms.suppress_on):
        return "So it counts for nothing."
    return _NOTHING.get(row.effect or "") or _describe_count(row, terms)


_NOTHING: dict[str, str] = {
    Effect.ALREADY: "It changed nothing: the address was suppressed already.",
    Effect.ALLOWED: "It changed nothing: the address was on the allow-list.",
    Effect.FREED: "It changed nothing: the address was freed after the letter had come.",
}


def _describe_count(row: BounceRow, terms: AccountRules) -> str:
    reason = Reason.from_record(row.reason) or Reason.UNKNOWN
    rule = rule_for(reason)
    if rule.after == "never":
        not_its = reason.category is Category.BLOCK or reason in OF_THE_MESSAGE
        cause = "the fault is not the address's" if not_its else "it says too little"
        return f"It never suppresses: {cause}."
    if row.counted_day:
        as_day = f"day {row.counted_day} of {row.counted_needed} within {row.counted_window}"
        return f"It counts: {as_day} on which such failures suppress."
    days, window = count_and_window(rule, terms)
    if days == 1:  # older rows do not record their effect
        return "It changed nothing: the address was suppressed already, is on the allow-list, or was freed later."
    return f"It counts: on {days} different days within {window} such failures suppress."


def _change(row: TrailRow) -> Sequence[str]:
    by = f"report {spell_id(row.letter_id)}" if row.letter_id else row.source
    for_stream = f" for the stream {row.stream}" if row.stream else ""
    match row.change:
        case TrailChange.SUPPRESSED:
            return (
                f"Suppressed{for_stream} by {by}, {_describe_end(row.until)}, for {row.reason}.",
                f"Why: {row.why}." if row.why else "",
            )
        case TrailChange.FREED:
            return f"Freed by {by}.", f"Why: {row.why}." if row.why else ""
        case TrailChange.ALLOWED:
            return f"Put on the allow-list by {by}.", row.why
        case TrailChange.DISALLOWED:
            return f"Taken off the allow-list by {by}.", row.why
        case TrailChange.ERASED:  # of no story, for it names no address
            return f"An address was erased by {by}.", row.why
        case TrailChange.ACCOUNT:  # of no story, as above
            return f"The account was changed by {by}.", row.why


def _describe_end(moment: dt.datetime | None) -> str:
    return f"until {_time_words(moment)}" if moment else "until it is taken off"


def _time_words(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
