"""What can go wrong, and what the peer is told of it (RFC 5321 section 4.2, RFC 3463).

BouncerError
  ConfigError    the operator must act; the process ends with 78 (EX_CONFIG) and is not restarted
  ListenError    an address that we listen on is another program's now; trying again may help
  NotNow         a daemon serves the store, or there is no room for its copy; nothing was changed
  StoreError     the store cannot answer now; carries what the operator's log should say
  ReaderError    letters cannot be read now, whatever is in them; they stay kept
  ChildError     a process of ours cannot be had now
  UseCaseError   what somebody asked for cannot be done, as it stands; one sentence for whoever asked
    NotFound       there is no such thing, or it is another account's
    Conflict       something that exists is in the way
    InvalidValue   a value that was given cannot be used
  Spoken         carries the reply that the peer gets
    TryLater     4yz: keep it and come back (store locked, disk full)
    Refused      5yz: never (unknown return path, too large)

Reply code, enhanced status code and text are three fields, never one string; the text says nothing of our insides,
the cause (``__cause__``) goes to the log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

from bouncer.mail.status import EnhancedStatus


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply: reply code, enhanced status code, text (RFC 5321 section 4.2, RFC 2034)."""

    code: int
    status: EnhancedStatus
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.status} {self.text}"


class BouncerError(Exception):
    """Root of ours; never raised itself."""


class ConfigError(BouncerError):
    """The settings are wrong; ``faults`` lists everything that is."""

    exit_code: ClassVar[int] = 78  # EX_CONFIG of sysexits.h

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def complain_together(*tries: Callable[[], object]) -> None:
    """Try each; raises one ConfigError with the faults of all: whoever puts one right hears of the others too."""
    faults: list[str] = []
    for each in tries:
        try:
            each()
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)


class ListenError(BouncerError):
    """Another program listens where we are to listen; it may end, so that trying again may help."""


class NotNow(BouncerError):
    """The store is left as it is now: a daemon serves it, or there is no room for a copy of it; trying again may help."""


class StoreError(BouncerError):
    """The store cannot do this now: locked, full, away. Nothing of the attempt was kept."""

    def __init__(self, why: str, *, full: bool = False, astray: bool = False) -> None:
        super().__init__(why)
        self.full = full
        self.astray = astray
        """Its files are not where they were: the daemon itself says so, once, and ends when that lasts."""

    def level(self, usual: int) -> int:
        """Give the level at which to log it, *usual* or the lowest (logging.DEBUG): what is told already need not be told again."""
        return 10 if self.astray else usual


class ReaderError(BouncerError):
    """Letters cannot be read now, whatever is in them: the reading process does not start."""


class ChildError(BouncerError):
    """A process of ours cannot be had now; says why, to stand behind its name."""


class UseCaseError(BouncerError):
    """What somebody asked for cannot be done as it stands: one sentence for whoever asked, the same in command, API and page.

    *field* names the value that is meant, where one is: a door may add by which option or form field it was given.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(UseCaseError):
    """There is no such thing, or it is another account's, which is never said."""


class Conflict(UseCaseError):
    """Something that exists is in the way."""


class InvalidValue(UseCaseError):
    """A value that was given cannot be used."""


class Spoken(BouncerError):
    """An error that carries the peer's reply, and for the operator's log the cause in words."""

    def __init__(self, reply: Reply, cause: str | None = None) -> None:
        super().__init__(str(reply))
        self.reply = reply
        self.cause = cause


class TryLater(Spoken):
    """The peer should keep its mail and come back (4yz)."""

    @classmethod
    def store(cls, cause: str = "store") -> Self:
        """The store does not answer, or *cause* says what else is missing."""
        return cls(Reply(451, EnhancedStatus(4, 3, 0), "Cannot keep mail now, try later"), cause)

    @classmethod
    def full(cls) -> Self:
        """No room is left to keep mail in."""
        return cls(Reply(452, EnhancedStatus(4, 3, 1), "No room to keep mail now, try later"), "no-room")

    @classmethod
    def client_sent_too_much(cls) -> Self:
        """The client's volume of today is used up."""
        return cls(Reply(452, EnhancedStatus(4, 7, 0), "Too much mail from you today, try tomorrow"), "client-volume")

    @classmethod
    def path_got_too_much(cls) -> Self:
        """The return path's volume of today is used up."""
        reply = Reply(452, EnhancedStatus(4, 7, 0), "Too much mail for this return path today, try tomorrow")
        return cls(reply, "path-volume")


class Refused(Spoken):
    """The peer should give up (5yz)."""

    @classmethod
    def unknown_path(cls, cause: str = "no-such-path") -> Self:
        """No such return path: never made by us, expired, or altered; *cause* says which, and only to the operator."""
        return cls(Reply(550, EnhancedStatus(5, 1, 1), "No such return path"), cause)

    @classmethod
    def foreign_domain(cls) -> Self:
        """The domain is none of ours: we are nobody's relay."""
        return cls(Reply(550, EnhancedStatus(5, 7, 1), "Not a return-path domain of this server"), "foreign-domain")


UNFORESEEN = Reply(451, EnhancedStatus(4, 3, 0), "Local error, try later")


def reply_to(error: BaseException) -> Reply:
    """Give the reply for *error*; anything unforeseen is temporary and says nothing of our insides."""
    return error.reply if isinstance(error, Spoken) else UNFORESEEN
