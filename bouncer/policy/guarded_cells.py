"""Cells of a table that a spreadsheet takes for text: no formula of a stranger's is calculated (OWASP, CSV injection). Pure."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are =, +, - and @ in full width, which spreadsheets of East Asia take for the narrow ones."""


def guard_cell(text: str) -> str:
    """Protect a cell from spreadsheets: an apostrophe is put before text that begins a formula.

    Text that looks protected gets another apostrophe, so that ``unguard_cell`` restores every text.
    """
    return f"'{text}" if text.startswith(_FORMULA) or _is_guarded(text) else text


def unguard_cell(text: str) -> str:
    """Remove the apostrophe that ``guard_cell`` put before a formula."""
    return text[1:] if _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    return text.startswith("'") and text[1:].startswith((*_FORMULA, "'"))
