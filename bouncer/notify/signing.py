"""Whether notices are signed: by a key of ours, where the settings name one; else it is left to the smarthost."""

from typing import Protocol

from bouncer.settings.sections import ForwardSettings


class Signs(Protocol):
    """Signs whole mails."""

    def sign(self, octets: bytes) -> bytes:
        """Give the mail with its signature in front."""
        ...


def signing(settings: ForwardSettings) -> Signs | None:
    """Give who signs; None where no key is named. Raises ConfigError where the key cannot be used."""
    if settings.dkim_key is None:
        return None
    from bouncer.notify.dkim import read_signer  # noqa: PLC0415 -- OpenSSL and dkimpy take ten megabytes

    return read_signer(settings)
