"""Making a route of Mailgun's."""

from collections.abc import Callable
from typing import Any

from bouncer.policy.api_key import KeyAccess
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.mailgun.parameters import DOMAIN
from bouncer.web.route import ApiRequest, ApiRoute, Example


def mailgun_route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Any],
    schema: Any,
    *,
    parameters: tuple[Any, ...] = (),
    body: Any = None,
    example: str = "",
) -> ApiRoute:
    """Make a route of Mailgun's: a key that reads may GET, all else needs one that writes."""
    access = KeyAccess.READ if method == "GET" else KeyAccess.WRITE
    names = {parameter.name: parameter.example for parameter in (DOMAIN, *parameters) if parameter.where == "path"}
    return ApiRoute(
        method,
        path,
        says,
        access,
        answer,
        schema,
        (DOMAIN, *parameters),
        body,
        errors=(404,),
        example=Example(body=example, path=names),
        form=MAILGUN_FORM,
    )
