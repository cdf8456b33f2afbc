"""Links to the web pages that people get from us: in a terminal, in a mail, on a page."""

from bouncer.errors import Conflict
from bouncer.settings.addresses import ANY_HOST, host_port, socket_path
from bouncer.settings.sections import HttpSettings


def sign_in_url(base: str, secret: str) -> str:
    """Give the link that signs a person in."""
    return f"{base}/sign-in?link={secret}"


def share_url(base: str, secret: str) -> str:
    """Give the link that shows a story. The secret is in the query, which no log of ours has."""
    return f"{base}/shared?link={secret}"


def base_url(http: HttpSettings) -> str:
    """Give the URL of the pages: the setting's, or the first address that the HTTP server listens on.

    Raises Conflict where there is neither.
    """
    if http.url:
        return http.url.rstrip("/")
    for address in http.listen:
        if socket_path(address) is None:
            host, port = host_port(address)
            host = ANY_HOST.get(host, host)
            scheme = "https" if http.tls_certificate else "http"
            return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    raise Conflict("there are no web pages: set [http] listen, or [http] url where a proxy is in front of them")
