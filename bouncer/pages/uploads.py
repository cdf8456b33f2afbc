"""Files that people send: they wait between preview and import, bounded in number, size and age, each for its session alone.

A file has no name: no other program finds it, and the system deletes it when it is closed, or the daemon ends or crashes.
"""

import asyncio
import contextlib
import datetime as dt
import secrets
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bouncer.compose.language import Language
from bouncer.errors import NotFound
from bouncer.manage.change_values import ChangedBy
from bouncer.ports.sign_ins import Session
from bouncer.web.problem import ProblemError

WAITS = dt.timedelta(minutes=30)
"""The time for which a file waits for its button: a person looks at the preview, and perhaps asks a colleague."""
READING = dt.timedelta(minutes=5)
"""The further time for which a file stays, for an import that has begun in the last second."""
MOST_WAITING = 8
"""Files that wait at a time, one for each session: with the largest they take 128 MB of the disk."""
MOST_RECEIVED = 4
"""Files that are received and read for a preview at a time: more would share the line, and all would be late."""
OF_AN_ACCOUNT = 2
"""Files of one account that are received, or wait: other accounts then find a place, whatever one account sends."""
ID_OCTETS = 16
"""Random octets in the id of a file that waits: nobody can guess the id, and it works in the file's own session only."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that was received, at its beginning. *name* is the sender's (None: the text was pasted into the page)."""

    file: BinaryIO
    name: str | None


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """A file that waits until its import is confirmed, with the choices for it. *until*: the end of its suppressions."""

    id: str
    received: ReceivedFile
    session: Session
    account: str
    encoding: str
    until: dt.datetime | None
    by: ChangedBy
    ends: dt.datetime


class WaitingUploads:
    """The files that wait in this process. ``working`` locks the file that is read, which takes seconds of the processor."""

    def __init__(self) -> None:
        self.working = asyncio.Lock()
        self._receiving = Counter[str | None]()
        self._waiting: dict[str, WaitingUpload] = {}
        weakref.finalize(self, _close_all, self._waiting)

    @contextlib.contextmanager
    def receiving(self, session: Session, language: Language) -> Iterator[None]:
        """Hold a place while a file is received and read. Raises ProblemError (503) where all are taken."""
        account = session.account
        if self._receiving.total() >= MOST_RECEIVED or self._receiving[account] >= OF_AN_ACCOUNT:
            raise _too_many_problem(language)
        self._receiving[account] += 1
        try:
            yield
        finally:
            self._receiving -= Counter({account: 1})  # which leaves no zeros behind

    def add(
        self,
        received: ReceivedFile,
        session: Session,
        account: str,
        encoding: str,
        until: dt.datetime | None,
        by: ChangedBy,
        *,
        now: dt.datetime,
        language: Language,
    ) -> WaitingUpload:
        """Add a file in place of the session's former one, or of the account's oldest.

        Raises ProblemError (503) where too many wait.
        """
        for upload in tuple(self._waiting.values()):
            if upload.session.id == session.id or upload.ends <= now:
                self.drop(upload.id)
        of_account = [upload.id for upload in self._waiting.values() if upload.session.account == session.account]
        if len(of_account) >= OF_AN_ACCOUNT:
            self.drop(of_account[0])
        if len(self._waiting) >= MOST_WAITING:
            raise _too_many_problem(language)
        name = secrets.token_urlsafe(ID_OCTETS)
        upload = WaitingUpload(name, received, session, account, encoding, until, by, now + WAITS)
        self._waiting[name] = upload
        asyncio.get_running_loop().call_later((WAITS + READING).total_seconds(), self.drop, name)
        return upload

    def has(self, received: ReceivedFile) -> bool:
        """Whether *received* waits here."""
        return any(upload.received is received for upload in self._waiting.values())

    def waiting_upload(self, name: str, session: Session, *, now: dt.datetime, language: Language) -> WaitingUpload:
        """Give a file that waits for this session. Raises NotFound."""
        upload = self._waiting.get(name)
        if upload is None or upload.session.id != session.id or upload.ends <= now:
            raise NotFound(language.say("This list is not here any more: choose it again."))
        return upload

    def drop(self, name: str) -> None:
        """Delete a file; nothing where it is gone."""
        if upload := self._waiting.pop(name, None):
            upload.received.file.close()


def _too_many_problem(language: Language) -> ProblemError:
    return ProblemError(503, language.say("Too many lists wait here: try again in some minutes."))


def _close_all(waiting: dict[str, WaitingUpload]) -> None:
    for upload in waiting.values():
        upload.received.file.close()
