"""What a notice shows: a Notice in words, every stranger's text in it made plain and bounded.

Text and HTML are drawn from one View, so that they say the same. Recipients that share a cause stand together.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from bouncer.mail.address import split
from bouncer.ndr.header import Headers
from bouncer.ndr.limits import Limits
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import providers, sentences
from bouncer.policy.compose.codes import enhanced_status, reply_code
from bouncer.policy.compose.inert import address, words
from bouncer.policy.compose.language import Language, language
from bouncer.policy.compose.notice import MAX_ATTACHED, Attach, Notice, NoticeRecipient
from bouncer.policy.compose.plain import columns, line
from bouncer.policy.compose.sentences import MAX_ADDRESS, Groups
from bouncer.policy.record import Belief
from bouncer.verdict.provider import provider_behind
from bouncer.verdict.verdict import Category

MAX_SUBJECT = 200
"""Characters of the original's subject. Inboxes show sixty."""
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
    codes: tuple[tuple[str, str], ...]  # (code, its meaning)
    done: str
    advice: tuple[str, ...]
    history: str  # empty where nothing came before
    doubt: str  # empty where the report is proven


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the templates show; plain text throughout."""

    subject: str
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
    speech = language(notice.language)
    groups = _grouped(in_question(notice))
    facts = _facts(notice, returned, speech)
    return View(
        subject=sentences.subject(notice.kind, groups, speech),
        sentence=sentences.sentence(notice.kind, groups, speech),
        tone=_tone(notice.kind, groups),
        facts=facts,
        label_columns=label_columns(facts),
        causes=tuple(_cause(notice.kind, group, speech) for group in groups[:CAUSES]),
        hidden=_hidden(sum(map(len, groups[CAUSES:])), len(notice.recipients), speech),
        contact=line(notice.contact, MAX_CONTACT),
        footer=tuple(_footer(notice, returned, speech)),
    )


def label_columns(facts: Sequence[tuple[str, str]]) -> int:
    """Give the width of the column of labels."""
    return max([LABEL_COLUMNS, *(columns(label) + 2 for label, _ in facts)])


def in_question(notice: Notice) -> Sequence[NoticeRecipient]:
    """The recipients that the notice is about, those that failed first; others of the report only where there are none."""
    wanted = {Kind.BOUNCE: Action.FAILED, Kind.DELAY: Action.DELAYED}.get(notice.kind)
    about = [one for one in notice.recipients if one.action is wanted]
    return about or notice.recipients


def _grouped(recipients: Sequence[NoticeRecipient]) -> list[list[NoticeRecipient]]:
    """Put together what has one cause and one consequence; the largest group first."""
    groups: dict[object, list[NoticeRecipient]] = {}
    for one in recipients:
        fate = (one.suppressed, one.suppressed_until or _LEAST, one.effect, one.counted, one.belief, one.belief_why)
        told_apart = (one.action, one.reason, one.status, one.reply_code, _provider(one), fate)
        groups.setdefault(told_apart, []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _hidden(many: int, read: int, speech: Language) -> str:
    said = []
    if many:
        more = speech.count(
            "... and {number} more recipient, for another reason. The report has them all.",
            "... and {number} more recipients, for other reasons. The report has them all.",
            many,
        )
        said.append(more)
    if read >= MOST_READ:
        all_read = speech.number(MOST_READ)
        said.append(
            speech.say("Of a report with more than {number} recipients, the first {number} are read.", number=all_read)
        )
    return " ".join(said)


def _tone(kind: Kind, groups: Groups) -> str:
    if kind in (Kind.DELAY, Kind.COMPLAINT):
        return kind.value
    reason = groups[0][0].reason if groups else None
    return (reason.category if reason else Category.OTHER).value


def _facts(notice: Notice, returned: Headers, speech: Language) -> tuple[tuple[str, str], ...]:
    proven = _is_proven(notice)
    facts = (
        (speech.say("Subject"), words(notice.subject or returned.get("subject"), MAX_SUBJECT, proven=proven)),
        (speech.say("Sent"), _sent(returned.raw("date"), speech, proven=proven)),
        (speech.say("Campaign"), words(notice.campaign or "", MAX_NAME, proven=proven)),
        (speech.say("Reported"), speech.when(notice.arrived_at) if notice.arrived_at else ""),
        (speech.say("Reported by"), words(notice.reporting_mta or "", MAX_NAME, proven=proven)),
    )
    return tuple((label, value) for label, value in facts if value)


def _is_proven(notice: Notice) -> bool:
    """Whether all that the notice is about is proven; where it is about nobody, nothing is."""
    about = in_question(notice)
    return bool(about) and all(one.belief is Belief.PROVEN for one in about)


def _sent(date: str, speech: Language, *, proven: bool) -> str:
    try:
        return speech.when(parsedate_to_datetime(date[:MAX_NAME]))
    except (ValueError, OverflowError):
        return words(date, MAX_NAME, proven=proven)


def _cause(kind: Kind, group: Sequence[NoticeRecipient], speech: Language) -> Cause:
    first = group[0]
    proven = first.belief is Belief.PROVEN  # of all of them: they share it
    phrases = sentences.words(kind, first.action, first.reason)
    provider = _provider(first)
    title = speech.say(phrases.title)
    addresses = list(dict.fromkeys(recipient.recipient for recipient in group))
    passed_on = (sentences.passed_on(recipient, speech) for recipient in group[:ADDRESSES])
    targets = list(dict.fromkeys(filter(None, passed_on)))
    why = sentences.why(phrases, providers.fact(provider, first.reason), speech)
    shown = group[:ADDRESSES]
    sayings = dict.fromkeys(words(one.diagnostic_code, MAX_SAID, proven=proven) for one in shown if one.diagnostic_code)
    servers = {one.remote_mta for one in shown}
    return Cause(
        title=sentences.capital(title),
        addresses=tuple(address(one, MAX_ADDRESS, proven=proven) for one in addresses[:ADDRESSES]),
        more=max(0, len(addresses) - ADDRESSES),
        why=sentences.joined((why, *targets[:SAYINGS]), speech),
        said_by=words(servers.pop() or "", MAX_NAME, proven=proven) if len(servers) == 1 else "",
        said=tuple(sayings)[:SAYINGS],
        codes=tuple(_codes(first, speech)),
        done=sentences.done(kind, first, len(addresses), speech),
        advice=sentences.advice(
            phrases,
            providers.signposts(provider, first.reason, first.diagnostic_code or ""),
            speech,
            doubted=first.belief in (Belief.UNPROVEN, Belief.CONTRADICTED),
        ),
        history=sentences.history(first.earlier, speech) if len(addresses) == 1 else "",
        doubt=sentences.doubt(first, speech),
    )


def _provider(one: NoticeRecipient) -> str | None:
    """The provider that answered, where it has something to say of such a failure: then it stands apart."""
    if one.action is not Action.FAILED:
        return None
    found = provider_behind(split(one.recipient)[1], one.remote_mta)
    return found if providers.fact(found, one.reason) or providers.signposts(found, one.reason, "") else None


def _codes(one: NoticeRecipient, speech: Language) -> list[tuple[str, str]]:
    codes = [(str(one.reply_code), speech.say(reply_code(one.reply_code)))] if one.reply_code else []
    status = enhanced_status(one.status) if one.status else None
    if status is None:
        return codes
    meaning = speech.say("{klass}: {detail}", klass=speech.say(status[0]), detail=speech.say(status[1]))
    return [*codes, (words(one.status or "", MAX_NAME, proven=one.belief is Belief.PROVEN), meaning)]


def _footer(notice: Notice, returned: Headers, speech: Language) -> list[str]:
    account, report = line(notice.account or "", MAX_NAME), line(notice.report, MAX_NAME)
    whose = ""
    if account and report:
        whose = speech.say("Account {account}, report {report}", account=account, report=report)
    elif account or report:
        whose = account or report
    attached = ""
    if notice.attach is Attach.FULL and notice.letter and len(notice.letter) > MAX_ATTACHED:
        attached = speech.say("The beginning of the report is attached; the whole is too large.")
    elif notice.attach is Attach.FULL and notice.letter:
        attached = speech.say("The report is attached as it came.")
    elif notice.attach is Attach.HEADERS and returned:
        attached = speech.say("The headers of your message are attached.")
    return [one for one in (whose, attached) if one]
