"""Mailgun's import of a list from a file."""

import io
from typing import Any

import msgspec

from bouncer.errors import BouncerError, StoreError, UseCaseError
from bouncer.manage import tabular_input
from bouncer.manage.importing import NoWatch, import_suppressions
from bouncer.policy.address_list import REASON_OF, AddressList
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.web.mailgun.parameters import account_of
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest

_MOST_REFUSED = 1
"""Refused lines that are kept: the answer has their number."""


class ListFile(msgspec.Struct, frozen=True):
    """A CSV file with the columns address, code, error and created_at."""

    file: bytes


async def import_file(request: ApiRequest, listed_in: AddressList) -> Any:
    """Put the addresses of the request's file on a list. Raises ProblemError (422) for a file without addresses, or a long one."""
    name = await account_of(request)
    options = ImportOptions(name, request.now, request.changed_by.words, REASON_OF[listed_in])
    file, most = io.BytesIO(request.body.file), tabular_input.MOST_LINES_OF_SHEET
    rows = tabular_input.rows(file, encoding="utf-8", read=lambda _octets: None, most_lines=most)
    try:
        result = await import_suppressions(
            request.store, request.scope, rows, options, dry_run=False, watch=NoWatch(), most_refused=_MOST_REFUSED
        )
    except (StoreError, UseCaseError):
        raise
    except BouncerError as error:  # no column has addresses, or too many lines
        raise ProblemError(422, f"The file cannot be read: {error}.", parameter="file") from None
    return {"message": "file uploaded successfully", "good": result.good, "refused": result.refused}
