"""The TLS certificate of the SMTP server, from the files that the settings name."""

import ssl

from bouncer.errors import ConfigError
from bouncer.files import require_regular_file
from bouncer.settings.sections import SmtpSettings


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Make the TLS context for STARTTLS; None without a certificate. Raises ConfigError if the certificate cannot be used."""
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        for file in filter(None, (settings.tls_certificate, settings.tls_key)):
            require_regular_file(file)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[smtp] tls_certificate, tls_key: {error}") from error
    return context
