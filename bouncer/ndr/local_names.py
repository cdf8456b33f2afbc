"""Names without a domain in a notice: the local parts of failed recipients, which other clues complete."""

import re

from bouncer.ndr import addresses
from bouncer.ndr.letter import Letter
from bouncer.ndr.notice_text import Statement

_LOCAL_NAME = re.compile(r"[ \t]++([A-Za-z0-9][\w.+-]{1,63}):?(?:[ \t]++(\([^()]{1,200}\)))?")


def find_local_names(letter: Letter) -> list[Statement]:
    """Give names without domain, listed below a sentence that mail to them failed; the reporting domain completes them."""
    sender = addresses.find_in_field(letter.headers.raw("from"))
    domain = sender[0].rpartition("@")[2].lower() if sender else ""
    lines = letter.lines
    says_failed = letter.failure_lines.says_failed
    start = next((number for number, line in enumerate(lines) if line.endswith(":") and says_failed(number)), -1)
    if start < 0 or not domain:
        return []
    statements: list[Statement] = []
    heading = ""  # in case a second list follows
    for number in range(start + 1, len(lines)):
        if name := _LOCAL_NAME.fullmatch(lines[number]):
            statements.append(Statement(_complete_name(name[1], domain, letter), number, name[2] or heading))
        elif lines[number].endswith(":") and says_failed(number):
            heading = lines[number]
        elif lines[number]:
            break
    return statements


def _complete_name(name: str, domain: str, letter: Letter) -> str:
    """Complete a name without domain: with the domain of the returned message's recipient of that name, else with *domain*."""
    local = f"{name.lower()}@"
    return next((address for address in letter.original.to if address.lower().startswith(local)), f"{name}@{domain}")
