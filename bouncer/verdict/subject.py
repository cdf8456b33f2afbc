"""The subject of an answer: an address or domain in the answer decides before any phrase does."""

import re
from collections.abc import Iterable
from enum import StrEnum

from bouncer.mail.address import split
from bouncer.ndr import addresses
from bouncer.ndr.reading import Reading, Recipient
from bouncer.verdict import hosts
from bouncer.verdict.quoted_answer import quoted_answer
from bouncer.verdict.stated_of import absent_domains, is_absent, is_stated_of
from bouncer.verdict.verdict import Category, Reason

_CLAUSE = 80
"""Characters before a phrase that are searched for the noun that it is about."""
_ENDS_CLAUSE = (". ", "; ", ": ", "! ", "? ", "| ", ")")
_OTHER_CLAUSE = re.compile(r"\bdear (?:sender|customer|user|client)\b|\bbut\b|\bbecause\b|\bfor recipient\b|\bto <?@")
_SHORTEST = 3
"""Characters of the shortest clause that can name anything."""
_NAMED = re.compile(
    r"\b(?:(?P<sender>helo|ehlo|client|sender'?s?|originator|reverse|ptr|rdns|from (?:address|domain"
    r"|header|field)|mail from|return[- ]path|your (?:mail ?)?(?:server|host|domain|ip|client|network)"
    r"|(?:connecting|sending) (?:server|host|domain|ip))"
    r"|links?|urls?|uris?|(?:it|mail|message|letter|text|which) (?:(?:points?|refers?|redirects?|leads?) to"
    r"|mentions?|contains?|quotes?|cites?|lists?|includes?|carries|has|with)"
    r"|body|attachments?|content|reply-to|message-id|header|(?:to|cc):? (?:header"
    r"|field)|list-unsubscribe|image|hyperlink)\b"
)
"""The noun of a clause: something of the sender's, else a part of the message."""
_THING = re.compile(
    r"\b(?:(?P<message>charset|character set|subject|certificate|parameter|command|template|encoding|file"
    r"|(?:meeting |conference |chat )?room|project|issue|article|event|page|repository|document|bucket|container|pod|handler)"
    r"|(?P<server>(?:mail ?|directory |ldap |sql |back-?end |relay |next |smart ?)?(?:server|host|hop)"
    r"|database|directory|gateway|(?:mailbox|message|mail) store|filter|(?:mailing |distribution )?list|route|transport"
    r"|lookup table|service|relay))"
    r"(?: [\"'(<]\S{1,60}| is| was)?[\"')>:]? ?$"
)
"""Nouns right before a phrase that are no recipient: "mailbox server | does not exist"."""
_SERVER_OF = re.compile(
    r"\b(?:server|host|store|database|directory|table|route|file|folder|script|maildir|spool|partition|backend|quota|cluster)"
    r"(?: \S{1,40})? (?:of|for) (?:the |this |that |its |all |an? ){0,2}$"
)
"""Words before a phrase that name a thing of the recipient's as missing: "home server of the | recipient does not exist"."""
_RELATIVE = re.compile(
    r" (?:that |which )?you (?:\S{1,12} ){0,3}(?:wrote|write|mailed|reach|contact|entered|sent|send"
    r"|posted|addressed|used)(?: to)? ?$"
)
"""Words between a noun and the phrase about it: "the list | you wrote to | does not exist"."""
_OF_USER = re.compile(
    r"\b(?:user|mail ?box|account|recipient)\b|^(?:has|have|knows?|lists?) no (?:@|alias\b)|^(?:kenn|kent|n(?:e|on?|.o) con)"
)
"""A phrase that names the recipient itself: "local server | dont exists that user", "directory | has no jane"."""
_OWNER = re.compile(
    r"\b(?:from|sender'?s?|originator'?s?|reply-to|return|your(?: own)?|sending|client'?s?)(?: e-?mail| mail)?\W{0,2}$"
)
"""Words that make the "address", "user" or "account" at a phrase's beginning the sender's."""
_OWNED = re.compile(r"(?:e-?mail )?(?:address|account|mail ?box|user|domain|login|server|host|e-?mail)\b")
_OWNED_BEFORE = re.compile(
    r"\b(?:from|sender'?s?|originator'?s?|reply-to|your(?: own)?|sending) (?:e-?mail |mail )?(?:address"
    r"|account|mail ?box|login|server|host|network|gateway|relay|system)(?: is| was| has been)? ?$"
)
"""Words that make the noun right before a phrase the sender's: "your account | no longer exists"."""
_LEAD = (
    r"(?:(?:no|not|an?|the|this|that|such|valid|invalid|unknown|unrecogni[sz]ed|unregistered|undefined"
    r"|non-?exist(?:ent|ing)|bad|wrong|deleted|closed|matching|our|find|locate|do|does|know|we|have|don't|cannot|can't|unable|to|i|is"
    r"|there|there's) ){0,7}"
)
"""Words in a phrase before its noun: "no such", "this is not a valid"."""
_LEADS_TO_SENDER = re.compile(
    _LEAD + r"(?:(?:sender|from|reply-to|originator|return|envelope from|mail from|helo|ehlo|sending|client)\b"
    r"|your (?:own )?(?:e-?mail |mail )?(?:address|account|mail ?box|user|domain|login|server|host|ip)\b)"
)
_LEADS_TO_SERVER = re.compile(
    r"(?!unknown (?:to|on|at|in) |(?:do|does)(?: not|n't) host )"
    + _LEAD
    + r"(?:(?:user|recipient|mail-? ?box|account|address|alias|e-?mail|mail|member|group|login)s?(?:'s)? )?"
    r"(?:server|store|database|table|directory|host|gateway|system|filter|service|back-?end|cluster|quota file|lookup)s?\b"
)
"""Nouns that only begin like a mailbox's: "no such | recipient database"."""
_LEADS_TO_HOP = re.compile(r"(?:the |unknown |invalid |bad ){0,2}(?:mail ?server|relay|smart ?host|next hop)\b")
_HOP = re.compile(
    r"\b(?:relay|smart|next|outgoing|outbound|upstream|forwarding)(?: ?(?:host|server|hop))?(?: (?:for|of))? ?$"
    r"|\bmx(?: host)? \S{1,80} (?:for|of) ?$|\b(?:mx|exchanger|server|host|record) (?:for|of) (?:the domain )?$"
    r"|\b(?:relay|hop|smart ?host|gateway) (?:says|said|reports|answers|replied|replies): ?$"
    r"|\b(?:list|table|map|file|whitelist|inventory) (?:has|have|contains?|knows|lists|holds|shows) $"
)
"""Words for a host on the way, which is not the recipient's domain, or for a list of hosts: "relay | host unknown"."""
_SENDER_ABOVE = re.compile(
    r"\b(?:from|sender|envelope[- ]from|return[- ]path|reverse[- ]path|originator"
    r"|authentication|about you|your (?:mail ?)?(?:server|host|mx|system) (?:says?|said|answers?|answered|replied|returned|told us)"
    r"|(?:called|asked|contacted|connected to) your (?:mail ?)?(?:server|host|mx)|valid postmaster"
    r"|(?:login|sasl|xoauth2?|auth)(?: incorrect| failed| failure| error| refused)?)"
    r"(?: address| account| domain| @)? ?: ?(?:[45]\d\d[ -])?(?:\d\.\d{1,3}\.\d{1,3} )?$"
)
"""The sender before the colon behind which a phrase stands: "mail from address: | no such user"."""
_FIELD = "(?:to|cc|bcc|from|sender|reply-to)"
_OF_HEADER = re.compile(rf"\b{_FIELD}:? (?:header|field)\b|\b(?:header|field) \W?{_FIELD}\b")
_NAMES_HOST = re.compile(
    r"(?:(?:\S{1,20} ){0,3}address(?:es)?|host|server|client|unknown user from)\b:? ?[\[(<]?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d"
)
"""A phrase whose address is a host's: "address [192.0.2.1] is not valid"."""
_OF_HOST = re.compile(r"\[?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b\]?\)?:? ?(?:is |was |has )?(?:an? )?$")
"""A host's IP address right before "no such host": nobody looks up a recipient's domain by address."""
_ROLES = frozenset({"abuse", "postmaster", "hostmaster", "noc"})
"""Mailboxes of RFC 2142 that some servers look for at the sender's domain."""
_PUNCTUATION = "<>()[]\"'.,:;@"


class Subject(StrEnum):
    """The person or thing that an answer is about."""

    RECIPIENT = "recipient"
    DOMAIN = "recipient-domain"
    SENDER = "sender"  # its address, its host or its domain
    MESSAGE = "message"
    SERVER = "server"  # a server on the way
    UNKNOWN = "unknown"


_OF_REASON = {
    Reason.BAD_DOMAIN: Subject.DOMAIN,
    Reason.DOMAIN_TAKES_NO_MAIL: Subject.DOMAIN,
    Reason.MESSAGE_TOO_LARGE: Subject.MESSAGE,
    Reason.FORMAT_ERROR: Subject.MESSAGE,
    Reason.SPAM_CONTENT: Subject.MESSAGE,
    Reason.VIRUS: Subject.MESSAGE,
    Reason.DNS_ERROR: Subject.DOMAIN,
}
_OF_CATEGORY = {
    Category.HARD: Subject.RECIPIENT,
    Category.SOFT: Subject.RECIPIENT,
    Category.TECHNICAL: Subject.SERVER,
    Category.BLOCK: Subject.SENDER,
    Category.OTHER: Subject.UNKNOWN,
}


def subject_of_reason(reason: Reason) -> Subject:
    """Give the subject that a reason implies."""
    return _OF_REASON.get(reason) or _OF_CATEGORY[reason.category]


def subject_of_clause(before: str, phrase: str, *, of_domain: bool) -> Subject:
    """Tell whom a hard phrase is about by the words before it in its clause; UNKNOWN where they do not show it.

    *before* is text in lower case that ends where *phrase* begins. "a link to a | domain that does not exist" is about the
    message, "helo | unknown host" and "from | address does not exist" about the sender.
    """
    return _judge_phrase(before, phrase, of_domain=of_domain) or _judge_before(before, phrase, of_domain=of_domain)


def _judge_phrase(before: str, phrase: str, *, of_domain: bool) -> Subject | None:
    """Tell whom a phrase is about by the noun in it; None where the noun does not show it."""
    if _LEADS_TO_SENDER.match(phrase) or _NAMES_HOST.match(phrase) or (_OWNED.match(phrase) and _OWNER.search(before)):
        return Subject.SENDER
    if of_domain:
        return Subject.SERVER if _LEADS_TO_HOP.match(phrase) or _HOP.search(before) else None
    return Subject.SERVER if _LEADS_TO_SERVER.match(phrase) or _SERVER_OF.search(before[-_CLAUSE:]) else None


def _judge_before(before: str, phrase: str, *, of_domain: bool) -> Subject:
    near_text = before[-_CLAUSE:]
    clause = near_text[max(map(near_text.rfind, _ENDS_CLAUSE)) + 1 :]
    if (of_domain or "address" in phrase) and _OF_HOST.search(near_text):
        return Subject.SENDER
    if ("header" in near_text or "field" in near_text) and _OF_HEADER.search(near_text):
        return Subject.MESSAGE
    if _OWNED_BEFORE.search(clause) or _SENDER_ABOVE.search(near_text):
        return Subject.SENDER
    if not of_domain and not _OF_USER.search(phrase) and (thing := _THING.search(_RELATIVE.sub("", clause))):
        return Subject.MESSAGE if thing.lastgroup == "message" else Subject.SERVER
    if len(clause) < _SHORTEST or (match := _NAMED.search(_OTHER_CLAUSE.split(clause)[-1])) is None:
        return Subject.UNKNOWN
    return Subject.SENDER if match.lastgroup == "sender" else Subject.MESSAGE


def names_hop(line: str, recipient: Recipient, *, itself: bool) -> bool:
    """Whether the line about a domain that is not found names a host on the way, and no domain of the recipient's.

    *itself* tells that only the domain's own name counts: a mail exchanger in it may be missing while the domain is there.
    """
    forms = (recipient.recipient, recipient.original_recipient, recipient.final_recipient, recipient.actual_recipient)
    return hosts.is_about_other_host(line.lower(), filter(None, forms), itself=itself)


def names_sender(line: str, recipient: Recipient, reading: Reading, *, of_domain: bool) -> bool:
    """Whether the deciding line names the sender and not the recipient: then the sender's address, or its domain, is missing.

    With *of_domain* the line is about a domain, and a domain's name is enough. A summary of the message's header does not count.
    """
    if not of_domain and (absent := absent_domains(line.lower())):
        forms = _lower_all((recipient.recipient, recipient.original_recipient, recipient.final_recipient))
        if not absent.isdisjoint(_domains(_senders(reading)) - _domains(forms)):
            return True
    return _names_address_of_sender(line, recipient, reading, of_domain=of_domain)


def _names_address_of_sender(line: str, recipient: Recipient, reading: Reading, *, of_domain: bool) -> bool:
    words, bracketed = quoted_answer(line, of_domain=of_domain), f"<{recipient.recipient.lower()}>"
    is_alone = words.count("@") == 1 and bracketed in words  # as in most answers
    if not of_domain and (is_alone or "@" not in words):
        return False
    recipient_addresses = _addresses_of(recipient, reading)
    sender_addresses = _senders(reading) - recipient_addresses
    if "@" in words and any(is_stated_of(address, words) for address in sender_addresses if address in words):
        return True
    if bracketed in words:
        return False
    quoted = set(addresses.find(words))
    if quoted & recipient_addresses or "subject:" in words:
        return False
    domains = _own_domains(reading, recipient_addresses), _domains(sender_addresses) - _domains(recipient_addresses)
    if quoted & sender_addresses or any(_is_ours(address, words, *domains) for address in quoted):
        return True
    return of_domain and _names_domain(words, _domains(sender_addresses), _domains(recipient_addresses))


def _addresses_of(recipient: Recipient, reading: Reading) -> frozenset[str]:
    """The recipient's addresses, in lower case, without the sender's, which some gateways write into a recipient's field."""
    fields = _lower_all((recipient.original_recipient, recipient.final_recipient))
    return fields - _senders(reading) | {recipient.recipient.lower()}


def _names_domain(words: str, sender_domains: frozenset[str], recipient_domains: frozenset[str]) -> bool:
    """Whether *words* name one of the domains *sender_domains* and none of *recipient_domains*."""
    names = {word.strip(_PUNCTUATION) for word in words.split()}
    return names.isdisjoint(recipient_domains) and not names.isdisjoint(sender_domains)


def _is_ours(address: str, words: str, own_domains: frozenset[str], sender_domains: frozenset[str]) -> bool:
    """Whether *address* is in a return path's domain, or a role in one of *sender_domains* that is said to be absent."""
    local, domain = split(address)
    if domain in own_domains:
        return True
    return local in _ROLES and domain in sender_domains and is_absent(address, words)


def _senders(reading: Reading) -> frozenset[str]:
    """The sender's addresses: those of the returned message, and the report's addressee. In lower case."""
    original = reading.original
    fields = (original.from_, original.return_path, reading.return_path, *reading.addressed_to)
    return frozenset(address.lower() for value in fields if value for address in addresses.find(value))


def _own_domains(reading: Reading, recipient_addresses: frozenset[str]) -> frozenset[str]:
    """The domain of the return path that the report came to, if not the author's own: all in it are the sender's."""
    if reading.return_path:
        return _domains([reading.return_path.lower()]) - _domains(recipient_addresses)
    if author := _domains(addresses.find((reading.original.from_ or "").lower())):
        return _domains(addresses.find(" ".join(reading.addressed_to).lower())) - _domains(recipient_addresses) - author
    return frozenset()


def _domains(names: Iterable[str]) -> frozenset[str]:
    return frozenset(domain for address in names if (domain := split(address)[1]))


def _lower_all(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(address.lower() for address in texts if address)
