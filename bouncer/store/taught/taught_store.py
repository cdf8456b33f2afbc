"""The port TaughtRules on an SQL engine: each method is one transaction."""

from collections.abc import Sequence

from bouncer.ports.scope import Scope
from bouncer.ports.taught_rules import KeptRule
from bouncer.store.accounts.account_store import SqlAccounts
from bouncer.store.taught import taught


class SqlTaughtRules(SqlAccounts):
    """The port TaughtRules; its docstrings hold here. A change of them is a change of the directory."""

    async def add_rule(self, scope: Scope, rule: KeptRule, *, limit: int) -> bool:
        """Add a rule."""
        return scope.account is None and await self._change(
            rule.taught_at, lambda connection: taught.add(connection, rule, limit)
        )

    async def remove_rule(self, scope: Scope, rule_id: str) -> bool:
        """Remove a rule."""
        return scope.account is None and await self._change(
            self._now(), lambda connection: taught.remove(connection, rule_id)
        )

    async def rules(self, scope: Scope) -> Sequence[KeptRule]:
        """Give the rules."""
        return await self._engine.read(taught.list_rules) if scope.account is None else ()

    async def letters_of_rule(self, scope: Scope, rule_id: str, *, limit: int) -> Sequence[int]:
        """Give letters that a rule has read."""
        return await self._engine.read(taught.letters_of, rule_id, limit) if scope.account is None else ()
