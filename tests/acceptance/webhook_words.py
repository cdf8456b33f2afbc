"""The words that each format of webhooks has for an event, as they are posted."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from programs.webhook_reader import Posted

from bouncer.policy.webhooks import OF_OUTCOMES, EventType


@dataclass(slots=True)
class Written:
    """The posts to endpoints that ask for all events of a format, and to endpoints that ask for none in particular."""

    on_request: dict[tuple[str, str], str] = field(default_factory=dict)
    """By format and event: the format's own words."""
    by_itself: set[tuple[str, str]] = field(default_factory=set)

    def note(self, posted: Posted) -> None:
        """Note a request to /on-request/FORMAT or /by-itself/FORMAT."""
        _, how, name = posted.path.split("/")
        for event, words in _WORDS[name](posted):
            if how == "on-request":
                self.on_request[name, event] = words
            else:
                self.by_itself.add((name, event))


def address(event: str) -> str:
    """Make the recipient whom an event is about: he is called as the event is."""
    return f"{event}@example.org"


def event_about(recipient: str) -> str:
    """Give the event that the recipient is called by."""
    return recipient.partition("@")[0]


def _joined(*words: str | None) -> str:
    return ", ".join(filter(None, words))


def _of_sendgrid(posted: Posted) -> Iterator[tuple[str, str]]:
    for event in posted.json:
        yield event_about(event["email"]), _joined(event["event"], event.get("type"))


def _of_mailgun(posted: Posted) -> Iterator[tuple[str, str]]:
    event = posted.json["event-data"]
    code = f"{event['delivery-status']['code']}" if event["event"] == "failed" else None
    yield event_about(event["recipient"]), _joined(event["event"], event.get("severity"), code)


def _of_postmark(posted: Posted) -> Iterator[tuple[str, str]]:
    event = posted.json
    stopped = {True: "stop", False: "go"}.get(event.get("SuppressSending"))
    kind = event.get("Type") if event["RecordType"] == "Bounce" else stopped
    yield event_about(event.get("Email") or event["Recipient"]), _joined(event["RecordType"], kind)


def _of_listmonk(posted: Posted) -> Iterator[tuple[str, str]]:
    yield event_about(posted.json["email"]), posted.json["type"]


def _of_standard(posted: Posted) -> Iterator[tuple[str, str]]:
    """An event about an address that is called otherwise follows from another event."""
    kind, facts = posted.json["type"], posted.json["data"]
    about = event_about(facts.get("recipient") or facts.get("address") or kind)
    if about.startswith("forged-") and kind in OF_OUTCOMES:
        yield about, f"as above, `belief` is {facts['belief']}"
    elif about == kind or kind in _OF_NOBODY:
        yield kind, kind


_OF_NOBODY = (EventType.UNREAD, EventType.BLOCKING, EventType.AUTO_REPLY, EventType.TEST, EventType.SUPPRESSION_BULK)
_WORDS = {
    "sendgrid": _of_sendgrid,
    "mailgun": _of_mailgun,
    "postmark": _of_postmark,
    "listmonk": _of_listmonk,
    "standard": _of_standard,
}
"""Gives the events of a request with the format's own words for each."""
