"""Notices as they would be sent, to look at: of a file, or of a letter that was kept."""

import asyncio
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import click

from bouncer.cli.context import scope_of, settings_of, with_store
from bouncer.cli.group import SentenceGroup
from bouncer.clock import now
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose, shown_notice
from bouncer.errors import BouncerError
from bouncer.mail.address import comparable
from bouncer.mail.letter import read_id
from bouncer.mail.logged import visible
from bouncer.mail.mailbox import is_same_mailbox
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind, Recipient
from bouncer.notify.facts import notice as notice_of
from bouncer.notify.templates import read_templates
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.history import AddressHistory
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.preferences import Overrides, preferences, wish
from bouncer.policy.records import Belief, Believed, ParcelKind, ParcelState
from bouncer.policy.suppress import Claim, weigh
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings import Settings
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Verdict
from bouncer.workers.drawer_process import DrawerProcess

TO = "owner@example.com"
"""Whom a preview is addressed to where no owner is known."""
MAX_RECIPIENTS = 1000
"""Of a kept letter, that are looked at; and earlier reports on one of them."""
MAX_HISTORIES = 20
"""Recipients whose earlier reports are looked up, as for the notice itself."""


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
        made = _of_file(Path(what).read_bytes(), language or "en", _message_id(context))
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


def _of_file(raw: bytes, language: str, message_id: str) -> Notice:
    """The notice as if the report had come to a signed return path, the first about its addresses."""
    judged = judge(read(raw))
    reading = judged.reading
    recipients = tuple(
        _recipient(one, verdict, reading.kind) for one, verdict in zip(reading.recipients, judged.verdicts, strict=True)
    )
    return Notice(
        to=TO,
        message_id=message_id,
        made_at=now(),
        kind=reading.kind,
        recipients=recipients,
        arrived_at=now(),
        reporting_mta=reading.reporting_mta,
        subject=reading.original.subject,
        sender=reading.original.from_,
        original_message_id=reading.original.message_id,
        letter=raw,
        language=language,
    )


def _recipient(one: Recipient, verdict: Verdict | None, kind: Kind) -> NoticeRecipient:
    believed = Believed(Belief.PROVEN, "")
    final = comparable(one.final_recipient or one.recipient)
    another = not is_same_mailbox(comparable(one.recipient), final)
    claim = Claim("", one.recipient, "", kind, one.action, verdict, believed, letter_id=0, at=now(), of_another=another)
    follows = weigh(claim, AddressHistory(), AccountRules(), now=now())
    return NoticeRecipient(
        one.recipient,
        one.action,
        verdict.reason if verdict else None,
        str(one.status) if one.status else None,
        one.reply_code,
        one.diagnostic_code,
        one.remote_mta,
        believed.belief,
        suppressed=follows.suppression is not None,
        suppressed_until=follows.suppression.until if follows.suppression else None,
        effect=follows.effect,
        counted=follows.counted,
        reported=one.final_recipient if another else None,
        rule=verdict.rule if verdict else None,
    )


def _of_letter(context: click.Context, number: int, language: str | None) -> Notice:
    async def ask(store: Store, _settings: Settings) -> DeliveryJob | None:
        letter = await store.letter(OPERATOR, number)
        bounces = tuple(reversed(await store.bounces(OPERATOR, BounceFilter(letter_id=number), Page(MAX_RECIPIENTS))))
        if letter is None:
            return None
        account = letter.received.return_path.account
        known = (await store.directory(OPERATOR)).accounts.get(account or "")
        wishes: Overrides = known.wishes if known else {}
        to = known.owners[0] if known and known.owners else TO
        wishes = wish(wishes, to, "language", language) if language else wishes
        at = letter.received.received_at
        kind, state = ParcelKind.NOTICE, ParcelState.WAITING
        row = OutboxEntry(0, number, account, kind, to, _message_id(context), state, 0, at, at, None, None)
        told_kind = bounces[0].kind if bounces else None
        earlier = await _earlier(store, bounces)
        return DeliveryJob(row, letter, bounces, kind=told_kind, wanted=preferences(wishes, to), earlier=earlier)

    told = with_store(context, ask)
    if told is None:
        raise BouncerError("there is no such letter, or its octets are not kept any more")
    return notice_of(told)


async def _earlier(store: Store, bounces: Sequence[BounceRow]) -> dict[str, Earlier]:
    found = {}
    for one in bounces[:MAX_HISTORIES]:
        which = BounceFilter(recipient=one.recipient)
        before = await store.bounces(scope_of(one.account), which, Page(MAX_RECIPIENTS, before=bounces[0].id))
        if before:
            found[one.recipient] = Earlier(len(before), before[-1].at, before[0].at)
    return found
