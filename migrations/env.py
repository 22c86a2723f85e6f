"""Alembic's environment: the engine and the metadata come from `flask db`."""

from typing import Any

from alembic import context
from sqlalchemy import MetaData


def _is_ours(obj: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    # procrastinate's tables are created from its own schema.
    table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", "")
    return not str(table).startswith("procrastinate_")


def run() -> None:
    """Runs the migrations in one transaction each, under a lock: two machines that upgrade at once wait."""
    config: dict[Any, Any] = context.config.attributes
    metadata: MetaData = config["metadata"]
    with config["engine"].connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(7306002)")
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, include_object=_is_ours, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()
