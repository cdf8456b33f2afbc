"""An independent judge, rspamd, would let every mail of ours into the inbox: every kind, in every language.

`make test ARGS="-s tests/acceptance/test_rspamd.py"` prints its figures.
"""

import datetime as dt
import itertools
import json
from collections.abc import Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner
from programs.mails import FROM, every
from programs.opendkim import make_key, signer
from programs.rspamd import Judge, Judgement, rspamd
from programs.zone import Zone, serving

from bouncer.cli.root import root
from bouncer.compose.language import LANGUAGES
from bouncer.mail.outgoing import OutgoingMail
from bouncer.notify.dkim import Signer
from bouncer.policy.route import NOTICE_KINDS

pytestmark = [pytest.mark.real("rspamd"), pytest.mark.timeout(180)]

FIXTURES = Path(__file__).parents[2] / "fixtures/ndr"
ADDRESS, HOST, DOMAIN, PATHS = "192.0.2.25", "mx.example.com", "example.com", "rp.example.com"
REVERSE_PATH = f"acme-x7kq-ann=acme.example@{PATHS}"
WORST = 1.0
"""The limit of a score. Debian's rspamd refuses for a time from 4, marks as spam from 6, refuses from 15."""

AT_A_TIME = 4
Named = TypeVar("Named", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The owner's mail server: it sees our mails come from our host, signed, with our records in the DNS."""

    judge: Judge
    signer: Signer
    settings: Path

    def judgement(self, mail: OutgoingMail, *, altered: tuple[bytes, bytes] = (b"", b"")) -> Judgement:
        """Give rspamd's judgement of a mail that we have signed, and of the mail after a change on its way."""
        octets = self.signer.sign(mail.octets).replace(*altered)
        return self.judge.judge(
            octets, ip=ADDRESS, helo=HOST, hostname=HOST, from_=mail.reverse_path, rcpt=mail.forward_path
        )

    def judgements(self, mails: Mapping[Named, OutgoingMail]) -> dict[Named, Judgement]:
        """Give rspamd's judgements of many mails, a few at a time."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            return dict(zip(mails, pool.map(self.judgement, mails.values()), strict=True))


def published(settings: Path) -> Zone:
    """The DNS as `bouncer check` says that it should be, for a host and a domain that have addresses."""
    zone: Zone = {(HOST, "A"): [ADDRESS], (DOMAIN, "A"): ["192.0.2.80"], (DOMAIN, "MX"): [f"10 {HOST}."]}
    with serving(zone) as names:
        host, port = names.address
        words = ["--settings", str(settings), "check", "--dns-server", f"{host}:{port}"]
        _, _, lines = CliRunner().invoke(root, words).output.partition("; the DNS records to publish\n")
    for line in lines.splitlines():
        owner, _, kind, value = line.partition("  ;")[0].split(" ", 3)
        zone[owner.rstrip("."), kind] = [value]
    return zone


def settings_file(folder: Path, key: Path) -> Path:
    file = folder / "bouncer.toml"
    file.write_text(
        f'[smtp]\nhostname = "{HOST}"\ndomains = ["{PATHS}"]\nlisten = ["127.0.0.1:0"]\n[store]\nurl = "sqlite:///{folder}/b.db"\n'
        f'[forward]\nfrom = "{FROM}"\noperator = "op@{DOMAIN}"\ncourier = "maildir:{folder}/m"\ndkim_key = "{key}"\n'
    )
    return file


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    folder = tmp_path_factory.mktemp("ours")
    key = make_key(folder / "dkim.pem")
    ours = signer(FROM, key)
    settings = settings_file(folder, key)
    with serving(published(settings)) as names, rspamd(names.address) as judge:
        yield Receiver(judge, ours, settings)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_every_mail_in_every_language_is_welcome(receiver: Receiver):
    judgements = receiver.judgements({(kind, code): mail for code, kind, mail in every(now())})
    scores = {kind_and_code: judgement.score for kind_and_code, judgement in judgements.items()}

    print(table(scores))  # noqa: T201 -- the table, with -s
    assert {kind_and_code: score for kind_and_code, score in scores.items() if score >= WORST} == {}
    assert all({"R_DKIM_ALLOW", "DMARC_POLICY_ALLOW"} <= judgement.symbols.keys() for judgement in judgements.values())


def preview(settings: Path, report: Path, language: str) -> OutgoingMail:
    """The notice that *report* would make, as the command shows it."""
    words = ["--settings", str(settings), "notice", "preview", str(report), "--raw", "--language", language]
    octets = CliRunner().invoke(root, words, catch_exceptions=False).stdout_bytes
    return OutgoingMail("", "owner@example.com", "", octets)


def test_the_words_of_real_servers_are_welcome_too(receiver: Receiver):
    """Each report makes a notice in one language, the next report in the next: a language has a few dozen of them."""
    reports = [
        report
        for report in sorted(FIXTURES.glob("*/*.eml"))
        if json.loads(report.with_suffix(".json").read_text("utf-8"))["reading"]["kind"] in NOTICE_KINDS
    ]
    judgements = receiver.judgements(
        {
            (f"{report.parent.name}/{report.stem}", code): preview(receiver.settings, report, code)
            for report, code in zip(reports, itertools.cycle(LANGUAGES), strict=False)
        }
    )

    assert len(judgements) == len(reports) > 100
    assert {name: judgement.score for name, judgement in judgements.items() if judgement.score >= WORST} == {}


def table(scores: dict[tuple[str, str], float]) -> str:
    """Write the scores, a line for each kind, a column for each language."""
    codes = sorted({code for _, code in scores})
    kinds = dict.fromkeys(kind for kind, _ in scores)
    head = f"\n{'rspamd':26}" + "".join(f"{code:>7}" for code in codes)
    cells = {kind: "".join(f"{scores.get((kind, code), ''):>7}" for code in codes) for kind in kinds}
    return "\n".join([head, *(f"{kind:26}{line}" for kind, line in cells.items()), f"worst {max(scores.values())}"])


def test_a_return_path_of_our_own_is_aligned_too(receiver: Receiver):
    _, _, mail = next(every(now()))

    judgement = receiver.judgement(replace(mail, reverse_path=REVERSE_PATH))

    assert {"R_SPF_ALLOW", "R_DKIM_ALLOW", "DMARC_POLICY_ALLOW"} <= judgement.symbols.keys()
    assert judgement.score < WORST


def test_rspamd_finds_a_changed_word(receiver: Receiver):
    """That it judges at all: the same mail, altered on its way, is far from welcome."""
    _, _, mail = next(every(now()))

    judgement = receiver.judgement(mail, altered=(b"jane@", b"joan@"))

    assert "R_DKIM_REJECT" in judgement.symbols
    assert judgement.score > receiver.judgement(mail).score
