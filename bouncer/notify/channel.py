"""The interface of a channel: its name, the deliveries that it opens, and the destinations that can be subscribed to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bouncer.ports.delivery import Courier, Delivery, TemplateRenderer
from bouncer.ports.outbox import Lane
from bouncer.ports.webhooks import Webhooks
from bouncer.settings.sections import ForwardSettings


class MailRoute(Protocol):
    """A courier, the mails that leave by it, and the settings with its limits."""

    @property
    def lane(self) -> Lane:
        """The part of the outbox whose mails leave by the courier."""
        ...

    @property
    def settings(self) -> ForwardSettings:
        """The settings: the limits of connections and of mails a minute (rate limit)."""
        ...

    @property
    def courier(self) -> Courier:
        """The courier, which hands the mails over."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """The parts of the daemon that a channel may need."""

    settings: ForwardSettings
    routes: Sequence[MailRoute]
    reverse_path: Callable[[str], str]  # the envelope sender of a mail to an address
    renderer: TemplateRenderer | None = None
    webhooks: Webhooks | None = None
    link_url: Callable[[str], str | None] = lambda _event: None
    """The sign-in link in the mail with this id; None where there is none."""


@dataclass(frozen=True, slots=True)
class ChannelType:
    """A channel. It is on where ``[forward] channels`` names it; mail is always on."""

    name: str
    open: Callable[[ChannelContext, str], Sequence[Delivery]]
    """Makes the deliveries of the channel; in the setting the text follows the channel's name. Raises ConfigError."""
    check: Callable[[str], None]
    """Checks the text after the channel's name in the setting, and opens nothing. Raises ConfigError."""
    destination: Callable[[str, str], str]
    """Takes the setting's text and an operator's destination; gives the destination's recorded form. Raises ValueError."""
    is_always_on: bool = False
    folder: Callable[[str], Path] | None = None
    """Gives the folder that the channel writes to, by the text after its name in the setting; None: it writes to no folder."""
