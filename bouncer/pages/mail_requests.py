"""Requests for sign-in links by mail: the limits for a network and for an address, and the work that follows the answer.

The answer to a request says nothing of the address, and is sent before it is looked up: neither its words nor its time show
whether the address is an owner's.
"""

import asyncio
import logging
import secrets
from collections import deque

from bouncer.errors import BouncerError
from bouncer.mail.address import comparable
from bouncer.mail.host import host_address
from bouncer.manage.mailed_links import can_mail_links, mail_links
from bouncer.web.endpoint import HttpContext

HOUR_SECONDS = 3600.0
OF_A_NETWORK, FOR_AN_ADDRESS = 20, 3
"""Requests an hour: of one network, where an office may sit, and for one address, whose owner needs one."""
MOST_REMEMBERED = 10_000
"""Networks and addresses that are remembered; with more, the oldest are forgotten."""
MOST_UNDER_WAY = 50
"""Requests that are worked on at a time."""
WAIT_SECONDS = 0.5
"""The wait before an address is looked up, in which the answer leaves."""
_IPV4_BITS, _IPV6_BITS = 24, 64

_log = logging.getLogger(__name__)


class RecentRequests:
    """Counts requests by name, *limit* in an hour."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._moments: dict[str, deque[float]] = {}

    def take(self, name: str, now: float) -> bool:
        """Count a request at *now*, in seconds; False, and it is not counted, where there were too many."""
        moments = self._moments.pop(name, deque())
        while moments and moments[0] <= now - HOUR_SECONDS:
            moments.popleft()
        is_taken = len(moments) < self._limit
        if is_taken:
            moments.append(now)
        self._moments[name] = moments  # as the youngest
        if len(self._moments) > MOST_REMEMBERED:
            del self._moments[next(iter(self._moments))]
        return is_taken


def network_of(client: str) -> str:
    """Give the network that a client's address belongs to: of IPv4 256 addresses, of IPv6 the network of one site."""
    try:
        address = host_address(client)
    except ValueError:
        return client
    bits = _IPV4_BITS if address.version == 4 else _IPV6_BITS  # noqa: PLR2004 -- IPv4
    return f"{int(address) >> (address.max_prefixlen - bits):x}/{bits}"


class MailRequests:
    """Takes requests for links, and has them mailed."""

    def __init__(self, context: HttpContext) -> None:
        self._context = context
        self._networks = RecentRequests(OF_A_NETWORK)
        self._addresses = RecentRequests(FOR_AN_ADDRESS)
        self._under_way = set[asyncio.Task[None]]()

    @property
    def are_taken(self) -> bool:
        """Whether links can leave by mail from here."""
        return can_mail_links(self._context.host.settings(), self._context.host.keys())

    def take(self, address: str, client: str) -> bool:
        """Begin to mail links to *address*, if it is an owner's; False where the client's network asks too often."""
        now = self._context.elapsed()
        if not self._networks.take(network_of(client), now) or len(self._under_way) >= MOST_UNDER_WAY:
            return False
        if self._addresses.take(comparable(address), now):
            task = asyncio.create_task(self._mail(address), name="sign-in by mail")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return True

    async def _mail(self, address: str) -> None:
        await asyncio.sleep(WAIT_SECONDS)
        context = self._context
        try:
            (key, *_) = context.host.keys()
            await mail_links(context.store, address, key, chance=secrets.token_bytes, now=context.now())
        except (BouncerError, ValueError) as error:
            _log.warning("a sign-in link could not be mailed: %s", error)
