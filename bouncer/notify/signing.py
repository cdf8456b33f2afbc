"""The choice whether notices are signed: with a key of ours, where the settings name one; else the smarthost may sign."""

from typing import Protocol

from bouncer.settings.sections import ForwardSettings


class MailSigner(Protocol):
    """Signs whole mails."""

    def sign(self, octets: bytes) -> bytes:
        """Give the mail with its signature in front."""
        ...


def make_signer(settings: ForwardSettings) -> MailSigner | None:
    """Give the signer; None where the settings name no key. Raises ConfigError where the key cannot be used."""
    if settings.dkim_key is None:
        return None
    from bouncer.notify.dkim import read_signer  # noqa: PLC0415 -- OpenSSL and dkimpy take ten megabytes

    return read_signer(settings)
