"""A name server that answers from a zone over UDP, on a loopback port of its own.

with serving({("example.com", "TXT"): ['"v=spf1 -all"']}) as server:
    ask(server.address)
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SILENCE = "silence"
LAST_WORD = b"stop"
Zone = dict[tuple[str, str], list[str]]
"""(name, kind of record) -> the records; a response code's name or SILENCE in place of them is what is answered."""


@dataclass
class NameServer:
    """Answers from its zone over UDP, follows CNAMEs as a resolver does, and says a response code where the zone names one."""

    zone: Zone
    questions: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    """Seconds before each answer."""
    listener: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    @property
    def address(self) -> tuple[str, int]:
        """Give where it listens."""
        host, port = self.listener.getsockname()
        return host, port

    def serve(self) -> None:
        """Answer until the last word comes."""
        while True:
            octets, client = self.listener.recvfrom(4096)
            if octets == LAST_WORD:
                return
            answer = self.answer(dns.message.from_wire(octets))
            time.sleep(self.delay)
            if answer:
                self.listener.sendto(answer.to_wire(max_size=65_535), client)

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """Answer one question; None: say nothing at all."""
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.questions.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        for _ in range(20):  # a loop of CNAMEs is answered as far as a patient server would follow it
            records = self.zone.get((name, kind)) or self.zone.get((name, "CNAME"))
            if records == [SILENCE]:
                return None
            if records and records[0] in dns.rcode.Rcode.__members__:
                answer.set_rcode(dns.rcode.from_text(records[0]))
                return answer
            if not records:
                is_known = any(owner == name or owner.endswith(f".{name}") for owner, _ in self.zone)
                answer.set_rcode(dns.rcode.NOERROR if is_known else dns.rcode.NXDOMAIN)
                return answer
            direct = (name, kind) in self.zone
            rrset = dns.rrset.from_text(name + ".", 60, "IN", kind if direct else "CNAME", *records)
            if rrset not in answer.answer:
                answer.answer.append(rrset)
            if direct:
                return answer
            name = records[0].rstrip(".").lower()
        return answer


@contextmanager
def serving(zone: Zone, *, delay: float = 0.0) -> Iterator[NameServer]:
    """Serve *zone* until the block ends, each answer *delay* seconds late."""
    server = NameServer(zone, delay=delay)
    server.listener.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
            ending.sendto(LAST_WORD, server.address)
        thread.join()
        server.listener.close()
