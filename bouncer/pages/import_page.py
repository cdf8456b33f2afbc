"""The import of a list of suppressions: a file or pasted addresses, a preview that changes nothing, and the button that does it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bouncer.compose.language import Language
from bouncer.errors import BouncerError, StoreError, UseCaseError
from bouncer.manage.import_preview import ImportPreview, PreviewedRow, RowFate, preview_import
from bouncer.manage.importing import NoWatch, import_suppressions
from bouncer.manage.json_rows import Row
from bouncer.manage.tabular_input import MOST_LINES_OF_SHEET, TooManyLinesError, rows
from bouncer.manage.undoing_imports import list_imports, undo_import
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.cause_words import PASTED_LIST, imported_words
from bouncer.pages.form_fields import choice_of
from bouncer.pages.marks import cut
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.receiving_upload import FILE, MAX_UPLOAD, MEGABYTE, PASTED
from bouncer.pages.uploads import ID_OCTETS, WAITS, ReceivedFile, WaitingUpload
from bouncer.pages.wording import reason_title, words_of_end
from bouncer.policy.sign_in import Role
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.ports.imports import RecordedImport
from bouncer.web.parameter import MOMENT, TEXT, Parameter
from bouncer.web.problem import ProblemError

MOST_LINES = 150_000
"""Lines of a list: their preview takes eight seconds of the processor, and a person waits for it."""
MOST_SHOWN = 20
"""Rows and refused lines that are shown: with each character of them escaped the page stays below 60 kB."""
MOST_COLUMNS_SHOWN = 12
"""Names of columns that are shown: no tool's export has more."""
MAX_NAME = 100
"""Characters of a file's name that the page shows and the trail keeps."""
_ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows-1252 (Excel)"}
"""Encodings of a file without a byte order mark."""
_FATES = {
    RowFate.NEW: "would be suppressed",
    RowFate.THERE_ALREADY: "suppressed already",
    RowFate.ON_ALLOW_LIST: "on the allow-list",
}
_FAULTS = {
    "no mail address": "no mail address",
    "no address": "no address",
    "a time that cannot be read": "a time that cannot be read",
    "has run out": "has run out",
    "more cells than columns": "more cells than columns",
    "not CSV: a quote or a line end in the wrong place": "not CSV: a quote or a line end in the wrong place",
    "not in the file's encoding; --encoding says another, cp1252 for what older Excels write": (
        "not in the encoding that was chosen: older Excels write Windows-1252"
    ),
}
"""The usual causes for which a line is refused, as the reader gives them, in the words of pages; rare ones stay English."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the preview, in words."""

    address: str
    reason: str
    stream: str
    until: str
    fate: str


@dataclass(frozen=True, slots=True)
class ShownImport:
    """An import that can be undone, or was; with the file and the person in words."""

    row: RecordedImport
    cause: str


async def _form(visit: Visit) -> TemplatePage:
    sizes = {"size": visit.language.number(MAX_UPLOAD // MEGABYTE), "encodings": tuple(_ENCODINGS.items())}
    is_operator = visit.signed_in.account is None
    names = {"account": visit.parameters["account"], "shows_account": is_operator, "fields": (FILE, PASTED)}
    account = visit.parameters["account"] or visit.signed_in.account
    imports = await _shown_imports(visit, account) if account else []
    return TemplatePage("import.html.j2", {**sizes, **names, "imports": imports})


async def _shown_imports(visit: Visit, account: str) -> list[ShownImport]:
    recorded_imports = await list_imports(visit.store, visit.scope, account, now=visit.now)
    return [ShownImport(row, imported_words(row.why, visit.language)) for row in recorded_imports]


async def _preview(visit: Visit) -> TemplatePage:
    """Keep the list that came with the form, and show the effect that its import would have."""
    received, until, language = visit.received, visit.form["until"], visit.language
    if received is None:
        raise ProblemError(422, language.say("Choose a file, or paste addresses."), parameter=FILE)
    if until is not None and until <= visit.now:
        raise ProblemError(422, language.say("The end lies in the past."), parameter="until")
    by = visit.changed_by(f"imported from {_name(received)}")
    choices = (visit.account, visit.form["encoding"], until, by)
    async with visit.uploads.working:
        upload = visit.uploads.add(received, visit.signed_in, *choices, now=visit.now, language=language)
        try:
            with _lines(upload, language) as lines:
                options = _options(upload, visit)
                preview = await preview_import(visit.store, visit.scope, lines, options, most_shown=MOST_SHOWN)
        except BaseException:
            visit.uploads.drop(upload.id)
            raise
    return TemplatePage("import-preview.html.j2", _show_preview(upload, preview, visit))


def _show_preview(upload: WaitingUpload, preview: ImportPreview, visit: Visit) -> dict[str, Any]:
    language = visit.language
    refused = [
        (line.line, language.say(_FAULTS[line.why]) if line.why in _FAULTS else line.why)
        for line in preview.refused_lines
    ]
    return {
        **_facts(upload, visit),
        "upload": upload.id,
        "preview": preview,
        "columns": preview.columns[:MOST_COLUMNS_SHOWN],
        "rows": [_shown_row(row, language) for row in preview.first],
        "refused": refused,
        "minutes": WAITS.seconds // 60,
    }


def _facts(upload: WaitingUpload, visit: Visit) -> dict[str, Any]:
    name = visit.language.say(PASTED_LIST) if upload.received.name is None else _name(upload.received)
    return {"name": name, "account": upload.account, "shows_account": visit.signed_in.account is None}


def _shown_row(row: PreviewedRow, language: Language) -> ShownRow:
    suppression = row.suppression
    reason, until = reason_title(suppression.reason, language), words_of_end(suppression.until, language)
    return ShownRow(suppression.address, reason, suppression.stream, until, language.say(_FATES[row.fate]))


def _name(received: ReceivedFile) -> str:
    return PASTED_LIST if received.name is None else cut(received.name, MAX_NAME) or "-"


def _options(upload: WaitingUpload, visit: Visit) -> ImportOptions:
    return ImportOptions(upload.account, visit.now, upload.by.words, until=upload.until)


@contextmanager
def _lines(upload: WaitingUpload, language: Language) -> Iterator[Iterable[Row]]:
    """Give the rows of a list from its beginning. Raises ProblemError: 422 for one that has no addresses, 413 for a long one."""
    upload.received.file.seek(0)
    file, encoding = upload.received.file, upload.encoding
    lines = rows(file, encoding=encoding, read=lambda _octets: None, most_lines=MOST_LINES_OF_SHEET)
    try:
        yield _limit_lines(lines, language)
    except (StoreError, UseCaseError, ProblemError):
        raise
    except TooManyLinesError:
        raise _too_many_lines(MOST_LINES_OF_SHEET, language) from None
    except BouncerError:
        sentence = language.say("No column is called address or email: give the list a heading.")
        raise ProblemError(422, sentence, parameter=FILE) from None


def _limit_lines(lines: Iterable[Row], language: Language) -> Iterator[Row]:
    for number, row in enumerate(lines, 1):
        if number > MOST_LINES:
            raise _too_many_lines(MOST_LINES, language)
        yield row


def _too_many_lines(most: int, language: Language) -> ProblemError:
    sentence = language.say(
        "The list has more than {number} lines. The command bouncer suppressions import takes any number.",
        number=language.number(most),
    )
    return ProblemError(413, sentence, parameter=FILE)


async def _import(visit: Visit) -> TemplatePage:
    """Import the list that waits; it is gone afterwards, so that a second press of the button does nothing."""
    async with visit.uploads.working:
        upload = visit.uploads.waiting_upload(
            visit.form["upload"] or "", visit.signed_in, now=visit.now, language=visit.language
        )
        with _lines(upload, visit.language) as lines:
            summary = await import_suppressions(
                visit.store,
                visit.scope,
                lines,
                _options(upload, visit),
                dry_run=False,
                watch=NoWatch(),
                most_refused=0,
            )
        visit.uploads.drop(upload.id)
    return TemplatePage("imported.html.j2", {**_facts(upload, visit), "summary": summary})


async def _undo(visit: Visit) -> TemplatePage:
    """Free what an import suppressed. Raises NotFound for one that is another account's, or older than UNDO_LASTS."""
    account, import_id = visit.account, visit.form["import"] or ""
    undone = await undo_import(visit.store, visit.scope, account, import_id, by=visit.changed_by(None), now=visit.now)
    values = {"undone": undone, "id": import_id, "account": account}
    return TemplatePage("import-undone.html.j2", {**values, "shows_account": visit.signed_in.account is None})


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_FATES.values(), *_FAULTS.values())


IMPORT_PAGES = (
    PageRoute("GET", "/suppressions/import", "Whom shall I suppress at once?", Role.OWNER, _form, (ACCOUNT,)),
    PageRoute(
        "POST",
        "/suppressions/import",
        "What would the import do?",
        Role.OWNER,
        _preview,
        (),
        (
            ACCOUNT,
            Parameter(
                "encoding", choice_of(_ENCODINGS), "of a file without a byte order mark", "utf-8", default="utf-8"
            ),
            Parameter("until", MOMENT, "the end of those that name none; none: until somebody frees it", "2026-12-24"),
        ),
        takes_file=True,
    ),
    PageRoute(
        "POST",
        "/suppressions/import/apply",
        "Suppress the addresses of the list",
        Role.OWNER,
        _import,
        (),
        (Parameter("upload", TEXT, "the list that waits", "x" * (ID_OCTETS * 4 // 3 + 1)),),
    ),
    PageRoute(
        "POST",
        "/suppressions/import/undo",
        "Free what an import suppressed",
        Role.OWNER,
        _undo,
        (),
        (ACCOUNT, Parameter("import", TEXT, "the import", "2026-11-28T12:00:00.000000+00:00")),
    ),
)
"""The pages by which a list is imported."""
