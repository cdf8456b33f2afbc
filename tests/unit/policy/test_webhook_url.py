"""The URL of an endpoint: one spelling, no tricks."""

import pytest

from bouncer.policy.webhook_url import MAX_URL, parse_webhook_url

TAKEN = {
    "https://app.example": ("https://app.example/", "app.example", 443),
    "https://APP.Example:443/a?b=c&d": ("https://app.example/a?b=c&d", "app.example", 443),
    "https://app.example:8443/": ("https://app.example:8443/", "app.example", 8443),
    "https://app.example./x": ("https://app.example/x", "app.example", 443),
    "https://bücher.example/": ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
    "https://１２７.０.０.１/": ("https://127.0.0.1/", "127.0.0.1", 443),  # noqa: RUF001 -- full-width digits
    "https://192.0.2.7/": ("https://192.0.2.7/", "192.0.2.7", 443),
    "https://[2001:DB8::0:7]:444/": ("https://[2001:db8::7]:444/", "2001:db8::7", 444),
    "https://my_host.example/": ("https://my_host.example/", "my_host.example", 443),
}
REFUSED = {
    "": "https://",
    "app.example/x": "https://",
    "//app.example/": "https://",
    "http://app.example/": "https://",
    "ftp://app.example/": "https://",
    "file:///etc/passwd": "https://",
    "javascript:alert(1)": "https://",
    "gopher://app.example/": "https://",
    "https://": "a host",
    "https:///x": "a host",
    "https://app example/": "no spaces",
    "https://app.example/\r\nX-Evil: 1": "no spaces",
    "https://app.example\\@127.0.0.1/": "no spaces",
    "https://app.example/#top": "fragment",
    "https://app.example:0/": "port",
    "https://app.example:99999/": "port",
    "https://app.example:x/": "port",
    "https://2130706433/": "no host name",
    "https://0x7f000001/": "no host name",
    "https://0x7f.1/": "no host name",
    "https://127.1/": "no host name",
    "https://0177.0.0.1/": "no host name",
    "https://1.2.3.4.5/": "no host name",
    "https://[::1/": "a host",
    "https://[fe80::1%25eth0]/": "IPv6",
    "https://[app.example]/": "host|IPv6",
    "https://-x.example/": "a host",
    "https://a..b/": "a host",
    "https://<b>.example/": "a host",
    f"https://app.example/{'x' * MAX_URL}": str(MAX_URL),
    "https://a%3Ab:c@app.example/": "colon",
    "https://a:b%0D%0Ac@app.example/": "printable",
}


@pytest.mark.parametrize("text", TAKEN)
def test_a_url_has_one_spelling(text: str):
    url = parse_webhook_url(text, allows_http=False)

    assert (url.text, url.host, url.port) == TAKEN[text]
    assert parse_webhook_url(url.text, allows_http=False) == url


@pytest.mark.parametrize("text", REFUSED)
def test_a_url_that_no_endpoint_can_have_is_refused_with_a_sentence(text: str):
    with pytest.raises(ValueError, match=REFUSED[text]):
        parse_webhook_url(text, allows_http=False)


def test_http_is_for_the_operators_own_networks():
    url = parse_webhook_url("http://10.0.0.1:80/x", allows_http=True)

    assert (url.text, url.scheme, url.port) == ("http://10.0.0.1/x", "http", 80)


def test_credentials_leave_the_url_and_are_not_shown():
    url = parse_webhook_url("https://us%40er:p%3Ass@app.example/", allows_http=False)

    assert (url.text, url.credentials) == ("https://app.example/", "us@er:p:ss")
    assert "p:ss" not in repr(url)


def test_the_host_is_what_stands_behind_the_last_at_sign():
    """As the client reads it: ``https://public.example@127.0.0.1/`` leads inside."""
    assert parse_webhook_url("https://public.example:443@127.0.0.1/", allows_http=False).host == "127.0.0.1"
