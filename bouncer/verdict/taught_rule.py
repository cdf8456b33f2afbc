"""Rules of this installation: a taught form of report, and the reason that its letters give."""

from dataclasses import dataclass

from bouncer.ndr.taught_form import TaughtForm
from bouncer.verdict.verdict import Reason


@dataclass(frozen=True, slots=True)
class TaughtRule:
    """A form of report, and the reason of the failures that it reports."""

    form: TaughtForm
    reason: Reason

    @property
    def id(self) -> str:
        """The form's id: a form has one reason."""
        return self.form.id
