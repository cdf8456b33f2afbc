"""The index of each query of the store, and why some queries may read more than their answer."""

from collections.abc import Mapping

ALL_ROWS = "all rows"
_ON_POSTGRESQL = ", on PostgreSQL"

Uses = Mapping[str, Mapping[str, set[str]]]
"""By query, and by large table: indexes."""


def as_text(uses: Uses) -> str:
    """Write the uses as they stand in the list below."""
    lines = list[str]()
    for name, tables in sorted(uses.items()):
        lines += [name, *(f"    {table} by {index}" for table in sorted(tables) for index in sorted(tables[table]))]
    return "\n".join(lines)


def lines_of_sqlite() -> list[str]:
    """Give the lines of the list that are SQLite's."""
    return [line for line in INDEXES.strip().splitlines() if not line.endswith(_ON_POSTGRESQL)]


def uses_on_postgresql() -> dict[str, set[tuple[str, str]]]:
    """Give by query the tables, each with an index that may be used on PostgreSQL."""
    uses, name = dict[str, set[tuple[str, str]]](), ""
    for line in INDEXES.strip().splitlines():
        if not line.startswith(" "):
            name = line
            uses[name] = set()
        else:
            table, _, index = line.strip().removesuffix(_ON_POSTGRESQL).partition(" by ")
            uses[name].add((table, index))
    return uses


WHOLE = {
    ("left_names._count", "send_totals"): "an erasure counts the campaigns and streams that name the address",
    ("staging._count_allowed", "allowed"): "only whether there is a row",
    ("standing.read_standing", "letters"): "only the last row",
    ("standing.read_standing", "suppressions"): "bouncer status counts them",
}
"""By query and table: why it may read it from one end."""

WHOLE_ON_POSTGRESQL = {
    ("outbox.list_entries", "outbox"): "bouncer queue of one receiver: there is no index of receivers",
    ("outbox.count_entries", "outbox"): "the same",
    ("outbox.change_some", "outbox"): "the same",
    ("other_texts.search_texts", "allowed"): "an erasure searches all, 5,000 rows at a time: here these are nearly all",
    ("other_texts.search_texts", "outbox"): "the same",
    ("rolling_up._merge", "tallies"): "every hour: here every count is of one hour",
    ("counts.active_accounts", "send_totals"): "here nearly all totals, which are few, are of the last days",
    ("daily.sum_days", "send_totals"): "the same: a month of them",
    (
        "counts.sum_counts",
        "send_totals",
    ): "of all accounts: here nearly all totals, which are few, are of the time that is asked for",
}
"""Indexes on PostgreSQL alone."""

LONG = {
    "clock_faults.bring_back": "at a start, and where the clock was set back: all that waits is looked at",
    "failing.domains": "the failures of eight days are added up by domain, at most 50,000 counts",
    "allowing._ids_of_domains": "all of a domain goes on the allow-list: the account is read, beside the writers",
    "standing.read_standing": "bouncer status counts the suppressions",
    "filtering._changes": "of each of 1,500 bounces the letter's kind is looked at, for events of several kinds",
    "offset_pages.choose_ids": "of each of 1,500 bounces the letter's kind, and whether mail to its address is stopped",
    "suppressions.count": "Postmark's delivery statistics count them, out of an index",
    "records._naming": "an erasure searches the texts of some thousand rows at a time, beside the writers",
    "other_texts.search_texts": "as above, in rows about others",
    "outbox.list_entries": "bouncer queue of one receiver: the letters on their way have no index of receivers",
    "outbox.count_entries": "the same",
    "outbox.change_some": "the same",
    "listing.list_addresses": "addresses that begin alike, 50,000 at most, are put in the order of the list",
}
"""By query: why it may read so much."""

LONG_ON_POSTGRESQL = {
    "retiring._delete_octets": "of letters that nobody could read, few: those between them are looked at",
}
"""Indexes on PostgreSQL alone."""

INDEXES = """
allow_list.find_allowed
    allowed by ix_allowed_folded
    allowed by primary key
allow_list.find_rows
    allowed by ix_allowed_folded
    allowed by primary key
allow_list.read_page
    allowed by primary key
allowing._ids_of_addresses
    suppressions by id
    suppressions by uq_suppressions_stream
allowing._ids_of_domains
    suppressions by id, on PostgreSQL
    suppressions by ix_suppressions_of_account
allowing.disallow_each
    allowed by primary key
allowing.find_covered
    suppressions by id
blocks._read_of_addresses
    bounces by id
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    bounces by ix_bounces_recipient
    trail by ix_trail_address
blocks.list_blocks
    bounces by id
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category, on PostgreSQL
    bounces by ix_bounces_counts
    bounces by ix_bounces_recipient
    trail by ix_trail_address
bounces._page
    bounces by ix_bounces_domain
    bounces by ix_bounces_letter_id
    letters by id
    letters by ix_letters_message_id
bounces.find_earlier
    bounces by id, on PostgreSQL
    bounces by ix_bounces_recipient
bounces.page
    bounces by id
    bounces by ix_bounces_account
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    bounces by ix_bounces_letter_id
    bounces by ix_bounces_recipient
    letters by id
bounces.read_in_order
    bounces by id
    letters by id
bounces.read_of_letters
    bounces by ix_bounces_letter_id
    letters by id
changes._note_ended
    suppressions by ix_suppressions_until
    suppressions by uq_suppressions_stream
changes.note_import
    staged by primary key
    suppressions by uq_suppressions_stream
chunks.delete_chunks
    raw_letters by id
chunks.delete_lost
    raw_letters by id
clock_faults.bring_back
    letters by ix_letters_state
    outbox by ix_outbox_due
    outbox by ix_outbox_state
    outbox by ix_outbox_turn, on PostgreSQL
counts.active_accounts
    send_totals by ix_send_totals_hour
counts.replace_counts
    send_totals by primary key
    tallies by ix_tallies_domain, on PostgreSQL
    tallies by primary key
counts.sum_counts
    send_totals by ix_send_totals_hour
    send_totals by primary key
    tallies by ix_tallies_domain
    tallies by ix_tallies_hour, on PostgreSQL
    tallies by primary key
cutting.cut
    letters by ix_letters_raw_id
    letters by ix_letters_uncut
    outbox by ix_outbox_letter
daily.sum_days
    send_totals by ix_send_totals_hour
    send_totals by primary key
day_counts.counts_of
    day_counts by primary key
day_counts.retire
    day_counts by ix_day_counts_day
day_octets._sums
    letters by id
delivery_facts._find_earlier
    bounces by id
    bounces by ix_bounces_counts, on PostgreSQL
    bounces by ix_bounces_recipient
delivery_facts.delivery_jobs
    letters by id
    outbox by id
digests.bundle
    outbox by ix_outbox_due
endpoints.end_waiting
    outbox by ix_outbox_webhook
entries._drop_empty_digests
    outbox by id
    outbox by ix_outbox_digest
entries.erase_entries
    outbox by id
    outbox by ix_outbox_letter
    outbox by ix_outbox_recipient
    outbox by ix_outbox_webhook, on PostgreSQL
entries.split_by_entries
    outbox by ix_outbox_letter
failing.domains
    tallies by ix_tallies_failed
filtering._changes
    bounces by id
    bounces by ix_bounces_account
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category
    bounces by ix_bounces_changed
    bounces by ix_bounces_counts
    bounces by ix_bounces_domain
    bounces by ix_bounces_letter_id
    bounces by ix_bounces_recipient
    letters by id
    letters by ix_letters_message_id
filtering.chosen_ids
    bounces by id
    bounces by ix_bounces_account
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category
    bounces by ix_bounces_counts
    bounces by ix_bounces_domain
    bounces by ix_bounces_letter_id
    bounces by ix_bounces_recipient
    letters by ix_letters_message_id
keys.Keys._read
    allowed by primary key
    sent_messages by ix_sent_messages_reference
knowing.accounts_knowing
    allowed by ix_allowed_folded
    allowed by primary key
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
    trail by ix_trail_address
    trail by ix_trail_folded
leasing.Leases.lease
    letters by id
leasing.release
    letters by ix_letters_state
ledger.Ledger._load
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
    trail by ix_trail_address
    trail by ix_trail_folded
left_names._count
    send_totals by all rows
letters.load
    letters by id
    raw_letters by id
list_removal.take_off
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
listing._are_few
    suppressions by uq_suppressions_stream
listing._choose
    bounces by id
    bounces by ix_bounces_counts
    bounces by ix_bounces_letter_id
    bounces by ix_bounces_recipient, on PostgreSQL
    letters by id
    letters by ix_letters_account
    letters by ix_letters_account_state
    letters by ix_letters_account_unread
    letters by ix_letters_message_id
    letters by ix_letters_state
    letters by ix_letters_unread
listing._first_waiting
    letters by ix_letters_account_state
    letters by ix_letters_state
listing.find
    suppressions by id, on PostgreSQL
    suppressions by ix_suppressions_folded
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
listing.list_addresses
    suppressions by id, on PostgreSQL
    suppressions by ix_suppressions_listed
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
lists._erase_suppressions
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
lists.erase_lists
    allowed by ix_allowed_folded
    allowed by primary key
    staged by ix_staged_folded
    staged by primary key
lists.erase_trail
    trail by id
    trail by ix_trail_address
    trail by ix_trail_folded
looking_up._rows
    allowed by ix_allowed_folded
    allowed by primary key
    staged by ix_staged_folded
    staged by primary key
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
looking_up.read_index
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
marks.write
    outbox by id
    outbox by ix_outbox_state, on PostgreSQL
messages._find_newest
    sent_messages by ix_sent_messages_message_id
    sent_messages by ix_sent_messages_reference
messages.erase_unsent
    outbox by id
messages.search_messages
    sent_messages by id
messages_to.find_newest
    sent_messages by id
offset_pages.choose_ids
    bounces by id
    bounces by ix_bounces_account
    letters by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
other_texts.search_texts
    allowed by primary key
    outbox by id
    staged by primary key
    suppressions by id
    trail by id
outbox.change_some
    outbox by id, on PostgreSQL
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.count_entries
    outbox by ix_outbox_account
    outbox by ix_outbox_state
    outbox by ix_outbox_turn, on PostgreSQL
outbox.drop
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.entry
    outbox by id
outbox.lease
    letters by id
    outbox by id
    outbox by ix_outbox_turn
outbox.list_entries
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
    outbox by ix_outbox_turn, on PostgreSQL
outbox.release
    outbox by ix_outbox_state
    outbox by ix_outbox_turn, on PostgreSQL
outbox.retry
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outcome_counts.count_newest
    bounces by id
    bounces by ix_bounces_account
outcome_counts.refusals
    bounces by id
    bounces by ix_bounces_account
recording._find_in_state
    letters by id
    letters by ix_letters_state
recording._write_letters
    letters by id
recording.rerecord
    bounces by ix_bounces_letter_id
records._erase_octets
    letters by ix_letters_raw_id
    raw_letters by id
records._last_of_step
    bounces by id
    bounces by ix_bounces_account
    letters by id
    letters by ix_letters_account
records._naming
    bounces by id
    bounces by ix_bounces_account
    letters by id
    letters by ix_letters_account
records.erase_bounces
    bounces by id
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
records.erase_letters
    bounces by ix_bounces_letter_id
    letters by id
removing._delete_rows
    suppressions by id
removing._drop_entries
    outbox by id
    outbox by ix_outbox_account
removing._next_part
    allowed by primary key
    bounces by ix_bounces_account
    bounces by ix_bounces_account_category, on PostgreSQL
    day_counts by primary key
    letters by ix_letters_account
    letters by ix_letters_account_state, on PostgreSQL
    outbox by ix_outbox_account
    sent_messages by ix_sent_messages_message_id
    staged by primary key
    suppressions by ix_suppressions_listed, on PostgreSQL
    suppressions by ix_suppressions_of_account
    tallies by ix_tallies_domain
    trail by ix_trail_account
removing._rename_rows
    bounces by id
    letters by id
    outbox by id
    outbox by ix_outbox_account, on PostgreSQL
    trail by id
repeated.failures
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category
retiring._delete_bounces
    bounces by id
    outbox by ix_outbox_letter
retiring._delete_letters
    bounces by ix_bounces_letter_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
retiring._delete_octets
    letters by ix_letters_raw_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
    raw_letters by id
retiring._find_bounces
    bounces by ix_bounces_letter_id
    outbox by ix_outbox_letter
retiring._find_letters
    bounces by ix_bounces_letter_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
retiring._find_octets
    letters by ix_letters_state
rolling_up._first_unmerged
    tallies by ix_tallies_hour
rolling_up._forget_counts
    tallies by ix_tallies_hour
rolling_up._forget_messages
    sent_messages by id
    sent_messages by ix_sent_messages_sent_at
rolling_up._merge
    tallies by ix_tallies_hour
scheduling._count_earlier
    bounces by ix_bounces_counts
    outbox by ix_outbox_letter
scheduling._subjects_of
    bounces by id
    bounces by ix_bounces_letter_id
scheduling._topics
    bounces by ix_bounces_letter_id
    letters by id
scheduling.schedule_entries
    outbox by id
    outbox by ix_outbox_turn
spelled_keys.search_addresses
    allowed by primary key
    bounces by id
    suppressions by id
    trail by id
staging._count_allowed
    allowed by all rows
    allowed by primary key
    staged by primary key
staging._first_rows
    staged by primary key
staging._folding_accounts
    staged by primary key
staging._lengthen_wishes
    staged by primary key
    suppressions by uq_suppressions_stream
staging._merge_rows
    staged by primary key
    suppressions by uq_suppressions_stream
staging.merge
    staged by primary key
staging.open_import
    staged by primary key
staging.staged_names
    staged by primary key
standing.read_standing
    letters by all rows
    letters by id, on PostgreSQL
    letters by ix_letters_state
    outbox by ix_outbox_due
    outbox by ix_outbox_state
    outbox by ix_outbox_turn, on PostgreSQL
    suppressions by all rows
suppressions._find_existing
    suppressions by uq_suppressions_stream
suppressions.count
    suppressions by ix_suppressions_listed
suppressions.find_in_force
    suppressions by id, on PostgreSQL
    suppressions by ix_suppressions_folded
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
suppressions.list_suppressions
    suppressions by id
    suppressions by ix_suppressions_of_account
suppressions.release_each
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
taught.letters_of
    letters by ix_letters_taught_rule
taught.list_rules
    letters by ix_letters_taught_rule
trail._changes_of_address
    trail by id, on PostgreSQL
    trail by ix_trail_account
    trail by ix_trail_address
    trail by ix_trail_folded
trail.delete_changes
    suppressions by uq_suppressions_stream
    trail by id
trail.find_old
    suppressions by uq_suppressions_stream
    trail by ix_trail_at
trail.list_changes
    trail by id
    trail by ix_trail_account
    trail by ix_trail_address
    trail by ix_trail_folded
undoing.undo_part
    suppressions by uq_suppressions_stream
    trail by ix_trail_address
    trail by ix_trail_at
unread.drop_entries
    outbox by ix_outbox_letter
unsent.delete_unsent
    outbox by id
    outbox by ix_outbox_letter, on PostgreSQL
unsent.find_old
    outbox by ix_outbox_letter
unsent.release
    outbox by ix_outbox_due
    outbox by ix_outbox_letter, on PostgreSQL
waiting.WaitingWalk.read_next
    letters by id
    letters by ix_letters_client_key
    letters by ix_letters_path_key
waiting._read
    letters by ix_letters_state
work.has_work
    letters by ix_letters_state
    outbox by ix_outbox_due
    suppressions by ix_suppressions_until
"""
"""By query, the function of the store that sends it: the large tables that it reads, each with its indexes; ``id`` is the order of
the table itself. The indexes are in ``bouncer.store.tables``."""
