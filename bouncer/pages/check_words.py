"""The results of the checks in the reader's language: their titles, states and remedies.

The checks speak English, as the command ``bouncer check`` prints them. The texts below are recognized and said again, with the
names, numbers and paths in them as they are; any other text, such as an error of the system or a line for the DNS, stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.doctor.finding import Finding
from bouncer.pages.known_texts import KnownTexts
from bouncer.policy.languages import ENGLISH

TEXTS = (
    "takes mail for {what} and {number} more",
    "openssl rand -base64 32 > FILE, and name it in [tokens] keys; bounces without a signature prove nothing",
    "set [forward] operator: postmaster@ must reach a person (RFC 5321 section 4.5.1), abuse@ should (RFC 2142)",
    "will be made in {what}",
    "can be written to, {number} GB are free; not made yet",
    "certificate",
    "accounts",
    "account {what}",
    "notices",
    "clock",
    "keys",
    "key {what}",
    "DKIM key",
    "store {what}",
    "reading process",
    "another daemon",
    "templates",
    "templates of {what}",
    "port {what} of this machine",
    "MX of {what}",
    "SPF of {what}",
    "DKIM of {what}",
    "DMARC of {what}",
    "PTR of {what}",
    "addresses of {what}",
    "none: STARTTLS is not offered",
    "set [smtp] tls_certificate and tls_key, else bounces travel in the clear",
    "{what} can be read by everyone",
    "can be read by everyone",
    "expired on {what}",
    "renew it",
    "expires on {what}, in {number} days",
    "see why it was not renewed yet",
    "fits its key, valid until {what}",
    "see whether this host's clock is right",
    "put the setting right",
    "not asked: these names are only good for trying out",
    "only good for trying out",
    "set [smtp] hostname and domains",
    "set [smtp] {what}",
    "is a name in full",
    "is no name that the DNS could have",
    "can be written to",
    "can be written to, {number} GB are free",
    "only {number} MB are free",
    "make room: when the disk is full, every letter is put off",
    "{what} is no folder",
    "there is no such folder",
    "let the daemon's user write there",
    "run this as root or as the daemon's user",
    "this user may not enter {what}",
    "this user may not write to {what}",
    "answers",
    "answers as {what}",
    "does not answer: {what}",
    "something else answers there, and says {what}",
    "someone else answers: {what}",
    "free; the daemon does not run",
    "nobody listens there, and the daemon runs",
    "nobody answers there ({what}), and mail servers try no other",
    "enable systemd/bouncer.socket, or lead it here from where the MX points; right if that is another machine",
    "the mail server in front answers: {what}",
    "this user may not listen there",
    "restart the daemon: it opens it at its start",
    "cannot be reached, or does not answer: {what}",
    "none: mail to postmaster@ and abuse@ is only kept",
    "notices come from {what}",
    "set [forward] from to an address that people can answer",
    "none: our notices are not signed by us",
    "openssl genrsa -out FILE 2048, name it in [forward] dkim_key, or let the smarthost sign",
    "{what}, published at {place}",
    "no key at {what}",
    "publish the record below: an unknown signature counts as none",
    "publish the record below: large receivers want one from whoever sends much",
    "no policy",
    "no SPF record",
    "ask again, or see whether the domain's name servers answer",
    "put them together in one",
    "lets everyone in the world send (+all)",
    "lets nobody send: mail with this return path is refused",
    "end it with -all or ~all",
    "none: every return path is put off, and bounces are not taken",
    "{number}, and each has an owner, or wants no notices",
    "has no owner: nobody is told of its bounces",
    "is steady",
    "none: there are no signed return paths",
    "{number} octets",
    "name a file that stays",
    "it starts, and can open no file, reach no network, start no program",
    "letters are kept, and none is read, until it does",
    "serves this store: {what}, version {version}",
    "serves this store, too: {what}",
    "none on this machine serves {what}",
    "start it: systemctl start bouncer.service",
    "update this bouncer to that version",
    "a newer bouncer made it (revision {what})",
    "is damaged: {what}",
    "stop the daemon, and put a backup in its place: bouncer store restore FILE",
    "takes mail for {what}",
    "took our login",
    "refused our login: {what}",
    "see the user in [forward] courier and the password file",
    "see name, port and firewall; notices wait meanwhile",
    "ask who runs the smarthost",
    "{what} cannot be reached from the Internet",
    "publish this host's public address in its place",
    "{what} is an alias (CNAME) of {other}",
    "a null MX (RFC 7505): this domain takes no mail",
    "{what}, and back",
)
"""The texts of the package ``doctor`` that have a translation, each with named places for the values in it."""
_KNOWN = KnownTexts(TEXTS)


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text of a check as the page shows it, and its language code where that is not the page's; else empty."""

    words: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A result of a check as the page shows it."""

    tone: str
    about: ShownText
    says: ShownText
    remedy: ShownText


def shown_findings(findings: Sequence[tuple[Finding, str]], language: Language) -> list[ShownFinding]:
    """Give the *findings*, each with its tone, translated into *language*."""
    return [
        ShownFinding(tone, *(check_words(text, language) for text in (finding.about, finding.says, finding.remedy)))
        for finding, tone in findings
    ]


def check_words(text: str, language: Language) -> ShownText:
    """Translate a text of a check into *language*; a text that TEXTS does not hold stays English."""
    if language.code == ENGLISH or not text:
        return ShownText(text)
    translation = _KNOWN.say(text, language)
    return ShownText(text, ENGLISH) if translation is None else ShownText(translation)


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return TEXTS
