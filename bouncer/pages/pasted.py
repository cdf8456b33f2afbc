"""Meanings of a text in the field Find: people paste an address with a name, a comma or "To:", a return path, a field, a URL."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bouncer.mail.address import is_plausible
from bouncer.mail.letter import read_id
from bouncer.mail.returnpath import claimed_recipient
from bouncer.ndr import addresses
from bouncer.ports.letters import BounceFilter

_FIELD = re.compile(r"message-id:", re.IGNORECASE)
_REPORT = "/report/"
_END_OF_PATH = re.compile(r"[/?#]")
_INVISIBLE = "Cf"
"""Unicode's category of characters that nobody sees; texts that are copied from pages have some."""


def is_message_id(text: str) -> bool:
    """Whether *text* is written as a Message-ID, which has an @ and is no address: in brackets, or behind the field's name."""
    word = _without_field(text)
    return len(word.split()) == 1 and (word != text or word.startswith("<"))


def report_meant(text: str) -> int | None:
    """Give the ID of the report that *text* names, by itself or in the URL of its page; None where it names none."""
    return read_id(_END_OF_PATH.split(text.rpartition(_REPORT)[2], maxsplit=1)[0])


def addresses_meant(text: str) -> list[str]:
    """Give the addresses that *text* may mean, the likeliest first; none where it names several.

    It may be the address itself, hold it, have it in the full-width forms that Japanese keyboards write, or be a return path,
    which names its recipient.
    """
    visible_text = "".join(character for character in text if unicodedata.category(character) != _INVISIBLE).strip()
    texts = [visible_text, unicodedata.normalize("NFKC", visible_text)]
    inner = [address for text in texts for address in _only_address(text)]
    recipients = filter(None, map(claimed_recipient, inner))
    whole_text = [visible_text] if is_plausible(visible_text) else []
    return list(dict.fromkeys([*inner, *recipients, *whole_text]))


def _only_address(text: str) -> Iterable[str]:
    different = set(addresses.find(text))
    return different if len(different) == 1 else ()


def filters_meant(text: str) -> Iterator[BounceFilter]:
    """Give filters for the kinds of thing that *text* may be as a whole: a Message-ID, a domain, a campaign."""
    word = _without_field(text)
    if word.count("@") == 1:
        word = word.removeprefix("*").removeprefix("@")
    is_word = len(word.split()) == 1
    if is_word and "@" in word:
        yield BounceFilter(message_id=word)
    elif is_word and "." in word and is_plausible(f"postmaster@{word}"):
        yield BounceFilter(domain=word)
    yield BounceFilter(campaign=text)


def _without_field(text: str) -> str:
    field = _FIELD.match(text)
    return text[field.end() :].lstrip() if field else text
