"""From a reading to a record: what is written about a letter and who is told. One decision, all of it pure.

Nothing that is ours comes back out: a letter to the return path of our notices, one of our own notices, or a bounce of
one is recorded and told to nobody, so that no loop can begin.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Action, Kind, Reading
from bouncer.policy.believe import believe, names
from bouncer.policy.record import Bounce, LetterState, Parcel, ParcelKind, Record, Suppression
from bouncer.policy.suppress import suppress
from bouncer.policy.verdict import Judgement

RECORDED = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.SUCCESS, Kind.COMPLAINT})
"""Kinds that tell of an outcome: each recipient gets a row."""
TOLD = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT})
"""Kinds that an account's owner is told of."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about a letter beside what it says."""

    letter_id: int
    path: ReturnPath
    signed: Signed | None  # the return path's signature, where it is good
    ours: bool  # it is one of our own notices, or a bounce of one
    owners: tuple[str, ...]  # of the account, as far as they are to be told
    operator: str | None
    now: dt.datetime


def route(judgement: Judgement, about: Circumstances) -> Record:
    """Decide everything that follows from a letter."""
    reading = judgement.reading
    bounces, suppressions = _outcomes(judgement, about)
    parcels, note = _parcels(reading, about)
    shunted = reading.kind is Kind.UNREADABLE and about.path.kind is not PathKind.OPERATOR
    return Record(
        letter_id=about.letter_id,
        state=LetterState.SHUNTED if shunted else LetterState.READ,
        kind=reading.kind,
        account=about.path.account,
        reading=reading,
        bounces=bounces,
        suppressions=suppressions,
        parcels=parcels,
        note=note or reading.why,
    )


def _outcomes(judgement: Judgement, about: Circumstances) -> tuple[tuple[Bounce, ...], tuple[Suppression, ...]]:
    reading, account = judgement.reading, about.path.account
    if reading.kind not in RECORDED or account is None or about.path.kind is PathKind.NOTICE:
        return (), ()
    bounces: list[Bounce] = []
    suppressions: list[Suppression] = []
    for recipient, verdict in zip(reading.recipients, judgement.verdicts, strict=True):
        believed = believe(recipient, reading, path=about.path, signed=about.signed, owners=about.owners)
        suppression = None
        if recipient.action is Action.FAILED and not about.ours:
            address = _own_address(about.signed, names(recipient)) or recipient.recipient
            suppression = suppress(
                reading.kind,
                verdict,
                believed,
                account=account,
                address=address,
                letter_id=about.letter_id,
                now=about.now,
            )
        if suppression:
            suppressions.append(suppression)
        bounces.append(Bounce(recipient, verdict, believed, suppressed=suppression is not None))
    return tuple(bounces), tuple(suppressions)


def _own_address(signed: Signed | None, given: tuple[str, ...]) -> str | None:
    """The address that the return path was made for: the only one that its holder may speak about."""
    if signed is None:
        return None
    return signed.recipient or next((one for one in given if signed.speaks_for(one)), None)


def _parcels(reading: Reading, about: Circumstances) -> tuple[tuple[Parcel, ...], str | None]:
    if about.path.kind is PathKind.NOTICE:
        return (), "came back for one of our own notices; told to nobody"
    if about.ours:
        return (), "one of our own notices, or a bounce of one; told to nobody"
    if about.path.kind is PathKind.OPERATOR:
        return _to_operator(about.operator)
    if reading.kind not in TOLD:
        return (), None
    return tuple(Parcel(ParcelKind.NOTICE, owner) for owner in about.owners), None


def _to_operator(operator: str | None) -> tuple[tuple[Parcel, ...], str | None]:
    if operator is None:
        return (), "no operator is set; kept only"
    return (Parcel(ParcelKind.OPERATOR, operator),), None
