"""Honest reports in forms that systems on the way give them, to the path of one recipient, and forged ones that look like them.

The first kind is acted on, whatever address it names. The second kind comes from somebody who holds a path of her own, knows the
alias, and has seen reports about others: nobody but herself is suppressed, and nobody counts towards it.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.heard_reports import (
    ALIAS,
    JANE,
    LISTED,
    MOST_RECORDED,
    NOW,
    ROLE,
    Installation,
    arf,
    block,
    dsn,
    in_words,
    open_installation,
    path,
    registered,
    returning,
)

from bouncer.errors import Refused
from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import OPERATOR

KIM, KIM_IN_ASCII = "kim@faß.example", "kim@xn--fa-hia.example"
X500 = "IMCEAEX-_o=ExchangeLabs_ou=Exchange+20Administrative+20Group+20+28FYDIBOHF23SPDLT+29_cn=Recipients_cn="


@dataclass(frozen=True)
class Honest:
    """A report about *failed*, which comes to its path; *outcome*: suppressed at once, or counted by days."""

    text: str
    outcome: str = "suppressed"
    failed: str = JANE
    came_to: str | None = None


def with_fields(text: str, *fields: str) -> str:
    """The report with further fields before its first one for a recipient."""
    return text.replace("\n\nFinal-Recipient:", "\n\n" + "".join(f"{field}\n" for field in fields) + "Final-Recipient:")


SRS = "SRS0=HHHH=TT=rp.example.com=" + path().rpartition("@")[0] + "@forwarder.example"
HONEST: dict[str, Honest] = {
    "the provider has another name for the tenant": Honest(
        dsn(block("jane@exampleorg.onmicrosoft.example"), returned=LISTED), "counted"
    ),
    "the provider files mail under a number": Honest(
        dsn(block("u4711@store17.example.org", JANE), returned=LISTED), "counted"
    ),
    "a detail was added on the way": Honest(dsn(block("jane+inbox@example.org"), returned=LISTED), "counted"),
    "a detail was taken off, in words, the message returned": Honest(
        in_words(
            "<jane@example.org>:", "Sorry, no mailbox here. (#5.1.1)", returned=returning("jane+2026=q4@example.org")
        ),
        failed="jane+2026=q4@example.org",
    ),
    "capitals everywhere": Honest(
        dsn(block("JANE@EXAMPLE.ORG", "JANE@EXAMPLE.ORG"), returned=returning("JANE@EXAMPLE.ORG"))
        .upper()
        .replace("BOUNDARY=B", "boundary=B"),
        came_to=path().upper(),
    ),
    "a domain beyond ASCII, as it is looked up": Honest(
        dsn(block(KIM_IN_ASCII), returned=returning(KIM_IN_ASCII)), failed=KIM_IN_ASCII, came_to=path(KIM)
    ),
    "a domain beyond ASCII, in codes": Honest(
        dsn(block(None), returned=LISTED).replace(
            "Action: failed", "Final-Recipient: utf-8; kim@fa\\x{DF}.example\nAction: failed"
        ),
        failed=KIM_IN_ASCII,
        came_to=path(KIM),
    ),
    "sent on with a rewritten sender": Honest(
        with_fields(
            dsn(block("j.private@inner.example"), returned=f"Return-Path: <{SRS}>\nTo: {JANE}\nSubject: Your order")
        ),
        "counted",
    ),
    "the rewritten sender in the place of the recipient": Honest(dsn(block(SRS), returned=LISTED), "counted"),
    "a group was expanded": Honest(
        dsn(
            block(ROLE, answer="250 2.0.0 ok", action="expanded"),
            block("anna@customer.example", ROLE),
            returned=returning(f"Sales: {ROLE}, other@customer.example;"),
        ),
        "counted",
        ROLE,
    ),
    "a list was expanded, and tells of one member": Honest(
        in_words(
            f"<anna@customer.example> (expanded from <{ROLE}>): host mx.customer.example said:",
            "    550 5.1.1 User unknown (in reply to RCPT TO command)",
        ),
        "counted",
        ROLE,
    ),
    "fields for the message, and none for a recipient": Honest(
        dsn(returned=LISTED, words="550 5.1.1 The mailbox does not exist.")
    ),
    "Exchange Online names the directory": Honest(
        dsn(block(f"{X500}a1b2c3d4e5f60718293a4b5c6d7e8f90-jane@eurprd01.prod.outlook.example"), returned=LISTED)
    ),
    "an address in angle brackets and a comment": Honest(
        dsn(block(f"<{JANE}> (Jane Doe)", f"<{JANE}>"), returned=LISTED)
    ),
}


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async for here in open_installation(tmp_path):
        yield here


async def outcome(installation: Installation, honest: Honest) -> str:
    try:
        rows = await installation.hear(honest.came_to or path(honest.failed), honest.text)
    except Refused:
        return "refused"
    if suppressed := await installation.suppressed():
        return "suppressed" if suppressed == {honest.failed} else f"suppressed {suppressed}"
    if any(row.recipient == honest.failed and row.effect == "counted" for row in rows):
        return "counted"
    return f"{[(row.recipient, row.reported, row.action, row.belief, row.effect, row.belief_why) for row in rows]}"


async def test_honest_reports_are_acted_on_however_systems_on_the_way_spell_the_recipient(tmp_path: Path):
    outcomes = {}
    for number, (name, honest) in enumerate(HONEST.items()):
        (folder := tmp_path / str(number)).mkdir()
        async for own in open_installation(folder):
            outcomes[name] = await outcome(own, honest)

    assert outcomes == {name: honest.outcome for name, honest in HONEST.items()}


MALLORY, VICTIM = "mallory@example.net", "victim@example.net"
OWN_HASHED = path(MALLORY, hashed=True)
SWAPPED = path(MALLORY).replace("mallory", "victim")
OF_VICTIM = dsn(block(VICTIM, VICTIM), returned=returning(VICTIM))
FORGED: dict[str, tuple[str, str]] = {
    "her own path, and the victim in each field": (path(MALLORY), OF_VICTIM),
    "her hashed path, and the victim in each field": (OWN_HASHED, OF_VICTIM),
    "her hashed path, and both are named": (OWN_HASHED, dsn(block(VICTIM, MALLORY), block(MALLORY, VICTIM))),
    "the victim inside her own address": (path(MALLORY), dsn(block("victim%example.net@example.net", MALLORY))),
    "her own address as the one that a gateway made of the victim's": (
        path(MALLORY),
        dsn(block(f"{X500}a1-victim@example.net", VICTIM), returned=returning(VICTIM)),
    ),
    "a complaint to the alias, with her path and the victim": (
        ALIAS,
        arf(f"Original-Mail-From: <{path(MALLORY)}>\nOriginal-Rcpt-To: {VICTIM}", returning(VICTIM)),
    ),
    "the alias, and the victim's message": (ALIAS, OF_VICTIM),
    "the alias, and the victim's address in it": (ALIAS.replace("@", "+victim=example.net@"), OF_VICTIM),
    "the victim's name in her own path": (SWAPPED, OF_VICTIM),
    "the same behind prvs=": (f"prvs=1234abcdef={SWAPPED}", OF_VICTIM),
    "the same behind SRS0": (f"SRS0=HHHH=TT=rp.example.com={SWAPPED}", OF_VICTIM),
    "the same behind SRS1": (f"SRS1=GGGG=relay.example==HHHH=TT=rp.example.com={SWAPPED}", OF_VICTIM),
    "the domain is gone, it says": (path(MALLORY), dsn(block(VICTIM, answer="550 5.1.2 example.net: no such domain"))),
}


@pytest.mark.parametrize("form", FORGED)
async def test_forged_reports_that_look_like_honest_ones_silence_nobody_else(installation: Installation, form: str):
    """Three days long, each more often than a path may be used, beside the message that the victim really got."""
    await installation.store.count(OPERATOR, [dataclasses.replace(registered(), recipients=(VICTIM,))])
    came_to, text = FORGED[form]
    for day in range(3):
        installation.now = NOW + dt.timedelta(days=day)
        for _ in range(4):
            with contextlib.suppress(Refused):
                await installation.hear(came_to, text)

    about_victim = await installation.store.bounces(OPERATOR, BounceFilter(recipient=VICTIM), MOST_RECORDED)
    assert await installation.suppressed() <= {MALLORY}
    assert {row.effect for row in about_victim} <= {"none", "doubted"}
    assert {row.belief for row in about_victim} <= {"unproven", "contradicted", "plausible"}
