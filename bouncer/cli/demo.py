"""``bouncer demo``: runs the daemon with an account of its own, and sends real letters to it over SMTP."""

import asyncio
import dataclasses
import datetime as dt
import json
import logging
import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bouncer.cli import demo_month
from bouncer.cli.context import settings_of
from bouncer.cli.demo_files import command_line, command_with_settings, letters, with_key, with_pages
from bouncer.cli.serve import prepare_forks, run, stop_at_signals
from bouncer.cli.story import TerminalStory, quiet_log
from bouncer.installation import SYSTEM_FILE
from bouncer.logs import log_to_stderr
from bouncer.mail.address import comparable
from bouncer.mail.logged import escape_invisible
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings

if TYPE_CHECKING:
    from bouncer.cli.demo_playback import PlaybackClock
    from bouncer.daemon.daemon import Daemon
    from bouncer.mail.returnpath import AccountKey
    from bouncer.policy.sign_in import Role

ACCOUNT = "demo"
OWNER = "owner@demo.example"
OPERATOR_NAME = "operator"
"""The person who is signed in as operator."""
SOMEBODY = "somebody@example.org"
"""The recipient of a letter that names no recipient."""
WAIT_SECONDS = 30.0
"""Timeout of a letter from its 250 reply to its notice; after it, the demo goes on."""


@click.command(epilog="Example: bouncer demo; bouncer demo ~/bounces/*.eml")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--stop", is_flag=True, help="End when the letters are played, instead of serving on.")
@click.pass_context
def demo(context: click.Context, files: tuple[Path, ...], stop: bool) -> None:
    """Run the daemon, play letters at it, and tell what becomes of each; then go on serving, and tell of each letter that comes.

    Without FILES it plays a month of an account with three campaigns, then a letter of each kind. All files of the demo are in the
    folder var; started again, it goes on with them.
    """
    prepare_forks(lambda: True)
    log_to_stderr("warning")
    configured = settings_of(context)
    settings = with_pages(with_key(configured))
    file: Path | None = context.find_root().obj or (SYSTEM_FILE if SYSTEM_FILE.exists() else None)
    letter_files = files or letters()
    if not letter_files:
        click.echo(f"There are no letters here to play. Name some of yours: {command_line()} demo FILE ...")
    raws = {letter: letter.read_bytes() for letter in letter_files}
    run(_run_demo(settings, file, raws, stop=stop, own_key=not configured.tokens.keys, plays_month=not files))


@dataclass(frozen=True, slots=True)
class _Play:
    """The daemon, key, story and alias with which letters are played."""

    daemon: "Daemon"
    key: "AccountKey"
    story: TerminalStory
    alias: str
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a letter's story has a new event."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port of the SMTP server."""
        host, _, port = self.daemon.listening[0].rpartition(":")
        return host.strip("[]"), int(port)


async def _run_demo(
    settings: Settings,
    file: Path | None,
    letter_files: Mapping[Path, bytes],
    *,
    stop: bool,
    own_key: bool,
    plays_month: bool,
) -> None:
    from bouncer.cli.demo_playback import PlaybackClock  # noqa: PLC0415 -- only a daemon needs what follows
    from bouncer.daemon.daemon import running  # noqa: PLC0415

    stop_event, clock = stop_at_signals(), PlaybackClock()
    story = TerminalStory(click.echo, asyncio.get_running_loop().call_soon)
    with quiet_log() as log:
        async with running(settings, clock=clock) as daemon:
            stage, is_new = await _set_stage(daemon, settings, story)
            click.echo(f"bouncer listens on {', '.join(daemon.listening)}, keeps in {settings.store.url}")
            click.echo(f"account {ACCOUNT}, return path {stage.alias}; its owner {OWNER} has the default preferences\n")
            if is_new and plays_month:
                await _play_month(stage, clock, log)
            log.addHandler(story)
            pages = daemon.http.listening if daemon.http else ()
            command = command_with_settings(settings, file, daemon.listening, pages, own_key=own_key)
            story.on_event = stage.moved.set
            for letter, raw in letter_files.items():
                await _play(stage, letter, raw)
            if not stop:
                _say_how_to_go_on(stage, command, letter_files, await _sign_in_links(stage))
                story.names_letters = True
                await stop_event.wait()
                click.echo("stopping")


async def _set_stage(daemon: "Daemon", settings: Settings, story: TerminalStory) -> tuple[_Play, bool]:
    """Add the account of the demo, a month old, and its return path; gives the stage, and whether the account is new."""
    from bouncer.clock import now  # noqa: PLC0415 -- as above
    from bouncer.key_files import read_keys  # noqa: PLC0415
    from bouncer.mail.returnpath import Generation  # noqa: PLC0415
    from bouncer.ports.accounts import Account, Alias  # noqa: PLC0415

    first_day = now() - dt.timedelta(days=demo_month.DAYS)
    is_new = await daemon.store.add_account(OPERATOR, Account(ACCOUNT, (OWNER,)), now=first_day)
    alias = f"{ACCOUNT}@{settings.smtp.domains[0]}"
    await daemon.store.add_alias(OPERATOR, Alias(comparable(alias), ACCOUNT), now=now())
    generation = (await daemon.store.directory(OPERATOR)).generation(ACCOUNT) or Generation()
    key = read_keys(settings.tokens.keys)[0].derive(ACCOUNT, generation.number)
    return _Play(daemon, key, story, alias), is_new


async def _play_month(stage: _Play, clock: "PlaybackClock", log: logging.Logger) -> None:
    """Play the month before now; its events are told in one line."""
    from bouncer.cli.demo_playback import Playback, PlayedLetters  # noqa: PLC0415 -- as above
    from bouncer.clock import now  # noqa: PLC0415

    month, letters = demo_month.make_month(now()), PlayedLetters()
    log.addHandler(letters)
    try:
        playback = Playback(
            stage.daemon.store,
            ACCOUNT,
            stage.place,
            lambda sent: _sign_path(stage, sent.recipient, at=sent.at) if sent else stage.alias,
            clock,
            letters,
        )
        await playback.play(month)
    finally:
        log.removeHandler(letters)
    stage.story.passed_over = letters.ids
    names = ", ".join(campaign.name for campaign in demo_month.CAMPAIGNS)
    click.echo(
        f"played the last {demo_month.DAYS} days: {len(month.sent):,} mails of the campaigns {names} and of orders,"
    )
    click.echo(f"and the {len(month.arrivals)} letters that came back. The letters of today:\n")


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
    from bouncer.clock import now  # noqa: PLC0415
    from bouncer.ndr.reader import read  # noqa: PLC0415

    recipient = next((recipient.recipient for recipient in read(raw).recipients if recipient.recipient), SOMEBODY)
    return _sign_path(stage, recipient, at=now())


def _sign_path(stage: _Play, recipient: str, *, at: dt.datetime) -> str:
    """Sign the return path of a message that was sent then; one of the last month is good until today at least."""
    from bouncer.clock import DAY_SECONDS  # noqa: PLC0415
    from bouncer.mail.returnpath import sign  # noqa: PLC0415

    settings = stage.daemon.settings
    domain, days = settings.smtp.domains[0], max(settings.tokens.expire_days, demo_month.DAYS + 2)
    day = int(at.timestamp()) // DAY_SECONDS
    return sign(ACCOUNT, recipient, domain=domain, key=stage.key, today=day, days=days)


async def _send(stage: _Play, path: str, raw: bytes) -> str:
    from aiosmtplib import SMTP  # noqa: PLC0415

    host, port = stage.place
    async with SMTP(hostname=host, port=port, start_tls=False) as client:
        _, reply = await client.sendmail("", [path], raw)
    return reply


async def _sign_in_links(stage: _Play) -> Sequence[tuple[str, str]]:
    """Make links that sign the owner and an operator in to the web pages, where they listen now; each with a description."""
    from bouncer.manage.page_links import base_url  # noqa: PLC0415 -- as above
    from bouncer.policy.sign_in import Role  # noqa: PLC0415

    server, settings = stage.daemon.http, stage.daemon.settings.http
    base = base_url(dataclasses.replace(settings, listen=tuple(server.listening) if server else ()))
    return (
        (
            f"As {OWNER} you see what became of the account's mail, and free addresses:",
            await _sign_in_link(stage, base, OWNER, ACCOUNT, Role.OWNER),
        ),
        (
            "As operator you see every account, the checks and Rules, and teach from Unread how a letter is read:",
            await _sign_in_link(stage, base, OPERATOR_NAME, None, Role.OPERATOR),
        ),
    )


async def _sign_in_link(stage: _Play, base: str, person: str, account: str | None, role: "Role") -> str:
    from bouncer.clock import now  # noqa: PLC0415
    from bouncer.manage.page_links import sign_in_url  # noqa: PLC0415
    from bouncer.manage.signing_in import make_link  # noqa: PLC0415
    from bouncer.policy.sign_in import SECRET_OCTETS  # noqa: PLC0415

    octets = secrets.token_bytes(SECRET_OCTETS)
    new_link = await make_link(stage.daemon.store, OPERATOR, person, account, role, octets=octets, now=now())
    return sign_in_url(base, new_link.secret)


def _say_how_to_go_on(
    stage: _Play, command: str, letter_files: Mapping[Path, bytes], links: Sequence[tuple[str, str]]
) -> None:
    if letter_files and not stage.story.notice_shown:
        click.echo("No notice was sent this time; the lines above say until when each is held, and why.\n")
    host, port = stage.place
    example, raw = next(iter(letter_files.items()), (Path("LETTER.eml"), b""))
    reading = f'open({json.dumps(str(example.absolute()))}, "rb").read()'
    sending = f'sendmail("", "{_return_path(stage, raw)}", {reading})'
    code = f'import smtplib; smtplib.SMTP("{host}", {port}).{sending}'
    click.echo("Still serving; each letter that comes from now on is told here. Four next steps:\n")
    click.echo("  1. Look at it in a browser. Each link works once, within 15 minutes (`bouncer login` makes another):")
    for page, link in links:
        click.echo(f"     {page}\n     {link}")
    click.echo()
    click.echo(f"  2. In another terminal, send it another letter:\n     python3 -c {shlex.quote(code)}\n")
    click.echo(f"  3. See what was recorded (letters, queue, suppressions list show more):\n     {command} bounces\n")
    click.echo(f"  4. See what a real installation needs:\n     {command} check\n")
    click.echo("Stop it with Ctrl-C; started again, it goes on from what it kept.")
