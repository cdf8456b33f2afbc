"""The ledger: the history that decisions about a batch of letters need, loaded at once and updated with each decision.

It lives inside the transaction that writes the decisions, so that of two letters about one address the later one sees the earlier.
"""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, split
from bouncer.policy.believe import is_overused
from bouncer.policy.history import AddressHistory, Change, EarlierFailure, History, HistoryQuery
from bouncer.policy.networks import is_within
from bouncer.policy.owner_bounces import OwnedAccount
from bouncer.policy.records import ChangeSource, Record, Suppression
from bouncer.ports.letters import PendingDecision
from bouncer.ports.scope import OPERATOR
from bouncer.ports.suppressions import TrailChange
from bouncer.store.accounts.accounts import directory
from bouncer.store.bounces import day_counts
from bouncer.store.bounces.history_queries import QUERIES
from bouncer.store.engine.queries import fetch_each
from bouncer.store.engine.values import in_parts
from bouncer.store.outbox import outbox
from bouncer.store.sends.messages import find_registered
from bouncer.store.suppressions.allow_list import find_allowed
from bouncer.store.suppressions.keys import ADDRESS, RECIPIENT, Keys
from bouncer.store.suppressions.suppressions import suppression
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Category

HISTORY = dt.timedelta(days=366)
"""The longest time for which failures count: no account's window is longer."""
Key = tuple[str, str]  # account, address in the account's comparable form
LedgerFacts = tuple[object, ...]
"""All that a ledger was loaded with, in a form that can be compared."""


class Ledger:
    """Answers history queries of a batch's cases, and notes the decisions."""

    def __init__(self, connection: sa.Connection, cases: Sequence[PendingDecision], *, now: dt.datetime) -> None:
        history_queries = [case.query for case in cases]
        self.keys = Keys(connection, (query.account for query in history_queries if query.account))
        """The forms of addresses by the rules of the batch's accounts."""
        self._today = day_counts.day_of(now)
        self._now = now
        self._uses = Counter[day_counts.Subject]()
        self._message_ids_of_queries: dict[HistoryQuery, list[str]] = {}
        self._failures = defaultdict[Key, list[EarlierFailure]](list)
        self._changes = defaultdict[Key, list[Change]](list)
        self._suppressions = defaultdict[Key, list[Suppression]](list)
        self._owned = _find_owned_accounts(connection, history_queries)
        self._ours = outbox.known_message_ids(
            connection, [notice for query in history_queries for notice in query.notices]
        )
        self._messages = find_registered(connection, history_queries, self.keys.has_messages)
        self._counts = day_counts.counts_of(connection, self._subjects(history_queries), self._today)
        believed_queries = [
            query for query in history_queries if not self._is_overused(query)
        ]  # letters with an overused token count for nothing
        pairs = {(query.account, form) for query in believed_queries if query.account for form in self._forms(query)}
        self._allowed = find_allowed(connection, self.keys, pairs)
        accounts = sorted({account for account, _ in pairs})
        self._load(connection, accounts, sorted({form for _, form in pairs}))

    def facts(self) -> LedgerFacts:
        """Give the history that was loaded, to be compared; call it before a decision is noted."""
        by_address = (self._failures, self._changes, self._suppressions)
        of_addresses = tuple({key: tuple(entries) for key, entries in loaded.items()} for loaded in by_address)
        of_letters = (dict(self._owned), frozenset(self._ours), dict(self._messages), Counter(self._counts))
        return (self.keys.facts(), frozenset(self._allowed), *of_addresses, *of_letters)

    def history(self, query: HistoryQuery) -> History:
        """Give the history as it is now, earlier decisions of the batch included."""
        if query.account is None:
            return History(is_our_own=self._is_ours(query), owned=self._accounts_of_owner(query.owner))
        account = query.account
        bare = History(
            self.keys.terms(account),
            self._uses_of(query),
            self._messages[query],
            shared=query.is_shared,
            is_our_own=self._is_ours(query),
        )
        if is_overused(bare):
            return bare
        providers = {provider(split(address)[1]) for address in query.addresses}
        shared_tokens = [query.token] if query.token and query.is_shared else []
        return dataclasses.replace(
            bare,
            by_address={form: self._history_of((account, form)) for form in self._forms(query)},
            blocked={name: self._count(day_counts.blocks_by(account, name)) for name in providers},
            reports_today={
                form: self._count(day_counts.reports_about(token, form))
                for token in shared_tokens
                for form in query.addresses
            },
            addresses_today=sum(self._count(day_counts.reported_addresses(token)) for token in shared_tokens),
        )

    def add_decision(self, record: Record) -> None:
        """Note a decision for the cases that follow."""
        for failing_owner in record.failing:
            accounts = self._owned[failing_owner.account]
            self._owned[failing_owner.account] = dataclasses.replace(
                accounts, failing=(*accounts.failing, failing_owner.owner)
            )
        account = record.account
        if account is None:
            return
        for bounce in record.bounces:
            if bounce.is_counted and bounce.verdict:
                failure = EarlierFailure(self._now, bounce.verdict.category, bounce.stream)
                self._failures[account, self.keys.form(account, bounce.key)].append(failure)
        for added in record.suppressions:
            at = (account, self.keys.form(account, added.address))
            self._suppressions[at].append(added)
            self._changes[at].append(Change(added.since, is_release=False, reason=added.reason, source=added.source))
        for release in record.releases:
            at = (account, self.keys.form(account, release.address))
            self._suppressions.pop(at, None)
            self._changes[at].append(Change(release.at, is_release=True, reason="", source=release.source))
        self._uses.update(self._count_uses(record))

    def write(self, connection: sa.Connection) -> None:
        """Write the counts of the day."""
        day_counts.add(connection, self._uses, self._today)

    def _count_uses(self, record: Record) -> list[day_counts.Subject]:
        counted = [day_counts.blocks_by(record.account or "", name) for name in record.blocked]
        if record.token:
            reports = [day_counts.reports_about(record.token, form) for form in record.reported_addresses]
            of_new = [day_counts.reported_addresses(record.token) for subject in reports if not self._count(subject)]
            counted += [day_counts.uses_of(record.token, by_own_server=record.is_of_own_server), *reports, *of_new]
        return counted

    def _uses_of(self, query: HistoryQuery) -> int:
        return self._count(self._uses_subject(query, query.token)) if query.token else 0

    def _uses_subject(self, query: HistoryQuery, token: str) -> day_counts.Subject:
        own_servers = self.keys.terms(query.account or "").servers
        return day_counts.uses_of(token, by_own_server=is_within(query.peer, own_servers))

    def _count(self, subject: day_counts.Subject) -> int:
        return self._counts[subject] + self._uses[subject]

    def _is_overused(self, query: HistoryQuery) -> bool:
        return is_overused(History(uses=self._uses_of(query), message=self._messages[query], shared=query.is_shared))

    def _forms(self, query: HistoryQuery) -> list[str]:
        """Give the forms of a letter's addresses, as its account compares them; cached, for a letter may name hundreds."""
        if query not in self._message_ids_of_queries:
            message = self._messages[query]
            sent_to = message.recipients if message and len(message.recipients) == 1 else ()
            forms = (self.keys.form(query.account or "", address) for address in (*query.addresses, *sent_to))
            self._message_ids_of_queries[query] = list(dict.fromkeys(forms))
        return self._message_ids_of_queries[query]

    def _is_ours(self, query: HistoryQuery) -> bool:
        return not self._ours.isdisjoint(query.notices)

    def _accounts_of_owner(self, owner: str | None) -> tuple[OwnedAccount, ...]:
        owned_accounts = (owned for owned in self._owned.values() if owner in set(map(comparable, owned.owners)))
        return tuple(owned_accounts) if owner else ()

    def _history_of(self, at: Key) -> AddressHistory:
        return AddressHistory(
            tuple(self._failures.get(at, ())),
            tuple(self._changes.get(at, ())),
            tuple(self._suppressions.get(at, ())),
            allowed=at in self._allowed,
        )

    def _subjects(self, history_queries: Sequence[HistoryQuery]) -> set[day_counts.Subject]:
        tokens = {self._uses_subject(query, query.token) for query in history_queries if query.token}
        shared = [(query.token, query.addresses) for query in history_queries if query.token and query.is_shared]
        tokens |= {day_counts.reported_addresses(token) for token, _ in shared}
        tokens |= {day_counts.reports_about(token, form) for token, forms in shared for form in forms}
        return tokens | {
            day_counts.blocks_by(query.account, provider(split(address)[1]))
            for query in history_queries
            if query.account
            for address in query.addresses
        }

    def _load(self, connection: sa.Connection, accounts: Sequence[str], forms: Sequence[str]) -> None:
        queries = QUERIES[any(map(self.keys.folds, accounts))]
        for some in in_parts(forms):
            bind_values = {"accounts": accounts, "forms": some}
            suppression_rows, failure_rows, change_rows = fetch_each(
                connection,
                (queries.suppressions, bind_values),
                (queries.failures, {**bind_values, "since": self._now - HISTORY}),
                (queries.changes, bind_values),
            )
            for row in suppression_rows:
                self._suppressions[self._key_of_row(row)].append(suppression(row))
            for row in failure_rows:
                failure = EarlierFailure(row.at, Category(row.category), row.stream)
                self._failures[self._key_of_row(row, RECIPIENT)].append(failure)
            for row in change_rows:
                change = Change(row.at, row.change == TrailChange.FREED, row.reason, ChangeSource(row.source))
                self._changes[self._key_of_row(row)].append(change)

    def _key_of_row(self, row: Any, columns: tuple[str, str] = ADDRESS) -> Key:
        return row.account, self.keys.form_of(row.account, row, columns)


def _find_owned_accounts(connection: sa.Connection, history_queries: Sequence[HistoryQuery]) -> dict[str, OwnedAccount]:
    """Give all accounts with their owners, but only in the rare case that a notice bounced."""
    if not any(query.owner for query in history_queries):
        return {}
    return {
        name: OwnedAccount(name, account.owners, account.failing)
        for name, account in directory(connection, OPERATOR).accounts.items()
    }
