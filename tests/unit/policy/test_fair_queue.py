"""The order of waiting letters: a flood holds up no other client, and a large letter no report; none is passed over for ever."""

from collections.abc import Sequence

from bouncer.policy.fair_queue import FairQueue, Waiting


def sort_by_turn(letters: Sequence[Waiting]) -> list[Waiting]:
    return FairQueue().sort(letters)


def waiting(number: int, octets: int) -> Waiting:
    return Waiting(number, octets, "192.0.2.1", f"path{number}@rp.example.com")


def test_a_report_comes_before_the_large_letters_of_its_client():
    flood = [waiting(number, 47_000) for number in range(500)]

    assert 500 in [letter.id for letter in sort_by_turn([*flood, waiting(500, 450)])][:2]


def test_a_dozen_reports_are_read_while_one_large_letter_of_another_client_is():
    """A letter of a hundred recipients is large: turns by number would have a flood of them take nearly all of the time."""
    flood = [Waiting(number, 47_000, "192.0.2.1", "acme@rp.example.com") for number in range(500)]
    reports = [Waiting(number, 450, "203.0.113.9", f"path{number}@rp.example.com") for number in range(500, 600)]

    first = sort_by_turn([*flood, *reports])[:26]

    assert sum(letter.peer == "203.0.113.9" for letter in first) == 24


def test_a_client_that_has_had_turns_waits_for_those_that_have_not():
    """However many clients flood, and though what they have waiting is older: a lease takes some letters only."""
    flood = [Waiting(number, 450, f"192.0.2.{number % 100}", f"path{number}@rp.example.com") for number in range(1000)]
    report = Waiting(1000, 450, "203.0.113.9", "zoo@rp.example.com")
    queue, waiting, leases = FairQueue(), [*flood, report], 0

    while report in waiting:
        first_four = queue.sort(waiting)[:4]
        queue.take(first_four)
        waiting = [letter for letter in waiting if letter not in first_four]
        leases += 1

    assert leases <= 100 // 3 + 1


def test_a_turn_that_was_given_back_was_none():
    letters = [Waiting(number, 450, "192.0.2.1", f"path{number}@rp.example.com") for number in range(9)]
    letters += [Waiting(number, 450, "192.0.2.2", f"path{number}@rp.example.com") for number in range(9, 18)]
    queue = FairQueue()
    first = queue.sort(letters)

    queue.take(first[:8])
    queue.give_back(first[:8])

    assert queue.sort(letters) == first


def test_a_client_that_waited_for_nothing_has_saved_no_turns_up():
    """A client that has had many turns while another had nothing to be read shares with it from then on."""
    early = [Waiting(number, 450, "192.0.2.1", f"path{number}@rp.example.com") for number in range(100)]
    late = [Waiting(number, 450, "192.0.2.2", f"path{number}@rp.example.com") for number in range(100, 200)]
    queue = FairQueue()
    for start in range(0, 50, 10):
        queue.take(queue.sort(early[start:])[:10])

    first = queue.sort([*early[50:], *late])[:20]

    assert sum(letter in early for letter in first) >= 5


def test_the_oldest_letter_is_among_the_first_however_large_it_is():
    later = [
        Waiting(number, 450, f"192.0.2.{number % 200}", f"path{number}@rp.example.com") for number in range(1, 999)
    ]

    assert sort_by_turn([Waiting(0, 8_000_000, "192.0.2.1", "acme@rp.example.com"), *later])[0].id == 0


def test_a_large_letter_has_its_turn_among_small_ones_that_came_later():
    later = [waiting(number, 450) for number in range(1, 500)]

    assert 0 in [letter.id for letter in sort_by_turn([waiting(0, 47_000), *later])][:2]


def test_letters_of_one_size_come_in_their_order():
    letters = [waiting(number, 450 + number) for number in range(50)]

    assert sort_by_turn(letters) == letters


def test_each_letter_is_given_once():
    letters = [waiting(number, (number * 7919) % 60_000) for number in range(300)]

    assert sorted(letter.id for letter in sort_by_turn(letters)) == list(range(300))


def test_a_flood_of_one_path_holds_up_no_other_client_that_writes_to_it():
    """Not even a client whose reports came after all of the flood."""
    path = "acme@rp.example.com"
    flood = [Waiting(number, 47_000, "192.0.2.1", path) for number in range(500)]
    reports = [Waiting(number, 450, "203.0.113.9", path) for number in range(500, 510)]

    first = sort_by_turn([*flood, *reports])[:20]

    assert sum(letter.peer == "203.0.113.9" for letter in first) == 10


def test_many_clients_that_flood_one_path_wait_behind_the_reports_to_others():
    flood = [Waiting(number, 450, f"192.0.2.{number}", "acme@rp.example.com") for number in range(200)]
    report = Waiting(200, 450, "203.0.113.9", "zoo@rp.example.com")

    assert report in sort_by_turn([*flood, report])[:2]
