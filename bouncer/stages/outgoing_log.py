"""The lines of the log about mail that goes out: who gets it, who does not, and why; names as the account wants them."""

import logging
from collections.abc import Callable, Mapping

from bouncer.logs import tell
from bouncer.mail.logged import nameless, unsigned
from bouncer.mail.returnpath import Generation, claimed_account
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.outgoing import Outgoing, Sending, Signing, hashed_name
from bouncer.policy.records import Suppression

MOST_LINES = 20
"""Lines about recipients of one message that get nothing: it may have fifty thousand."""


class OutgoingLog:
    """Writes to *log*; ``terms`` and ``generation`` tell of an account, ``signing()`` how its paths are signed now."""

    def __init__(
        self,
        log: logging.Logger,
        *,
        terms: Callable[[str], AccountRules],
        generation: Callable[[str], Generation],
        signing: Callable[[], Signing],
    ) -> None:
        self._log = log
        self._terms = terms
        self._generation = generation
        self._signing = signing

    def sending(self, mail: Outgoing, sending: Sending, gone: Mapping[str, Suppression]) -> None:
        """Log what becomes of a message; of very many recipients who get nothing, some."""
        if not self._log.isEnabledFor(logging.INFO):
            return
        account, queue_id = sending.account, mail.queue_id
        event = "refused" if sending.refused else "dropped"
        facts = {"queue_id": queue_id, "message_id": mail.message_id}
        for address in sending.dropped[:MOST_LINES]:
            who, cause = self._named(account, address), gone[address].reason
            tell(self._log, logging.INFO, event, account=account, recipient=who, cause=cause, **facts)
        if (more := len(sending.dropped) - MOST_LINES) > 0:
            tell(self._log, logging.INFO, event, account=account, more=more, **facts)
        count = len(sending.recipients)
        if count:
            only = self._named(account, sending.recipients[0]) if count == 1 else None
            event = "counted" if sending.reverse_path is None else "signed"
            tell(self._log, logging.INFO, event, account=account, recipient=only, recipients=count, queue_id=queue_id)

    def refused(self, found: Suppression, account: str, address: str, queue_id: str | None) -> None:
        """Log that a recipient is refused."""
        who = self._named(account, address)
        tell(self._log, logging.INFO, "refused", account=account, recipient=who, cause=found.reason, queue_id=queue_id)

    def path(self, path: str) -> str:
        """Give a reverse-path in a domain of ours as it stands in the log."""
        return nameless(path) if self._terms(claimed_account(path) or "").hash_paths else unsigned(path)

    def _named(self, account: str, address: str) -> str:
        if not self._terms(account).hash_paths:
            return address
        return hashed_name(account, address, self._signing(), self._generation(account))
