"""Sentences of a notice that tell a forward: "jane@example.org was forwarded to j.roe@example.net"."""

import re
from collections.abc import Iterator

from bouncer.mail.address import comparable
from bouncer.ndr.addresses import ADDRESS
from bouncer.ndr.letter import Letter

_FORWARDED = re.compile(
    rf"({ADDRESS})[>\"')]{{0,2}} (?:(?:was|is|has been|gets|wurde|wird|ist|a été|est|fue|ha sido|se|foi|è stat[oa]|viene) "
    r"(?:automatically |automatisch )?(?:forwarded|redirected|resent|rewritten|expanded|resolved|transféré|redirigé|reenviad[oa]"
    r"|reenvía|reencaminhad[oa]"
    rf"|inoltrat[oa]) (?:to|à|vers|a|para)|forwards (?:to|its mail to)) [<\"'(]{{0,2}}({ADDRESS})"
    rf"|({ADDRESS})[>\"')]{{0,2}} (?:wurde|wird|ist) (?:automatisch )?an [<\"'(]{{0,2}}({ADDRESS})[>\"')]{{0,2}} (?:weiter"
    rf"|um)geleitet"
    rf"|\b(?:original|initial) (?:address|recipient): [<\"'(]{{0,2}}({ADDRESS})[>\"')]{{0,2}},? "
    rf"(?:forwarded|redirected|expanded|resolved) to:? [<\"'(]{{0,2}}({ADDRESS})",
    re.IGNORECASE,
)
_MAY_FORWARD = re.compile(
    r"forward|redirect|resent|rewritten|expanded|transféré|redirigé|reenv|reencaminhad|inoltrat|geleitet"
)
_MAX_TEXT = 2_000
"""Characters of a notice that are searched for a sentence about a forward."""


def find_forwards(letter: Letter) -> Iterator[tuple[str, str]]:
    """Give the mailbox that was written to and the target, in comparable form, for each forward that the notice tells."""
    if not _MAY_FORWARD.search(letter.flat):
        return
    for forward in _FORWARDED.finditer(" ".join(letter.evidence.split())[:_MAX_TEXT]):
        yield comparable(forward[1] or forward[3] or forward[5]), comparable(forward[2] or forward[4] or forward[6])
