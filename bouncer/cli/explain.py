"""``bouncer read --explain``: a letter's parts, its evidence, the dialects that were tried, and the grounds of each verdict."""

from collections.abc import Iterator, Sequence

from bouncer.ndr.dialects.order import DIALECTS
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind, Recipient
from bouncer.ndr.taught import read_taught, why_not_teachable
from bouncer.ndr.taught_form import PREFIX
from bouncer.verdict.classify import Grounds, grounds_of
from bouncer.verdict.judge import JUDGED
from bouncer.verdict.rules.order import PLAIN, VAGUE
from bouncer.verdict.stage import Speaker, speaker
from bouncer.verdict.subject import Subject
from bouncer.verdict.taught import rule_of, taught_verdict
from bouncer.verdict.taught_rule import TaughtRule

MAX_LINES = 60
"""Lines of evidence that are shown; the words that decide are on the first page."""


def explain(name: str, raw: bytes, rules: Sequence[TaughtRule] = ()) -> list[str]:
    """Give lines for a person that say how the letter *raw* was read, by taught *rules* too; nothing in them is escaped."""
    letter = Letter(raw, Limits())
    return [
        f"{name}: {len(raw)} octets",
        *_parts(letter),
        *_evidence(letter),
        *_dialects(letter, rules),
        *_verdicts(raw, rules),
    ]


def _parts(letter: Letter) -> Iterator[str]:
    yield "parts"
    for number, part in enumerate(letter.parts, 1):
        use = "the returned message" if part.is_returned_message else "fields" if part.is_delivery_status else ""
        yield f"  {number}. {part.content_type}, {len(part.body)} octets" + (f": {use}" if use else "")


def _evidence(letter: Letter) -> Iterator[str]:
    yield "evidence"
    yield f"  a mail system wrote it: {'yes' if letter.is_by_mail_system else 'no'}"
    filled_lines = [line for line in letter.lines if line.strip()]
    for number, line in enumerate(filled_lines[:MAX_LINES], 1):
        yield f"  {number:3}  {line}"
    if len(filled_lines) > MAX_LINES:
        yield f"       and {len(filled_lines) - MAX_LINES} more lines"
    rest = letter.text[len(letter.evidence) :].strip().split("\n", 1)[0]
    if rest:
        yield f"       here the returned message begins: {rest}"
    for mention in letter.mentions:
        yield f"  names {mention.address} as {mention.kind.name.lower()}"


def _dialects(letter: Letter, rules: Sequence[TaughtRule]) -> Iterator[str]:
    yield "dialects"
    for dialect in DIALECTS:
        try:
            reading = dialect.read(letter)
        except Exception as error:  # noqa: BLE001 -- `ndr.read` goes on after a dialect's bug, and this command shows the bug
            yield f"  {dialect.name}: failed, {error!r}"
            continue
        if reading is not None:
            yield f"  {dialect.name}: reads it, {reading.kind}" + (f", {reading.why}" if reading.why else "")
            if reading.kind is Kind.OTHER:
                yield from _explain_taught(letter, rules)
            return
        yield f"  {dialect.name}: not this format"
    if not (taught := [*_explain_taught(letter, rules)]):
        taught = ["  nobody reads it"]
    yield from taught


def _explain_taught(letter: Letter, rules: Sequence[TaughtRule]) -> Iterator[str]:
    """Name the taught rule that reads the letter, or say why none may."""
    if not rules:
        return
    reading = read_taught(letter, [rule.form for rule in rules])
    if reading is not None:
        yield f"  {reading.dialect}: reads it, {reading.kind}, as this installation was taught"
    elif why := why_not_teachable(letter):
        yield f"  {PREFIX.strip('-')} rules: not asked, {why}"


def _verdicts(raw: bytes, rules: Sequence[TaughtRule]) -> Iterator[str]:
    reading = read(raw, taught=[rule.form for rule in rules])
    rule = rule_of(reading, rules)
    yield "verdicts"
    for recipient in reading.recipients:
        yield from _recipient(recipient)
        if recipient.action in JUDGED:
            yield from _grounds(grounds_of(recipient, reading))
            if rule is not None:
                verdict = taught_verdict(recipient, reading, rule)
                yield f"    verdict by {verdict.rule}: {verdict.category}, {verdict.reason}"
    if not reading.recipients:
        yield "  none"


def _recipient(recipient: Recipient) -> Iterator[str]:
    facts = [recipient.recipient, recipient.action, recipient.status, recipient.reply_code]
    yield "  " + "  ".join(str(fact) for fact in facts if fact is not None)
    if recipient.final_recipient and recipient.final_recipient != recipient.recipient:
        yield f"    the report names: {recipient.final_recipient}"
    if recipient.diagnostic_code:
        yield f"    said: {recipient.diagnostic_code}"


def _grounds(grounds: Grounds) -> Iterator[str]:
    """Show the grounds of a verdict: the four facts, each with its evidence, and the row of the table that joined them."""
    verdict, facts, row = grounds.verdict, grounds.facts, grounds.row
    yield f"    {verdict.category}: {verdict.reason}"
    yield f"    row {row.id}: {row.why}"
    yield f"    stage: {_stage(grounds)}"
    yield f"    subject: {verdict.subject}" + ("" if facts.subject is Subject.UNKNOWN else ", as the words name it")
    yield f"    words: {facts.words}" + (
        f", rule {grounds.words.rule}: {grounds.words.evidence}" if grounds.words else ""
    )
    if grounds.words:
        yield from _source(grounds.words.rule)
    if grounds.doubt:
        yield f"    doubt: rule {grounds.doubt.rule}: {grounds.doubt.evidence}"
    yield f"    codes: {facts.codes}, {facts.length}, {grounds.code.rule}: {grounds.code.witness(grounds.failure).evidence}"


def _stage(grounds: Grounds) -> str:
    """Name the SMTP command that was answered, the server that answered it, and the words that show this."""
    recipient, moment = grounds.failure.recipient, grounds.failure.moment
    texts = (recipient.diagnostic_code or "", *recipient.own_lines, recipient.dialogue or "")
    answering = speaker(texts, recipient.remote_mta)
    spoke = "" if answering is Speaker.UNKNOWN else f", the {answering} server spoke"
    return f"{moment.stage}{spoke}" + (f", told by: {moment.words}" if moment.words else "")


def _source(rule_id: str) -> Iterator[str]:
    """Give the source of the rule *rule_id*."""
    if rule := next((rule for rule in (*PLAIN, *VAGUE) if rule.id == rule_id), None):
        scope = f" of {' and '.join(rule.providers)} only" if rule.providers else ""
        yield f"      known from{scope}: {rule.source}"
