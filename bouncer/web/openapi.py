"""The description of the API in OpenAPI 3.1, made of the list of routes."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bouncer import __version__
from bouncer.web.parameter import Parameter
from bouncer.web.route import ApiRoute

_REF = "#/components/schemas/{name}"
MEANINGS = {
    400: "The body is no JSON, or what the request says can be read in two ways",
    401: "No API key, or one that is unknown or revoked",
    403: "The key may not do that",
    404: "There is no such account or thing inside the key's scope",
    409: "Something that exists is in the way",
    412: "The request depends on an entity tag (If-Match), and tags are weak here",
    413: "The body is too large",
    415: "The body is no JSON by its Content-Type, or is compressed",
    422: "A parameter or the body has a value that cannot be used",
    429: "Too many requests by this key",
    503: "The store does not answer now",
}
"""The meaning of each status of an error; the manual has the same words."""


_ABOUT = (
    "Bounces, letters and suppressions of the accounts of a return-path MX. Each request carries an API key "
    "(`bouncer key add`), which opens the data of one account or, made with `--operator`, of all. Lists under `/api/v1` come "
    "newest first, in pages: pass `next` as `cursor`. Times are UTC."
)
_TREES = {
    "Problem": ("bouncer", "Our own routes, under `/api/v1`. Errors are problems of RFC 9457."),
    "SendGridErrors": ("SendGrid", "What SendGrid's own clients ask, under `/v3`, with its errors."),
    "MailgunError": ("Mailgun", "What Mailgun's own clients ask, under `/v3/{domain}`, with its errors."),
    "PostmarkError": ("Postmark", "What Postmark's own clients ask, with its errors. The key is that of one account."),
}
"""By the name of a form, the tree of routes that has it, and a description of the tree."""


def _clean_description(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema whose description, a docstring, has no indentation: Markdown would take it for code."""
    cleaned = {name: inspect.cleandoc(text) for name, text in schema.items() if name == "description"}
    return {**schema, **cleaned}


def openapi(routes: Sequence[ApiRoute]) -> dict[str, Any]:
    """Describe *routes*."""
    with_body = [route for route in routes if route.body]
    schemas, components = msgspec.json.schema_components([route.body for route in with_body], ref_template=_REF)
    bodies = {(route.method, route.path): schema for route, schema in zip(with_body, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, bodies)
    forms = {route.form.name: route.form.schema for route in routes}
    return {
        "openapi": "3.1.0",
        "info": {"title": "bouncer", "version": __version__, "description": _ABOUT},
        "tags": [{"name": name, "description": says} for name, says in _TREES.values()],
        "paths": paths,
        "components": {
            "schemas": {**forms, **{name: _clean_description(schema) for name, schema in components.items()}},
            "securitySchemes": {route.form.credentials.name: route.form.credentials.scheme for route in routes},
        },
    }


def _operation(route: ApiRoute, bodies: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    parts = route.path.removeprefix("/api/v1").strip("/").split("/")
    tree = [] if route.path.startswith(("/api/", "/v3/")) else [route.form.credentials.name]
    name = "-".join([route.method.lower(), *tree, *(part.strip("{}") for part in parts)])
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": route.says,
        "tags": [_TREES[route.form.name][0]],
        "description": f"Needs a key with the access {route.access_text}.",
        "parameters": [_parameter(parameter) for parameter in route.parameters],
        "security": [{route.form.credentials.name: []}],
        "responses": {str(route.status): _success(route), **_errors(route)},
    }
    if route.method == "POST" and not route.shows_secret:
        operation["parameters"].append(_IDEMPOTENCY_KEY)
    if route.body:
        content: dict[str, Any] = {"schema": bodies[route.method, route.path]}
        if route.example.body:
            content["example"] = msgspec.json.decode(route.example.body)
        operation["requestBody"] = {"required": not route.form.lenient, "content": {"application/json": content}}
    return operation


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "a name of the request; the same request with the same name gets the same answer for 24 hours",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.says,
        "schema": parameter.type.schema,
        "example": parameter.example,
    }


def _success(route: ApiRoute) -> dict[str, Any]:
    if route.schema is None:
        return {"description": route.says}
    content = {media_type: {"schema": route.schema} for media_type in (route.media_type, *route.other_media_types)}
    return {"description": route.says, "content": content}


def _errors(route: ApiRoute) -> dict[str, Any]:
    content = {route.form.media_type: {"schema": {"$ref": _REF.format(name=route.form.name)}}}
    return {str(status): {"description": MEANINGS[status], "content": content} for status in route.all_errors}
