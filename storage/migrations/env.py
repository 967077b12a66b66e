"""What Alembic runs around the migrations: on the connection it is given, inside the transaction that is open there."""

from alembic import context

from storage.schema import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
