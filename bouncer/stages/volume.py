"""Volume: the daily limits on the octets that each client may send, and each return path may get; over a limit, TryLater.

Days are UTC days. The counts are kept in memory, so that they slow nothing down; at a start they are summed up out of the store.
Only letters that are kept count.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from bouncer.errors import TryLater
from bouncer.mail.host import client_of
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.policy.networks import is_within
from bouncer.ports.letters import LetterStore
from bouncer.settings.sections import SmtpSettings

SIGNED_FACTOR = 10
"""The factor by which a client may send more octets to paths signed for one recipient: after a newsletter of a million, one
provider, or the account's own mail server, may report all, 20 GB at 20 kB a report. Each such path has a small limit of its own."""
MAX_SUBJECTS = 20_000
"""Clients and paths that are counted at a time; beyond it those with the fewest octets, far below any limit, are forgotten."""

_log = logging.getLogger(__name__)

Subject: TypeAlias = tuple[str, ...]
"""A client or a path that is counted: its kind, and its name."""


def client_subject(peer: str, *, for_one: bool) -> Subject:
    """Give the subject of a client's octets to paths signed for one recipient (*for_one*), or to other paths."""
    return ("client, signed" if for_one else "client", client_of(peer))


def path_subject(path: ReturnPath) -> Subject:
    """Give the subject of a path; all paths of an account that are not signed for one recipient share a subject."""
    if is_signed_for_one_recipient(path):
        return ("path", path.account or "", path.recipient or "", path.recipient_hash or "")
    return ("alias", path.account or "")


def is_signed_for_one_recipient(path: ReturnPath) -> bool:
    """Whether the path was signed for one recipient."""
    return path.kind is PathKind.SIGNED and (path.recipient or path.recipient_hash) is not None


class Volume:
    """The octets of today; ``now()`` gives the time in UTC."""

    def __init__(self, settings: SmtpSettings, *, now: Callable[[], dt.datetime]) -> None:
        self.renew(settings)
        self._now = now
        self._start = now()
        self._day = self._start.date()
        self._octets = Counter[Subject]()
        self._warned_subjects = set[Subject]()

    def renew(self, settings: SmtpSettings) -> None:
        """Use the limits of *settings* from now on; today's counts stay."""
        self._fronts = settings.fronts
        client = settings.client_daily_octets
        self._bounds = {
            "client": client,
            "client, signed": client * SIGNED_FACTOR,
            "alias": settings.alias_daily_octets,
            "path": settings.path_daily_octets,
        }

    async def load(self, store: LetterStore) -> None:
        """Add the letters that were kept today before this start. Raises StoreError."""
        midnight = dt.datetime.combine(self._start.date(), dt.time(), dt.UTC)
        earlier = await store.octets_between(midnight, self._start, limit=MAX_SUBJECTS)
        if self._now().date() == self._start.date():
            for peer, for_one, octets in earlier.peers:
                self._octets[client_subject(peer, for_one=for_one)] += octets
            for path, octets in earlier.paths:
                self._octets[path_subject(path)] += octets

    def require_room(self, path: ReturnPath, peer: str) -> None:
        """Raise TryLater where the path, or the client at *peer*, has reached its limit of today."""
        self._turn_over()
        self._require_room(self._subjects(path, peer))

    def _subjects(self, path: ReturnPath, peer: str) -> tuple[Subject, ...]:
        """Give the subjects that a letter counts for; a mail server in front of us is no client, it brings everybody's mail."""
        of_path = path_subject(path)
        if is_within(peer, self._fronts):
            return (of_path,)
        return client_subject(peer, for_one=is_signed_for_one_recipient(path)), of_path

    def _require_room(self, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            if self._is_over(subject):
                of_client = subject[0].startswith("client")
                raise TryLater.client_sent_too_much() if of_client else TryLater.path_got_too_much()

    def take(self, letters: Sequence[Received]) -> None:
        """Count the letters of one DATA, each in full. Raises TryLater, with nothing counted, where a limit is reached."""
        self._turn_over()
        counted = [(self._subjects(letter.return_path, letter.peer), len(letter.raw)) for letter in letters]
        for subjects, _ in counted:
            self._require_room(subjects)
        for subjects, octets in counted:
            for subject in subjects:
                self._octets[subject] += octets
        if len(self._octets) > 2 * MAX_SUBJECTS:
            self._octets = Counter(dict(self._octets.most_common(MAX_SUBJECTS)))

    def give_back(self, letters: Sequence[Received]) -> None:
        """Undo ``take`` for the letters of one DATA that were not kept."""
        for letter in letters:
            for subject in self._subjects(letter.return_path, letter.peer):
                self._octets[subject] -= len(letter.raw)

    def _turn_over(self) -> None:
        today = self._now().date()
        if today != self._day:
            self._day = today
            self._octets.clear()
            self._warned_subjects.clear()

    def _is_over(self, subject: Subject) -> bool:
        limit = self._bounds[subject[0]]
        if not limit or self._octets[subject] < limit:
            return False
        if subject not in self._warned_subjects:
            self._warned_subjects.add(subject)
            _log.warning("put off until tomorrow, UTC: %s=%.300a octets=%d", *subject[:2], self._octets[subject])
        return True
