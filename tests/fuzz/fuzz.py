"""A coverage-guided fuzzer (atheris, libFuzzer) for all that reads a stranger's octets; started by hand: ``make fuzz``, or

    .venv/bin/python tests/fuzz/fuzz.py SECONDS [TARGET ...]

Each target of ``targets.py`` runs for SECONDS in a process of its own, on one core, in at most a gigabyte. It begins with the
fixtures and what earlier runs left in ``var/fuzz``. Half of the inputs are altered octet by octet; from the others lines are
taken out, and lines of fixtures grafted in. A find ends its target's run and is written to ``var/fuzz``; shorten it with
``fuzz.py --one TARGET -minimize_crash=1 -runs=10000 FILE``, repair, and keep a letter as ``fixtures/hostile/NN-slug.eml``, which
the tests read from then on.
"""

import random
import subprocess
import sys
from pathlib import Path

FOUND = Path(__file__).parents[2] / "var" / "fuzz"
BOUNDS = ("-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1")
"""Megabytes, and seconds for one input: a hundred times what the slowest takes."""


def run_all(seconds: str, names: list[str]) -> int:
    """Run each target in turn; give how many found something."""
    from targets import TARGETS  # noqa: PLC0415 -- the child below has to instrument what this imports

    failed = 0
    for name in names or TARGETS:
        corpus = FOUND / name
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(TARGETS[name].seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        bounds = [f"-max_total_time={seconds}", f"-max_len={TARGETS[name].most}", *BOUNDS]
        command = [sys.executable, __file__, "--one", name, f"-artifact_prefix={FOUND}/{name}-", *bounds, str(corpus)]
        print(f"{name}: {TARGETS[name].check.__doc__}", flush=True)
        failed += subprocess.run(command, check=False).returncode != 0
    return failed


def run_one(name: str, options: list[str]) -> None:
    """Fuzz one target; libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 -- only the child needs it

    with atheris.instrument_imports(include=["bouncer", "flufl"]):
        from targets import TARGETS  # noqa: PLC0415 -- what is imported here is instrumented
    target = TARGETS[name]
    seeds = target.seeds()

    def alter(octets: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311 -- it protects nothing
        if chance.random() < 0.5:
            return atheris.Mutate(octets, most)
        return grafted(octets, chance.choice(seeds), chance)[:most]

    atheris.Setup([sys.argv[0], *options], target.check, custom_mutator=alter)
    atheris.Fuzz()


def grafted(octets: bytes, other: bytes, chance: random.Random) -> bytes:
    """Take out some lines and put others there: some of the other's, its rest, or the same once more; or change the line ends."""
    lines, theirs = octets.split(b"\n"), other.split(b"\n")
    at, place = chance.randrange(len(lines)), chance.randrange(len(theirs))
    to = at + chance.choice((0, 0, 1, chance.randrange(20)))
    some = theirs[place : place + chance.randrange(40)]
    graft = chance.choice(([], theirs[place : place + 1], some, theirs[place:], lines[at:to] * 2))
    whole = b"\n".join([*lines[:at], *graft, *lines[to:]])
    ends = chance.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r"))
    return whole if ends == b"\n" else whole.replace(b"\r\n", b"\n").replace(b"\n", ends)


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        run_one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(run_all(sys.argv[1], sys.argv[2:]))
