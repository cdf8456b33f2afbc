"""How a letter was read: its parts, the lines that count as evidence, which dialects looked, which rule decided on which line."""

from collections.abc import Iterator

from bouncer.ndr import Limits, read
from bouncer.ndr.dialects import DIALECTS
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Recipient
from bouncer.verdict.judge import judge
from bouncer.verdict.rules import PLAIN, VAGUE
from bouncer.verdict.verdict import Verdict

MAX_LINES = 60
"""Lines of evidence that are shown; what decides stands on the first page."""


def explain(name: str, raw: bytes) -> list[str]:
    """Say in lines for a person how the letter *raw* was read; the words of strangers are in it as they stand."""
    letter = Letter(raw, Limits())
    return [
        f"{name}: {len(raw)} octets",
        *_parts(letter),
        *_evidence(letter),
        *_dialects(letter),
        *_verdicts(raw),
    ]


def _parts(letter: Letter) -> Iterator[str]:
    yield "parts"
    for number, part in enumerate(letter.parts, 1):
        use = "the returned message" if part.returned else "fields" if part.delivery_status else ""
        yield f"  {number}. {part.content_type}, {len(part.body)} octets" + (f": {use}" if use else "")


def _evidence(letter: Letter) -> Iterator[str]:
    yield "evidence"
    yield f"  a mail system wrote it: {'yes' if letter.by_mail_system else 'no'}"
    shown = [line for line in letter.lines if line.strip()]
    for number, line in enumerate(shown[:MAX_LINES], 1):
        yield f"  {number:3}  {line}"
    if len(shown) > MAX_LINES:
        yield f"       and {len(shown) - MAX_LINES} more lines"
    rest = letter.text[len(letter.evidence) :].strip().split("\n", 1)[0]
    if rest:
        yield f"       here the returned message begins: {rest}"
    for mention in letter.mentions:
        yield f"  names {mention.address} as {mention.way.name.lower()}"


def _dialects(letter: Letter) -> Iterator[str]:
    yield "dialects"
    for dialect in DIALECTS:
        try:
            reading = dialect.read(letter)
        except Exception as error:  # noqa: BLE001 -- `ndr.read` lives with a dialect's bug, and this is where it is looked for
            yield f"  {dialect.name}: stumbled, {error!r}"
            continue
        if reading is not None:
            yield f"  {dialect.name}: reads it, {reading.kind}" + (f", {reading.why}" if reading.why else "")
            return
        yield f"  {dialect.name}: not this handwriting"
    yield "  nobody reads it"


def _verdicts(raw: bytes) -> Iterator[str]:
    judgement = judge(read(raw))
    yield "verdicts"
    for recipient, verdict in zip(judgement.reading.recipients, judgement.verdicts, strict=True):
        yield from _verdict(recipient, verdict)
    if not judgement.verdicts:
        yield "  none"


def _verdict(recipient: Recipient, verdict: Verdict | None) -> Iterator[str]:
    facts = [recipient.recipient, recipient.action, recipient.status, recipient.reply_code]
    yield "  " + "  ".join(str(fact) for fact in facts if fact is not None)
    if recipient.diagnostic_code:
        yield f"    said: {recipient.diagnostic_code}"
    if verdict is not None:
        yield f"    {verdict.category}: {verdict.reason}"
        yield f"    rule {verdict.rule} decided on: {verdict.evidence or '(nothing that was said)'}"
        yield from _rule(verdict)


def _rule(verdict: Verdict) -> Iterator[str]:
    """Say where the rule comes from, and whether its word was taken back."""
    rule = next((rule for rule in (*PLAIN, *VAGUE) if rule.id == verdict.rule), None)
    if rule is not None:
        yield f"    known from: {rule.source}"
        if rule.reason is not verdict.reason:
            yield f"    it says {rule.reason}; that is doubted here, for an address is given up on proof only"
