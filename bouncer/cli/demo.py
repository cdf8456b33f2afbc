"""``bouncer demo``: runs the daemon with an account of its own, and sends real letters to it over SMTP."""

import asyncio
import contextlib
import dataclasses
import json
import logging
import secrets
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bouncer.cli.context import settings_of
from bouncer.cli.demo_files import command_line, command_with_settings, letters, with_key, with_pages
from bouncer.cli.serve import run, stop_at_signals
from bouncer.cli.story import TerminalStory
from bouncer.installation import SYSTEM_FILE
from bouncer.logs import Event, log_to_stderr
from bouncer.mail.address import comparable
from bouncer.mail.logged import escape_invisible
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings

if TYPE_CHECKING:
    from bouncer.daemon.daemon import Daemon
    from bouncer.mail.returnpath import AccountKey

ACCOUNT = "demo"
OWNER = "owner@demo.example"
SOMEBODY = "somebody@example.org"
"""The recipient of a letter that names no recipient."""
WAIT_SECONDS = 30.0
"""Timeout of a letter from its 250 reply to its notice; after it, the demo goes on."""


@click.command(epilog="Example: bouncer demo; bouncer demo ~/bounces/*.eml")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stop", is_flag=True, help="End when the letters are played, instead of serving on.")
@click.pass_context
def demo(context: click.Context, files: tuple[Path, ...], stop: bool) -> None:
    """Run the daemon, play letters at it, and say what becomes of each; then serve on, and tell of each that comes.

    Without FILES it plays a handful of letters of its own. All that it keeps is in the folder var.
    """
    log_to_stderr("warning")
    configured = settings_of(context)
    settings = with_pages(with_key(configured))
    file: Path | None = context.find_root().obj or (SYSTEM_FILE if SYSTEM_FILE.exists() else None)
    played = files or letters()
    if not played:
        click.echo(f"There are no letters here to play. Name some of yours: {command_line()} demo FILE ...")
    raws = {letter: letter.read_bytes() for letter in played}
    run(_run_demo(settings, file, raws, stop=stop, own_key=not configured.tokens.keys))


@dataclass(frozen=True, slots=True)
class _Play:
    """The daemon, key and story with which letters are played."""

    daemon: "Daemon"
    key: "AccountKey"
    story: TerminalStory
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a letter's story has a new event."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port of the SMTP server."""
        host, _, port = self.daemon.listening[0].rpartition(":")
        return host.strip("[]"), int(port)


async def _run_demo(
    settings: Settings, file: Path | None, played: Mapping[Path, bytes], *, stop: bool, own_key: bool
) -> None:
    from bouncer.clock import now  # noqa: PLC0415 -- only a daemon needs what follows
    from bouncer.daemon.daemon import running  # noqa: PLC0415
    from bouncer.key_files import read_keys  # noqa: PLC0415
    from bouncer.mail.returnpath import Generation  # noqa: PLC0415
    from bouncer.ports.accounts import Account, Alias  # noqa: PLC0415

    stopped = stop_at_signals()
    with _events_as_story() as story:
        async with running(settings) as daemon:
            await daemon.store.add_account(OPERATOR, Account(ACCOUNT, (OWNER,)), now=now())
            alias = f"{ACCOUNT}@{settings.smtp.domains[0]}"
            await daemon.store.add_alias(OPERATOR, Alias(comparable(alias), ACCOUNT), now=now())
            generation = (await daemon.store.directory(OPERATOR)).generation(ACCOUNT) or Generation()
            stage = _Play(daemon, read_keys(settings.tokens.keys)[0].derive(ACCOUNT, generation.number), story)
            click.echo(f"bouncer listens on {', '.join(daemon.listening)}, keeps in {settings.store.url}")
            click.echo(f"account {ACCOUNT}, return path {alias}; its owner {OWNER} has the default preferences\n")
            pages = daemon.http.listening if daemon.http else ()
            beside = command_with_settings(settings, file, daemon.listening, pages, own_key=own_key)
            story.on_event = stage.moved.set
            for letter, raw in played.items():
                await _play(stage, letter, raw)
            if not stop:
                link = await _sign_in_link(stage)
                _say_how_to_go_on(stage, beside, played, link)
                story.names_letters = True
                await stopped.wait()
                click.echo("stopping")


@contextlib.contextmanager
def _events_as_story() -> Iterator[TerminalStory]:
    """Send the daemon's events to a TerminalStory only; other warnings go to standard error as usual."""
    story = TerminalStory(click.echo, asyncio.get_running_loop().call_soon)
    log, others = logging.getLogger("bouncer"), logging.getLogger().handlers
    before, levels = log.level, [(handler, handler.level) for handler in others]

    def is_no_event(record: logging.LogRecord) -> bool:
        return not isinstance(record.msg, Event)

    log.addHandler(story)
    log.setLevel(logging.INFO)
    for handler in others:
        handler.setLevel(logging.WARNING)
        handler.addFilter(is_no_event)
    try:
        yield story
    finally:
        log.removeHandler(story)
        log.setLevel(before)
        for handler, level in levels:
            handler.setLevel(level)
            handler.removeFilter(is_no_event)


async def _play(stage: _Play, file: Path, raw: bytes) -> None:
    from aiosmtplib import SMTPException  # noqa: PLC0415 -- only a play needs it

    click.echo(click.style(escape_invisible(file.name), bold=True))
    try:
        reply = await _send(stage, _return_path(stage, raw), raw)
    except SMTPException as refusal:
        click.echo(f"  SMTP       not taken: {escape_invisible(str(refusal))}\n")
        return
    click.echo(f"  SMTP       {escape_invisible(reply)}")
    letter = reply.rpartition(" ")[2]
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not stage.story.is_told(letter):
                stage.moved.clear()
                await stage.moved.wait()
    except TimeoutError:
        click.echo(f"  ...        nothing more in {WAIT_SECONDS:.0f} seconds; what comes of it later is told then")
    click.echo()


def _return_path(stage: _Play, raw: bytes) -> str:
    """Sign the return path that the reported message would have had: for the recipient that the report names."""
    from bouncer.clock import today  # noqa: PLC0415
    from bouncer.mail.returnpath import sign  # noqa: PLC0415
    from bouncer.ndr.reader import read  # noqa: PLC0415

    settings = stage.daemon.settings
    recipient = next((recipient.recipient for recipient in read(raw).recipients if recipient.recipient), SOMEBODY)
    domain, days = settings.smtp.domains[0], settings.tokens.expire_days
    return sign(ACCOUNT, recipient, domain=domain, key=stage.key, today=today(), days=days)


async def _send(stage: _Play, path: str, raw: bytes) -> str:
    from aiosmtplib import SMTP  # noqa: PLC0415

    host, port = stage.place
    async with SMTP(hostname=host, port=port, start_tls=False) as client:
        _, reply = await client.sendmail("", [path], raw)
    return reply


async def _sign_in_link(stage: _Play) -> str:
    """Make a link that signs the owner in to the web pages, where they listen now."""
    from bouncer.clock import now  # noqa: PLC0415
    from bouncer.manage.page_links import base_url, sign_in_url  # noqa: PLC0415
    from bouncer.manage.signing_in import make_link  # noqa: PLC0415
    from bouncer.policy.sign_in import SECRET_OCTETS, Role  # noqa: PLC0415

    server, settings = stage.daemon.http, stage.daemon.settings.http
    listening = tuple(server.listening) if server else ()
    base = base_url(dataclasses.replace(settings, listen=listening))
    octets = secrets.token_bytes(SECRET_OCTETS)
    made = await make_link(stage.daemon.store, OPERATOR, OWNER, ACCOUNT, Role.OWNER, octets=octets, now=now())
    return sign_in_url(base, made.secret)


def _say_how_to_go_on(stage: _Play, beside: str, played: Mapping[Path, bytes], link: str) -> None:
    if played and not stage.story.notice_shown:
        click.echo("No notice was sent this time; the lines above say until when each is held, and why.\n")
    host, port = stage.place
    example, raw = next(iter(played.items()), (Path("LETTER.eml"), b""))
    reading = f'open({json.dumps(str(example.absolute()))}, "rb").read()'
    sending = f'sendmail("", "{_return_path(stage, raw)}", {reading})'
    code = f'import smtplib; smtplib.SMTP("{host}", {port}).{sending}'
    click.echo("Still serving; each letter that comes from now on is told here. Four next steps:\n")
    click.echo(
        f"  1. Look at it in a browser (once, within 15 minutes; `bouncer login` makes another link):\n     {link}\n"
    )
    click.echo(f"  2. In another terminal, send it another letter:\n     python3 -c {shlex.quote(code)}\n")
    click.echo(f"  3. See what was recorded (letters, queue, suppressions list show more):\n     {beside} bounces\n")
    click.echo(f"  4. See what a real installation needs:\n     {beside} check\n")
    click.echo("Stop it with Ctrl-C; started again, it goes on from what it kept.")
