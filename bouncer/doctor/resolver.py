"""Looks up DNS records by the system's resolver or a named server, and turns every outcome into an Answer (dnspython)."""

import socket
import time

import dns.exception
import dns.name
import dns.rdata
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from bouncer.compose.filled_text import fill
from bouncer.doctor.dns_answers import Answer, AnswerKind

DNS_PORT = 53
MAX_SILENCE = 3
"""Queries in a row without an answer, after which the server gets no more queries: further timeouts would tell nothing new."""
MOST_WAITS = 20
"""All queries of a run together may take so many times the time of one: honest servers take a tenth of that for a hundred names.

A hostile zone can make the server that we ask answer each time just before the time is over."""

_SILENT = "nothing came"


class Resolver:
    """Caches answers, so that a run looks up each name once. *seconds* is the time for each query, retries included."""

    def __init__(self, server: tuple[str, int] | None, seconds: float) -> None:
        """Use *server*, or the system's resolver if it is None; raises OSError when there is none."""
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration as error:
            raise OSError("this system names no DNS server") from error
        if server:
            self._resolver.nameservers = [_address(*server)]
            self._resolver.port = server[1]
        self._seconds = seconds
        self._answers: dict[tuple[str, str], Answer] = {}
        self._silences = 0
        self._waited = 0.0

    def __call__(self, name: str, kind: str) -> Answer:
        """Look up the records of *kind* at *name*; never raises because of the DNS's answer."""
        question = (name.lower().rstrip("."), kind)
        if question not in self._answers:
            self._answers[question] = self._ask(*question)
        return self._answers[question]

    def _ask(self, name: str, kind: str) -> Answer:
        if self._silences >= MAX_SILENCE:
            return Answer(AnswerKind.NO_ANSWER, why=fill("not asked, the server was silent before"))
        if self._waited >= MOST_WAITS * self._seconds:
            return Answer(AnswerKind.NO_ANSWER, why=fill("not asked, the answers before took too long"))
        start = time.monotonic()
        answer = self._resolve(name, kind)
        self._waited += time.monotonic() - start
        self._silences = self._silences + 1 if answer.why.startswith(_SILENT) else 0
        return answer

    def _resolve(self, name: str, kind: str) -> Answer:
        try:
            query_name = dns.name.from_text(name)
            answer = self._resolver.resolve(
                query_name, kind, raise_on_no_answer=False, search=False, lifetime=self._seconds
            )
        except dns.resolver.NXDOMAIN:
            return Answer(AnswerKind.NO_NAME)
        except dns.resolver.LifetimeTimeout:
            return Answer(AnswerKind.NO_ANSWER, why=fill("nothing came within {number} s", number=f"{self._seconds:g}"))
        except dns.exception.DNSException as error:
            return Answer(AnswerKind.NO_ANSWER, why=_reason(error))
        alias_of = None if answer.canonical_name == query_name else _spell_name(answer.canonical_name)
        if answer.rrset is None:
            return Answer(AnswerKind.NO_RECORD, alias_of=alias_of)
        return Answer(AnswerKind.FOUND, tuple(sorted(_text(record) for record in answer.rrset)), alias_of)


def _address(host: str, port: int) -> str:
    return str(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4][0])


def _spell_name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "backslashreplace")
    if isinstance(record, MX):
        return f"{record.preference} {_spell_name(record.exchange)}"
    return record.to_text().rstrip(".").lower()


def _reason(error: dns.exception.DNSException) -> str:
    if isinstance(error, dns.resolver.NoNameservers):
        codes = {str(failure[3]) for failure in error.kwargs.get("errors", ()) if failure[3]}
        return fill("the server said {what}", what=", ".join(sorted(codes))) if codes else fill("no server answered")
    return type(error).__name__
