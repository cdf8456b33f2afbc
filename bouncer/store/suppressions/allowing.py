"""Changes of the allow-list that share a commit and its statements, as those of suppressions do (``changing``).

An entry lifts the suppressions that it covers. To find the suppressions in a domain, all of the account's are read: this is done
before the commit, in one pass for several domains. The commit looks only for suppressions that came later.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL
from bouncer.policy.records import ChangeSource
from bouncer.ports.suppressions import Allowed, TrailChange
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.queries import fetch_rows, queue_change
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import suppression_digests
from bouncer.store.suppressions import changes, trail
from bouncer.store.suppressions.allow_list import find_rows
from bouncer.store.suppressions.keys import ADDRESS, Keys, both_forms
from bouncer.store.suppressions.suppressions import select_by_forms
from bouncer.store.tables import allowed, suppressions

MOST_DOMAINS = 500
"""Domains that are looked for in one pass: as many as fit into one query."""


@dataclass(frozen=True, slots=True)
class CoveredSuppressions:
    """The suppressions that an entry covers, by id, and the newest id of all suppressions at that time."""

    ids: Sequence[int]
    newest: int


@dataclass(frozen=True, slots=True)
class Allowing:
    """An entry that is to be added; *covered* is known for that of a domain."""

    entry: Allowed
    source: ChangeSource
    covered: CoveredSuppressions = CoveredSuppressions((), 0)


@dataclass(frozen=True, slots=True)
class Disallowing:
    """An entry that is to be deleted, in all spellings."""

    entry: Allowed
    source: ChangeSource


def find_covered(connection: sa.Connection, entries: Sequence[Allowed]) -> list[CoveredSuppressions]:
    """Find the suppressions that entries for domains cover; reads all of the accounts', outside of a write transaction."""
    newest = connection.scalar(sa.select(sa.func.max(suppressions.c.id))) or 0
    keys, forms = Keys(connection, {entry.account for entry in entries}), defaultdict[str, set[str]](set)
    for entry in entries:
        forms[entry.account].add(keys.form(entry.account, entry.address))
    covered_ids = {account: _ids_of_domains(connection, account, sought, keys) for account, sought in forms.items()}
    return [
        CoveredSuppressions(covered_ids[entry.account][keys.form(entry.account, entry.address)], newest)
        for entry in entries
    ]


def allow_each(connection: sa.Connection, added: Sequence[Allowing], keys: Keys) -> list[bool]:
    """Add entries of one account, from one moment and source, no two of one form, and delete the suppressions that they cover.

    Gives False for each that was on the list already. Another spelling of an entry is added as a row of its own: it stays when the
    account folds Gmail's addresses no longer.
    """
    account, now, source = added[0].entry.account, added[0].entry.at, added[0].source
    forms = [keys.form(account, change.entry.address) for change in added]
    rows = find_rows(connection, account, forms, keys)
    listed = {keys.form_of(account, row) for row in rows.values()}
    new = [
        (form, change)
        for form, change in zip(forms, added, strict=True)
        if _row(change.entry)["address_key"] not in rows
    ]
    write_rows(connection, _insertion(insert_of(connection)), [_row(change.entry) for _, change in new])
    lifted = _find_lifted(connection, account, dict(new), keys)
    entries = [change.entry for _, change in new]
    changes.note_allowed(connection, [(change.entry, lifted.get(form, ())) for form, change in new], source=source)
    _delete(connection, account, lifted, keys)
    if suppression_digests.has_any(connection):
        for form, _ in new:
            suppression_digests.lift(connection, account, form, folds=keys.folds(account), now=now)
    trail.note_allow_list(connection, entries, change=TrailChange.ALLOWED, source=source)
    added_forms = {form for form, _ in new}
    return [form in added_forms and form not in listed for form in forms]


def disallow_each(connection: sa.Connection, removed: Sequence[Disallowing], keys: Keys) -> list[bool]:
    """Delete entries of one account, by one source, in all spellings; gives False for each that was not on the list."""
    entries = {keys.form(change.entry.account, change.entry.address): change.entry for change in removed}
    account, source = removed[0].entry.account, removed[0].source
    rows = find_rows(connection, account, entries, keys)
    write_rows(connection, _DELETION, [{"of_account": account, "of_key": address_key} for address_key in rows])
    spellings = [
        dataclasses.replace(entries[keys.form_of(account, row)], address=row.address) for _, row in sorted(rows.items())
    ]
    trail.note_allow_list(connection, spellings, change=TrailChange.DISALLOWED, source=source)
    listed = {keys.form_of(account, row) for row in rows.values()}
    return [form in listed for form in entries]


def _row(entry: Allowed) -> dict[str, object]:
    facts = {"account": entry.account, "address": entry.address, "at": entry.at, "why": entry.why}
    return {**facts, **both_forms(entry.address)}


def _find_lifted(
    connection: sa.Connection, account: str, added: Mapping[str, Allowing], keys: Keys
) -> dict[str, Sequence[int]]:
    """Give the suppressions that entries lift, by the entry's form, each for one entry."""
    domains = {form: change.covered for form, change in added.items() if form.startswith("@")}
    lifted = _ids_of_addresses(connection, account, [form for form in added if form not in domains], keys)
    lifted_ids = {number for ids in lifted.values() for number in ids}
    newest = min((covered.newest for covered in domains.values()), default=0)
    later = _ids_of_domains(connection, account, domains, keys, after=newest) if domains else {}
    for form, covered in domains.items():
        ids = {*covered.ids, *later.get(form, ())} - lifted_ids
        lifted[form] = sorted(ids)
        lifted_ids |= ids
    return {form: ids for form, ids in lifted.items() if ids}


def _ids_of_addresses(
    connection: sa.Connection, account: str, forms: Sequence[str], keys: Keys
) -> dict[str, Sequence[int]]:
    """Give the ids of the suppressions of addresses, by form."""
    ids = defaultdict[str, list[int]](list)
    for some in in_parts(sorted(forms)):
        values = {"accounts": [account], "forms": some}
        for row in fetch_rows(connection, _OF_FORMS[keys.folds(account)], values):
            ids[keys.form_of(account, row)].append(row.id)
    return {form: ids[form] for form in forms if form in ids}


def _ids_of_domains(
    connection: sa.Connection, account: str, forms: Iterable[str], keys: Keys, *, after: int | None = None
) -> dict[str, list[int]]:
    """Give the ids of the suppressions in domains, all or those above *after*, by the form of the domain's entry."""
    ids: dict[str, list[int]] = {form: [] for form in forms}
    bound, is_later = {"account": account, "after": after}, after is not None
    domains = [form[1:] for form in ids if not _is_all_of_gmail(form, account, keys)]
    if len(domains) < len(ids):
        ids[ALL_OF_GMAIL] = [row.id for row in fetch_rows(connection, _AT_GMAIL[is_later], bound)]
    for some in in_parts(sorted(domains)):
        for row in fetch_rows(connection, _IN_DOMAINS[is_later], {**bound, "domains": some}):
            ids[f"@{row.address_domain}"].append(row.id)
    return ids


def _delete(connection: sa.Connection, account: str, lifted: Mapping[str, Sequence[int]], keys: Keys) -> None:
    """Delete suppressions; those of domains by their domain, too, for since they were found their ids may be another's."""
    ids_of = defaultdict[sa.Delete, list[int]](list)
    for form, ids in lifted.items():
        is_gmail = _is_all_of_gmail(form, account, keys)
        ids_of[_DELETE_AT_GMAIL if is_gmail else _DELETE_IN_DOMAINS if form.startswith("@") else _DELETE] += ids
    domains = [form[1:] for form in lifted if form.startswith("@")]
    for deletion, all_ids in ids_of.items():
        bound = {"account": account, **({"domains": domains} if deletion is _DELETE_IN_DOMAINS else {})}
        for some in in_parts(all_ids):
            queue_change(connection, deletion, {**bound, "ids": some})


def _is_all_of_gmail(form: str, account: str, keys: Keys) -> bool:
    return form == ALL_OF_GMAIL and keys.folds(account)


@cache
def _insertion(insert: Insert) -> sa.Insert:
    return insert(allowed).on_conflict_do_nothing()


_ROW = suppressions.c
_OF_FORMS = select_by_forms(sa.select(_ROW.id, *(_ROW[name] for name in ADDRESS)))
_OF_ACCOUNT = _ROW.account == sa.bindparam("account")
_IDS = sa.select(_ROW.id, _ROW.address_domain).where(_OF_ACCOUNT)
_LATER = _ROW.id > sa.bindparam("after")
_DOMAINS = _ROW.address_domain.in_(sa.bindparam("domains", type_=sa.Text, expanding=True))
_GMAIL = _ROW.address_folded.is_not(None)
_IN_DOMAINS = {False: _IDS.where(_DOMAINS), True: _IDS.where(_DOMAINS, _LATER)}
_AT_GMAIL = {False: _IDS.where(_GMAIL), True: _IDS.where(_GMAIL, _LATER)}
_DELETE = sa.delete(suppressions).where(_OF_ACCOUNT, _ROW.id.in_(sa.bindparam("ids", expanding=True)))
_DELETE_IN_DOMAINS, _DELETE_AT_GMAIL = _DELETE.where(_DOMAINS), _DELETE.where(_GMAIL)
_DELETION = sa.delete(allowed).where(
    allowed.c.account == sa.bindparam("of_account"), allowed.c.address_key == sa.bindparam("of_key")
)
