"""A reader that opens letters in the test's own process, for tests of what follows."""

from collections.abc import Sequence

from bouncer.mail.letter import Received
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope
from bouncer.ndr.written import summarize
from bouncer.policy.own_mail import is_of_a_bouncer, named_notices
from bouncer.policy.read_letter import ReadLetter
from bouncer.verdict.judge import judge
from bouncer.verdict.taught_rule import TaughtRule


class InlineReader:
    """Reads letters as the reading process does, without its bounds of time and memory."""

    async def read(self, letters: Sequence[Received], _rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter]:
        return [self._read_letter(letter) for letter in letters]

    def _read_letter(self, letter: Received) -> ReadLetter:
        reading = read(letter.raw, Envelope(letter.return_path.address, letter.reverse_path))
        extract = summarize(letter.raw, reading.kind)
        return ReadLetter(
            judge(reading), comparable_forms(reading), named_notices(letter.raw), is_of_a_bouncer(letter.raw), extract
        )

    async def close(self) -> None:
        """Nothing to stop."""
