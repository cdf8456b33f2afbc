"""Checks whether our notices reach inboxes: DKIM, SPF and DMARC of the domain in their From (RFC 6376, 7208, 7489)."""

import re
from collections.abc import Iterator
from email.utils import parseaddr

from bouncer.compose.filled_text import fill
from bouncer.doctor.dns_answers import AnswerKind, Lookup
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.publish_command import DnsRecord, quote_text
from bouncer.doctor.spf import records_of
from bouncer.errors import ConfigError
from bouncer.mail.address import ascii_domain, split
from bouncer.notify.dkim import Signer, read_signer
from bouncer.settings.sections import ForwardSettings

SUGGESTED_DMARC = "v=DMARC1; p=none"
"""The DMARC policy that is suggested at first: it has no mail refused, and requests no reports."""
_KEY = re.compile(r"(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)")


def domain_of(forward: ForwardSettings) -> str:
    """Give the domain in the notices' From."""
    return ascii_domain(split(parseaddr(forward.from_)[1])[1])


def signing(forward: ForwardSettings) -> Iterator[Finding]:
    """Check the key that signs notices."""
    try:
        signer = read_signer(forward)
    except ConfigError as error:
        yield fail("DKIM key", error.faults[0], "name a file with an RSA key: openssl genrsa -out FILE 2048")
        return
    if signer is None:
        remedy = "openssl genrsa -out FILE 2048, name it in [forward] dkim_key, or let the smarthost sign"
        yield warn("DKIM key", "none: our notices are not signed by us", remedy)
    else:
        yield ok("DKIM key", fill("{what}, published at {place}", what=forward.dkim_key, place=signer.name))


def notices(forward: ForwardSettings, look: Lookup, *, return_path: str) -> Iterator[Finding]:
    """Check the DNS of the notices' domain; *return_path* is the domain of their envelope sender, empty for <>."""
    domain = domain_of(forward)
    signer = signer_of(forward)
    if signer is not None:
        yield _key(signer, look)
    yield _spf(domain, look)
    yield _dmarc(domain, look, signed=signer is not None, aligned=_is_aligned(return_path, domain))


def notice_records(forward: ForwardSettings, look: Lookup | None) -> Iterator[DnsRecord]:
    """Give the records to publish for the notices' domain."""
    domain, signer = domain_of(forward), signer_of(forward)
    if signer is not None:
        yield DnsRecord(signer.name, "TXT", quote_text(signer.record), "the key that our notices are signed with")
    if look is None or not _policies(domain, look):
        yield DnsRecord(f"_dmarc.{domain}", "TXT", quote_text(SUGGESTED_DMARC), "where there is none yet")


def signer_of(forward: ForwardSettings) -> Signer | None:
    """Give the signer if its key can be read."""
    try:
        return read_signer(forward)
    except ConfigError:
        return None


def _key(signer: Signer, look: Lookup) -> Finding:
    about, answer = fill("DKIM of {what}", what=signer.domain), look(signer.name, "TXT")
    if answer.kind is AnswerKind.NO_ANSWER:
        return fail(about, answer.words, "ask again, or see whether the domain's name servers answer")
    if not answer.records:
        return fail(
            about,
            fill("no key at {what}", what=signer.name),
            "publish the record below: an unknown signature counts as none",
        )
    keys = [re.sub(r"\s", "", match[1]) for text in answer.records if (match := _KEY.search(text))]
    if signer.public_key not in keys:
        remedy = "publish the record below, or name the key that belongs to it in [forward] dkim_key"
        return fail(
            about, fill("another key is published at {what}: our signatures are wrong there", what=signer.name), remedy
        )
    return ok(about, fill("our key is published at {what}", what=signer.name))


def _spf(domain: str, look: Lookup) -> Finding:
    about, records = fill("SPF of {what}", what=domain), records_of(look(domain, "TXT").records)
    if len(records) == 1:
        return ok(about, records[0], "it holds for mail with an envelope sender there; notices leave as [forward] says")
    says = fill("{number} SPF records: receivers use none of them", number=len(records)) if records else "no SPF record"
    return warn(about, says, "publish one that names the hosts that send mail for the domain")


def _dmarc(domain: str, look: Lookup, *, signed: bool, aligned: bool) -> Finding:
    about, policies = fill("DMARC of {what}", what=domain), _policies(domain, look)
    if not policies:
        return warn(about, "no policy", "publish the record below: large receivers want one from whoever sends much")
    tags = dict(tag.strip().lower().partition("=")[::2] for tag in policies[0].split(";"))
    dmarc_policy = f"p={tags.get('p', '?').strip()}"
    if signed:
        return ok(about, fill("policy {what}; our notices pass by our DKIM signature", what=dmarc_policy))
    if aligned:
        return ok(about, fill("policy {what}; our notices pass by SPF, by the return path", what=dmarc_policy))
    remedy = "sign with [forward] dkim_key, or let the smarthost sign for this domain"
    strict = tags.get("p", "none").strip() != "none"
    says = fill("policy {what}; our notices do not pass by themselves", what=dmarc_policy)
    return (fail if strict else warn)(about, says, remedy)


def _policies(domain: str, look: Lookup) -> list[str]:
    """Give the policy of the domain, or of a domain that it belongs to."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        records = look(f"_dmarc.{'.'.join(labels[start:])}", "TXT").records
        if policies := [text for text in records if text.replace(" ", "").lower().startswith("v=dmarc1")]:
            return policies
    return []


def _is_aligned(domain: str, other: str) -> bool:
    """Whether one domain is in the other: relaxed alignment, as far as it is known without the public suffix list."""
    return bool(domain) and (domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}"))
