"""Records of what came of mails, as tests need them."""

import dataclasses

from contract.factories import bounce

from bouncer.ndr.reading import Action
from bouncer.policy.records import Bounce


def arrived(address: str, action: Action = Action.DELIVERED) -> Bounce:
    recipient = dataclasses.replace(bounce(address).recipient, action=action)
    return dataclasses.replace(bounce(address), recipient=recipient, verdict=None)
