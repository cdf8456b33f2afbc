"""What is compared of a letter: made once, before any transaction begins, so that a decision only looks it up.

A stranger decides how many addresses a letter names, and every one of them costs time: to make it comparable, and to ask a
signature about it. The forms come from the process that reads (``ndr.named``); whom the token speaks for is asked here, within
a bound.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from bouncer.mail.address import comparable, split
from bouncer.mail.mailbox import inner, is_same_mailbox
from bouncer.mail.returnpath import Signed
from bouncer.ndr.addresses import in_field
from bouncer.ndr.reading import Reading

MOST_ASKED = 200
"""Addresses of one letter that a token is asked about: a report tells of one transaction, which has 100 recipients (RFC 5321
section 4.5.3.1.8), each with the address that was written to and the one that failed. It speaks for none behind them."""

MAX_TEXT = 998
"""Characters of a returned header that are compared: what one line holds (RFC 5322 section 2.1.1), and we remember of ours."""

MAX_SENDERS = 4_000
"""Characters of a field that are searched for the message's sender: it stands alone in it, or among a few."""

LEAST_OF_SUBJECT = 4
"""Characters that must be left of a subject that was cut: fewer are the beginning of too many others."""
_TAG = re.compile(r"(?:\[[^\[\]]{1,30}\]|\{[^{}]{1,30}\}|\*{2,5}[^*]{1,30}\*{2,5}|(?:re|aw|sv|fwd?|wg|spam)\??:){1,5}")
"""What filters, lists and mail programs write before a subject, blanks left out."""

_NO_FORMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparable forms of a letter's addresses, and whom of them its token was made for."""

    forms: Mapping[str, str] = field(default_factory=lambda: _NO_FORMS)  # by address, as it stands in the letter
    to: frozenset[str] = frozenset()  # those of the returned message's To
    spoken: frozenset[str] = frozenset()  # those that the token was made for
    whose: str | None = None  # the address that the token was made for, as path or letter spell it
    spelled: frozenset[str] = frozenset()  # forms that are its mailbox, in whatever spelling
    sender: str = ""  # the domain of the returned From
    senders: frozenset[str] = (
        frozenset()
    )  # of the message: addresses, in lower case, that a gateway may name for the recipient's
    message_id: str | None = None  # of the returned message, as ``bare`` gives it
    subject: str | None = None
    torn: bool = False  # the path and the mark that is returned were made for different mails

    def form(self, address: str) -> str:
        """Give the comparable form of an address; what the letter does not name is ours, and in that form already."""
        return self.forms.get(address) or comparable(address)


NOTHING = Compared()
"""Of a letter that names nobody."""


def compare(
    reading: Reading, forms: Mapping[str, str], *, token: Signed | None, signed: Signed | None, mark: Signed | None
) -> Compared:
    """Compare the addresses of a letter, whose *forms* are made, with the signatures that it came with."""
    spoken = _spoken(token, forms)
    written = (address for address, form in forms.items() if form in spoken)
    whose = (token.recipient if token else None) or next(written, None) or next(iter(spoken), None)
    return Compared(
        forms,
        frozenset(forms[address] for address in reading.original.to),
        spoken,
        whose,
        _spelled(comparable(whose), forms) if whose else frozenset(),
        _sender(reading.original.from_),
        _senders(reading),
        bare(reading.original.message_id),
        bare(reading.original.subject),
        torn=signed is not None and mark is not None and _differ(mark, signed),
    )


def bare(text: str | None) -> str | None:
    """Give a header's text as it is compared: without angle brackets, blanks and case; None for none."""
    return " ".join(text[:MAX_TEXT].split()).strip("<>").lower() if text else None


def is_subject_of(sent: str, seen: str) -> bool:
    """Whether the subject *seen* is the one that was *sent*, with a tag before or behind it, cut, or folded anew; both are bare."""
    whole, found = ("".join(subject.split()) for subject in (sent, seen))
    if not whole or (len(whole) >= LEAST_OF_SUBJECT and whole in found):
        return True
    tag = _TAG.match(found)
    rest = found[tag.end() if tag else 0 :].rstrip(".\u2026")
    return rest == whole or (len(rest) >= LEAST_OF_SUBJECT and whole.startswith(rest))


def _sender(field: str | None) -> str:
    return split(comparable((field or "")[-MAX_TEXT:].rpartition("<")[2].rstrip("> ")))[1]


def _senders(reading: Reading) -> frozenset[str]:
    """The addresses that the report came to, and that of the returned From."""
    fields = (*reading.addressed_to, reading.return_path, reading.original.from_)
    found = (address for value in fields if value for address in in_field(value[:MAX_SENDERS]))
    return frozenset(address.lower() for address in found)


def _spoken(token: Signed | None, forms: Mapping[str, str]) -> frozenset[str]:
    if token is None or not token.names_one:
        return frozenset()
    if token.recipient is not None:
        return frozenset((token.recipient,))
    return frozenset(form for asked, form in islice(_asked(forms), MOST_ASKED) if token.is_for(asked))


def _spelled(own: str, forms: Mapping[str, str]) -> frozenset[str]:
    found = (form for form in islice(forms.values(), MOST_ASKED) if is_same_mailbox(own, form))
    return frozenset((own, *found))


def _asked(forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a token's hash may be of, and whose form that is: a path that went out before there was one form holds another.

    Last the addresses that stand inside of others, as gateways spell them.
    """
    for address, form in forms.items():
        yield form, form
        if (written := address.lower()) != form:
            yield written, form
    for form in forms.values():
        yield from ((address, address) for address in inner(form))


def _differ(mark: Signed, signed: Signed) -> bool:
    """Whether two good signatures speak of different mails; one that was made for several agrees with any of its account."""
    if mark.account != signed.account:
        return True
    if mark.recipient is not None:
        return signed.names_one and not signed.is_for(mark.recipient)
    if signed.recipient is not None:
        return mark.names_one and not mark.is_for(signed.recipient)
    return mark.names_one and signed.names_one and mark.recipient_hash != signed.recipient_hash
