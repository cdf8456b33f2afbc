"""Postfix's policy service: refuses suppressed recipients, for operators without the milter.

The protocol: SMTPD_POLICY_README, "Protocol description". A request is lines of name=value and an empty line; the answer is
``action=`` with an access(5) action, and an empty line. Each request is about one recipient. access(5) cannot drop one of several
recipients, so a suppressed recipient is always refused.
"""

from bouncer.compose.refusal import refusal
from bouncer.errors import Reply, SmtpError
from bouncer.mail.path import plain_mailbox
from bouncer.milter.connection import RequestConnection
from bouncer.policy.outgoing import Outgoing

MAX_REQUEST = 64 * 1024
"""Octets of a request; Postfix sends about forty attributes, each shorter than an SMTP command line."""

DUNNO = b"action=DUNNO\n\n"
TRY_LATER = b"action=451 4.3.0 Local error, try later\n\n"


class PolicyConnection(RequestConnection):
    """One connection of a Postfix smtpd, with a request for each recipient."""

    def take(self) -> bool:
        """Remove one request from ``octets`` and answer it."""
        end = self.octets.find(b"\n\n", 0, MAX_REQUEST)
        if end < 0:
            if len(self.octets) >= MAX_REQUEST:
                raise ValueError("a request without end")
            return False
        request = dict(_attribute(line) for line in bytes(self.octets[:end]).split(b"\n"))
        del self.octets[: end + 2]
        if request.get("request") != "smtpd_access_policy":
            raise ValueError("not a request of a policy delegation")
        if request.get("recipient") and self._is_ours(request):
            self.wait_for(self._decide, request)
        else:
            self.answer(DUNNO)
        return True

    def fail(self) -> None:
        """Send a 451 action or DUNNO, as the operator chose."""
        self.answer(TRY_LATER if self.context.closed else DUNNO)

    def _is_ours(self, request: dict[str, str]) -> bool:
        return bool(request.get("sasl_username")) or self.context.trusts(request.get("client_address", ""))

    async def _decide(self, request: dict[str, str]) -> None:
        address = plain_mailbox(request["recipient"])
        queue_id = request.get("queue_id") or None
        mail = Outgoing(request.get("sender", ""), (address,), request.get("sasl_username", ""), queue_id=queue_id)
        try:
            suppression = await self.context.stage.refusal(mail, can_drop=False)
        except SmtpError as error:
            self.answer(_action(error.reply))
            return
        if suppression is None:
            self.answer(DUNNO)
        else:  # a request does not say whether the client asked for SMTPUTF8
            self.answer(_action(refusal(suppression, address, utf8=False, follows_address=True)))


def _attribute(line: bytes) -> tuple[str, str]:
    name, equals, value = line.decode("utf-8", "replace").partition("=")
    if not equals:
        raise ValueError("a line that is no attribute")
    return name, value


def _action(reply: Reply) -> bytes:
    return f"action={reply}\n\n".encode()
