"""Short ids of reports: numbers below 2^53, which JavaScript and JSON readers that count with doubles keep exact.

An id of a letter or a bounce has 63 bits: milliseconds since 1970, then COUNT_BITS of chance and count. A short id has the same
millisecond, counted from 2020 on, and the last bits. It is stable, says nothing of other ids, and is looked up among the ids of its
millisecond; two of these may very rarely share it.
"""

COUNT_BITS = 21
"""The lower bits of an id, below the millisecond."""
MAX_SHORT_ID = (1 << 53) - 1
"""The largest integer up to which a double keeps every one (IEEE 754)."""
_KEPT_BITS = 13
_KEPT = (1 << _KEPT_BITS) - 1
_START = 1_577_836_800_000  # 2020-01-01 in milliseconds since 1970
_MILLISECONDS = 1 << (53 - _KEPT_BITS)  # until 2054; then short ids begin anew


def short_id(number: int) -> int:
    """Give the short form of the id *number*, which people can copy.

    >>> short_id(1_772_323_200_000 << COUNT_BITS | 4711)
    1593232588804711
    """
    millisecond = ((number >> COUNT_BITS) - _START) % _MILLISECONDS
    return millisecond << _KEPT_BITS | number & _KEPT


def ids_of_millisecond(short: int) -> tuple[int, int]:
    """Give the least id of the millisecond of a short id, and the least of the next millisecond."""
    millisecond = (short >> _KEPT_BITS) + _START
    return millisecond << COUNT_BITS, (millisecond + 1) << COUNT_BITS
