"""Terms: when owners are told, and when a failure suppresses. The forms change the values that differ from those in force."""

from typing import Any

from bouncer.manage.accounts import AccountChange, change_account, show_account
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.form_fields import choice_of, line_of, number_between
from bouncer.pages.page_route import Elsewhere, PageRoute, Visit
from bouncer.pages.people_pages import PRESET
from bouncer.pages.setup_page import OWNER, setup_of
from bouncer.pages.setup_words import (
    MOST_BLOCKS,
    MOST_COUNT,
    MOST_DAYS,
    NO,
    PREFERENCE_KEYS,
    YES,
    preference_text,
    term_text,
)
from bouncer.policy.account_rules import SuppressedMail
from bouncer.policy.preferences import MAX_TEXT, preferences
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.web.parameter import Parameter, word_of

_SWITCH = choice_of({YES: YES, NO: NO})
_COUNT, _DAYS = number_between(1, MOST_COUNT), number_between(1, MOST_DAYS)
_MAY_BE_EMPTY = ("quiet", "contact")
"""Preferences whose field may be emptied, which is their default."""

TERMS = (
    Parameter("suppress_on", choice_of({Belief.PROVEN: "", Belief.PLAUSIBLE: ""}), "the least belief", "proven"),
    Parameter("soft_failures", _COUNT, "days of mailbox trouble", "3"),
    Parameter("soft_window_days", _DAYS, "within so many days", "30"),
    Parameter("technical_failures", _COUNT, "days of server trouble", "7"),
    Parameter("technical_window_days", _DAYS, "within so many days", "30"),
    Parameter("by_stream", _SWITCH, "whether wishes hold for a stream only", "no"),
    Parameter("fold_gmail", _SWITCH, "whether spellings of a mailbox at Gmail are one address", "no"),
    Parameter("suppressed", word_of(SuppressedMail), "what becomes of mail to a suppressed address", "default"),
    Parameter("block_warning", number_between(0, MOST_BLOCKS), "blocks of one day that cause a warning", "10"),
)
PREFERENCES = tuple(Parameter(key, line_of(MAX_TEXT), "a preference", "daily") for key in PREFERENCE_KEYS)


async def _prefer(visit: Visit) -> Elsewhere:
    """Set the preferences that differ from those in force, for one owner or for all."""
    owner = visit.parameters["owner"]
    account = (await show_account(visit.store, visit.scope, visit.account)).account
    owner_preferences = preferences(account.wishes, owner or "")
    texts = {key: visit.form[key] for key in PREFERENCE_KEYS}
    texts |= {key: texts[key] or "" for key in _MAY_BE_EMPTY}
    changed = tuple(
        (key, text) for key, text in texts.items() if text not in (None, preference_text(owner_preferences, key))
    )
    return await _change(visit, AccountChange(preferences=PreferenceChange(changed, owner=owner)))


async def _choose_preset(visit: Visit) -> Elsewhere:
    change = PreferenceChange(preset=visit.form["preset"], owner=visit.parameters["owner"])
    return await _change(visit, AccountChange(preferences=change))


async def _set_terms(visit: Visit) -> Elsewhere:
    terms = (await show_account(visit.store, visit.scope, visit.account)).account.terms
    rules: dict[str, Any] = {}
    for term in TERMS:
        value = visit.form[term.name]
        if value is not None and str(value) != term_text(terms, term.name):
            rules[term.name] = _CONVERTERS[term.name](value) if term.name in _CONVERTERS else value
    return await _change(visit, AccountChange(rules=rules))


_CONVERTERS: dict[str, Any] = {"suppress_on": Belief, "by_stream": YES.__eq__, "fold_gmail": YES.__eq__}
"""By term, the function that makes its value of the field's value."""


async def _change(visit: Visit, change: AccountChange) -> Elsewhere:
    smtp, by = visit.host.settings().smtp, visit.changed_by(None)
    await change_account(visit.store, visit.scope, visit.account, change, smtp, by=by, now=visit.now)
    return setup_of(visit, owner=change.preferences.owner)


_WHOSE = (ACCOUNT, OWNER)
TERMS_PAGES = (
    PageRoute("POST", "/setup/preferences", "Set what owners are told", Role.OWNER, _prefer, _WHOSE, PREFERENCES),
    PageRoute("POST", "/setup/preset", "Set it for a kind of mail", Role.OWNER, _choose_preset, _WHOSE, (PRESET,)),
    PageRoute("POST", "/setup/terms", "Set when a failure suppresses", Role.OWNER, _set_terms, (ACCOUNT,), TERMS),
)
"""The forms of preferences and terms."""
