"""Notices: the queue of mails and events, each with its last answer, sent now or never."""

from dataclasses import dataclass

from bouncer.errors import Conflict
from bouncer.manage.queue import MAY_BE_DROPPED, MAY_BE_RETRIED, drop_notices, list_queue, retry_notices, show_notice
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.connection_words import notice_kind, notice_state
from bouncer.pages.list_pages import ROWS_SHOWN
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.policy.records import EntryState
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry
from bouncer.web.parameter import CURSOR, NUMBER, TEXT, Parameter, word_of

NUMBER_OF_NOTICE = Parameter("number", NUMBER, "the number of a notice", "4611686018427387904", where="path")
_STATE = Parameter("state", word_of(EntryState), "only those in this state", "given-up")
_TO = Parameter("to", TEXT, "only those to this address or webhook", "ann@acme.example")
_FILTERS = (ACCOUNT, _STATE, _TO)
_BEFORE = Parameter("before", CURSOR, "the next page", "4611686018427387904")


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in words, and the actions that a person may take on it."""

    entry: OutboxEntry
    kind: str
    state: str
    tone: str
    may_retry: bool
    may_drop: bool


async def _notices(visit: Visit) -> TemplatePage:
    parameters, language = visit.parameters, visit.language
    query = {name: parameters[name] for name in ("account", "state", "to")}
    page = Page(ROWS_SHOWN, parameters["before"])
    rows = await list_queue(visit.store, visit.scope, query["account"], state=query["state"], to=query["to"], page=page)
    states = [(state.value, notice_state(state, language)[0]) for state in EntryState]
    following = link("/connections/notices", **query, before=rows[-1].id) if len(rows) == ROWS_SHOWN else None
    is_filtered = any(value is not None for value in (*query.values(), parameters["before"]))
    values = {"rows": [_show(visit, entry) for entry in rows], "states": states, "query": query, "next": following}
    return TemplatePage(
        "notices.html.j2", {**values, "is_filtered": is_filtered, "shows_account": visit.signed_in.account is None}
    )


def _show(visit: Visit, entry: OutboxEntry) -> ShownNotice:
    words, tone = notice_state(entry.state, visit.language)
    kind = notice_kind(entry.kind, visit.language)
    return ShownNotice(entry, kind, words, tone, entry.state in MAY_BE_RETRIED, entry.state in MAY_BE_DROPPED)


async def _retry(visit: Visit) -> Elsewhere:
    number = (await show_notice(visit.store, visit.scope, visit.parameters["number"])).id
    if not all(await retry_notices(visit.store, visit.scope, [number], now=visit.now)):
        raise Conflict(visit.language.say("This notice was sent already."), field="number")
    return _back(visit)


async def _drop(visit: Visit) -> Elsewhere:
    number = (await show_notice(visit.store, visit.scope, visit.parameters["number"])).id
    if not all(await drop_notices(visit.store, visit.scope, [number], now=visit.now)):
        raise Conflict(visit.language.say("This notice does not wait any more."), field="number")
    return _back(visit)


def _back(visit: Visit) -> Elsewhere:
    """Go back to the list with the filters that it had."""
    return Elsewhere(link("/connections/notices", **{part.name: visit.parameters[part.name] for part in _FILTERS}))


NOTICE_PAGES = (
    PageRoute(
        "GET", "/connections/notices", "Which notices wait, and why?", Role.OWNER, _notices, (*_FILTERS, _BEFORE)
    ),
    PageRoute(
        "POST",
        "/connections/notices/{number}/retry",
        "Send a notice now",
        Role.OWNER,
        _retry,
        (NUMBER_OF_NOTICE, *_FILTERS),
    ),
    PageRoute(
        "POST",
        "/connections/notices/{number}/drop",
        "Never send a notice",
        Role.OWNER,
        _drop,
        (NUMBER_OF_NOTICE, *_FILTERS),
    ),
)
"""The pages of notices."""
