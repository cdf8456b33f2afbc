"""The description of the API in OpenAPI 3.1, made of the list of routes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bouncer import __version__
from bouncer.web.parameter import Parameter
from bouncer.web.route import ApiRoute

_REF = "#/components/schemas/{name}"
MEANINGS = {
    400: "The body is no JSON",
    401: "No API key, or one that is unknown or revoked",
    403: "The key may not do that",
    404: "There is no such account or thing inside the key's scope",
    409: "Something that exists is in the way",
    413: "The body is too large",
    415: "The body is no JSON by its Content-Type",
    422: "A parameter or the body has a value that cannot be used",
    429: "Too many requests by this key",
    503: "The store does not answer now",
}
"""What each status of an error means; the manual explains the same."""


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
        "info": {"title": "bouncer", "version": __version__, "description": "Bounces, letters and suppressions."},
        "paths": paths,
        "components": {
            "schemas": {**forms, **components},
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
