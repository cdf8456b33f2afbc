"""Amazon SES notifications in JSON, as its notification service mails them (Amazon SES Developer Guide, "notification contents").

The notification is the text itself, or a string inside SNS's envelope; a footer may follow.
"""

import json
from typing import Any

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr import codes, fields
from bouncer.ndr.letter import Letter
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient

_MAX_DEPTH = 2  # envelope, notification
_DECODER = json.JSONDecoder(strict=False)
_KINDS = {
    "bounce": Kind.BOUNCE,
    "deliverydelay": Kind.DELAY,
    "complaint": Kind.COMPLAINT,
    "delivery": Kind.SUCCESS,
}
_LISTS = {"bounce": "bouncedRecipients", "deliverydelay": "delayedRecipients", "complaint": "complainedRecipients"}
_ACTIONS = {
    Kind.BOUNCE: Action.FAILED,
    Kind.DELAY: Action.DELAYED,
    Kind.COMPLAINT: Action.DELIVERED,
    Kind.SUCCESS: Action.DELIVERED,
}
_SAY_NOTHING = frozenset({"General", "Undetermined", "NoEmail", "Suppressed", "OnAccountSuppressionList"})
"""Sub-types that name no cause, or say only that SES keeps the address on a list of its own."""
Json = dict[str, Any]


class Ses:
    """Bounces, complaints and deliveries that Amazon SES reports in JSON."""

    name = "ses"

    def read(self, letter: Letter) -> Reading | None:
        """Read the notification; None where the text holds none."""
        text = letter.text
        if "notificationType" not in text and "eventType" not in text:
            return None
        notification = _notification(text[max(0, text.find("{")) :], 0)
        if notification is None:
            return None
        kind = str(notification.get("notificationType") or notification.get("eventType") or "").lower()
        details = _object(notification.get(kind) or notification.get("deliveryDelay"))
        message = _object(notification.get("mail"))
        if kind not in _KINDS or (kind in _LISTS and not details.get(_LISTS[kind])):
            return None
        reported_kind = Kind.OTHER if _is_no_complaint(details) else _KINDS[kind]
        if reported_kind is Kind.OTHER:
            return self._reading(reported_kind, (), details, message)
        recipients = _recipients(details.get(_LISTS.get(kind, "")), _ACTIONS[_KINDS[kind]], _subtype(details), letter)
        return self._reading(reported_kind, recipients, details, message)

    def _reading(self, kind: Kind, recipients: tuple[Recipient, ...], details: Json, message: Json) -> Reading:
        return Reading(
            kind=kind,
            dialect=self.name,
            reporting_mta=fields.text_of_typed(_text(details.get("reportingMTA"))) or None,
            arrival_date=_text(message.get("timestamp")) or None,
            original=_original(message),
            recipients=recipients,
        )


def _notification(text: str, depth: int) -> Json | None:
    """Find the notification, also inside SNS's envelope; None where the text is other JSON or none."""
    try:
        parsed = _object(_DECODER.raw_decode(text)[0])
    except (ValueError, RecursionError):  # broken, or nested without end
        return None
    if "notificationType" in parsed or "eventType" in parsed:
        return parsed
    inner = parsed.get("Message")
    return _notification(inner.lstrip(), depth + 1) if isinstance(inner, str) and depth < _MAX_DEPTH else None


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Give a string without lone surrogates, which JSON can hold and UTF-8 cannot."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _is_no_complaint(details: Json) -> bool:
    """Whether the reader reports that the message is no spam (RFC 6430, "not-spam"): the contrary of a complaint."""
    return _text(details.get("complaintFeedbackType")).strip().lower() == "not-spam"


def _subtype(details: Json) -> str:
    """Give SES's own sub-type of the bounce, split into words: "AttachmentRejected"; empty where it names no cause."""
    subtype = _text(details.get("bounceSubType"))
    return "" if subtype in _SAY_NOTHING else subtype


def _recipients(listed: object, action: Action, subtype: str, letter: Letter) -> tuple[Recipient, ...]:
    entries = [_object(entry) for entry in listed[: letter.limits.recipients]] if isinstance(listed, list) else []
    return tuple(
        _recipient(entry, action, subtype) for entry in entries if fields.address(_text(entry.get("emailAddress")))
    )


def _recipient(entry: Json, action: Action, subtype: str) -> Recipient:
    diagnostic = fields.text_of_typed(_text(entry.get("diagnosticCode")))
    address = fields.address(_text(entry.get("emailAddress")))
    return Recipient(
        recipient=address,
        final_recipient=address,
        action=action,
        status=EnhancedStatus.parse(_text(entry.get("status"))) or codes.status(diagnostic),
        reply_code=codes.reply_code(diagnostic),
        diagnostic_code=diagnostic or None,
        own_lines=(subtype,) if subtype else (),
    )


def _original(message: Json) -> Original:
    headers = _object(message.get("commonHeaders"))
    to, senders = headers.get("to"), headers.get("from")
    return Original(
        message_id=_text(headers.get("messageId")) or None,
        subject=_text(headers.get("subject")) or None,
        from_=_text(senders[0]) if isinstance(senders, list) and senders else _text(message.get("source")) or None,
        to=tuple(_text(address) for address in to) if isinstance(to, list) else (),
        date=_text(headers.get("date")) or None,
    )
