"""Signs in a letter's words of its writer: a mail system about mail, or a person."""

import re

from bouncer.ndr import addresses, codes, phrases, refusals

_QUESTION = re.compile(r"(?<=\w)[\"')»” ]?[?\uff1f\u061f](?=\s|$)")
_FIELD = re.compile(r"^[ \t>]*+[\w-]{2,30}[ \t]*+:.*", re.MULTILINE)
"""A line that repeats a field of the message, such as its subject: "Subject: lunch?"."""
_QUOTED = re.compile(r"^> ?\S", re.MULTILINE)
_OF_REPORT = re.compile(r"^> ?(?:>|[a-z][a-z-]{1,30}:|.{0,100}(?:@|\b[245]\d\d[ -]))", re.MULTILINE | re.IGNORECASE)
"""A quoted line of a message's header, or of a report."""

_ANSWERED = re.compile(r"\s*+(?:[\w' -]{2,40}: ?)?[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?[A-Za-z<]")
"""A line that is a server's answer, alone or behind a word: "Reason: 550 User unknown"."""
_OF_MESSAGE = re.compile(
    r"\s*+(?:to|recipient|subject|date|sent|message-id|an|empfänger|betreff|datum|destinataire|objet|destinatario"
    r"|asunto|oggetto)"
    r" ?: ?\S",
    re.IGNORECASE,
)
"""A line with a field of the message that came back."""

_ASKS_READER = re.compile(
    r"\b(?:do you (?:have|know|still)|(?:can|could|would) you|have you (?:got|changed|moved|seen|heard)"
    r"|what is (?:her|his|their) new|haben sie|hast du|k.nnen sie|k.nnten sie|kannst du|avez-vous|pouvez-vous"
    r"|pourriez-vous"
    r"|tienes|tiene (?:usted )?otra|puedes?|pode[ms]? |hai un|può|puoi|heeft u|heb je|kunt u|kun je|har du|kan du|masz|czy)\b",
    re.IGNORECASE,
)
"""Questions that want something of the reader: "Do you have her new address?"; a notice asks "Need help?" at most."""


_FORWARDS = re.compile(
    r"^[ \t]*+-{5,40} ?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato"
    r"|mensagem encaminhada|doorgestuurd bericht|vidarebefordrat meddelande|przekazana wiadomość"
    r"|пересылаемое сообщение)\b"
    r"|^[ \t]*+(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié) ?:",
    re.IGNORECASE | re.MULTILINE,
)
"""The line that mail programs write above a mail that somebody forwards."""
_CLOSES = re.compile(
    r"^[ \t]*+(?:(?:best|kind|warm) (?:regards|wishes)|regards|greetings|cheers|sincerely|mit freundlichen gr(?:ü"
    r"|ue)(?:ß|ss)en"
    r"|(?:viele|beste|liebe|herzliche) gr(?:ü|ue)(?:ß|ss)e|cordialement|bien à vous|saludos|atentamente"
    r"|cordiali saluti|saluti"
    r"|atenciosamente|abraços|groeten|met vriendelijke groet|med vänlig hälsning|hälsningar|(?:venlig|vennlig"
    r"|med venlig) hilsen"
    r"|pozdrawiam|s pozdravem|üdvözlettel|\u0441 уважением)[,.!]?[ \t]*+$\n[ \t]*+(?!the\b|your\b|ihr\b"
    r"|votre\b)[^\W\d_]{2,20}"
    r"(?: [^\W\d_]{1,20}\.?){0,2}[,.]?[ \t]*+$",
    re.IGNORECASE | re.MULTILINE,
)
"""A closing formula and a person's name below it."""
_SIGNATURE = re.compile(r"^-- ?\n[^\W\d_]{2,20}(?: [^\W\d_]{1,20}\.?){1,2}[ \t]*+$", re.MULTILINE)
"""The line that mail programs write above a signature, and a name."""
_OF_OFFICE = re.compile(
    r"\n[^\n]{0,40}(?:post ?master|admin|mail|daemon|system|team|support|service|desk|server)", re.IGNORECASE
)


def is_forwarded(text: str) -> bool:
    """Whether *text* holds a mail that somebody forwards by a mail program."""
    return _FORWARDS.search(text) is not None


def _is_signed(text: str) -> bool:
    """Whether *text* closes with a formula and a person's name; offices and programs sign with their title."""
    closing = _CLOSES.search(text) or _SIGNATURE.search(text)
    return closing is not None and _OF_OFFICE.search(closing[0]) is None


def is_personal(text: str, evidence: str, *, is_report: bool) -> bool:
    """Whether *evidence* asks its reader something, is signed by a person, or quotes a text, or *text* forwards a mail.

    Where *is_report*, by the subject, only a question that wants something counts: hosting providers' plain notices have others.
    """
    question = _QUESTION.search(_FIELD.sub("", evidence))
    wants = question is not None and (not is_report or _ASKS_READER.search(evidence) is not None)
    return wants or _quotes_text(evidence) or is_forwarded(text) or _is_signed(evidence)


def _quotes_text(evidence: str) -> bool:
    """Whether *evidence* quotes a text as a person's answer does: no line of the quotation is of a header or of a report."""
    return _QUOTED.search(evidence) is not None and _OF_REPORT.search(evidence) is None


def mentions_delivery(evidence: str, *, of_goods: bool) -> bool:
    """Whether *evidence* says that mail did not arrive, or holds a server's code; where it is *of_goods*, only the code counts."""
    if codes.status(evidence) is not None or codes.reply_code(evidence) is not None:
        return True
    return not of_goods and phrases.contains_any(phrases.UNDELIVERED_OR_LATE, phrases.normalize(evidence))


def says_nothing_else(lines: list[str], *, quotes: bool) -> bool:
    """Whether every line says that mail was not delivered, names an address, or is a rule: no person writes so.

    If it *quotes* a server's answer, its lines may also be answers and fields of the message.
    """
    quotes = quotes and any(_ANSWERED.match(line) for line in lines)
    failures = phrases.FAILED if quotes else phrases.UNDELIVERED
    written = (line for line in lines if line.strip(" *-=_"))
    return all(
        phrases.contains_any(failures, phrases.normalize(line))
        or addresses.find(line) == [line.strip()]
        or (quotes and (_ANSWERED.match(line) or _OF_MESSAGE.match(line)) is not None)
        for line in written
    )


def tells_success(flat: str, evidence: str, *, is_about_failure: bool) -> bool:
    """Whether a notice says that mail was delivered, and of no mail that it failed.

    *flat* is its text, normalized by ``phrases.normalize``; where it *is_about_failure*, or names nobody,
    only plain phrases of success count.
    """
    if phrases.contains_any(phrases.DELIVERED, flat):
        return not phrases.contains_any(phrases.UNDELIVERED, flat)
    if is_about_failure or "@" not in evidence or codes.reply_code(evidence) is not None:
        return False
    if not phrases.contains_any(phrases.REACHED, flat):
        return False
    return not any(map(refusals.is_refusal, refusals.sentences(evidence)))
