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
        """The id of the rule, which is that of its form: no two rules have one form."""
        return self.form.id
