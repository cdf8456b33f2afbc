"""The language of a page: the one that the person chose, or the best of those that the browser asks for."""

from bouncer.compose.language import Language, language
from bouncer.policy.languages import ENGLISH, LANGUAGE_CODES

MOST_RANGES = 20
"""Languages of a request that are looked at: browsers send a few."""


def chosen_language(chosen: str, accept: str) -> Language:
    """Give the language *chosen*, or the best of the header Accept-Language (RFC 9110 section 12.5.4)."""
    return language(chosen if chosen in LANGUAGE_CODES else _choose_accepted(accept))


def _choose_accepted(header: str) -> str:
    ranges = [_range(part) for part in header.split(",")[:MOST_RANGES]]
    candidates = [(weight, -place, code) for place, (code, weight) in enumerate(ranges) if code in LANGUAGE_CODES]
    return max(candidates)[2] if candidates and max(candidates)[0] > 0 else ENGLISH


def _range(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    code = name.strip().lower().partition("-")[0]
    text = parameter.strip().removeprefix("q=")
    try:
        weight = float(text) if parameter else 1.0
    except ValueError:
        weight = 0.0
    return code, weight if 0 <= weight <= 1 else 0.0
