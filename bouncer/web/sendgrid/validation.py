"""SendGrid's validation of an address, from our own records: it sends no query to DNS and none to a mail server."""

from typing import Any

from bouncer.mail.address import is_plausible, split
from bouncer.manage.scopes import require_account
from bouncer.manage.suppressing import check_addresses
from bouncer.policy.address_list import is_wish
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import AccountScope
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.parameters import account_of

MOST_READ = 50
"""Reports about the address that are looked at, the newest."""
_SCORES = {"Valid": 1.0, "Risky": 0.5, "Invalid": 0.0}
_ROLES = frozenset(
    {
        "abuse",
        "admin",
        "contact",
        "hostmaster",
        "info",
        "noreply",
        "office",
        "postmaster",
        "sales",
        "support",
        "webmaster",
    }
)
"""Local parts that name a role (RFC 2142, and usage)."""


async def validate(request: ApiRequest) -> Any:
    """Judge an address by the records about it."""
    address, name = request.body.email, account_of(request)
    await require_account(request.store, request.scope, name)
    scope = AccountScope(name)
    has_form = is_plausible(address)
    (answer,) = await check_addresses(request.store, scope, name, [address], stream=None, now=request.now)
    rows = await request.store.bounces(scope, BounceFilter(recipient=address), Page(MOST_READ))
    failed = [row for row in rows if row.category is not None]
    is_failure = answer.reason is not None and not is_wish(answer.reason)
    is_gone = any(row.category == Category.HARD and row.suppressed for row in failed) or is_failure
    has_domain = not any(row.reason == Reason.BAD_DOMAIN for row in failed) and answer.reason != Reason.BAD_DOMAIN
    verdict = (
        "Invalid"
        if not has_form or (answer.suppressed and is_gone)
        else "Risky"
        if failed or answer.suppressed
        else "Valid"
    )
    local, domain = split(address)
    checks = {
        "domain": {
            "has_valid_address_syntax": has_form,
            "has_mx_or_a_record": has_domain,
            "is_suspected_disposable_address": False,
        },
        "local_part": {"is_suspected_role_address": local.lower() in _ROLES},
        "additional": {"has_known_bounces": answer.suppressed and is_gone, "has_suspected_bounces": bool(failed)},
    }
    facts = {"email": address, "verdict": verdict, "score": _SCORES[verdict], "local": local, "host": domain}
    return {"result": {**facts, "checks": checks, "source": request.body.source}}
