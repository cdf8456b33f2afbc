"""An independent judge, rspamd, would let every mail of ours into the inbox: every kind, in every language.

`make test ARGS="-s tests/acceptance/test_rspamd.py"` prints its figures.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from real.mails import FROM, every
from real.opendkim import make_key, signer
from real.rspamd import Judge, Judgement, rspamd
from real.zone import Zone, serving

from bouncer.mail.parcel import Mail
from bouncer.notify.dkim import Signer

pytestmark = [pytest.mark.real("rspamd"), pytest.mark.timeout(180)]

ADDRESS, HOST, DOMAIN, PATHS = "192.0.2.25", "mx.example.com", "example.com", "rp.example.com"
REVERSE_PATHS = ("", f"acme-x7kq-ann=acme.example@{PATHS}")
"""The null one, and one of our own."""
WORST = 1.0
"""What the score stays under. Debian's rspamd refuses for a time from 4, marks as spam from 6, refuses from 15."""
TXT_OCTETS = 250


@dataclass(frozen=True, slots=True)
class Receiver:
    """The owner's mail server: it sees our mails come from our host, signed, with our records in the DNS."""

    judge: Judge
    signer: Signer

    def judgement(self, mail: Mail, *, altered: tuple[bytes, bytes] = (b"", b"")) -> Judgement:
        """What it makes of a mail that we have signed, and of one that was altered on its way."""
        octets = self.signer.sign(mail.octets).replace(*altered)
        return self.judge.judge(
            octets, ip=ADDRESS, helo=HOST, hostname=HOST, from_=mail.reverse_path, rcpt=mail.forward_path
        )


def zone(signer: Signer) -> Zone:
    """The DNS with the records that `bouncer check` prints."""
    key = signer.record
    pieces = " ".join(f'"{key[at : at + TXT_OCTETS]}"' for at in range(0, len(key), TXT_OCTETS))
    return {
        (DOMAIN, "A"): [ADDRESS],
        (DOMAIN, "MX"): [f"10 {HOST}."],
        (PATHS, "MX"): [f"10 {HOST}."],
        (HOST, "A"): [ADDRESS],
        (f"{'.'.join(reversed(ADDRESS.split('.')))}.in-addr.arpa", "PTR"): [f"{HOST}."],
        (HOST, "TXT"): ['"v=spf1 a -all"'],
        (PATHS, "TXT"): ['"v=spf1 mx -all"'],
        (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject"'],
        (signer.name, "TXT"): [pieces],
    }


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    ours = signer(FROM, make_key(tmp_path_factory.mktemp("dkim") / "dkim.pem"))
    with serving(zone(ours)) as names, rspamd(names.address) as judge:
        yield Receiver(judge, ours)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_every_mail_in_every_language_is_welcome(receiver: Receiver):
    scores: dict[tuple[str, str], float] = {}
    for code, kind, mail in every(now()):
        said = receiver.judgement(mail)
        scores[kind, code] = said.score
        assert {"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW"} <= said.symbols.keys(), (code, kind, said)

    print(table(scores))  # noqa: T201 -- the table, with -s
    assert {one: score for one, score in scores.items() if score >= WORST} == {}


def table(scores: dict[tuple[str, str], float]) -> str:
    """Write the scores, a line for each kind, a column for each language."""
    codes = sorted({code for _, code in scores})
    kinds = dict.fromkeys(kind for kind, _ in scores)
    head = f"\n{'rspamd':26}" + "".join(f"{code:>7}" for code in codes)
    cells = {kind: "".join(f"{scores.get((kind, code), ''):>7}" for code in codes) for kind in kinds}
    return "\n".join([head, *(f"{kind:26}{line}" for kind, line in cells.items()), f"worst {max(scores.values())}"])


@pytest.mark.parametrize("reverse_path", REVERSE_PATHS, ids=["null", "own"])
def test_both_return_paths_are_aligned(receiver: Receiver, reverse_path: str):
    _, _, mail = next(every(now()))

    said = receiver.judgement(replace(mail, reverse_path=reverse_path))

    assert {"R_SPF_ALLOW", "DMARC_POLICY_ALLOW"} <= said.symbols.keys()
    assert said.score < WORST


def test_it_finds_a_changed_word(receiver: Receiver):
    """That it judges at all: the same mail, altered on its way, is far from welcome."""
    _, _, mail = next(every(now()))

    said = receiver.judgement(mail, altered=(b"jane@", b"joan@"))

    assert "R_DKIM_REJECT" in said.symbols
    assert said.score > receiver.judgement(mail).score
