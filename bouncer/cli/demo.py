"""Demo: the daemon with an account of its own, and real bounces played at it over SMTP, to see how it goes."""

import asyncio
import base64
import dataclasses
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bouncer.cli.given import settings_of
from bouncer.cli.rows import visible
from bouncer.cli.serve import run, stop_at_signals
from bouncer.logs import log_to_stderr
from bouncer.mail.letter import read_id
from bouncer.settings import Settings

if TYPE_CHECKING:
    from bouncer.daemon.daemon import Daemon
    from bouncer.mail.returnpath import AccountKey

ACCOUNT = "demo"
OWNER = "owner@demo.example"
WISHES = {"": {"most": "0", "soft": "at-once", "technical": "at-once", "delay": "at-once"}}
"""All is told at once: nobody waits for a demo's digest."""
KEY = Path("var/demo.key")
SECRET_OCTETS = 32
HANDFUL = (
    "ndr/postfix/01-unknown-user.eml",
    "ndr/exim/04-over-quota.eml",
    "ndr/sendmail/07-spam.eml",
    "ndr/courier/03-unknown-domain.eml",
    "ndr/postfix/13-delay.eml",
    "not-bounces/08-vacation-swedish.eml",
    "not-bounces/23-arf-abuse.eml",
)
"""One of each kind, out of the checkout's ``fixtures/``."""
FIXTURES = Path("fixtures")
WAIT_SECONDS = 30.0
"""How long a letter may take from 250 to its notice before the demo says that something is wrong."""
LOOK_SECONDS = 0.05


@click.command(epilog="Example: bouncer demo; bouncer demo fixtures/ndr/exim/*.eml")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stop", is_flag=True, help="End when the letters are played, instead of serving on.")
@click.pass_context
def demo(context: click.Context, files: tuple[Path, ...], stop: bool) -> None:
    """Run the daemon, play letters at it, and say what became of each; then serve on.

    Without FILES it plays a handful of real bounces out of fixtures/, so run it in a checkout.
    """
    log_to_stderr("warning")
    settings = _with_key(settings_of(context))
    letters = files or tuple(one for one in (FIXTURES / name for name in HANDFUL) if one.exists())
    run(_demonstrated(settings, {file: file.read_bytes() for file in letters}, stop=stop))


def _with_key(settings: Settings) -> Settings:
    """Sign with a key of the demo's own where the settings name none."""
    if settings.tokens.keys:
        return settings
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(SECRET_OCTETS)) + b"\n")
    return dataclasses.replace(settings, tokens=dataclasses.replace(settings.tokens, keys=(KEY,)))


async def _demonstrated(settings: Settings, letters: Mapping[Path, bytes], *, stop: bool) -> None:
    from bouncer.daemon.clock import now  # noqa: PLC0415 -- only a daemon needs what follows
    from bouncer.daemon.daemon import running  # noqa: PLC0415
    from bouncer.daemon.keys import read_keys  # noqa: PLC0415
    from bouncer.mail.returnpath import Generation  # noqa: PLC0415
    from bouncer.ports import Account  # noqa: PLC0415

    stopped = stop_at_signals()
    async with running(settings) as daemon:
        await daemon.store.add_account(Account(ACCOUNT, (OWNER,), wishes=WISHES), now=now())
        generation = (await daemon.store.directory()).generation(ACCOUNT) or Generation()
        key = read_keys(settings.tokens.keys)[0].of(ACCOUNT, generation.number)
        click.echo(f"bouncer listens on {', '.join(daemon.listening)}, keeps in {settings.store.url}")
        click.echo(f"account {ACCOUNT}, its owner is {OWNER}\n")
        for file, raw in letters.items():
            await _play(daemon, key, file, raw)
        if not stop:
            _say_how_to_go_on(daemon, key, letters)
            await stopped.wait()
            click.echo("stopping")


async def _play(daemon: "Daemon", key: "AccountKey", file: Path, raw: bytes) -> None:
    click.echo(click.style(str(file), bold=True))
    reply = await _send(daemon, _return_path(daemon, key, raw), raw)
    click.echo(f"  SMTP      {reply}")
    number = read_id(reply.rpartition(" ")[2])
    if number is not None:
        await _say_what_became(daemon, number)


def _return_path(daemon: "Daemon", key: "AccountKey", raw: bytes) -> str:
    """Sign the path that the mailing would have had: for the recipient that the report names."""
    from bouncer.daemon.clock import today  # noqa: PLC0415
    from bouncer.mail.returnpath import sign  # noqa: PLC0415
    from bouncer.ndr.door import read  # noqa: PLC0415

    settings = daemon.settings
    recipient = next((one.recipient for one in read(raw).recipients), "somebody@example.org")
    domain = settings.smtp.domains[0]
    return sign(ACCOUNT, recipient, domain=domain, key=key, today=today(), days=settings.tokens.expire_days)


async def _send(daemon: "Daemon", path: str, raw: bytes) -> str:
    from aiosmtplib import SMTP  # noqa: PLC0415

    host, _, port = daemon.listening[0].rpartition(":")
    async with SMTP(hostname=host.strip("[]"), port=int(port), start_tls=False) as client:
        _, said = await client.sendmail("", [path], raw)
    return said


async def _say_what_became(daemon: "Daemon", number: int) -> None:
    from bouncer.policy.record import LetterState, ParcelState  # noqa: PLC0415
    from bouncer.ports import BounceFilter, OutboxRow, Page  # noqa: PLC0415

    async def parcels() -> list[OutboxRow]:
        return [row for row in await daemon.store.outbox(state=None, page=Page(10)) if row.letter_id == number]

    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            letter = await daemon.store.letter(number)
            on_the_way = any(one.state is ParcelState.WAITING and not one.last_error for one in await parcels())
            if letter and letter.state is not LetterState.KEPT and not on_the_way:
                break
            await asyncio.sleep(LOOK_SECONDS)
    bounces = await daemon.store.bounces(BounceFilter(letter_id=number), Page())
    if not bounces:
        (listed,) = await daemon.store.letters(state=None, account=None, page=Page(1, number + 1))
        click.echo(f"  {letter.state:9} {visible(listed.kind or '')}: {visible(listed.note or '')}")
    for row in bounces:
        said = [row.kind, row.action, row.category, row.reason, row.status, f"({row.belief})"]
        click.echo(f"  recorded  {visible(row.recipient)}: {' '.join(one for one in said if one)}")
        if row.suppressed:
            click.echo("            suppressed: mail to this address is stopped from now on")
    for sent in await parcels():
        click.echo(f"  forwarded to {visible(sent.to)}: {sent.state}, {visible(sent.said or sent.last_error or '')}")
    click.echo()


def _say_how_to_go_on(daemon: "Daemon", key: "AccountKey", letters: Mapping[Path, bytes]) -> None:
    host, _, port = daemon.listening[0].rpartition(":")
    example, raw = next(iter(letters.items()), (Path("LETTER.eml"), b""))
    path = _return_path(daemon, key, raw)
    sending = f'sendmail("", "{path}", open("{example}", "rb").read())'
    code = f'import smtplib; smtplib.SMTP("{host}", {port}).{sending}'
    click.echo("Still serving. Send it another one, in another terminal:\n")
    click.echo(f"  python3 -c {shlex.quote(code)}\n")
    click.echo("See what was recorded: .venv/bin/bouncer bounces; .venv/bin/bouncer letters; .venv/bin/bouncer queue")
    click.echo("Stop it with Ctrl-C; started again, it goes on from what it kept.")
