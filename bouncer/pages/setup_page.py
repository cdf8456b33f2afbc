"""Setup: "does it work, and will it tomorrow?" For an operator the whole installation, else the account's own part."""

from collections.abc import Iterator, Sequence
from typing import Any

from bouncer.compose.language import Language
from bouncer.doctor.finding import Finding, Level
from bouncer.errors import NotFound
from bouncer.mail.address import comparable
from bouncer.manage.accounts import AccountDetails, list_accounts, show_account
from bouncer.manage.queue import count_notices
from bouncer.manage.stories import changes
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.cause_words import cause_words
from bouncer.pages.check_words import shown_findings, zone_lines
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.setup_words import PRESET_WORDS, list_suppression_times, preference_fields, term_fields
from bouncer.pages.wording import GOOD, change_words
from bouncer.policy.preferences import preferences
from bouncer.policy.records import EntryState
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EntryFilter
from bouncer.settings.sections import RetentionSettings
from bouncer.web.parameter import TEXT, Parameter

MOST_ACCOUNTS = 100
"""Accounts that are listed; the field above the list opens any."""
MOST_OWNERS_SHOWN = 50
"""Owners that are listed: with all of them the page would be too large."""
MOST_CHANGES = 10
"""Changes of the account that are shown, the newest."""
MOST_ALIASES = 20
"""Return paths that are shown."""

_TONES = {Level.FAIL: "hard", Level.WARN: "soft"}
OWNER = Parameter("owner", TEXT, "the owner whose preferences are shown", "ann@acme.example")


async def _setup(visit: Visit) -> TemplatePage:
    name = visit.parameters["account"] or visit.signed_in.account
    return await _installation(visit) if name is None else await _account(visit, name)


async def _installation(visit: Visit) -> TemplatePage:
    report, language = await visit.checks.report(), visit.language
    findings = report.findings if report else ()
    troubles = [finding for level in (Level.FAIL, Level.WARN) for finding in findings if finding.level is level]
    good = [(finding, GOOD) for finding in findings if finding.level is Level.OK]
    accounts = await list_accounts(visit.store, visit.scope)
    answer, tone = _answer(findings, language) if report else (language.say("The checks still run."), "other")
    values = {
        "answer": answer,
        "tone": tone,
        "report": report,
        "is_running": visit.checks.is_running,
        "troubles": shown_findings([(finding, _TONES[finding.level]) for finding in troubles], language),
        "good": shown_findings(good, language),
        "records": "\n".join(zone_lines(report.records, language)) if report else "",
        "accounts": accounts[:MOST_ACCOUNTS],
        "is_cut": len(accounts) > MOST_ACCOUNTS,
        "presets": _presets(language),
    }
    return TemplatePage("setup.html.j2", {**values, **_times(visit.host.settings().retention, language)})


def _answer(findings: Sequence[Finding], language: Language) -> tuple[str, str]:
    faults = sum(finding.level is Level.FAIL for finding in findings)
    doubts = sum(finding.level is Level.WARN for finding in findings)
    if faults:
        words = ("{number} thing has to be put right.", "{number} things have to be put right.")
        return language.count(*words, faults), "hard"
    if doubts:
        words = ("It works. {number} thing needs a look.", "It works. {number} things need a look.")
        return language.count(*words, doubts), "soft"
    return language.say("It works, as far as can be seen from here."), GOOD


def _presets(language: Language) -> list[tuple[str, str]]:
    return [(name, language.say(words)) for name, words in PRESET_WORDS.items()]


def _times(retention: RetentionSettings, language: Language) -> dict[str, Any]:
    """Give the retention times, and the times for which addresses are suppressed, in words."""
    days = (
        (language.say("Letters, as they came"), retention.letters_days),
        (language.say("What was read in them"), retention.records_days),
        (language.say("The messages that you sent"), retention.messages_days),
    )
    retained = [(words, language.count("for {number} day", "for {number} days", number)) for words, number in days]
    return {"retention": retained, "held_for": list(list_suppression_times(language))}


async def _account(visit: Visit, name: str) -> TemplatePage:
    details = await show_account(visit.store, visit.scope, name)
    account, language = details.account, visit.language
    given_up = await count_notices(visit.store, visit.scope, name, EntryFilter((EntryState.GIVEN_UP,)))
    owner = _owner(details, visit.parameters["owner"])
    trail = await changes(visit.store, visit.scope, name, address="", page=Page(MOST_CHANGES))
    owner_preferences = preferences(account.wishes, owner or "")
    values = {
        "account": account,
        "answers": list(_answers(details, given_up, language)),
        "owners": [(address, address in account.failing) for address in account.owners[:MOST_OWNERS_SHOWN]],
        "more_owners": max(0, len(account.owners) - MOST_OWNERS_SHOWN),
        "keeps_last": len(account.owners) == 1,
        "aliases": details.aliases[:MOST_ALIASES],
        "owner": owner,
        "preferences": list(preference_fields(owner_preferences, language)),
        "presets": _presets(language),
        "terms": list(term_fields(account.terms, language)),
        "changes": [(row.at, change_words(row, language), cause_words(row, language)) for row in trail],
    }
    times = _times(visit.host.settings().retention, language)
    return TemplatePage("account.html.j2", {**values, **times, "names_account": visit.signed_in.account is None})


def _owner(details: AccountDetails, text: str | None) -> str | None:
    """Give the owner that was asked for as the account spells the address. Raises NotFound."""
    if text is None:
        return None
    owner = next((owner for owner in details.account.owners if comparable(owner) == comparable(text)), None)
    if owner is None:
        raise NotFound(f"there is no owner {text!r}")
    return owner


def _answers(details: AccountDetails, given_up: int, language: Language) -> Iterator[tuple[str, str]]:
    """Give the answer to "does it work?" for one account in sentences, each with its tone; the worst first."""
    account = details.account
    if account.forwarding and not account.owners:
        yield language.say("Nobody is told of what comes back: the account has no owner."), "hard"
    if account.failing:
        words = ("Our mail to {number} owner comes back.", "Our mail to {number} owners comes back.")
        yield language.count(*words, len(account.failing)), "hard"
    if given_up:
        words = ("{number} notice could not be delivered.", "{number} notices could not be delivered.")
        yield language.count(*words, given_up), "soft"
    if not account.forwarding:
        yield language.say("No notices are sent for this account."), "other"
    if not (account.failing or given_up or (account.forwarding and not account.owners)):
        yield language.say("It works, as far as can be seen from here."), GOOD


async def _check(visit: Visit) -> Elsewhere:
    visit.checks.renew()
    return Elsewhere("/setup")


def setup_of(visit: Visit, **query: str | None) -> Elsewhere:
    """Go to the page of the account that a form was about; an operator names it."""
    return Elsewhere(link("/setup", account=visit.account if visit.signed_in.account is None else None, **query))


SETUP_PAGES = (
    PageRoute("GET", "/setup", "Does it work, and will it tomorrow?", Role.OWNER, _setup, (ACCOUNT, OWNER)),
    PageRoute("POST", "/setup/check", "Check the installation again", Role.OPERATOR, _check),
)
"""The page Setup."""
