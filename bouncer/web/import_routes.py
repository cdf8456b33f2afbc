"""Routes for imports of files, which pages and commands make: list those of the last 30 days, and take one back."""

from typing import Any

from bouncer.manage.undoing_imports import list_imports, undo_import
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.imports import RecordedImport, UndoneImport
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema

_ID_EXAMPLE = "2026-11-28T06:09:35.173063+00:00"


async def _list(request: ApiRequest) -> Any:
    rows = await list_imports(request.store, request.scope, request.account, now=request.now)
    return {"data": [to_plain(row) for row in rows]}


async def _undo(request: ApiRequest) -> Any:
    import_id = request.parameters["import_id"]
    undone = await undo_import(
        request.store, request.scope, request.account, import_id, by=request.changed_by, now=request.now
    )
    return to_plain(undone)


IMPORT_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/imports",
        "The newest imports of files, by page or command, of the last 30 days",
        KeyAccess.READ,
        _list,
        data_schema(row_schema(RecordedImport)),
        (OF_ACCOUNT,),
        errors=(404,),
        example=Example(),
    ),
    ApiRoute(
        "POST",
        "/api/v1/imports/{import_id}/undo",
        "Take an import back: what it suppressed is free again, unless it was suppressed before or changed since",
        KeyAccess.WRITE,
        _undo,
        row_schema(UndoneImport),
        (Parameter("import_id", TEXT, "the id, as lists show it", _ID_EXAMPLE, where="path"), OF_ACCOUNT),
        errors=(404,),
        example=Example(path={"import_id": _ID_EXAMPLE}),
    ),
)
"""The routes, in the manual's order."""
