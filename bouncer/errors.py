"""The errors that the program raises, and the SMTP replies that some of them carry (RFC 5321 section 4.2, RFC 3463).

BouncerError
  ConfigError    the operator must act; the process ends with 78 (EX_CONFIG) and is not restarted
  ListenError    another program listens on an address of ours; a retry may help
  NotNow         a daemon serves the store, or there is no room for its copy; nothing was changed
  StoreError     the store cannot answer now; carries the cause for the operator's log
  ReaderError    no letter can be read now; letters stay kept
  ChildError     a process of ours cannot be started now
  UseCaseError   a request cannot be done as it is; carries one sentence for the caller
    NotFound       the thing does not exist, or is another account's
    Conflict       something that exists is in the way
    InvalidValue   a value of the request cannot be used
  SmtpError      carries the reply that the peer gets
    TryLater     4yz: keep it and come back (store locked, disk full)
    Refused      5yz: never (unknown return path, too large)

Reply code, enhanced status code and text are three fields, never one string. The text shows nothing of the program's
inside; the cause (``__cause__``) goes to the log.
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
    """The root of the program's errors; never raised itself."""


class ConfigError(BouncerError):
    """The settings are wrong; ``faults`` lists all of their faults."""

    exit_code: ClassVar[int] = 78  # EX_CONFIG of sysexits.h

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def collect_faults(*tries: Callable[[], object]) -> None:
    """Call each of *tries* and raise one ConfigError with the faults of all, so that the operator sees them at once."""
    faults: list[str] = []
    for attempt in tries:
        try:
            attempt()
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)


class ListenError(BouncerError):
    """Another program listens on an address of ours; it may end, so a retry may help."""


class NotNow(BouncerError):
    """A daemon serves the store, or there is no room to copy it. The store is unchanged; a retry may help."""


class StoreError(BouncerError):
    """The store is locked, full, away or damaged. Nothing of the transaction was kept; a retry may help."""

    def __init__(self, why: str, *, full: bool = False, is_astray: bool = False, is_damaged: bool = False) -> None:
        super().__init__(why)
        self.full = full
        self.is_astray = is_astray
        """The store's files were moved or removed: the daemon reports it once, and ends if it lasts."""
        self.is_damaged = is_damaged
        """Pages of the database cannot be read: the daemon reports it once an hour."""

    def level(self, usual: int) -> int:
        """Give the level at which to log the error: *usual*, or logging.DEBUG for an error that the daemon reports by itself."""
        return 10 if self.is_astray or self.is_damaged else usual


class ReaderError(BouncerError):
    """No letter can be read now, because the reading process does not start."""


class ChildError(BouncerError):
    """A process of ours cannot be started now; the text is the cause, to be written after the process's name."""


class UseCaseError(BouncerError):
    """A request cannot be done as it is; the message is one sentence, the same in command, API and page.

    *field* names the value that is at fault, if any; a server may add the option or form field that has the value.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(UseCaseError):
    """The thing does not exist, or is another account's; the error never says which."""


class Conflict(UseCaseError):
    """Something that exists already is in the way."""


class InvalidValue(UseCaseError):
    """A value of the request cannot be used."""


class SmtpError(BouncerError):
    """An error that carries the peer's reply, and for the operator's log the cause in words."""

    def __init__(self, reply: Reply, cause: str | None = None) -> None:
        super().__init__(str(reply))
        self.reply = reply
        self.cause = cause


class TryLater(SmtpError):
    """The peer should keep its mail and come back (4yz)."""

    @classmethod
    def store(cls, cause: str = "store") -> Self:
        """The store does not answer, or another thing is missing, as *cause* says."""
        return cls(Reply(451, EnhancedStatus(4, 3, 0), "Cannot keep mail now, try later"), cause)

    @classmethod
    def disk_full(cls) -> Self:
        """The disk has no room left for mail."""
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


class Refused(SmtpError):
    """The peer should give up (5yz)."""

    @classmethod
    def unknown_path(cls, cause: str = "no-such-path") -> Self:
        """The return path was never made by us, has expired, or was altered. Only the operator's log shows the *cause*."""
        return cls(Reply(550, EnhancedStatus(5, 1, 1), "No such return path"), cause)

    @classmethod
    def foreign_domain(cls) -> Self:
        """The domain is not one of our return-path domains: we relay for nobody."""
        return cls(Reply(550, EnhancedStatus(5, 7, 1), "Not a return-path domain of this server"), "foreign-domain")


UNFORESEEN_ERROR = Reply(451, EnhancedStatus(4, 3, 0), "Local error, try later")


def reply_to(error: BaseException) -> Reply:
    """Give the SMTP reply for *error*; an unforeseen error is temporary, and its reply shows nothing of the program's inside."""
    return error.reply if isinstance(error, SmtpError) else UNFORESEEN_ERROR
