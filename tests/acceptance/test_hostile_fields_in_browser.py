"""Chromium runs nothing that stands in a field that somebody fills in freely, and shows hidden characters as marks."""

import dataclasses
import secrets
from pathlib import Path
from urllib.parse import urlencode

import pytest
from acceptance.hostile_texts import MADE, TRICKS
from contract.factories import DAY, NOON, suppression
from playwright.async_api import Page, async_playwright
from programs.chromium import chromium_to_drive
from wire.pages_client import ANN, JANE, World, browsing, failure, keep_report
from wire.taught_world import keep_and_read, notice, path_of, write_settings

from bouncer.manage.api_keys import make_key
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.policy.records import Belief, ChangeSource
from bouncer.policy.sharing import SHARE_LASTS
from bouncer.policy.sign_in import Role
from bouncer.policy.webhooks import EventType
from bouncer.ports.accounts import Account, AccountNote
from bouncer.ports.imports import ImportLabel
from bouncer.ports.saved_filters import SavedFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.shares import Share
from bouncer.ports.taught_rules import KeptRule
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookAttempt, WebhookSecrets, WebhookState
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

pytestmark = [pytest.mark.real("chromium"), pytest.mark.timeout(300)]

HIDDEN = "\u202e\u2066\u200b\ufeff\x1b[2J\u2028\x07"
"""Characters that turn the order of letters round, take no room, or command a terminal."""
SHOWN_HIDDEN = """() => {
    const hidden = '\\u202e\\u2066\\u200b\\ufeff\\x1b\\u2028\\x07';
    return [...document.documentElement.outerHTML].filter(sign => hidden.includes(sign)).length;
}"""
ACME = AccountScope("acme")


def domain_of(trick: str) -> str:
    """The trick as a label of a domain that nothing splits."""
    return trick.replace("@", "").replace(" ", "")


async def fail_at(world: World, number: int, trick: str) -> None:
    """Let mail to an address whose two parts are *trick* fail, and suppress another."""
    domain = domain_of(trick)
    blocked = failure(f"{trick[:40]}@{domain}.example", Reason.POLICY, "550 5.7.1 no", campaign=trick, suppressed=True)
    for address in (f"{trick[:40]}@{domain}.example", f"other{number}@{domain}.example"):
        recipient = dataclasses.replace(blocked.recipient, recipient=address)
        await keep_report(world.store, dataclasses.replace(blocked, recipient=recipient, key=address.lower()))
    await world.store.suppress(OPERATOR, suppression(f"held{number}{domain}@{domain}.example", reason=trick[:60]))


async def fill_every_field(world: World, number: int, trick: str) -> None:
    """Put *trick* into each field that a person, a program or a stranger fills in."""
    store, text = world.store, f"{trick}{HIDDEN}"
    webhook_id = f"wh_{number}"
    webhook = Webhook(
        webhook_id, "acme", f"https://hooks.acme.example/{number}?{text}", "standard", (EventType.BOUNCE,),
        Belief.PROVEN, WebhookState.ACTIVE, NOON - DAY, last_at=NOON, last_status=500, last_answer=text, label=text,
    )  # fmt: skip
    await store.add_webhook(OPERATOR, OpenWebhook(webhook, WebhookSecrets("whsec_" + "A" * 32)))
    await store.record_webhook_attempt(WebhookAttempt(webhook_id, f"evt_{number}", NOON, 500, text, 130))
    octets = secrets.token_bytes(KEY_OCTETS)
    await make_key(store, OPERATOR, "acme", KeyAccess.READ, trick[:40], octets=octets, now=NOON)
    saved = SavedFilter(f"filter{number}", "acme", ANN, text, f"campaign={trick}", NOON)
    await store.save_filter(OPERATOR, saved, limit=99)
    share = Share(f"share{number}", "acme", JANE, text, NOON, NOON + SHARE_LASTS)
    await store.add_share(OPERATOR, share, f"digest {number}", limit=99)
    rows = [
        suppression(
            f"i{number}@example.org",
            source=ChangeSource.IMPORT,
            reason=text,
            why=f"imported from {text}; by {ANN} on the web pages",
        )
    ]
    label = ImportLabel("acme", f"imported from {text}; by {ANN} on the web pages")
    await store.import_suppressions(ACME, rows, label=label)
    rule = TaughtRule(TaughtForm((f"phrase {number} {text}",), RecipientPlace.ONLY), Reason.POLICY)
    await store.add_rule(OPERATOR, KeptRule(rule, text, world.now, None), limit=99)
    note = AccountNote(NOON, ChangeSource.PAGE, text)
    await store.set_account(OPERATOR, Account("acme", (ANN,), wishes={"": {"contact": text}}), note)
    bounce = failure(JANE, Reason.POLICY, f"550 {text}", campaign=text, why=text, belief=Belief.UNPROVEN)
    recipient = dataclasses.replace(bounce.recipient, remote_mta=f"{text}.de", status=None)
    await keep_report(
        store, dataclasses.replace(bounce, recipient=recipient, stream=text[:60]), subject=text, message_id=text
    )


def pages(world: World, number: int, unread: str) -> tuple[str, ...]:
    return (
        "/",
        "/activity",
        "/suppressions",
        "/suppressions/import",
        "/suppressions/import?account=acme",
        f"/address?address={JANE}&account=acme",
        f"/address?address=i{number}@example.org&account=acme",
        "/receivers?by=campaign",
        "/receivers?by=stream",
        "/receivers/countries",
        "/connections",
        f"/connections/webhooks/wh_{number}",
        "/connections/notices",
        "/sessions",
        "/unread",
        f"/unread/{unread}/teach",
        "/rules",
        "/setup?account=acme",
        "/find?q=550",
        "/receivers?by=domain",
        f"/find?q=held{number}",
        f"/address?{urlencode({'address': f'other{number}@{domain_of(TRICKS[number])}.example'})}",
    )


async def walk(page: Page, world: World, unread: str) -> list[str]:
    """Look at every page, at what the mouse finds there too; give the pages where a trick made an element, or hid something."""
    faults = []
    for number in range(len(TRICKS)):
        for path in pages(world, number, unread):
            if number and f"{number}" not in path:
                continue  # the pages of all things were seen
            await page.goto(world.base + path)
            await page.mouse.move(400, 300)
            count = await page.evaluate(f"document.querySelectorAll({MADE!r}).length")
            hidden = await page.evaluate(SHOWN_HIDDEN)
            faults += [f"{path}: {count} elements, {hidden} hidden characters"] if count or hidden else []
    return faults


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR])
async def test_no_field_that_people_fill_in_runs_anything(tmp_path: Path, role: Role):
    async with browsing(tmp_path) as world, async_playwright() as playwright:
        for number, trick in enumerate(TRICKS):
            await fill_every_field(world, number, trick)
            await fail_at(world, number, trick)
        settings = write_settings(tmp_path)
        hostile = f"{TRICKS[0]}{TRICKS[1]}"
        raw = notice(JANE, subject=hostile, sender="x@example.fi") + f"{hostile}{HIDDEN}\r\n".encode()
        unread = await keep_and_read(world.store, settings, raw, path_of(settings, JANE))
        with chromium_to_drive() as url:
            browser = await playwright.chromium.connect_over_cdp(url)
            context = await browser.new_context(user_agent=TRICKS[1])
            page = await context.new_page()
            dialogs: list[str] = []
            page.on("dialog", lambda dialog: dialogs.append(dialog.message))
            person, account = ("root", None) if role is Role.OPERATOR else (ANN, "acme")
            await page.goto(world.base + await world.link(person, account, role))
            await page.click("main button")
            faults = await walk(page, world, unread)

    assert dialogs == []
    assert faults == []
