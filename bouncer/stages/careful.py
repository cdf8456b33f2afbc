"""Deciding with care: a letter whose decision stumbles over a bug of ours is shunted, and a person sees it."""

import logging
from dataclasses import dataclass

from bouncer.mail.letter import PathKind, spell_id
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.notifications import outbox_entries
from bouncer.policy.records import LetterState, Record, Unread
from bouncer.policy.route import RoutedLetter as RoutedCase
from bouncer.policy.unread import shown_to

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Careful:
    """A case whose decision never fails: a bug of ours must neither lose this letter nor hold up the next."""

    case: RoutedCase
    asks: HistoryQuery

    @classmethod
    def of(cls, case: RoutedCase) -> "Careful":
        """Ask what the case asks; nothing where it stumbles: its decision will stumble, too."""
        try:
            return cls(case, case.asks)
        except Exception:  # noqa: BLE001 -- see the class
            _log.exception("the past of letter %s cannot be asked for", spell_id(case.letter_id))
            return cls(case, HistoryQuery())

    @property
    def letter_id(self) -> int:
        """Which letter."""
        return self.case.letter_id

    def decide(self, past: History) -> Record:
        """Decide, or shunt."""
        try:
            return self.case.decide(past)
        except Exception as error:  # noqa: BLE001 -- see the class
            _log.exception("letter %s is shunted", spell_id(self.letter_id))
            about, reading = self.case.circumstances, self.case.judgement.reading
            note = f"shunted after {type(error).__name__}"
            # nobody where it may be a mail of ours that came back: nothing told us whether it is
            ours = about.notices or about.of_a_bouncer or about.path.kind is PathKind.NOTICE
            shown = () if ours else shown_to(about.owners, forwards=about.forwards)
            parcels = outbox_entries(shown, about.subscribers, about.path.account)
            return Record(
                self.letter_id,
                LetterState.SHUNTED,
                reading.kind,
                about.path.account,
                reading,
                parcels=parcels,
                note=note,
                unread=None if ours else Unread.UNREADABLE,
                written=about.written,
            )
