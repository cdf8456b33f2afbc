"""The words of ``bouncer check`` and ``--help`` about the servers for outgoing mail."""

import pytest
from click.testing import CliRunner

from bouncer.cli.root import root
from bouncer.doctor.finding import Level
from bouncer.doctor.milter_access import check_access
from bouncer.settings.sections import MilterSettings

OPEN = ("127.0.0.1:8827",)


def test_the_table_is_warned_of_and_the_policy_service_is_not():
    findings = {
        finding.about: finding for finding in check_access(MilterSettings(policy_listen=OPEN, socketmap_listen=OPEN))
    }

    assert {about: finding.level for about, finding in findings.items()} == {
        "policy service": Level.OK,
        "socketmap": Level.WARN,
    }
    assert "submission service only" in findings["socketmap"].remedy
    assert "policy_listen" in findings["socketmap"].remedy


def test_listeners_that_are_not_open_are_not_spoken_of():
    assert list(check_access(MilterSettings(listen=OPEN))) == []


def test_the_command_check_prints_what_the_table_does_not_know(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BOUNCER_MILTER__SOCKETMAP_LISTEN", OPEN[0])

    output = CliRunner().invoke(root, ["check", "--no-dns"]).output

    assert "socketmap: an account's table knows neither client nor sender" in output


def test_the_help_of_the_daemon_says_where_the_table_belongs():
    output = " ".join(CliRunner().invoke(root, ["serve", "--help"]).output.split())

    assert "An account's socketmap table is for submission services only" in output
