"""Files of earlier versions: what makes today's database one from before a migration."""

UNDONE = {
    "0009": ("ALTER TABLE bounces DROP COLUMN reported",),
    "0010": (
        "DROP TABLE buckets",
        "ALTER TABLE outbox DROP COLUMN bucket",
        "ALTER TABLE owners ADD COLUMN full_at BIGINT",
    ),
    "0011": ("DROP TABLE clock", "DROP INDEX ix_letters_uncut", "ALTER TABLE letters DROP COLUMN left_octets"),
    "0012": (
        "DROP INDEX ix_outbox_account",
        "ALTER TABLE accounts DROP COLUMN generation",
        "ALTER TABLE accounts DROP COLUMN underived_until",
        "DROP TABLE former_accounts",
        "DROP TABLE former_aliases",
    ),
    "0013": (
        *(f"DROP INDEX ix_{table}_folded" for table in ("suppressions", "trail", "staged", "bounces")),
        *(
            f"ALTER TABLE {table} DROP COLUMN address_folded"
            for table in ("suppressions", "trail", "staged", "allowed")
        ),
        "ALTER TABLE bounces DROP COLUMN recipient_folded",
    ),
    "0014": ("DROP TABLE presences", "DROP TABLE identity"),
    "0015": (
        "DROP TABLE unsent",
        "DROP INDEX ix_outbox_letterless",
        "PRAGMA writable_schema = ON",
        (
            "UPDATE sqlite_master SET sql = replace(sql, 'letter_id INTEGER', 'letter_id INTEGER NOT NULL')"
            " WHERE type = 'table' AND name = 'outbox'"
        ),
        "PRAGMA writable_schema = RESET",
    ),
    "0016": (
        "DROP INDEX ix_letters_unread",
        *(f"ALTER TABLE letters DROP COLUMN {column}" for column in ("unread", "written_by", "subject", "beginning")),
    ),
    "0017": (
        "DROP TABLE subscriptions",
        *(f"DROP INDEX {index}" for index in ("uq_outbox_entry", "ix_outbox_letter", "ix_outbox_turn")),
        *(f"ALTER TABLE outbox DROP COLUMN {column}" for column in ("event", "channel")),
        *(
            f"ALTER TABLE outbox RENAME COLUMN {new} TO {old}"
            for new, old in (("destination", "forward_path"), ("scheduled", "placed"), ("lane", "domain"))
        ),
        "CREATE INDEX ix_outbox_turn ON outbox (state, placed, turn, domain)",
    ),
    "0018": ("DROP TABLE directory_version",),
    "0019": (
        "DROP INDEX ix_allowed_folded",
        "DROP INDEX ix_staged_folded",
        "CREATE INDEX ix_staged_folded ON staged (name, account, address_folded) WHERE address_folded IS NOT NULL",
    ),
    "0020": ("DROP INDEX ix_day_counts_day",),
    "0021": (
        *(
            f"DROP INDEX {index}"
            for index in ("ix_sent_messages_reference", "ix_sent_messages_message_id", "ix_trail_at")
        ),
        "CREATE INDEX ix_sent_messages_reference ON sent_messages (account, reference)",
        "CREATE INDEX ix_sent_messages_message_id ON sent_messages (account, message_id)",
        "CREATE INDEX ix_trail_at ON trail (at)",
    ),
    "0022": ("DROP TABLE api_keys", "DROP TABLE api_answers"),
    "0023": (
        "DROP TABLE webhooks",
        "DROP TABLE webhook_attempts",
        "DROP INDEX ix_outbox_webhook",
        "ALTER TABLE outbox DROP COLUMN recipient_key",
    ),
    "0024": (
        "DROP TABLE erasure_secret",
        "DROP TABLE erased_suppressions",
        *(f"DROP INDEX {index}" for index in ("ix_unsent_address", "ix_outbox_recipient", "ix_webhook_attempts_event")),
    ),
    "0025": (
        "DROP INDEX ix_suppressions_listed",
        "ALTER TABLE suppressions DROP COLUMN listed_in",
        "ALTER TABLE staged DROP COLUMN listed_in",
    ),
    "0026": (
        "DROP INDEX ix_suppressions_until",
        "ALTER TABLE webhooks DROP COLUMN ends_told_until",
        "DROP INDEX ix_outbox_letterless",
        "CREATE INDEX ix_outbox_letterless ON outbox (account, destination, state) WHERE letter_id IS NULL",
    ),
    "0027": ("DROP TABLE sign_in_links", "DROP TABLE sessions"),
    "0028": (
        *(f"DROP INDEX {index}" for index in ("ix_bounces_domain", "ix_letters_message_id", "ix_bounces_changed")),
        "ALTER TABLE bounces DROP COLUMN changed",
    ),
    "0029": (
        "DROP TABLE taught_rules",
        "DROP INDEX ix_letters_taught_rule",
        "ALTER TABLE letters DROP COLUMN taught_rule",
    ),
    "0030": ("DROP TABLE shares",),
    "0031": ("DROP TABLE saved_filters",),
    "0032": ("ALTER TABLE letters DROP COLUMN custom_args",),
    "0033": ("DROP TABLE send_totals", "DROP INDEX ix_letters_account_unread"),
    "0034": (
        *(f"DROP INDEX ix_letters_{column}" for column in ("client_key", "path_key")),
        *(f"ALTER TABLE letters DROP COLUMN {column}" for column in ("client_key", "path_key")),
    ),
    "0035": ("DROP INDEX ix_tallies_domain", "DROP INDEX ix_tallies_failed"),
    "0038": (
        "ALTER TABLE webhooks DROP COLUMN label",
        "UPDATE suppressions SET listed_in = CASE stream WHEN '' THEN 'unsubscribes' ELSE 'stream' END WHERE reason = 'bounce'",
        "UPDATE staged SET listed_in = CASE stream WHEN '' THEN 'unsubscribes' ELSE 'stream' END WHERE reason = 'bounce'",
    ),
    "0040": ("ALTER TABLE sent_messages DROP COLUMN path_until",),
    "0046": (
        "DROP INDEX ix_imports_account",
        *(f"ALTER TABLE imports DROP COLUMN {column}" for column in ("account", "why", "undone_at")),
    ),
    "0047": ("ALTER TABLE unsent RENAME COLUMN entry_id TO parcel_id",),
    "0049": (
        "DROP INDEX ix_letters_account_unread",
        "CREATE INDEX ix_letters_account_unread ON letters (account, id) WHERE unread IS NOT NULL",
    ),
}
"""The statements that undo each migration, by its revision."""


def back_to(revision: str) -> tuple[str, ...]:
    """Give the statements that make a database of today one of *revision*, newest first."""
    later = sorted((revision_after for revision_after in UNDONE if revision_after > revision), reverse=True)
    return (
        *(statement for revision_after in later for statement in UNDONE[revision_after]),
        f"UPDATE alembic_version SET version_num = '{revision}'",  # noqa: S608 -- a revision of ours
    )
