"""The handler: which senders, recipients and letters are taken. An ordinary handler of aiosmtpd, for any of its servers.

aiosmtpd's SMTP class, or our subclass of it, parses the commands, calls these hooks and sends what they return (aiosmtpd's manual,
"Handlers"). A null reverse-path is "<>" in the ``mail_from`` of aiosmtpd's envelope.
"""

# ruff: noqa: N802, ARG002 -- aiosmtpd calls its hooks by these names, with these arguments

import logging
from collections.abc import Sequence
from typing import Final

from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import SMTP, Envelope, Session

from bouncer.errors import Refused, SmtpError, reply_to
from bouncer.logs import log_event
from bouncer.mail.address import comparable
from bouncer.mail.host import plain_host
from bouncer.mail.letter import Received, ReturnPath, spell_id
from bouncer.smtpd import replies
from bouncer.smtpd.client import SmtpClient, peer_address
from bouncer.smtpd.context import SmtpContext

NULL_PATH: Final = "<>"
"""The null reverse-path, as aiosmtpd has it: its session takes an empty one for none."""

_log = logging.getLogger(__name__)


class SmtpHandler:
    """Takes mail for return paths and gives each letter to ``context.keep`` before it answers 250."""

    def __init__(self, context: SmtpContext) -> None:
        self._context = context

    async def handle_PROXY(self, server: SMTP, session: Session, envelope: Envelope, proxy_data: ProxyData) -> bool:
        """Take the client's address from the proxy; a proxy that names none speaks for itself."""
        if proxy_data.src_addr:
            session_client(session).address = plain_host(str(proxy_data.src_addr))
        return True

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        """Answer the greeting. Parameters of MAIL are taken after HELO too: RFC 5321 section 2.2.1 asks only that we offer none."""
        self._record_greeting(session, hostname)
        session.extended_smtp = True
        return f"250 {self._context.hostname}"

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Answer, and list our extensions, all lines as one reply: aiosmtpd's own *responses* offer AUTH, and no PIPELINING."""
        self._record_greeting(session, hostname)
        return [self._context.extensions(starttls=session.ssl is None, front=session_client(session).is_front)]

    @staticmethod
    def _record_greeting(session: Session, hostname: str) -> None:
        session.host_name = session_client(session).greeting = hostname

    def handle_STARTTLS(self, server: SMTP, session: Session, envelope: Envelope) -> bool:
        """Remember protocol and cipher; any will do: mail servers send in the clear otherwise (RFC 7435)."""
        tls = session.ssl and session.ssl.get("ssl_object")
        session_client(session).tls = f"{tls.version()} {tls.cipher()[0]}" if tls else None
        return True

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a transaction with this reverse-path, or give the reply that refuses it."""
        if not address.isascii() and not envelope.smtp_utf8:
            return replies.NEEDS_SMTPUTF8
        envelope.mail_from = address
        return replies.SENDER_OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Add the return path to the transaction, or give the reply that refuses it."""
        client = session_client(session)
        if not address.isascii() and not envelope.smtp_utf8:
            self.log_refusal("refused", client, address, replies.NEEDS_SMTPUTF8, "no-address")
            return replies.NEEDS_SMTPUTF8
        try:
            path = self._context.admit(address)
            if not isinstance(path, ReturnPath):
                path = await path
            return self._admit_path(path, client, envelope)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the peer gets a reply
            return self._reply_to_error(error, client, address)

    def _admit_path(self, path: ReturnPath, client: SmtpClient, envelope: Envelope) -> str:
        paths, mailbox = paths_of(envelope), comparable(path.address)
        if mailbox in paths:  # named again: it gets one copy
            return replies.RECIPIENT_OK
        if paths and envelope.mail_from == NULL_PATH:
            return replies.ONE_RECIPIENT
        if len(paths) >= self._context.settings.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        self._context.check_volume(path, client.peer)
        paths[mailbox] = path
        envelope.rcpt_tos.append(path.address)
        return replies.RECIPIENT_OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Commit the letter, and only then answer 250 (law 1)."""
        client = session_client(session)
        try:
            letters = self._make_received(envelope, client)
            ids = [spell_id(number) for number in await self._context.keep(letters)]
        except Exception as error:  # noqa: BLE001 -- whatever it is, the peer gets a reply
            return self._reply_to_error(error, client, envelope.rcpt_tos[-1])
        if _log.isEnabledFor(logging.INFO):
            for letter_id, letter in zip(ids, letters, strict=True):
                self._log_kept(letter_id, letter, client.queue_id)
        return f"250 2.0.0 Kept as {ids[0]}"

    def _make_received(self, envelope: Envelope, client: SmtpClient) -> Sequence[Received]:
        raw, tls, at = envelope.content, client.tls, self._context.now()
        assert isinstance(raw, bytes)
        sender = "" if envelope.mail_from in (None, NULL_PATH) else envelope.mail_from
        return [
            Received(path, sender, client.peer, client.helo, tls, envelope.smtp_utf8, at, raw)
            for path in paths_of(envelope).values()
        ]

    def _log_kept(self, letter_id: str, letter: Received, queue_id: str | None) -> None:
        path, address_for_log = letter.return_path, self._context.address_for_log
        to = {
            "account": path.account,
            "path": path.kind.value,
            "return_path": address_for_log(path.address, path.address),
        }
        by = {
            "reverse_path": address_for_log(letter.reverse_path, path.address),
            "peer": letter.peer,
            "helo": letter.helo,
        }
        octets = len(letter.raw)
        log_event(
            _log, logging.INFO, "kept", letter=letter_id, **to, **by, tls=letter.tls, octets=octets, queue_id=queue_id
        )

    def _reply_to_error(self, error: Exception, client: SmtpClient, address: str) -> str:
        """Give the reply for *error*: an unforeseen one is logged by name, and the peer learns only that it is temporary."""
        if not isinstance(error, SmtpError):
            _log.error("unforeseen peer=%s", client.peer, exc_info=error)
        elif isinstance(error, Refused):
            self.log_refusal("refused", client, address, str(error.reply), error.cause)
        elif error.cause != client.put_off:  # it is no error of the peer's, who may ask as often as there are commands
            client.put_off = error.cause
            self.log_refusal("put-off", client, address, str(error.reply), error.cause)
        return replies.line(str(reply_to(error)))

    def log_refusal(self, event: str, client: SmtpClient, address: str, reply: str, cause: str | None) -> None:
        """Log why the recipient *address*, or its letter, is not taken."""
        path = self._context.address_for_log(address, address)
        log_event(
            _log, logging.INFO, event, return_path=path, cause=cause, said=reply, peer=client.peer, helo=client.helo
        )

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 250; aiosmtpd has reset the transaction already."""
        return replies.RESET

    async def handle_NOOP(self, server: SMTP, session: Session, envelope: Envelope, argument: str) -> str:
        """Answer 250."""
        return replies.NOOP

    async def handle_VRFY(self, server: SMTP, session: Session, envelope: Envelope, address: str) -> str:
        """Answer 252, which confirms no address: only RCPT says which addresses exist (RFC 5321 section 7.3)."""
        return replies.NOT_VERIFIED

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 221; aiosmtpd then closes the connection."""
        return replies.BYE

    async def handle_exception(self, error: Exception) -> str:
        """Answer for an error that no hook foresaw; the reply shows no internals of the program."""
        _log.error("unforeseen", exc_info=error)
        return replies.line(str(reply_to(error)))


def session_client(session: Session) -> SmtpClient:
    """Give the client of *session*: ours names it from the start, for a session of another server it is made once."""
    client: SmtpClient | None = getattr(session, "client", None)
    if client is None:
        client = session.client = SmtpClient(peer_address(session.peer))  # type: ignore[attr-defined] # a plain object of aiosmtpd's
    return client


def paths_of(envelope: Envelope) -> dict[str, ReturnPath]:
    """Give the return paths that were admitted, by their address in comparable form."""
    paths: dict[str, ReturnPath] = vars(envelope).setdefault("return_paths", {})
    return paths
