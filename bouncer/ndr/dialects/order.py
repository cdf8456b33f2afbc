"""The dialects in which mail servers report, in the order in which they are asked.

One module each; ``None`` means "not my handwriting". To add one: a module with a class that reads, a line in ``DIALECTS``
at the place where it belongs, and a folder of letters under ``fixtures/ndr``.
"""

from typing import Protocol, runtime_checkable

from bouncer.ndr.dialects.autoreply import AutoReply
from bouncer.ndr.dialects.challenge import Challenge
from bouncer.ndr.dialects.enclosed import Enclosed
from bouncer.ndr.dialects.feedback import Feedback
from bouncer.ndr.dialects.flufl import Flufl
from bouncer.ndr.dialects.implied import Implied
from bouncer.ndr.dialects.notice import NoticeDialect
from bouncer.ndr.dialects.ordinary import Ordinary
from bouncer.ndr.dialects.receipt import Receipt
from bouncer.ndr.dialects.refusal import Refusal
from bouncer.ndr.dialects.rfc3464 import Rfc3464
from bouncer.ndr.dialects.ses import Ses
from bouncer.ndr.dialects.unsubscribe import Unsubscribe
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Reading


@runtime_checkable
class Dialect(Protocol):
    """One handwriting. It sees only the opened letter: no octets of its own, no clock, no log, no network."""

    name: str

    def read(self, letter: Letter) -> Reading | None:
        """Say what the letter reports, or None where it is not in this dialect."""
        ...


DIALECTS: tuple[Dialect, ...] = (
    Feedback(),  # first those that MIME names: what they say in fields is not guessed from text
    Receipt(),
    Rfc3464(),
    Ses(),
    Unsubscribe(),  # then those that are no bounces, lest their words be taken for one
    Challenge(),  # before automatic answers, which it says to be as well
    AutoReply(),
    NoticeDialect(),  # words, where there are no fields
    Enclosed(),  # a report inside another mail: only where the mail itself names nobody
    Implied(),  # a notice that names nobody: who failed follows from the returned message
    Flufl(),  # addresses without a word of why
    Refusal(),  # an automatic answer that refuses in its writer's own words
    Ordinary(),  # last: not a report at all
)
