"""The database's schema: where its migrations are, and how Alembic reaches the current application's database."""

from pathlib import Path

from alembic.config import Config

from traitdunion.core import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration for the current application's database, without any file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = db.engine()
    config.attributes["metadata"] = db.Base.metadata
    return config
