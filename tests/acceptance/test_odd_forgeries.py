"""Forged reports in odd shapes, by somebody who holds a token of his own: no event in any format is about anybody else."""

from collections.abc import Iterator

import pytest
from acceptance.forging import ACME_PATH, MALLORY, NOW, RETIRED, field, path, read_all, report_of, send, victim
from acceptance.webhook_world import World, admitting, leased_events, post, site, world

from bouncer.mail.signed_header import make_header
from bouncer.ports.scope import OPERATOR

__all__ = ["site", "world"]
"""The fixtures that the tests take."""
VICTIM = victim(7)
SUCCESS = ("delivered", "2.0.0", "250 ok")


def failed(recipient: str, original: str = "", outcome: tuple[str, str, str] = ("failed", "5.1.1", "550 no")) -> str:
    """The fields of a status report about one recipient (RFC 3464)."""
    action, status, reply = outcome
    first = f"Original-Recipient: rfc822; {original}\n" if original else ""
    last = f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {reply}\n\n"
    return f"{first}Final-Recipient: rfc822; {recipient}\n{last}"


def report(*of_recipients: str) -> bytes:
    return report_of("delivery-status", "Reporting-MTA: dns; mx.example.net\n\n" + "".join(of_recipients), ())


def complaint(*lines: str, returned: tuple[str, ...] = ()) -> bytes:
    fields = "".join(f"{line}\n" for line in ("Feedback-Type: abuse", "User-Agent: x/1", "Version: 1", *lines))
    return report_of("feedback-report", fields, [f"To: {VICTIM}", *returned])


def text(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


SENDER = ("From: MAILER-DAEMON@mx.example.net", "Subject: Undelivered Mail")
NESTED = (
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=c",
    "",
    "--c",
    "Content-Type: message/rfc822",
    "",
)
OWN_TOKEN = field(make_header(path(MALLORY, reference="x")))
SHAPES = {
    "his address as the original one": report(failed(VICTIM, MALLORY)),
    "the victim's as the original one": report(failed(MALLORY, VICTIM)),
    "the victim in xtext": report(failed(VICTIM.replace("@", "+40"), VICTIM.replace("@", "+40"))),
    "a success of his own before it": report(failed(MALLORY, outcome=SUCCESS), failed(VICTIM)),
    "other spellings": report(failed(VICTIM.upper() + "."), failed(VICTIM.replace("@", "\uff20"))),
    "a report within a report": text(*SENDER, *NESTED, report(failed(VICTIM)).decode(), "--c--"),
    "a complaint": complaint(f"Original-Rcpt-To: {VICTIM}", f"Removal-Recipient: {VICTIM}", returned=(OWN_TOKEN,)),
    "a wish in the victim's name": text(f"From: {VICTIM}", "Subject: unsubscribe", "", f"unsubscribe {VICTIM}"),
    "words only": text(*SENDER, f"X-Failed-Recipients: {VICTIM}", "", f"<{VICTIM}>: 550 5.1.1 no such user"),
    "JSON in an address": report(failed(f'x","email":"{VICTIM}'), failed(f'{MALLORY}","recipient":"{VICTIM}')),
    "the victim in the server's words": report(failed(MALLORY, outcome=("failed", "5.1.1", f"550 <{VICTIM}> no"))),
    "forwarded to the victim": report(failed(MALLORY, outcome=("relayed", "2.0.0", "250 ok")), failed(VICTIM, MALLORY)),
    "a success, to free the victim": report(failed(VICTIM, outcome=SUCCESS)),
}
"""Letters to a path that was signed for the forger."""


def letters() -> Iterator[tuple[str, bytes]]:
    for number, raw in enumerate(SHAPES.values()):
        yield path(MALLORY, reference=f"odd{number}"), raw
    both = (f"Original-Rcpt-To: {VICTIM}", f"Original-Rcpt-To: {MALLORY}")
    yield ACME_PATH, complaint(*both, returned=(OWN_TOKEN, field(make_header(path(VICTIM, key=RETIRED)))))


@pytest.mark.timeout(120)
async def test_a_token_speaks_for_its_own_recipient_only_whatever_the_shape(world: World):
    admit = admitting(world.store)
    assert await send(world.store, admit, letters()) == 0
    await read_all(world.store, admit)

    jobs = await leased_events(world.store)
    await post(world, jobs)

    assert {job.row.recipient_key for job in jobs} == {MALLORY}
    assert {address for _, _, address, _ in world.events_read()} == {MALLORY}
    assert not await world.store.suppressions_of(OPERATOR, "acme", [VICTIM], now=NOW)
