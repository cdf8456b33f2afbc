"""How far to believe a report: anyone on earth can send one, so belief is earned.

A signed return path proves that the report answers a mail of ours to the one recipient that the path was made for, whatever
address the report names: only the holder of the path, that recipient, can have forged it. The path proves nothing about anybody
else. The same holds for our signed header field, if the report returns it. A path or header made for a message to several
recipients, or for several messages with one reference, is known to all of them: that one of them failed is plausible, and
proven when a server of the account's own reports it. An alias is known to anyone: a letter to it is plausible at best.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.mail.address import comparable, split
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.named_addresses import addresses_of
from bouncer.ndr.reading import Reading, Recipient
from bouncer.policy.address_match import NO_COMPARISON, Comparison, is_subject_of, normalize_header
from bouncer.policy.failed_recipient import IntendedRecipient, can_be_about
from bouncer.policy.history import History, SentMessage
from bouncer.policy.records import Belief, Believed

DAILY_USES = 10
"""Letters a day that one path is believed for each of its recipients: a mail is delayed a few times and fails once."""

DAY_SECONDS = 86_400
MAX_HOLDERS = 1000
"""Recipients of a path for several where no message is registered: as many as mail servers accept in one transaction."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The facts about a letter's origin that may earn it belief."""

    path: ReturnPath
    signed: Signed | None  # the path's signature, where it is good
    mark: Signed | None  # the signed header field among the returned headers, where its signature is good
    flaw: str | None = None  # the flaw of the path's signature, or else of the header field's
    from_own_server: bool = False  # the SMTP client was a server of the account's own
    owners: tuple[str, ...] = ()
    compared: Comparison = NO_COMPARISON

    @property
    def token(self) -> Signed | None:
        """The signature that counts: the path's or the header field's."""
        if self.path.kind is PathKind.SIGNED:
            return self.signed
        return self.mark if self.path.kind in (PathKind.ALIAS, PathKind.VERP) else None


def believe(
    recipient: Recipient, reading: Reading, by: Credentials, history: History, intended: IntendedRecipient
) -> Believed:
    """Judge the report about one *recipient*; *intended* is the recipient that the token was made for.

    The function compares only forms that were computed before.
    """
    path, token_name = by.path, _token_name(by)
    if by.token is not None and is_overused(history):
        return _take_for_unproven(f"{token_name} has already been used {history.uses} times today")
    if path.kind is PathKind.QUARANTINE:
        return _take_for_unproven(f"its return path is {by.flaw or 'not in order'}; it is in quarantine")
    if path.kind is PathKind.SIGNED:
        return _believe_path(recipient, reading, by, history, intended)
    if path.kind in (PathKind.ALIAS, PathKind.VERP):
        return _believe_alias(recipient, reading, by, history, intended)
    return _take_for_unproven("it did not come to a return path of an account")


def is_overused(history: History) -> bool:
    """Whether the token has brought so many letters today that another letter is not believed."""
    several = MAX_HOLDERS if history.shared else 1
    if history.message and history.message.found_by_reference:
        several = history.message.holders
    return history.uses >= DAILY_USES * max(1, several)


def is_partly_forgotten(token: Signed | None, outliving_days: int, now: dt.datetime) -> bool:
    """Whether messages that carried *token* may be forgotten: whoever got one of them still holds it.

    On the last *outliving_days* of a path, and on its last day, messages of its first day may be forgotten.
    """
    if token is None or token.reference is None:
        return False
    return token.day - int(now.timestamp()) // DAY_SECONDS <= outliving_days


def is_counted_by_address(history: History) -> bool:
    """Whether the token is for an unknown number of recipients: then it may bring ten reports a day about each of them."""
    return history.shared and not (history.message and history.message.found_by_reference)


def _believe_path(
    recipient: Recipient, reading: Reading, by: Credentials, history: History, intended: IntendedRecipient
) -> Believed:
    if by.signed is None:
        return _take_for_unproven("the key that signed its return path is no longer known")
    if by.compared.is_mismatched:
        return _take_for_contradicted("the signed header that it returns was made for another message")
    return _believe_token(recipient, reading, by.signed, by, history, intended)


def _believe_alias(
    recipient: Recipient, reading: Reading, by: Credentials, history: History, intended: IntendedRecipient
) -> Believed:
    path = by.path
    if path.recipient and by.compared.comparable(path.recipient) not in _forms(recipient, by):
        return _take_for_contradicted("the return path names another recipient")
    if by.mark is not None and by.mark.account != path.account:
        return _take_for_contradicted("the signed header that it returns was made for another account")
    if by.mark is not None:
        return _believe_token(recipient, reading, by.mark, by, history, intended)
    if history.message is not None:
        return _believe_message_id(recipient, by, history.message)
    return _believe_owner(by)


def _believe_owner(by: Credentials) -> Believed:
    if _from_an_owner(by):
        return Believed(Belief.PLAUSIBLE, "the returned message says that it is from a domain of the account's owner")
    returns = f", and the header that it returns is {by.flaw}" if by.flaw else ""
    return _take_for_unproven(f"it came to an alias that anyone may know{returns}")


def _believe_token(
    recipient: Recipient,
    reading: Reading,
    token: Signed,
    by: Credentials,
    history: History,
    intended: IntendedRecipient,
) -> Believed:
    if history.message is not None and _is_other_message(by, history.message):
        token_name = _token_name(by)
        return _take_for_contradicted(f"{token_name} was signed for another message than the one that is returned")
    if token.is_for_one_recipient or intended.address is not None:
        return _believe_token_for_one(recipient, reading, by, intended)
    if history.message is None or not history.message.found_by_reference:
        return _believe_token_for_unknown(recipient, by, history)
    return _believe_message_token(recipient, by, history.message)


def _believe_token_for_one(
    recipient: Recipient, reading: Reading, by: Credentials, intended: IntendedRecipient
) -> Believed:
    token_name, forms = _token_name(by), _forms(recipient, by)
    if not by.compared.intended.isdisjoint(forms) or (
        intended.address is not None and by.compared.comparable(intended.address) in forms
    ):
        return Believed(Belief.PROVEN, f"{token_name} was signed for this recipient")
    if len(reading.recipients) == 1 and not by.compared.intended.isdisjoint(by.compared.to):
        return Believed(
            Belief.PROVEN, f"{token_name} was signed for the recipient of the returned message, who has mail sent on"
        )
    if not can_be_about(recipient, reading, intended, by.compared):
        return _take_for_contradicted(f"{token_name} was signed for another recipient")
    if intended.address is None:
        return _take_for_unproven(f"{token_name} was signed for one recipient, and nothing says for whom")
    return Believed(Belief.PROVEN, f"{token_name} was signed for one recipient, whatever address the report names")


def _believe_token_for_unknown(recipient: Recipient, by: Credentials, history: History) -> Believed:
    token_name = _token_name(by)
    count = history.reports_today.get(by.compared.comparable(recipient.recipient), 0)
    if count >= DAILY_USES:
        return _take_for_unproven(f"{token_name} has already told of this recipient {count} times today")
    if not count and history.addresses_today >= MAX_HOLDERS:
        return _take_for_unproven(f"{token_name} has already told of {history.addresses_today} recipients today")
    if not by.compared.to.isdisjoint(_forms(recipient, by)):
        return Believed(
            Belief.PLAUSIBLE, f"{token_name} was signed for a message to several, and its To names this one"
        )
    return _take_for_unproven(f"{token_name} was signed for a message of which nothing more is known")


def _believe_message_token(recipient: Recipient, by: Credentials, message: SentMessage) -> Believed:
    token_name = _token_name(by)
    if not _went_to(recipient, by, message):
        return _take_for_contradicted(f"{token_name} was signed for a message that did not go to this recipient")
    count = message.holders
    if by.from_own_server:
        return Believed(
            Belief.PROVEN,
            f"{token_name} was signed for a message to {count}, this one among them, and a server of the account's own reports it",
        )
    return Believed(
        Belief.PLAUSIBLE,
        f"{token_name} was signed for a message to {count}, this one among them, and any of those may have written this",
    )


def _believe_message_id(recipient: Recipient, by: Credentials, message: SentMessage) -> Believed:
    if not _went_to(recipient, by, message):
        return _take_for_contradicted("the returned message is one that we know, and it did not go to this recipient")
    if _is_other_message(by, message):
        return _take_for_contradicted("the returned message's headers are not those that were sent")
    return Believed(Belief.PLAUSIBLE, "the returned headers are those of a message that went to this recipient")


def _went_to(recipient: Recipient, by: Credentials, message: SentMessage) -> bool:
    return not message.recipients.isdisjoint(_forms(recipient, by))


def _forms(recipient: Recipient, by: Credentials) -> list[str]:
    return [by.compared.comparable(address) for address in addresses_of(recipient)]


def _token_name(by: Credentials) -> str:
    return "its return path" if by.path.kind is PathKind.SIGNED else "the signed header that it returns"


def _is_other_message(by: Credentials, message: SentMessage) -> bool:
    """Whether neither Message-ID nor subject is the registered one; servers on the way rewrite the one and tag the other."""
    seen, sent = by.compared, message
    if not (seen.message_id and sent.message_id and seen.subject and sent.subject):
        return False
    return seen.message_id != normalize_header(sent.message_id) and not is_subject_of(
        normalize_header(sent.subject) or "", seen.subject
    )


def _from_an_owner(by: Credentials) -> bool:
    sender = by.compared.sender
    return bool(sender) and sender in {split(comparable(owner))[1] for owner in by.owners}


def _take_for_unproven(why: str) -> Believed:
    return Believed(Belief.UNPROVEN, why)


def _take_for_contradicted(why: str) -> Believed:
    return Believed(Belief.CONTRADICTED, why)
