"""The noun that an absence is stated of: a closed list of nouns means the recipient; any other leaves open who is absent.

"The booking does not exist" says nothing of an address, though "does not exist" alone, or "jane does not exist", does.
"""

import re
from collections.abc import Iterable

from bouncer.verdict.rules import abroad, abroad_more

_ENGLISH = (
    r"users?|usernames?|userids?|uid|usr|recip\w{0,8}|rec[ie]{1,3}p\w{0,8}|rcpts?|mail-? ?box(?:es)?|mbo?x(?:es)?|postbox"
    r"|letterbox|inbox(?:es)?|box(?:es)?|accounts?|accts?|acounts?|addr(?:ess(?:es|ees?)?)?|(?:mail ?)?ad+res+e?s?|mailaddress"
    r"|alias(?:es)?|members?|subscribers?|msisdn|persons?|people|nobody|no-?one|no one|anybody|anyone|somebody|someone|none"
    r"|everybody|login|mail ?drops?|drop|local[ -]?part|screen ?name|names?|identity|polzovatel\w{0,3}|adresat\w{0,3}"
    r"|students?|pupils?|teachers?|employees?|staff|colleagues?|contacts?|customers?|clients?|residents?|patients?"
    r"|holders?|owners?|gentleman|lady|he|she|they|destinations?|e-?mails?|mail|phone|number|domains?|hosts?|hostnames?|site"
    r"|groups?|lists?|mailing ?lists?"
    r"|compan(?:y|ies)|firms?|organi[sz]ations?|school|universit(?:y|ies)|departments?|institut\w{1,3}|office|business|club"
    r"|society|handles?|nick(?:name)?s?|pigeonholes?|post ?box"
)
"""English nouns for a mailbox, its name and its owner; also for the house that it belongs to, which is closed with all of it."""
_ASIAN = (
    "宛先|受信者|受取人|ユーザ|利用者|メールボックス|アドレス|アカウント|ドメイン|收件|用户|用戶|使用者|邮箱|郵箱|信箱|[帐账帳賬][号號户戶]|地址|域名"
    "|수신|받는|사용자|메일함|편지함|계정|주소|도메인"
)
_OF_MAIL = re.compile(
    rf"@|\b(?:{_ENGLISH})\b|\b(?:{abroad.PERSON}|{abroad_more.BOX}|{abroad_more.STAFF}|{abroad_more.SITE})\b|{_ASIAN}"
)
_OF_END = re.compile(f"{abroad.ABSENT}|{abroad_more.LEFT}|{abroad_more.CLOSED}|{abroad_more.WORK}")
"""Verbs and adjectives for an absence, in other languages."""
_STRONG = re.compile(
    r"(?:users?|recipients?|mail-? ?box(?:es)?|inbox|accounts?|address(?:es)?|alias(?:es)?|addressee|person)\b"
)
"""Nouns for the recipient at the beginning of a phrase; a name may follow: "user jane of your list"."""
_COMPOUND = frozenset(
    {"e-mail", "email", "mail", "name", "number", "group", "list", "customer", "destination", "host", "site"}
)
"""Nouns that mean the recipient alone, but in a compound with another noun, "email template", that other noun's thing."""
_MAIL = frozenset({"e-mail", "email", "mail"})
_DETERMINERS = r"(?:the|this|that|these|those|an?|such|your|our|his|her|their|its|my|every|any)"
_DETERMINER = re.compile(rf"\b{_DETERMINERS} ")
_STOPS = re.compile(
    r" (?:of|for|in|on|at|by|with|to|from|under|you|i|we|it|that|which|who|whom|named|called|has|had|have|is|was|are|were|does"
    r"|did|do|could|can|seems?|appears?|also|currently|probably|simply|no longer|really)\b"
)
"""The end of a noun and its adjectives: "booking | you refer to"."""
_OWNS = frozenset({"of", "for", "in", "on", "with", "from", "at", "about"})
"""Between a thing and what it belongs to: "the page | for | this user"."""
_NEAR = 3
"""Words before such a word, among which the determiner of the thing is."""
_BEGINS = re.compile(r"[;:!?|()\]] |[>|]|, | (?:because|as|since|but) ")
_ENDS = re.compile(r"[;:!?|()]|, | - ")
"""Where the clause with the statement begins and ends."""
_OF_PERSON = re.compile(
    r"(?:has |have |had |is |are |was |no longer ){0,3}(?:left|retired|departed|works?|working|employed|with|moved|part of)\b"
)
"""Verbs of people, whose names may be any: "Ms Doe | has left"."""
_STATES = re.compile(
    r"\b(?:(?:does|do|did|dos|doe|dose)(?: not|n'?t| no)\b|doesn't|don't|didn't|no longer\b|(?:is|are|was|were|has|have|had)\b"
    r"|(?:could|can)(?: not|n't) be\b|cannot be\b|not (?:exist|known|found|valid|listed|registered|recogni|hosted)|unknown\b"
    r"|left\b|moved\b|marked\b|not in\b|wasn't\b|isn't\b|aren't\b|weren't\b)"
)
"""The verb of a statement that something is absent."""
_HAS_OBJECT = re.compile(
    r" (?:currently )?(?:(?:have|know|find|locate|list|recogni[sz]e|match|accept|want|take|see|show|contain)\b|no @)"
)
"""After a negation, a verb whose object is the absent one: "the server does not | know this user"."""
_BY_THAT_NAME = re.compile(r"\b(?:by|with|of|under|known by|known as) (?:that|this|such a|the) name\b")
_TOKEN = re.compile(r"(?<![\w.@-])[a-z][a-z'-]{2,30}(?![\w@-]|\.\w)")
_NOTHING = """
above after again also although and are because been before below but can cannot could couldn't destination did didn't does doesn't
don't due either entered error exist existed existing exists failed failure following for found from given gone had has have here
however intended invalid its just known left listed local longer moved neither never nor not now one other our permanent please
registered rejected remote reported requested said same says seem seems server since smtp some sorry specified still such system
than that the their them then there this unfortunately unknown valid was wasn't were what which while who will with you your
delivered undelivered bounced cause reason regret regrets sadly address isn't there's it's dosn't doesnt dont denied access refused
anymore more dose
"""
"""Words that name nothing: "sorry, the one you entered does not exist"."""
_SAYS_NOTHING = frozenset(_NOTHING.split())


def is_of_thing(before: str, phrase: str, names: Iterable[str]) -> bool:
    """Whether the absence that *phrase* states is of a thing that is neither of mail nor one of *names*, the recipient's.

    *before* is the searched text, in lower case, that ends where *phrase* begins; both hold no more than the sentence.
    """
    clause, recipient_names = before + phrase, tuple(names)
    begin = max((end.end() for end in _BEGINS.finditer(clause, 0, len(before))), default=0)
    if end := _ENDS.search(clause, len(before)):
        clause = clause[: end.start()]
    verb = _STATES.search(clause, max(begin, len(before) - 1))
    if verb is None or _HAS_OBJECT.match(clause, verb.end()):
        nameless = _BY_THAT_NAME.sub(" ", clause[begin:])
        return len(nameless) < len(clause) - begin and _names_thing_only(nameless, recipient_names)
    if _OF_PERSON.match(clause, verb.start()):
        return False
    noun = _STRONG.match(phrase)
    return _is_thing(before[begin:] + noun[0] if noun else clause[begin : verb.start()], recipient_names)


def is_of_mail(word: str) -> bool:
    """Whether *word*, in lower case, means a mailbox, its owner, its domain, or that one of them is gone.

    The last part of a compound counts.
    """
    return any(match.end() == len(word) for match in _OF_MAIL.finditer(word)) or _OF_END.fullmatch(word) is not None


def _is_thing(subject: str, names: tuple[str, ...]) -> bool:
    """Whether the noun of a statement's *subject* is neither of mail nor one of *names*."""
    begins = [(determiner.start(), determiner.end()) for determiner in _DETERMINER.finditer(subject)]
    if not begins:
        words = _STOPS.split(f" {subject}", maxsplit=1)[0].split()
        adjective, last = ["", "", *words][-2:]
        return _names_thing_only(last if adjective in _MAIL else subject, names)
    start, end = begins[-1]
    if owner := _owner(subject[:start], names):
        return not _is_of_mail(owner, names)
    return not _is_of_mail(_STOPS.split(f" {subject[end:]}", maxsplit=1)[0].replace(",", ""), names)


def _owner(before: str, names: tuple[str, ...]) -> str:
    """Give the noun that a noun after *before* belongs to, "the page for": one with a determiner, or a word of mail; else ""."""
    *words, noun, joint = ["", "", *before.split()]
    if joint not in _OWNS or not noun:
        return ""
    is_first = not any(word[:1].isalpha() and word not in _MAIL for word in words)
    is_begun = is_first or any(_DETERMINER.match(f"{word} ") for word in words[-_NEAR:])
    return noun if is_begun or _is_of_mail(noun, names) else ""


def _names_thing_only(text: str, names: tuple[str, ...]) -> bool:
    """Whether *text* has a word for a thing, and none for the recipient."""
    if _OF_MAIL.search(text) or any(name in text for name in names):
        return False
    return any(token not in _SAYS_NOTHING for token in _TOKEN.findall(text))


def _is_of_mail(nouns: str, names: tuple[str, ...]) -> bool:
    """Whether *nouns*, of which the last one is the head, mean the recipient."""
    if any(name in nouns for name in names):
        return True
    *others, last = nouns.split() or [""]
    if any(_OF_MAIL.search(noun) and noun not in _COMPOUND for noun in others):
        return True
    return not _TOKEN.search(last) or last in _SAYS_NOTHING or _OF_MAIL.search(last) is not None
