"""Constraints: the syntax that the text of a setting must have, in words and as a predicate."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr

from bouncer.mail.address import is_plausible
from bouncer.policy.networks import is_network
from bouncer.settings.addresses import MAX_SOCKET_PATH, UNIX, is_host_port, is_listening_address


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint on a text: its description in words, and a predicate that accepts a text."""

    description: str
    accepts: Callable[[str], bool]


HOST_PORT = Constraint("host:port", is_host_port)

LISTENING_ADDRESS = Constraint(
    f"host:port, or {UNIX} and an absolute path of at most {MAX_SOCKET_PATH} octets", is_listening_address
)

FILE_MODE = Constraint("a mode in octal digits, 0660", lambda text: re.fullmatch(r"0?[0-7]{3}", text) is not None)

USER_GROUP = Constraint(
    "the name or the number of a group", lambda text: re.fullmatch(r"[\w.-]+", text, re.ASCII) is not None
)

HTTP_URL = Constraint(
    "the URL of a host, https://bounces.acme.example, without a path",
    lambda text: re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?/?", text, re.ASCII) is not None,
)

NETWORK = Constraint("an address or a network, 192.0.2.0/24", is_network)

DOMAIN_NAME = Constraint("a domain name", lambda text: re.fullmatch(r"[^\s@:/\\<>\"]+", text) is not None)

MAIL_ADDRESS = Constraint("a mail address", is_plausible)

FROM_FIELD = Constraint(
    "a mail address, with or without a name in front", lambda text: is_plausible(parseaddr(text)[1])
)

FIELD_NAME = Constraint("the name of a header field", lambda text: re.fullmatch(r"[!-9;-~]+", text) is not None)

_LABELS = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)

SELECTOR = Constraint("letters, digits, - and dots between them", lambda text: _LABELS.fullmatch(text) is not None)


def require_one_of(*words: str) -> Constraint:
    """Make the constraint that a text is among *words*."""
    return Constraint(f"{', '.join(words[:-1])} or {words[-1]}", lambda text: text in words)
