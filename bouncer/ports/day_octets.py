"""The octets of a day, as the store sums them up for the daily limits."""

from dataclasses import dataclass

from bouncer.mail.letter import ReturnPath


@dataclass(frozen=True, slots=True)
class DayOctets:
    """Sums of octets received, largest first: from each peer (to paths of one recipient, or to others), and to each path."""

    peers: tuple[tuple[str, bool, int], ...]
    paths: tuple[tuple[ReturnPath, int], ...]  # any address that is counted under this path
