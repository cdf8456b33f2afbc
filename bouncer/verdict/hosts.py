"""The name that a failed lookup was for: the recipient's domain, or a host on the way, which says nothing about the domain.

Postfix names it ("Name service error for name=smarthost.example.com"), Sendmail too ("Name server: relay.example.com: host not
found"), and most others in a sentence: "unable to resolve relay.example.com", "host relay.example.com not found".
"""

import re
from collections.abc import Iterable

from bouncer.mail.address import split

_HOST = r"((?:[a-z0-9_\u00df-\u052f-]{1,63}\.){1,8}[a-z\u00df-\u052f][a-z0-9\u00df-\u052f-]{1,62})\b"
_QUOTE = r"[\"'(\[<]{0,2}"
_ABSENT = r"(?:not found|unknown|nxdomain|does not exist|doesn't exist|no such|name or service|not known|not be (?:found|resolved))"
_LOOKED_UP = re.compile(
    r"(?:\bname ?= ?|\bname server: |\bdomain -> |\benotfound |\b(?:look(?:ing)?[ -]?up|resolv(?:e|ing)|find|locate|quer(?:y|ying))"
    r" (?:of |for |the |host ?|host ?name |name |server |domain |address of |an? |mx |record ){0,4}"
    r"|\b(?:host ?name|host|relay ?host|relay|smart ?host|hop|server|exchanger|gateway|proxy|domain):? (?:named |name |called )?)"
    + _QUOTE
    + _HOST
)
"""Words before the name that was looked up."""
_STATED_OF = re.compile(
    _HOST
    + r"[\"')\]>]{0,2}[:,]? {0,2}\(?(?:host |domain |is |was |has |lookup |dns |could |cannot |can ){0,3}"
    + _ABSENT
)
"""The name, followed by the words that it was not found."""

_SPOKE = re.compile(r"(?:\bsaid|[>)\]a-z]): [45]\d\d[ -]")
"""Before a quoted reply stands the server that spoke: "host mx.example.org after RCPT TO:<@>: 550 | no such domain"."""


def is_about_other_host(line: str, recipients: Iterable[str], *, itself: bool = False) -> bool:
    """Whether *line*, in lower case, says only of hosts outside the domains of the *recipients* that they are not found.

    With *itself*, a host below the domain is another host, too: the domain is there without it.
    """
    reply = line[max((spoke.end() for spoke in _SPOKE.finditer(line)), default=0) :]
    names = _find_names(reply)
    if not names and "domain" not in reply:
        names = _find_names(line)
    domains = [split(address)[1].lower() for address in recipients]
    return bool(names) and not any(_is_related(name, domain, itself) for name in names for domain in domains)


def _find_names(text: str) -> set[str]:
    return {match[1] for pattern in (_LOOKED_UP, _STATED_OF) for match in pattern.finditer(text)}


def _is_related(name: str, domain: str, itself: bool) -> bool:
    """Whether one of two names is the other or a host in it; with *itself*, a host in the domain is none."""
    return name == domain or domain.endswith(f".{name}") or (not itself and name.endswith(f".{domain}"))
