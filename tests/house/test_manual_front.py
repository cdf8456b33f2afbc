"""The lines that the manual gives to a mail server in front of us are those that real ones run with in the tests."""

import textwrap
import tomllib

from manual import MANUAL, section
from programs.servers.exim import FRONT_ACL, FRONT_ROUTER, FRONT_TRANSPORT
from programs.servers.postfix import FRONT, FRONT_SERVICE, UNLISTED

from bouncer.milter.socketmap import RETURN_PATHS
from bouncer.settings.load import load

PORT, TABLE = 2525, 8827


def indented(lines: str) -> str:
    """The lines as a page shows them."""
    return textwrap.indent(lines, "    ")


def test_the_page_has_the_lines_for_postfix():
    assert indented(FRONT.format(port=PORT, table=TABLE)) in section("Postfix in front")
    assert indented(FRONT_SERVICE) in section("Postfix in front")
    assert f":{RETURN_PATHS}\n" in FRONT
    assert f"`{UNLISTED}`" in section("Postfix in front")


def test_the_page_has_the_lines_for_exim():
    for lines in (FRONT_ACL, FRONT_ROUTER.format(port=PORT), FRONT_TRANSPORT):
        assert indented(lines) in section("Exim in front")


def test_our_own_settings_stand_beside_the_lines_of_the_front():
    sample = section("The settings of bouncer").partition("    [smtp]\n")[2].partition("\n\n`hostname`")[0]
    text = textwrap.dedent("    [smtp]\n" + sample)
    settings = load(text, {})

    assert tomllib.loads(text)["smtp"]["fronts"] == ["127.0.0.1"]
    assert settings.smtp.listen == (f"127.0.0.1:{PORT}",)
    assert settings.milter.socketmap_listen == (f"127.0.0.1:{TABLE}",)


def test_the_socket_unit_opens_the_same_port():
    assert f"    [Socket]\n    ListenStream=\n    ListenStream=127.0.0.1:{PORT}\n" in MANUAL
