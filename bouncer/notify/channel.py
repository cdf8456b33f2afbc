"""What a channel is made of: its name, the deliveries that it opens, and which destinations can be subscribed to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bouncer.ports.delivery import Courier, Delivery, Drawer
from bouncer.ports.outbox import Lane
from bouncer.settings.sections import ForwardSettings


class MailRoute(Protocol):
    """A courier with the mails that leave by it and the settings that bound it."""

    @property
    def lane(self) -> Lane:
        """Which mails."""
        ...

    @property
    def settings(self) -> ForwardSettings:
        """How many connections and mails a minute."""
        ...

    @property
    def courier(self) -> Courier:
        """What hands them over."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """All that a channel may need in the daemon."""

    settings: ForwardSettings
    routes: Sequence[MailRoute]
    reverse_path: Callable[[str], str]  # the envelope sender of a mail to an address
    drawer: Drawer | None = None


@dataclass(frozen=True, slots=True)
class ChannelType:
    """One channel. It is on where the settings name it in ``[forward] channels``, but for mail, which always is."""

    name: str
    open: Callable[[ChannelContext, str], Sequence[Delivery]]
    """Makes its deliveries; the text is what stands behind its name in the settings. Raises ConfigError."""
    check: Callable[[str], None]
    """Looks at what stands behind its name in the settings, and opens nothing. Raises ConfigError."""
    destination: Callable[[str, str], str]
    """Of the text of the settings and a destination that the operator named: gives it as it is recorded. Raises ValueError."""
    always: bool = False
    folder: Callable[[str], Path] | None = None
    """Gives the folder that it writes to, of the text of the settings; None: it writes to none."""
