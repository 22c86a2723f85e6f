"""Guards of the database: models and migrations agree, one head, every way back works, privacy declared."""

import importlib.metadata

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, Table, text

from tests import databases
from traitdunion import create_app
from traitdunion.core import db
from traitdunion.core.personal import PersonalData
from traitdunion.core.schema import MIGRATIONS, alembic_config


def undeclared(metadata: MetaData) -> list[str]:
    """The tables that say neither what personal data they hold nor that they hold none."""

    def is_declared(table: Table) -> bool:
        said = table.info.get("personal", "nothing")
        return said is None or isinstance(said, PersonalData)

    return [table.name for table in metadata.sorted_tables if not is_declared(table)]


class TestPrivacy:
    def test_is_declared_by_every_table(self, app: Flask) -> None:
        assert not undeclared(db.Base.metadata)

    def test_guard_sees_a_silent_table(self) -> None:
        metadata = MetaData()
        Table("silent", metadata)
        Table("aloud", metadata, info={"personal": None})

        assert undeclared(metadata) == ["silent"]


class TestMigrations:
    def test_have_one_head(self) -> None:
        assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1

    def test_say_what_the_models_say(self, app: Flask) -> None:
        with app.app_context(), db.engine().connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [
                difference
                for difference in compare_metadata(context, db.Base.metadata)
                if "procrastinate" not in repr(difference)
            ]

        assert not differences

    def test_go_down_and_up_again(self, database_url: str, tmp_path: object) -> None:
        url = sqlalchemy.make_url(database_url)
        name = f"{url.database}_down"
        with databases.administrator(database_url).connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        own = url.set(database=name).render_as_string(hide_password=False)
        app = create_app({"DATABASE_URL": own, "SECRET_KEY": "only-for-tests"})

        with app.app_context():
            command.upgrade(alembic_config(), "head")
            command.downgrade(alembic_config(), "base")
            left = db.engine().connect()
            with left:
                tables = left.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            command.upgrade(alembic_config(), "head")
            command.check(alembic_config())
            db.engine().dispose()

        assert tables == ["alembic_version"]
        with databases.administrator(database_url).connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    @pytest.mark.parametrize("package", ["procrastinate"])
    def test_know_the_pinned_version_of_the_queue(self, package: str) -> None:
        # The first migration applies its schema: another version needs a migration from this one, then a new number.
        assert importlib.metadata.version(package) == "3.10.0"

    def test_bear_their_revision_as_their_name(self) -> None:
        # `schema.is_current` relies on it.
        scripts = ScriptDirectory(str(MIGRATIONS))

        assert {str(script.revision) for script in scripts.walk_revisions()} == {
            path.stem for path in (MIGRATIONS / "versions").glob("*.py")
        }
        assert scripts.get_current_head() == max(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))
