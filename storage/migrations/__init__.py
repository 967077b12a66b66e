"""Alembic migrations, run by ``storage.migrate``. ``HEAD`` is the newest; a test holds it to the scripts."""

HEAD = "0011"
