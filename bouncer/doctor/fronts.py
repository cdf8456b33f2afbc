"""Checks the mail servers in front of us: whether only our own hosts may tell us who their client is. Pure."""

import ipaddress
from collections.abc import Iterator

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.mail.host import CLIENT_PREFIX
from bouncer.policy.networks import Network, first_overlapping, read_network
from bouncer.settings.sections import SmtpSettings

OWN_NETWORKS = tuple(
    map(
        ipaddress.ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "::1",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)
"""Networks without strangers' addresses (RFC 1918, RFC 6598, RFC 4193)."""
PUBLIC_PREFIX = {4: 24, 6: CLIENT_PREFIX}
"""The least prefix, in bits, of a public network that may belong to one owner."""


def fronts(smtp: SmtpSettings) -> Iterator[Finding]:
    """Check [smtp] fronts."""
    for text, network in ((text, read_network(text)) for text in smtp.fronts):
        if network is None:
            continue  # the settings refuse it elsewhere
        about = fill("front {what}", what=text)
        if proxy := first_overlapping(text, smtp.proxy_protocol):
            lost = "{what} is in proxy_protocol: whoever connects from there has to begin with a PROXY header"
            yield warn(
                about,
                fill(lost, what=proxy),
                "take the front out of [smtp] proxy_protocol, unless it comes through the proxy",
            )
        if network.prefixlen >= PUBLIC_PREFIX[network.version] or _is_ours(network):
            yield ok(about, "says who its clients are")
        else:
            says = "takes in strangers: each of them may say that it is anybody, a server of an account's own, too"
            yield fail(about, says, "name in [smtp] fronts the addresses of your mail servers alone")


def _is_ours(network: Network) -> bool:
    return any(
        own_network.overlaps(network) and own_network.prefixlen <= network.prefixlen for own_network in OWN_NETWORKS
    )
