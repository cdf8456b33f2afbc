"""A real Postfix as smarthost takes our notices and passes them on unaltered."""

import asyncio

import pytest
from programs.parts import postfix
from programs.peers import Peer

from bouncer.courier.smtp import Smarthost, Smtp
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import Outcome

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(180)]


def mail(number: int) -> OutgoingMail:
    octets = f"From: bouncer@rp.example\r\nMessage-ID: <{number}@mx.rp.example>\r\nSubject: x\r\n\r\n.\r\nGrüße\r\n"
    return OutgoingMail("", "owner@acme.example", f"{number}@mx.rp.example", octets.encode())


async def test_postfix_takes_notices_over_connections_that_are_used_again() -> None:
    with Peer("mx.acme.example") as owner, postfix({"acme.example": owner.port}) as server:
        courier = Smtp(Smarthost("127.0.0.1", server.port), hostname="mx.rp.example")

        handed = await asyncio.gather(*(courier.deliver(mail(number)) for number in range(50)))
        await courier.close()
        arrived = await asyncio.to_thread(owner.wait_for, lambda letter: b"<49@mx.rp.example>" in letter.octets)

    assert {result.outcome for result in handed} == {Outcome.SENT}
    assert arrived.reverse_path == ""
    assert "\r\n.\r\nGrüße\r\n".encode() in arrived.octets
