"""Cells of a table that a spreadsheet takes for text: no formula of a stranger's is calculated (OWASP, CSV injection). Pure.

A cell begins at a semicolon, too: so spreadsheets part cells in countries with a decimal comma. And it begins at a tab, which
LibreOffice Calc proposes as a separator beside the comma.
"""

import re

_SIGNS = r"=+@\t\r\uff1d\uff0b\uff0d\uff20-"
"""Signs that begin a formula. Those in full width are =, +, - and @, which spreadsheets of East Asia take for the narrow ones."""
_UNGUARDED = re.compile(rf"((?:\A|[;\t]) *)(?='*[{_SIGNS}])")
_GUARDED = re.compile(rf"((?:\A|[;\t]) *)'(?='*[{_SIGNS}])")


def guard_cell(text: str) -> str:
    """Protect a cell from spreadsheets: an apostrophe is put before each formula that *text* would begin.

    Text that looks protected gets another apostrophe, so that ``unguard_cell`` restores every text.
    """
    return text if text[:1].isalnum() and ";" not in text and "\t" not in text else _UNGUARDED.sub(r"\1'", text)


def unguard_cell(text: str) -> str:
    """Remove the apostrophes that ``guard_cell`` put before formulas."""
    return _GUARDED.sub(r"\1", text)
