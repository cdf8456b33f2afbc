"""The order in which waiting letters are read: each client and each return path gets its turn.

A flood from one client, or to one path, waits behind the first letters of all others, however many came before them. Turns are
shared out by size and not by number, because a large letter names more recipients and takes longer: while one letter of a hundred
recipients is read, other clients have a dozen ordinary reports read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bouncer.mail.host import client_of

SIZE_STEP = 4096
"""Octets of a share: most reports have one. Letters of as many shares have their turns in the order in which they came."""
MOST_CLIENTS = 4096
"""Clients whose shares are remembered; with more clients all shares are forgotten, and all clients begin anew."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits to be read."""

    id: int
    octets: int
    peer: str
    path: str

    @property
    def shares(self) -> int:
        """The number of shares that the letter takes of its client's turns, and of its path's."""
        return 1 + self.octets // SIZE_STEP


class FairQueue:
    """Puts waiting letters into the order of their turns, and remembers the shares that each client has had.

    Only clients with waiting letters are remembered: a client without letters saves up no shares for later.
    """

    def __init__(self) -> None:
        self._shares_of_clients = Counter[str]()
        self._least = 0  # the shares that the next client has had; the others have had as many, or more

    def sort(self, waiting: Iterable[Waiting]) -> list[Waiting]:
        """Sort letters, given oldest first, by turn: by the shares that their client, and their path, will have had with them.

        The oldest of all counts as the first, so that no letter is passed over for ever. Clients that write to one path take turns
        there, too: a client that floods a path holds up no other client's reports to it.
        """
        letters = list(waiting)
        placed_letters = [
            (self._least + 1 if letter is letters[0] else place, letter.id, letter)
            for client, of_client in _group_by_client(letters).items()
            for place, letter in _take_in_turn(of_client, self._count_shares(client))
        ]
        turns, of_path = list[tuple[int, int, Waiting]](), Counter[str]()
        for place, number, letter in sorted(placed_letters, key=lambda entry: entry[:2]):
            turns.append((max(place, self._least + of_path[letter.path] + 1), number, letter))
            of_path[letter.path] += letter.shares
        return [letter for _, _, letter in sorted(turns, key=lambda turn: turn[:2])]

    def take(self, letters: Sequence[Waiting]) -> None:
        """Add the shares of *letters* to those that their clients have had."""
        by_client = _group_by_client(letters)
        self._least = min((self._count_shares(client) for client in by_client), default=self._least)
        if len(self._shares_of_clients) > MOST_CLIENTS:
            self._shares_of_clients.clear()
        for client, of_client in by_client.items():
            self._shares_of_clients[client] = self._count_shares(client) + sum(letter.shares for letter in of_client)

    def give_back(self, letters: Iterable[Waiting]) -> None:
        """Undo ``take`` for letters that were not read."""
        for client, of_client in _group_by_client(letters).items():
            self._shares_of_clients[client] -= sum(letter.shares for letter in of_client)

    def forget(self) -> None:
        """Forget the shares of all clients: no letter waits any more."""
        self._shares_of_clients.clear()

    def _count_shares(self, client: str) -> int:
        return max(self._least, self._shares_of_clients[client])


def _group_by_client(letters: Iterable[Waiting]) -> dict[str, list[Waiting]]:
    by_client = dict[str, list[Waiting]]()
    for letter in letters:
        by_client.setdefault(client_of(letter.peer), []).append(letter)
    return by_client


def _take_in_turn(letters: Sequence[Waiting], shares: int) -> Iterator[tuple[int, Waiting]]:
    """Give the letters of a client that has had so many *shares*, each with its shares then: by path and by age in turn.

    Half of the shares go to the paths by turns, small letters first, and half to the oldest letters. A report has some kilobytes; a
    letter that takes long to record is larger. So a report does not wait behind a flood that comes from the same client, as all
    mail does behind a mail server of ours; and no letter is passed over for ever, however large.
    """
    by_path, by_age = iter(_sort_by_turns_of_paths(letters)), iter(letters)
    ids, to_paths, to_age = set[int](), 0, 0
    while len(ids) < len(letters):
        is_of_path = to_paths <= to_age
        letter = next(letter for letter in (by_path if is_of_path else by_age) if letter.id not in ids)
        ids.add(letter.id)
        if is_of_path:
            to_paths += letter.shares
        else:
            to_age += letter.shares
        yield shares + to_paths + to_age, letter


def _sort_by_turns_of_paths(letters: Iterable[Waiting]) -> list[Waiting]:
    """Sort letters by the shares that their path will have had with them, where small letters come first."""
    of_path, turns = Counter[str](), list[tuple[int, int, Waiting]]()
    for letter in sorted(letters, key=lambda letter: (letter.shares, letter.id)):
        of_path[letter.path] += letter.shares
        turns.append((of_path[letter.path], letter.id, letter))
    return [letter for _, _, letter in sorted(turns, key=lambda turn: turn[:2])]
