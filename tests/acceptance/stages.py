"""An installation without processes: a store, its stages, and a clock that the test turns. The test sees which mails leave it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from acceptance.inline_reader import InlineReader
from programs.ours import DOMAIN

from bouncer.courier.choose import make_courier
from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key, sign
from bouncer.notify.mail import MailChannel
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.preferences import Overrides
from bouncer.ports import scope
from bouncer.ports.accounts import Account
from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OperatorScope
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, StoreSettings
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.read import Read
from bouncer.store.sql import open_store

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


TODAY = int(NOON.timestamp()) // 86_400


HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


KEY = Key(b"a secret of at least sixteen octets")


ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"


SERVER, STRANGER = "192.0.2.10", "198.51.100.7"
"""A server of the account's own, and anybody else."""


ALIAS = f"acme@{DOMAIN}"


UNKNOWN, BLOCKED = "550 5.1.1 User unknown", "550 5.7.1 blocked"


def path(recipient: str | None, account: str = "acme", reference: str | None = None) -> str:
    return sign(account, recipient, domain=DOMAIN, key=KEY, today=TODAY, days=30, reference=reference)


def block(final: str, answer: str = UNKNOWN) -> str:
    """The outcome for one recipient of a report."""
    fields = f"Action: failed\r\nStatus: {answer[4:9]}\r\nDiagnostic-Code: smtp; {answer}\r\n\r\n"
    return f"Final-Recipient: rfc822; {final}\r\n{fields}"


def report(blocks: str, returned: str = "Subject: s\r\n") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"{blocks}--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--B--\r\n"
    ).encode()


@dataclass
class Installation:
    """A store in *folder*, whoever writes to it, and the mails that leave it."""

    folder: Path
    store: Store
    now: dt.datetime = NOON
    left: list[tuple[OutboxEntry, EmailMessage]] = field(default_factory=list)

    async def hear(self, address: str, *raws: bytes, peer: str = STRANGER) -> None:
        """Let letters come to *address* and be read."""
        await self.hear_later(address, *raws, peer=peer)
        await self.read()

    async def hear_later(self, address: str, *raws: bytes, peer: str = STRANGER) -> None:
        """Let letters come to *address* and wait."""
        admit = Admit(self.store, domains=(DOMAIN,), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)
        admitted = await admit.admit(address)
        plain = Received(
            admitted, "x@evil.example", peer, "mx.example.net", None, smtputf8=False, received_at=self.now, raw=b""
        )
        await Keep(self.store, wake=lambda: None).keep([replace(plain, raw=raw) for raw in raws])

    async def read(self) -> None:
        """Let what waits be read."""
        admit = Admit(self.store, domains=(DOMAIN,), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)
        reading = Read(
            self.store, InlineReader(), admit, keys=(KEY,), operator=OPERATOR, now=lambda: self.now, wake=lambda: None
        )
        while await reading.run_once():
            pass

    async def mails(self) -> list[tuple[OutboxEntry, EmailMessage]]:
        """Send what leaves now."""
        settings = ForwardSettings(courier=f"maildir:{self.folder}/mails", from_="b@example.com", operator=OPERATOR)
        channel = MailChannel(make_courier(settings), settings, reverse_path=lambda _to: "")
        before = len(self.left)
        for _ in range(2):  # what is scheduled in one look is leased in it or in the next
            await self.store.schedule_entries(now=self.now)
            for job in await self.store.lease_entries(now=self.now, count=10_000, until=self.now + HOUR):
                mail = channel.compose(job)
                assert mail is not None
                message = message_from_bytes(mail.octets, policy=default)
                assert isinstance(message, EmailMessage)
                self.left.append((job.row, message))
                await self.store.mark_sent(job.row.id, now=self.now, reply="taken")
        await channel.close()
        return self.left[before:]

    async def mails_of(self, span: dt.timedelta) -> list[tuple[OutboxEntry, EmailMessage]]:
        """Send what leaves within *span*, looking every ten minutes."""
        before, end = len(self.left), self.now + span
        while self.now <= end:
            await self.mails()
            self.now += dt.timedelta(minutes=10)
        return self.left[before:]

    async def rows(self) -> list[OutboxEntry]:
        return list(await self.store.entries(OperatorScope(), state=None, page=Page(100_000)))

    async def prefer(self, wishes: Overrides, *owners: str, **terms: object) -> None:
        account = Account("acme", owners or (ANN,), wishes=wishes, terms=AccountRules(**terms))  # type: ignore[arg-type]
        assert await self.store.set_account(scope.OPERATOR, account)

    async def restart(self) -> None:
        """Go on with another process on the same file."""
        await self.store.close()
        self.store = await open_store_in(self.folder, lambda: self.now)


async def open_store_in(folder: Path, now: Callable[[], dt.datetime]) -> Store:
    return await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"), hostname="mx.example.com", now=now)


def count_by_recipient(mails: Sequence[tuple[OutboxEntry, EmailMessage]]) -> Counter[tuple[str, str]]:
    return Counter((row.kind.value, row.to) for row, _ in mails)


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
