"""Values of an account as people and programs give them, checked one by one: its name, owners, senders, servers."""

from bouncer.errors import InvalidValue
from bouncer.mail.address import ascii_domain, comparable, is_plausible
from bouncer.mail.letter import NOTICE_ACCOUNT, OPERATOR_NAMES
from bouncer.mail.returnpath import is_account_name
from bouncer.policy.networks import is_network


def checked_name(text: str) -> str:
    """Give *text*, the name of a new account. Raises InvalidValue where no account can have it."""
    if not is_account_name(text):
        raise InvalidValue("a name has 1 to 20 of a-z 0-9 . and -, a letter or digit at both ends", field="name")
    if ".." in text:
        raise InvalidValue("a name with two dots in a row makes return paths that are no addresses", field="name")
    if text in OPERATOR_NAMES:
        raise InvalidValue(f"mail to {text}@ is the operator's in each domain", field="name")
    if text == NOTICE_ACCOUNT:
        raise InvalidValue("that name is kept for the return paths of our own notices", field="name")
    return text


def checked_owner(text: str) -> str:
    """Give *text*, the address of an owner. Raises InvalidValue where it is no mail address."""
    if not is_plausible(text):
        raise InvalidValue(f"{text!r} is no mail address", field="owners")
    return text


def checked_sender(text: str) -> str:
    """Give a login, address or domain in comparable form. Raises InvalidValue where *text* is none of them."""
    if not text.isprintable() or not text or set(text) & set(" <>"):
        raise InvalidValue(f"{text!r} is no login, address or domain", field="senders")
    return comparable(text) if "@" in text else ascii_domain(text)


def checked_network(text: str) -> str:
    """Give *text*, an IP address or network of an account's own sending servers. Raises InvalidValue where it is neither."""
    if not is_network(text):
        raise InvalidValue(f"{text!r} is no address and no network", field="servers")
    return text
