"""Comparisons of a letter's addresses, made once, before any transaction begins, so that a decision only looks them up.

A stranger decides how many addresses a letter names, and each costs time: to compute its comparable form, and to test it against a
signature. The process that reads letters computes the forms (``ndr.named_addresses``); this module finds the address that the
token was made for, within a bound.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from bouncer.mail.address import comparable, split
from bouncer.mail.mailbox import embedded_addresses, is_same_mailbox
from bouncer.mail.returnpath import Signed
from bouncer.ndr.addresses import find_in_field
from bouncer.ndr.reading import Reading

MOST_ASKED = 200
"""Addresses of one letter that are tested against a token: a report is about one transaction of 100 recipients (RFC 5321
section 4.5.3.1.8), each with the address that was written to and the failed one. Later addresses do not match."""

MAX_TEXT = 998
"""Characters of a returned header that are compared: one line holds as many (RFC 5322 section 2.1.1), and so does the store."""

MAX_SENDERS = 4_000
"""Characters of a field that are searched for the message's sender, who is alone in it, or among a few."""

LEAST_OF_SUBJECT = 4
"""Characters that must remain of a shortened subject: fewer begin too many other subjects."""
_TAG = re.compile(r"(?:\[[^\[\]]{1,30}\]|\{[^{}]{1,30}\}|\*{2,5}[^*]{1,30}\*{2,5}|(?:re|aw|sv|fwd?|wg|spam)\??:){1,5}")
"""Tags that filters, lists and mail programs put before a subject, without blanks."""

_NO_FORMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparable forms of a letter's addresses, and those that its token was made for."""

    forms: Mapping[str, str] = field(default_factory=lambda: _NO_FORMS)  # by address, as the letter spells it
    to: frozenset[str] = frozenset()  # forms of the returned message's To
    intended: frozenset[str] = frozenset()  # forms of the addresses that the token was made for
    intended_address: str | None = None  # the address that the token was made for, as path or letter spell it
    spellings: frozenset[str] = frozenset()  # forms of that mailbox in any spelling
    sender: str = ""  # the domain of the returned From
    senders: frozenset[str] = (
        frozenset()
    )  # of the message: addresses, in lower case, that a gateway may name instead of the recipient
    message_id: str | None = None  # of the returned message, normalized by ``normalize_header``
    subject: str | None = None
    is_mismatched: bool = False  # the path and the returned header field were made for different mails

    def comparable(self, address: str) -> str:
        """Give the comparable form of an address; an address that the letter does not name is ours, and already comparable."""
        return self.forms.get(address) or comparable(address)


NO_COMPARISON = Comparison()
"""The value for a letter that names no address."""


def compare(
    reading: Reading, forms: Mapping[str, str], *, token: Signed | None, signed: Signed | None, mark: Signed | None
) -> Comparison:
    """Compare the addresses of a letter, whose *forms* are computed already, with the letter's signatures."""
    intended_forms = _intended_forms(token, forms)
    written = (address for address, form in forms.items() if form in intended_forms)
    intended = (token.recipient if token else None) or next(written, None) or next(iter(intended_forms), None)
    return Comparison(
        forms,
        frozenset(forms[address] for address in reading.original.to),
        intended_forms,
        intended,
        _spellings(comparable(intended), forms) if intended else frozenset(),
        _sender(reading.original.from_),
        _senders(reading),
        normalize_header(reading.original.message_id),
        normalize_header(reading.original.subject),
        is_mismatched=signed is not None and mark is not None and _differ(mark, signed),
    )


def normalize_header(text: str | None) -> str | None:
    """Normalize a header's text for comparison: without angle brackets, blanks and case; None for None."""
    return " ".join(text[:MAX_TEXT].split()).strip("<>").lower() if text else None


def is_subject_of(sent: str, seen: str) -> bool:
    """Whether the subject *seen* is the *sent* one, with a tag before or after it, shortened, or folded anew; both are bare."""
    whole, quoted_subject = ("".join(subject.split()) for subject in (sent, seen))
    if not whole or (len(whole) >= LEAST_OF_SUBJECT and whole in quoted_subject):
        return True
    tag = _TAG.match(quoted_subject)
    subject_end = quoted_subject[tag.end() if tag else 0 :].rstrip(".\u2026")
    return subject_end == whole or (len(subject_end) >= LEAST_OF_SUBJECT and whole.startswith(subject_end))


def _sender(field: str | None) -> str:
    return split(comparable((field or "")[-MAX_TEXT:].rpartition("<")[2].rstrip("> ")))[1]


def _senders(reading: Reading) -> frozenset[str]:
    """The addresses that the report came to, and the one in the returned From."""
    fields = (*reading.addressed_to, reading.return_path, reading.original.from_)
    addresses = (address for value in fields if value for address in find_in_field(value[:MAX_SENDERS]))
    return frozenset(address.lower() for address in addresses)


def _intended_forms(token: Signed | None, forms: Mapping[str, str]) -> frozenset[str]:
    if token is None or not token.is_for_one_recipient:
        return frozenset()
    if token.recipient is not None:
        return frozenset((token.recipient,))
    return frozenset(form for candidate, form in islice(_candidates(forms), MOST_ASKED) if token.is_for(candidate))


def _spellings(address: str, forms: Mapping[str, str]) -> frozenset[str]:
    variants = (form for form in islice(forms.values(), MOST_ASKED) if is_same_mailbox(address, form))
    return frozenset((address, *variants))


def _candidates(forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give (candidate for a token's hash, its comparable form); paths of older versions hash the address in another form.

    The addresses inside other addresses, in gateways' spelling, come last.
    """
    for address, form in forms.items():
        yield form, form
        if (written := address.lower()) != form:
            yield written, form
    for form in forms.values():
        yield from ((address, address) for address in embedded_addresses(form))


def _differ(mark: Signed, signed: Signed) -> bool:
    """Whether two good signatures are of different mails; one made for several recipients fits any of its account."""
    if mark.account != signed.account:
        return True
    if mark.recipient is not None:
        return signed.is_for_one_recipient and not signed.is_for(mark.recipient)
    if signed.recipient is not None:
        return mark.is_for_one_recipient and not mark.is_for(signed.recipient)
    return mark.is_for_one_recipient and signed.is_for_one_recipient and mark.recipient_hash != signed.recipient_hash
