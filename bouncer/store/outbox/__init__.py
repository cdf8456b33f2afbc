"""The outbox: what is on its way to owners and operator, when it leaves, and what it is composed of."""
