"""What a notice shows: a Notice in words, every stranger's text in it made plain and bounded.

Text and HTML are drawn from one View, so that they say the same. Recipients that share a cause stand together.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bouncer.compose import codes, headline, providers, sentences
from bouncer.compose.headline import Groups, is_proven
from bouncer.compose.inert import address, words
from bouncer.compose.language import Language, language
from bouncer.compose.notice import MAX_ATTACHED, Notice, NoticeRecipient, in_question
from bouncer.compose.plain_text import columns, line
from bouncer.compose.reasons import WORDS, ReasonText
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.mail.address import split
from bouncer.ndr.header import Headers
from bouncer.ndr.limits import Limits
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief
from bouncer.verdict.provider import provider_behind
from bouncer.verdict.verdict import Category, Reason

MAX_SUBJECT = 200
"""Characters of the original's subject. Inboxes show sixty."""
MAX_PREVIEW = 150
"""Characters of what an inbox shows beside the subject; the widest shows about as many."""
MAX_SAID = 1000
"""Characters of a server's own words. RFC 5321 section 4.5.3.1.5: 512 octets a reply line; replies have a few."""
MAX_NAME = 255
"""Characters of a host's name (RFC 1035 section 2.3.4)."""
MAX_CONTACT = 400
"""Characters of whom the owner can ask: a name, an address, a number."""
CAUSES = 10
"""Causes shown. More are no longer read; the report has them all."""
ADDRESSES = 20
"""Addresses shown for a cause; how many more there are is said."""
SAYINGS = 3
"""Different words of servers shown for a cause: most differ in the address only."""
MOST_READ = Limits().recipients
"""Recipients of one report that are read."""
LABEL_COLUMNS = 13
"""The least width of labels in the text: those of one language stand in one column in every notice."""

_LEAST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some recipients did not get the message, and what follows; plain text throughout."""

    title: str
    addresses: tuple[str, ...]
    more: int  # addresses that are not shown
    why: str
    said_by: str
    said: tuple[str, ...]
    codes: tuple[
        tuple[str, str], ...
    ]  # (code, what it adds, or empty): those that the server's words do not have, or that add something
    done: str
    advice: tuple[str, ...]
    history: str  # empty where nothing came before
    doubt: str  # empty where the report is proven


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the templates show; plain text throughout."""

    subject: str
    preview: str  # what inboxes show beside the subject; not shown in the mail
    sentence: str
    tone: str  # hard, soft, technical, block, other, delay, complaint: what colours may go by
    facts: tuple[tuple[str, str], ...]  # (label, value)
    label_columns: int
    causes: tuple[Cause, ...]
    hidden: str  # that there are recipients whose causes are not shown
    contact: str
    footer: tuple[str, ...]


def view(notice: Notice, returned: Headers) -> View:
    """Put *notice* into words; *returned* are the returned message's headers."""
    speech = language(notice.language, notice.zone)
    groups = _grouped(notice.kind, in_question(notice))
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
        hidden=_hidden(sum(map(len, groups[CAUSES:])), len(notice.recipients), speech),
        contact=line(notice.contact, MAX_CONTACT),
        footer=tuple(_footer(notice, returned, speech)),
    )


def label_columns(facts: Sequence[tuple[str, str]]) -> int:
    """Give the width of the column of labels."""
    return max([LABEL_COLUMNS, *(columns(label) + 2 for label, _ in facts)])


def _grouped(kind: Kind, recipients: Sequence[NoticeRecipient]) -> list[list[NoticeRecipient]]:
    """Put together what has one cause and one consequence; the largest group first."""
    groups: dict[object, list[NoticeRecipient]] = {}
    for one in recipients:
        fate = (one.suppressed, one.suppressed_until or _LEAST, one.effect, one.counted, one.belief, one.belief_why)
        words = sentences.words_of(kind, one).title
        told_apart = (words, one.action, one.reason, one.status, one.reply_code, _provider(kind, one), fate)
        groups.setdefault(told_apart, []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _hidden(many: int, read: int, speech: Language) -> str:
    said = []
    if many:
        more = speech.count(
            "... and {number} more recipient, for another reason. The report lists them all.",
            "... and {number} more recipients, for other reasons. The report lists them all.",
            many,
        )
        said.append(more)
    if read >= MOST_READ:
        all_read = speech.number(MOST_READ)
        said.append(
            speech.say(
                "If a report has more than {number} recipients, only the first {number} are read.", number=all_read
            )
        )
    return " ".join(said)


def _tone(kind: Kind, groups: Groups) -> str:
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return kind.value
    reason = groups[0][0].reason if groups else None
    return (reason.category if reason else Category.OTHER).value


def _facts(notice: Notice, returned: Headers, speech: Language) -> tuple[tuple[str, str], ...]:
    proven = is_proven((in_question(notice),))
    facts = (
        (speech.say("Subject"), _subject(notice, returned)),
        (speech.say("From"), words(notice.sender or returned.get("from"), MAX_NAME, proven=proven)),
        (speech.say("Sent"), _sent(returned.raw("date"), speech, proven=proven)),
        (speech.say("Campaign"), words(notice.campaign or "", MAX_NAME, proven=proven)),
        (speech.say("Reported"), _reported(notice, speech, proven=proven)),
    )
    return tuple((label, value) for label, value in facts if value)


def _subject(notice: Notice, returned: Headers) -> str:
    return words(notice.subject or returned.get("subject"), MAX_SUBJECT, proven=is_proven((in_question(notice),)))


def _reported(notice: Notice, speech: Language, *, proven: bool) -> str:
    """Say when the report came, and from which server."""
    when = speech.when(notice.arrived_at) if notice.arrived_at else ""
    host = words(notice.reporting_mta or "", MAX_NAME, proven=proven)
    return speech.say("{time}, by {host}", time=when, host=host) if when and host else when or host


def _preview(notice: Notice, returned: Headers, causes: Sequence[Cause]) -> str:
    """Give what an inbox shows beside the subject: which message it is about, or else what the server said, or why."""
    said = next((said for cause in causes for said in cause.said), "")
    return _subject(notice, returned) or line(said, MAX_PREVIEW) or next((cause.why for cause in causes), "")


def _sent(date: str, speech: Language, *, proven: bool) -> str:
    try:
        return speech.when(parsedate_to_datetime(date[:MAX_NAME]))
    except (ValueError, OverflowError):
        return words(date, MAX_NAME, proven=proven)


def _cause(kind: Kind, group: Sequence[NoticeRecipient], speech: Language) -> Cause:
    first, shown = group[0], group[:ADDRESSES]
    proven = first.belief is Belief.PROVEN  # of all of them: they share it
    phrases = sentences.words_of(kind, first)
    provider = _provider(kind, first)
    addresses = list(dict.fromkeys(recipient.recipient for recipient in group))
    targets = list(dict.fromkeys(filter(None, (sentences.passed_on(recipient, speech) for recipient in shown))))
    diagnoses = (recipient.diagnostic_code for recipient in shown)
    sayings = tuple(dict.fromkeys(words(said, MAX_SAID, proven=proven) for said in diagnoses if said))[:SAYINGS]
    servers = {recipient.remote_mta for recipient in shown}
    return Cause(
        title=sentences.capital(speech.say(phrases.title)),
        addresses=tuple(address(recipient, MAX_ADDRESS, proven=proven) for recipient in addresses[:ADDRESSES]),
        more=max(0, len(addresses) - ADDRESSES),
        why=sentences.why(phrases, providers.fact(provider, phrases, first.reason), targets[:SAYINGS], speech),
        said_by=words(servers.pop() or "", MAX_NAME, proven=proven) if len(servers) == 1 else "",
        said=sayings,
        codes=tuple(_codes(first, phrases, sayings, speech)),
        done=sentences.done(kind, first, len(addresses), speech),
        advice=sentences.advice(
            phrases,
            providers.signposts(provider, phrases, first.reason, first.diagnostic_code or ""),
            speech,
            doubted=first.belief in (Belief.UNPROVEN, Belief.CONTRADICTED),
            forwarded=bool(targets),
        ),
        history=sentences.history(first.earlier, speech) if len(addresses) == 1 else "",
        doubt=sentences.doubt(first, speech),
    )


def _provider(kind: Kind, recipient: NoticeRecipient) -> str | None:
    """The provider that answered, where it has something to say of such a failure: then it stands apart."""
    if recipient.action is not Action.FAILED:
        return None
    phrases = sentences.words_of(kind, recipient)
    found = provider_behind(split(recipient.recipient)[1], recipient.remote_mta)
    told = providers.fact(found, phrases, recipient.reason) or providers.signposts(found, phrases, recipient.reason, "")
    return found if told else None


def _codes(
    recipient: NoticeRecipient, phrases: ReasonText, sayings: Sequence[str], speech: Language
) -> Iterator[tuple[str, str]]:
    """Give the codes that the server's shown words do not have, and what a code adds to *phrases* that are the reason's."""
    code, status = str(recipient.reply_code or ""), recipient.status or ""
    said = " ".join(sayings)
    if code and not said:
        yield code, ""
    adds = codes.added(status, recipient.reason) if phrases is WORDS.get(recipient.reason or Reason.UNKNOWN) else ""
    shown = words(status, MAX_NAME, proven=recipient.belief is Belief.PROVEN)
    if adds or (shown and shown not in said and not codes.is_bare(status)):
        yield shown, speech.say(adds) if adds else ""


def _footer(notice: Notice, returned: Headers, speech: Language) -> list[str]:
    account, report = line(notice.account or "", MAX_NAME), line(notice.report, MAX_NAME)
    whose = ""
    if account and report:
        whose = speech.say("Account {account}, report {report}", account=account, report=report)
    elif account or report:
        whose = account or report
    attached = ""
    if notice.attach is Attach.FULL and notice.letter and len(notice.letter) > MAX_ATTACHED:
        attached = speech.say("The beginning of the report is attached; all of it would be too large.")
    elif notice.attach is Attach.FULL and notice.letter:
        attached = speech.say("The report is attached as it came in.")
    elif notice.attach in (Attach.HEADERS, Attach.REPORT) and returned:
        attached = speech.say("The headers of your message are attached.")
    return [one for one in (whose, attached) if one]
