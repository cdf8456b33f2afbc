"""How far a report can be believed: anyone on earth can send one, so belief is earned.

A signed return path proves that the report answers a mail of ours to the one recipient that the path was made for; it
proves nothing about anybody else. An alias is known to anyone: what comes to it is at best plausible.
"""

from bouncer.mail.address import comparable, split
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Original, Reading, Recipient
from bouncer.policy.record import Belief, Believed


def believe(
    recipient: Recipient, reading: Reading, *, path: ReturnPath, signed: Signed | None, owners: tuple[str, ...] = ()
) -> Believed:
    """Judge what the report says of one *recipient*; *signed* is the return path's signature where it has a good one."""
    if path.kind is PathKind.SIGNED:
        return _by_signature(recipient, reading, signed)
    if path.kind in (PathKind.ALIAS, PathKind.VERP):
        return _by_alias(recipient, reading, path, owners)
    return Believed(Belief.UNPROVEN, "it did not come to a return path of an account")


def names(recipient: Recipient) -> tuple[str, ...]:
    """Every address that the report gives for one recipient."""
    given = (recipient.original_recipient, recipient.recipient, recipient.final_recipient)
    return tuple(dict.fromkeys(one for one in given if one))


def _by_signature(recipient: Recipient, reading: Reading, signed: Signed | None) -> Believed:
    if signed is None:
        return Believed(Belief.UNPROVEN, "the key that signed its return path is no longer known")
    if any(signed.speaks_for(one) for one in names(recipient)):
        return Believed(Belief.PROVEN, "its return path was signed for this recipient")
    if len(reading.recipients) == 1 and any(signed.speaks_for(one) for one in reading.original.to):
        return Believed(
            Belief.PROVEN, "its return path was signed for the recipient of the returned message, who has mail sent on"
        )
    return Believed(Belief.CONTRADICTED, "its return path was signed for another recipient")


def _by_alias(recipient: Recipient, reading: Reading, path: ReturnPath, owners: tuple[str, ...]) -> Believed:
    if path.recipient and comparable(path.recipient) not in map(comparable, names(recipient)):
        return Believed(Belief.CONTRADICTED, "the return path names another recipient")
    if _from_an_owner(reading.original, owners):
        return Believed(Belief.PLAUSIBLE, "the returned message says that it is from a domain of the account's owner")
    return Believed(Belief.UNPROVEN, "it came to an alias that anyone may know")


def _from_an_owner(original: Original, owners: tuple[str, ...]) -> bool:
    sender = split(comparable((original.from_ or "").rpartition("<")[2].rstrip("> ")))[1]
    return bool(sender) and sender in {split(comparable(owner))[1] for owner in owners}
