"""Events of mail that did not go to suppressed addresses, dropped or refused, for the endpoints that want them."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bouncer.policy.account_events import AccountEvent, drop_event
from bouncer.policy.records import Suppression
from bouncer.policy.webhooks import EventType
from bouncer.ports.sends import Sent
from bouncer.store.webhooks.telling import endpoints_for, tell


def note(connection: sa.Connection, sends: Sequence[Sent]) -> None:
    """Add an event for each dropped or refused recipient of *sends*; where there is no such recipient, no query runs."""
    unsent = [sent for sent in sends if sent.dropped or sent.refused]
    if not unsent:
        return
    endpoints = endpoints_for(connection, {sent.account for sent in unsent}, EventType.DROPPED)
    if endpoints:
        events = ((sent.account, event) for sent in unsent if sent.account in endpoints for event in _events(sent))
        tell(connection, endpoints, events, now=unsent[-1].at)


def _events(sent: Sent) -> Iterator[AccountEvent]:
    facts = {
        "message_id": sent.message_id.strip("<> ") if sent.message_id else None,
        "subject": sent.subject,
        "campaign": sent.campaign or "",
        "stream": sent.stream or "",
        "reference": sent.reference,
    }
    for form, cause in _pair_with_causes(sent.dropped, sent.causes):
        yield drop_event(sent.at, form, cause, facts, is_refused=False)
    for form, cause in _pair_with_causes(sent.refused, sent.refusal_causes):
        yield drop_event(sent.at, form, cause, facts, is_refused=True)


def _pair_with_causes(forms: Sequence[str], causes: Sequence[Suppression]) -> Iterator[tuple[str, Suppression | None]]:
    """Give each address with its suppression; None where a program registered the send itself, and named no suppression."""
    for place, form in enumerate(forms):
        yield form, causes[place] if place < len(causes) else None
