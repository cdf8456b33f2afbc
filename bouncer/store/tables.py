"""The tables. Every time is an Instant; every text of a stranger is a StrangersText.

The comment of an index names the queries that need it. ``id`` is its last column where lists are paged by it. A letter's row holds
the facts of the whole letter, ``bounces`` the facts of each recipient. The migrations make exactly these tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from bouncer.store.engine.columns import MAX_KEY, AccountTerms, AccountWishes, Id, Instant, Lines, StrangersText

meta = sa.MetaData()
# The indexes of PostgreSQL are in the migrations alone: to name postgresql_where here loads its dialect, 80 ms in every command.

KEPT_OCTETS = 64 * 1024
"""Octets of a letter that are kept of any letter: most reports are smaller, and have their facts at the beginning."""


def _gmail_index(name: str, *columns: str) -> sa.Index:
    """Make an index of the rows with a Gmail address only: other rows have no folded form, and take no room in it."""
    is_gmail = sa.text(f"{next(column for column in columns if column.endswith('_folded'))} IS NOT NULL")
    return sa.Index(name, *columns, sqlite_where=is_gmail)


def _waiting_indexes(*columns: str) -> Iterator[sa.Index]:
    """Make indexes of the letters that wait: other rows have no keys, and take no room in them."""
    for column in columns:
        yield sa.Index(f"ix_letters_{column}", column, "id", sqlite_where=sa.text(f"{column} IS NOT NULL"))


raw_letters = sa.Table(
    "raw_letters",
    meta,
    # the id of the first letter of the DATA; a large letter has an id of its own
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("octets", sa.LargeBinary, nullable=False),  # of a large letter the last chunk, after its raw_pieces
)

raw_pieces = sa.Table(
    "raw_pieces",
    meta,
    sa.Column("raw_id", Id, primary_key=True, autoincrement=False),  # no foreign key: the pieces are committed first
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("octets", sa.LargeBinary, nullable=False),
)

letters = sa.Table(
    "letters",
    meta,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    # null once retired; the octets of a DATA for several return paths are kept once
    sa.Column("raw_id", Id, sa.ForeignKey("raw_letters.id", name="fk_letters_raw_id")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("leased_until", Instant),
    sa.Column("octets", sa.Integer, nullable=False),
    sa.Column("return_path", StrangersText, nullable=False),
    sa.Column("path_kind", sa.Text, nullable=False),
    sa.Column("path_account", StrangersText(MAX_KEY)),
    sa.Column("path_recipient", StrangersText),
    sa.Column("path_recipient_hash", StrangersText),
    sa.Column("reverse_path", StrangersText, nullable=False),
    sa.Column("peer", StrangersText, nullable=False),
    sa.Column("helo", StrangersText, nullable=False),
    sa.Column("tls", StrangersText),
    sa.Column("smtputf8", sa.Boolean, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    # from here on: the record
    sa.Column("account", StrangersText(MAX_KEY)),  # the account of the path, until the record says another
    sa.Column("recorded_at", Instant),
    sa.Column("kind", sa.Text),
    sa.Column("dialect", StrangersText),
    sa.Column("note", StrangersText),
    sa.Column("reporting_mta", StrangersText),
    sa.Column("arrival_date", StrangersText),
    sa.Column("original_envelope_id", StrangersText),
    sa.Column("original_message_id", StrangersText(MAX_KEY)),
    sa.Column("original_subject", StrangersText),
    sa.Column("original_from", StrangersText),
    sa.Column("original_to", Lines),
    sa.Column("original_date", StrangersText),
    # of a large letter: the octets that are left after a cut, or all; null until then
    sa.Column("left_octets", sa.Integer),
    sa.Column("unread", sa.Text),  # why a person has to see it, else null; and its extract for that person:
    sa.Column("written_by", StrangersText),
    sa.Column("subject", StrangersText),
    sa.Column("beginning", Lines),
    sa.Column("taught_rule", sa.Text),  # the taught rule that has read it; the rule may be removed meanwhile
    # what a proven report returns of the message's own: name, tab, value; null in old rows
    sa.Column("custom_args", Lines),
    # numbers of the client and of the return path, by which a lease finds the first ones of each; null once it is read
    sa.Column("client_key", sa.BigInteger),
    sa.Column("path_key", sa.BigInteger),
    *_waiting_indexes("client_key", "path_key"),
    sa.Index(  # letters that a rule has read, and their number
        "ix_letters_taught_rule",
        "taught_rule",
        "id",
        sqlite_where=sa.text("taught_rule IS NOT NULL"),
    ),
    sa.Index(  # letters that a person has to see
        "ix_letters_unread",
        "id",
        sqlite_where=sa.text("unread IS NOT NULL"),
    ),
    sa.Index(  # those of an account: it may have a million others, and none that a person has to see
        "ix_letters_account_unread",
        sa.text("(account || '')"),  # no other index has this form: PostgreSQL may else read all of the account's
        "id",
        sqlite_where=sa.text("unread IS NOT NULL"),
    ),
    sa.Index(  # cut
        "ix_letters_uncut",
        "id",
        sqlite_where=sa.text(f"octets > {KEPT_OCTETS} AND left_octets IS NULL"),
    ),
    sa.Index(  # letters about a message
        "ix_letters_message_id",
        "original_message_id",
        "id",
        sqlite_where=sa.text("original_message_id IS NOT NULL"),
    ),
    sa.Index("ix_letters_raw_id", "raw_id"),  # retire: the other letters of the DATA
    sa.Index("ix_letters_state", "state", "id"),  # lease; letters of a state; retire
    sa.Index("ix_letters_account", "account", "id"),  # letters of an account
    sa.Index("ix_letters_account_state", "account", "state", "id"),  # letters of both
)

bounces = sa.Table(
    "bounces",
    meta,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column(
        "letter_id", Id, sa.ForeignKey("letters.id", name="fk_bounces_letter_id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", StrangersText(MAX_KEY)),
    sa.Column("recipient", StrangersText, nullable=False),
    sa.Column("recipient_key", StrangersText(MAX_KEY), nullable=False),  # in comparable form
    # in comparable form; for patterns over receivers
    sa.Column("recipient_domain", StrangersText(MAX_KEY), nullable=False),
    sa.Column("original_recipient", StrangersText),
    sa.Column("final_recipient", StrangersText),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("status", sa.Text),
    sa.Column("reply_code", sa.Integer),
    sa.Column("category", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("rule", StrangersText),
    sa.Column("evidence", StrangersText),
    sa.Column("diagnostic_code", StrangersText),
    sa.Column("remote_mta", StrangersText),
    sa.Column("will_retry_until", StrangersText),
    sa.Column("said", Lines),
    sa.Column("belief", sa.Text, nullable=False),
    sa.Column("belief_why", StrangersText, nullable=False),
    sa.Column("suppressed", sa.Boolean, nullable=False),
    sa.Column("suppressed_until", Instant),
    sa.Column("counts", sa.Boolean, nullable=False, server_default=sa.false()),  # towards a suppression
    sa.Column("stream", StrangersText(MAX_KEY), nullable=False, server_default=""),
    sa.Column("campaign", StrangersText(MAX_KEY), nullable=False, server_default=""),
    sa.Column("effect", sa.Text),  # the effect of the report at its decision; null in old rows
    sa.Column("counted_day", sa.Integer),  # where it was counted: the number of days on which mail failed ...
    sa.Column("counted_needed", sa.Integer),  # ... the number of days that suppress ...
    sa.Column("counted_window", sa.Integer),  # ... and the days within which they count
    # the address that failed as the report names it, where that is another; never a key
    sa.Column("reported", StrangersText),
    sa.Column("recipient_folded", StrangersText(MAX_KEY)),  # without what Gmail ignores; null for other domains
    # where the letter was read again: a new id, by which programs that ask for changes find the bounce
    sa.Column("changed", Id),
    sa.Index("ix_bounces_changed", "changed", sqlite_where=sa.text("changed IS NOT NULL")),
    sa.Index("ix_bounces_letter_id", "letter_id", "id"),  # a letter's bounces; retire
    sa.Index("ix_bounces_account", "account", "id"),  # an account's bounces
    sa.Index("ix_bounces_account_category", "account", "category", "id"),
    sa.Index("ix_bounces_category", "category", "id"),
    sa.Index("ix_bounces_domain", "recipient_domain", "id"),  # reports about a domain
    sa.Index("ix_bounces_recipient", "recipient_key", "id"),  # all reports about an address
    # count an address's failures without reading unproven reports
    sa.Index("ix_bounces_counts", "recipient_key", "counts", "at"),
    _gmail_index("ix_bounces_folded", "recipient_folded", "counts", "at"),  # the same, where an account folds
)

outbox = sa.Table(
    "outbox",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("event", sa.Text, nullable=False),  # the event's id, the same for all channels
    sa.Column("channel", sa.Text, nullable=False),
    # null: it is about no letter
    sa.Column("letter_id", Id, sa.ForeignKey("letters.id", name="fk_outbox_letter_id", ondelete="CASCADE")),
    sa.Column("account", StrangersText(MAX_KEY)),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("destination", StrangersText(MAX_KEY), nullable=False),  # for mail, the forward-path
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("leased_until", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("last_error", StrangersText),
    sa.Column("said", StrangersText),  # the receiver's reply when it was sent
    sa.Column("about", StrangersText),
    # whether the schedule stage has decided on it
    sa.Column("scheduled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("digest_id", Id),  # the entry that holds it; no foreign key: each retires in its own time
    # its priority: the order in which entries are leased
    sa.Column("turn", Instant, nullable=False, server_default="0"),
    # for mail, the domain in comparable form
    sa.Column("lane", StrangersText(MAX_KEY), nullable=False, server_default=""),
    sa.Column("bucket", sa.Text, nullable=False, server_default="proven"),  # its token bucket (rate limit)
    sa.Column("recipient_key", StrangersText(MAX_KEY)),  # of a webhook's event: the address, in comparable form
    sa.Index("uq_outbox_entry", "event", "channel", "destination", unique=True),
    sa.Index("ix_outbox_letter", "letter_id"),  # the entries of a letter; retire
    sa.Index("ix_outbox_due", "state", "due"),  # make digests
    sa.Index("ix_outbox_turn", "state", "scheduled", "channel", "turn", "lane"),  # schedule, lease
    sa.Index("ix_outbox_state", "state", "id"),  # entries of a state
    sa.Index("ix_outbox_digest", "digest_id"),  # the entries of a digest
    sa.Index("ix_outbox_account", "account", "id"),  # the entries of a removed account
    sa.Index("ix_outbox_recipient", "recipient_key", sqlite_where=sa.text("recipient_key IS NOT NULL")),  # erase
    sa.Index(  # lease in order; replay the events of an endpoint
        "ix_outbox_webhook",
        "destination",
        "recipient_key",
        "state",
        "id",
        sqlite_where=sa.text("recipient_key IS NOT NULL"),
    ),
    sa.Index(  # record dropped mail; lease the notice about it
        "ix_outbox_letterless",
        "account",
        "destination",
        "state",
        sqlite_where=sa.text("letter_id IS NULL AND recipient_key IS NULL"),  # a webhook's events are many
    ),
)

unsent = sa.Table(
    "unsent",
    meta,
    sa.Column(
        "entry_id",
        Id,
        sa.ForeignKey(
            "outbox.id", name="fk_unsent_parcel_id", ondelete="CASCADE"
        ),  # from before the column was renamed
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("address", StrangersText(MAX_KEY), primary_key=True),  # in comparable form; empty: all further addresses
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("reason", StrangersText, nullable=False),  # of the suppression
    sa.Column("until", Instant),
    sa.Column("subject", StrangersText, nullable=False),  # of the last mail
    sa.Index("ix_unsent_address", "address"),  # erase an address
    sqlite_with_rowid=False,
)

suppressions = sa.Table(
    "suppressions",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("address", StrangersText(MAX_KEY), nullable=False),
    sa.Column("address_key", StrangersText(MAX_KEY), nullable=False),  # in comparable form
    sa.Column("address_domain", StrangersText(MAX_KEY), nullable=False),
    sa.Column("reason", StrangersText, nullable=False),
    sa.Column("source", StrangersText, nullable=False),
    sa.Column("letter_id", Id),  # no foreign key: the suppression outlives its letter
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant),  # null: until removed
    sa.Column("stream", StrangersText(MAX_KEY), nullable=False),  # empty: all mail of the account
    sa.Column("rule", StrangersText),
    sa.Column("why", StrangersText, nullable=False),
    sa.Column("address_folded", StrangersText(MAX_KEY)),  # without what Gmail ignores; null for other domains
    sa.Column("listed_in", sa.Text, nullable=False, server_default=""),  # the list that has it, an AddressList
    sa.UniqueConstraint("account", "address_key", "stream", name="uq_suppressions_stream"),
    sa.Index("ix_suppressions_of_account", "account", "id"),  # an account's list
    sa.Index("ix_suppressions_listed", "account", "listed_in", "since", "id", "until"),  # its lists, oldest first
    _gmail_index("ix_suppressions_folded", "account", "address_folded"),  # look-ups of an account that folds
    sa.Index(  # those whose time is over
        "ix_suppressions_until",
        "account",
        "until",
        "id",
        sqlite_where=sa.text("until IS NOT NULL"),
    ),
)

erasure_secret = sa.Table(
    "erasure_secret",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # there is one row, or none
    sa.Column("octets", sa.LargeBinary, nullable=False),  # the key of the digests of erased addresses
)

erased_suppressions = sa.Table(
    "erased_suppressions",
    meta,
    sa.Column("digest", sa.Text, primary_key=True),  # of account and address
    sa.Column("stream", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("folded", sa.Text),  # the digest without what Gmail ignores; null for other domains
    sa.Column("domain", sa.Text, nullable=False),  # the digest of the domain
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("reason", StrangersText, nullable=False),
    sa.Column("source", StrangersText, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant),  # null: until removed
    sa.Index("ix_erased_suppressions_folded", "folded"),  # look-ups of an account that folds
    sa.Index("ix_erased_suppressions_domain", "domain"),  # a domain goes on the allow-list
    sa.Index("ix_erased_suppressions_account", "account"),  # remove an account
)

trail = sa.Table(
    "trail",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("address", StrangersText(MAX_KEY), nullable=False),
    sa.Column("address_key", StrangersText(MAX_KEY), nullable=False),
    sa.Column("stream", StrangersText(MAX_KEY), nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("reason", StrangersText, nullable=False),
    sa.Column("until", Instant),
    sa.Column("source", StrangersText, nullable=False),
    sa.Column("letter_id", Id),  # no foreign key: the trail outlives its letters
    sa.Column("rule", StrangersText),
    sa.Column("why", StrangersText, nullable=False),
    sa.Column("address_folded", StrangersText(MAX_KEY)),
    sa.Index("ix_trail_address", "address_key", "account", "id"),  # an address's story; its relapses
    _gmail_index("ix_trail_folded", "address_folded", "account", "id"),  # the same, where an account folds
    sa.Index("ix_trail_account", "account", "id"),  # an account's trail
    sa.Index("ix_trail_at", "at", "id"),  # retire
)

allowed = sa.Table(
    "allowed",
    meta,
    sa.Column("account", StrangersText(MAX_KEY), primary_key=True),
    # in comparable form; @domain for all of a domain
    sa.Column("address_key", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("address", StrangersText(MAX_KEY), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("why", StrangersText, nullable=False),
    sa.Column("address_folded", StrangersText(MAX_KEY)),  # @gmail.com for all of it
    _gmail_index("ix_allowed_folded", "account", "address_folded"),  # entries of an account that folds
)

staged = sa.Table(
    "staged",
    meta,
    sa.Column("name", StrangersText(MAX_KEY), primary_key=True),  # of the import
    *(
        sa.Column(
            name,
            suppressions.c[name].type,
            nullable=suppressions.c[name].nullable,
            server_default="" if name == "listed_in" else None,
            primary_key=name
            in ("account", "address_key", "stream"),  # of several lines about an address, the last counts
        )
        for name in (
            "account",
            "address",
            "address_key",
            "address_domain",
            "reason",
            "source",
            "since",
            "until",
            "stream",
            "why",
            "address_folded",
            "listed_in",
        )
    ),
    _gmail_index("ix_staged_folded", "account", "address_folded"),  # look-ups of an account that folds
    sqlite_with_rowid=False,  # clustered by the primary key, the order in which it is read
)

imports = sa.Table(
    "imports",
    meta,
    # a row activates the rows that are staged under the name
    sa.Column("name", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),  # new suppressions among the merged rows
    sa.Column("kept_out", sa.Integer, nullable=False),
    sa.Column("placed", sa.Boolean, nullable=False),  # all rows are merged
    sa.Column(
        "account", StrangersText(MAX_KEY), nullable=False, server_default=""
    ),  # whose file it was; empty: of no file
    sa.Column("why", StrangersText, nullable=False, server_default=""),  # the file and the person
    sa.Column("undone_at", Instant),
    sa.Index("ix_imports_account", "account", "at"),  # an account's imports of files
)

day_counts = sa.Table(
    "day_counts",
    meta,
    sa.Column("what", sa.Text, primary_key=True),  # the kind: a token's letters; a provider's blocks of an account
    sa.Column("subject", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),  # since 1970-01-01
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_day_counts_day", "day"),  # forget
)

clock = sa.Table(
    "clock",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # there is one row
    sa.Column("since", Instant, nullable=False),  # the start of the steady time
    sa.Column("last", Instant, nullable=False),  # the last observation
    sa.Column("leapt_from", Instant),  # the last observation before a leap; null: there was none
)

FAILURE = "what NOT IN ('complaint', 'confirmed', 'dropped', 'refused', 'sent', 'unproven', 'unsubscribe')"
"""The condition on counts of failures: all but the events of ``policy.rates.SendEvent``. An index has it word by word."""
_FAILED = sa.text(FAILURE)

send_counts = sa.Table(
    "tallies",
    meta,
    sa.Column("account", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("hour", Instant, primary_key=True),  # the hour of sending; after the roll-up, the day
    sa.Column("campaign", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("stream", StrangersText(MAX_KEY), primary_key=True),
    # the recipient's; after the roll-up, empty for small domains
    sa.Column("domain", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("what", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_tallies_hour", "hour"),  # roll up, forget
    sa.Index("ix_tallies_domain", "account", "domain", "hour"),  # the counts of some domains
    # the failures since an hour, without what was sent
    sa.Index("ix_tallies_failed", "account", "hour", sqlite_where=_FAILED),
)

send_totals = sa.Table(
    "send_totals",
    meta,
    # the counts of all domains together: a query that does not ask by domain sums up far fewer rows
    *(
        sa.Column(name, send_counts.c[name].type, primary_key=True)
        for name in ("account", "hour", "campaign", "stream", "what")
    ),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("ix_send_totals_hour", "hour"),  # of all accounts since an hour
    sqlite_with_rowid=False,  # clustered by the primary key, the order in which an account's are read
)

sent_messages = sa.Table(
    "sent_messages",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("message_id", StrangersText(MAX_KEY)),  # without angle brackets, in lower case
    sa.Column("reference", StrangersText(MAX_KEY)),
    sa.Column("subject", StrangersText),
    sa.Column("campaign", StrangersText(MAX_KEY), nullable=False),
    sa.Column("stream", StrangersText(MAX_KEY), nullable=False),
    sa.Column("recipients", Lines, nullable=False),  # in comparable form; empty for those that are not stored any more
    sa.Column("path_until", Instant),  # the end of a return path that may be used for further mails
    sa.Index("ix_sent_messages_reference", "account", "reference", "id"),  # by a signed path
    sa.Index("ix_sent_messages_message_id", "account", "message_id", "id"),  # by the returned headers
    sa.Index("ix_sent_messages_sent_at", "sent_at"),  # forget
)

accounts = sa.Table(
    "accounts",
    meta,
    sa.Column("name", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("owners", Lines, nullable=False),
    sa.Column("forwarding", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("senders", Lines, nullable=False, server_default="[]"),
    sa.Column("terms", AccountTerms, nullable=False, server_default="{}"),
    sa.Column("wishes", AccountWishes, nullable=False, server_default="{}"),
    sa.Column("generation", sa.Integer, nullable=False, server_default="1"),  # among the accounts that had the name
    sa.Column("underived_until", sa.Integer),  # the last day, since 1970-01-01, of paths that the master key signed
)

former_accounts = sa.Table(
    "former_accounts",
    meta,
    sa.Column("name", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("generation", sa.Integer, nullable=False),  # of the account that was removed last
    sa.Column("removed_at", Instant, nullable=False),
)

former_aliases = sa.Table(
    "former_aliases",
    meta,
    sa.Column("address", StrangersText(MAX_KEY), primary_key=True),  # in comparable form
    # the former name, under which the removed account's records are
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("removed_at", Instant, nullable=False),
)

aliases = sa.Table(
    "aliases",
    meta,
    sa.Column("address", StrangersText(MAX_KEY), primary_key=True),  # in comparable form
    sa.Column(
        "account", StrangersText(MAX_KEY), sa.ForeignKey("accounts.name", name="fk_aliases_account"), nullable=False
    ),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_aliases_account", "account"),
)

subscriptions = sa.Table(
    "subscriptions",
    meta,
    sa.Column("account", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("destination", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("topics", Lines, nullable=False),  # empty: all
    sa.Column("created_at", Instant, nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # of the key, SHA-256; the key itself is kept nowhere
    sa.Column("account", StrangersText(MAX_KEY)),  # null: the operator's, for all accounts
    sa.Column("access", sa.Text, nullable=False),
    sa.Column("label", StrangersText(MAX_KEY), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_used_at", Instant),
    sa.Index("uq_api_keys_digest", "digest", unique=True),  # the key of a request
    sa.Index("ix_api_keys_account", "account"),  # an account's keys
)

api_answers = sa.Table(
    "api_answers",
    meta,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("name", StrangersText(MAX_KEY), primary_key=True),  # of the request: Idempotency-Key
    sa.Column("request", sa.Text, nullable=False),  # digest of the request
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Index("ix_api_answers_made_at", "made_at"),  # forget
)

sign_in_links = sa.Table(
    "sign_in_links",
    meta,
    sa.Column("digest", sa.Text, primary_key=True),  # of the link's secret, SHA-256; the secret is kept nowhere
    sa.Column("account", StrangersText(MAX_KEY)),  # null: all accounts
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", StrangersText(MAX_KEY), nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Index("ix_sign_in_links_until", "until"),  # forget
    sa.Index("ix_sign_in_links_account", "account"),  # remove an account
)

sessions = sa.Table(
    "sessions",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # of the cookie's secret
    sa.Column("account", StrangersText(MAX_KEY)),  # null: all accounts
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", StrangersText(MAX_KEY), nullable=False),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("browser", StrangersText, nullable=False),
    sa.Index("uq_sessions_digest", "digest", unique=True),  # the session of a request
    sa.Index("ix_sessions_account", "account"),  # an account's sessions
    sa.Index("ix_sessions_begun_at", "begun_at"),  # forget
)

shares = sa.Table(
    "shares",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # of the link's secret
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("address", StrangersText(MAX_KEY), nullable=False),
    sa.Column("person", StrangersText(MAX_KEY), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Index("uq_shares_digest", "digest", unique=True),  # the story that a link shows
    sa.Index("ix_shares_account", "account"),  # an account's links
    sa.Index("ix_shares_until", "until"),  # forget
)

saved_filters = sa.Table(
    "saved_filters",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", StrangersText(MAX_KEY)),  # null: all accounts
    sa.Column("person", StrangersText(MAX_KEY), nullable=False),
    sa.Column("name", StrangersText, nullable=False),
    sa.Column("words", StrangersText, nullable=False),  # of the URL
    sa.Column("saved_at", Instant, nullable=False),
    sa.Index("ix_saved_filters_person", "person"),  # a person's filters
    sa.Index("ix_saved_filters_account", "account"),  # remove an account; erase an address
)

webhooks = sa.Table(
    "webhooks",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", StrangersText(MAX_KEY), nullable=False),
    sa.Column("url", StrangersText, nullable=False),  # without credentials
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("events", Lines, nullable=False),
    sa.Column("belief", sa.Text, nullable=False),  # the least belief of an event
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("former_secret", sa.Text),
    sa.Column("former_until", Instant),  # the end of the time in which the former secret signs, too
    sa.Column("credentials", StrangersText),  # user:password
    sa.Column("failing_since", Instant),  # the first failure after the last success
    sa.Column("last_at", Instant),  # the last attempt
    sa.Column("last_status", sa.Integer),
    sa.Column("last_answer", StrangersText),
    sa.Column("ends_told_until", Instant),  # suppressions that ended by then are told; null: since created_at
    sa.Column("label", StrangersText(MAX_KEY), nullable=False, server_default=""),  # what its people call it
    sa.Index("ix_webhooks_account", "account"),
)

webhook_attempts = sa.Table(
    "webhook_attempts",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("webhook", sa.Text, nullable=False),  # no foreign key: attempts are forgotten in their own time
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("status", sa.Integer),  # of HTTP; null: there was no answer
    sa.Column("answer", StrangersText, nullable=False),  # its beginning, or why there was none
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Index("ix_webhook_attempts", "webhook", "id"),  # the attempts of an endpoint
    sa.Index("ix_webhook_attempts_at", "at"),  # forget
    sa.Index("ix_webhook_attempts_event", "event"),  # erase an address
)

owners = sa.Table(
    "owners",
    meta,
    sa.Column("account", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("address", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("failed_at", Instant),  # when a mail of ours to the owner last came back
    sa.Column("failed_why", StrangersText),
)

directory_version = sa.Table(
    "directory_version",
    meta,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # there is one row
    sa.Column("version", sa.BigInteger, nullable=False),  # of accounts, aliases, owners and subscriptions together
)

buckets = sa.Table(
    "buckets",
    meta,
    sa.Column("account", StrangersText(MAX_KEY), primary_key=True),  # empty: the operator's
    sa.Column("address", StrangersText(MAX_KEY), primary_key=True),
    sa.Column("bucket", sa.Text, primary_key=True),
    sa.Column("full_at", Instant, nullable=False),  # when it is full again
)

presences = sa.Table(
    "presences",
    meta,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("listening", Lines, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

taught_rules = sa.Table(
    "taught_rules",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("phrases", Lines, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("before", StrangersText, nullable=False),
    sa.Column("after", StrangersText, nullable=False),
    sa.Column("host", StrangersText, nullable=False),
    sa.Column("is_delay", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("taught_by", StrangersText, nullable=False),
    sa.Column("taught_at", Instant, nullable=False),
    sa.Column("letter_id", Id),  # no foreign key: the rule outlives the letter
)

identity = sa.Table("identity", meta, sa.Column("mark", sa.Text, primary_key=True))
