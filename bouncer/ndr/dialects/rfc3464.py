"""The standard's own reports (RFC 3464 in RFC 6522's multipart/report; RFC 6533 for addresses in UTF-8).

Also reports that break the standard: fields without their MIME part, printed into the text or quoted; no blank line between
recipients; Action absent or in other words; a Status less precise than the diagnostic beside it.
"""

from collections.abc import Iterator

from bouncer.mail.address import comparable, is_plausible
from bouncer.mail.status import EnhancedStatus
from bouncer.ndr import addresses, around, codes, fallback, fields, intended_recipient, notice_text, phrases
from bouncer.ndr.challenge_phrases import CHALLENGES
from bouncer.ndr.fields import Block
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Reading, Recipient

_POLICY = 7  # RFC 3463 section 3.8
_EXPIRED = (4, 7)  # RFC 3463 section 3.5: delivery time expired
_SENDER = "x-postfix-sender"
_ACTUAL = "x-actual-recipient"


class Rfc3464:
    """Reports that carry the fields of RFC 3464."""

    name = "rfc3464"

    def read(self, letter: Letter) -> Reading | None:
        """Read every recipient's block; None where the letter has none."""
        recipients: list[Recipient] = []
        blocks: list[Block] = []
        for blocks in filter(None, _field_blocks(letter)):
            if recipients := _without_repeats(
                _recipients(_join_torn(blocks) or _complete_single(blocks, letter), letter)
            ):
                break
        if not recipients or _asks_sender(recipients, letter):
            return None
        message = _message_fields(blocks)
        return Reading(
            kind=kind_of(recipients),
            dialect=self.name,
            reporting_mta=fields.text_of_typed(message.get("reporting-mta", "")) or None,
            arrival_date=message.get("arrival-date") or None,
            original_envelope_id=message.get("original-envelope-id") or None,
            original=letter.original,
            addressed_to=(*letter.addressed_to, *_senders(blocks)),
            recipients=tuple(recipients),
        )


def _asks_sender(recipients: list[Recipient], letter: Letter) -> bool:
    """Whether the report is a challenge: no server answered, no status names a cause, and the words ask the sender to act."""
    if any(recipient.reply_code or recipient.remote_mta or _has_cause(recipient) for recipient in recipients):
        return False
    words = " ".join(recipient.diagnostic_code or "" for recipient in recipients)
    return phrases.contains_any(CHALLENGES, phrases.normalize(f"{words} {letter.evidence}"))


def _has_cause(recipient: Recipient) -> bool:
    status = recipient.status
    return status is not None and status.is_permanent and status.subject != _POLICY


def kind_of(recipients: list[Recipient]) -> Kind:
    """Give the kind of a report: that of its worst action."""
    actions = {recipient.action for recipient in recipients}
    if Action.FAILED in actions:
        return Kind.BOUNCE
    return Kind.DELAY if Action.DELAYED in actions else Kind.SUCCESS


def _field_blocks(letter: Letter) -> Iterator[list[Block]]:
    """Give the field blocks of the parts made for them; else those in the text or in a part of another type."""
    yield letter.status_blocks
    if "-recipient" in letter.flat and letter.is_by_mail_system:
        yield fields.blocks(letter.evidence)
    if letter.is_by_mail_system:
        yield letter.undeclared_blocks


def _complete_single(blocks: list[Block], letter: Letter) -> list[Block]:
    """Give the only block of a report that names no recipient the only possible address; all blocks if the path names it."""
    recipients = [block for block in blocks if "action" in block]
    if not recipients:
        return []
    if fallback.from_return_path(letter) is not None:
        return recipients
    if len(recipients) != 1:
        return []
    quoted = addresses.find(recipients[0].get("diagnostic-code", ""))
    candidates = {address for address in quoted if address.lower() not in letter.parties} or set(letter.original.to)
    return [{**recipients[0], "original-recipient": candidates.pop()}] if len(candidates) == 1 else []


def _join_torn(blocks: list[Block]) -> list[Block]:
    """Give the recipients' blocks, after joining a block that a blank line had torn apart."""
    recipient_blocks: list[Block] = []
    for block in blocks:
        if fields.names_recipient(block):
            recipient_blocks.append(dict(block))
        elif recipient_blocks and ("action" in block or "status" in block or "diagnostic-code" in block):
            for name, text in block.items():
                recipient_blocks[-1].setdefault(name, text)
    return recipient_blocks


def _message_fields(blocks: list[Block]) -> Block:
    """Collect the fields about the message as a whole from all blocks; the first field of a name counts."""
    message_fields: Block = {}
    for block in blocks:
        for name in ("reporting-mta", "arrival-date", "original-envelope-id"):
            if name in block:
                message_fields.setdefault(name, block[name])
    return message_fields


def _senders(blocks: list[Block]) -> list[str]:
    """Give the message's sender, which some mail systems add to the fields."""
    return [block[_SENDER] for block in blocks if _SENDER in block]


def _recipients(blocks: list[Block], letter: Letter) -> list[Recipient]:
    """Read each distinct block once: a loop of aliases repeats one word for word."""
    alone = len(blocks) == 1
    bounded = blocks[: letter.limits.recipients]
    distinct = bounded if alone else {tuple(block.items()): block for block in bounded}.values()
    read = (_recipient(block, letter, alone=alone) for block in distinct)
    return [recipient for recipient in read if recipient is not None]


def _recipient(block: Block, letter: Letter, *, alone: bool) -> Recipient | None:
    literal = fields.literal(block.get("final-recipient", ""))
    final = fields.decode_address(literal)
    original = fields.original(block.get("original-recipient", ""))
    diagnostic = fields.text_of_typed(block.get("diagnostic-code", "")) or fields.supplement(block)
    original_address = intended_recipient.original_address(
        intended_recipient.complete_address(original if is_plausible(original) or not final else final, letter),
        final,
        original,
        diagnostic,
        letter,
        alone=alone,
    )
    status = _status(block, diagnostic)
    code = _reply_code(block, diagnostic)
    words = _words(final or original_address, letter) if original_address and code is None else ""
    action = _last_action(fields.action(block), status, letter) or _action_of(status, diagnostic)
    if action is None or (not original_address and fallback.from_return_path(letter) is None):
        return None
    return Recipient(
        recipient=original_address or fallback.from_return_path(letter) or "",
        action=action,
        original_recipient=original or None,
        final_recipient=literal or None,
        actual_recipient=intended_recipient.failed_address(
            final or original_address, diagnostic, fields.address(block.get(_ACTUAL, "")), letter
        ),
        status=_more_precise(status, words),
        reply_code=code or _code_of_class(_code_in(words), status),
        remote_mta=fields.text_of_typed(block.get("remote-mta", "")) or None,
        diagnostic_code=diagnostic or None,
        own_lines=(words,) if words else (),
        dialogue=_dialogue(final or original_address, letter, alone=alone),
        will_retry_until=block.get("will-retry-until") or None,
    )


def _more_precise(status: EnhancedStatus | None, words: str) -> EnhancedStatus | None:
    """Take a status from the notice where the field gives only the class, and the notice has a status of that class."""
    if status is not None and (status.subject or status.detail):
        return status
    in_words = codes.status(words) if words else None
    return in_words if in_words and (status is None or in_words.class_ == status.class_) else status


def _reply_code(block: Block, diagnostic: str) -> int | None:
    """Read the reply code of a diagnostic; a program's exit status (x-unix) is no reply code."""
    if not diagnostic or (diagnostic.isdigit() and "x-unix" in block.get("diagnostic-code", "").lower()):
        return None
    return codes.reply_code(diagnostic)


def _code_in(words: str) -> int | None:
    """Read the reply code in a notice's words: in a transcript, the other server's reply code."""
    answer = words.partition("<<< ")[2].partition(" 55")[0]  # Sendmail's own reply follows, and may have a status too
    return codes.reply_code(answer) or codes.reply_code(words)


def _code_of_class(code: int | None, status: EnhancedStatus | None) -> int | None:
    """Take a reply code from the notice's words only where its class is the status's."""
    return code if code and (status is None or code // 100 == status.class_) else None


def _dialogue(address: str, letter: Letter, *, alone: bool) -> str | None:
    """Give text that may show which command was answered: all of the notice where it can be about no other recipient."""
    if not letter.dialogue:
        return None
    return letter.dialogue if alone else phrases.normalize(notice_text.words_about(address, letter))


def _words(address: str, letter: Letter) -> str:
    """Give the notice's words about *address* where the fields do not quote the server; a transcript if it names nobody.

    Where there is neither, a short notice is about *address* as a whole: Notes tells the cause in a paragraph of its own.
    """
    if not phrases.contains_any(phrases.FAILED, letter.flat):
        return around.words_of_short_notice(address, letter)
    words = notice_text.words_about(address, letter)
    if not codes.reply_code(words):
        words = f"{words} {around.replies(letter)}".strip()
    return words or around.words_of_short_notice(address, letter)


def _status(block: Block, diagnostic: str) -> EnhancedStatus | None:
    """Take the Status field; where it gives only the class, a status of that class in the diagnostic."""
    field = fields.status(block)
    if field is not None and (field.subject or field.detail):
        return field
    quoted = codes.status(diagnostic) if diagnostic else None
    if field is None or (quoted and quoted.class_ == field.class_):
        return quoted
    return field


def _last_action(action: Action | None, status: EnhancedStatus | None, letter: Letter) -> Action | None:
    """Give the action, failed where a server writes "delayed" into its last report: its time is over, and its words give up."""
    if action is not Action.DELAYED or status is None or (status.subject, status.detail) != _EXPIRED:
        return action
    gave_up = phrases.contains_any(phrases.GAVE_UP, letter.flat) and not phrases.contains_any(phrases.LATE, letter.flat)
    return Action.FAILED if gave_up else action


def _action_of(status: EnhancedStatus | None, diagnostic: str) -> Action | None:
    """Derive the action where Action is absent or unknown; None where no status or server's words show one.

    Challenge-response filters leave Action out on purpose; their status has at most class 4, and no server's words stand there.
    """
    klass = status.class_ if status else (codes.reply_code(diagnostic) or 0) // 100
    return {2: Action.DELIVERED, 4: Action.FAILED if diagnostic else None, 5: Action.FAILED}.get(klass)


def _without_repeats(recipients: list[Recipient]) -> list[Recipient]:
    """Keep the first of several blocks about one address and action; a failure ends a delay that the report tells of, too."""
    if len(recipients) < 2:  # noqa: PLR2004 -- a single recipient has no repeats
        return recipients
    unique: dict[tuple[str, Action], Recipient] = {}
    for recipient in recipients:
        unique.setdefault((comparable(recipient.recipient), recipient.action), recipient)
    failed = {address for address, action in unique if action is Action.FAILED}
    return [
        recipient
        for (address, action), recipient in unique.items()
        if action is not Action.DELAYED or address not in failed
    ]
