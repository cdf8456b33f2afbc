"""How far a report can be believed: anyone on earth can send one, so belief is earned.

A signed return path proves that the report answers a mail of ours to the one recipient that the path was made for; it
proves nothing about anybody else. The same holds for a mark, the signed header of ours that the report returns. A path or
mark for a message to several recipients, or for several messages that share one reference, is known to all of them: that one of
them failed is plausible, and proven when a server of the account's own says so. An alias is known to anyone: what comes to it
is at best plausible.
"""

from dataclasses import dataclass

from bouncer.mail.address import comparable, split
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.named import names
from bouncer.ndr.reading import Reading, Recipient
from bouncer.policy.compared import NOTHING, Compared, bare
from bouncer.policy.past import Message, Past
from bouncer.policy.record import Belief, Believed

DAILY_USES = 10
"""Letters a day that one path is believed for each of its recipients: a mail is delayed a few times and fails once."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a letter came with that may earn it belief."""

    path: ReturnPath
    signed: Signed | None  # the path's signature, where it is good
    mark: Signed | None  # of the returned headers, where its signature is good
    flaw: str | None = None  # why the path's signature is not good, or else the mark's
    own_server: bool = False  # a server of the account's own handed it over
    owners: tuple[str, ...] = ()
    compared: Compared = NOTHING

    @property
    def token(self) -> Signed | None:
        """The signature that it speaks by."""
        if self.path.kind is PathKind.SIGNED:
            return self.signed
        return self.mark if self.path.kind in (PathKind.ALIAS, PathKind.VERP) else None


def believe(recipient: Recipient, reading: Reading, by: Credentials, past: Past) -> Believed:
    """Judge what the report says of one *recipient*; nothing is compared here but what was made comparable before."""
    path, what = by.path, _what(by)
    if by.token is not None and is_overused(past):
        return _unproven(f"{what} has already been used {past.uses} times today")
    if path.kind is PathKind.QUARANTINE:
        return _unproven(f"its return path is {by.flaw or 'not in order'}; it is in quarantine")
    if path.kind is PathKind.SIGNED:
        return _by_path(recipient, reading, by, past)
    if path.kind in (PathKind.ALIAS, PathKind.VERP):
        return _by_alias(recipient, reading, by, past)
    return _unproven("it did not come to a return path of an account")


def is_overused(past: Past) -> bool:
    """Whether the token has spoken so often today that one more letter of it counts for nothing."""
    several = _reach(past.message) if past.message and past.message.signed_for else 1
    return past.uses >= DAILY_USES * max(1, several)


def own_address(by: Credentials, message: Message | None) -> str | None:
    """Give the address that the letter's token was made for, as far as path, letter or the registered message spell it."""
    token = by.token
    if token is None or by.compared.whose or message is None or len(message.recipients) != 1:
        return by.compared.whose if token else None
    return next((one for one in message.recipients if token.is_for(one)), None)


def _by_path(recipient: Recipient, reading: Reading, by: Credentials, past: Past) -> Believed:
    if by.signed is None:
        return _unproven("the key that signed its return path is no longer known")
    if by.compared.torn:
        return _contradicted("the signed header that it returns was made for another message")
    return _by_token(recipient, reading, by.signed, by, past)


def _by_alias(recipient: Recipient, reading: Reading, by: Credentials, past: Past) -> Believed:
    path = by.path
    if path.recipient and by.compared.form(path.recipient) not in _forms(recipient, by):
        return _contradicted("the return path names another recipient")
    if by.mark is not None and by.mark.account != path.account:
        return _contradicted("the signed header that it returns was made for another account")
    if by.mark is not None:
        return _by_token(recipient, reading, by.mark, by, past)
    if past.message is not None:
        return _by_message_id(recipient, by, past.message)
    return _by_owner(by)


def _by_owner(by: Credentials) -> Believed:
    if _from_an_owner(by):
        return Believed(Belief.PLAUSIBLE, "the returned message says that it is from a domain of the account's owner")
    returns = f", and the header that it returns is {by.flaw}" if by.flaw else ""
    return _unproven(f"it came to an alias that anyone may know{returns}")


def _by_token(recipient: Recipient, reading: Reading, token: Signed, by: Credentials, past: Past) -> Believed:
    what = _what(by)
    if past.message is not None and _is_another(by, past.message):
        return _contradicted(f"{what} was signed for another message than the one that is returned")
    if not token.names_one:
        return _by_message_token(recipient, what, by, past.message)
    if not by.compared.spoken.isdisjoint(_forms(recipient, by)):
        return Believed(Belief.PROVEN, f"{what} was signed for this recipient")
    if len(reading.recipients) == 1 and not by.compared.spoken.isdisjoint(by.compared.to):
        return Believed(
            Belief.PROVEN, f"{what} was signed for the recipient of the returned message, who has mail sent on"
        )
    return _contradicted(f"{what} was signed for another recipient")


def _by_message_token(recipient: Recipient, what: str, by: Credentials, message: Message | None) -> Believed:
    if message is None or not message.signed_for:
        if not by.compared.to.isdisjoint(_forms(recipient, by)):
            return Believed(Belief.PLAUSIBLE, f"{what} was signed for a message to several, and its To names this one")
        return _unproven(f"{what} was signed for a message of which nothing more is known")
    if not _went_to(recipient, by, message):
        return _contradicted(f"{what} was signed for a message that did not go to this recipient")
    count = _reach(message)
    if count == 1:
        return Believed(Belief.PROVEN, f"{what} was signed for a message to this recipient alone")
    if by.own_server:
        return Believed(
            Belief.PROVEN,
            f"{what} was signed for a message to {count}, this one among them, and a server of the account's own reports it",
        )
    return Believed(
        Belief.PLAUSIBLE,
        f"{what} was signed for a message to {count}, this one among them, and any of those may have written this",
    )


def _by_message_id(recipient: Recipient, by: Credentials, message: Message) -> Believed:
    if not _went_to(recipient, by, message):
        return _contradicted("the returned message is one that we know, and it did not go to this recipient")
    if _is_another(by, message):
        return _contradicted("the returned message's headers are not those that were sent")
    return Believed(Belief.PLAUSIBLE, "the returned headers are those of a message that went to this recipient")


def _reach(message: Message) -> int:
    """How many may hold what *message* was signed with; the letter's own claim, which message it is about, changes nothing."""
    return max(message.reach, len(message.recipients))


def _went_to(recipient: Recipient, by: Credentials, message: Message) -> bool:
    return not message.recipients.isdisjoint(_forms(recipient, by))


def _forms(recipient: Recipient, by: Credentials) -> list[str]:
    return [by.compared.form(one) for one in names(recipient)]


def _what(by: Credentials) -> str:
    return "its return path" if by.path.kind is PathKind.SIGNED else "the signed header that it returns"


def _is_another(by: Credentials, message: Message) -> bool:
    """Whether neither Message-ID nor subject are those that were registered; servers on the way may rewrite one of them."""
    pairs = [
        (seen, bare(sent))
        for seen, sent in ((by.compared.message_id, message.message_id), (by.compared.subject, message.subject))
        if seen is not None and sent
    ]
    return bool(pairs) and all(seen != sent for seen, sent in pairs)


def _from_an_owner(by: Credentials) -> bool:
    sender = by.compared.sender
    return bool(sender) and sender in {split(comparable(owner))[1] for owner in by.owners}


def _unproven(why: str) -> Believed:
    return Believed(Belief.UNPROVEN, why)


def _contradicted(why: str) -> Believed:
    return Believed(Belief.CONTRADICTED, why)
