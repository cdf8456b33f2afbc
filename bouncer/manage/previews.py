"""Previews: the notice that a report leads to, composed as it would be sent, before anything is sent."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from bouncer.compose.custom import TemplateInput
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose, shown_notice
from bouncer.errors import NotFound
from bouncer.mail.address import comparable
from bouncer.mail.mailbox import is_same_mailbox
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind, Recipient
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.history import AddressHistory
from bouncer.policy.preferences import Overrides, override, preferences
from bouncer.policy.records import Belief, Believed, EntryKind, EntryState
from bouncer.policy.suppress import Claim, decide_suppression
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Verdict

TO = "owner@example.com"
"""The address of a preview where no owner is known."""
MAX_RECIPIENTS = 1000
"""Recipients of a kept letter that are shown, and earlier reports on each that are counted."""
MAX_HISTORIES = 20
"""Recipients whose earlier reports are looked up, as for the notice itself."""


Render = Callable[[str, TemplateInput], Awaitable[Mapping[str, str]]]
"""Gives the output of an account's own templates for a notice, by name; empty where the account has none."""


@dataclass(frozen=True, slots=True)
class PreviewOrder:
    """Options of a preview: *from_* is the address in From; with *language* None the owner's language is used, else English."""

    from_: str
    message_id: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """A notice as it would be sent: the whole mail, and the parts that its reader sees, with LF as the end of a line."""

    octets: bytes
    subject: str
    text: str
    html: str


def compose_preview(notice: Notice, *, from_: str, custom_texts: Mapping[str, str] | None = None) -> NoticePreview:
    """Compose *notice* as the mail channel does. *from_* and *custom_texts* are as in ``compose``. Pure."""
    octets = compose(notice, from_=from_, reverse_path="", custom_texts=custom_texts).octets
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return NoticePreview(octets, str(message["Subject"]), _body(message, "plain"), _body(message, "html"))


def _body(message: EmailMessage, form: str) -> str:
    body = message.get_body((form,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def preview_report(raw: bytes, order: PreviewOrder, *, now: dt.datetime) -> NoticePreview:
    """Preview the notice as if the report *raw* had come to a signed return path, the first about its addresses. Pure."""
    notice = preview_of_report(raw, language=order.language or "en", message_id=order.message_id, now=now)
    return compose_preview(notice, from_=order.from_)


async def preview_letter(
    store: Store,
    scope: Scope,
    letter_id: int,
    order: PreviewOrder,
    *,
    notice_of: Callable[[DeliveryJob], Notice],
    render: Render,
) -> NoticePreview:
    """Preview the notice of a kept letter for the first owner of its account; nothing is queued.

    *notice_of* makes the notice of a job as the mail channel does. Raises NotFound where there is no such letter inside
    *scope*, or its octets are forgotten.
    """
    job = await preview_of_letter(store, scope, letter_id, language=order.language, message_id=order.message_id)
    notice = notice_of(job)
    custom_texts = await render(notice.account or "", shown_notice(notice))
    return compose_preview(notice, from_=order.from_, custom_texts=custom_texts)


def preview_of_report(raw: bytes, *, language: str, message_id: str, now: dt.datetime) -> Notice:
    """Give the notice as if the report *raw* had come to a signed return path, the first about its addresses. Pure."""
    judgement = judge(read(raw))
    reading = judgement.reading
    recipients = tuple(
        _recipient(recipient, verdict, reading.kind, now)
        for recipient, verdict in zip(reading.recipients, judgement.verdicts, strict=True)
    )
    return Notice(
        to=TO,
        message_id=message_id,
        made_at=now,
        kind=reading.kind,
        recipients=recipients,
        arrived_at=now,
        reporting_mta=reading.reporting_mta,
        subject=reading.original.subject,
        sender=reading.original.from_,
        original_message_id=reading.original.message_id,
        letter=raw,
        language=language,
    )


def _recipient(recipient: Recipient, verdict: Verdict | None, kind: Kind, now: dt.datetime) -> NoticeRecipient:
    believed = Believed(Belief.PROVEN, "")
    final = comparable(recipient.final_recipient or recipient.recipient)
    another = not is_same_mailbox(comparable(recipient.recipient), final)
    claim = Claim(
        "",
        recipient.recipient,
        "",
        kind,
        recipient.action,
        verdict,
        believed,
        letter_id=0,
        at=now,
        is_of_another=another,
    )
    follows = decide_suppression(claim, AddressHistory(), AccountRules(), now=now)
    return NoticeRecipient(
        recipient.recipient,
        recipient.action,
        verdict.reason if verdict else None,
        str(recipient.status) if recipient.status else None,
        recipient.reply_code,
        recipient.diagnostic_code,
        recipient.remote_mta,
        believed.belief,
        suppressed=follows.suppression is not None,
        suppressed_until=follows.suppression.until if follows.suppression else None,
        effect=follows.effect,
        counted=follows.counted,
        reported=recipient.final_recipient if another else None,
        rule=verdict.rule if verdict else None,
    )


async def preview_of_letter(
    store: Store, scope: Scope, letter_id: int, *, language: str | None, message_id: str
) -> DeliveryJob:
    """Give the job that the mail channel would have for a kept letter and the first owner of its account; nothing is queued.

    *language* overrides the owner's own. Raises NotFound where there is no such letter inside *scope*, or its octets are
    forgotten.
    """
    letter = await store.letter(scope, letter_id)
    if letter is None:
        raise NotFound("there is no such letter, or its octets are not kept any more")
    bounces = tuple(reversed(await store.bounces(scope, BounceFilter(letter_id=letter_id), Page(MAX_RECIPIENTS))))
    account = letter.received.return_path.account
    account_or_none = (await store.directory(scope)).accounts.get(account or "")
    overrides: Overrides = account_or_none.wishes if account_or_none else {}
    to = account_or_none.owners[0] if account_or_none and account_or_none.owners else TO
    overrides = override(overrides, to, "language", language) if language else overrides
    at = letter.received.received_at
    row = OutboxEntry(
        0, letter_id, account, EntryKind.NOTICE, to, message_id, EntryState.WAITING, 0, at, at, None, None
    )
    kind = bounces[0].kind if bounces else None
    earlier_reports = await _find_earlier(store, scope, bounces)
    return DeliveryJob(row, letter, bounces, kind=kind, preferences=preferences(overrides, to), earlier=earlier_reports)


async def _find_earlier(store: Store, scope: Scope, bounces: Sequence[BounceRow]) -> dict[str, Earlier]:
    """Give the earlier reports on each recipient, of the same account."""
    histories = {}
    for bounce in bounces[:MAX_HISTORIES]:
        scope_of_account = scope if bounce.account is None else AccountScope(bounce.account)
        page = Page(MAX_RECIPIENTS, before=bounces[0].id)
        before = await store.bounces(scope_of_account, BounceFilter(bounce.recipient), page)
        if before:
            histories[bounce.recipient] = Earlier(len(before), before[-1].at, before[0].at)
    return histories
