"""Suppressions in other people's words: the columns of SendGrid, Mailgun, SES and our own; nothing else gets through."""

import datetime as dt
import io
import json
import re
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.errors import BouncerError
from bouncer.manage.json_rows import Row
from bouncer.manage.tabular_input import MAX_LINE, rows
from bouncer.policy.address_list import AddressList, is_wish, list_of
from bouncer.policy.guarded_cells import guard_cell, unguard_cell
from bouncer.policy.records import MAX_STREAM, Suppression
from bouncer.policy.suppression_formats import COLUMNS, ImportOptions, read_row, write_row
from bouncer.store.engine.columns import MAX_KEY

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TERMS = ImportOptions("acme", NOW, "imported")


def read(**columns: str) -> Suppression | str:
    return read_row(columns, TERMS)


def import_row(**columns: str) -> Suppression:
    row = read(**columns)
    assert isinstance(row, Suppression), row
    return row


def test_a_row_of_sendgrid_is_read():
    entry = import_row(email="jane@example.org", created="1443651125", reason="550 5.1.1 user unknown", status="5.1.1")

    assert (entry.address, entry.reason, entry.since.year) == ("jane@example.org", "invalid-recipient", 2015)
    assert "550 5.1.1 user unknown" in entry.why


def test_a_row_of_mailgun_is_read():
    entry = import_row(
        address="jane@example.org",
        code="552",
        error="5.2.2 Mailbox full, over quota",
        created_at="Fri, 20 Nov 2026 11:02:55 GMT",
    )

    assert (entry.reason, entry.since) == ("mailbox-full", dt.datetime(2026, 11, 20, 11, 2, 55, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    "row",
    [
        {"EmailAddress": "jane@example.org", "Reason": "BOUNCE"},
        {"EmailAddress": "jane@example.org", "SuppressionReason": "HardBounce", "Origin": "Recipient"},
        {"email": "jane@example.org", "type": "hard"},
        {"email": "jane@example.org", "status": "cleaned"},
    ],
    ids=["ses", "postmark", "listmonk", "newsletter"],
)
def test_an_address_that_another_service_calls_bounced_is_a_failure_and_no_wish(row: dict[str, str]):
    """Nobody asked to be taken off: it stands among the bounces, and is freed with them."""
    entry = import_row(**row)

    assert list_of(entry.reason, entry.stream) is AddressList.BOUNCES
    assert not is_wish(entry.reason)


def test_a_passing_failure_is_believed_for_as_long_as_the_ladder_says():
    """A mailbox that was full in 2015 is not full for ever; an address that was gone is."""
    full = import_row(email="jane@example.org", reason="552 5.2.2 over quota", created="1795000000")
    ours = import_row(address="jane@example.org", reason="mailbox-full", source="bounce", since="2015-01-01", until="")

    assert full.until == full.since + dt.timedelta(days=21)
    assert read(email="jane@example.org", reason="552 5.2.2 over quota", created="1443651125") == "has run out"
    assert import_row(email="jane@example.org", reason="550 5.1.1 user unknown", created="1443651125").until is None
    assert ours.until is None, "our own export says when each ends"


@pytest.mark.parametrize(
    ("reason", "origin", "expected"),
    [
        ("HardBounce", "Recipient", "bounce"),
        ("SpamComplaint", "Recipient", "complaint"),
        ("ManualSuppression", "Recipient", "unsubscribe"),
        ("ManualSuppression", "Customer", "import"),
    ],
)
def test_a_row_of_postmark_is_read(reason: str, origin: str, expected: str):
    entry = import_row(
        EmailAddress="jane@example.org", SuppressionReason=reason, Origin=origin, CreatedAt="2026-05-18T06:11:05-05:00"
    )

    assert (entry.reason, entry.since) == (expected, dt.datetime(2026, 5, 18, 11, 11, 5, tzinfo=dt.UTC))


def test_readers_whom_a_newsletter_tool_writes_to_are_not_suppressed():
    """Listmonk exports all subscribers, with their status."""
    columns = {"email": "jane@example.org", "created_at": "2024-01-01 10:00:00", "updated_at": "2026-02-03 10:00:00"}

    assert read(**columns, status="enabled") == "is written to there: enabled"
    assert import_row(**columns, status="blocklisted").since == dt.datetime(2026, 2, 3, 10, tzinfo=dt.UTC)
    assert import_row(email="jane@example.org", status="unsubscribed").reason == "unsubscribe"
    assert import_row(email="jane@example.org", status="cleaned").reason == "bounce"


@pytest.mark.parametrize("kind", ["SoftBounce", "DnsError", "soft"])
def test_a_failure_that_is_over_by_itself_suppresses_nobody(kind: str):
    """One failure of Postmark's or listmonk's, that passes."""
    assert read(Email="jane@example.org", Type=kind) == "passes by itself, which suppresses nobody"


@pytest.mark.parametrize(
    "reason",
    ["message-too-large", "552 5.3.4 Message size exceeds fixed limit", "554 5.6.0 Message is not RFC 5322 compliant"],
)
def test_a_fault_of_one_message_suppresses_nobody(reason: str):
    """Neither out of another system's list nor out of our own of before; what a person did stays."""
    own = {"address": "jane@example.org", "reason": "format-error", "until": ""}

    assert read(email="jane@example.org", reason=reason) == "was for one message, which suppresses nobody"
    assert read(**own, source="bounce") == "was for one message, which suppresses nobody"
    assert import_row(**own, source="command").until is None


@pytest.mark.parametrize("kind", ["Blocked", "SpamNotification"])
def test_a_blocked_message_suppresses_nobody(kind: str):
    assert str(read(Email="jane@example.org", Type=kind)).startswith("was blocked")


def test_a_bounce_of_listmonk_has_a_source_and_is_no_row_of_our_export():
    columns = {"email": "jane@example.org", "source": "pop", "created_at": "2026-11-20T23:54:22.851858Z"}

    assert (import_row(**columns, type="hard").reason, import_row(**columns, type="hard").until) == ("bounce", None)
    assert import_row(**columns, type="complaint").reason == "complaint"
    assert import_row(**columns, reason="mailbox-full").until == dt.datetime(
        2026, 12, 11, 23, 54, 22, 851858, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-09-01 07:00:00.5 +0000 UTC", dt.datetime(2026, 9, 1, 7, 0, 0, 500_000, tzinfo=dt.UTC)),
        ("2026-09-01 07:00:00 +0200 CEST", dt.datetime(2026, 9, 1, 5, tzinfo=dt.UTC)),
        ("2026-09-01 07:00:00.123456789 -0330 -0330", dt.datetime(2026, 9, 1, 10, 30, 0, 123_456, tzinfo=dt.UTC)),
        ("2019-12-17T08:58:33.1234567-05:00", dt.datetime(2019, 12, 17, 13, 58, 33, 123_456, tzinfo=dt.UTC)),
        ("Fri, 21 Oct 2011 11:02:55 UTC", dt.datetime(2011, 10, 21, 11, 2, 55, tzinfo=dt.UTC)),
    ],
)
def test_times_are_read_as_the_tools_print_them(printed: str, moment: dt.datetime):
    """Listmonk's are Go's own form, with the zone of its server."""
    assert import_row(email="jane@example.org", updated_at=printed).since == moment


def test_the_words_of_our_own_export_are_kept_as_they_are():
    own = {"address": "jane@example.org", "source": "command", "until": ""}

    assert (
        import_row(**own, reason="said by telephone: no such user, ticket 550").reason
        == "said by telephone: no such user, ticket 550"
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Mail domain mentioned in email address is unknown", "bad-domain"),
        ("No such user here", "invalid-recipient"),
        ("asked us by telephone", "asked us by telephone"),
    ],
)
def test_words_without_a_code_are_understood_where_they_are_a_servers(words: str, reason: str):
    assert import_row(email="jane@example.org", reason=words).reason == reason


def test_a_row_of_ses_is_read():
    entry = read_row(
        {
            "EmailAddress": "jane@example.org",
            "Reason": "COMPLAINT",
            "LastUpdateTime": "2020-04-10T14:30:30.000000-05:00",
        },
        TERMS,
    )

    assert isinstance(entry, Suppression)
    assert (entry.reason, entry.since) == ("complaint", dt.datetime(2020, 4, 10, 19, 30, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    "address_text", ["Jane Doe <jane@example.org>", "<jane@example.org>", " Jane < jane@example.org > "]
)
def test_an_address_may_have_a_name_before_it(address_text: str):
    """As Mailman lists its members."""
    assert import_row(email=address_text).address == "jane@example.org"


@pytest.mark.parametrize("address_text", ["jane@example.org>", "Jane <jane>", "Jane <>", "<jane@example.org> Jane"])
def test_a_text_that_only_looks_like_an_address_is_refused(address_text: str):
    assert read(email=address_text) in ("no mail address", "no address")


def test_options_of_the_command_fill_in_for_the_file():
    terms = ImportOptions("acme", NOW, "imported", "unsubscribe", "news", NOW + dt.timedelta(days=9))

    entry = read_row({"email": "jane@example.org"}, terms)

    assert entry == Suppression(
        "acme", "jane@example.org", "unsubscribe", "import", None, NOW, terms.until, "news", why="imported"
    )


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"email": ""}, "no address"),
        ({"email": "jane"}, "no mail address"),
        ({"email": "jane @example.org"}, "no mail address"),
        ({"email": "jane@example.org\r\nBcc: x@y"}, "no mail address"),
        ({"email": "j@x.example", "created": "yesterday"}, "a time that cannot be read"),
        ({"email": "j@x.example", "created": "1e400"}, "a time that cannot be read"),
        ({"email": "j@x.example", "until": "2020-01-01"}, "has run out"),
        (
            {"email": "j@x.example", "reason": "550 5.7.1 blocked using zen.spamhaus.org"},
            "was blocked, which suppresses nobody",
        ),
    ],
)
def test_a_row_is_refused_with_its_reason(columns: dict[str, str], why: str):
    assert read_row(columns, TERMS) == why


@given(
    st.builds(
        Suppression,
        account=st.just("acme"),
        address=st.from_regex(r"[=+@'a-z-][a-z+=-]{0,9}@[a-z]{1,9}\.example", fullmatch=True).filter(
            lambda a: a[0] != "@"
        ),
        reason=st.sampled_from(["invalid-recipient", "complaint", "by hand"]),
        source=st.just("import"),
        letter_id=st.none(),
        since=st.integers(0, 1_750_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC)),
        until=st.none() | st.just(NOW + dt.timedelta(days=3)),
        stream=st.sampled_from(["", "news", "=1+1"]),
    )
)
def test_an_exported_row_is_imported_again_and_is_no_formula(entry: Suppression):
    cells = {name: guard_cell(cell) for name, cell in write_row(entry).items()}

    back = read_row(cells, ImportOptions("acme", NOW, ""))

    assert tuple(cells) == COLUMNS
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells.values())
    assert back == entry


BEGINNINGS = (
    "",
    "'",
    "''",
    "'\t",
    "'\r",
    "\t",
    "\t'=",
    "'=",
    "'''-",
    "@'",
    ";=",
    "; @",
    "x\t=",
    "x\t\t'+",
    ";'+",
    " =",
    "\uff1d",
    ";\uff20",
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff20")


@given(st.lists(st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text(max_size=9)), max_size=3).map("".join))
def test_a_guarded_cell_is_no_formula_and_comes_back(text: str):
    """Cells that begin a formula, also behind a semicolon or a tab, and those that look as if they were guarded already."""
    assert unguard_cell(guard_cell(text)) == text
    assert not any(cell.lstrip(" ").startswith(FORMULAS) for cell in re.split("[;\t]", guard_cell(text)))


def rows_in(octets: bytes, encoding: str = "utf-8") -> list[Row]:
    return list(rows(io.BytesIO(octets), encoding=encoding, read=lambda _: None))


def addresses(octets: bytes, encoding: str = "utf-8") -> list[str | None]:
    return [row.columns["email"] if row.columns else None for row in rows_in(octets, encoding)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_is_read_in_each_encoding_and_with_either_line_end(encoding: str, line_end: str):
    text = line_end.join(["email;reason", "jäne@example.org;x", "joe@example.org;y", ""])

    assert addresses(text.encode(encoding), encoding) == ["jäne@example.org", "joe@example.org"]


def test_in_utf16_an_octet_of_a_character_is_no_line_end():
    """U+0A0A and its neighbours hold the octets of a line feed."""
    text = "email,reason\na@example.org,\u0a0a\u0a00\u000b\u0a0a\nb@example.org,y\n"

    assert addresses(text.encode("utf-16")) == ["a@example.org", "b@example.org"]


def test_a_line_in_another_encoding_is_told_and_the_next_is_read():
    octets = b"email\nj\xe4ne@example.org\njoe@example.org\n"

    bad, good = rows_in(octets)

    assert (bad.number, bad.columns) == (2, None)
    assert "not in the file's encoding" in bad.fault
    assert good == Row(3, {"email": "joe@example.org"})


def test_excels_own_first_line_is_passed_over():
    """Where the cells are parted by something else than its language would have it."""
    assert addresses(b"sep=;\r\nemail;reason\r\na@example.org;x\r\n") == ["a@example.org"]
    assert rows_in(b"sep=;\r\nemail;reason\r\na@example.org;x\r\n")[0].number == 3


def test_a_line_of_any_length_costs_no_memory():
    class Endless(io.RawIOBase):
        """Ten megabytes in one line, with a good line behind."""

        pieces = iter([b"email\n", *[b"x" * MAX_LINE] * 160, b"\njoe@example.org\n"])

        def read(self, _size: int = -1) -> bytes:
            return next(self.pieces, b"")

    bad, good = rows(Endless(), encoding="utf-8", read=lambda _: None)  # type: ignore[arg-type]

    assert (bad.number, bad.columns, bad.fault) == (2, None, "longer than 65,536 octets")
    assert good.columns == {"email": "joe@example.org"}


def test_a_quoted_cell_may_have_line_ends_and_a_stray_quote_swallows_nothing():
    octets = b'email,reason\na@x.example,"550-no\n550 such"\n"b@x.example,oops\nc@x.example,fine\n'

    first, broken, last = rows_in(octets)

    assert first.columns == {"email": "a@x.example", "reason": "550-no\n550 such"}
    assert broken.fault.startswith("not CSV")
    assert (last.number, last.columns) == (5, {"email": "c@x.example", "reason": "fine"})


def test_json_lines_are_read():
    octets = b'{"email": "a@x.example", "created": 1443651125}\n[1]\nnonsense\n' + b"[" * 50_000 + b"\n"

    good, *bad = rows_in(octets)

    assert good.columns == {"email": "a@x.example", "created": "1443651125"}
    assert [row.fault for row in bad] == ["not a JSON object", "not JSON", "not JSON"]


AWS_CLI = b"""{
    "SuppressedDestinationSummaries": [
        {
            "EmailAddress": "a@x.example",
            "Reason": "BOUNCE",
            "LastUpdateTime": "2020-04-10T14:30:30.123000-05:00"
        },
        {
            "EmailAddress": "b@x.example",
            "Reason": "COMPLAINT",
            "LastUpdateTime": "2020-04-11T14:30:30.123000-05:00"
        }
    ],
    "NextToken": "AAAABBB="
}
"""


def test_a_json_document_is_read_as_the_aws_cli_prints_it():
    first, second = rows_in(AWS_CLI)

    assert (first.number, first.columns and first.columns["EmailAddress"]) == (3, "a@x.example")
    assert (second.number, second.columns and second.columns["Reason"]) == (8, "COMPLAINT")


@pytest.mark.parametrize(
    "document",
    [
        '{"Suppressions":[{"EmailAddress":"a@x.example"},{"EmailAddress":"b@x.example"}]}',
        '[{"email":"a@x.example"},\n{"email":"b@x.example"}]',
        '{"items":[{"address":"a@x.example"},{"address":"b@x.example"}],"paging":{"next":"https://api.example/"}}',
        '{"paging":{"next":"https://api.example/"},"items":[{"address":"a@x.example"},{"address":"b@x.example"}]}',
        '{"data":{"list":[{"email":"a@x.example"},{"email":"b@x.example"}]}}\n',
        '{\n "email": "a@x.example"\n}\n{\n "email": "b@x.example"\n}\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_documents_of_other_tools(document: str, encoding: str):
    listed = [next(iter(row.columns.values())) for row in rows_in(document.encode(encoding), encoding) if row.columns]

    assert listed == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_list_of_addresses_alone(encoding: str):
    """As SendGrid writes an unsubscribe group; pages one behind the other."""
    listed = rows_in('["a@x.example",\n"b\\u0040x.example"]\n["c@x.example"]\n[]'.encode(encoding), encoding)

    assert listed == [
        Row(1, {"address": "a@x.example"}),
        Row(2, {"address": "b@x.example"}),
        Row(3, {"address": "c@x.example"}),
    ]


def test_a_list_of_addresses_that_breaks_off_or_is_larger_than_a_piece():
    many = '["' + '","'.join(f"u{number}@x.example" for number in range(9_000)) + '","cut off'

    *whole, last = rows_in(many.encode())

    assert [row.columns for row in whole] == [{"address": f"u{number}@x.example"} for number in range(9_000)]
    assert last.fault == "not JSON"


def test_pages_of_an_api_that_stand_one_behind_the_other_are_read_as_one():
    pages = b'[{"email": "a@x.example"}]\n[{"email": "b@x.example"}]\n[]\n{"items": [{"email": "c@x.example"}]}{"items": []}'

    assert addresses(pages) == ["a@x.example", "b@x.example", "c@x.example"]


def test_a_json_document_with_much_of_nothing_costs_no_memory():
    class Endless(io.RawIOBase):
        """A list with ten megabytes of blanks in it."""

        pieces = iter([b'[{"email": "a@x.example"},', *[b" " * MAX_LINE] * 160, b'{"email": "b@x.example"}]'])

        def read(self, _size: int = -1) -> bytes:
            return next(self.pieces, b"")

    tracemalloc.start()
    listed = [row.columns for row in rows(Endless(), encoding="utf-8", read=lambda _: None)]  # type: ignore[arg-type]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert listed == [{"email": "a@x.example"}, {"email": "b@x.example"}]
    assert most < 2 << 20


def test_a_json_document_of_any_size_is_read_piece_by_piece():
    """In one line, as an API gives it, larger than any piece; an object that is broken costs itself only."""
    objects = [f'{{"EmailAddress": "u{number}@x.example"}}' for number in range(9_000)]
    objects[5_000] = '{"EmailAddress": broken}'
    listed = rows_in(('{"Suppressions": [' + ", ".join(objects) + "]}").encode())

    assert len([row for row in listed if row.columns]) == 8_999
    assert [row.fault for row in listed if row.fault] == ["not JSON"]


def test_a_json_document_without_addresses_is_refused_whole():
    with pytest.raises(BouncerError, match="no object in this JSON"):
        rows_in(b'[{"name": "jane"}, {"name": "joe"}]')
    assert rows_in(b"[]") == []


def test_ses_takes_files_without_a_heading_and_so_do_we():
    assert [row.columns for row in rows_in(b"a@x.example,BOUNCE\nb@x.example,COMPLAINT\n")] == [
        {"address": "a@x.example", "reason": "BOUNCE"},
        {"address": "b@x.example", "reason": "COMPLAINT"},
    ]
    assert [row.columns for row in rows_in(b"a@x.example\n")] == [{"address": "a@x.example"}]


def test_a_file_without_an_address_is_refused_whole():
    with pytest.raises(BouncerError, match="give the file a heading"):
        rows_in(b"name,age\njane,9\n")
    with pytest.raises(BouncerError, match="give the file a heading"):
        rows_in(b"email\rname\nx\n")
    assert rows_in(b"") == []
    assert rows_in(b"\n\n") == []


@settings(deadline=None)  # the rules of verdicts are compiled when they are first asked
@given(st.binary(max_size=300))
def test_no_file_breaks_reading(octets: bytes):
    try:
        for row in rows_in(octets):
            assert row.fault if row.columns is None else isinstance(read_row(row.columns, TERMS), str | Suppression)
    except BouncerError as error:
        assert "heading" in str(error) or "in this JSON" in str(error)  # noqa: PT017 -- both ends are right


@pytest.mark.parametrize("longest", ["s" * MAX_STREAM, "\u00e9" * (MAX_STREAM // 2)])
def test_the_longest_stream_of_a_mail_is_taken(longest: str):
    assert MAX_STREAM == MAX_KEY
    assert import_row(email="jane@example.org", stream=longest).stream == longest


@pytest.mark.parametrize("stream", ["s" * (MAX_STREAM + 1), "\u00e9" * (MAX_STREAM // 2 + 1), "news\0"])
def test_a_stream_that_no_mail_can_have_is_refused(stream: str):
    """The store would cut or alter it, and it would match nothing."""
    assert read_row({"email": "jane@example.org", "stream": stream}, TERMS) == (
        f"a stream of more than {MAX_STREAM} octets, or with a NUL"
    )


def test_more_cells_than_columns_are_refused():
    assert rows_in(b"email\na@x.example,b\n")[0].fault == "more cells than columns"


def test_a_row_is_written_as_json_can_hold_it():
    entry = import_row(email="jane@example.org")

    assert json.loads(json.dumps(write_row(entry)))["address"] == "jane@example.org"
