"""Mailbox providers, identified by recipient domain or by their servers' names.

Tables without DNS look-ups: identification must cost nothing.
"""

import re
from collections.abc import Mapping

from bouncer.mail.address import ascii_domain, split

_DOMAINS: dict[str, str] = {
    "Gmail": "gmail.com googlemail.com",
    "Microsoft": "outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp hotmail.com hotmail.co.uk hotmail.de "
    "hotmail.fr hotmail.it hotmail.es hotmail.be hotmail.ca live.com live.co.uk live.de live.fr live.it live.nl live.be "
    "live.ca live.se live.dk live.no msn.com windowslive.com passport.com",
    "Yahoo": "yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.com.br "
    "yahoo.com.ar yahoo.com.mx yahoo.com.au ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aim.com "
    "verizon.net netscape.net sky.com",
    "Yahoo Japan": "yahoo.co.jp ymail.ne.jp",
    "Apple": "icloud.com me.com mac.com",
    "United Internet": "gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr gmx.co.uk web.de mail.com 1und1.de email.de",
    "Telekom": "t-online.de magenta.de",
    "Orange": "orange.fr wanadoo.fr",
    "Free": "free.fr aliceadsl.fr",
    "SFR": "sfr.fr neuf.fr cegetel.net club-internet.fr",
    "La Poste": "laposte.net",
    "Italiaonline": "libero.it virgilio.it inwind.it iol.it blu.it",
    "Comcast": "comcast.net",
    "Charter": "charter.net spectrum.net rr.com twc.com roadrunner.com",
    "Cox": "cox.net",
    "AT&T": "att.net sbcglobal.net bellsouth.net",
    "BT": "btinternet.com btopenworld.com talk21.com",
    "Mail.ru": "mail.ru inbox.ru list.ru bk.ru internet.ru",
    "Yandex": "yandex.ru yandex.com yandex.by yandex.kz ya.ru",
    "Tencent": "qq.com foxmail.com vip.qq.com",
    "NetEase": "163.com 126.com yeah.net",
    "Sina": "sina.com sina.cn vip.sina.com",
    "Naver": "naver.com",
    "Docomo": "docomo.ne.jp",
    "KDDI": "ezweb.ne.jp au.com",
    "SoftBank": "softbank.ne.jp i.softbank.jp",
    "Proton": "proton.me protonmail.com protonmail.ch pm.me",
    "Zoho": "zoho.com zohomail.com zohomail.eu",
    "Fastmail": "fastmail.com fastmail.fm",
    "Seznam": "seznam.cz email.cz post.cz",
    "Wirtualna Polska": "wp.pl o2.pl tlen.pl",
    "Onet": "onet.pl op.pl vp.pl poczta.onet.pl",
}
_SERVERS: dict[str, str] = {
    "olc.protection.outlook.com": "Microsoft",
    "protection.outlook.com": "Microsoft 365",
    "aspmx.l.google.com": "Google Workspace",
    "google.com": "Gmail",
    "googlemail.com": "Gmail",
    "yahoodns.net": "Yahoo",
    "mail.icloud.com": "Apple",
    "mx.t-online.de": "Telekom",
    "gmx.net": "United Internet",
    "web.de": "United Internet",
    "mail.ru": "Mail.ru",
    "mx.yandex.net": "Yandex",
    "mx.yandex.ru": "Yandex",
    "mx.qq.com": "Tencent",
    "netease.com": "NetEase",
    "orange.fr": "Orange",
    "free.fr": "Free",
    "laposte.net": "La Poste",
    "comcast.net": "Comcast",
    "prodigy.net": "AT&T",
    "pphosted.com": "Proofpoint",
    "ppe-hosted.com": "Proofpoint",
    "barracudanetworks.com": "Barracuda",
    "iphmx.com": "Cisco",
}
"""By the end of an MX host's name: the provider takes mail for any domain. Longer names come first."""
_ANSWERERS: dict[str, str] = {
    **_SERVERS,
    "hotmail.com": "Microsoft",
    "eop.outlook.com": "Microsoft",
    "sinamail.sina.com.cn": "Sina",
    "sina.com.cn": "Sina",
    "ezweb.ne.jp": "KDDI",
    "au.com": "KDDI",
    "docomo.ne.jp": "Docomo",
    "zoho.com": "Zoho",
    "trendmicro.com": "Trend Micro",
    "trendmicro.eu": "Trend Micro",
    "kundenserver.de": "IONOS",
    "ionos.com": "IONOS",
    "ionos.de": "IONOS",
    "1and1.com": "IONOS",
}
"""The entries of _SERVERS, and servers that belong to no provider but whose answers have a meaning of their own."""
_PROVIDER_OF = {domain: name for name, domains in _DOMAINS.items() for domain in domains.split()}
KNOWN_DOMAINS = frozenset(_PROVIDER_OF)
"""The domains of large providers, which reports list separately."""


PROVIDERS = tuple(sorted({*_DOMAINS, *_SERVERS.values()}))
"""The names of all providers that a report can be of."""


def domains_of(name: str) -> tuple[str, ...]:
    """Give the domains of the provider called *name*, as its users' addresses have them."""
    return tuple(_DOMAINS.get(name, "").split())


def servers_of(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the ends of the host names of a provider's servers, each with the longer ends that are another provider's."""
    ends = [end for end, owner in _SERVERS.items() if owner == name]
    others = [end for end, owner in _SERVERS.items() if owner != name]
    return tuple((end, tuple(other for other in others if other.endswith(f".{end}"))) for end in ends)


def provider(domain: str) -> str:
    """Give the provider that runs *domain*; the domain itself where it is in no table."""
    plain = ascii_domain(domain)
    return _PROVIDER_OF.get(plain, plain)


def provider_behind(domain: str, server: str | None) -> str | None:
    """Give the provider of *domain*, else of the host name *server*, as a report gives it; None for an unknown one."""
    return _PROVIDER_OF.get(ascii_domain(domain)) or _provider_of_host(server, _SERVERS)


def _provider_of_host(server: str | None, table: Mapping[str, str]) -> str | None:
    """Look up the host's name, then the name without its first label, and so on."""
    host = ((server or "").split() or [""])[0].strip("[]().;").lower()
    while host:
        if host in table:
            return table[host]
        host = host.partition(".")[2]
    return None


_FAMILY = {"Microsoft 365": "Microsoft", "Google Workspace": "Gmail"}
"""Providers that share a name, since their answers are the same."""


def providers_of(recipient: str, server: str | None, text: str) -> frozenset[str]:
    """Give the providers that may have answered: by the recipient's domain, the *server* that answered, or hosts in *text*."""
    by_domain = _PROVIDER_OF.get(ascii_domain(split(recipient)[1]))
    providers = (by_domain, _provider_of_host(server, _ANSWERERS))
    quoted = (name for end, name in _ANSWERERS.items() if _names_host(text, end))
    return frozenset(_FAMILY.get(name, name) for name in (*providers, *quoted) if name)


def _names_host(text: str, end: str) -> bool:
    """Whether a host's name in *text* ends in *end*: "mx.au.com" ends in "au.com", "mx.bureau.com" does not."""
    return end in text and re.search(rf"(?<![\w-]){re.escape(end)}(?![\w-]|\.\w)", text) is not None
