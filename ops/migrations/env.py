"""Alembic's entry: connects as the migrator and runs the steps in one transaction.

Shape: the program passes an open SQLAlchemy connection in `config.attributes["connection"]`, or sets
`sqlalchemy.url`; on the command line HEADROOM_MIGRATION_URL names the database.
"""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

SCHEMA = "headroom"


def migrate(connection: Connection) -> None:
    """Run the wanted steps in one transaction; the version table lives in the schema it describes."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.commit()
    context.configure(connection=connection, version_table="schema_version", version_table_schema=SCHEMA)
    with context.begin_transaction():
        context.run_migrations()


def url() -> str:
    """The database to migrate. Raises: KeyError when none is named."""
    return context.config.get_main_option("sqlalchemy.url") or os.environ["HEADROOM_MIGRATION_URL"]


def main() -> None:
    """Migrate through the connection that was passed in, or through one of our own."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    engine = create_engine(url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()


main()
