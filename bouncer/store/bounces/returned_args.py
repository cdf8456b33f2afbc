"""Custom arguments of messages in the store: those of proven reports, since programs act on them, and anyone can write a header."""

from collections.abc import Sequence

from bouncer.policy.records import Belief, Record


def lines_of(entry: Record) -> tuple[str, ...]:
    """Give the lines for the letter's row, a name and a value each; none where no bounce of the letter is proven."""
    if not any(bounce.believed.belief is Belief.PROVEN for bounce in entry.bounces):
        return ()
    return tuple(f"{name}\t{value}" for name, value in entry.reading.original.custom_args)


def parse_lines(lines: Sequence[str], belief: Belief) -> dict[str, str]:
    """Give the arguments of a bounce by name; none where it is not proven itself."""
    if not lines or belief is not Belief.PROVEN:
        return {}
    pairs = (text.partition("\t") for text in lines)
    return {name: value for name, _, value in pairs}
