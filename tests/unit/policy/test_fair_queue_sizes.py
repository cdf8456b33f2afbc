"""Letters of one client: a small one does not wait behind a flood of large ones, and no large one is passed over for ever."""

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
