"""The story of an address in words: what reports said, how far they were believed, what followed, what holds now."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bouncer.mail.letter import spell_id
from bouncer.manage.stories import AddressStory
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.ladder import OF_THE_MESSAGE, count_and_window, rule_for
from bouncer.policy.records import Belief, Effect
from bouncer.ports.letters import BounceRow
from bouncer.ports.suppressions import TrailChange, TrailRow
from bouncer.verdict.verdict import Category, Reason


def explain(story: AddressStory) -> Iterator[str]:
    """Tell the story, a line a sentence; plain text that may hold strangers' words."""
    yield f"{story.address}, account {story.account}"
    yield ""
    yield from _now(story)
    yield ""
    if not story.bounces and not story.trail:
        yield "Nothing was ever reported about it, and nothing was changed by hand."
        return
    yield "What happened, oldest first:"
    for at, lines in _events(story):
        yield ""
        yield f"{_when(at)}  {lines[0]}"
        yield from (f"    {line}" for line in lines[1:] if line)


def _events(story: AddressStory) -> Iterator[tuple[dt.datetime, Sequence[str]]]:
    """Everything in the order in which it happened: a report stands before what it changed."""
    until = dict[str, dt.datetime | None]()  # what is in force, by stream
    rows: list[BounceRow | TrailRow] = [*story.bounces, *story.trail]
    for row in sorted(rows, key=lambda row: (row.at, isinstance(row, TrailRow), row.id)):
        yield from _run_out(until, row.at)
        if isinstance(row, BounceRow):
            yield row.at, _bounce(row, story.terms)
            continue
        yield row.at, _change(row)
        if row.change == TrailChange.SUPPRESSED:
            until[row.stream] = row.until
        elif row.change in (TrailChange.FREED, TrailChange.ALLOWED):
            until.clear()
    yield from _run_out(until, story.now)


def _run_out(until: dict[str, dt.datetime | None], at: dt.datetime) -> Iterator[tuple[dt.datetime, Sequence[str]]]:
    """Tell which suppressions ran out up to *at*; they hold no more."""
    for end, stream in sorted((end, stream) for stream, end in until.items() if end is not None and end <= at):
        del until[stream]
        of = f" for the stream {stream}" if stream else ""
        yield end, (f"The suppression{of} ran out: mail could go to it again.",)


def _now(story: AddressStory) -> Iterator[str]:
    for entry in story.allowed:
        yield f"It is on the allow-list as {entry.address} since {_when(entry.at)}: nothing suppresses it."
    for one in story.suppressions:
        of = f" of the stream {one.stream}" if one.stream else ""
        yield f"No mail{of} goes to it: suppressed since {_when(one.since)}, {_until(one.until)}, for {one.reason}."
        if one.why:
            yield f"Why: {one.why}."
    if not story.suppressions:
        yield "Mail goes to it: it is not suppressed."


def _bounce(row: BounceRow, terms: AccountRules) -> Sequence[str]:
    by = f" from {row.reporting_mta}" if row.reporting_mta else ""
    what = f"{row.reason} ({row.category})" if row.reason else row.action
    codes = " ".join(str(one) for one in (row.reply_code, row.status) if one)
    return (
        f"A {row.kind}{by} said: {what}{', ' + codes if codes else ''}. Report {spell_id(row.letter_id)}.",
        f"It names {row.reported} as the address that failed." if row.reported else "",
        f"In its words: {row.diagnostic_code}" if row.diagnostic_code else "",
        _message(row),
        f"It was {row.belief}: {row.belief_why}.",
        f"Rule {row.rule}, by: {row.evidence}" if row.rule else "",
        _consequence(row, terms),
    )


def _message(row: BounceRow) -> str:
    of = f", of the campaign {row.campaign}" if row.campaign else ""
    return f"About the message: {row.subject or 'without a subject'}{of}" if row.subject or of else ""


def _consequence(row: BounceRow, terms: AccountRules) -> str:
    if row.suppressed:
        return f"It suppressed the address {_until(row.suppressed_until)}."
    if row.kind != Kind.BOUNCE or row.action != Action.FAILED:
        return "That is no failure."
    if row.belief not in (Belief.PROVEN, terms.suppress_on):
        return "So it counts for nothing."
    return _NOTHING.get(row.effect or "") or _counted(row, terms)


_NOTHING: dict[str, str] = {
    Effect.ALREADY: "It changed nothing: the address was suppressed already.",
    Effect.ALLOWED: "It changed nothing: the address was on the allow-list.",
    Effect.FREED: "It changed nothing: the address was freed after the letter had come.",
}


def _counted(row: BounceRow, terms: AccountRules) -> str:
    reason = Reason.recorded(row.reason) or Reason.UNKNOWN
    rule = rule_for(reason)
    if rule.after == "never":
        not_its = reason.category is Category.BLOCK or reason in OF_THE_MESSAGE
        whose = "the fault is not the address's" if not_its else "it says too little"
        return f"It never suppresses: {whose}."
    if row.counted_day:
        as_day = f"day {row.counted_day} of {row.counted_needed} within {row.counted_window}"
        return f"It counts: {as_day} on which such failures suppress."
    days, window = count_and_window(rule, terms)
    if days == 1:  # of older rows it is not known what they led to
        return "It changed nothing: the address was suppressed already, is on the allow-list, or was freed later."
    return f"It counts: on {days} different days within {window} such failures suppress."


def _change(row: TrailRow) -> Sequence[str]:
    by = f"report {spell_id(row.letter_id)}" if row.letter_id else row.source
    of = f" for the stream {row.stream}" if row.stream else ""
    match row.change:
        case TrailChange.SUPPRESSED:
            return (
                f"Suppressed{of} by {by}, {_until(row.until)}, for {row.reason}.",
                f"Why: {row.why}." if row.why else "",
            )
        case TrailChange.FREED:
            return f"Freed by {by}.", f"Why: {row.why}." if row.why else ""
        case TrailChange.ALLOWED:
            return f"Put on the allow-list by {by}.", row.why
        case TrailChange.DISALLOWED:
            return f"Taken off the allow-list by {by}.", row.why


def _until(moment: dt.datetime | None) -> str:
    return f"until {_when(moment)}" if moment else "until it is taken off"


def _when(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
