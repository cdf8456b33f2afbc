"""The mentions of a notice by the mailbox that they name.

A report may be about hundreds of recipients, and its notice may name thousands of addresses: the words about each recipient are
found without a look at what is said of all the others.
"""

from collections import defaultdict

from bouncer.mail.address import comparable
from bouncer.ndr.mentions import Mention, MentionKind


class MentionIndex:
    """All *mentions* of a notice, in its order, by the mailboxes that they name."""

    def __init__(self, mentions: list[Mention]) -> None:
        self.mentions = mentions
        self.addresses = tuple({mention.address.lower(): mention.address for mention in mentions}.values())
        """Each address once, however its letters are written."""
        self.heads = _find_heads(mentions)
        """The lines on which a recipient's entry begins."""
        self.commands: dict[int, str] = {}
        """The mailboxes of a transcript's commands, by line."""
        self._by_mailbox = defaultdict[str, list[Mention]](list)
        self._by_local_part = defaultdict[str, list[Mention]](list)
        for mention in mentions:
            mailbox = comparable(mention.address)
            self._by_mailbox[mailbox].append(mention)
            local, sign, _ = mention.address.lower().partition("@")
            self._by_local_part[local if sign else ""].append(mention)
            if mention.kind is MentionKind.COMMAND:
                self.commands[mention.line] = mailbox

    @property
    def mailboxes(self) -> int:
        """How many mailboxes are named."""
        return len(self._by_mailbox)

    def find_by_mailbox(self, mailbox: str) -> list[Mention]:
        """Give the mentions of *mailbox*, in comparable form."""
        return self._by_mailbox.get(mailbox, [])

    def find_by_local_part(self, local: str) -> list[Mention]:
        """Give the mentions of addresses whose part before the first sign is *local*, in lower case."""
        return self._by_local_part.get(local, []) if local else []


def _find_heads(mentions: list[Mention]) -> set[int]:
    """Give the lines on which another recipient's entry begins; a more indented repeat of an address continues its own entry."""
    heads: set[int] = set()
    before = ""
    for mention in mentions:
        if mention.kind is MentionKind.ENTRY:
            if mention.address.lower() != before or not heads:
                heads.add(mention.line)
            before = mention.address.lower()
    return heads
