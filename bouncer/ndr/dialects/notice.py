"""Notices in words: reports that name failed recipients in text for people.

One mechanism for many families, because their forms agree (``ndr.mentions`` says how): qmail and its descendants
(https://cr.yp.to/proto/qsbmf.txt), Exim, Postfix without its delivery report, Sendmail 5 to 8, OpenSMTPD, DragonFly, Courier,
James, Smail, IMail, MDaemon, MailEnable, hMailServer, Gmail, Yahoo, mail.ru, Zoho and most other providers.
"""

from collections.abc import Mapping
from dataclasses import replace

from bouncer.mail.address import comparable, is_plausible
from bouncer.mail.status import EnhancedStatus
from bouncer.ndr import (
    addresses,
    around,
    blocks,
    codes,
    headings,
    intended_recipient,
    local_names,
    notice_text,
    origin,
)
from bouncer.ndr.lateness import action_of, action_of_one
from bouncer.ndr.letter import Letter
from bouncer.ndr.lure import is_lure
from bouncer.ndr.notice_text import Statement
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_SHORT = 2
"""Words of an entry that say too little without its address: "jane@example.org: unknown here"."""
_PREDICATES = """
is was are were has had does did could can cannot can't isn't wasn't hasn't doesn't ist war hat wurde existiert est a n'a n'est
n'existe es era ha fue no è non é foi não bestaat nie jest není är er finns findes
"""
_VERBS = frozenset(_PREDICATES.split())
"""Verbs, and words before them, by which a sentence goes on whose subject is the address."""


class NoticeDialect:
    """Failed recipients named in the words of a notice."""

    name = "notice"

    def read(self, letter: Letter) -> Reading | None:
        """Read who failed; None where no mail system wrote the letter, or it names nobody."""
        if not letter.is_by_mail_system or not letter.is_about_failure:
            return None
        statements = _with_header_field(notice_text.failed_statements(letter), letter) or local_names.find_local_names(
            letter
        )
        if not statements or (not _is_declared(letter) and is_lure(letter)):
            return None
        action = action_of(letter)
        recipients = [
            _recipient(account, statements, letter, action) for account in statements[: letter.limits.recipients]
        ]
        failed = any(recipient.action is Action.FAILED for recipient in recipients)
        kind = Kind.BOUNCE if failed else Kind.DELAY
        return Reading(
            kind=kind,
            dialect=self.name,
            original=letter.original,
            addressed_to=letter.addressed_to,
            recipients=tuple(recipients),
        )


def _is_declared(letter: Letter) -> bool:
    """Whether the header says that this is a report about delivery."""
    return origin.is_declared(letter.headers, letter.content_type)


def _with_header_field(statements: list[Statement], letter: Letter) -> list[Statement]:
    """Take the failed recipients from Exim's X-Failed-Recipients, where the field does not contradict the words.

    The field has the addresses that the mail was sent to; the words may have rewritten addresses, or local parts.
    """
    listed = addresses.find_in_field(letter.headers.get("x-failed-recipients"))
    stated = {comparable(statement.address) for statement in statements} | {
        comparable(statement.alias) for statement in statements if statement.alias
    }
    missing = [address for address in listed if comparable(address) not in stated][: letter.limits.recipients]
    if not missing:
        return statements
    if len(statements) == len(listed) == 1 and not statements[0].sentence:
        return [replace(statements[0], alias=missing[0])]
    if any(comparable(address) in stated for address in listed):
        return statements
    alone: dict[str, int] = {}
    for number, text in enumerate(letter.lines):
        alone.setdefault(text.strip(" :<>"), number)
    return [_account(address, alone, letter) for address in missing]


def _account(address: str, alone: Mapping[str, int], letter: Letter) -> Statement:
    """Take the words about an address of the header field, or those below its local part where that stands alone.

    *alone* is the first line on which a text stands alone, by text.
    """
    line = min((alone[text] for text in (address, address.partition("@")[0]) if text in alone), default=-1)
    words = blocks.lines_below(line, set(), letter.lines) if line >= 0 else notice_text.words_about(address, letter)
    return Statement(address, max(line, 0), words)


def _recipient(account: Statement, statements: list[Statement], letter: Letter, action: Action) -> Recipient:
    words, context = account.words, ""
    reply_words = account.own if account.replies else ""  # the reply; sentences about it stand elsewhere
    code, status = (
        codes.reply_code(reply_words) or codes.reply_code(words),
        codes.status(reply_words) or codes.status(words),
    )
    if code is None and status is None and (not words or len(statements) == 1):
        code, status, context = _words_around(account, statements, letter)
    elif status is None and len(statements) == 1 and (quoted := codes.status(around.quotations(letter))):
        words, context = around.quotations(letter), words
        code, status = codes.reply_code(words), quoted
    alias = account.alias if account.alias and is_plausible(account.alias) else ""
    return Recipient(
        recipient=alias or _written_to(account.address, words, letter, alone=len(statements) == 1),
        action=action_of_one(account, statements, letter, action),
        original_recipient=account.alias,
        final_recipient=account.address,
        actual_recipient=intended_recipient.failed_address(account.address, words, "", letter),
        status=status,
        reply_code=code,
        diagnostic_code=_whole_entry(account, words, letter) or context or None,
        own_lines=(context,) if words and context else (),
        dialogue=letter.dialogue if len(statements) == 1 else None,
    )


def _whole_entry(account: Statement, words: str, letter: Letter) -> str:
    """Give *words* with the address that they say something of: "jane@example.org: unknown", "jane@example.org was not found"."""
    entry = letter.lines[account.line].strip() if account.line < len(letter.lines) else ""
    forms = (account.address, f"<{account.address}>")
    first_words = words.lower().split(maxsplit=_SHORT)
    is_short = len(first_words) <= _SHORT and entry.startswith(tuple(f"{form}:" for form in forms))
    is_sentence = first_words[:1] and first_words[0] in _VERBS and entry.startswith(tuple(f"{form} " for form in forms))
    return entry if words and (is_short or is_sentence) and entry.endswith(words) else words


def _written_to(address: str, words: str, letter: Letter, *, alone: bool) -> str:
    """Give the address that the returned message was written to, where a forwarding host names only its target."""
    return intended_recipient.original_address(address, address, "", words, letter, alone=alone) or address


def _words_around(
    account: Statement, statements: list[Statement], letter: Letter
) -> tuple[int | None, EnhancedStatus | None, str]:
    """Look for codes after the last address, then before the first: words there are about all recipients.

    Where each recipient stands below a heading of its own, "Mailbox full:", only that heading is about it.
    """
    entries = (statement.line for statement in statements)
    if own_heading := headings.find_own_heading(account.line, entries, letter.lines):
        return codes.reply_code(own_heading), codes.status(own_heading), own_heading
    after = around.words_after(letter, account.line if len(statements) == 1 else statements[-1].line)
    code, status = codes.reply_code(after), codes.status(after)
    if code is not None or status is not None:
        return code, status, after
    before = around.words_before(letter, statements[0].line)
    code, status = codes.reply_code(before), codes.status(before)
    if code is not None or status is not None:
        return code, status, before
    return None, None, f"{before} {after}".strip()
