"""Volume: how many octets each client has sent, and each return path got, today; who is over the bound is told to come tomorrow.

A day is one of UTC. Counted in memory, so that keeping a letter takes no longer; after a start what came before is summed up out of
the store. The bounds are on what is kept, not on what is sent: a letter that is not kept costs nobody its volume.
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

SIGNED_TIMES = 10
"""How much more a client may send to paths signed for one recipient: after a newsletter of a million one provider, or one's own
mail server, may report them all, 20 GB where each returns 20 kB; and each such path has a small bound of its own."""
MOST_COUNTED = 20_000
"""Clients, and paths, that are counted at a time; of more, those who sent least are forgotten, far below any bound."""

_log = logging.getLogger(__name__)

Subject: TypeAlias = tuple[str, ...]
"""A client or a path that is counted: of which kind, and which."""


def client_subject(peer: str, *, for_one: bool) -> Subject:
    """Name what a client sends, to paths that only one recipient has or to others."""
    return ("client, signed" if for_one else "client", client_of(peer))


def path_subject(path: ReturnPath) -> Subject:
    """Name a path; all that anybody can write to of an account is one, however it is spelt."""
    if is_for_one(path):
        return ("path", path.account or "", path.recipient or "", path.recipient_hash or "")
    return ("alias", path.account or "")


def is_for_one(path: ReturnPath) -> bool:
    """Whether the path was signed for one recipient."""
    return path.kind is PathKind.SIGNED and (path.recipient or path.recipient_hash) is not None


class Volume:
    """The volumes of today; *now* is the time in UTC."""

    def __init__(self, settings: SmtpSettings, *, now: Callable[[], dt.datetime]) -> None:
        self.renew(settings)
        self._now = now
        self._began = now()
        self._day = self._began.date()
        self._octets = Counter[Subject]()
        self._warned = set[Subject]()

    def renew(self, settings: SmtpSettings) -> None:
        """Let the bounds of *settings* hold from now on; what was counted today stays counted."""
        self._fronts = settings.fronts
        client = settings.client_daily_octets
        self._bounds = {
            "client": client,
            "client, signed": client * SIGNED_TIMES,
            "alias": settings.alias_daily_octets,
            "path": settings.path_daily_octets,
        }

    async def load(self, store: LetterStore) -> None:
        """Count what was kept today before this start, too. Raises StoreError."""
        midnight = dt.datetime.combine(self._began.date(), dt.time(), dt.UTC)
        earlier = await store.octets_between(midnight, self._began, most=MOST_COUNTED)
        if self._now().date() == self._began.date():
            for peer, for_one, octets in earlier.peers:
                self._octets[client_subject(peer, for_one=for_one)] += octets
            for path, octets in earlier.paths:
                self._octets[path_subject(path)] += octets

    def complain(self, path: ReturnPath, peer: str) -> None:
        """Raise TryLater where the path or the client at *peer* has had its octets of today."""
        self._turn_over()
        self._complain(self._subjects(path, peer))

    def _subjects(self, path: ReturnPath, peer: str) -> tuple[Subject, ...]:
        """Name whom a letter counts for; a mail server in front of us is no client: it brings the mail of all."""
        of_path = path_subject(path)
        if is_within(peer, self._fronts):
            return (of_path,)
        return client_subject(peer, for_one=is_for_one(path)), of_path

    def _complain(self, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            if self._is_over(subject):
                of_client = subject[0].startswith("client")
                raise TryLater.client_sent_too_much() if of_client else TryLater.path_got_too_much()

    def take(self, letters: Sequence[Received]) -> None:
        """Count the letters of one DATA, each in full; raises TryLater, with nothing counted, where there is no volume left."""
        self._turn_over()
        counted = [(self._subjects(letter.return_path, letter.peer), len(letter.raw)) for letter in letters]
        for subjects, _ in counted:
            self._complain(subjects)
        for subjects, octets in counted:
            for subject in subjects:
                self._octets[subject] += octets
        if len(self._octets) > 2 * MOST_COUNTED:
            self._octets = Counter(dict(self._octets.most_common(MOST_COUNTED)))

    def give_back(self, letters: Sequence[Received]) -> None:
        """Take back the letters of one DATA, which were not kept."""
        for letter in letters:
            for subject in self._subjects(letter.return_path, letter.peer):
                self._octets[subject] -= len(letter.raw)

    def _turn_over(self) -> None:
        today = self._now().date()
        if today != self._day:
            self._day = today
            self._octets.clear()
            self._warned.clear()

    def _is_over(self, subject: Subject) -> bool:
        bound = self._bounds[subject[0]]
        if not bound or self._octets[subject] < bound:
            return False
        if subject not in self._warned:
            self._warned.add(subject)
            _log.warning("put off until tomorrow, UTC: %s=%.300a octets=%d", *subject[:2], self._octets[subject])
        return True
