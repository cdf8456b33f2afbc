"""The lines that the manual gives to mail servers are those that real ones run with in the tests."""

from manual import MANUAL
from programs.servers import postfix, sendmail
from programs.servers.postfix import LISTENERS, SUBMISSION
from programs.servers.sendmail import MILTER

from bouncer.milter.socketmap import RETURN_PATHS

PORTS = {"milter": 8825, "policy": 8826, "socketmap": 8827}


def test_the_page_has_the_lines_for_postfix():
    for listener, lines in LISTENERS.items():
        for line in lines.format(place=postfix.place(PORTS[listener])).splitlines():
            assert f"`{line}`" in MANUAL


def test_the_page_has_the_submission_service_of_postfix():
    lines = "".join(f"    {line}\n" for line in SUBMISSION.format(place=postfix.place(PORTS["socketmap"])).splitlines())

    assert lines in MANUAL


def test_no_line_for_a_server_that_takes_mail_from_the_world_asks_the_table():
    """An account's knows neither client nor sender; only the submission service's own block may."""
    lines = [line for line in MANUAL.splitlines() if "socketmap:inet" in line and not line.startswith("      -o ")]

    assert [line for line in lines if not line.endswith(f":{RETURN_PATHS}")] == []


PATHS = {"milter": "unix:/run/bouncer/milter", "policy": "unix:/run/bouncer/policy"}


def test_the_lines_for_sockets_of_the_file_system():
    for listener, where in PATHS.items():
        assert f"`{LISTENERS[listener].format(place=where).splitlines()[0]}`" in MANUAL
    assert f"``{MILTER.format(place=PATHS['milter']).strip().removesuffix('dnl')}``" in MANUAL
    assert "`smtpd_milters = unix:bouncer/milter`" in MANUAL


def test_no_port_is_one_of_the_programs_that_stand_beside_mail_servers():
    others = {
        8891,
        8892,
        8893,
        12301,
        12345,
        11332,
        11333,
        11334,
        10023,
        10024,
        10025,
        10026,
        7357,
        8461,
        10001,
        783,
        4190,
    }

    assert not others & set(PORTS.values())


def test_the_page_has_the_line_for_sendmail():
    line = MILTER.format(place=sendmail.place(PORTS["milter"])).strip().removesuffix("dnl")

    assert f"``{line}``" in MANUAL
