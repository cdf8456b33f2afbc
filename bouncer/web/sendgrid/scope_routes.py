"""The route of a key's scopes, in SendGrid's names."""

from typing import Any

from bouncer.policy.api_key import KeyAccess
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import ON_BEHALF_OF, TEXT_SCHEMA, account_of, array_of, object_of

_LISTS = ("suppression", *(f"suppression.{name}" for name in ("bounces", "blocks", "invalid_emails", "spam_reports")))
_WISHES = ("suppression.unsubscribes", "asm.suppressions.global")
_SETTINGS = ("forward_bounce", "forward_spam")
_LOOKED_AT = (
    *_LISTS,
    *_WISHES,
    *(f"mail_settings.{name}" for name in (*_SETTINGS, "address_whitelist", "bounce_purge")),
)
_READ = (
    *(f"{name}.read" for name in (*_LOOKED_AT, "mail_settings", "stats", "categories", "categories.stats")),
    *(
        "categories.stats.sums.read",
        "mailbox_providers.stats.read",
        "messages.read",
        "email_activity.read",
        "validations.email.create",
    ),
)
_WRITE = (
    *(f"{name}.{verb}" for name in (*_LISTS, *_WISHES) for verb in ("create", "update", "delete")),
    "mail_settings.address_whitelist.update",
)
_WEBHOOKS = ("user.webhooks.event.settings", "user.webhooks.event.test")
_ADMIN = (
    "recipients.erasejob.create",
    *(f"mail_settings.{name}.update" for name in _SETTINGS),
    *(f"{name}.{verb}" for name in _WEBHOOKS for verb in ("create", "read", "update", "delete")),
)
SCOPES = {KeyAccess.READ: _READ, KeyAccess.WRITE: _WRITE, KeyAccess.ADMIN: _ADMIN}
"""By access, the names of the scopes that a key has beside those of a key with less access."""


async def _list(request: ApiRequest) -> Any:
    if request.key.account is not None:
        account_of(request)
    scope_names = [name for access, names in SCOPES.items() if request.key.access.includes(access) for name in names]
    return {"scopes": sorted(scope_names)}


SCOPE_ROUTES = (
    ApiRoute(
        "GET",
        "/v3/scopes",
        "What the key may do, in SendGrid's names",
        KeyAccess.READ,
        _list,
        object_of(scopes=array_of(TEXT_SCHEMA)),
        (ON_BEHALF_OF,),
        example=Example(),
        form=SENDGRID_FORM,
    ),
)
"""The routes, in the manual's order."""
