"""The errors for a store that cannot be used as it is: the same for a file and for a database of a server."""

from bouncer.errors import ConfigError
from bouncer.store.lifecycle.migrating import find_newest_revision


def missing_store(place: object, fault: str = "there is no store at") -> ConfigError:
    """Make the error that there is no store at *place*, for the reason *fault*."""
    return ConfigError(f"{fault} {place}; 'bouncer init' makes a store, and so does 'bouncer serve'")


def require_newest(place: object, revision: str) -> None:
    """Raise ConfigError, which tells the remedy, where the store at *place* is not of today's revision."""
    refuse_later(place, revision)
    if revision != find_newest_revision():
        raise ConfigError(
            f"{place}: this store is of an older version (revision {revision}, today's is {find_newest_revision()}): "
            "'bouncer store migrate' brings it up to date, and so does a start of 'bouncer serve'"
        )


def refuse_later(place: object, revision: str) -> None:
    """Raise ConfigError where a newer program made the store at *place*."""
    if revision > find_newest_revision():
        raise ConfigError(
            f"{place}: a newer bouncer made this database: it is at {revision}, we know up to {find_newest_revision()}"
        )
