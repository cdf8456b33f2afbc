"""Ordinary mail: lists, newsletters, people's answers (RFC 2369, RFC 2919, RFC 5322). It reports no failure."""

import re

from bouncer.ndr import origin
from bouncer.ndr.header import Headers
from bouncer.ndr.letter import Letter
from bouncer.ndr.lure import is_lure
from bouncer.ndr.reading import Kind, Reading

_ABOUT_POLICY = re.compile(r"report[ _-]domain: .{0,300}submitter:|dmarc aggregate report", re.IGNORECASE)
"""Subjects of DMARC and TLS reports; RFC 7489 section 7.2.1.1 and RFC 8460 section 5.3 define them."""
_LIST_MANAGER = re.compile(r"\b(?:sympa|mailman|majordomo|listserv|ezmlm|mlmmj)\b", re.IGNORECASE)
"""A list manager's words about a post concern the writer and the list: nobody's mailbox failed."""
_OF_POST = re.compile(r"\brequest to mailing list \S{1,80} rejected\b", re.IGNORECASE)
"""Mailman's subject for a post that its moderator refused."""
_OF_LIST = re.compile(r"[\w.+]-(?:owner|request|moderators?|help)@|[<\s]owner-\w", re.IGNORECASE)
"""Mailboxes of a list's owner and program (RFC 2142 section 6, ezmlm, Majordomo): they refuse posts, and no mail to a person."""
_RECALL = re.compile(r"\bmessage recall\b|nachrichtenrückruf|\brappel (?:de|du) message\b", re.IGNORECASE)
"""Outlook's subjects for a message that its sender wanted back: it was delivered."""
_PROGRAM_OF_LIST = re.compile(r"[\w.+]-(?:bounces|admin|return|confirm)@", re.IGNORECASE)
"""Other mailboxes of list managers, which other programs have, too."""
_FIELDS_OF_LISTS = frozenset(
    {"x-mailman-version", "x-beenthere", "x-list-administrivia", "x-sympa-to", "x-mlmmj-version"}
)
_OF_REFUSED_POST = re.compile(
    (
        r"\byour (?:message|post|posting|mail|e-?mail|submission) to \S{1,80} (?:was|has been|is) (?:rejected|refused"
        r"|not approved|denied|held)\b"
    ),
    re.IGNORECASE,
)
"""A list manager's subject for a post that was not let through."""
_OF_SESSION = re.compile(r"smtp server: errors from", re.IGNORECASE)
"""Postfix tells its postmaster of an SMTP session with errors: no message was accepted, so none failed."""
_LIST = ("list-id", "list-unsubscribe", "list-post")


class Ordinary:
    """Mail that is no mail system's report about mail."""

    name = "ordinary"

    def read(self, letter: Letter) -> Reading | None:
        """Give the kind of the mail; None where it might be a report after all: a person has to look at it."""
        headers = letter.headers
        if "from" not in headers or "x-failed-recipients" in headers:
            return None
        if origin.has_form_of_report(headers, letter.content_type):
            return None
        if letter.is_by_mail_system and letter.tells_success:
            return Reading(Kind.SUCCESS, self.name, original=letter.original, why="it says that mail was delivered")
        why = _machine_sign(letter)
        if not why and _might_be_report(letter):
            return None
        return Reading(Kind.OTHER, self.name, original=letter.original, why=why or _ground(letter))


def machine_sign(letter: Letter) -> str | None:
    """Give the sign that no person wrote *letter* to its reader (a list, a program or a swindler did); None without one."""
    return _machine_sign(letter) or _list_sign(letter.headers)


def _machine_sign(letter: Letter) -> str | None:
    if why := _digest(letter.headers):
        return why
    if is_lure(letter):
        return "it says that a mailbox of its own reader has mail waiting, and wants a click"
    if letter.carries_program:
        return "a program or an archive is attached, as no mail system does"
    return None


def _list_sign(headers: Headers) -> str | None:
    field = next((field for field in _LIST if field in headers), None)
    return f"mail of a list or newsletter: it has {field}" if field else None


def _digest(headers: Headers) -> str | None:
    """Give the sign that the letter is a digest, by its subject; None where it is no digest."""
    if _ABOUT_POLICY.search(headers.get("subject")):
        return "a report about DMARC or TLS"
    return "a digest of a filter, a log or a queue" if origin.is_digest(headers) else None


def _might_be_report(letter: Letter) -> bool:
    headers = letter.headers
    return (
        origin.has_null_or_system_path(headers, letter.envelope.reverse_path)
        and origin.may_have_null_path(headers, letter.envelope.reverse_path)
        and not letter.is_by_correspondent
        and not _is_by_list(headers)
        and not _is_about_session_or_recall(headers.get("subject"))
        and not any(part.content_type == "text/calendar" for part in letter.parts)
        and not _is_persons_answer(headers)
        and letter.is_about_failure
    )


def _is_by_list(headers: Headers) -> bool:
    """Whether a list's program or owner wrote the letter: by From, by the program's fields, or by the subject of a refused post."""
    sender, subject = headers.get("from"), headers.get("subject")
    if _LIST_MANAGER.search(sender) or _OF_LIST.search(sender) or _OF_POST.search(subject):
        return True
    of_post = headers.any_of(_FIELDS_OF_LISTS) or _OF_REFUSED_POST.search(subject) is not None
    return of_post and _PROGRAM_OF_LIST.search(sender) is not None


def _is_about_session_or_recall(subject: str) -> bool:
    return _OF_SESSION.search(subject) is not None or _RECALL.search(subject) is not None


def _is_persons_answer(headers: Headers) -> bool:
    """Whether a person answers; at times, a postmaster is one."""
    return origin.is_persons_answer(headers) or ("in-reply-to" in headers and "auto-submitted" not in headers)


def _ground(letter: Letter) -> str:
    headers = letter.headers
    if why := _list_sign(headers):
        return why
    if any(part.content_type == "text/calendar" for part in letter.parts):
        return "an invitation, or an answer to one"
    if letter.content_type == "multipart/report":
        return "a report, but not about delivery"
    if "in-reply-to" in headers or "references" in headers:
        return "an answer to a mail"
    if letter.is_by_mail_system:
        return "it names nobody to whom mail failed"
    return "no mail system sent it, and it is about no mail of ours"
