"""Presets and preferences: one word fits an account to its mail, and what holds is printed for each owner after every change."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_empty_store

from bouncer.cli.preference_options import HOW
from bouncer.cli.root import root
from bouncer.policy.preferences import KEYS, TOPICS, Preferences, parse_preference, preferences
from bouncer.policy.presets import NEWSLETTERS, PEOPLE, PRESETS, apply_preset
from bouncer.settings.sections import Settings

ANN, BOB = "ann@acme.example", "bob@acme.example"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_empty_store(Path(Settings().store.url.removeprefix("sqlite:///")))
    return tmp_path


def ran(*words: str) -> Result:
    return CliRunner().invoke(root, list(words))


def output_of(*words: str) -> str:
    result = ran(*words)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


def printed_preferences(output: str, owner: str = ANN) -> dict[str, str]:
    """Give the lines about topics and their frequency, as they are printed for *owner*."""
    (block,) = [block for block in output.split("\nWhat holds for ")[1:] if owner in block.partition(":\n")[0]]
    rows = (re.split(r" {2,}", line.strip()) for line in block.partition(":\n")[2].splitlines())
    return {row[0]: row[-1] for row in rows if len(row) > 2}


@pytest.mark.usefixtures("folder")
def test_an_account_for_people_is_told_each_report_at_once():
    holds = printed_preferences(output_of("account", "add", "acme", "--owner", ANN, "--for", "people"))

    reports = set(TOPICS) - {"unread"}
    assert {holds[topic] for topic in reports} == {"at once"}
    assert holds["unread"] == "in a digest each day at 8:00 UTC"
    assert holds["most"] == "10, then one digest in 6 min 40 s"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", [(), ("--for", "newsletters"), ("--preset", "newsletters")], ids=" ".join)
def test_an_account_for_newsletters_has_the_defaults(words: tuple[str, ...]):
    holds = printed_preferences(output_of("account", "add", "acme", "--owner", ANN, *words))

    assert holds["hard"] == "at once"
    assert {holds["soft"], holds["technical"], holds["delay"]} == {"in a digest each day at 8:00 UTC"}
    assert holds["most"] == "2, then one digest in an hour"
    assert '"wishes": {}' in output_of("account", "show", "acme", "--json")


@pytest.mark.usefixtures("folder")
def test_an_account_can_be_given_a_preset_and_take_it_back():
    output_of("account", "add", "acme", "--owner", ANN)

    assert printed_preferences(output_of("account", "set", "acme", "--preset", "people"))["soft"] == "at once"
    assert printed_preferences(output_of("account", "set", "acme", "--preset", "newsletters"))["soft"].startswith(
        "in a digest"
    )
    assert '"wishes": {}' in output_of("account", "show", "acme", "--json")


@pytest.mark.usefixtures("folder")
def test_a_preset_holds_for_one_owner_and_each_owner_is_shown():
    output_of("account", "add", "acme", "--owner", ANN, "--owner", BOB, "--for", "people")

    output = output_of("account", "set", "acme", "--preset", "newsletters", "--for", BOB)

    assert (printed_preferences(output)["soft"], printed_preferences(output)["most"]) == (
        "at once",
        "10, then one digest in 6 min 40 s",
    )
    assert (printed_preferences(output, BOB)["soft"], printed_preferences(output, BOB)["most"]) == (
        "in a digest each day at 8:00 UTC",
        "2, then one digest in an hour",
    )


@pytest.mark.usefixtures("folder")
def test_a_preference_goes_before_the_preset_and_is_shown_in_words():
    words = (
        "delay=off",
        "hard=hourly",
        "block=weekly",
        "zone=Europe/Berlin",
        "quiet=22:00-07:00",
        "contact=Jo",
        "most=0",
    )
    options = [part for word in words for part in ("--prefer", word)]

    output = output_of("account", "add", "acme", "--owner", ANN, "--owner", BOB, "--for", "people", *options)

    holds = printed_preferences(output, f"{ANN}, {BOB}")
    assert (holds["delay"], holds["hard"]) == ("never", "in a digest each hour")
    assert holds["block"] == "in a digest on Mondays at 8:00 Europe/Berlin"
    assert (holds["quiet"], holds["contact"]) == ("22:00-07:00 Europe/Berlin", "Jo")
    assert holds["most"] == "any number of what is proven"


@pytest.mark.usefixtures("folder")
def test_the_command_says_that_nobody_is_told():
    assert "What holds for its owners, once there are any:" in output_of("account", "add", "acme")
    assert "Nobody is told of anything" in output_of("account", "set", "acme", "--no-forward")


@pytest.mark.usefixtures("folder")
def test_an_owners_name_and_a_presets_do_not_mix():
    output_of("account", "add", "acme", "--owner", ANN)

    slip = ran("account", "set", "acme", "--for", "people")
    assert "people is no owner of acme; did you mean --preset people?" in str(slip.exception)
    assert "'news' is not one of 'people', 'newsletters'" in ran("account", "add", "x", "--for", "news").output
    assert "no owner of acme" in str(ran("account", "set", "acme", "--preset", "people", "--for", BOB).exception)


@pytest.mark.parametrize("command", ["add", "set"])
def test_the_help_lists_what_can_be_preferred_and_how(command: str):
    output = " ".join(ran("account", command, "--help").output.split())

    for keys, values in HOW.items():
        assert f"{keys}: {values}" in output


def test_every_preference_and_only_values_that_are_taken_are_listed():
    listed = [key for keys in HOW for key in keys.split(", ")]
    assert sorted(listed) == sorted(KEYS)
    for keys, values in HOW.items():
        for key in keys.split(", "):
            for value in values.split(" to " if key == "most" else ", "):
                parse_preference(key, value)


def test_each_preset_says_something_of_the_same_and_newsletters_is_the_default():
    assert {frozenset(preset_values) for preset_values in PRESETS.values()} == {frozenset(PRESETS[PEOPLE])}
    default, of_preset = Preferences(), preferences({ANN: PRESETS[NEWSLETTERS]}, ANN)
    assert [(field.name, getattr(of_preset, field.name)) for field in fields(Preferences)] == [
        (field.name, getattr(default, field.name)) for field in fields(Preferences)
    ]
    assert apply_preset({"": {"soft": "at-once", "language": "de"}}, "", NEWSLETTERS) == {"": {"language": "de"}}
