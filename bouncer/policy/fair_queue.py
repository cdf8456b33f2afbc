"""The order in which waiting letters are read: each client and each return path gets its turn.

A flood from one client, or to one path, waits behind the first letters of all others, however many came before them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bouncer.mail.host import client_of

SIZE_STEP = 4096
"""Octets that count as the same size: letters of one size have their turns in the order in which they came."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits to be read."""

    id: int
    octets: int
    peer: str
    path: str


def sort_by_turn(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Sort letters, given oldest first, by turn: the first of each client and path, then the second, and so on.

    Clients that write to one path take turns there, too: who floods a path holds up no other client's reports to it.
    """
    of_client = dict[str, list[Waiting]]()
    for letter in waiting:
        of_client.setdefault(client_of(letter.peer), []).append(letter)
    placed = [
        (place, letter.id, letter)
        for letters in of_client.values()
        for place, letter in enumerate(_small_and_old_in_turn(letters))
    ]
    turns, of_path = list[tuple[int, int, Waiting]](), Counter[str]()
    for place, number, letter in sorted(placed, key=lambda entry: entry[:2]):
        turns.append((max(place, of_path[letter.path]), number, letter))
        of_path[letter.path] += 1
    return [letter for _, _, letter in sorted(turns, key=lambda turn: turn[:2])]


def _small_and_old_in_turn(letters: Sequence[Waiting]) -> Iterator[Waiting]:
    """Give the letters of one client: the smallest of them, the oldest, the next smallest, the next oldest, and so on.

    A report has some kilobytes; what takes long to record is larger. So a report does not wait behind a flood that comes from the
    same client, as all mail does behind a mail server of ours; and no letter is passed over for ever, however large.
    """
    by_size = iter(sorted(letters, key=lambda letter: (letter.octets // SIZE_STEP, letter.id)))
    earlier = set[int]()
    for oldest in letters:
        for letter in (next((small for small in by_size if small.id not in earlier), oldest), oldest):
            if letter.id not in earlier:
                earlier.add(letter.id)
                yield letter
