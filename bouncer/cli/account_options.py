"""The options of an account other than its terms: its owners, its senders, and whether notices are sent."""

import click

from bouncer.cli.checked_options import callback_of_each
from bouncer.manage.account_values import checked_owner, checked_sender

owners = click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="ADDRESS",
    callback=callback_of_each(checked_owner),
    help="An address that gets the notices. May be given several times.",
)
senders = click.option(
    "--sender",
    "senders",
    multiple=True,
    metavar="SENDER",
    callback=callback_of_each(checked_sender),
    help="A login, address or domain whose outgoing mail is the account's, for the milter. May be given several times.",
)
forwarding = click.option(
    "--forward/--no-forward", "forwarding", default=None, help="Send the owners notices, or none."
)
