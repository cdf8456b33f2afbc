"""The environment that Alembic runs: it migrates over the connection that the store hands in, in its transaction."""

from alembic import context

from bouncer.store.tables import meta

context.configure(connection=context.config.attributes["connection"], target_metadata=meta)
with context.begin_transaction():
    context.run_migrations()
