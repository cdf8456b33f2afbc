"""The reading stage with a reader that a test plays."""

import datetime as dt
from collections.abc import Callable, Sequence

from contract.factories import NOON

from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reader import read
from bouncer.policy.read_letter import ReadLetter
from bouncer.ports.store import Store
from bouncer.stages.admit import Admit
from bouncer.stages.read import Read
from bouncer.verdict.judge import judge
from bouncer.verdict.taught_rule import TaughtRule

KEY = Key(b"a secret of at least sixteen octets")


class Room:
    """Reads where we stand, after it has failed with each of *faults*."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)

    async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter]:
        if self.faults:
            raise self.faults.pop()
        readings = [read(received.raw, taught=[rule.form for rule in rules]) for received in letters]
        return [
            ReadLetter(judge(reading_of_letter, rules), comparable_forms(reading_of_letter))
            for reading_of_letter in readings
        ]

    async def close(self) -> None:
        pass


def stage(store: Store, room: Room, now: Callable[[], dt.datetime] = lambda: NOON) -> Read:
    admit = Admit(store, domains=("rp.example.com",), keys=(KEY,), today=lambda: 20_000, elapsed=lambda: 0.0)
    return Read(store, room, admit, keys=(KEY,), operator=None, now=now, wake=lambda: None)


REPORT = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
    b"Final-Recipient: rfc822; jane@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--B--\r\n"
)
