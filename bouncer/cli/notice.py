"""Notices as they would be sent, to look at: of a file, or of a letter that was kept."""

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import click

from bouncer.cli.context import settings_of, with_store
from bouncer.cli.group import SentenceGroup
from bouncer.clock import now
from bouncer.compose.notice import Notice
from bouncer.compose.owner_mails import compose, shown_notice
from bouncer.errors import BouncerError
from bouncer.mail.letter import read_id
from bouncer.mail.logged import visible
from bouncer.manage.previews import preview_of_letter, preview_of_report
from bouncer.notify.facts import notice as notice_of
from bouncer.notify.templates import read_templates
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.workers.drawer_process import DrawerProcess


@click.group(cls=SentenceGroup)
def notice() -> None:
    """Show a notice as it would be sent."""


@notice.command(epilog="Example: bouncer notice preview bounce.eml --language de; bouncer notice preview 38g0n6damk02s")
@click.argument("what", metavar="FILE|ID")
@click.option("--html", "form", flag_value="html", help="Print the HTML form.")
@click.option("--raw", "form", flag_value="raw", help="Print the whole mail as it would be handed over.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGE_CODES),
    help="Write it in this language  [default: the account's, else en].",
)
@click.pass_context
def preview(context: click.Context, what: str, form: str | None, language: str | None) -> None:
    """Print the notice that the report in FILE, or the kept letter ID, leads to. Nothing is sent.

    For a FILE it is the notice that a proven report would lead to, were it the first on its addresses.
    """
    number, drawn = read_id(what), dict[str, str]()
    if Path(what).is_file():
        raw = Path(what).read_bytes()
        made = preview_of_report(raw, language=language or "en", message_id=_message_id(context), now=now())
    elif number is not None:
        made = _of_letter(context, number, language)
        drawn = asyncio.run(_drawn(settings_of(context), made))
    else:
        raise BouncerError(f"{what} is neither a file nor a letter's id")
    octets = compose(made, from_=settings_of(context).forward.from_, reverse_path="", drawn=drawn).octets
    click.echo(octets if form == "raw" else _body(octets, form or "plain"), nl=form != "raw")


async def _drawn(settings: Settings, made: Notice) -> dict[str, str]:
    """Give what the account's own templates draw, within the daemon's bounds; what is wrong goes to standard error."""
    account = made.account or ""
    own = {name: own for name, own in read_templates(settings.forward.templates).items() if name == account}
    room = DrawerProcess(own, tell=lambda _account, fault: click.echo(visible(f"template not used: {fault}"), err=True))
    try:
        return dict(await room.draw(account, shown_notice(made))) if own else {}
    finally:
        await room.close()


def _message_id(context: click.Context) -> str:
    return f"preview@{settings_of(context).smtp.hostname}"


def _body(octets: bytes, form: str) -> str:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body((form,))
    assert body is not None
    shown = str(body.get_content()).replace("\r\n", "\n")
    return shown if form == "html" else f"Subject: {message['Subject']}\n\n{shown}"


def _of_letter(context: click.Context, number: int, language: str | None) -> Notice:
    async def ask(store: Store, _settings: Settings) -> DeliveryJob:
        message_id = _message_id(context)
        return await preview_of_letter(store, OPERATOR, number, language=language, message_id=message_id)

    return notice_of(with_store(context, ask))
