"""Forgetting an address: a page lists the rows that go and those that stay; its button erases all that names the address."""

from bouncer.compose.language import Language
from bouncer.mail.address import is_plausible
from bouncer.manage.erasing import erase_addresses
from bouncer.manage.stories import stories
from bouncer.pages.address_page import ACCOUNT, ADDRESS
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.policy.sign_in import Role
from bouncer.ports.erasures import Erasure
from bouncer.web.problem import ProblemError


async def _forget(visit: Visit) -> TemplatePage:
    """Show what the button would delete; for an operator who names no account, in all accounts."""
    address, account = _typed_address(visit), visit.parameters["account"]
    filled_stories = [
        story
        for story in await stories(visit.store, visit.scope, address, account, now=visit.now)
        if not story.is_empty
    ]
    values = {
        "address": address,
        "account": account,
        "asked": address,
        "accounts": [story.account for story in filled_stories],
        "is_held": any(story.suppressions for story in filled_stories),
    }
    return TemplatePage("forget.html.j2", {**values, "names_account": visit.signed_in.account is None})


async def _erase(visit: Visit) -> TemplatePage:
    """Erase the address, and show how many rows were erased; neither that page nor the trail names the address."""
    address, account = _typed_address(visit), visit.parameters["account"]
    erased = await erase_addresses(
        visit.store, visit.scope, account, [address], by=visit.changed_by(None), now=visit.now
    )
    return TemplatePage(
        "forgotten.html.j2",
        {"erased": _count_erased(erased, visit.language), "result": erased, "is_named": erased != Erasure()},
    )


def _typed_address(visit: Visit) -> str:
    address = visit.parameters["address"]
    if address is None or not is_plausible(address):
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    return str(address)


def _count_erased(erased: Erasure, language: Language) -> list[tuple[str, int]]:
    """Give the numbers of erased rows in words."""
    rows = (
        (language.say("Reports"), erased.bounces),
        (language.say("Letters"), erased.letters),
        (language.say("Notices"), erased.notices),
        (language.say("Messages"), erased.messages),
        (language.say("Changes"), erased.changes),
        (language.say("Entries of the allow-list"), erased.allowed),
        (language.say("Texts of other rows"), erased.texts),
        (language.say("Suppressions that are over"), erased.suppressions),
    )
    return [(name, number) for name, number in rows if number]


FORGET_PAGES = (
    PageRoute("GET", "/address/forget", "What goes if it is forgotten?", Role.OWNER, _forget, (ADDRESS, ACCOUNT)),
    PageRoute("POST", "/address/forget", "Erase all that names it", Role.OWNER, _erase, (ADDRESS, ACCOUNT)),
)
"""The pages that forget an address."""
