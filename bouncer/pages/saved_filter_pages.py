"""Saved filters on the page Activity: a person's own, each a name and words of the URL, which are parsed anew to be shown.

Only the parameters of the page are saved, so a saved filter leads to no other page, and to no other site.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from bouncer.errors import NotFound
from bouncer.mail.address import comparable
from bouncer.manage.saving_filters import ID_OCTETS, delete_filter, list_filters, save_filter
from bouncer.pages.activity_filters import ACTIVITY_FILTERS
from bouncer.pages.page_route import Elsewhere, PageRoute, Visit
from bouncer.pages.rendering import link
from bouncer.policy.sign_in import Role
from bouncer.ports.saved_filters import FilterOwner
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.problem import ProblemError

FILTER = Parameter("filter_id", TEXT, "the id of a saved filter", "5f0c1f3d9a7b", where="path")
NAME = Parameter("name", TEXT, "the name of a filter", "blocks of November")


@dataclass(frozen=True, slots=True)
class ShownFilter:
    """A saved filter, and the path of the page that it shows."""

    id: str
    name: str
    path: str


async def shown_filters(visit: Visit) -> list[ShownFilter]:
    """Give the saved filters of the signed-in person, by name."""
    saved = await list_filters(visit.store, visit.scope, _owner(visit))
    return [ShownFilter(saved.id, saved.name, _path(saved.words)) for saved in saved]


def _owner(visit: Visit) -> FilterOwner:
    session = visit.signed_in
    return FilterOwner(session.account, comparable(session.person) if "@" in session.person else session.person)


def _path(words: str) -> str:
    """Give the path of a saved filter, without parameters that are no filters any more."""
    names = {parameter.name for parameter in ACTIVITY_FILTERS}
    fields = dict(field for field in parse_qsl(words) if field[0] in names)
    return link("/activity", **dict(_values(fields)))


def _values(fields: dict[str, str]) -> Iterator[tuple[str, object]]:
    for parameter in ACTIVITY_FILTERS:
        if parameter.name in fields:
            try:
                yield parameter.name, parameter.type.parse(fields[parameter.name])
            except ValueError:
                continue


async def _save(visit: Visit) -> Elsewhere:
    name, query = visit.form["name"], {parameter.name: visit.form[parameter.name] for parameter in ACTIVITY_FILTERS}
    if name is None or not any(value is not None for value in query.values()):
        raise ProblemError(422, visit.language.say("Fill the form in."), parameter="name")
    if query["account"] is not None and not visit.scope.covers(query["account"]):
        raise NotFound(f"there is no account {query['account']!r}")
    path, octets = link("/activity", **query), secrets.token_bytes(ID_OCTETS)
    words = path.partition("?")[2]
    await save_filter(visit.store, visit.scope, _owner(visit), name.strip(), words, octets=octets, now=visit.now)
    return Elsewhere(path)


async def _delete(visit: Visit) -> Elsewhere:
    await delete_filter(visit.store, visit.scope, _owner(visit), visit.parameters["filter_id"])
    return Elsewhere("/activity")


SAVED_FILTER_PAGES = (
    PageRoute("POST", "/activity/filters", "Save these filters", Role.SUPPORT, _save, (), (NAME, *ACTIVITY_FILTERS)),
    PageRoute(
        "POST", "/activity/filters/{filter_id}/delete", "Delete a saved filter", Role.SUPPORT, _delete, (FILTER,)
    ),
)
"""The forms of saved filters; the page Activity lists them."""
