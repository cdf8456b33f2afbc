"""The content of a notice's templates: a Notice in words, every stranger's text in it made plain and bounded.

Text and HTML are rendered from one View, so that they say the same. Recipients with one cause are grouped.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bouncer.compose import codes, headline, providers, sentences
from bouncer.compose.advising import advice_about, advised_provider
from bouncer.compose.headline import Groups, is_proven
from bouncer.compose.inert import address, words
from bouncer.compose.language import Language, language
from bouncer.compose.notice import MAX_ATTACHED, Notice, NoticeRecipient, affected_recipients
from bouncer.compose.plain_text import columns, line
from bouncer.compose.reasons import WORDS, ReasonText
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.ndr.header import Headers
from bouncer.ndr.limits import Limits
from bouncer.ndr.reading import Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Category, Reason

MAX_SUBJECT = 200
"""Characters of the original's subject. Inboxes show sixty."""
MAX_PREVIEW = 150
"""Characters of the text that an inbox shows beside the subject; the widest inbox shows about as many."""
MAX_REPLY = 1000
"""Characters of a server's own words. RFC 5321 section 4.5.3.1.5: 512 octets a reply line; replies have a few."""
MAX_NAME = 255
"""Characters of a host's name (RFC 1035 section 2.3.4)."""
MAX_CONTACT = 400
"""Characters of the owner's contact: a name, an address, a number."""
CAUSES = 10
"""Causes that are shown. Nobody reads more; the report has them all."""
ADDRESSES = 20
"""Addresses that are shown for a cause; the notice gives the number of the others."""
MOST_REPLIES = 3
"""Different server replies shown for a cause: most differ only in the address."""
MOST_READ = Limits().recipients
"""Recipients of one report that are read."""
LABEL_COLUMNS = 13
"""The least width of labels in the text, so that the labels of one language have the same width in every notice."""

_LEAST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some recipients did not get the message, and the consequences; plain text throughout."""

    title: str
    addresses: tuple[str, ...]
    omitted: int  # addresses that are not shown
    why: str
    server: str
    replies: tuple[str, ...]
    codes: tuple[
        tuple[str, str], ...
    ]  # (code, explanation or empty): codes that the server's words do not contain, or that have an explanation
    done: str
    advice: tuple[str, ...]
    history: str  # empty where there are no earlier reports
    doubt: str  # empty where the report is proven


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the templates show; plain text throughout."""

    subject: str
    preview: str  # the text that inboxes show beside the subject; not visible in the mail
    sentence: str
    tone: str  # hard, soft, technical, block, other, delay, complaint: chooses the colours
    facts: tuple[tuple[str, str], ...]  # (label, value)
    label_columns: int
    causes: tuple[Cause, ...]
    hidden: str  # the number of recipients whose causes are not shown
    contact: str
    footer: tuple[str, ...]


def view(notice: Notice, returned: Headers) -> View:
    """Put *notice* into words; *returned* are the returned message's headers."""
    speech = language(notice.language, notice.zone)
    groups = _group_recipients(notice.kind, affected_recipients(notice))
    facts = _facts(notice, returned, speech)
    causes = tuple(_cause(notice.kind, group, speech) for group in groups[:CAUSES])
    return View(
        subject=headline.subject(notice.kind, groups, speech),
        preview=_preview(notice, returned, causes),
        sentence=headline.sentence(notice.kind, groups, speech),
        tone=_tone(notice.kind, groups),
        facts=facts,
        label_columns=label_columns(facts),
        causes=causes,
        hidden=_count_hidden(sum(map(len, groups[CAUSES:])), len(notice.recipients), speech),
        contact=line(notice.contact, MAX_CONTACT),
        footer=tuple(_footer(notice, returned, speech)),
    )


def label_columns(facts: Sequence[tuple[str, str]]) -> int:
    """Give the width of the column of labels."""
    return max([LABEL_COLUMNS, *(columns(label) + 2 for label, _ in facts)])


def _group_recipients(kind: Kind, recipients: Sequence[NoticeRecipient]) -> list[list[NoticeRecipient]]:
    """Group recipients with one cause and one consequence; the largest group first."""
    groups: dict[object, list[NoticeRecipient]] = {}
    for row in recipients:
        fate = (row.suppressed, row.suppressed_until or _LEAST, row.effect, row.counted, row.belief, row.belief_why)
        words = sentences.words_of(kind, row).title
        key = (words, row.action, row.reason, row.status, row.reply_code, advised_provider(kind, row), fate)
        groups.setdefault(key, []).append(row)
    return sorted(groups.values(), key=len, reverse=True)


def _count_hidden(many: int, read: int, speech: Language) -> str:
    hints = []
    if many:
        hint = speech.count(
            "... and {number} more recipient, for another reason. The report lists them all.",
            "... and {number} more recipients, for other reasons. The report lists them all.",
            many,
        )
        hints.append(hint)
    if read >= MOST_READ:
        all_read = speech.number(MOST_READ)
        hints.append(
            speech.say(
                "If a report has more than {number} recipients, only the first {number} are read.", number=all_read
            )
        )
    return " ".join(hints)


def _tone(kind: Kind, groups: Groups) -> str:
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return kind.value
    reason = groups[0][0].reason if groups else None
    return (reason.category if reason else Category.OTHER).value


def _facts(notice: Notice, returned: Headers, speech: Language) -> tuple[tuple[str, str], ...]:
    proven = is_proven((affected_recipients(notice),))
    facts = (
        (speech.say("Subject"), _subject(notice, returned)),
        (speech.say("From"), words(notice.sender or returned.get("from"), MAX_NAME, proven=proven)),
        (speech.say("Sent"), _tell_sending(returned.raw("date"), speech, proven=proven)),
        (speech.say("Campaign"), words(notice.campaign or "", MAX_NAME, proven=proven)),
        (speech.say("Reported"), _tell_arrival(notice, speech, proven=proven)),
    )
    return tuple((label, value) for label, value in facts if value)


def _subject(notice: Notice, returned: Headers) -> str:
    return words(
        notice.subject or returned.get("subject"), MAX_SUBJECT, proven=is_proven((affected_recipients(notice),))
    )


def _tell_arrival(notice: Notice, speech: Language, *, proven: bool) -> str:
    """Tell when the report came, and from which server."""
    when = speech.when(notice.arrived_at) if notice.arrived_at else ""
    host = words(notice.reporting_mta or "", MAX_NAME, proven=proven)
    return speech.say("{time}, by {host}", time=when, host=host) if when and host else when or host


def _preview(notice: Notice, returned: Headers, causes: Sequence[Cause]) -> str:
    """Give the text for inboxes to show beside the subject: the message's subject, else the server's reply, else the cause."""
    answer = next((text for cause in causes for text in cause.replies), "")
    return _subject(notice, returned) or line(answer, MAX_PREVIEW) or next((cause.why for cause in causes), "")


def _tell_sending(date: str, speech: Language, *, proven: bool) -> str:
    try:
        return speech.when(parsedate_to_datetime(date[:MAX_NAME]))
    except (ValueError, OverflowError):
        return words(date, MAX_NAME, proven=proven)


def _cause(kind: Kind, group: Sequence[NoticeRecipient], speech: Language) -> Cause:
    first, members = group[0], group[:ADDRESSES]
    proven = first.belief is Belief.PROVEN  # the recipients of a group share it
    phrases = sentences.words_of(kind, first)
    provider = advised_provider(kind, first)
    addresses = list(dict.fromkeys(recipient.recipient for recipient in group))
    targets = list(dict.fromkeys(filter(None, (sentences.forwarding(recipient, speech) for recipient in members))))
    diagnoses = (recipient.diagnostic_code for recipient in members)
    replies = tuple(dict.fromkeys(words(text, MAX_REPLY, proven=proven) for text in diagnoses if text))[:MOST_REPLIES]
    servers = {recipient.remote_mta for recipient in members}
    return Cause(
        title=sentences.capitalize(speech.say(phrases.title)),
        addresses=tuple(address(recipient, MAX_ADDRESS, proven=proven) for recipient in addresses[:ADDRESSES]),
        omitted=max(0, len(addresses) - ADDRESSES),
        why=sentences.cause_sentences(
            phrases, providers.provider_fact(provider, phrases, first.reason), targets[:MOST_REPLIES], speech
        ),
        server=words(servers.pop() or "", MAX_NAME, proven=proven) if len(servers) == 1 else "",
        replies=replies,
        codes=tuple(_codes(first, phrases, replies, speech)),
        done=sentences.consequence(kind, first, len(addresses), speech),
        advice=advice_about(kind, first, speech, is_forwarded=bool(targets)),
        history=sentences.history(first.earlier, speech) if len(addresses) == 1 else "",
        doubt=sentences.doubt(first, speech),
    )


def _codes(
    recipient: NoticeRecipient, phrases: ReasonText, replies: Sequence[str], speech: Language
) -> Iterator[tuple[str, str]]:
    """Give the codes that the server's shown words do not contain, and the facts that a code adds to *phrases*."""
    code, status = str(recipient.reply_code or ""), recipient.status or ""
    answer = " ".join(replies)
    if code and not answer:
        yield code, ""
    adds = (
        codes.explanation(status, recipient.reason) if phrases is WORDS.get(recipient.reason or Reason.UNKNOWN) else ""
    )
    status_text = words(status, MAX_NAME, proven=recipient.belief is Belief.PROVEN)
    if adds or (status_text and status_text not in answer and not codes.is_bare(status)):
        yield status_text, speech.say(adds) if adds else ""


def _footer(notice: Notice, returned: Headers, speech: Language) -> list[str]:
    account, report = line(notice.account or "", MAX_NAME), line(notice.report, MAX_NAME)
    origin = ""
    if account and report:
        origin = speech.say("Account {account}, report {report}", account=account, report=report)
    elif account or report:
        origin = account or report
    attached = ""
    if notice.attach is Attach.FULL and notice.letter and len(notice.letter) > MAX_ATTACHED:
        attached = speech.say("The beginning of the report is attached; all of it would be too large.")
    elif notice.attach is Attach.FULL and notice.letter:
        attached = speech.say("The report is attached as it came in.")
    elif notice.attach in (Attach.HEADERS, Attach.REPORT) and returned:
        attached = speech.say("The headers of your message are attached.")
    return [text for text in (origin, attached) if text]
