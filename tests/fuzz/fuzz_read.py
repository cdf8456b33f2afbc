"""A coverage-guided fuzzer for ``ndr.read`` and the judging after it; not part of the test run, started by hand for some minutes.

    .venv/bin/pip install atheris      # not among the locked packages: it needs a C++ compiler on most machines
    .venv/bin/python tests/fuzz/fuzz_read.py -max_total_time=300 var/fuzz fixtures

The folders after the options are corpora: new inputs go into the first. What it finds is written to ``crash-...`` in the current
folder; shorten it with ``-minimize_crash=1`` and keep it as ``fixtures/hostile/NN-slug.eml``, which the tests read from then on.
"""

import sys

import atheris

with atheris.instrument_imports():
    from bouncer.ndr import read
    from bouncer.policy.judge import as_json, judge


def one_input(raw: bytes) -> None:
    """Any exception is a find, and so is an answer that cannot be printed."""
    as_json("letter", judge(read(raw, strict=True)))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
