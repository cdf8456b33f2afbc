"""Challenge-response: a filter that holds a mail until its sender proves to be a person (TMDA, Boxbe, Spam Arrest and their like).

Not a bounce: the address is good. Some come in the form of a delivery report, without Action (RFC 3464 section 2.3.3 requires it).
"""

from bouncer.ndr import phrases, said
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Kind, Reading

_FIELDS = frozenset(
    {"x-tmda-fingerprint", "x-boxbe-message-id", "x-challenge", "x-spamarrest", "x-uol-tsp", "x-verify-sender"}
)
_WORDS = phrases.listed(
    """
    confirm that you sent | confirm your message | to complete this verification | verify that you are a |
    prove that you are a | challenge/response | challenge-response | click the link below to confirm | held until you |
    verify your e-mail | verify your email | requires verification | add yourself to my | has not been verified |
    confirm that you are a | one-time verification | confirmation of your message | reply to this message to confirm |
    please confirm your e-mail | please confirm your message | to release your message | awaits your confirmation |
    confirmar o envio | confirmação de mensagem | confirmar el env | confirme que | confirmez que | confirmer que vous |
    bestätigen sie | bestätigung ihrer nachricht | confermare | подтвердите | подтвердить отправку
    """
)
_HELD = phrases.listed(
    """
    held | pending | not been delivered | waiting | queued | quarantine | delivered once | be delivered | verification |
    confirm | não foi entregue | para que ela seja | no ha sido entregado | zugestellt | remis | consegnat | доставлен |
    pendente | retenid | retenu
    """
)
_AGENT = ("tmda", "boxbe", "spamarrest", "spam arrest", "choicemail", "bluebottle", "sendio", "spamblocker")


def _quotes_reply(letter: Letter) -> bool:
    """Whether a server's reply stands in it: then it refuses, and does not hold."""
    return said.reply_code(letter.evidence) is not None or said.status(letter.evidence) is not None


class Challenge:
    """A filter that asks the sender to do something first."""

    name = "challenge"

    def read(self, letter: Letter) -> Reading | None:
        """Recognise it by its fields, or by words that ask for a confirmation and say that the mail is held."""
        headers = letter.headers
        agent = (headers.raw("x-delivery-agent") + headers.get("from") + headers.raw("x-mailer")).lower()
        if headers.any_of(_FIELDS) or agent.startswith("tmda"):
            return self._reading(letter, "by its fields")
        if (
            "x-failed-recipients" not in headers
            and phrases.says(_WORDS, letter.flat)
            and not phrases.says(phrases.GAVE_UP, letter.flat)
            and (phrases.says(_HELD, letter.flat) or phrases.says(_AGENT, agent))
            and not _quotes_reply(letter)
        ):
            return self._reading(letter, "by its words")
        return None

    def _reading(self, letter: Letter, why: str) -> Reading:
        return Reading(Kind.CHALLENGE, self.name, original=letter.original, why=f"asks the sender to confirm, {why}")
