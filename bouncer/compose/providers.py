"""The requirements of single providers and block lists, and where to ask them: facts from their own published pages.

Each fact has its page beside it. The texts are few and have placeholders for provider and page, so that one translation serves all
providers. The answering provider, the reason, and the block list in the server's words decide which texts are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bouncer.compose.reasons import WORDS, ReasonText
from bouncer.verdict.verdict import Reason

SEE = "Check how {provider} rates your server and your domain: {page}"
RULES = "Compare your mail with what {provider} requires of senders: {page}"
CODES = "Look up the server's response in {provider}'s list: {page}"
ASK = "Once the cause is fixed, ask {provider} to lift the block: {page}"
COMPLAINTS = "Have {provider} tell you who marks your mail as spam: {page}"
LISTED = "Find out why your server is on the block list that the response names, and ask to be removed: {page}"

BULK = "{provider} accepts bulk mail only if SPF, DKIM and DMARC of the sender's domain are set up correctly."
SPAM_RATE = "{provider} refuses mail from senders when 3 or more in 1,000 of their messages are marked as spam."
NEIGHBOURS = "{provider} blocks whole networks, so spam from a neighbour may be the cause."
UNKNOWN_SERVERS = "{provider} accepts mail only from servers it knows. A new one has to introduce itself first."
A_DAY = "{provider} lifts a block automatically within 24 hours if no more spam comes in."
BY_THE_CLOCK = "{provider} limits mail by the minute, the hour and the day. The block ends when that time is over."
SAME_SPACE = "At {provider}, photos and files share their space with mail."
TWO_YEARS = "{provider} deletes accounts that have not been used for two years."
ONE_YEAR = "{provider} stops accepting mail for a mailbox that has not been used for a year."

FEW = 3
"""Pages that are named: the first thing to do, not a list of links."""

_BLOCKED = (Reason.BAD_REPUTATION, Reason.POLICY, Reason.SENDER_REJECTED)
_PAGES_FOR: dict[Reason, tuple[str, ...]] = {
    **dict.fromkeys(_BLOCKED, (CODES, SEE, ASK, RULES)),
    Reason.SPAM_CONTENT: (CODES, RULES, COMPLAINTS, SEE),
    Reason.RATE_LIMITED: (CODES, RULES, SEE),
    Reason.AUTHENTICATION_FAILED: (RULES, CODES),
}
"""The kinds of page that help with a reason, the most helpful first."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Facts about one provider: its common name, its pages, its facts by reason."""

    name: str
    pages: dict[str, str]
    facts: dict[Reason, str]
    lifts: tuple[Reason, ...] = _BLOCKED  # reasons that it ends on request


_OUTLOOK = (
    "https://substrate.office.com/ip-domain-management-snds"  # target of sendersupport.olc.protection.outlook.com
)
_YAHOO = "https://senders.yahooinc.com/"
_GOOGLE_PAGES = {
    SEE: "https://postmaster.google.com",
    RULES: "https://support.google.com/mail/answer/81126",
    CODES: "https://support.google.com/a/answer/3726730",
}
_GOOGLE_FACTS = {Reason.AUTHENTICATION_FAILED: BULK, Reason.RATE_LIMITED: SPAM_RATE}  # .../answer/81126

PROVIDERS: dict[str, Provider] = {
    "Gmail": Provider(
        "Gmail",
        {**_GOOGLE_PAGES, ASK: "https://support.google.com/mail/contact/gmail_bulk_sender_escalation"},
        {
            **_GOOGLE_FACTS,
            Reason.BAD_REPUTATION: SPAM_RATE,
            Reason.MAILBOX_FULL: SAME_SPACE,  # support.google.com/mail/answer/9312312
            Reason.ACCOUNT_INACTIVE: TWO_YEARS,  # support.google.com/accounts/answer/12418290
            Reason.CLOSED_ACCOUNT: TWO_YEARS,
        },
    ),
    "Google Workspace": Provider("Google Workspace", _GOOGLE_PAGES, {Reason.MAILBOX_FULL: SAME_SPACE}),
    "Microsoft": Provider(
        "Outlook.com",
        {
            SEE: _OUTLOOK,  # Smart Network Data Services (SNDS)
            COMPLAINTS: _OUTLOOK,  # Junk Mail Reporting Program (JMRP), part of it
            ASK: "https://olcsupport.office.com",
            RULES: f"{_OUTLOOK}/postmaster",
            CODES: f"{_OUTLOOK}/postmaster",
        },
        {
            Reason.BAD_REPUTATION: NEIGHBOURS,  # "part of their network is on our block list (S3150)"
            Reason.AUTHENTICATION_FAILED: BULK,  # 550 5.7.515, since May 2025
        },
    ),
    # the page lifts blocks of IP addresses and nothing else: no rule of an organisation, no blocked sender
    "Microsoft 365": Provider("Microsoft 365", {ASK: "https://sender.office.com"}, {}, (Reason.BAD_REPUTATION,)),
    "Yahoo": Provider(
        "Yahoo",
        {
            SEE: _YAHOO,
            RULES: f"{_YAHOO}best-practices/",
            CODES: f"{_YAHOO}smtp-error-codes/",
            COMPLAINTS: f"{_YAHOO}complaint-feedback-loop/",
            ASK: f"{_YAHOO}contact/",
        },
        {
            Reason.AUTHENTICATION_FAILED: BULK,  # .../best-practices/
            Reason.BAD_REPUTATION: SPAM_RATE,
            Reason.RATE_LIMITED: SPAM_RATE,
            Reason.ACCOUNT_INACTIVE: ONE_YEAR,  # help.yahoo.com: inactive mailboxes
            Reason.CLOSED_ACCOUNT: ONE_YEAR,
        },
    ),
    "Apple": Provider(
        "iCloud Mail",
        {RULES: "https://support.apple.com/102322", ASK: "icloudadmin@apple.com"},
        {Reason.MAILBOX_FULL: SAME_SPACE},  # support.apple.com/108922
    ),
    "United Internet": Provider(
        "GMX/WEB.DE",
        {
            RULES: "https://postmaster.gmx.net/en/requirements-and-recommendations",
            ASK: "https://postmaster.gmx.net/en/contact",
        },
        {},
    ),
    "Telekom": Provider(
        "T-Online",
        {RULES: "https://postmaster.t-online.de"},
        {Reason.BAD_REPUTATION: UNKNOWN_SERVERS},  # postmaster.t-online.de, 4.1
    ),
    "Orange": Provider("Orange", {CODES: "https://postmaster.orange.fr"}, {}),
    "Free": Provider(
        "Free",
        {CODES: "https://postmaster.free.fr"},
        {Reason.BAD_REPUTATION: A_DAY, Reason.RATE_LIMITED: A_DAY},
    ),
    "La Poste": Provider("laposte.net", {RULES: "https://postmaster.laposte.net"}, {}),
    "Mail.ru": Provider(
        "Mail.ru", {SEE: "https://postmaster.mail.ru", RULES: "https://help.mail.ru/developers/mailing_rules"}, {}
    ),
    "Yandex": Provider("Yandex", {SEE: "https://postmaster.yandex.ru"}, {}),
    "Tencent": Provider(
        "QQ Mail",
        {CODES: "https://service.mail.qq.com"},
        {Reason.RATE_LIMITED: BY_THE_CLOCK},  # service.mail.qq.com, no=1000723 to 1000725
    ),
    "NetEase": Provider("NetEase Mail", {CODES: "http://mail.163.com/help/help_spam_16.htm"}, {}),
    "Comcast": Provider("Comcast", {RULES: "http://postmaster.comcast.net"}, {}),
    "AT&T": Provider("AT&T", {ASK: "abuse_rbl@abuse-att.net"}, {}),  # its 521 replies name the address
    "Proofpoint": Provider("Proofpoint", {ASK: "https://ipcheck.proofpoint.com"}, {}),
    "Barracuda": Provider("Barracuda", {ASK: "https://www.barracudacentral.org/rbl/removal-request"}, {}),
    "Cisco": Provider("Cisco", {SEE: "https://talosintelligence.com/reputation_center"}, {}),
}
"""By the names in verdict.provider."""

BLOCK_LISTS: dict[str, str] = {
    "spamhaus": "https://check.spamhaus.org",
    "spamcop": "https://www.spamcop.net/bl.shtml",
    "barracudacentral": "https://www.barracudacentral.org/rbl/removal-request",
    "uceprotect": "https://www.uceprotect.net/en/rblcheck.php",
    "abusix": "https://lookup.abusix.com",
    "ipcheck.proofpoint.com": "https://ipcheck.proofpoint.com",
    "cloudmark": "https://csi.cloudmark.com/en/reset/",
    "surriel": "https://psbl.org",
    "surbl": "https://www.surbl.org/surbl-analysis",
    "uribl": "https://lookup.uribl.com",
    "spamrats": "https://www.spamrats.com/removal.php",
    "senderbase": "https://talosintelligence.com/reputation_center",
    "talosintelligence": "https://talosintelligence.com/reputation_center",
}
"""The look-up page of each block list, by its lower-case name in servers' words."""


PAGES = sorted(
    {*BLOCK_LISTS.values(), *(page for provider in PROVIDERS.values() for page in provider.pages.values())},
    key=len,
    reverse=True,
)
"""Every page that can be named, the longest first."""


def shown_name(provider: str) -> str:
    """Give the name by which users know the provider."""
    return PROVIDERS[provider].name if provider in PROVIDERS else provider


@dataclass(frozen=True, slots=True)
class Signpost:
    """A text with the provider and the page that it names."""

    text: str
    provider: str = ""
    page: str = ""


def provider_fact(provider: str | None, words: ReasonText, reason: Reason | None) -> Signpost | None:
    """Give the provider's own fact about a failure of this kind; None for a failure with *words* of its own."""
    facts_of_provider = PROVIDERS.get(provider or "")
    text = facts_of_provider.facts.get(reason) if facts_of_provider and reason and words is WORDS[reason] else None
    return Signpost(text, facts_of_provider.name) if facts_of_provider and text else None


def signposts(provider: str | None, words: ReasonText, reason: Reason | None, answer: str) -> tuple[Signpost, ...]:
    """Give the pages to look at or addresses to ask, most helpful first; the server's *answer* may name a block list.

    Empty for a failure with *words* of its own: they tell whom to ask.
    """
    if reason is None or words is not WORDS[reason]:
        return ()
    candidates = (*tuple(_block_lists(answer, reason))[:1], *_pages(provider, reason))
    first_of_each = {signpost.page: signpost for signpost in reversed(candidates)}
    return tuple(signpost for signpost in candidates if first_of_each[signpost.page] is signpost)[:FEW]


def page_in(text: str) -> str | None:
    """Give the page of ours that *text* contains."""
    return next((page for page in PAGES if page in text), None)


def texts() -> tuple[str, ...]:
    """Give every text of this module, for translators."""
    sentences = (text for provider in PROVIDERS.values() for text in (*provider.pages, *provider.facts.values()))
    return (*dict.fromkeys(sentences), LISTED)


def _pages(provider: str | None, reason: Reason) -> Iterator[Signpost]:
    facts_of_provider = PROVIDERS.get(provider or "")
    if facts_of_provider is None:
        return
    for kind in _PAGES_FOR.get(reason, ()):
        page = facts_of_provider.pages.get(kind)
        if page and (kind != ASK or reason in facts_of_provider.lifts):
            yield Signpost(kind, facts_of_provider.name, page)


def _block_lists(answer: str, reason: Reason) -> Iterator[Signpost]:
    if reason in (*_BLOCKED, Reason.SPAM_CONTENT):
        folded_answer = answer.lower()
        yield from (Signpost(LISTED, page=page) for name, page in BLOCK_LISTS.items() if name in folded_answer)
