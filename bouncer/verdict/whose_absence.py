"""The owner of an absence that an answer states: the recipient, or something or somebody else that the answer names."""

from bouncer.verdict import asserted, neighbours, nouns, understood
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.verdict import Reason

_OF_ANY_NOUN = frozenset(
    {"unknown-user", "unknown-user-own-words", "account-closed", "account-closed-abroad", "recipient-moved"}
)
"""Rules with phrases that name no mailbox, so that the noun before them must."""

_MAY_BE_OF_OTHER = frozenset({Reason.INVALID_RECIPIENT, Reason.CLOSED_ACCOUNT})
"""Reasons that the answer may give for another address; a new address is no other one, and a malformed one may be any."""


def is_other(failure: Failure, words: Witness, *, is_named: bool) -> bool:
    """Whether *words*, which state an absence, are about something else than the recipient, or leave open what they are about.

    *is_named* tells that a code names the recipient: it makes up for a word that is not known, not for another address.
    """
    before, phrase = words.before, words.phrase
    if words.rule in _OF_ANY_NOUN and nouns.is_of_thing(*asserted.split_around(before, phrase), failure.names):
        return True
    if understood.is_of_message(before, phrase) or _is_of_other_address(failure, words):
        return True
    if is_named:
        return False
    return understood.is_of_part(before, phrase) or not understood.is_understood(
        before, phrase, _original(words), failure.name_parts
    )


def _is_of_other_address(failure: Failure, words: Witness) -> bool:
    if words.words is None or words.reason not in _MAY_BE_OF_OTHER or "@" not in words.words.text:
        return False
    is_unknown = words.reason is Reason.INVALID_RECIPIENT  # behind other statements stands an address to write to
    return neighbours.is_of_other(words.words, words.offset, failure.forms, may_follow=is_unknown)


def _original(words: Witness) -> str:
    """Give the original text, whose capitals show names."""
    return " ".join(words.words.lines) if words.words else words.evidence
