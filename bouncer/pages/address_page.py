"""The page of an address: "why did jane not get it?" The answer in one sentence, then the whole story, each act with its undo."""

import datetime as dt
from typing import Any

from bouncer.manage.allowing import allow_addresses, disallow_addresses
from bouncer.manage.stories import stories
from bouncer.manage.suppressing import SuppressionOrder, release_addresses, suppress_addresses
from bouncer.pages.neighbours import neighbours
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.shown_story import shown_story
from bouncer.pages.wording import (
    BY_HAND,
)
from bouncer.policy.sign_in import Role
from bouncer.web.parameter import MOMENT, TEXT, Parameter
from bouncer.web.problem import ProblemError

MAX_REASON = 200
"""Characters of a reason that a person gives."""

ADDRESS = Parameter("address", TEXT, "the address", "jane@example.org")
ACCOUNT = Parameter("account", TEXT, "the account, for an operator", "acme")
WHY = Parameter("why", TEXT, "the reason, which the trail keeps", "asked by phone")


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
