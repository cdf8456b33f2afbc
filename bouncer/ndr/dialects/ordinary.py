"""Ordinary mail: lists, newsletters, people's answers (RFC 2369, RFC 2919, RFC 5322). It reports nothing."""

from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Kind, Reading

_LIST = ("list-id", "list-unsubscribe", "list-post")


class Ordinary:
    """Mail that no mail system wrote about mail."""

    name = "ordinary"

    def read(self, letter: Letter) -> Reading | None:
        """Say what kind of mail this is; None where it might be a report after all, which a person has to look at."""
        if "from" not in letter.headers or letter.by_mail_system:
            return None
        return Reading(Kind.OTHER, self.name, original=letter.original, why=_why(letter))


def _why(letter: Letter) -> str:
    headers = letter.headers
    if field := next((field for field in _LIST if field in headers), None):
        return f"mail of a list or newsletter: it has {field}"
    if any(part.content_type == "text/calendar" for part in letter.parts):
        return "an invitation, or an answer to one"
    if "in-reply-to" in headers or "references" in headers:
        return "an answer to a mail"
    return "nothing says that a mail system wrote it"
