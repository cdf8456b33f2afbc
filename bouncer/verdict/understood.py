"""Whether the subject of a statement of absence is understood: a word that is not known leaves open who or what is absent.

"The folder of this user does not exist" has the words of a hard answer, and is about a folder. No list of things is ever whole, so
the list here is the other one: the words that may stand before the statement in its clause when the recipient is meant
(``rules.known_words``), the words of mail in all languages (``nouns``), the recipient's name, and names of people and places.
"""

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise

from bouncer.verdict import nouns
from bouncer.verdict.rules.known_words import KNOWN

_NEAR = 60
"""Characters of a statement that show what became of a message."""
_SHORTEST = 3
"""Letters of the shortest word that is looked at; shorter ones are articles and prepositions in some language."""
_BEGINS = re.compile(
    r"[.!?] |[;:|>(){}\[\]\u3002\uff01\uff1f]|, ?| (?:because|since|but|as|weil|car|porque|perché) | --? "
    r"| (?:and|und|et|e|y|en|i|och|og|ve|a|и|та|και)"
    r" (?=(?:all |both ){0,1}(?:his|her|the|its|their|this|das|sein|seine|son|sa|su|la|sua|il|zijn|het|jego|jej|его|её|ее) )"  # noqa: RUF001 -- Russian
)
"""Where the clause with a statement begins: after a sign, or after a joint before a subject of its own."""
_WORD = re.compile(r"(?<![\w.@/=&-])[^\W\d_]{1,60}(?:['\u2019-][^\W\d_]{1,60}){0,4}(?![\w@/=&]|\.\w)")
"""A word of letters; a host's name, a code, a part of a link is none."""
_PARTS = re.compile(r"['\u2019-]")
_NO_BLANKS = re.compile(r"[\u0590-\u0eff\u1000-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A letter of a script whose words are not listed, as many of them are written without blanks."""
_COMPOUND = re.compile(r"(?:adressen?|postfach|kont[ot]{1,2}|kontoen|kennung|account|mailbox|adres|adress)$")
"""The end of a compound that is a mailbox: "Studentenkonto"."""
_ADJUNCT = re.compile(
    r"(?:\d[\d.-]{2,20} |@ ){0,3}(?:after|due to|owing to|because of|as of|following|on|by|in|at|for|with|under|nach|wegen"
    r"|aufgrund|seit|zu|mit|unter|suite|apr.s|depuis|tras|desde|debido|a seguito|dopo|dal|ap.s|devido|door|na|sinds|w|po|od|в"
    r"|с|после|efter|yeniden|az) "  # noqa: RUF001 -- Russian
)
"""A reason or a time before the subject: "due to a merger | this mailbox"."""
_DETERMINER = re.compile(
    r"(?<!of)(?<!for)(?<!to)(?<!in)(?<!on)(?<!by)(?<!with)(?<!from)(?<!at)(?<!von)(?<!mit)(?<!für)(?<!de)(?<!du)(?<!sur)"
    r"(?<!pour)(?<!para)(?<!van)(?<!voor)(?<!en)(?<!con)(?<!per)(?<!na)(?<!do)(?<!od)(?<!для)(?<!от)"
    r" (?:this|the|these|that|all|our|his|her|its|diese[srnm]?|das|die|der|cette|cet|ce|esta|este|la|el|le|il|questa|questo"
    r"|dit|deze|het|de|to|ta|ten|этот|эта|это) "
)
"""A determiner that begins a subject of its own, as no preposition joins it to the words before."""
_HONORIFICS = """
mr mrs ms miss dr prof herr herrn frau familie mme mlle monsieur madame sr sra señor señora sig signor signora dott dhr mevr
heer mevrouw pan pani named called namens genannt nommé llamado chiamato genaamd
"""
"""Words before somebody's name."""
_HONORIFIC = frozenset(_HONORIFICS.split())
_OF_NAME = frozenset({"of", "at", "by", "von", "bei", "van", "de", "di"})
"""Words before a name that has a capital."""
_MESSAGES = """
mail mails e-mail email e-mails emails message messages letter letters request requests answer answers reply replies query wish
nachricht anfrage antwort brief schreiben demande courrier courriel reponse lettre mensaje solicitud respuesta carta correo
mensagem pedido resposta messaggio richiesta risposta lettera bericht verzoek antwoord wiadomosc prosba odpowiedz письмо
сообщение запрос ответ
"""
"""Messages, without accents."""
_MESSAGE = frozenset(_MESSAGES.split())
_JOINTS = """
to for from of an für von à au aux pour du de al a para del ao do per aan voor van dla od к для от
"""
"""Words between a message and its addressee, or its writer."""
_JOINT = frozenset(_JOINTS.split())
_JOINED = ("all'", "dell'", "d'")
_HANDS_OVER = re.compile(
    r"(?:deliver|accept|reject|refus|bounc|fail|return|reach|den(?:y|ied)|unable|could|cannot|can't|zugestellt|zustell|livr|remis"
    r"|distribu|entreg|recib|receb|consegn|recapit|bezorg|aflever|dostarcz|доставл|not be|:|because|rilevat|error)"
)
"""Words about the way of a message, which is no part of its subject: "mail to jane could not be delivered, user unknown"."""
_OF_PERSON = re.compile(
    r"(?:has |have |had |is |no longer |not |any ?more ){0,4}"
    r"(?:left|retired|departed|works?|working|employed|resigned|moved|with us|with our)\b"
)
"""Verbs of people, before which a name may stand alone: "Smith | has left"."""
_DOTLESS = str.maketrans({"\u0131": "i"})


def is_understood(before: str, phrase: str, line: str, names: Collection[str]) -> bool:
    """Whether every word of the subject of the statement *phrase* is known.

    *before* is the searched text, in lower case, that ends where *phrase* begins; *line* is the original text, whose capitals show
    names; *names* are the parts of the recipient's addresses, in lower case.
    """
    subject = _subject(before)
    if not subject or _NO_BLANKS.search(subject):
        return True
    words = [match[0] for match in _WORD.finditer(subject)]
    may_be_named = _OF_PERSON.match(phrase) is not None  # "Smith | has left": a name may begin the clause
    for previous, word in pairwise(["", *words]):
        is_name = word in names or previous in _HONORIFIC or (may_be_named and _is_capital(word, line))
        if not is_name and not _is_known(word, names):
            return False
        may_be_named = is_name or word in _OF_NAME
    return True


def is_of_message(before: str, phrase: str) -> bool:
    """Whether the statement *phrase* is about a message to or from somebody: "your request to the | recipient was deleted"."""
    words = _subject(before).split()
    begin = next((at for at, word in enumerate(words) if _without_accents(word) in _MESSAGE), len(words))
    after = words[begin + 1 :]
    is_joined = any(word in _JOINT or word.startswith(_JOINED) for word in after)
    return is_joined and not _HANDS_OVER.search(" ".join((*after, phrase[:_NEAR])))


def _subject(before: str) -> str:
    """Give the part of the clause before the statement, without a reason or time at its beginning."""
    begin = max((end.end() for end in _BEGINS.finditer(before)), default=0)
    subject = before[begin:].replace("note that ", "")
    if _ADJUNCT.match(subject) and (own := list(_DETERMINER.finditer(f" {subject}"))):
        return subject[own[-1].start() :]
    return subject


def _is_capital(word: str, line: str) -> bool:
    return word.capitalize() in line or line.isupper()


def _is_known(word: str, names: Collection[str]) -> bool:
    if _is_listed(word, names) or _COMPOUND.search(word):
        return True
    parts = _PARTS.split(word)
    return len(parts) > 1 and all(_is_listed(part, names) for part in parts)


def _is_listed(word: str, names: Collection[str]) -> bool:
    plain = _without_accents(word)
    return len(plain) < _SHORTEST or plain in KNOWN or plain in names or nouns.is_of_mail(word)


def _without_accents(word: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word.translate(_DOTLESS)) if not unicodedata.combining(letter)
    )
