"""What is made of one letter in the reading process, before anything of the past is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.ndr.reading import Written
from bouncer.verdict.verdict import Judgement


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reader makes of one letter."""

    judgement: Judgement
    forms: Mapping[str, str]  # each address that it names, with its comparable form
    notices: tuple[str, ...] = ()  # ids of mails that it is or returns, and that could be ours; see policy.loop
    of_a_bouncer: bool = False  # its own header says so
    written: Written | None = None  # how it looks to a person, where one may have to see it
