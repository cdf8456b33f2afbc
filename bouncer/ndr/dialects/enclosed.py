"""Reports inside another mail of a mail system: quoted line by line, or returned by a relay that names no recipient itself.

A report that a person forwards is the person's letter: it proves nothing, and anybody may be the one who failed.
"""

import re
from dataclasses import replace

from bouncer.ndr import origin
from bouncer.ndr.dialects.notice import NoticeDialect
from bouncer.ndr.dialects.rfc3464 import Rfc3464
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Reading

_QUOTED = re.compile(r"^> ?", re.MULTILINE)


class Enclosed:
    """The report inside another mail."""

    name = "enclosed"
    inside = (Rfc3464(), NoticeDialect())

    def read(self, letter: Letter) -> Reading | None:
        """Read the enclosed report; None where there is none, or where a person forwards it or writes about it."""
        if not letter.is_by_mail_system:
            return None
        for text in _enclosures(letter):
            enclosed = Letter(text.encode("utf-8", "replace"), letter.limits)
            if not origin.may_be_from_mail_system(enclosed.headers):
                continue
            for dialect in self.inside:
                if reading := dialect.read(enclosed):
                    return replace(reading, dialect=self.name)
        return None


def _enclosures(letter: Letter) -> list[str]:
    """Give texts that may be a report: an enclosed message, the text after the notice's own words, a quotation."""
    enclosed = [part.body for part in letter.parts if part.is_returned_message][:1]
    returned_text = letter.rest.lstrip("\n")
    quoted_text = "\n".join(line for line in letter.text.split("\n") if line.startswith(">"))
    enclosed += [_QUOTED.sub("", quoted_text)] if quoted_text else []
    enclosed += ["\n".join(line.rstrip() for line in returned_text.split("\n"))] if returned_text else []
    return [text[: letter.limits.text] for text in enclosed]
