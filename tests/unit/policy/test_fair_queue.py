"""The order of waiting letters: a flood holds up no other client, and a large letter no report; none is passed over for ever."""

from bouncer.policy.fair_queue import Waiting, sort_by_turn


def waiting(number: int, octets: int) -> Waiting:
    return Waiting(number, octets, "192.0.2.1", f"path{number}@rp.example.com")


def test_a_report_comes_before_the_large_letters_of_its_client():
    flood = [waiting(number, 47_000) for number in range(500)]

    assert [letter.id for letter in sort_by_turn([*flood, waiting(500, 450)])][:2] == [500, 0]


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
