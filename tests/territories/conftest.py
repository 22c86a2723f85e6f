"""Every commune of France, loaded once per module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import NullPool, text
from sqlalchemy.orm import Session

from traitdunion.territories import communes

BRETAGNE = Path(__file__).parent / "files" / "bretagne"


@pytest.fixture(scope="module")
def france(database_url: str) -> Iterator[Session]:
    """A session that sees the facts, in a transaction that is rolled back after the module.

    A module that asks for it writes no commune through another session, which would wait for this one for ever.
    """
    engine = sqlalchemy.create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as opened:
            communes.load_facts(opened)
            opened.execute(text("ANALYZE communes"))
            yield opened
        transaction.rollback()
