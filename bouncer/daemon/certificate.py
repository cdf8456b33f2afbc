"""The TLS certificates of the servers, from the files that the settings name."""

import ssl

from bouncer.errors import ConfigError
from bouncer.files import require_regular_file
from bouncer.settings.sections import HttpSettings, SmtpSettings


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Make the TLS context for STARTTLS; None without a certificate. Raises ConfigError if the certificate cannot be used."""
    return _context("smtp", settings)


def http_tls_context(settings: HttpSettings) -> ssl.SSLContext | None:
    """Make the TLS context of the HTTP server; None without a certificate. Raises ConfigError as ``tls_context``."""
    return _context("http", settings)


def load_certificate(context: ssl.SSLContext, section: str, settings: SmtpSettings | HttpSettings) -> None:
    """Load the certificate of a *section* into *context*; later handshakes show it. Raises ConfigError if it cannot be used."""
    assert settings.tls_certificate is not None
    try:
        for file in filter(None, (settings.tls_certificate, settings.tls_key)):
            require_regular_file(file)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[{section}] tls_certificate, tls_key: {error}") from error


def _context(section: str, settings: SmtpSettings | HttpSettings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    load_certificate(context, section, settings)
    return context
