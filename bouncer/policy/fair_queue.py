"""The order in which waiting letters are read: each client and each return path gets its turn.

A flood from one client, or to one path, waits behind the first letters of all others, however many came before them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.mail.host import client_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits to be read."""

    id: int
    octets: int
    peer: str
    path: str


def sort_by_turn(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Sort letters, given oldest first, by turn: the first of each client and path, then the second, and so on."""
    of_client, of_path = Counter[str](), Counter[str]()
    turns = []
    for letter in waiting:
        client = client_of(letter.peer)
        turns.append((max(of_client[client], of_path[letter.path]), letter.id, letter))
        of_client[client] += 1
        of_path[letter.path] += 1
    return [letter for _, _, letter in sorted(turns, key=lambda turn: turn[:2])]
