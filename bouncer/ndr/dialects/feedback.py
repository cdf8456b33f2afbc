"""Feedback reports: ARF (RFC 5965), its authentication reports (RFC 6591), and Outlook.com's, which have a form of their own."""

from dataclasses import replace

from bouncer.mail.returnpath import claimed_account
from bouncer.mail.signed_header import parse_header
from bouncer.ndr import fields
from bouncer.ndr.addresses import find_in_field
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient

_KINDS = {
    "opt-out": Kind.UNSUBSCRIBE,  # draft-shafranovich-feedback-report
    "opt-out-list": Kind.UNSUBSCRIBE,
    "not-spam": Kind.OTHER,  # RFC 6430: the contrary of a complaint
    "auth-failure": Kind.OTHER,  # RFC 6591: about a signature, not from a reader
    "dmarc": Kind.OTHER,
}
"""Feedback types (IANA registry) that are no complaint; the others (abuse, fraud, virus, other, unknown ones) are."""

_JMRP = "complaint about message from"  # Outlook.com's Junk Mail Reporting Program


class Feedback:
    """Complaints of readers."""

    name = "rfc5965"

    def read(self, letter: Letter) -> Reading | None:
        """Read the feedback report; None where the letter holds none."""
        for part in letter.parts:
            if part.content_type == "message/feedback-report":
                report = _first_block(fields.blocks_of_any_name(part.text(letter.limits.text)))
                return _reading(self.name, report, letter)
        if letter.headers.raw("subject").lower().startswith(_JMRP) and "x-hmxmroriginalrecipient" in letter.returned:
            return _reading(self.name, {"removal-recipient": letter.returned.raw("x-hmxmroriginalrecipient")}, letter)
        return None


def _first_block(blocks: list[fields.Block]) -> fields.Block:
    merged: fields.Block = {}
    for block in blocks:
        merged = {**block, **merged}
    return merged


def _reading(dialect: str, report: fields.Block, letter: Letter) -> Reading:
    kind = report.get("feedback-type", "").lower().partition("(")[0].strip() or "abuse"
    recipient = report.get("original-rcpt-to") or report.get("removal-recipient") or ""
    address = fields.address(recipient) or _only_recipient(letter.original.to)
    meaning = _KINDS.get(kind, Kind.COMPLAINT)
    return Reading(
        kind=meaning,
        dialect=dialect,
        reporting_mta=fields.text_of_typed(report.get("reporting-mta", "")) or None,
        arrival_date=report.get("arrival-date") or report.get("received-date") or None,
        original_envelope_id=report.get("original-envelope-id") or None,
        original=_with_path(letter.original, report),
        recipients=(Recipient(recipient=address, action=Action.DELIVERED),)
        if address and meaning is not Kind.OTHER
        else (),
        why=f"feedback report: {kind}",
    )


def _with_path(original: Original, report: fields.Block) -> Original:
    """Take the message's reverse-path from the report, where the returned message holds no path of ours."""
    if claimed_account(original.return_path or ""):
        return original
    path = parse_header(report.get("original-mail-from", ""))
    return replace(original, return_path=path) if path else original


def _only_recipient(recipients: tuple[str, ...]) -> str:
    """Give the only recipient of the returned message; empty where it has several: any of them may have complained."""
    return find_in_field(recipients[0])[0] if len(recipients) == 1 else ""
