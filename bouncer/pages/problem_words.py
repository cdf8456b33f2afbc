"""Translates the sentences of errors, which other layers write in English, into the reader's language."""

import re

from bouncer.compose.language import Language
from bouncer.compose.sentences import capitalize
from bouncer.pages.known_texts import KnownTexts
from bouncer.policy.languages import ENGLISH

TEXTS = (
    "there is no account {what}",
    "there is no letter {what}",
    "there is no letter {what}, or it is not kept any more",
    "there is no bounce {what}",
    "there is no import {what}",
    "there is no notice {what}",
    "there is no rule {what}",
    "there is no saved filter {what}",
    "there is no session {what}",
    "there is no share link {what}",
    "there is no webhook {what}",
    "there is no API key {what}",
    "there is no owner {what}",
    "there is such a rule already, or there are {number}; bouncer rule list shows them",
    "there is an account {what} already",
    "{what} is no mail address",
    "{what} is no mail address and no domain",
    "{what} is no owner of {other}",
    "{what} has this endpoint already: {other}",
    "{what} has {number} endpoints already",
    "{what} has {number} share links: end some, or wait until they end",
    "{what} said that it is gone (410): add it again",
    "you have {number} saved filters: delete one first",
    "a filter's name has 1 to {number} characters, all printable",
    "the URL must begin with https://; http:// is for the networks of [forward] webhook_networks",
    "a URL has no spaces and control characters, and {number} characters at most",
    "the host has an address that is not public, and not in [forward] webhook_networks",
    "the URL must name a host",
    "{what} is no day, as 2026-11-01, and no time, as 2026-11-01T12:30:00Z.",
    "{what} must have 1 to {number} characters.",
    "{what} must be one of {other}.",
    "{what}: must be two times of day, 22:00-07:00",
    "{what}: must be the name of a time zone, Europe/Berlin",
    "{what}: must be a number from 0 to {number}",
    "{what}: must be one of {other}",
    "{what}: must have {number} characters at most",
    "There is no parameter {what} here.",
    "The parameter {what} is given twice.",
    "The store does not answer now; try again.",
    "Sign in first.",
    "Name the account.",
    "This form was sent by another site.",
    "This page has no such method.",
    "There is no such language.",
    "The upload ended early.",
    "The body is no form that can be read.",
    "There are more than {number} fields.",
    "A field has more than {number} octets.",
)
"""The errors that people meet on pages, with places for what differs."""
_KNOWN = KnownTexts(TEXTS)
_NAMES = ("Address", "Campaign", "Category", "Domain", "Provider", "Reason", "Since", "State", "Stream", "Until")
_FIELDS = {
    **{name.lower(): name for name in _NAMES},
    "quiet": "Hours without mail",
    "zone": "Time zone",
    "most": "Notices at once, before one digest tells the rest",
    "contact": "Who to ask",
}
"""Parameters of a page's URL and keys of preferences, with the words beside their fields."""
_ENDS = (".", "。", "!", "?")


def problem_words(detail: str, language: Language) -> str:
    """Make a sentence of the *detail* of an error, translated; a text that is unknown, or translated already, keeps its words."""
    detail = _name_field(detail, language)
    translation = None if language.code == ENGLISH else _KNOWN.say(detail, language)
    words = capitalize(detail if translation is None else translation)
    return words if not words or words.endswith(_ENDS) else language.say("{sentence}.", sentence=words)


def _name_field(detail: str, language: Language) -> str:
    """Name the parameter or preference that *detail* begins with as its field is named on the page."""
    name = re.split("[ :]", detail, maxsplit=1)[0]
    return f"{language.say(_FIELDS[name])}{detail.removeprefix(name)}" if name in _FIELDS else detail


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return TEXTS
