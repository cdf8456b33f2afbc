"""Dovecot: mailboxes that take mail by LMTP (RFC 2033), are read by IMAP (RFC 3501), and file by Sieve (RFC 5228).

Every address has a mailbox, any password opens it. Settings: dovecot.conf(5), "Dovecot Manual" 2.3.
"""

import contextlib
import imaplib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Folder, Setup, inhabit

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05

CONF = """\
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
hostname = {hostname}
mail_location = maildir:~/Maildir
lda_mailbox_autocreate = yes
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=vmail gid=vmail home=/var/vmail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    port = {logins}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
  postmaster_address = postmaster@{hostname}
}}
plugin {{
  sieve = file:/var/sieve/%u.sieve
}}
"""


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """A running Dovecot."""

    lmtp: int
    imap: int
    logins: int
    """Where a mail server asks who may log in."""

    @contextlib.contextmanager
    def mailbox_client(self, address: str) -> Iterator[imaplib.IMAP4]:
        """Log in to the mailbox of *address*."""
        with imaplib.IMAP4(LOOPBACK, self.imap, timeout=PATIENCE_SECONDS) as client:
            client.login(address, "any")
            yield client

    def wait_for(self, address: str, *criteria: str, count: int = 1, folder: str = "INBOX") -> list[bytes]:
        """Wait until a search finds *count* mails, and give their numbers; TimeoutError when it does not."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            with self.mailbox_client(address) as client:
                status, _ = client.select(folder)
                numbers = client.search(None, *criteria)[1][0].split() if status == "OK" else []
            if len(numbers) >= count:
                return numbers
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{address} has {len(numbers)} mails for {' '.join(criteria)} in {folder}, not {count}"
                )
            time.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def dovecot(filters: Mapping[str, str] | None = None, hostname: str = "mail.acme.example") -> Iterator[Mailboxes]:
    """Run Dovecot until the block ends. *filters*: address -> the Sieve script that its mail is filed by."""
    part = find("dovecot")
    if part is None:
        raise LookupError(why_absent("dovecot"))
    boxes = Mailboxes(free_port(), free_port(), free_port())
    conf = CONF.format(hostname=hostname, imap=boxes.imap, lmtp=boxes.lmtp, logins=boxes.logins)
    setup = Setup(
        command="exec /usr/sbin/dovecot -F",
        users={"dovecot": 901, "dovenull": 902, "vmail": 903},
        files={
            "/etc/dovecot/dovecot.conf": conf,
            **{f"/var/sieve/{address}.sieve": script for address, script in (filters or {}).items()},
        },
        folders=(Folder("/var/vmail", owner="vmail"), Folder("/var/sieve", owner="vmail")),
    )
    with inhabit(part.root, setup, hostname=hostname, port=boxes.lmtp, nameserver=LOOPBACK):
        yield boxes
