"""A route of the API as a value: the server, the description in OpenAPI, the manual and the tests are made of the list of them."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bouncer.manage.change_values import ChangedBy
from bouncer.manage.mail_host import MailHost
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import ChangeSource
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings
from bouncer.turns import map_in_turns
from bouncer.web.form import OWN, ApiForm
from bouncer.web.parameter import CURSOR, LIMIT, TEXT, USUAL_LIMIT, Parameter
from bouncer.web.problem import ProblemError

JSON = "application/json"
RAW_MESSAGE = "message/rfc822"
"""The media type of a letter as it came (RFC 2046 section 5.2.1)."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request whose key, parameters and body have been checked; *body* is a value of the route's ``body`` type."""

    store: Store
    key: ApiKey
    parameters: Mapping[str, Any]
    body: Any
    now: dt.datetime
    forward: ForwardSettings
    """The settings with the networks that webhooks may go to, and with the operator, who may be told of their faults."""
    host: MailHost
    url: str = ""
    """The URL of the request, with the host as the client knows this server, without its query."""

    @property
    def scope(self) -> Scope:
        """The data that the key opens."""
        return OPERATOR if self.key.account is None else AccountScope(self.key.account)

    @property
    def changed_by(self) -> ChangedBy:
        """The author of a change, for the audit trail."""
        label = f" ({self.key.label})" if self.key.label else ""
        return ChangedBy(ChangeSource.KEY, f"by API key {self.key.id}{label}")

    @property
    def account(self) -> str:
        """The account that a change is for: the one that is named, or the key's own. Raises ProblemError for the operator's key."""
        name = self.parameters["account"] or self.key.account
        if name is None:
            raise ProblemError(422, "Name the account: this key is for all accounts.", parameter="account")
        return str(name)


@dataclass(frozen=True, slots=True)
class Example:
    """A request that the manual shows and that tests send: query, body, and values for the parameters of the path."""

    query: str = ""
    body: str = ""
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A method of a path: *access* is the access that a key needs, *body* the type of the body, *schema* that of the answer.

    *answer* gives the value of the answer's JSON, None for an answer without a body.
    """

    method: str
    path: str
    says: str
    access: KeyAccess
    answer: Callable[[ApiRequest], Awaitable[Any]]
    schema: Mapping[str, Any] | None
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    status: int = 200
    errors: tuple[int, ...] = ()
    example: Example = Example()
    media_type: str = JSON
    """The media type of the answer; for any other than JSON, *answer* gives octets, or an Export."""

    other_media_types: tuple[str, ...] = ()

    form: ApiForm = OWN

    per_minute: int | None = None
    """Requests of one key in a minute, where the route has a limit of its own below that of all routes."""

    max_body: int | None = None
    """Octets of a body, where the installation does not allow less; None: as many as it allows."""

    operator_only: bool = False
    """Whether only a key of the operator opens it, whatever its access."""

    shows_secret: bool = False
    """Whether the answer is shown once and kept nowhere, so that a repeated request cannot get it again."""

    @property
    def access_text(self) -> str:
        """The access that a key needs, in words."""
        return f"{self.access}, of the operator" if self.operator_only else str(self.access)

    @property
    def all_errors(self) -> tuple[int, ...]:
        """The statuses of errors that the route can answer with."""
        of_body = (409, 413, 415) if self.body else ()
        return self.form.errors((400, 401, 403, 412, 422, 429, 503, *of_body, *self.errors))

    @property
    def pattern(self) -> str:
        """The path as Starlette's router reads it."""
        pattern = self.path
        for parameter in self.parameters:
            if parameter.where == "path" and parameter.type.spans_slashes:
                pattern = pattern.replace(f"{{{parameter.name}}}", f"{{{parameter.name}:path}}")
        return pattern


OF_ACCOUNT = Parameter("account", TEXT, "only this account's; a key of an account has no other", "acme")
"""The parameter of every route about an account's data."""
PAGES = (
    Parameter("limit", LIMIT, "rows of a page", "50", default=USUAL_LIMIT),
    Parameter("cursor", CURSOR, "where the page begins: `next` of the page before", "4611686018427387904"),
)
"""The parameters of every list."""


def data_schema(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the schema of a list that has no pages."""
    return {"type": "object", "properties": {"data": {"type": "array", "items": row}}, "required": ["data"]}


async def data_of(rows: Sequence[Any]) -> Mapping[str, Any]:
    """Give a list that has no pages; its rows are encoded at once, since thousands of them take their time."""
    return {"data": await map_in_turns(_encode_row, rows)}


def _encode_row(row: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(to_plain(row)))


def page_schema(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the schema of a page of a list: its rows, and the cursor of the next page, null on the last one."""
    return {
        "type": "object",
        "properties": {"data": {"type": "array", "items": row}, "next": {"type": ["string", "null"]}},
        "required": ["data", "next"],
    }


def page_of(rows: list[Any], limit: int, last_id: int | None) -> dict[str, Any]:
    """Give a page of a list; *last_id* is that of its last row. A page with fewer rows than asked for is the last one."""
    return {"data": rows, "next": str(last_id) if len(rows) >= limit and last_id is not None else None}
