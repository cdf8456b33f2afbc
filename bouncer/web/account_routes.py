"""Routes for accounts: the operator adds and changes them; an account's own keys see it, and set what its owners prefer."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from bouncer.manage.accounts import (
    AccountChange,
    AccountDetails,
    RemovedAccount,
    add_account,
    change_account,
    list_accounts,
    remove_account,
    show_account,
)
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.notify.serialize import to_plain
from bouncer.policy.account_rules import BadPaths, SuppressedMail
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.preferences import MAX_TEXT as MAX_PREFERENCE
from bouncer.policy.preferences import Preferences
from bouncer.policy.records import Belief
from bouncer.ports.accounts import Account
from bouncer.web.parameter import MAX_TEXT, TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.spelling import LINE
from bouncer.web.suppression_routes import Address

MOST_VALUES = 1000
"""Owners of an account, and likewise senders and servers: they are kept in memory, and searched for every recipient of a mail."""
MOST_DAYS = 365
"""Days of the windows in which failures are counted, as in the commands."""

_Days = Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=100)]
_Senders = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)], ...], msgspec.Meta(max_length=MOST_VALUES)
]
_Owners = Annotated[tuple[Address, ...], msgspec.Meta(max_length=MOST_VALUES)]
_Preferences = dict[
    Annotated[str, msgspec.Meta(max_length=MAX_TEXT)],
    Annotated[str, LINE.bounds(max_length=MAX_PREFERENCE)],
]


class RulesToSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of an account; null leaves a rule as it is."""

    suppress_on: Literal["proven", "plausible"] | None = None
    soft_failures: _Count | None = None
    soft_window_days: _Days | None = None
    technical_failures: _Count | None = None
    technical_window_days: _Days | None = None
    by_stream: bool | None = None
    fold_gmail: bool | None = None
    bad_paths: BadPaths | None = None
    hash_paths: bool | None = None
    servers: _Senders | None = None
    suppressed: SuppressedMail | None = None
    block_warning: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None

    @property
    def chosen_rules(self) -> Mapping[str, Any]:
        """Give the rules that are set, by name."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        chosen = {name: value for name, value in values.items() if value is not None}
        return {**chosen, "suppress_on": Belief(self.suppress_on)} if self.suppress_on else chosen


class AccountToAdd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new account; with *alias*, name@ is registered in each return-path domain."""

    name: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
    owners: _Owners = ()
    senders: _Senders = ()
    forwarding: bool = True
    terms: RulesToSet = RulesToSet()
    preferences: _Preferences = {}
    preset: str | None = None
    alias: bool = True


class AccountToChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of an account; null leaves a value as it is, an empty list takes all away."""

    owners: _Owners | None = None
    senders: _Senders | None = None
    forwarding: bool | None = None
    terms: RulesToSet = RulesToSet()


class PreferencesToSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Preferences by name, for one owner or all (null); an empty value is the default again."""

    preferences: _Preferences = {}
    preset: str | None = None
    owner: Address | None = None


async def _list(request: ApiRequest) -> Any:
    return {"data": [to_plain(account) for account in await list_accounts(request.store, request.scope)]}


async def _show(request: ApiRequest) -> Any:
    return _details(await show_account(request.store, request.scope, request.parameters["account_name"]))


async def _add(request: ApiRequest) -> Any:
    body: AccountToAdd = request.body
    wishes = PreferenceChange(tuple(body.preferences.items()), body.preset)
    first = AccountChange(body.owners, body.senders, body.forwarding, body.terms.chosen_rules, wishes)
    settings = request.host.settings()
    await add_account(
        request.store,
        body.name,
        first,
        settings.smtp,
        templates=settings.forward.templates,
        alias=body.alias,
        by=request.changed_by,
        now=request.now,
    )
    return _details(await show_account(request.store, request.scope, body.name))


async def _change_account(request: ApiRequest) -> Any:
    body: AccountToChange = request.body
    return await _change(request, AccountChange(body.owners, body.senders, body.forwarding, body.terms.chosen_rules))


async def _remove(request: ApiRequest) -> Any:
    name = request.parameters["account_name"]
    if request.parameters["confirm"] != name:
        words = f"Its aliases, suppressions and waiting notices go too. To remove it, name it again: confirm={name}"
        raise ProblemError(422, words, parameter="confirm")
    return to_plain(await remove_account(request.store, request.scope, name, by=request.changed_by, now=request.now))


async def _prefer(request: ApiRequest) -> Any:
    body: PreferencesToSet = request.body
    wishes = PreferenceChange(tuple(body.preferences.items()), body.preset, body.owner)
    return await _change(request, AccountChange(preferences=wishes))


async def _change(request: ApiRequest, change: AccountChange) -> Any:
    name = request.parameters["account_name"]
    smtp = request.host.settings().smtp
    await change_account(request.store, request.scope, name, change, smtp, by=request.changed_by, now=request.now)
    return _details(await show_account(request.store, request.scope, name))


def _details(details: AccountDetails) -> dict[str, Any]:
    preferred = {owner: to_plain(owner_preferences) for owner, owner_preferences in details.preferences.items()}
    return {**to_plain(details.account), "aliases": details.aliases, "preferences": preferred}


_ACCOUNT = row_schema(Account)
_DETAILS = {
    **_ACCOUNT,
    "properties": {
        **_ACCOUNT["properties"],
        "aliases": {"type": "array", "items": {"type": "string"}},
        "preferences": {"type": "object", "additionalProperties": row_schema(Preferences)},
    },
    "required": [*_ACCOUNT["required"], "aliases", "preferences"],
}
_NAME = Parameter("account_name", TEXT, "the account's name", "acme", where="path")
_EXAMPLE = {"account_name": "acme"}

ACCOUNT_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/accounts",
        "The accounts that the key opens, by name",
        KeyAccess.READ,
        _list,
        data_schema(_ACCOUNT),
        example=Example(),
    ),
    ApiRoute(
        "POST",
        "/api/v1/accounts",
        "Add an account",
        KeyAccess.ADMIN,
        _add,
        _DETAILS,
        (),
        AccountToAdd,
        status=201,
        operator_only=True,
        example=Example(body='{"name": "shop", "owners": ["ann@shop.example"], "senders": ["shop.example"]}'),
    ),
    ApiRoute(
        "GET",
        "/api/v1/accounts/{account_name}",
        "An account with its aliases, its rules, and what each of its owners prefers",
        KeyAccess.READ,
        _show,
        _DETAILS,
        (_NAME,),
        errors=(404,),
        example=Example(path=_EXAMPLE),
    ),
    ApiRoute(
        "PATCH",
        "/api/v1/accounts/{account_name}",
        "Change an account's owners, senders, rules, or whether notices are sent",
        KeyAccess.ADMIN,
        _change_account,
        _DETAILS,
        (_NAME,),
        AccountToChange,
        errors=(404,),
        operator_only=True,
        example=Example(body='{"owners": ["ann@acme.example", "bob@acme.example"]}', path=_EXAMPLE),
    ),
    ApiRoute(
        "PATCH",
        "/api/v1/accounts/{account_name}/preferences",
        "Set what the account's owners prefer",
        KeyAccess.ADMIN,
        _prefer,
        _DETAILS,
        (_NAME,),
        PreferencesToSet,
        errors=(404,),
        example=Example(body='{"preferences": {"soft": "weekly", "language": "de"}}', path=_EXAMPLE),
    ),
    ApiRoute(
        "DELETE",
        "/api/v1/accounts/{account_name}",
        "Remove an account with its aliases, suppressions and waiting notices; its records stay, under its former name",
        KeyAccess.ADMIN,
        _remove,
        row_schema(RemovedAccount),
        (_NAME, Parameter("confirm", TEXT, "the account's name again", "shop")),
        errors=(404,),
        operator_only=True,
        example=Example("confirm=shop", path={"account_name": "shop"}),
    ),
)
"""The routes, in the manual's order."""
