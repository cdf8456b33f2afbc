"""Checks our own names: our host, our domains, and the people who get mail (RFC 5321, RFC 2142, RFC 6761). Pure."""

import re
from collections.abc import Iterator

from bouncer.compose.filled_text import FilledText, fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.mail.address import ascii_domain, split
from bouncer.settings.sections import ForwardSettings, SmtpSettings

_HOST_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def is_reserved_name(name: str) -> bool:
    """Whether *name* can never be in the DNS (RFC 6761), like the example names that a trial uses."""
    return ascii_domain(name).rpartition(".")[2] in ("localhost", "invalid", "test")


def names(smtp: SmtpSettings) -> Iterator[Finding]:
    """Check [smtp] hostname and domains."""
    yield _name(fill("hostname {what}", what=smtp.hostname), smtp.hostname, "hostname")
    for domain in smtp.domains:
        yield _name(fill("domain {what}", what=domain), domain, "domains")


def _name(about: FilledText, name: str, setting: str) -> Finding:
    if is_reserved_name(name):
        return warn(about, "only good for trying out", fill("set [smtp] {what}", what=setting))
    if not _HOST_NAME.fullmatch(ascii_domain(name)):
        return fail(about, "is no name that the DNS could have", "write it in full, such as mx.example.com")
    return ok(about, "is a name in full")


def people(forward: ForwardSettings, domains: tuple[str, ...]) -> Iterator[Finding]:
    """Check who gets the mail to postmaster@ and abuse@, and the From of our notices."""
    own_domains = {ascii_domain(domain) for domain in domains}
    if not forward.operator:
        remedy = (
            "set [forward] operator: postmaster@ must reach a person (RFC 5321 section 4.5.1), abuse@ should (RFC 2142)"
        )
        yield warn("operator", "none: mail to postmaster@ and abuse@ is only kept", remedy)
    elif ascii_domain(split(forward.operator)[1]) in own_domains:
        says = fill("{what} is in a return-path domain: such mail would come back here", what=forward.operator)
        yield fail("operator", says, "name an address elsewhere")
    else:
        yield ok("operator", forward.operator)
    sender = ascii_domain(split(forward.from_.rstrip("> "))[1])
    if is_reserved_name(sender):
        yield warn(
            "from",
            fill("notices come from {what}", what=forward.from_),
            "set [forward] from to an address that people can answer",
        )
