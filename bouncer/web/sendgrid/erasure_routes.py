"""The route of SendGrid's erase job. Its answer comes when all is erased: no job is left that a restart could lose."""

import secrets
from typing import Annotated, Any

import msgspec

from bouncer.manage.erasing import MOST_IN_JOB, erase_by_job
from bouncer.policy.api_key import KeyAccess
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import ON_BEHALF_OF, TEXT_SCHEMA, account_of, object_of

JOBS_A_MINUTE = 100
"""Jobs of one key in a minute: SendGrid's own limit."""
MAX_JOB = 256 * 1024
"""Octets of a job's body: SendGrid's own limit."""
_ID_OCTETS = 16


class RecipientsToErase(msgspec.Struct, frozen=True):
    """Addresses of people who are to be forgotten."""

    email_addresses: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_IN_JOB)]


async def _erase(request: ApiRequest) -> Any:
    job = secrets.token_hex(_ID_OCTETS)
    addresses = request.body.email_addresses
    await erase_by_job(
        request.store, request.scope, account_of(request), addresses, job=job, by=request.changed_by, now=request.now
    )
    return {"job_id": job}


ERASE_JOB_ROUTES = (
    ApiRoute(
        "POST",
        "/v3/recipients/erasejob",
        "Erase all that names up to 5,000 addresses; mail to them that is refused now is still refused",
        KeyAccess.ADMIN,
        _erase,
        object_of(job_id=TEXT_SCHEMA),
        (ON_BEHALF_OF,),
        RecipientsToErase,
        202,
        errors=(404,),
        example=Example(body='{"email_addresses": ["joe@example.net"]}'),
        form=SENDGRID_FORM,
        per_minute=JOBS_A_MINUTE,
        max_body=MAX_JOB,
    ),
)
"""The routes, in the manual's order."""
