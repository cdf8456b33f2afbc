"""Keep: commit the letters of one DATA, and only then may the SMTP server reply 250 (RFC 5321 section 6.1)."""

import logging
from collections.abc import Callable, Sequence

from bouncer.errors import StoreError, TryLater
from bouncer.mail.letter import Received
from bouncer.ports.letters import LetterStore
from bouncer.stages.volume import Volume

_log = logging.getLogger(__name__)


class Keep:
    """Commits letters to the store, and wakes the reading stage."""

    def __init__(self, store: LetterStore, *, wake: Callable[[], None], volume: Volume | None = None) -> None:
        """*volume* limits the octets that are kept in a day; None sets no limit."""
        self._store = store
        self._wake = wake
        self._volume = volume

    async def keep(self, letters: Sequence[Received]) -> Sequence[int]:
        """Commit *letters*, all or none, and give their ids. Raises TryLater, with none kept, when that fails."""
        if self._volume is None:
            return await self._commit(letters)
        self._volume.take(letters)
        try:
            return await self._commit(letters)
        except BaseException:
            self._volume.give_back(letters)
            raise

    async def _commit(self, letters: Sequence[Received]) -> Sequence[int]:
        try:
            ids = await self._store.keep(letters)
        except StoreError as error:
            _log.log(
                error.level(logging.ERROR), "a letter could not be kept, its sender was told to try later: %s", error
            )
            raise (TryLater.disk_full() if error.full else TryLater.store()) from error
        self._wake()
        return ids
