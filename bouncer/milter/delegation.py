"""Postfix's policy service: the refusal alone, for those who want no milter (SMTPD_POLICY_README, "Protocol description").

A request is lines of name=value and an empty line; the answer is ``action=`` and an access(5) action, and an empty line. One
recipient is asked about at a time; to drop one of several is beyond access(5), so a suppressed one is always refused.
"""

from bouncer.compose.refusal import refusal
from bouncer.errors import Reply, Spoken
from bouncer.mail.path import plain_mailbox
from bouncer.milter.conversation import Conversation
from bouncer.milter.guests import Guests
from bouncer.milter.terms import Terms
from bouncer.policy.outgoing import Outgoing

MAX_REQUEST = 64 * 1024
"""Octets; Postfix sends about forty attributes, each shorter than an SMTP command line."""

NOTHING_TO_SAY = b"action=DUNNO\n\n"
LATER = b"action=451 4.3.0 Local error, try later\n\n"


class PolicyAsked(Conversation):
    """One connection of a Postfix smtpd, which asks about recipient after recipient."""

    def __init__(self, guests: Guests[Conversation], terms: Terms) -> None:
        super().__init__(guests)
        self._terms = terms

    def take(self) -> bool:
        """Take one request and answer it."""
        end = self.octets.find(b"\n\n", 0, MAX_REQUEST)
        if end < 0:
            if len(self.octets) >= MAX_REQUEST:
                raise ValueError("a request without end")
            return False
        told = dict(_attribute(line) for line in bytes(self.octets[:end]).split(b"\n"))
        del self.octets[: end + 2]
        if told.get("request") != "smtpd_access_policy":
            raise ValueError("not a request of a policy delegation")
        if told.get("recipient") and self._ours(told):
            self.wait_for(self._decide, told)
        else:
            self.say(NOTHING_TO_SAY)
        return True

    def stumbled(self) -> None:
        """Answer as the operator chose for such a case."""
        self.say(LATER if self._terms.closed else NOTHING_TO_SAY)

    def _ours(self, told: dict[str, str]) -> bool:
        return bool(told.get("sasl_username")) or self._terms.trusts(told.get("client_address", ""))

    async def _decide(self, told: dict[str, str]) -> None:
        address = plain_mailbox(told["recipient"])
        queue_id = told.get("queue_id") or None
        mail = Outgoing(told.get("sender", ""), (address,), told.get("sasl_username", ""), queue_id=queue_id)
        try:
            found = await self._terms.stage.refusal(mail, can_drop=False)
        except Spoken as error:
            self.say(_action(error.reply))
            return
        if found is None:
            self.say(NOTHING_TO_SAY)
        else:  # whether the client asked for SMTPUTF8 is not told
            self.say(_action(refusal(found, address, utf8=False, named=True)))


def _attribute(line: bytes) -> tuple[str, str]:
    name, equals, value = line.decode("utf-8", "replace").partition("=")
    if not equals:
        raise ValueError("a line that is no attribute")
    return name, value


def _action(reply: Reply) -> bytes:
    return f"action={reply}\n\n".encode()
