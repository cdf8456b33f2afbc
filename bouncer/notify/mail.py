"""The mail channel: a delivery job becomes a Notice, the Notice a mail, and a courier hands the mail over."""

import asyncio
import copy
import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from typing import TypeVar

from bouncer.clock import now
from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.compose.endpoint import StoppedEndpoint, compose_endpoint
from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.listing import compose_listing
from bouncer.compose.operator import (
    FailingOwnerMail,
    compose_failing,
    compose_forwarded,
)
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.sign_in import compose_sign_in
from bouncer.compose.test_notice import compose_test
from bouncer.compose.unread import compose_unread
from bouncer.compose.unsent import compose_unsent
from bouncer.errors import ConfigError
from bouncer.mail.address import is_plausible
from bouncer.mail.outgoing import OutgoingMail
from bouncer.notify.channel import ChannelContext, ChannelType
from bouncer.notify.digests import digest_for, template_input
from bouncer.notify.facts import are_all_proven, forwarded_mail, make_notice, response_lines
from bouncer.notify.signing import make_signer
from bouncer.policy.blocking import Blocking
from bouncer.policy.languages import ENGLISH
from bouncer.policy.owner_bounces import BouncedOwner
from bouncer.policy.preferences import zone_of
from bouncer.policy.records import MAIL, Belief, EntryKind
from bouncer.policy.sign_in import LINK_LASTS
from bouncer.ports.delivery import Courier, Delivery, DeliveryResult, NoticeCourier, Outcome, TemplateRenderer
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.settings.sections import ForwardSettings
from bouncer.verdict.verdict import Category

Result = TypeVar("Result")


class MailChannel:
    """Sends mails to owners and the operator; *reverse_path* gives the envelope sender for a mail to an address.

    *renderer* renders the accounts' own templates; without it, all mails have our form. *link_url* gives the sign-in link in the
    mail with an id.
    """

    name = MAIL

    def __init__(
        self,
        courier: Courier,
        settings: ForwardSettings,
        *,
        reverse_path: Callable[[str], str],
        renderer: TemplateRenderer | None = None,
        link_url: Callable[[str], str | None] = lambda _event: None,
    ) -> None:
        """Raise ConfigError where the From of notices is no address, or the DKIM key cannot be read."""
        if not is_plausible(parseaddr(settings.from_)[1]):
            raise ConfigError("[forward] from: must be a mail address, with or without a name in front")
        self._courier = courier
        self._composer = courier if isinstance(courier, NoticeCourier) else None
        self._from = settings.from_
        self._operator = settings.operator
        self._operator_language = settings.operator_language
        self._reverse_path = reverse_path
        self._signer = make_signer(settings)
        self._composing = ThreadPoolExecutor(1, "compose")
        self._renderer = renderer
        self._link_url = link_url

    def with_courier(self, courier: Courier) -> "MailChannel":
        """Give the same channel with another courier."""
        other = copy.copy(self)
        other._courier = courier  # noqa: SLF001 -- the same class
        other._composer = courier if isinstance(courier, NoticeCourier) else None  # noqa: SLF001
        return other

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        """Compose the mail and hand it over; the same *job* gives the same mail, octet by octet."""
        if job.row.kind is EntryKind.SIGN_IN and self._has_ended(job.row):
            return DeliveryResult(Outcome.REFUSED, "its sign-in link does not work any more")
        custom_texts = await self._render_templates(job)
        if job.row.kind is EntryKind.NOTICE and self._composer is not None:
            return await self._composer.deliver_notice(job, self._reverse_path(job.row.to), custom_texts)
        mail = await self._call_in_thread(lambda: self.compose(job, custom_texts))
        if mail is None:
            return DeliveryResult(Outcome.REFUSED, "the letter was retired before it could be passed on")
        return await self._courier.deliver(mail)

    def _has_ended(self, row: OutboxEntry) -> bool:
        """Whether the link that a mail is to carry cannot be used any more, or cannot be made here."""
        return now() >= dt.datetime.fromisoformat(row.about or "") or self._link_url(row.event) is None

    async def _call_in_thread(self, make: Callable[[], Result]) -> Result:
        """Call *make* in the composing thread, since a large letter takes some tens of milliseconds."""
        return await asyncio.get_running_loop().run_in_executor(self._composing, make)

    async def _render_templates(self, job: DeliveryJob) -> Mapping[str, str]:
        """Render the account's own templates; empty for most accounts, which have none."""
        account = job.row.account
        if self._renderer is None or account is None or not self._renderer.has_templates(account):
            return {}
        values = await self._call_in_thread(lambda: template_input(job))
        return await self._renderer.render(account, values) if values else {}

    def compose(
        self, job: DeliveryJob, custom_texts: Mapping[str, str] | None = None, reverse_path: str | None = None
    ) -> OutgoingMail | None:
        """Compose and sign the mail, with the rendered templates *custom_texts*; None where its letter was retired before.

        *reverse_path*: another envelope sender than the channel's own.
        """
        mail = self._compose_unsigned(
            job, custom_texts, self._reverse_path(job.row.to) if reverse_path is None else reverse_path
        )
        if mail is None or self._signer is None:
            return mail
        return dataclasses.replace(mail, octets=self._signer.sign(mail.octets))

    def _compose_unsigned(
        self, job: DeliveryJob, custom_texts: Mapping[str, str] | None, reverse_path: str
    ) -> OutgoingMail | None:
        if job.row.kind is EntryKind.NOTICE:
            return compose(make_notice(job), from_=self._from, reverse_path=reverse_path, custom_texts=custom_texts)
        if job.tally is not None:
            return compose_digest(
                digest_for(job, job.tally), from_=self._from, reverse_path=reverse_path, custom_texts=custom_texts
            )
        if job.row.kind is EntryKind.FAILING:
            return compose_failing(self._failing_owner_mail(job), from_=self._from, reverse_path=reverse_path)
        if job.row.kind in (EntryKind.WARNING, EntryKind.WARNINGS):
            return compose_warning(self._block_warning(job), from_=self._from, reverse_path=reverse_path)
        return self._compose_list(job, reverse_path) or self._compose_for_operator(job, reverse_path)

    def _compose_list(self, job: DeliveryJob, reverse_path: str) -> OutgoingMail | None:
        """Compose a list of letters that a person has to see, or of mails that were not sent; None for any other kind."""
        code = self._language(job)
        envelope = self._envelope(job.row, reverse_path, code)
        if job.unread is not None:
            return compose_unread(job.unread, envelope, job.row.account, code, contact=job.preferences.contact)
        if job.unsent is not None:
            return compose_unsent(job.unsent, job.row.account or "", envelope, code)
        return None

    def _envelope(self, row: OutboxEntry, reverse_path: str, language: str = ENGLISH) -> OutgoingEnvelope:
        return OutgoingEnvelope(row.to, row.message_id, row.created_at, self._from, reverse_path, language)

    def _compose_for_operator(self, job: DeliveryJob, reverse_path: str) -> OutgoingMail | None:
        row = job.row
        if row.kind is EntryKind.TEST:
            code = self._language(job)
            return compose_test(self._envelope(row, reverse_path, code), code)
        if row.kind is EntryKind.SIGN_IN:
            return self._compose_sign_in(job, reverse_path)
        if row.kind is EntryKind.ENDPOINT:
            code = self._language(job)
            stopped = StoppedEndpoint.parse(row.about or "", row.account or "")
            return compose_endpoint(stopped, self._envelope(row, reverse_path, code), code)
        if job.listing is not None:
            code = self._operator_language
            return compose_listing(job.listing, self._envelope(row, reverse_path, code), code)
        if job.letter is None:
            return None
        passed_on = forwarded_mail(row, job.letter, self._operator_language)
        return compose_forwarded(passed_on, from_=self._from, reverse_path=reverse_path)

    def _compose_sign_in(self, job: DeliveryJob, reverse_path: str) -> OutgoingMail | None:
        row, url, code = job.row, self._link_url(job.row.event), self._language(job)
        if url is None:
            return None
        minutes = round(LINK_LASTS.total_seconds() / 60)
        return compose_sign_in(url, row.account or "", self._envelope(row, reverse_path, code), code, minutes=minutes)

    def _language(self, job: DeliveryJob) -> str:
        return self._operator_language if self._is_operators(job) else job.preferences.language

    def _is_operators(self, job: DeliveryJob) -> bool:
        return job.row.to == self._operator

    def _block_warning(self, job: DeliveryJob) -> BlockWarning:
        row = job.row
        # proven bounces only: the text of a forged report has no place in a warning
        proven = [
            bounce for bounce in job.bounces if bounce.category == Category.BLOCK and bounce.belief == Belief.PROVEN
        ]
        return BlockWarning(
            row.to,
            row.message_id,
            row.created_at,
            row.account or "",
            Blocking.parse(row.about or ""),
            response_lines(proven),
            self._language(job),
            proven=True,
            zone=dt.UTC if self._is_operators(job) else zone_of(job.preferences),
            has_commands=self._is_operators(job),
        )

    def _failing_owner_mail(self, job: DeliveryJob) -> FailingOwnerMail:
        row = job.row
        back = BouncedOwner.parse(row.about or "", row.account or "")
        return FailingOwnerMail(
            row.to,
            row.message_id,
            row.created_at,
            back.accounts,
            back.owner,
            response_lines(job.bounces),
            self._language(job),
            proven=are_all_proven(job.bounces),
            has_commands=self._is_operators(job),
        )

    async def close(self) -> None:
        """Shut the composing thread down; the courier belongs to the caller, who closes it."""
        self._composing.shutdown(wait=False)


def open_mail(context: ChannelContext, _words: str) -> Sequence[Delivery]:
    """Make a delivery for each courier; all share one channel's composing thread."""
    settings, routes = context.settings, context.routes
    channel = MailChannel(
        routes[0].courier,
        settings,
        reverse_path=context.reverse_path,
        renderer=context.renderer,
        link_url=context.link_url,
    )
    return tuple(
        Delivery(channel.with_courier(route.courier), route.lane, route.settings.connections, route.settings.per_minute)
        for route in routes
    )


def _owners_only(_words: str, _destination: str) -> str:
    raise ValueError("who gets an account's mails are its owners: bouncer account set ACCOUNT --owner ADDRESS")


MAIL_CHANNEL = ChannelType(MAIL, open_mail, lambda _words: None, _owners_only, is_always_on=True)
