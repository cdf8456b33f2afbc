"""The names of countries in the languages of the pages, from the Unicode CLDR: ``catalogues/countries.tsv``, read at first use."""

from collections.abc import Mapping
from functools import cache
from importlib import resources


def country_name(code: str, language: str) -> str:
    """Name the country of an ISO 3166-1 code in the language of that code; the code itself where the table has no such name."""
    return _names().get(language, {}).get(code, code)


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    """Read the table: by language, by country."""
    text = resources.files(__package__).joinpath("catalogues", "countries.tsv").read_text("utf-8")
    head, *rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {language: {row[0]: row[place] for row in rows} for place, language in enumerate(head) if place}
