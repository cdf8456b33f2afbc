"""Whether the subject of a statement of absence is understood: a word that is not known leaves open who or what is absent.

"The folder of this user does not exist" has the words of a hard answer, and is about a folder. No list of things is ever whole, so
the list here is the other one: the words that may stand before the statement in its clause when the recipient is meant
(``rules.known_words``), the words of mail in all languages (``nouns``), the recipient's name, and names of people and places.
"""

import re
from collections.abc import Collection
from itertools import pairwise

from bouncer.verdict import nouns
from bouncer.verdict.word_lists import is_capital, is_known, without_accents

_NEAR = 60
"""Characters of a statement that show what became of a message."""
_BEGINS = re.compile(
    r"[.!?] |[;:|>(){}\[\]\u3002\uff01\uff1f]|, ?| (?:because|but|weil|car(?! (?:of|for|is|was))|porque|perché"
    r"|parce que|puisque|omdat|denn|poiché|pois|ponieważ|потому что|protože|eftersom|fordi|mert) "
    r"| --? "
    r"| (?:since|as) (?=(?:the|this|there|your|it|we|he|she|they|no|user|recipient|mailbox|account) )"
    r"| (?:and|und|et|e|y|en|i|och|og|ve|a|и|та|και)"
    r" (?=(?:all |both ){0,1}(?:his|her|the|its|their|this|das|sein|seine|son|sa|su|la|sua|il|zijn|het|jego|jej|его|её|ее) )"  # noqa: RUF001 -- Russian
)
"""Where the clause with a statement begins: after a sign, or after a joint before a subject of its own."""
_WORD = re.compile(r"(?<![\w.@/=&-])[^\W\d_]{1,60}(?:['\u2019-][^\W\d_]{1,60}){0,4}(?![\w@/=&]|\.\w)")
"""A word of letters; a host's name, a code, a part of a link is none."""
_BOX = re.compile(r"(?:mail-? ?box|inbox|(?:e-?mail|mail) (?:address|account))")
"""A statement that begins so is about a mailbox, whatever word stands before: "parish | mailbox was closed"."""
_NO_BLANKS = re.compile(r"[\u0590-\u0eff\u1000-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A letter of a script whose words are not listed, as many of them are written without blanks."""
_ADJUNCT = re.compile(
    r"(?:\d[\d.-]{2,20} |@ ){0,3}(?:after|due to|owing to|because of|as of|as part of|since|from|following|on|by|in|at|for|with"
    r"|under|nach|wegen|aufgrund|infolge|seit|ab|zu|zum|zur|mit|unter|bei|beim|im|in|an|am|auf|suite|(?:à|a) la suite|à|apr.s"
    r"|depuis|dans|chez|lors|en|tras|desde|debido|por|a seguito|dopo|dal|dall'\w{1,20}|presso|nel|nella|nell'\w{1,20}|ap.s|devido"
    r"|na|no|door|bij|op|sinds|vanaf|w|we|z|od|po|в|с|на|по|после|из-за|ve|v|od|efter|sedan|p.|yeniden|az) "  # noqa: RUF001 -- Russian
)
"""A reason or a time before the subject: "due to a merger | this mailbox"."""
_ADJUNCT_VERB = re.compile(
    r" (?:wurde|wurden|ist|existiert|existieren|bestaat|is|werd|zostało|została|został|było|była|był|byla|byl|bylo|je|är|har|blev"
    r"|er|foi|fue|был|была|было) "
)
"""The verb that stands between such a reason and the subject: "na základě reorganizace byla | schránka"."""
_ADJUNCT_END = re.compile(r"\b(?:nedeniyle|sebebiyle|dolay\u0131|miatt|után|vuoksi|takia|johdosta) ")
"""The end of such a reason in languages that have their prepositions behind the noun."""
_DETERMINER = re.compile(
    r"(?<!of)(?<!for)(?<!to)(?<!in)(?<!on)(?<!by)(?<!with)(?<!from)(?<!at)(?<!von)(?<!mit)(?<!für)(?<!de)(?<!du)(?<!sur)"
    r"(?<!pour)(?<!para)(?<!van)(?<!voor)(?<!en)(?<!con)(?<!per)(?<!na)(?<!do)(?<!od)(?<!для)(?<!от)"
    r" (?:this|the|these|that|all|our|his|her|its|diese[srnm]?|das|die|der|cette|cet|ce|esta|este|la|el|le|il|questa|questo"
    r"|dit|deze|het|de|to|ta|ten|tento|tato|toto|taki|taka|такой|такого|этот|эта|это) "
)
"""A determiner that begins a subject of its own, as no preposition joins it to the words before."""
_VERB_FIRST = re.compile(r"(?:existier(?:t|en)|besteht|bestaat) ")
"""A statement that begins with its verb, with the subject behind it: "seit Mai | existiert diese Adresse nicht"."""
_HONORIFICS = """
mr mrs ms miss dr prof herr herrn frau familie mme mlle monsieur madame sr sra señor señora sig maître signor signora dott dhr mevr
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
_ALSO_ADDRESS = frozenset({"e-mail", "email", "mail", "correo", "courriel"})
"""Messages that also mean an address in some languages: "e-mail do destinatário"."""
_NO_SUCH = re.compile(r"(?:in|non-? ?)exist|inesist|n'exist|(?:no|não|nao|non) (?:existe|esiste)\b")
"""The absence of an address; no message is sent that does not exist."""
_INSIDE = (["im"], ["in"], ["dans"], ["nel"], ["nella"], ["w"], ["v"])
"""Words between a message and the mailbox that it is looked for in: "die Nachricht konnte im | Postfach nicht gefunden werden"."""
_JOINED = ("all'", "dell'", "d'")
_TO_ABSENT = re.compile(
    r"(?:unknown|invalid|non-? ?exist(?:ent|ing)|inexistent|unregistered|undefined|unassigned|bad|wrong|incorrect|closed|deleted)"
    r" (?:local |e-?mail |mail )?(?:user|mail-? ?box|account|recipient|address|alias|addressee)"
    r"(?=\W{0,3}$|[.,;:!]| \W{0,3}@| (?:here|on this|at this|in this)\b"
    r"| (?:is |was |has been )?(?:rejected|refused|bounced|returned|blocked|denied|not (?:delivered|accepted|taken))\b"
    r"| \W?(?P<name>[^\W_][\w.+-]{1,63})\W{0,3}$)"
)
"""A statement that is the addressee of a message: "mail to a | nonexistent account" is not about the mail."""
_WHO_IS_ABSENT = re.compile(
    r"(?:mail-? ?box|user|account|recipient|address|alias|addressee) (?:that|which|who)"
    r" (?:(?:does not|doesn't) exist|no longer exists|(?:is|was) (?:not|unknown)|(?:cannot|could not) be found)\b"
)
"""A clause about the addressee of a message: "mail to a | user who does not exist"."""
_PARTS_OF_RECIPIENTS = """
number path phone telephone server servers host cause causes reason reasons state status type size kind sort code error failure list
group team role portal relay gateway query process module form daemon school university company firm organisation organization
office department institute login directory database table
record records system network module message language date time year day nummer telefon grund ursache fehler gruppe schule firma
numero motif erreur cause serveur groupe ecole motivo errore servidor grupo estado stato telefono fout oorzaak groep numer powod
номер причина ошибка
"""
"""Words that are known, and mean something else than the recipient that is named behind them: "state of | user unknown"."""
_PART_OF_RECIPIENT = frozenset(_PARTS_OF_RECIPIENTS.split())
_THINGS = """
role portal relay gateway query process module form daemon door car city table database record directory server host state
status type class error number key file folder map
"""
"""Words that are known, and no mailbox right behind a noun for one: "address table", "mailbox state"."""
_THING = frozenset(_THINGS.split())
_HEAD = re.compile(r"\b([^\W\d_]{3,40}) (?:of|mit|pour) (?:an? |the |this |that |our |your |dem |der |le |la )?$")
"""The head of the subject, where the noun at the beginning of a statement only belongs to it: "car of | user not found"."""
_HEADS = """
one none any all each part because out instead most some many lookup search name address mailbox account user recipient owner
verification validation check report case status lack think know heard aware record trace knowledge entry match login
"""
"""Heads that mean the recipient, or nothing."""
_IS_HEAD = frozenset(_HEADS.split())
_RELATIVE = re.compile(
    r"(?:(?:there|we|is|are|have|has) ){0,3}(?:no|not an?|nobody|no one|none)\b[^,;:.!?|]{0,60}?"
    r"(?<! with)(?<! of)(?<! by)(?<! under)(?<! at)(?<! in)(?<! on)(?<! for)(?<! to)(?<! like)(?<!called)(?<!named)"
    r" (?:that|who|which|whose)"
    r" (?!(?:match|correspond|fit|go|goes|is |are |was |has |have |had |uses?\b|owns?\b|answers? to|listens? to"
    r"|lives?\b|we\b|i\b|you\b|name\b|address\b|exist|could be|can be|bears?\b|carries\b))"
)
"""A clause behind "no recipient" that says what nobody does: "no recipient found that | accepts mail of this size"."""
_OF_LIST = re.compile(r"\b(?:list|group)s?'s? ")
"""A list that something belongs to: "the list's | second owner"."""
_GENITIVE = frozenset({"of", "for", "behind", "du", "des", "de", "del", "della", "do", "da", "van", "von", "der"})
"""Words between such a part and the recipient."""
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
_APPOSED = re.compile(
    r"(?:users?|mail-? ?box(?:es)?|inbox|accounts?|recipients?|address(?:es)?|alias(?:es)?|login) ([a-z]{3,40})(:?) [a-z]"
)
"""A noun for the recipient with a word behind it: somebody's name, or a thing's: "user jane", "user table"."""


def is_understood(before: str, phrase: str, line: str, names: Collection[str]) -> bool:
    """Whether every word of the subject of the statement *phrase* is known.

    *before* is the searched text, in lower case, that ends where *phrase* begins; *line* is the original text, whose capitals show
    names; *names* are the parts of the recipient's addresses, in lower case.
    """
    if (apposed := _APPOSED.match(phrase)) and not _may_be_apposed(apposed[1], apposed[2], line, names):
        return False
    subject = _subject(before)
    if _RELATIVE.match(phrase) or _OF_LIST.search(subject) or _is_headed(subject):
        return False
    if not subject or _NO_BLANKS.search(subject) or (_VERB_FIRST.match(phrase) and _ADJUNCT.match(subject)):
        return True
    words = [match[0] for match in _WORD.finditer(subject)]
    may_be_named = _OF_PERSON.match(phrase) is not None  # "Smith | has left": a name may begin the clause
    if _BOX.match(phrase) and words and words[-1].isalpha() and subject.endswith(f"{words[-1]} "):
        words.pop()
    for previous, word in pairwise(["", *words]):
        is_name = word in names or previous in _HONORIFIC or (may_be_named and is_capital(word, line))
        if not is_name and not is_known(word, names):
            return False
        may_be_named = is_name or word in _OF_NAME
    return True


def _may_be_apposed(word: str, colon: str, line: str, names: Collection[str]) -> bool:
    """Whether *word* may stand right behind a noun for a mailbox that is absent: a verb, or a name; or else before a *colon*."""
    if word in names or (colon and word not in _THING):
        return True
    return word not in _THING and (is_known(word, names) or is_capital(word, line))


def _is_headed(subject: str) -> bool:
    """Whether *subject* ends with a noun to which the noun behind it belongs, and that is no word of mail."""
    head = _HEAD.search(subject)
    return head is not None and head[1] not in _IS_HEAD and not nouns.is_of_mail(head[1])


def is_of_message(before: str, phrase: str, names: Collection[str]) -> bool:
    """Whether the statement *phrase* is about a message to or from somebody: "your request to the | recipient was deleted".

    *names* are the parts of the recipient's addresses: "mail for | nonexistent user jane" is about jane.
    """
    if (absent := _TO_ABSENT.match(phrase)) and (absent["name"] is None or absent["name"] in names):
        return False
    if _WHO_IS_ABSENT.search(before[-_NEAR:] + phrase[:_NEAR]):
        return False
    words = _subject(before).split()
    pairs = enumerate(pairwise([*words, ""]))  # an "e-mail address" is no message
    begin = next((at for at, pair in pairs if _is_message(*pair)), len(words))
    after = words[begin + 1 :]
    if after and words[begin] in _ALSO_ADDRESS and after[0] in _GENITIVE and _NO_SUCH.search(phrase[:_NEAR]):
        return False
    is_joined = any(word in _JOINT or word.startswith(_JOINED) for word in after) or after[-1:] in _INSIDE
    return is_joined and not _HANDS_OVER.search(" ".join((*after, phrase[:_NEAR])))


def _is_message(word: str, following: str) -> bool:
    return without_accents(word) in _MESSAGE and not nouns.is_of_mail(following)


def is_of_part(before: str, phrase: str, names: Collection[str]) -> bool:
    """Whether *phrase* is about a part of the recipient, and not the recipient: "the status of this | user is unknown".

    *names* are the parts of the recipient's addresses.
    """
    words = [*_subject(before).split(), *phrase.split(maxsplit=1)[:1]]
    parts = [at for at, pair in enumerate(pairwise(words)) if _is_part(*pair)]
    owners = words[parts[0] + 2 : parts[0] + 5] if parts else []
    return any("@" in word or word in names or nouns.is_of_mail(word) for word in owners)


def _is_part(word: str, following: str) -> bool:
    return without_accents(word) in _PART_OF_RECIPIENT and following in _GENITIVE


def _subject(before: str) -> str:
    """Give the part of the clause before the statement, without a reason or time at its beginning."""
    begin = max((end.end() for end in _BEGINS.finditer(before)), default=0)
    subject = before[begin:].replace("note that ", "")
    if end := _ADJUNCT_END.search(subject):
        return subject[end.end() :]
    if not _ADJUNCT.match(subject):
        return subject
    own = [match.start() for match in (*_DETERMINER.finditer(f" {subject}"), *_ADJUNCT_VERB.finditer(f" {subject}"))]
    return subject[max(own, default=0) :]
