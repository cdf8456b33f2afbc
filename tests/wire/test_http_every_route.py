"""Rules for every path of the API, by the list of routes: methods, HEAD, entity tags, slashes, addresses, odd parameters."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from wire.http_client import Asker, HttpAnswer, asking
from wire.routes_of_api import filled, key_of

from bouncer.mail.address import comparable
from bouncer.web.all_routes import ROUTES
from bouncer.web.route import ApiRoute

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get")


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path, {"per_minute": 1_000_000}) as asker:
        yield asker


def by_path() -> dict[str, dict[str, ApiRoute]]:
    """The routes of each path, by method."""
    paths = defaultdict[str, dict[str, ApiRoute]](dict)
    for route in ROUTES:
        paths[route.path][route.method] = route
    return paths


READABLE = [route for route in ROUTES if route.method == "GET"]


async def get(asker: Asker, route: ApiRoute, method: str = "GET", query: str = "", **fields: str) -> HttpAnswer:
    """Ask for what a route gives, as its example does."""
    queries = "&".join(filter(None, (route.example.query, query)))
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    target = f"{filled(route, asker.ids)}?{queries}"
    return await asker.ask(method, target, key=key_of(route), headers=headers, form=route.form)


async def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(asker: Asker):
    for routes in by_path().values():
        route = next(iter(routes.values()))
        methods = {*routes, *(["HEAD"] if "GET" in routes else [])}
        for method in [method for method in METHODS if method not in methods]:
            answer = await asker.ask(method, filled(route, asker.ids), key=key_of(route), form=route.form)

            assert answer.status == 405, (method, route.path, answer)
            assert set(answer.headers["allow"].split(", ")) == methods
            assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_head_request_gets_the_header_fields_of_the_get_request(asker: Asker):
    ours = ("content-type", "content-length", "etag", "content-encoding")
    for route in READABLE:
        answer, head = await get(asker, route), await get(asker, route, "HEAD")

        assert (head.status, head.body) == (answer.status, b""), route.path
        assert [head.headers.get(name) for name in ours] == [answer.headers.get(name) for name in ours], route.path


async def test_an_answer_that_the_client_has_is_not_sent_again(asker: Asker):
    for route in READABLE:
        answer = await get(asker, route)
        if answer.status == 404 or "/exports/" in route.path:
            assert "etag" not in answer.headers
            continue
        for method in ("GET", "HEAD"):
            again = await get(asker, route, method, if_none_match=f'"x", {answer.headers["etag"]}')
            assert (again.status, again.body) == (304, b""), route.path
            assert again.headers["etag"] == answer.headers["etag"]
        assert (await get(asker, route, if_none_match='W/"other"')).status == 200


def spanning() -> list[str]:
    """The beginnings of paths whose last parameter takes whatever follows, slashes and all."""
    spans = [
        (route, parameter)
        for route in ROUTES
        for parameter in route.parameters
        if parameter.where == "path" and parameter.type.spans_slashes
    ]
    return [filled(route, {parameter.name: ""}).rstrip("/") + "/" for route, parameter in spans]


async def test_a_path_with_more_slashes_is_another_path(asker: Asker):
    beginnings = spanning()
    for route in READABLE:
        path = filled(route, asker.ids)
        for other in (f"/{path}", path.replace("/", "//"), f"{path}/"):
            answer = await asker.ask("GET", f"{other}?{route.example.query}", key=key_of(route), form=route.form)

            is_same = other == f"{path}/" and route.form.any_case
            may_be_more = any(other.startswith(beginning) for beginning in beginnings)
            assert answer.status == (200 if is_same else 404) or may_be_more, (other, answer)
            assert "location" not in answer.headers


async def test_an_unknown_parameter_is_named_or_passed_over_and_so_with_a_repeated_parameter(asker: Asker):
    for route in READABLE:
        answer = await get(asker, route)
        unknown = await get(asker, route, query="nobody%00knows=%22%3E")
        names = [parameter.name for parameter in route.parameters if parameter.where == "query"]
        if route.form.lenient:
            assert (unknown.status, unknown.body) == (answer.status, answer.body), route.path
        else:
            assert (unknown.status, unknown.json["parameter"]) == (422, "nobody\0knows"), route.path
            for name in names:
                twice = await get(asker, route, query=f"{name}=1&{name}=1")
                assert twice.status == 422, (route.path, name)


LONGEST = f"{'l' * 64}@{'.'.join(['d' * 59] * 3)}.example"
ADDRESSES = (
    "jane+news=joe@example.net",
    "a/b/../c@example.net",
    "o'neil%25&x=1#?$@example.net",
    "j\u00e4n\u00e9@b\u00fccher.example",
    "jane@xn--bcher-kva.example",
    '"a,b;\\"c"@example.net',
    LONGEST,
)
"""Addresses that are hard to write into a URL; the last is as long as an address can be."""
REASONS = {
    "/v3/suppression/bounces/{email}": "invalid-recipient",
    "/v3/suppression/invalid_emails/{email}": "bad-domain",
    "/v3/suppression/spam_reports/{email}": "complaint",
    "/v3/suppression/unsubscribes/{email}": "unsubscribe",
    "/v3/asm/suppressions/global/{email}": "unsubscribe",
    "/v3/{domain}/bounces/{address}": "invalid-recipient",
    "/v3/{domain}/complaints/{address}": "complaint",
    "/v3/{domain}/unsubscribes/{address}": "unsubscribe",
}
"""The paths of an address of a list, and for which reason it stands there."""
OF_REPORTS, OF_ALLOWED = "/v3/suppression/blocks/{email}", "/v3/{domain}/whitelists/{address}"
"""The paths of an address that is not suppressed."""


def test_every_path_of_an_address_is_asked_for():
    assert {route.path for route in READABLE if route.path.endswith(("{email}", "{address}"))} == {
        *REASONS, OF_REPORTS, OF_ALLOWED,
    }  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("path", REASONS)
async def test_an_address_is_found_and_freed_by_its_url_whatever_stands_in_it(asker: Asker, path: str, address: str):
    body = json.dumps({"addresses": [address], "reason": REASONS[path]})
    added = await asker.ask("POST", "/api/v1/suppressions", body, key="acme admin")
    assert added.status == 200, added
    routes = by_path()[path]
    target = path.format(domain="acme", email=quote(address, safe=""), address=quote(address, safe=""))

    answer = await asker.ask("GET", target, key="acme admin", form=routes["GET"].form)
    assert comparable(address) in texts_of(answer.json), answer
    head = await asker.ask("HEAD", target, key="acme admin", form=routes["GET"].form)
    assert head.headers["etag"] == answer.headers["etag"]
    removed = await asker.ask("DELETE", target, key="acme admin", form=routes["GET"].form)
    assert removed.status in (200, 204)
    afterwards = await asker.ask("GET", target, key="acme admin", form=routes["GET"].form)
    assert afterwards.status == 404 or comparable(address) not in texts_of(afterwards.json)
    story = await asker.ask("GET", f"/api/v1/story?address={quote(address, safe='')}", key="acme admin")
    (row,) = story.json["data"]
    assert [change["change"] for change in row["trail"]] == ["freed", "suppressed"], row


def texts_of(value: object) -> set[str]:
    """The texts of a JSON value, in comparable form."""
    if isinstance(value, str):
        return {comparable(value)}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in inner for text in texts_of(part)}


def other_spellings(path: str) -> list[str]:
    """Paths that a reader who decodes them at once, or takes dots away, would take for *path*."""
    end = len(path) - 1
    spellings = [
        f"/{path[1:].replace('/', '%2f')}",
        f"/{path[1:].replace('/', '%2F', 1)}",
        f"%2f{path[1:]}",
        path.replace("/", "\\"),
        path.replace("/", "%5c/"),
        f"/%{ord(path[1]):x}{path[2:]}",
        f"/docs/..{path}",
        f"/docs/..%2f{path[1:]}",
        f"/docs%2f..{path}",
        f"/docs/%2e%2E{path}",
        f"/.{path}",
        f"/%2e{path}",
        f"{path}%00",
        f"{path}%2f",
        f"{path}%3flimit=1",
        f"{path}%23",
        f"{path[:end]}%25{ord(path[end]):x}",
    ]
    return [spelling for spelling in spellings if spelling != path]


async def test_no_path_is_another_one_that_is_encoded_or_has_dots(asker: Asker):
    """A proxy that guards a path sees the other one (RFC 3986 section 6.2.2)."""
    for path in ("/api/v1/keys", "/api/v1/bounces", "/v3/suppression/bounces", "/v3/acme/bounces", "/bounces", "/docs"):
        for other in other_spellings(path):
            answer = await asker.ask("GET", other, key="acme admin")
            assert answer.status in (400, 404), (other, answer)


async def test_a_parameter_ends_at_no_slash_that_is_encoded(asker: Asker):
    letter, webhook = asker.ids["letter_id"], asker.ids["webhook_id"]
    for path in (f"/api/v1/letters/{letter}%2fraw", f"/api/v1/webhooks/{webhook}%2Fattempts", "/v3/acme%2fbounces"):
        answer = await asker.ask("GET", path, key="acme admin")
        assert answer.status in (404, 422), (path, answer)
    for spelling in ("acme", "%61cme", "ac%6De"):  # a value may be encoded
        assert (await asker.ask("GET", f"/api/v1/accounts/{spelling}", key="acme admin")).status == 200


@pytest.mark.parametrize("path", ["/v3/suppression/bounces/", "/v3/acme/bounces/", "/api/v1/aliases/"])
async def test_an_address_in_a_path_has_no_part_that_others_take_away(asker: Asker, path: str):
    for part in (
        "../blocks/a@example.org",
        "a/../b@example.org",
        "%2e%2e/a@example.org",
        "./a@example.org",
        "a/.%2e",
        "..",
    ):
        for method in ("GET", "DELETE"):
            assert (await asker.ask(method, path + part, key="operator admin")).status == 404, (method, part)
