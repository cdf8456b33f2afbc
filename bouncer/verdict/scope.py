"""The reach of a statement of absence: the words inside it and right behind it may turn it to something else than the mailbox.

"No such VPN user", "invalid address literal" and "user not registered for this service" have the words of a hard answer. As for the
words before a statement (``understood``), no list of things is ever whole: a word that is not known leaves open what is absent.
"""

import re
from collections.abc import Callable
from itertools import takewhile

from bouncer.verdict.rules import abroad

_WHO = (
    r"(?:users?|recipients?|mail-? ?box(?:es)?|accounts?|address(?:es)?|alias(?:es)?|addressee|member|customer|subscriber|person"
    r"|login|user ?name|user ?id|inbox|employee|student)"
)
_ADJECTIVE = (
    r"(?:unknown|invalid|illegal|bad|wrong|incorrect|non-? ?exist\w{0,5}|inexistent|unrecogni[sz]ed|unregistered"
    r"|undefined)"
)
_DENIES = (
    r"(?:no such|not such|no (?:valid|known|matching)|no|not an? (?:valid|known|registered)|deleted|closed|terminated|cancell?ed"
    r"|retired|former|(?:cannot|can't|could not|couldn't|unable to|failed to) (?:find|locate|resolve|identify)"
    rf" (?:the |this |that |such |an? |any ){{0,2}}|{_ADJECTIVE})"
)
_WORD = r"[a-z][\w'/-]{0,40}"
_LED = re.compile(
    rf"{_DENIES}\b ?(?P<inner>(?:{_WORD},? ){{0,3}}?){_WHO}(?![\w'-])(?: (?P<next>[^\W\d_][\w-]{{0,60}})(?![\w=]))?"
)
"""A denial with its noun, the words between them, and the word behind them: "no such | VPN | user | here"."""
_ATTRIBUTE = re.compile(rf"{_ADJECTIVE} (?P<nouns>{_WORD}(?: {_WORD}){{0,3}})")
"""An adjective with the nouns behind it, which may be a thing's: "non-existent | access token"."""
_LED_ABROAD = re.compile(rf"{abroad.ABSENT}(?P<inner>(?: [^\W\d_]{{1,30}}){{1,3}}?) (?:{abroad.PERSON})\b")
"""A denial of another language, the words behind it, and its noun: "nie znaleziono | danych | użytkownika"."""
_IS_WHO = re.compile(rf"{_WHO}(?![\w'-])")
_JOINING = """
in on at by with for to of from under within and or here there exist exists is was are were has have had could can cannot does do
did found known listed available matches called named like that which who you we error rejected refused denied not as because
since so please check syntax matched answering answers sorry this the our your if try contact see also any more anywhere reached
"""
_JOINS = frozenset(_JOINING.split())
"""Words that may stand right behind the noun of a denial."""
_BETWEEN = """
local virtual mail e-mail email remote final destination recipient valid such forwarding illegal invalid unknown disabled or trace
record to match for
"""
_MAY_STAND_BETWEEN = frozenset(_BETWEEN.split())
"""Words between a denial and its noun that leave the noun what it is."""
_THINGS = frozenset({"phone", "number", "portal", "gateway", "process", "module", "role", "class", "state", "query"})
"""Known words that are no mailbox."""
_SERVICE = re.compile(
    r"(?:^|[\s\"'(<:])(?:vpn|gateway|routing|relay(?:ing)?|sasl|smtp|x?oauth2?|login|ldap|sql|database|db|system|unix|service|bind|proxy|submission|authenticated"
    r"|api|ftp|web|remote|calling|submitting|logged[- ]in|daemon|script|catch-?all|quarantine|archive|journal|shadow|target) $"
)
"""Words before "user" or "account" that make it one of a service, or of the sender's."""
_OF_SERVICE = re.compile(r"(?:user|account|login)\b")
_FOR_PURPOSE = re.compile(
    r"(?:^|[\s\"'(<:])(?:fallback|default|receipt|campaign|bounce|abuse|feedback|complaint|shadow|archive|journal|quarantine"
    r"|catch-?all) $"
)
"""Words before a mailbox that is kept for a purpose."""
_OF_PURPOSE = re.compile(r"(?:mail-? ?box|address|user|account)\b")
_SCOPE = re.compile(
    r"(?:registered|enrolled|enabled|activated|subscribed|signed up|known|unknown|(?<!not a )valid|invalid|available|listed|found"
    r"|recogni[sz]ed|provisioned|configured) (?:for|to) (?P<place>(?:[^.;:!?|()\[\]<>]|\.(?=[a-z0-9])){1,80})"
)
"""A statement that holds for one thing only: "not registered for | this service"."""
_PLACE = re.compile(
    r"@|\b(?:us|me|servers?|systems?|hosts?|domains?|director(?:y|ies)|sites?|machines?|networks?|mta|mailer|compan(?:y|ies)"
    r"|ldap|ad|nis|exchange|organi[sz]ations?|schools?|universit(?:y|ies)|address ?book|postmaster|delivery|local|e-?mail|mailing"
    r"|any(?:one|body)|[a-z0-9-]{1,63}\.[a-z]{2,24}(?=\W*$| (?:in|on|here|at)\b)|recipient|user|mail ?box|account|address)\b"
    r"(?! (?:class|categor|kind|type|plan|tier))"
)
"""Places of which the recipient may be absent: then it has no mailbox."""
_PREDICATE = re.compile(
    r" ?(?:is |was |has |been |could |can ){0,4}(?:not (?:be )?(?:found|known|recogni[sz]ed|listed|registered|valid|defined|in|here"
    r"|exist|present|configured|available)|unknown|invalid|missing|gone|does not exist|doesn't exist|unrecogni[sz]ed|undefined"
    r"|non-?exist)"
)
_HEADING = re.compile(rf"(?:{_WHO}\b|@)[^.;:]{{0,80}}: ?(?=[a-z])")
"""The recipient, and a colon: "recipient jane@example.org: | session not found"."""
_ACTS = re.compile(
    r"(?:user|recipient|person|owner|employee|colleague|student|he|she) (?:has |have |had )"
    r"(?:closed|deleted|removed|cancell?ed|terminated|purged|expired)(?=\W{0,3}$|[.,;:!])"
)
"""An act without an object, which may be on anything: "user has closed"."""
_NOT_SERVED = re.compile(
    r"domain\b (?:\S{1,100} )?(?:is |was |are ){0,2}not (?:served|serviced|handled|managed) (?:here|by (?:us|this|our)|on|at)\b"
)
"""A server that is not responsible for the domain: it says nothing about whether the domain exists."""
_PRONOUN = re.compile(r"(?:^|[\s,;:(])it (?:really |also |apparently )?$")
_VERBS = ("do", "is", "was", "no", "has", "can", "could")
_OF_MAILBOX = re.compile(
    r"@|\b(?:user|recipient|mail-? ?box|inbox|account|address|alias|addressee|person|domain|host|name)\b"
)
_SEPARATES = re.compile(r"[.,;:!?|] (?:(?:because|since|as|but|and|so|while|though) )?| (?:because|since|as|but|and) ")


def is_of_unknown_noun(phrase: str, is_known: Callable[[str], bool], is_name: Callable[[str], bool]) -> bool:
    """Whether the denial *phrase* has a word beside its noun that is not known: "no such VPN user", "invalid address literal"."""
    led = _LED.match(phrase)
    if abroad_led := _LED_ABROAD.match(phrase):
        return not all(map(is_known, abroad_led["inner"].split()))
    if led is None:
        attribute = _ATTRIBUTE.match(phrase)
        return attribute is not None and _names_thing(attribute["nouns"], is_known)
    if "," in led["inner"]:
        return True
    if any(word not in _MAY_STAND_BETWEEN and not is_known(word) for word in led["inner"].split()):
        return True
    following = led["next"]
    return following is not None and following not in _JOINS and not is_known(following) and not is_name(following)


def _names_thing(nouns: str, is_known: Callable[[str], bool]) -> bool:
    """Whether *nouns*, up to the first joint, have no word for the recipient, and one that is not known."""
    words = list(takewhile(lambda word: word not in _JOINS, nouns.split()))
    if any(map(_IS_WHO.match, words)):
        return False
    return any(word in _THINGS or not is_known(word) for word in words)


def is_of_service(before: str, phrase: str) -> bool:
    """Whether the user or account of *phrase* is one of a service, by the word before it: "the relay | user does not exist"."""
    is_service = _OF_SERVICE.match(phrase) is not None and _SERVICE.search(before) is not None
    return is_service or (_OF_PURPOSE.match(phrase) is not None and _FOR_PURPOSE.search(before) is not None)


def is_scoped(phrase: str) -> bool:
    """Whether *phrase* holds only for a thing that is no place of mail: "not registered for this service"."""
    scope = _SCOPE.search(phrase)
    return scope is not None and _PLACE.search(scope["place"]) is None


def is_without_object(phrase: str) -> bool:
    """Whether *phrase* tells of an act, and not on what, "user has closed"; or that a server does not serve the domain."""
    return _ACTS.match(phrase) is not None or _NOT_SERVED.match(phrase) is not None


def is_of_pronoun(before: str, phrase: str) -> bool:
    """Whether "it" is absent, and the clause before names no mailbox: "the file cannot be opened, as it | does not exist"."""
    if not phrase.startswith(_VERBS) or not _PRONOUN.search(before):
        return False
    clauses = _SEPARATES.split(before[: before.rfind("it")])
    spoken = [clause for clause in clauses if any(map(str.isalpha, clause))]
    return not spoken or _OF_MAILBOX.search(spoken[-1]) is None


def split_at_colon(before: str, phrase: str) -> tuple[str, str] | None:
    """Split a statement behind a recipient and a colon, "recipient @: session | not found", before its verb; else None."""
    heading = _HEADING.match(phrase)
    if heading is None or (verb := _PREDICATE.search(phrase, heading.end() - 1)) is None:
        return None
    subject = phrase[heading.end() : verb.start()].rstrip(": ")
    return before + phrase[: heading.end()] + subject + " " * bool(subject), phrase[verb.start() :].lstrip()
