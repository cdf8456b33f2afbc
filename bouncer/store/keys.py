"""Keys: the form that an address is found by, which is the account's choice where Gmail's dots and tags are concerned."""

import sqlalchemy as sa

from bouncer.mail.address import comparable, folded
from bouncer.policy.terms import Terms
from bouncer.store.columns import MAX_KEY, clean
from bouncer.store.tables import accounts


def key(address: str) -> str:
    """Give the form that an address is found by, as the column holds it."""
    return clean(comparable(address), MAX_KEY)


class Keys:
    """The forms of addresses as accounts compare them; asks for each account's terms once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._terms: dict[str, Terms] = {}

    def terms(self, account: str) -> Terms:
        """Give an account's terms; the default ones where it is unknown."""
        if account not in self._terms:
            asked = sa.select(accounts.c.terms).where(accounts.c.name == account)
            self._terms[account] = self._connection.scalar(asked) or Terms()
        return self._terms[account]

    def of(self, account: str, address: str) -> tuple[str, ...]:
        """Give every form that *address* may be found by; the last one is written."""
        plain = key(address)
        if not self.terms(account).fold_gmail:
            return (plain,)
        return tuple(dict.fromkeys((plain, key(folded(address)))))
