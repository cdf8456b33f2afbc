"""People: owners of an account are added and taken off; an operator adds and removes accounts."""

from bouncer.errors import Conflict
from bouncer.mail.address import comparable
from bouncer.manage.accounts import AccountChange, add_account, change_account, remove_account, show_account
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.form_fields import choice_of
from bouncer.pages.page_route import Elsewhere, PageRoute, Visit
from bouncer.pages.setup_page import setup_of
from bouncer.pages.setup_words import PRESET_WORDS
from bouncer.policy.sign_in import Role
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.problem import ProblemError

MOST_OWNERS = 100
"""Owners of an account that the page adds: each gets every notice. Commands and the API add more."""

OWNER = Parameter("owner", TEXT, "the owner's address", "bob@acme.example")
NAME = Parameter("name", TEXT, "the account's name", "acme")
PRESET = Parameter("preset", choice_of(PRESET_WORDS), "the kind of mail", "people")


def _required_text(visit: Visit, field: str) -> str:
    text = visit.form[field]
    if text is None:
        raise ProblemError(422, visit.language.say("Fill the form in."), parameter=field)
    return str(text)


async def _add_owner(visit: Visit) -> Elsewhere:
    owner, owners = _required_text(visit, "owner"), await _owners(visit)
    if comparable(owner) in map(comparable, owners):
        return setup_of(visit)
    if len(owners) >= MOST_OWNERS:
        raise Conflict(visit.language.say("The account has very many owners: add more by command."), field="owner")
    return await _set_owners(visit, (*owners, owner))


async def _take_off_owner(visit: Visit) -> Elsewhere:
    key, owners = comparable(_required_text(visit, "owner")), await _owners(visit)
    left = tuple(owner for owner in owners if comparable(owner) != key)
    if not left and owners:
        sentence = visit.language.say("An account keeps one owner at least: add another one first.")
        raise Conflict(sentence, field="owner")
    return setup_of(visit) if left == owners else await _set_owners(visit, left)


async def _owners(visit: Visit) -> tuple[str, ...]:
    return (await show_account(visit.store, visit.scope, visit.account)).account.owners


async def _set_owners(visit: Visit, owners: tuple[str, ...]) -> Elsewhere:
    change, smtp = AccountChange(owners=owners), visit.host.settings().smtp
    await change_account(
        visit.store, visit.scope, visit.account, change, smtp, by=visit.changed_by(None), now=visit.now
    )
    return setup_of(visit)


async def _add_account(visit: Visit) -> Elsewhere:
    name, owner, settings = _required_text(visit, "name"), visit.form["owner"], visit.host.settings()
    first = AccountChange((owner,) if owner else (), preferences=PreferenceChange(preset=visit.form["preset"]))
    await add_account(
        visit.store,
        name,
        first,
        settings.smtp,
        templates=settings.forward.templates,
        alias=True,
        by=visit.changed_by(None),
        now=visit.now,
    )
    return Elsewhere(f"/setup?account={name}")


async def _remove_account(visit: Visit) -> Elsewhere:
    """Remove an account whose name was written once more: its aliases, suppressions and keys go with it."""
    name = visit.account
    if visit.form["name"] != name:
        sentence = visit.language.say("Write the name of the account to remove it.")
        raise ProblemError(422, sentence, parameter="name")
    await remove_account(visit.store, visit.scope, name, by=visit.changed_by(None), now=visit.now)
    return Elsewhere("/setup")


PEOPLE_PAGES = (
    PageRoute("POST", "/setup/owners", "Add an owner", Role.OWNER, _add_owner, (ACCOUNT,), (OWNER,)),
    PageRoute("POST", "/setup/owners/remove", "Take an owner off", Role.OWNER, _take_off_owner, (ACCOUNT,), (OWNER,)),
    PageRoute("POST", "/setup/accounts", "Add an account", Role.OPERATOR, _add_account, (), (NAME, OWNER, PRESET)),
    PageRoute(
        "POST", "/setup/accounts/remove", "Remove an account", Role.OPERATOR, _remove_account, (ACCOUNT,), (NAME,)
    ),
)
"""The forms of people and accounts."""
