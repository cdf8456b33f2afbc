"""The replies of the SMTP server itself, without CR LF (RFC 5321 section 4.2, RFC 2034, RFC 3463).

A reply carries an enhanced status code, except the greeting, the replies to HELO and EHLO and the 354 of DATA, where
RFC 2034 section 4 forbids one. Replies that depend on a return path or on the store come as errors.SmtpError.
"""

from collections.abc import Mapping
from typing import Final

from bouncer.errors import Reply
from bouncer.mail.status import EnhancedStatus


def line(reply: str) -> str:
    """Make one line of ASCII of *reply*, without characters that could break the line."""
    return " ".join(reply.split()).encode("ascii", "replace").decode("ascii")


def help_reply(name: str) -> str:
    """Name the commands, and the daemon where it has a *name*, by which ``bouncer check`` knows it."""
    daemon = f"; daemon {name}" if name else ""
    return _reply(214, "2.0.0", f"EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP STARTTLS; see RFC 5321{daemon}")


def _reply(code: int, status: str, text: str) -> str:
    parsed = EnhancedStatus.parse(status)
    assert parsed is not None
    return line(str(Reply(code, parsed, text)))


GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"

RESET = _reply(250, "2.0.0", "Forgotten")
NOOP = _reply(250, "2.0.0", "OK")
SENDER_OK = _reply(250, "2.1.0", "Sender OK")
ATTRIBUTES_TAKEN = _reply(250, "2.0.0", "Taken")
RECIPIENT_OK = _reply(250, "2.1.5", "Recipient OK")
BYE = _reply(221, "2.0.0", "Bye")
TLS_READY = _reply(220, "2.0.0", "Ready to start TLS")
NOT_VERIFIED = _reply(252, "2.5.0", "Not verified here; RCPT tells")

IDLE = _reply(421, "4.4.2", "Silent for too long")
CROWDED = _reply(421, "4.4.2", "Too many connections to wait for you, try later")
SESSION_TOO_LONG = _reply(421, "4.4.2", "Connected for too long")
CLOSING = _reply(421, "4.3.2", "Closing for now, try later")
TOO_MANY_CONNECTIONS = _reply(421, "4.3.2", "Too many connections, try later")
TOO_MANY_OF_CLIENT = _reply(421, "4.7.0", "Too many connections from your address, try later")
TOO_MANY_COMMANDS = _reply(421, "4.7.0", "Too many commands in one connection")
NO_WEB_SERVER = _reply(421, "4.7.0", "This is no web server")
TOO_MANY_ERRORS = _reply(421, "4.7.0", "Too many errors")
SENT_AHEAD = _reply(421, "4.7.0", "Nothing may follow STARTTLS before the handshake")

ONE_RECIPIENT = _reply(452, "4.5.3", "A null reverse-path takes one recipient, send the others anew")
TOO_MANY_RECIPIENTS = _reply(452, "4.5.3", "Too many recipients, send the others anew")
NO_MEMORY = _reply(452, "4.3.1", "No memory for a letter of this size now, try later")

LINE_TOO_LONG = _reply(500, "5.5.2", "Line too long")
BARE_LINE_FEED = _reply(500, "5.5.2", "A command ends in CR LF")
UNKNOWN_COMMAND = _reply(500, "5.5.1", "Command not recognized")
NO_ARGUMENT = _reply(501, "5.5.4", "This command takes no argument")
MAIL_SYNTAX = _reply(501, "5.5.4", "Syntax: MAIL FROM:<reverse-path> [parameters]")
RCPT_SYNTAX = _reply(501, "5.5.4", "Syntax: RCPT TO:<forward-path> [parameters]")
VRFY_SYNTAX = _reply(501, "5.5.4", "Syntax: VRFY address")
BAD_REVERSE_PATH = _reply(501, "5.1.7", "Bad syntax of the reverse-path")
BAD_FORWARD_PATH = _reply(501, "5.1.3", "Bad syntax of the forward-path")
BAD_ATTRIBUTE = _reply(501, "5.5.4", "Bad syntax of an attribute, or one that is not known")
BAD_PARAMETER = _reply(501, "5.5.4", "Bad syntax of a parameter")
NOT_IMPLEMENTED = _reply(502, "5.5.1", "Command not implemented")
SEND_HELO_FIRST = _reply(503, "5.5.1", "Send EHLO or HELO first")
SEND_MAIL_FIRST = _reply(503, "5.5.1", "Send MAIL first")
NO_RECIPIENT = _reply(503, "5.5.1", "No recipient was accepted")
NESTED_MAIL = _reply(503, "5.5.1", "Nested MAIL; send RSET first")
IN_TRANSACTION = _reply(503, "5.5.1", "Not between MAIL and the end of the letter; send RSET first")
TLS_ALREADY = _reply(503, "5.5.1", "TLS is already on")
NOT_A_FRONT = _reply(550, "5.7.1", "Only a mail server in front of this one may say who its client is")
TOO_LARGE = _reply(552, "5.3.4", "Letter larger than this server takes")
NEEDS_SMTPUTF8 = _reply(553, "5.6.7", "This address needs the SMTPUTF8 parameter")
UNKNOWN_PARAMETER = _reply(555, "5.5.4", "Parameter not recognized or not implemented")

AIOSMTPD: Final[Mapping[str, str]] = {
    "220 Ready to start TLS": TLS_READY,
    "501 Syntax: RSET": NO_ARGUMENT,
    "501 Syntax: STARTTLS": NO_ARGUMENT,
    "502 EXPN not implemented": NOT_IMPLEMENTED,
}
"""Replies of aiosmtpd's own methods that lack an enhanced status code, and ours in their place."""
