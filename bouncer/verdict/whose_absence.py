"""The owner of an absence that an answer states: the recipient, or something or somebody else that the answer names."""

import re

from bouncer.verdict import asserted, neighbours, nouns, scope, understood, word_lists
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.verdict import Reason

_OF_ANY_NOUN = frozenset(
    {
        "unknown-user",
        "unknown-user-own-words",
        "composed-absence",
        "account-closed",
        "account-closed-abroad",
        "recipient-moved",
    }
)
"""Rules with phrases that name no mailbox, so that the noun before them must."""

_MAY_BE_OF_OTHER = frozenset({Reason.INVALID_RECIPIENT, Reason.CLOSED_ACCOUNT})
"""Reasons that the answer may give for another address; a new address is no other one, and a malformed one may be any."""

_ACT_ON = re.compile(
    r"\b(?:hat|haben|heeft|hebben|ha|hanno|a|ont|har) (?:\w{4,20} )?"
    r"(?:(?:die|das|den|diese[sn]?|seine?n?|ihre?n?|eine?n?|het|de|dit|zijn|haar|il|lo|la|gli|un[ao]?|suo|sua|le|les|une|son|sa|ses"
    r"|el|los|las|su|sus|det|en|ett) ){1,2}([^\W\d_]{3,40})"
)
"""The object of what somebody does, in languages that have the verb behind it or before it: "hat die | Nachricht gelöscht"."""
_DONE_TO = re.compile(
    r"\b(?:has|have|had) (?:\w{3,12} )?(?:retired|removed|deleted|closed|cancell?ed|terminated|purged)"
    r" (?:the|this|that|these|those|his|her|their|its|an?|all|any|every) ([^\W\d_]{3,20})(?: ([^\W\d_]{3,20}))?"
)
"""The object of such an act in English: "the owner has retired this | form"."""
_LEAVES = re.compile(r"verlass|verlaten|quitt|dejado|abandon|lasciat|deixou|lämnat|forlatt|forladt")
"""Verbs whose object is what the recipient belonged to: "hat die Abteilung verlassen"."""
_SENTENCE = re.compile(r"[.;!?]")
_MESSAGE_TO = re.compile(
    r"\b(?:message|mail|e-?mail|letter|nachricht|schreiben|courriel|mensaje|correo|mensagem|messaggio|bericht|письмо|сообщение)"
    r" (?:\S{1,12} ){0,4}(?:to|for|an|für|à|pour|a|para|per|aan|voor|для) \W{0,2}$"
)
_IS_DELETED = re.compile(
    r"\W{0,2}@\W{0,3} (?:was|is|has been|wurde|a été|ha sido|fue|foi|è stat[oa]) "
    r"(?:deleted|removed|cancel|gel.scht|entfernt|supprim|eliminad|borrad|exclu|apagad|cancellat|eliminat)"
)
"""A message was deleted, and not the address before the verb: "your message to | jane@example.org was deleted"."""


def is_other(failure: Failure, words: Witness, *, is_named: bool) -> bool:
    """Whether *words*, which state an absence, are about something else than the recipient, or leave open what they are about.

    *is_named* tells that a code names the recipient: it makes up for a word that is not known, not for another address.
    """
    before, phrase = words.before, words.phrase
    if words.rule in _OF_ANY_NOUN and nouns.is_of_thing(*asserted.split_around(before, phrase), failure.names):
        return True
    if words.reason is Reason.CLOSED_ACCOUNT and (
        _is_act_on_thing(phrase) or (_IS_DELETED.match(phrase) and _MESSAGE_TO.search(before))
    ):
        return True
    if understood.is_of_message(before, phrase, failure.name_parts) or _is_of_other_address(failure, words):
        return True
    if is_named:
        return False
    return _reaches_other(failure, words) or understood.is_of_part(before, phrase, failure.name_parts)


def _reaches_other(failure: Failure, words: Witness) -> bool:
    """Whether words inside the statement, or around it, turn it to something else, or are not understood."""
    before, phrase, line, names = words.before, words.phrase, _original(words), failure.name_parts
    if scope.is_of_service(before, phrase) or scope.is_scoped(phrase) or scope.is_without_object(phrase):
        return True
    if not understood.is_understood(before, phrase, line, names):
        return True
    before, phrase = scope.split_at_colon(before, phrase) or (before, phrase)
    if scope.is_of_pronoun(before, phrase) or scope.is_of_unknown_noun(
        phrase,
        lambda word: word_lists.is_known(word, names),
        lambda word: word_lists.is_capital(word, line) or word.upper() in line,
    ):
        return True
    return not understood.is_understood(before, phrase, line, names)


def _is_act_on_thing(phrase: str) -> bool:
    """Whether *phrase* tells what somebody did to a thing that is no mailbox: "der Nutzer hat die Nachricht gelöscht"."""
    sentence = _SENTENCE.split(phrase, maxsplit=1)[0]
    if (deed := _DONE_TO.search(sentence)) and not any(nouns.is_of_mail(noun) for noun in deed.groups() if noun):
        return True
    act = _ACT_ON.search(sentence)
    return act is not None and not nouns.is_of_mail(act[1]) and not _LEAVES.search(sentence)


def _is_of_other_address(failure: Failure, words: Witness) -> bool:
    if words.words is None or words.reason not in _MAY_BE_OF_OTHER or "@" not in words.words.text:
        return False
    is_unknown = words.reason is Reason.INVALID_RECIPIENT  # behind other statements stands an address to write to
    return neighbours.is_of_other(words.words, words.offset, failure.forms, may_follow=is_unknown)


def _original(words: Witness) -> str:
    """Give the original text, whose capitals show names."""
    return " ".join(words.words.lines) if words.words else words.evidence
