"""Reading SPF records, and following them through their includes (RFC 7208)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.doctor.dns_answers import Answer, AnswerKind, Lookup
from bouncer.doctor.spf import read_spf, records_of
from bouncer.doctor.spf_reach import MOST_EXCHANGES, MOST_LOOKUPS, MOST_VOID, evaluate

ZONE = {
    ("rp.example.com", "MX"): ("10 mx.example.com",),
    ("rp.example.com", "A"): ("192.0.2.80",),
    ("mx.example.com", "A"): ("192.0.2.25",),
    ("mx.example.com", "AAAA"): ("2001:db8::25",),
    ("spf.provider.example", "TXT"): ("v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:1::/48 ?all",),
    ("open.example", "TXT"): ("v=spf1 +all",),
    ("broken.example", "TXT"): ("v=spf1 ipv4:1.2.3.4",),
    ("twice.example", "TXT"): ("v=spf1 -all", "v=spf1 ~all"),
    ("loop.example", "TXT"): ("v=spf1 include:loop.example",),
}


def look_in(zone: dict[tuple[str, str], tuple[str, ...]], silent: tuple[str, ...] = ()) -> Lookup:
    def look(name: str, kind: str) -> Answer:
        if name in silent:
            return Answer(AnswerKind.NO_ANSWER, why="nothing came")
        records = zone.get((name, kind), ())
        return Answer(AnswerKind.FOUND if records else AnswerKind.NO_NAME, records)

    return look


LOOK = look_in(ZONE)


def test_only_records_of_version_1_are_spf() -> None:
    texts = ("v=spf1", "V=SPF1 -all", "v=spf10 -all", "v=spf1;-all", "google-site-verification=1", " v=spf1 -all")

    assert records_of(texts) == ("v=spf1", "V=SPF1 -all")


def test_mechanisms_are_read_with_their_qualifiers_and_networks() -> None:
    spf = read_spf("v=spf1 mx/24//64 a:Mail.example.com ip4:192.0.2.0/25 -ip6:2001:db8::/32 ~all")

    assert [
        (mechanism.qualifier, mechanism.name, mechanism.value, mechanism.v4, mechanism.v6)
        for mechanism in spf.mechanisms
    ] == [
        ("+", "mx", "", 24, 64),
        ("+", "a", "Mail.example.com", 32, 128),
        ("+", "ip4", "192.0.2.0", 25, 128),
        ("-", "ip6", "2001:db8::", 32, 32),
        ("~", "all", "", 32, 128),
    ]
    assert (spf.all, spf.redirect, spf.faults) == ("~", None, ())


def test_macros_and_unknown_modifiers_are_allowed() -> None:
    spf = read_spf("v=spf1 exists:%{ir}.%{v}.arpa.%{d} exp=explain.%{d} unknown=x redirect=_spf.example.com")

    assert spf.faults == ()
    assert spf.redirect == "_spf.example.com"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("v=spf1 ipv4:192.0.2.1 -all", "no such mechanism: ipv4:192.0.2.1"),
        ("v=spf1 192.0.2.1 -all", "no such mechanism: 192.0.2.1"),
        ("v=spf1 ip4:192.0.2.300 -all", "ip4:192.0.2.300 is no address or network"),
        ("v=spf1 ip4:mx.example.com -all", "ip4:mx.example.com is no address or network"),
        ("v=spf1 ip6:192.0.2.1 -all", "ip6:192.0.2.1 is no address or network"),
        ("v=spf1 ip4 -all", "ip4: is no address or network"),
        ("v=spf1 mx/33 -all", "mx: the network's length is too long"),
        ("v=spf1 include -all", "include names no domain"),
        ("v=spf1 include: -all", "no such mechanism: include:"),
        ("v=spf1 all:x", "all takes no domain"),
        ("v=spf1 redirect=", "redirect= names no domain"),
        ("v=spf1 redirect=a.example redirect=b.example", "redirect= is given twice"),
        ("v=spf1 " + "a " * 5000, "longer than 8192 octets"),
    ],
)
def test_a_record_that_receivers_would_not_understand_is_a_fault(text: str, fault: str) -> None:
    assert read_spf(text).faults[0] == fault


@given(st.text(max_size=300))
def test_no_text_whatever_is_more_than_faults(text: str) -> None:
    spf = read_spf("v=spf1 " + text)
    reach = evaluate("rp.example.com", spf, LOOK)

    assert reach.lookups <= MOST_LOOKUPS + 1


@given(
    st.lists(
        st.sampled_from(
            [
                "mx",
                "a",
                "-a",
                "a/24//64",
                "ip4:192.0.2.1",
                "ip6:::1/999",
                "a/99",
                "include:loop.example",
                "include:twice.example",
                "include:open.example",
                "exists:%{i}",
                "redirect=loop.example",
                "ptr",
                "?all",
                "all",
                "+mx:",
            ]
        ),
        max_size=15,
    )
)
def test_no_record_whatever_keeps_us_asking(terms: list[str]) -> None:
    lookups = []

    def look(name: str, kind: str) -> Answer:
        lookups.append((name, kind))
        return LOOK(name, kind)

    reach = evaluate("rp.example.com", read_spf(" ".join(["v=spf1", *terms])), look)

    assert reach.lookups <= MOST_LOOKUPS + 1
    assert len(lookups) <= 3 * (MOST_LOOKUPS + 1)


@pytest.mark.parametrize(
    ("text", "senders", "strangers"),
    [
        ("v=spf1 mx -all", ["192.0.2.25", "2001:db8::25"], ["192.0.2.26"]),
        ("v=spf1 mx/24 -all", ["192.0.2.26"], ["192.0.3.1"]),
        ("v=spf1 a -all", ["192.0.2.80"], ["192.0.2.25"]),
        ("v=spf1 a:mx.example.com//64 -all", ["2001:db8::1"], ["192.0.2.80"]),
        ("v=spf1 include:spf.provider.example -all", ["198.51.100.9", "2001:db8:1::1"], ["192.0.2.25"]),
        ("v=spf1 redirect=spf.provider.example", ["198.51.100.9"], ["192.0.2.25"]),
        ("v=spf1 -mx ip4:203.0.113.1 -all", ["203.0.113.1"], ["192.0.2.25"]),
        ("v=spf1 -all mx", [], ["192.0.2.25"]),
        ("v=spf1 ~include:spf.provider.example -all", [], ["198.51.100.9"]),
    ],
)
def test_a_record_names_those_who_may_send(text: str, senders: list[str], strangers: list[str]) -> None:
    reach = evaluate("rp.example.com", read_spf(text), LOOK)

    assert all(reach.allows(address) for address in senders)
    assert not any(reach.allows(address) for address in strangers)


def test_everyone_is_seen_even_behind_an_include() -> None:
    assert evaluate("rp.example.com", read_spf("v=spf1 include:open.example -all"), LOOK).allows_everyone
    assert not evaluate("rp.example.com", read_spf("v=spf1 -include:open.example -all"), LOOK).allows_everyone


def test_a_record_allows_nobody_only_if_that_is_sure() -> None:
    assert evaluate("rp.example.com", read_spf("v=spf1 -all"), LOOK).allows_nobody
    assert not evaluate("rp.example.com", read_spf("v=spf1 exists:%{i}.example.com -all"), LOOK).allows_nobody
    assert not evaluate("rp.example.com", read_spf("v=spf1 include:%{d}.example.com -all"), LOOK).allows_nobody


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("broken.example", "include:broken.example: no such mechanism: ipv4:1.2.3.4"),
        ("twice.example", "include:twice.example has 2 SPF records"),
        ("absent.example", "include:absent.example has no SPF record"),
    ],
)
def test_a_fault_behind_an_include_is_ours(target: str, fault: str) -> None:
    assert evaluate("rp.example.com", read_spf(f"v=spf1 include:{target} -all"), LOOK).faults == [fault]


def test_silence_behind_an_include_is_no_fault_but_not_known() -> None:
    look = look_in(ZONE, silent=("spf.provider.example",))
    reach = evaluate("rp.example.com", read_spf("v=spf1 include:spf.provider.example -all"), look)

    assert (reach.faults, reach.is_incomplete, len(reach.unanswered)) == ([], True, 1)


def test_ten_lookups_are_allowed_and_eleven_are_not() -> None:
    ten = read_spf("v=spf1" + " a" * 10)
    eleven = read_spf("v=spf1" + " a" * 11)

    assert not evaluate("rp.example.com", ten, LOOK).too_many_lookups
    assert evaluate("rp.example.com", eleven, LOOK).too_many_lookups


def test_a_record_that_includes_itself_ends() -> None:
    assert evaluate("loop.example", read_spf("v=spf1 include:loop.example"), LOOK).too_many_lookups


@pytest.mark.parametrize("term", ["a:gone{n}.example", "mx:gone{n}.example", "~include:void.example a:gone{n}.example"])
def test_three_terms_that_find_nothing_are_the_end(term: str) -> None:
    zone = {**ZONE, ("void.example", "TXT"): ("v=spf1 ip4:192.0.2.9 -all",)}
    names_asked: list[str] = []

    def look(name: str, kind: str) -> Answer:
        names_asked.append(name)
        return look_in(zone)(name, kind)

    def reach_of(count: int) -> bool:
        terms = " ".join(term.format(n=n) for n in range(count))
        return evaluate(
            "rp.example.com", read_spf(f"v=spf1 {terms} include:spf.provider.example -all"), look
        ).too_many_void

    assert not reach_of(MOST_VOID)
    assert "spf.provider.example" in names_asked
    names_asked.clear()
    assert reach_of(MOST_VOID + 1)
    assert "spf.provider.example" not in names_asked


def test_one_family_of_addresses_is_enough_and_silence_is_not_nothing() -> None:
    look = look_in(ZONE, silent=("late.example",))
    reach = evaluate("rp.example.com", read_spf("v=spf1 a a:late.example mx:late.example a:gone.example -all"), look)

    assert (reach.void, reach.too_many_void, reach.is_incomplete) == (1, False, True)


def test_ten_hosts_of_an_mx_are_allowed_and_eleven_are_not() -> None:
    def reach_of(count: int) -> list[str]:
        zone = {("many.example", "MX"): tuple(f"10 mx{n}.example" for n in range(count))}
        return [*evaluate("rp.example.com", read_spf("v=spf1 mx:many.example -all"), look_in(zone)).faults]

    assert reach_of(MOST_EXCHANGES) == []
    assert reach_of(MOST_EXCHANGES + 1) == ["mx:many.example has more than 10 MX records"]
