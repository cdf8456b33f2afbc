"""The envelope sender of our own notices: null, or a return path of ours whose bounces are never forwarded."""

from collections.abc import Callable

from bouncer.clock import today
from bouncer.errors import ConfigError
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Key, sign
from bouncer.settings.sections import Settings


def notice_path(
    settings: Settings, keys: Callable[[], tuple[Key, ...]], days: Callable[[], int]
) -> Callable[[str], str]:
    """Give a function from an owner's address to a notice's envelope sender; it calls *keys* and *days* for each notice.

    Raises ConfigError where the sender is to be signed and there is no key.
    """
    if settings.forward.reverse_path == "null":
        return lambda _owner: ""
    if not keys():
        raise ConfigError("[forward] reverse_path: signed needs [tokens] keys")
    domain = settings.smtp.domains[0]
    return lambda owner: sign(NOTICE_ACCOUNT, owner, domain=domain, key=keys()[0], today=today(), days=days())
