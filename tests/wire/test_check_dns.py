"""``bouncer check`` against a small name server on loopback: a good zone, each fault once, silence, and hostile answers."""

import json
import os
import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from programs.zone import SILENCE, NameServer, Zone, serving

from bouncer.cli.root import root
from bouncer.doctor import ports, resolver
from bouncer.doctor.dns_answers import AnswerKind
from bouncer.doctor.resolver import MAX_SILENCE, Resolver

MX, V4, V6 = "mx.example.com", "203.0.113.25", "2001:db8::25"
PTR4 = "25.113.0.203.in-addr.arpa"
PTR6 = "5.2" + ".0" * 22 + ".8.b.d.0.1.0.0.2.ip6.arpa"
GOOD = {
    ("rp.example.com", "MX"): [f"10 {MX}."],
    ("rp.example.com", "TXT"): ['"v=spf1 mx include:spf.provider.example -all"', '"other=1"'],
    ("spf.provider.example", "TXT"): ['"v=spf1 ip4:198.51.100.0/24 -all"'],
    (MX, "A"): [V4],
    (MX, "AAAA"): [V6],
    (MX, "TXT"): ['"v=spf1 a -all"'],
    (PTR4, "PTR"): [f"{MX}."],
    (PTR6, "PTR"): [f"{MX}."],
    ("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"'],
}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths go to a folder of the test, and whoever has port 25 of this machine is not asked."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setattr(ports, "SMTP_PORT", free.getsockname()[1])
    for name in [name for name in os.environ if name.startswith("BOUNCER_")]:
        monkeypatch.delenv(name)


def settings_file(folder: Path, **smtp: str) -> Path:
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    lines = {"hostname": MX, "domains": "rp.example.com", "listen": listen, **smtp}
    file = folder / "bouncer.toml"
    file.write_text(
        "[smtp]\n" + "".join(f'{key} = "{value}"\n' for key, value in lines.items())
        + f'[forward]\noperator = "postmaster@example.org"\nfrom = "bounces@example.org"\ncourier = "maildir:{folder}"\n'
    )  # fmt: skip
    return file


def run(server: NameServer, *arguments: str, timeout: str = "2") -> Result:
    host, port = server.address
    words = ["--settings", str(settings_file(Path())), "check", "--dns-server", f"{host}:{port}", "--timeout", timeout]
    return CliRunner().invoke(root, [*words, *arguments], catch_exceptions=False)


def checked(zone: Zone, *, timeout: str = "2") -> tuple[dict[str, list[dict[str, str]]], Result]:
    """Findings by level, of a run against *zone*."""
    with serving(zone) as server:
        result = run(server, "--json", timeout=timeout)
    findings = [line["finding"] for line in map(json.loads, result.output.splitlines()) if "finding" in line]
    return {
        level: [finding for finding in findings if finding["level"] == level] for level in ("ok", "warn", "fail")
    }, result


def lines_of(findings: list[dict[str, str]]) -> list[str]:
    return [f"{finding['about']}: {finding['says']}" for finding in findings]


def test_a_good_zone_has_nothing_to_put_right() -> None:
    findings, result = checked(GOOD)

    assert findings["fail"] == []
    assert result.exit_code == 0
    assert {"MX of rp.example.com: mx.example.com", f"PTR of {V4}: {MX}, and back", f"PTR of {V6}: {MX}, and back"} <= {
        *lines_of(findings["ok"])
    }
    assert not any("DNS" in line or "of rp." in line or MX in line for line in lines_of(findings["warn"]))


SPF_KEY = ("rp.example.com", "TXT")
NAME_KEY = (MX, "TXT")
MX_KEY = ("rp.example.com", "MX")


@pytest.mark.parametrize(
    ("changed", "finding", "remedy"),
    [
        ({MX_KEY: []}, "MX of rp.example.com: no record of this kind", "rp.example.com. MX 10 mx.example.com."),
        ({MX_KEY: [], SPF_KEY: []}, "MX of rp.example.com: no such name", "rp.example.com. MX 10 mx.example.com."),
        ({MX_KEY: ["0 ."]}, "a null MX (RFC 7505): this domain takes no mail", "remove it"),
        ({MX_KEY: ["SERVFAIL"]}, "MX of rp.example.com: no answer (the server said SERVFAIL)", "name servers"),
        (
            {MX_KEY: ["10 old.example.com."], ("old.example.com", "A"): [V4]},
            "points to old.example.com, not to mx.example.com",
            "point it to mx.example.com",
        ),
        ({MX_KEY: [f"10 {MX}.", "20 gone.example.com."]}, "gone.example.com has no address", "remove this MX"),
        (
            {
                MX_KEY: [f"10 {MX}.", "20 alias.example.com."],
                ("alias.example.com", "CNAME"): [f"{MX}."],
            },
            "alias.example.com is an alias (CNAME) of mx.example.com",
            "RFC 2181",
        ),
        (
            {(MX, "A"): [], (MX, "AAAA"): [], (MX, "CNAME"): ["real.example.com."], ("real.example.com", "A"): [V4]},
            "mx.example.com is an alias (CNAME) of real.example.com",
            "RFC 2181",
        ),
        ({(MX, "A"): [], (MX, "AAAA"): [], NAME_KEY: []}, f"addresses of {MX}: no such name", f"{MX}. A (and AAAA)"),
        ({(MX, "A"): ["192.168.1.5"]}, "192.168.1.5 cannot be reached from the Internet", "public address"),
        ({(MX, "AAAA"): ["SERVFAIL"]}, "AAAA: no answer (the server said SERVFAIL)", "name servers"),
        (
            {(MX, "CNAME"): ["a.example.com."], ("a.example.com", "CNAME"): [f"{MX}."], (MX, "A"): [], (MX, "AAAA"): []},
            f"addresses of {MX}: A: no answer (the server said The CNAME chain is too long.)",
            "name servers",
        ),
        ({SPF_KEY: []}, "SPF of rp.example.com: no SPF record", "every host that sends mail with this return path"),
        ({SPF_KEY: ['"v=spf1; mx -all"']}, '"v=spf1; mx -all" does not begin with v=spf1 and a space', "publish"),
        ({SPF_KEY: ['"v=spf1 mx -all"', '"v=spf1 -all"']}, "2 SPF records", "put them together"),
        ({SPF_KEY: ['"v=spf1 mx ipv4:192.0.2.1 -all"']}, "no such mechanism: ipv4:192.0.2.1", "mend it"),
        ({SPF_KEY: ['"v=spf1 mx +all"']}, "lets everyone in the world send (+all)", "-all or ~all"),
        ({SPF_KEY: ['"v=spf1 -all"']}, "lets nobody send", "every host that sends"),
        ({SPF_KEY: ['"v=spf1 include:gone.example -all"']}, "include:gone.example has no SPF record", "mend it"),
        ({SPF_KEY: ['"v=spf1' + f" a:{MX}" * 11 + ' -all"']}, "more than 10 terms that ask the DNS", "ip4:"),
        ({SPF_KEY: ['"v=spf1 a mx:a.example mx:b.example -all"']}, "more than 2 terms whose names are not in", "mend it"),
        ({SPF_KEY: ["REFUSED"]}, "SPF of rp.example.com: no answer (the server said REFUSED)", "name servers"),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_fails_with_what_to_do(changed: Zone, finding: str, remedy: str) -> None:
    findings, result = checked({key: value for key, value in {**GOOD, **changed}.items() if value})
    (wrong_record,) = [
        listed_finding
        for listed_finding in findings["fail"]
        if finding in f"{listed_finding['about']}: {listed_finding['says']}"
    ]

    assert remedy in wrong_record["remedy"]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("changed", "finding", "remedy"),
    [
        ({(PTR4, "PTR"): ["host-25.provider.example."]}, f"PTR of {V4}: host-25.provider.example", f"set to {MX}"),
        ({(PTR6, "PTR"): []}, f"PTR of {V6}: no such name", f"set to {MX}"),
        (
            {MX_KEY: [f"10 {MX}.", "20 second.example.com."], ("second.example.com", "A"): [V4]},
            "second.example.com (preference 20) takes mail too",
            "same store",
        ),
        (
            {("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=none; aspf=s"']},
            "policy p=none at _dmarc.example.com, strict alignment (aspf=s)",
            "DKIM",
        ),
        ({("_dmarc.rp.example.com", "TXT"): ['"v=DMARC1; p=none"', '"v=DMARC1"']}, "2 policies", "leave one"),
        ({NAME_KEY: []}, f"SPF of {MX}: no SPF record", "v=spf1 a -all"),
        ({NAME_KEY: ['"v=spf1 ip4:192.0.2.1 -all"']}, f"does not name our own {V4}, {V6}", "v=spf1 a -all"),
        ({NAME_KEY: ['"v=spf1 a"', '"v=spf1 mx"']}, "2 SPF records: receivers use none", "v=spf1 a -all"),
        ({NAME_KEY: ["SERVFAIL"]}, f"SPF of {MX}: no answer", "name servers"),
        ({SPF_KEY: ['"v=spf1 mx ?all"']}, "says nothing of hosts that it does not name (?all)", "-all or ~all"),
        ({SPF_KEY: ['"v=spf1 mx"']}, "says nothing of hosts that it does not name", "-all or ~all"),
        ({("spf.provider.example", "TXT"): ["SERVFAIL"]}, "spf.provider.example: no answer", "ask again"),
        (
            {
                MX_KEY: [],
                SPF_KEY: [],
                ("rp.example.com", "CNAME"): ["real.example.com."],
                ("real.example.com", "MX"): [f"10 {MX}."],
                ("real.example.com", "TXT"): ['"v=spf1 mx -all"'],
            },
            "rp.example.com is an alias (CNAME) of real.example.com",
            "records of its own",
        ),
    ],
)
def test_each_weakness_is_found_and_does_not_fail(changed: Zone, finding: str, remedy: str) -> None:
    findings, result = checked({key: value for key, value in {**GOOD, **changed}.items() if value})
    (warning,) = [
        listed_finding
        for listed_finding in findings["warn"]
        if finding in f"{listed_finding['about']}: {listed_finding['says']}"
    ]

    assert remedy in warning["remedy"]
    assert result.exit_code == 0


def test_a_silent_server_is_given_up_soon() -> None:
    """Nothing comes at all: the run ends, says so, and does not wait for every question."""
    silent: Zone = {("nowhere.example", "A"): [SILENCE], **{key: [SILENCE] for key in GOOD}}
    silent |= {("_dmarc.rp.example.com", "TXT"): [SILENCE]}
    with serving(silent) as server:
        result = run(server, "--json", timeout="0.2")
        questions = set(server.questions)

    assert result.exit_code == 1
    assert "nothing came within 0.2 s" in result.output
    assert len(questions) == MAX_SILENCE


def test_a_zone_whose_answers_come_at_the_last_moment_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is without an answer, and two hundred of them would take a quarter of an hour."""
    monkeypatch.setattr(resolver, "MOST_WAITS", 1)
    tree: Zone = {("rp.example.com", "TXT"): ['"v=spf1 ' + " ".join(f"mx:m{n}.example" for n in range(9)) + ' -all"']}
    tree |= {(f"m{n}.example", "MX"): [f"10 mx{n}-{k}.example." for k in range(10)] for n in range(9)}
    tree |= {(f"mx{n}-{k}.example", "A"): [V4] for n in range(9) for k in range(10)}
    with serving({**GOOD, **tree}, delay=0.2) as server:
        result = run(server, "--json", timeout="2")

    assert "the answers before took too long" in result.output
    assert 1 < len(server.questions) <= 11


def test_no_dns_asks_nobody_and_prints_what_to_publish() -> None:
    with serving(GOOD) as server:
        result = run(server, "--no-dns")

    assert server.questions == []
    assert "rp.example.com. IN MX 10 mx.example.com." in result.output
    assert "mx.example.com. IN A <IPv4 address of this host>" in result.output
    assert 'rp.example.com. IN TXT "v=spf1 mx -all"' in result.output


def test_the_records_to_publish_keep_the_sound_ones() -> None:
    with serving(GOOD) as server:
        result = run(server)
    _, _, to_publish = result.output.partition("; the DNS records to publish\n")

    assert [line.partition("  ;")[0] for line in to_publish.splitlines()] == [
        "rp.example.com. IN MX 10 mx.example.com.",
        'rp.example.com. IN TXT "v=spf1 mx include:spf.provider.example -all"',
        'mx.example.com. IN TXT "v=spf1 a -all"',
        f"mx.example.com. IN A {V4}",
        f"mx.example.com. IN AAAA {V6}",
        f"{PTR4}. IN PTR mx.example.com.",
        f"{PTR6}. IN PTR mx.example.com.",
        '_dmarc.example.org. IN TXT "v=DMARC1; p=none"',
    ]


def test_the_records_to_publish_are_a_zone_file_and_pass_their_own_check() -> None:
    """The records that we print, put into a name server, pass the check."""
    with serving({("example.com", "A"): ["203.0.113.1"], (MX, "A"): [V4]}) as server:
        lines = run(server).output.partition("; the DNS records to publish\n")[2].splitlines()
    zone: Zone = {}
    for line in lines:
        owner, _, kind, value = line.split(" ", 3)
        zone[owner.rstrip("."), kind] = [value]
    findings, result = checked(zone)

    assert (findings["fail"], result.exit_code) == ([], 0)


TERMINAL_ORDERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
HOSTILE = [
    r'"v=spf1 \027[2J\027]0;owned\007 -all"',
    r'"v=spf1 \194\155" "31m \226\128\174 mx -all"',
    r'"v=spf1 \255\254\000 \010ok    MX of rp.example.com: fine -all"',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_text_gives_a_terminal_no_orders(text: str) -> None:
    with serving({**GOOD, SPF_KEY: [text]}) as server:
        result = run(server)

    assert result.exit_code == 1
    assert not TERMINAL_ORDERS.search(result.output)
    assert "\nok    MX of rp.example.com: fine" not in result.output


def test_sixty_kilobytes_of_text_are_read_and_not_printed() -> None:
    text = " ".join('"' + "v=spf1 " * (not nth) + "a" * 200 + '"' for nth in range(300))
    with serving({**GOOD, SPF_KEY: [text]}) as server:
        result = run(server)

    assert result.exit_code == 1
    assert "longer than 8192 octets" in result.output
    assert max(map(len, result.output.splitlines())) < 500


def test_names_out_of_the_dns_give_a_terminal_no_orders_either() -> None:
    hostile = r"\027[31mmx\010.example.com."
    with serving({**GOOD, MX_KEY: [f"10 {hostile}"], (PTR4, "PTR"): [hostile]}) as server:
        result = run(server)

    assert result.exit_code == 1
    assert not TERMINAL_ORDERS.search(result.output)


def test_colours_are_for_terminals_only() -> None:
    with serving(GOOD) as server:
        plain = run(server).output
        host, port = server.address
        words = ["--settings", str(settings_file(Path())), "check", "--dns-server", f"{host}:{port}"]
        coloured = CliRunner().invoke(root, words, color=True).output

    assert "\x1b[" not in plain
    assert "\x1b[32m" in coloured


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_no_name_whatever_is_more_than_an_answer(name: str) -> None:
    """Names come out of settings and out of strangers' records; none of them raises."""
    with serving({}) as server:
        answer = Resolver(server.address, 2)(name, "A")

    assert answer.kind in (AnswerKind.NO_NAME, AnswerKind.NO_ANSWER, AnswerKind.NO_RECORD)
