"""The tasks of today: sentences, each with the page where the task is done, ordered by the number of mails that each concerns."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.mail.address import split
from bouncer.manage.accounts import list_accounts
from bouncer.manage.records import list_bounces, list_letters
from bouncer.manage.webhooks import list_webhooks
from bouncer.ndr.reading import Action
from bouncer.pages.marks import cut
from bouncer.pages.page_route import Visit
from bouncer.pages.rendering import link
from bouncer.pages.repeated_failures import SOFT_DAYS, failing_again, find_held
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.record_lists import OutcomeCount
from bouncer.ports.webhooks import WebhookState
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Category

MOST_TASKS = 5
"""Sentences that are shown: more would be a list that nobody reads."""
MOST_LETTERS = 100
"""Letters that are counted, which takes a few milliseconds; where there are more, the sentence says so."""
BLOCKS_READ = 100
"""The newest blocks, whose providers are counted: reading them takes a few milliseconds."""
MOST_REPEATED = 100
"""Addresses, those that failed most often, whose mails and coming suppressions the sentence counts."""

NAME_SHOWN = 60
"""Characters of the name of who blocks most."""


@dataclass(frozen=True, slots=True)
class Task:
    """A sentence that asks for something, with the page where it is done; *mails*: the number of mails that it concerns."""

    mails: int
    words: str
    tone: str
    path: str
    button: str


def number_of(outcomes: Iterable[OutcomeCount]) -> int:
    """Give the number of reports."""
    return sum(outcome.count for outcome in outcomes)


async def tasks_of(visit: Visit, counts: Sequence[OutcomeCount], since: dt.datetime, *, is_new: bool) -> list[Task]:
    """Give the tasks of a day: what all mail depends on, then those of the most mails.

    *counts* are those of the reports since *since*; *is_new*: nothing ever came, and nobody is suppressed.
    """
    failed = [outcome for outcome in counts if outcome.action is Action.FAILED]
    tasks = [
        *await _endpoints(visit, number_of(counts)),
        *await _unread_tasks(visit, since),
        *await _blocks(visit, failed, since),
        *await _repeated_tasks(visit),
        *_doubtful_tasks(failed, since, visit.language),
    ]
    return [*await _installation(visit, is_new=is_new), *sorted(tasks, key=lambda task: -task.mails)][:MOST_TASKS]


async def _installation(visit: Visit, *, is_new: bool) -> list[Task]:
    """Make tasks of an installation without an account, and of the faults that the checks found. Only operators see them."""
    language, tasks = visit.language, []
    if visit.signed_in.role is not Role.OPERATOR:
        return []
    if is_new and not await list_accounts(visit.store, visit.scope):
        words = language.say("There is no account yet, so no mail that comes back is taken.")
        tasks.append(Task(0, words, "hard", "/setup", language.say("Add an account")))
    if faults := visit.checks.faults:
        words = language.count(
            "{number} check of the installation found a fault.",
            "{number} checks of the installation found faults.",
            faults,
        )
        tasks.append(Task(0, words, "hard", "/setup", language.say("See the checks")))
    return tasks


async def _endpoints(visit: Visit, reported: int) -> Sequence[Task]:
    """Make a task of each webhook that got none of the reports of the day. Only owners see these tasks."""
    if not visit.signed_in.role.includes(Role.OWNER):
        return ()
    webhooks = await list_webhooks(visit.store, visit.scope, None)
    stopped = sum(webhook.state is not WebhookState.ACTIVE for webhook in webhooks)
    if not stopped:
        return ()
    words = ("{number} webhook gets no events.", "{number} webhooks get no events.")
    button = visit.language.say("See the connections")
    return (Task(reported, visit.language.count(*words, stopped), "hard", "/connections", button),)


async def _unread_tasks(visit: Visit, since: dt.datetime) -> Sequence[Task]:
    number, language = await count_unread(visit, since), visit.language
    if not number:
        return ()
    words = language.count(
        "{number} letter came that could not be read, or that a person wrote.",
        "{number} letters came that could not be read, or that people wrote.",
        number,
    )
    if number > MOST_LETTERS:
        limit = language.number(MOST_LETTERS)
        words = language.say(
            "More than {number} letters came that could not be read, or that people wrote.", number=limit
        )
    return (Task(number, words, "soft", "/unread", language.say("See the letters")),)


async def count_unread(visit: Visit, since: dt.datetime) -> int:
    """Count the letters since then that a person has to see; MOST_LETTERS and one where there are more."""
    criteria = LetterFilter(unread=True, since=since)
    return len(await list_letters(visit.store, visit.scope, None, criteria, Page(MOST_LETTERS + 1)))


async def _blocks(visit: Visit, failed: Sequence[OutcomeCount], since: dt.datetime) -> Sequence[Task]:
    blocked = number_of(outcome for outcome in failed if outcome.category == Category.BLOCK)
    if not blocked:
        return ()
    language = visit.language
    words = language.count(
        "{number} message was blocked, and the address is not at fault: see what the server asks for.",
        "{number} messages were blocked, and the addresses are not at fault: see what the servers ask for.",
        blocked,
    )
    criteria = BounceFilter(category=Category.BLOCK, since=since)
    rows = await list_bounces(visit.store, visit.scope, None, criteria, Page(BLOCKS_READ))
    names = Counter(provider(split(row.recipient)[1]) for row in rows if row.action is Action.FAILED)
    if by := _blocker(names, language):
        words = language.say("{general} {special}", general=words, special=by)
    return (Task(blocked, words, "block", "/receivers", language.say("See who blocks")),)


def _blocker(names: Counter[str], language: Language) -> str:
    """Name the provider, or the domain, that blocks most; empty where none blocks more than each other."""
    first, second = [*names.most_common(2), ("", 0), ("", 0)][:2]
    if first[1] == second[1]:
        return ""
    name = cut(first[0], NAME_SHOWN)
    if not second[1]:
        return language.say("By {provider}.", provider=name)
    return language.say("{provider} blocks most: {number}.", provider=name, number=language.number(first[1]))


async def _repeated_tasks(visit: Visit) -> Sequence[Task]:
    """Make a task of addresses that fail for now again and again and still get mail; one more failure suppresses some of them."""
    language = visit.language
    failing = await failing_again(visit, limit=MOST_REPEATED)
    suppressed = await find_held(visit, failing.rows)
    rows = [row for row in failing.rows if row not in suppressed]
    if not rows:
        return ()
    words = language.count(
        "{number} address failed again and again in the last {days} days: see whether somebody reads it.",
        "{number} addresses failed again and again in the last {days} days: see whether somebody reads them.",
        failing.number - len(suppressed),
        days=SOFT_DAYS,
    )
    if due := sum(row.is_due for row in rows):
        due_words = language.count(
            "{number} will be suppressed if it fails on one more day.",
            "{number} will be suppressed if they fail on one more day.",
            due,
        )
        words = language.say("{general} {special}", general=words, special=due_words)
    path = "/receivers#repeated"
    return (Task(sum(row.count for row in rows), words, "soft", path, language.say("See the addresses")),)


def _doubtful_tasks(failed: Sequence[OutcomeCount], since: dt.datetime, language: Language) -> Iterator[Task]:
    outcomes = [outcome for outcome in failed if outcome.belief is not Belief.PROVEN]
    if doubtful := number_of(outcomes):
        words = language.count(
            "{number} report is not proven, so it suppressed nobody.",
            "{number} reports are not proven, so they suppressed nobody.",
            doubtful,
        )
        beliefs = {outcome.belief for outcome in outcomes if outcome.count}
        belief = next(iter(beliefs)).value if len(beliefs) == 1 else None  # the list is filtered by a single one
        path = link("/activity", since=since.replace(microsecond=0), belief=belief)
        yield Task(doubtful, words, "other", path, language.say("See the reports"))
