"""The check of a smarthost's certificate in TLS (RFC 8446, RFC 3207)."""

import ssl


def tls_context(*, checked: bool) -> ssl.SSLContext:
    """Make a context that checks the server's certificate against the machine's authorities; not *checked*, it only encrypts.

    Loading the authorities takes twenty milliseconds: make one context for all connections.
    """
    if checked:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
