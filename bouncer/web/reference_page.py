"""The page /docs: the list of routes for people, in one HTML document without scripts and without anything from elsewhere."""

from collections.abc import Sequence
from html import escape

from bouncer.web.route import ApiRoute

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The page's Content-Security-Policy: its own style, and nothing else."""

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>bouncer: HTTP API</title><style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere } pre { white-space: pre-wrap }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0 }
section { border-top: 1px solid #8888; margin-top: 1.5rem }
</style></head><body><h1>HTTP API</h1>
<p>Each request carries a key: <code>Authorization: Bearer bnc_...</code>. <code>bouncer key add</code> makes one.
The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
"""


def reference_page(routes: Sequence[ApiRoute]) -> str:
    """Make the page."""
    return f"{_HEAD}{''.join(map(_section, routes))}</body></html>\n"


def _section(route: ApiRoute) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(parameter.name)}</code></td><td>{escape(parameter.says)}</td>"
        f"<td><code>{escape(parameter.example)}</code></td></tr>"
        for parameter in route.parameters
    )
    table = f"<table><tr><th>parameter</th><th>meaning</th><th>example</th></tr>{rows}</table>" if rows else ""
    body = f"<p>Body:</p><pre>{escape(route.example.body)}</pre>" if route.example.body else ""
    return (
        f"<section><h2><code>{route.method} {escape(route.path)}</code></h2>"
        f"<p>{escape(route.says)}. Access: {route.access_text}.</p>{table}{body}</section>\n"
    )
