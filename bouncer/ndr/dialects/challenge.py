"""Challenge-response: a filter holds a mail until its sender proves to be a person (TMDA, Boxbe, Spam Arrest and the like).

Not a bounce: the address is good. Some come in the form of a delivery report, without Action (RFC 3464 section 2.3.3 requires it).
"""

from bouncer.ndr import codes, origin, phrases
from bouncer.ndr.challenge_phrases import CHALLENGES
from bouncer.ndr.header import Headers
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Kind, Reading

_FIELDS = frozenset(
    {
        "x-boxbe-message-id",
        "x-boxbe-notice",
        "x-challenge",
        "x-sendio-sav",
        "x-spamarrest",
        "x-uol-tsp",
        "x-verify-sender",
    }
)
_HELD = phrases.split_phrases(
    """
    put before me | put before him | put before her | before i see it | shown to me | reach me | reaches me | get through to |
    put aside | set aside | holds your |
    on hold | waits in |
    suspect email | moved to | redirected to | waitlisted | zurückgehalten | parvienne | une seule fois | receive
    your | received by me | to my inbox | in my inbox | en attente | seja encaminhada | sea entregado | held |
    pending | not been delivered | waiting | queued | quarantine | delivered once | be delivered | verification |
    confirm | não foi entregue | para que ela seja | no ha sido entregado | zugestellt | remis | consegnat | be shown |
    in attesa | czeka | wacht op | väntar | venter | čeká | ожидает |
    will reach | let through | be forwarded | be accepted |
    доставлен | pendente | retenid | vastgehouden | in de wacht | hålls kvar | holdes tilbage | holdes igjen | zadržan |
    visszatart | bekletil | удержан |
    retenu | before it is delivered | before it reaches | before i get | before i can get | to deliver your
    """
)
_SURELY_HELD = phrases.split_phrases(
    """
    on hold | waits in | suspect email | waitlisted | zurückgehalten | en attente | seja encaminhada | sea entregado |
    in my inbox |
    to my inbox | not been delivered | quarantine | delivered once | não foi entregue | no ha sido entregado | pendente |
    retenid |
    is held | is being held | was held | are held | held until | venter på | väntar på | è in attesa | in attesa di |
    czeka na | wacht op | čeká na | ожидает подтверж |
    retenu | before it is delivered | before it reaches
    """
)
"""Words of a held mail alone: other requests also ask to confirm, such as a person's about an order or a visit."""
_YOURS = phrases.split_phrases(
    """
    holds your | your message | your e-mail to | your email to | your mail to | your mail was | your mail of | your message
    of | your letter | your message will |
    your mail will | your e-mail will |
    your email will | your mail is | message you sent | e-mail you sent | email you
    sent | mail you sent | received your | receive your | your original | you sent | ihre nachricht | ihre e-mail an
    | ihre mail | deine nachricht | votre message | votre e-mail | votre mail | votre courriel | sua mensagem | uma
    mensagem para | seu e-mail para | su mensaje | su correo | vostro messaggio | suo messaggio | tuo messaggio |
    deliver your mail | deliver your e-mail |
    uw bericht | je bericht | uw e-mail | ditt meddelande | din meddelelse | din besked | din melding | viestisi | vaše zpráva |
    vašu správu | üzenete | iletiniz |
    ваше сообщение | ваше письмо | twoja wiadomo
    """
)
"""Words that say that the reader sent a message; a request to confirm a registration speaks of an address instead."""
_AGENT = ("tmda", "boxbe", "spamarrest", "spam arrest", "choicemail", "bluebottle", "sendio", "spamblocker")


def _quotes_reply(letter: Letter) -> bool:
    """Whether the letter quotes a server's reply: then a server refused the mail, and no filter holds it."""
    return codes.reply_code(letter.evidence) is not None or codes.status(letter.evidence) is not None


_ASKS_TO_ACT = (
    "http",
    "click",
    "reply",
    "link",
    "www.",
    "respond",
    "répond",
    "antwort",
    "ответ",
    "cliqu",
    "clic",
    "klick",
)
"""Every challenge asks for one of these; searching for them first costs little."""
_OF_LISTS = frozenset({"list-id", "list-unsubscribe", "list-post"})


def _agent(headers: Headers) -> str:
    """Give the fields that name the filter, in lower case; TMDA's X-Delivery-Agent is on all mail that its user writes."""
    return (headers.get("from") + headers.raw("x-mailer")).lower()


def _is_report(letter: Letter) -> bool:
    """Whether the letter has the fields of a report: then it is about a message of ours, whatever the language of its words."""
    return letter.content_type == "multipart/report" and bool(letter.status_blocks)


def _says_held(letter: Letter) -> bool:
    """Whether the letter says that a message is held: plainly, and in no answer, where it has no sign of a program."""
    headers = letter.headers
    if phrases.contains_any(_AGENT, _agent(headers)):
        return True
    null = origin.has_null_path(headers) or letter.envelope.reverse_path == ""
    answers = headers.raw("auto-submitted").lower().startswith("auto-replied")
    if null or answers or "precedence" in headers:
        return phrases.contains_any(_HELD, letter.flat)
    return "in-reply-to" not in headers and phrases.contains_any(_SURELY_HELD, letter.flat)


class Challenge:
    """A filter's request that the sender do something first."""

    name = "challenge"

    def read(self, letter: Letter) -> Reading | None:
        """Recognize a challenge by its fields, or by words that ask for a confirmation and say that the mail is held."""
        headers = letter.headers
        if headers.any_of(_FIELDS):
            return self._reading(letter, "by its fields")
        if (
            "x-failed-recipients" not in headers
            and not headers.any_of(_OF_LISTS)
            and phrases.contains_any(_ASKS_TO_ACT, letter.flat)
            and phrases.contains_any(CHALLENGES, letter.flat)
            and not phrases.contains_any(phrases.GAVE_UP, letter.flat)
            and (_is_report(letter) or (phrases.contains_any(_YOURS, letter.flat) and _says_held(letter)))
            and not _quotes_reply(letter)
        ):
            return self._reading(letter, "by its words")
        return None

    def _reading(self, letter: Letter, why: str) -> Reading:
        return Reading(Kind.CHALLENGE, self.name, original=letter.original, why=f"asks the sender to confirm, {why}")
