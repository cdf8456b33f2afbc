"""The port Erasures on an SQL engine."""

import asyncio
import secrets

from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.scope import Scope
from bouncer.store.erasures.digests import SECRET_OCTETS
from bouncer.store.suppressions.suppression_store import SqlSuppressionList


class SqlErasures(SqlSuppressionList):
    """The port Erasures; its docstrings hold here."""

    async def erase(self, scope: Scope, order: ErasureOrder) -> Erasure:
        """Erase addresses by an ``ErasureRun``."""
        from bouncer.store.erasures.erased_address import ErasedAddresses  # noqa: PLC0415 -- few processes erase
        from bouncer.store.erasures.erasure_run import ErasureRun  # noqa: PLC0415 -- see above

        await self._settle()
        # in a thread: to compare and to compile a hundred of them takes a tenth of a second
        erased = await asyncio.to_thread(ErasedAddresses.of, order.addresses)
        return await ErasureRun(self._engine, scope, erased).erase(order, secrets.token_bytes(SECRET_OCTETS))
