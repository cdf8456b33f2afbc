"""Shows notices as they would be sent: of a report in a file, or of a kept letter."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from bouncer.cli.context import call_with_store, settings_of
from bouncer.cli.group import SentenceGroup
from bouncer.clock import now
from bouncer.compose.custom import TemplateInput
from bouncer.errors import BouncerError
from bouncer.mail.letter import read_id
from bouncer.mail.logged import escape_invisible
from bouncer.manage.previews import NoticePreview, PreviewOrder, preview_letter, preview_report
from bouncer.notify.facts import make_notice as notice_of
from bouncer.notify.templates import read_templates
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.workers.rendering_process import RenderingProcess


@click.group(cls=SentenceGroup)
def notice() -> None:
    """Show a notice as it would be sent."""


@notice.command(epilog="Example: bouncer notice preview bounce.eml --language de; bouncer notice preview 38g0n6damk02s")
@click.argument("source", metavar="FILE|ID")
@click.option("--html", "form", flag_value="html", help="Print the HTML form.")
@click.option("--raw", "form", flag_value="raw", help="Print the whole mail as it would be handed over.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGE_CODES),
    help="Write it in this language  [default: the account's, else en].",
)
@click.pass_context
def preview(context: click.Context, source: str, form: str | None, language: str | None) -> None:
    """Print the notice that the report in FILE, or the kept letter ID, leads to. Nothing is sent.

    For a FILE it is the notice that a proven report would lead to, were it the first on its addresses.
    """
    settings = settings_of(context)
    order = PreviewOrder(settings.forward.from_, f"preview@{settings.smtp.hostname}", language)
    number = read_id(source)
    if Path(source).is_file():
        content = preview_report(Path(source).read_bytes(), order, now=now())
    elif number is not None:
        content = _preview_for_letter(context, number, order)
    else:
        raise BouncerError(f"{source} is neither a file nor a letter's id")
    texts = {"html": content.html, None: f"Subject: {content.subject}\n\n{content.text}"}
    click.echo(content.octets if form == "raw" else texts[form], nl=form != "raw")


def _preview_for_letter(context: click.Context, number: int, order: PreviewOrder) -> NoticePreview:
    async def ask(store: Store, settings: Settings) -> NoticePreview:
        render = partial(_render, settings)
        return await preview_letter(store, OPERATOR, number, order, notice_of=notice_of, render=render)

    return call_with_store(context, ask)


async def _render(settings: Settings, account: str, content: TemplateInput) -> Mapping[str, str]:
    """Render the account's own templates within the daemon's bounds; their faults go to standard error."""
    account_templates = {
        name: templates for name, templates in read_templates(settings.forward.templates).items() if name == account
    }
    renderer = RenderingProcess(
        account_templates,
        tell=lambda _account, fault: click.echo(escape_invisible(f"template not used: {fault}"), err=True),
    )
    try:
        return await renderer.render(account, content) if account_templates else {}
    finally:
        await renderer.close()
