"""The dialects in which mail servers report, in the order in which they are tried.

Each dialect is a module. Its ``read`` gives ``None`` for a letter that is not in the dialect.

To add a dialect: a module with a class that has ``read``, a line in ``DIALECTS`` at the place where it belongs, and a folder of
letters under ``fixtures/ndr``.
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
    """One format of reports. It sees only the opened letter: no raw octets, no clock, no log, no network."""

    name: str

    def read(self, letter: Letter) -> Reading | None:
        """Give the report in the letter, or None where the letter is not in this dialect."""
        ...


DIALECTS: tuple[Dialect, ...] = (
    Feedback(),  # first the dialects that MIME names: their fields need no guessing from text
    Receipt(),
    Rfc3464(),
    Ses(),
    Unsubscribe(),  # next letters that are no bounces, so that their words are not taken for one
    Challenge(),  # before automatic answers, since challenges carry their signs too
    AutoReply(),
    NoticeDialect(),  # words, where there are no fields
    Enclosed(),  # a report inside another mail: only where the outer mail names nobody
    Implied(),  # a notice that names nobody: the returned message shows who failed
    Flufl(),  # addresses without a cause
    Refusal(),  # an automatic answer that refuses in its writer's own words
    Ordinary(),  # last: not a report at all
)
