"""Volumes of a day: who counts for what, when it is over, and that a start does not forget."""

import dataclasses
import datetime as dt
from typing import cast

import pytest

from bouncer.errors import TryLater
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.ports.day_octets import DayOctets
from bouncer.ports.letters import LetterStore
from bouncer.settings.sections import SmtpSettings
from bouncer.stages import volume
from bouncer.stages.volume import Volume

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
KB = 1000
SETTINGS = SmtpSettings(client_daily_octets=100 * KB, alias_daily_octets=200 * KB, path_daily_octets=30 * KB)
ALIAS = ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme")
JANE = ReturnPath("acme-x-jane=example.org@rp.example.com", PathKind.SIGNED, "acme", "jane@example.org")


def letter(path: ReturnPath = ALIAS, peer: str = "198.51.100.7", octets: int = 10 * KB) -> Received:
    return Received(path, "", peer, "mx.example.net", None, smtputf8=False, received_at=NOON, raw=bytes(octets))


@dataclasses.dataclass
class Turned:
    """A clock that a test turns."""

    time: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.time


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def today(clock: Turned) -> Volume:
    return Volume(SETTINGS, now=clock)


def count_taken(today: Volume, *letters: Received) -> int:
    """How many of *letters*, each by itself, are taken."""
    count = 0
    for letter in letters:
        try:
            today.take([letter])
        except TryLater:
            continue
        count += 1
    return count


@pytest.mark.parametrize(
    "peers", [["198.51.100.7"], ["198.51.100.7", "::ffff:198.51.100.7"], ["2001:db8::1", "2001:db8::2"]]
)
def test_one_client_has_one_volume_however_its_address_is_written(today: Volume, peers: list[str]):
    assert count_taken(today, *(letter(peer=peers[n % len(peers)]) for n in range(30))) == 10


def test_paths_of_an_account_that_anybody_can_write_to_count_as_one(today: Volume):
    """VERP and quarantine name anything a stranger likes; a path for several is known to all who got it."""
    kinds = (PathKind.ALIAS, PathKind.VERP, PathKind.QUARANTINE, PathKind.SIGNED)
    paths = [ReturnPath(f"{n}@rp.example.com", kinds[n % 4], "acme") for n in range(40)]
    others = [dataclasses.replace(path, recipient=f"{path.address}") for path in paths if path.kind is PathKind.VERP]

    assert count_taken(today, *(letter(path, f"198.51.100.{n}") for n, path in enumerate([*paths, *others]))) == 20
    assert count_taken(today, letter(dataclasses.replace(ALIAS, account="zoo"))) == 1


def test_a_path_for_one_has_a_small_volume_however_it_is_spelt(today: Volume):
    spelt = [
        dataclasses.replace(JANE, address=address) for address in ("a@rp.example.com", "prvs=b@rp.example.com", "A@rp")
    ]

    assert count_taken(today, *(letter(spelt[n % 3], f"198.51.100.{n}") for n in range(30))) == 3
    assert count_taken(today, letter(dataclasses.replace(JANE, recipient="joe@example.org"))) == 1
    assert count_taken(today, letter(dataclasses.replace(JANE, recipient=None, recipient_hash="h"))) == 1


def test_reports_of_one_provider_to_many_paths_have_ten_times_the_volume(today: Volume):
    """And they use up nothing of what the provider may send to aliases."""
    paths = [dataclasses.replace(JANE, recipient=f"r{n}@example.org") for n in range(200)]

    assert count_taken(today, *(letter(path) for path in paths)) == 100
    assert count_taken(today, letter()) == 1


def test_the_defaults_take_a_newsletter_of_a_million_from_one_provider():
    """Ten thousand paths stand for a hundred times as many: each report of theirs is two megabytes, 20 GB in all."""
    today = Volume(SmtpSettings(), now=lambda: NOON)
    raw = bytes(2_000_000)
    for n in range(10_000):
        today.take([dataclasses.replace(letter(dataclasses.replace(JANE, recipient=f"r{n}@example.org")), raw=raw)])


def test_a_mail_server_in_front_is_no_client_and_paths_are_bounded_all_the_same(clock: Turned):
    today = Volume(dataclasses.replace(SETTINGS, fronts=("127.0.0.1", "::1")), now=clock)
    paths = [dataclasses.replace(JANE, recipient=f"r{n}@example.org") for n in range(400)]

    assert count_taken(today, *(letter(path, "127.0.0.1") for path in paths)) == 400
    assert count_taken(today, *(letter(path, "198.51.100.7") for path in paths)) == 100
    assert count_taken(today, *(letter(peer="::1") for _ in range(30))) == 20


def test_a_new_day_has_a_new_volume(today: Volume, clock: Turned):
    before = count_taken(today, *(letter() for _ in range(20)))
    clock.time = NOON + dt.timedelta(hours=12)

    assert (before, count_taken(today, *(letter() for _ in range(20)))) == (10, 10)


def test_an_exceeded_volume_is_told_before_a_letter_is_sent_and_logged_once(
    today: Volume, caplog: pytest.LogCaptureFixture
):
    count_taken(today, *(letter() for _ in range(10)))
    for _ in range(5):
        with pytest.raises(TryLater) as raised:
            today.require_room(ALIAS, "198.51.100.7")

    assert str(raised.value) == "452 4.7.0 Too much mail from you today, try tomorrow"
    assert [record.getMessage() for record in caplog.records] == [
        "put off until tomorrow, UTC: client='198.51.100.7' octets=100000"
    ]


def test_the_volume_of_an_unkept_letter_is_given_back_and_zero_is_no_bound(today: Volume):
    for _ in range(100):
        today.take([letter()])
        today.give_back([letter()])
    free = Volume(SmtpSettings(client_daily_octets=0, alias_daily_octets=0, path_daily_octets=0), now=lambda: NOON)

    assert count_taken(today, letter()) == 1
    assert count_taken(free, *(letter(octets=10_000 * KB) for _ in range(100))) == 100


def test_memory_is_bounded_and_the_largest_are_remembered(today: Volume, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(volume, "MAX_SUBJECTS", 50)
    free = Volume(dataclasses.replace(SETTINGS, alias_daily_octets=0), now=lambda: NOON)
    count_taken(free, *(letter() for _ in range(10)))
    for n in range(10_000):
        free.take([letter(peer=f"10.0.{n // 250}.{n % 250}", octets=1)])

    assert len(free._octets) <= 101  # noqa: SLF001 -- what it holds is the point
    assert count_taken(free, letter()) == 0


@dataclasses.dataclass
class Summed:
    """A store that has sums."""

    sums: DayOctets
    periods: list[tuple[dt.datetime, dt.datetime]] = dataclasses.field(default_factory=list)

    async def octets_between(self, since: dt.datetime, before: dt.datetime, *, limit: int) -> DayOctets:
        assert limit >= len(self.sums.paths)
        self.periods.append((since, before))
        return self.sums


async def test_a_start_goes_on_from_what_was_kept_today(today: Volume):
    paths = ((JANE, 20 * KB), (ALIAS, 60 * KB))
    store = Summed(DayOctets((("198.51.100.7", False, 60 * KB), ("198.51.100.7", True, 20 * KB)), paths))
    before = count_taken(today, *(letter() for _ in range(2)))  # while it is summed up
    await today.load(cast("LetterStore", store))

    assert store.periods == [(NOON.replace(hour=0), NOON)]
    assert (before, count_taken(today, *(letter() for _ in range(20)))) == (2, 2)
    assert count_taken(today, *(letter(JANE) for _ in range(20))) == 1
