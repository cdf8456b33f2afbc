"""Deciding with care: where a bug of ours raises an exception in a letter's decision, the letter is shunted for a person to see."""

import logging
from dataclasses import dataclass

from bouncer.mail.letter import PathKind, spell_id
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.notifications import outbox_entries
from bouncer.policy.records import LetterState, Record, Unread
from bouncer.policy.route import RoutedLetter as RoutedCase
from bouncer.policy.unread import mails_about

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Careful:
    """A case whose decision never raises: a bug of ours must neither lose this letter nor delay the others of its batch."""

    case: RoutedCase
    query: HistoryQuery

    @classmethod
    def of(cls, case: RoutedCase) -> "Careful":
        """Wrap *case* with its history query; with an empty one where making it raises, since the decision will then raise, too."""
        try:
            return cls(case, case.query)
        except Exception:  # noqa: BLE001 -- see the class
            _log.exception("the past of letter %s cannot be asked for", spell_id(case.letter_id))
            return cls(case, HistoryQuery())

    @property
    def letter_id(self) -> int:
        """The id of the letter in the store."""
        return self.case.letter_id

    def decide(self, history: History) -> Record:
        """Give the decision; where it raises, a record that shunts the letter."""
        try:
            return self.case.decide(history)
        except Exception as error:  # noqa: BLE001 -- see the class
            _log.exception("letter %s is shunted", spell_id(self.letter_id))
            circumstances, reading = self.case.circumstances, self.case.judgement.reading
            note = f"shunted after {type(error).__name__}"
            # without its history, the letter may be a notice of ours that came back: no notice is sent then, so that no mail loops
            may_be_ours = (
                circumstances.notices or circumstances.is_from_bouncer or circumstances.path.kind is PathKind.NOTICE
            )
            addressees = () if may_be_ours else mails_about(circumstances.owners, forwards=circumstances.forwards)
            entries = outbox_entries(addressees, circumstances.subscribers, circumstances.path.account)
            return Record(
                self.letter_id,
                LetterState.SHUNTED,
                reading.kind,
                circumstances.path.account,
                reading,
                entries=entries,
                note=note,
                unread=None if may_be_ours else Unread.UNREADABLE,
                written=circumstances.extract,
            )
