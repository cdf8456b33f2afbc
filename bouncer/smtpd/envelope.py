"""The arguments of MAIL and RCPT as values, or the reply that refuses them (RFC 5321 section 4.1.1; RFC 1870, 6152, 6531)."""

from dataclasses import dataclass
from typing import Final

from bouncer.smtpd import replies
from bouncer.smtpd.paths import Path, PathFault, read_path

_MAIL_FAULTS: Final = {
    PathFault.KEYWORD: replies.MAIL_SYNTAX,
    PathFault.PATH: replies.BAD_REVERSE_PATH,
    PathFault.PARAMETER: replies.BAD_PARAMETER,
}
_RCPT_FAULTS: Final = {
    PathFault.KEYWORD: replies.RCPT_SYNTAX,
    PathFault.PATH: replies.BAD_FORWARD_PATH,
    PathFault.PARAMETER: replies.BAD_PARAMETER,
}


@dataclass(frozen=True, slots=True)
class Sender:
    """An accepted MAIL: the reverse-path, empty for the null one."""

    reverse_path: str
    smtputf8: bool


@dataclass(frozen=True, slots=True)
class ForwardPath:
    """An accepted RCPT: the address of its forward-path."""

    address: str


def read_mail(argument: str, limit: int) -> Sender | str:
    """Read MAIL's argument, or give the reply that refuses it; *limit* is the size in octets that SIZE may announce."""
    path = read_path(argument, "FROM")
    if isinstance(path, PathFault):
        return _MAIL_FAULTS[path]
    if refusal := _refuse_parameters(path, limit):
        return refusal
    return Sender(path.address, "SMTPUTF8" in path.parameters)


def _refuse_parameters(path: Path, limit: int) -> str | None:
    for name, value in path.parameters.items():
        match name:
            case "SIZE" if value is not None and value.isascii() and value.isdigit():
                if int(value) > limit:
                    return replies.TOO_LARGE
            case "BODY" if value is not None and value.upper() in ("7BIT", "8BITMIME"):
                pass
            case "SMTPUTF8" if value is None:
                pass
            case "SIZE" | "BODY" | "SMTPUTF8":
                return replies.BAD_PARAMETER
            case _:  # those of DSN too, which we do not offer: RFC 5321 section 4.1.1.11
                return replies.UNKNOWN_PARAMETER
    return None


def read_rcpt(argument: str) -> ForwardPath | str:
    """Read RCPT's argument, or give the reply that refuses it."""
    path = read_path(argument, "TO")
    if isinstance(path, PathFault):
        return _RCPT_FAULTS[path]
    if not path.address:
        return replies.BAD_FORWARD_PATH
    return replies.UNKNOWN_PARAMETER if path.parameters else ForwardPath(path.address)
