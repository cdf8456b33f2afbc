"""The result of reading one letter, made in the reading process without knowledge of the history."""

from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.ndr.reading import Written
from bouncer.ndr.taught_form import Outline
from bouncer.verdict.verdict import Judgement


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """A letter as its reader and the verdicts describe it."""

    judgement: Judgement
    forms: Mapping[str, str]  # each address that the letter names, with its comparable form
    notices: tuple[
        str, ...
    ] = ()  # Message-IDs of the letter or its returned messages that may be notices of ours (policy.own_mail)
    is_from_bouncer: bool = False  # the letter's own header says that a bouncer wrote it
    written: Written | None = None  # the letter as a person sees it, where a person may have to
    outline: Outline | None = None  # its lines, where somebody wants to teach its form
