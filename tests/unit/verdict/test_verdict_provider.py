"""A provider's own words count only in answers of its servers."""

import pytest

from bouncer.verdict.provider import providers_of


@pytest.mark.parametrize(
    ("recipient", "server", "text", "expected"),
    [
        ("jane@example.org", "mx01.ionos.de", "", {"IONOS"}),
        ("jane@web.de", "mx.example.org", "", {"United Internet"}),
        ("jane@example.org", "mx.example.org", "550 user unknown by lsean.ezweb.ne.jp.", {"KDDI"}),
        ("jane@example.org", "mx.example.org", "550 user unknown [mx.au.com]", {"KDDI"}),
        ("jane@example.org", "mx.example.org", "550 user unknown [mx.bureau.com]", set()),
        ("jane@example.org", "mx.example.org", "550 user unknown [au.com.example]", set()),
        ("jane@example.org", "mx.bureau.com", "", set()),
        ("jane@example.org", None, "", set()),
    ],
)
def test_a_provider_is_known_by_domain_server_or_host(
    recipient: str, server: str | None, text: str, expected: set[str]
) -> None:
    assert providers_of(recipient, server, text) == expected
