"""PostgreSQL's errors by their SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), and those without one."""

import sqlalchemy as sa

from bouncer.errors import StoreError

DISK_FULL = "53100"
"""No room on the server's disk."""
DAMAGED = ("XX001", "XX002")
"""The server has found damaged rows or a damaged index; no attempt mends them."""
TRANSIENT = ("40001", "40P01")
"""Conflicts with another transaction (serialization failure, deadlock): a retry succeeds."""
_WORK_CLASSES = ("22", "23", "42", "54")
"""Classes of errors of the work itself: its values, their uniqueness, its statements, their sizes."""
_OF_DATABASE = ("42501", "42P01")
"""Errors in those classes whose cause is the database and not the work: a privilege or a table was taken away."""
_NAMES = {
    "08P01": "protocol_violation",
    "25006": "read_only_sql_transaction",
    "40001": "serialization_failure",
    "40P01": "deadlock_detected",
    "42501": "insufficient_privilege",
    "42P01": "undefined_table",
    "53100": "disk_full",
    "53200": "out_of_memory",
    "53300": "too_many_connections",
    "55P03": "lock_not_available",
    "57014": "query_canceled",
    "57P01": "admin_shutdown",
    "57P02": "crash_shutdown",
    "57P03": "cannot_connect_now",
    "XX001": "data_corrupted",
    "XX002": "index_corrupted",
}
"""PostgreSQL's own names for the codes that an operator meets."""
_HIDDEN = ("password", "sslpassword")
"""Parameters of a url that nobody is shown."""


def sqlstate_of(error: BaseException) -> str:
    """Give the SQLSTATE of *error*, or of the driver's error in it; empty where the server sent none."""
    return getattr(_cause(error), "sqlstate", None) or ""


def failure_of(error: BaseException, url: sa.URL) -> StoreError | None:
    """Give what *error* means for the caller of the database at *url*; None for an error of the work itself."""
    if not _is_of_database(error):
        return None
    state = sqlstate_of(error)
    return StoreError(_describe(error, url), full=state == DISK_FULL, is_damaged=state in DAMAGED)


def without_password(url: sa.URL) -> str:
    """Give *url* for people: without its passwords."""
    hidden = {name: "***" for name in _HIDDEN if name in url.query}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def _is_of_database(error: BaseException) -> bool:
    state = sqlstate_of(error)
    if state:
        return state in _OF_DATABASE or state[:2] not in _WORK_CLASSES
    return isinstance(error, (sa.exc.OperationalError, OSError))  # the connection was lost, or there was none


def _describe(error: BaseException, url: sa.URL) -> str:
    """Describe *error* in a line for the operator: without the statement and its values, with PostgreSQL's name for it."""
    cause = _cause(error)
    # the primary message only: the detail of an error can show a row
    primary = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    text = " ".join(primary.split())
    for secret in (url.password, *(url.query.get(name) for name in _HIDDEN)):
        text = text.replace(str(secret), "***") if secret else text
    state = sqlstate_of(error)
    return f"{text} ({_NAMES.get(state, state) or type(cause).__name__})"


def _cause(error: BaseException) -> BaseException:
    return (error.orig or error) if isinstance(error, sa.exc.DBAPIError) else error
