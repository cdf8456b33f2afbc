"""The places where the words of a notice name a recipient, and the words about it.

Formats differ in wording and agree in form. A recipient is named in one of these ways:

  entry      alone at the beginning of a line, or after a label: ``<a@example.org>:``, ``* a@example.org``,
             ``Recipient: [SMTP:a@example.org]``
  reply      in a reply line: ``550 5.1.1 <a@example.org>... User unknown``, ``550-a@example.org unknown``
  command    in a command that was refused: ``>>> RCPT To:<a@example.org>`` with the reply after it
  sentence   in a sentence that says that delivery failed: "There was an error delivering your mail to <a@example.org>."

The words about a recipient: the rest of the line and the lines after it, to the next entry or blank line.
"""

import re
from enum import IntEnum
from typing import NamedTuple

from bouncer.ndr import addresses, headings, labels, phrases
from bouncer.ndr.addresses import ADDRESS
from bouncer.ndr.dialogue_lines import is_positive_reply
from bouncer.ndr.other_people import introduces_below, is_of_other, words_before
from bouncer.ndr.paragraphs import FailureLines, paragraph
from bouncer.ndr.results import split_result
from bouncer.ndr.rows import split_further, split_reasons, split_row


class MentionKind(IntEnum):
    """The form in which a recipient is named, the most reliable first."""

    ENTRY = 1
    REPLY = 2
    COMMAND = 3
    SENTENCE = 4


class Mention(NamedTuple):
    """One address at one place in the text."""

    kind: MentionKind
    line: int
    indent: int
    address: str
    rest: str  # of the line, after the address


_ENTRY = re.compile(
    r"(?P<indent>[\s>|]*+)(?:(?:[*•·#>=~!|-]{1,8}|\d{1,3}[.)])[ \t]{1,8}|-{2,40}[ \t]{0,8})?"  # a list's bullet
    r"(?:(?:\{ ?)?\"?(?P<label>[^\s<>@:=\"\[{\uff1a][^<>@:=\"\[\n\t\uff1a]{0,70}?)\"?(?:[ \t]{0,8}[:=\uff1a]|\t)[ \t]{0,40}"
    r"(?:(?:\(?[\da-z]{1,2}\)|\d{1,2}\.)[ ])?"  # the first of several on one line: "not delivered to: 1) "
    r"|(?P<phrase>[A-Za-z]{2,20}(?: [A-Za-z0-9]{1,20}){0,4}) {1,4}(?:to|for) {1,4}"  # "undeliverable to"
    r"|(?P<name>\"[^\"\n@]{1,60}\"|'[^'\n@]{1,60}'|(?-i:[A-Z])[\w.-]*+(?:,? [\w.-]++){0,3}"
    r"|(?P<nick>[\w.+-]{1,64}+)(?= ?[<(\[](?P=nick)@))[ ]?(?=[<(\[]))?"
    r"[<\"'\[(\xab\xbb\u2018-\u201f\u2039\u300a\u300c]{0,4}[ ]?(?:smtp:|mailto:|rfc822;[ ]?|(?:c=[^@\n]{1,200}?:)?smtp=)?"
    rf"(?P<address>{ADDRESS})(?:[<\[(](?:mailto|smtp):[^>\])\s]{{1,300}}[>\])])?"
    r"(?:[ ]?[>\"'\])\xab\xbb\u2018-\u201f\u203a\u300b\u300d])*+(?P<rest>.*)",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[ \t]*+<(" + ADDRESS + r")>(.*)")
_REPLY = re.compile(
    r"[\s>|-]*+(?:<<<[ ]?)?(?:smtp;[ ]?)?"
    r"(?:(?:reason|error|result|response|answer|reply)[ \w]{0,20}: ?)?([45]\d\d)[ -]",
    re.IGNORECASE,
)
# A reply that was wrapped behind its code: "... with the answer: 550 5.1.1", then "<jane@example.org>: user unknown".
_WRAPPED_CODE = re.compile(r"\w[^@\n]{0,200}: ([45]\d\d(?:[ -]#?[45]\.\d{1,3}\.\d{1,3}:?)?)$")
_NAMED_FIRST = re.compile(r"[ \t]{0,40}<?(" + ADDRESS + r")>?[:. ]{1,8}\w")
# The second line about a local name, a program or a hidden address: "jane", then "    (expanded from: <jane@example.net>)".
_EXPANDED = re.compile(r"[\s>]*+\((?:expanded|(?:ultimately )?generated) from:? *+<?(" + ADDRESS + ")", re.IGNORECASE)
_MOVED_TO = re.compile(r"\b(?:moved|changed)\b[^@\n]{0,40}$|[-=]> ?<?$", re.IGNORECASE)
_COMMAND = re.compile(r"\brcpt[ _]to[ ]?:[ ]?<?(" + ADDRESS + ")", re.IGNORECASE)
_REST_FITS = re.compile(
    r"\s*+(?:$|[:;(\[{|]|\.{2,}|[-\u2013\u2014]+\s|[,.]?$|(?:on|am|le|el|il|op|em|den|dnia) (?:[A-Z][a-z]{2},|\d)|=>|->|>"
    r"|(?:[,;\t][ \"]?)?[45]\d\d[ ,;\"-]|\#?[45]\.\d{1,3}\.\d{1,3}\b|[*=#~|<>_-]{1,8}$"  # the server's reply, or a frame
    r"|,?[ ]?(?:[^\W\d]{1,4}[ ]){0,2}\d{1,4}[./-]\d{1,2}[./-]\d)"  # the date of the failure
)
_SAYS_MORE = re.compile(r"\s*+(?:[-\u2013\u2014]\s|:\s*\w|[=-]>|[45]\d\d[ -])")
"""The reason behind the address on such a line: "To: jane@example.org - User unknown"."""
_PHRASE_ENDS = re.compile(r"\s*+(?:\.?$|[:(])")
_CODE_BEFORE = re.compile(r"(?:^|[\s:;(])[45]\d\d[ -][^@]{0,40}$")
_CODE_BEHIND = re.compile(r">? {0,4}(?:[:-]|[=-]+>) {0,4}[45]\d\d[ -]")
# Words, in lower case, before an address that a sentence names: "your mail to <", "recipient ", "user: ".
_NAMES = re.compile(
    r"(?:\b(?:to|(?:tried|trying|wanted|attempted) to (?:contact|reach)|no|for"
    r"|recipient\(?s?\)?|user|mailbox|address(?:e[sd])?|account|errors|group|list|of|on|in|with|reject(?:ed|s)"
    r"|utente|destinatario|usuario|usuário|utilisateur|destinataire|benutzer|empfänger|gebruiker|użytkownika?|odbiorcy?"
    r"|an|für|à|a|para|voor|till|til|do|pro|pre|pentru|для"
    r"|(?:e-?mail-?)?adresse|mailadresse|postfach|konto|compte|boîte|indirizzo|casella|dirección|cuenta|buzón|endereço|conta|adres"
    r"|skrzynka|schránka)\b"
    r"|の|へ|に|адрес\w{0,3}|получател\w{0,3}|用户|地址|给|到)"
    r"[\s:\uff1a]{0,3}(?:(?:e-?mail|address|local user|user|mailbox|adresse)\b)?"
    r"[\s:\"'(<\[\xab\xbb\u2018-\u201f\u2039\uff08\uff1a\u300a]{0,4}(?:smtp:|mailto:)?$|<(?:smtp:|mailto:)?$"
)
_OF_SENDER = re.compile(
    r"\b(?:mail[ _]{0,16}from[ ]?:?|(?:message|mail|letter)s? (?:sent )?(?:from|by)|(?:nachricht|mail) von|(?:message"
    r"|courriel|mensaje|mensagem) de"
    r"|messaggio d[ia]|bericht van|meddelande från|(?:besked|melding) fra|on behalf of|im auftrag von|de la part de"
    r"|en nombre de|per conto di|em nome de|namens)"
    r"[ ]{0,16}<?$"
)
"""Before an address that names the sender: in a command without a mark before it, which may be folded, or in a sentence."""
_SIGNATURE = "--"
"""The line, without its blank, above a signature: addresses below it are the writer's."""
_REASON_LINES = 5
"""Lines of a reason between an address and the alias that it was expanded from."""
_FOLDED = 8
"""Characters at the end of a line that may hold the first word of a folded command."""
_CONTEXT = 60
"""Characters before an address that are searched for the words that introduce it."""


def find_mentions(lines: list[str], failures: FailureLines) -> list[Mention]:
    """Give every mention of an address in *lines*, with their *failures*, that may name a recipient, in order."""
    mentions: list[Mention] = []
    for number, line in enumerate(lines):
        if line == _SIGNATURE and mentions:
            break
        if "@" in line:
            here = _find_in_line(lines, number, line, failures)
            mentions += [] if here and mentions and _continues(here[0], mentions[-1], lines) else here
    return mentions


def _continues(mention: Mention, before: Mention, lines: list[str]) -> bool:
    """Whether an address begins a line because the words about the entry above were wrapped, or is a form of its recipient's."""
    if (
        mention.kind is not MentionKind.ENTRY
        or before.kind is not MentionKind.ENTRY
        or not all(lines[before.line : mention.line])
    ):
        return False
    if labels.NAMES_FINAL.match(lines[mention.line].lstrip()):
        return mention.line > before.line
    return mention.indent > before.indent and bool(before.rest.strip(" :"))


def _find_in_line(lines: list[str], number: int, line: str, failures: FailureLines) -> list[Mention]:
    succeeded, line = split_result(line)
    if succeeded or ("2" in line and is_positive_reply(line)):  # the server accepted this recipient
        return []
    return _find_in_command(number, line, lines[number - 1] if number else "") or _find_in_words(
        lines, number, line, failures
    )


def _find_in_command(number: int, line: str, before: str) -> list[Mention]:
    """Give the recipient in a transcript's command, which may be folded after its first word."""
    if before[-_FOLDED:].lower().rstrip().endswith("rcpt"):
        line = f"rcpt {line.lstrip()}"
    if "rcpt" in line.lower() and (command := _COMMAND.search(line)) and "@" not in line[: command.start()]:
        refused = _CODE_BEFORE.search(line[: command.start()]) or _CODE_BEHIND.match(line, command.end())
        way, rest = (MentionKind.REPLY, line) if refused else (MentionKind.COMMAND, line[command.end() :])
        return [Mention(way, number, 0, addresses.strip_address(command[1]), rest)]
    return []


def _find_in_words(lines: list[str], number: int, line: str, failures: FailureLines) -> list[Mention]:
    if "from" in line and (alias := _EXPANDED.match(line)) and not _follows_address(lines, number):
        reason = lines[number - 1].strip(" \t>|") if number else ""
        return [
            Mention(
                MentionKind.ENTRY,
                number,
                0,
                addresses.strip_address(alias[1]),
                reason if reason.startswith("(") else "",
            )
        ]
    if number and lines[number - 1].endswith(("expanded from", "generated from", "generated by")):
        return []  # Postfix and Exim wrap the line before the alias that they expanded
    if (replies := _find_in_reply(lines, number, line)) is not None:
        return replies
    if line.count("@") > 1 and (reasons := split_reasons(line)) and failures.says_failed(number):
        return [Mention(MentionKind.ENTRY, number, 0, address, words) for address, words in reasons]
    if (entry := _ENTRY.match(line)) and _is_entry(entry, lines, number):
        return _entries(entry, number)
    return _find_in_sentence(lines, number, line, failures)


def _find_in_reply(lines: list[str], number: int, line: str) -> list[Mention] | None:
    """Give the recipients that a server's reply names; None where *line* is none."""
    if number and (code := _WRAPPED_CODE.search(lines[number - 1])) and (first := _NAMED_FIRST.match(line)):
        return [Mention(MentionKind.REPLY, number, 0, addresses.strip_address(first[1]), f"{code[1]} {line.strip()}")]
    if not _REPLY.match(line):
        return None
    return [
        Mention(MentionKind.REPLY, number, 0, address, line)
        for start, address in addresses.find_with_positions(line)
        if not _MOVED_TO.search(line[max(0, start - _CONTEXT) : start])
        and not is_of_other(words_before(line, start, _CONTEXT))
    ]


def _follows_address(lines: list[str], number: int) -> bool:
    """Whether an alias on line *number* belongs to an address above: right above, or above Sendmail's "(reason: ...)"."""
    above = number - 1
    while above > max(0, number - _REASON_LINES) and lines[above].startswith((" ", "\t")) and "@" not in lines[above]:
        above -= 1
    return above >= 0 and "@" in lines[above] and bool(lines[above].strip())


def _entries(entry: re.Match[str], number: int) -> list[Mention]:
    """Give the address that begins a line, or follows a name there, and other addresses in a row after it."""
    indent, rest = len(entry["indent"].expandtabs()), entry["rest"]
    if labelled := _NAME_BEFORE.match(rest):
        return [Mention(MentionKind.ENTRY, number, indent, addresses.strip_address(labelled[1]), labelled[2])]
    if label := entry["label"] or entry["phrase"]:
        rest = f"{label}: {rest}" if labels.SAYS_WHY.search(label) else rest
    others, rest = split_row(rest)
    rest, further = split_further(rest)
    entries = [(address, rest) for address in (addresses.strip_address(entry["address"]), *others)]
    return [Mention(MentionKind.ENTRY, number, indent, *entry_words) for entry_words in (*entries, *further)]


def _is_entry(entry: re.Match[str], lines: list[str], number: int) -> bool:
    """Whether an address at a line's beginning names a recipient: by its label, the words before it, or the lines around it."""
    if (label := entry["label"]) is not None:
        if labels.TO.fullmatch(label) and (
            _SAYS_MORE.match(entry["rest"]) or labels.TELLS_WHY.match("".join(lines[number + 1 : number + 2]))
        ):
            return True
        names_other = (
            labels.NAMES_OTHER.match(label) or label.lower().endswith(" from") or labels.SUCCEEDED.fullmatch(label)
        )
        return not names_other and labels.NAMES_RECIPIENT.search(label) is not None
    if (phrase := entry["phrase"]) is not None:
        return labels.is_of_failure(phrase) and _PHRASE_ENDS.match(entry["rest"]) is not None
    if number and introduces_below(lines[number - 1]):
        return False
    return _stands_alone(entry) and _is_listed(entry["rest"], lines, headings.find_heading(lines, number))


def _stands_alone(entry: re.Match[str]) -> bool:
    """Whether the rest of an address's line is about the address, and not part of a running sentence."""
    name, rest = entry["name"], split_row(entry["rest"])[1]
    if _NAME_BEFORE.match(rest):
        return True
    if _REST_FITS.match(rest):
        return not name or not phrases.contains_any(phrases.ASK, phrases.normalize(name))
    return not name and phrases.contains_any(phrases.FAILED, phrases.normalize(rest))


def _is_listed(rest: str, lines: list[str], heading: int) -> bool:
    """Whether the words before a list allow the reading that its addresses failed."""
    if heading >= 0 and headings.tells_success(lines, heading):
        return False
    return bool(rest.strip(" .,")) or not headings.asks_to_write(lines, heading)


def _find_in_sentence(lines: list[str], number: int, line: str, failures: FailureLines) -> list[Mention]:
    before = lines[number - 1][-_CONTEXT:] + " " if number else ""
    text = before + line
    addresses_in_row: list[str] = []
    for start, address in addresses.find_with_positions(line):
        context = words_before(text, len(before) + start, _CONTEXT)
        if _NAMES.search(context) and not _OF_SENDER.search(context) and not is_of_other(context):
            addresses_in_row += [address, *split_row(line[start + len(address) :].lstrip(">\"')]"))[0]]
    if not addresses_in_row or not failures.says_failed(number):
        return []
    words = paragraph(lines, number)
    return [Mention(MentionKind.SENTENCE, number, 0, address, words) for address in dict.fromkeys(addresses_in_row)]
