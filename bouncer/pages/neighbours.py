"""Whether mail to other addresses of the same domain failed, too: then its provider may refuse all of them."""

import datetime as dt
from dataclasses import dataclass

from bouncer.mail.address import comparable, split
from bouncer.manage.records import list_bounces
from bouncer.ndr.reading import Action
from bouncer.pages.marks import cut
from bouncer.pages.page_route import Visit
from bouncer.pages.rendering import link
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter, Page

REPORTS_READ = 100
"""The newest reports on a domain whose addresses are counted: reading them takes a few milliseconds."""
RECENT_TIME = dt.timedelta(days=1)
DOMAIN_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A sentence on other addresses of the domain, and the list of the reports on them."""

    words: str
    path: str


async def neighbours(visit: Visit, account: str, address: str) -> Neighbours | None:
    """Count other addresses of the domain that failed lately, by reports that are proven; None where there are none."""
    key, since = comparable(address), visit.now - RECENT_TIME
    domain = split(key)[1]
    if not domain:
        return None
    criteria = BounceFilter(domain=domain, since=since, belief=Belief.PROVEN)
    rows = await list_bounces(visit.store, visit.scope, account, criteria, Page(REPORTS_READ))
    failed = {comparable(row.recipient) for row in rows if row.action is Action.FAILED} - {key}
    if not failed:
        return None
    shown, number, language = cut(domain, DOMAIN_SHOWN), len(failed), visit.language
    words = language.count(
        "In the last 24 hours mail to {number} other address of {domain} failed, too.",
        "In the last 24 hours mail to {number} other addresses of {domain} failed, too.",
        number,
        domain=shown,
    )
    if len(rows) == REPORTS_READ:
        words = language.say(
            "In the last 24 hours mail to at least {number} other addresses of {domain} failed, too.",
            number=language.number(number),
            domain=shown,
        )
    filters = {"domain": domain, "since": since.replace(microsecond=0), "belief": "proven"}
    return Neighbours(words, link("/activity", **filters, account=None if visit.signed_in.account else account))
