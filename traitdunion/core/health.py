"""`/sante`: whether the service is well, for monitors. Features add their own check in `features`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Health:
    """One part's state; `details` are numbers and instants, never a person's data."""

    is_well: bool
    details: dict[str, object] = field(default_factory=dict)


Check = Callable[[Session], Health]


def init_app(app: Flask, checks: dict[str, Check]) -> None:
    """Keeps the checks of the application, by the name their part has in the answer."""
    app.extensions["health_checks"] = checks


def checks() -> dict[str, Check]:
    """The checks of the current application."""
    found: dict[str, Check] = current_app.extensions["health_checks"]
    return found


def database(session: Session) -> Health:
    """The database answers, and says its version and the migration it is at."""
    version = session.scalar(text("SHOW server_version"))
    revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    return Health(is_well=revision is not None, details={"postgresql": version, "migration": revision})


def queue(session: Session) -> Health:
    """No job of the queue waits for more than an hour past its time."""
    waiting, late, failed = session.execute(
        text(
            "SELECT count(*) FILTER (WHERE status = 'todo'),"
            " count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '1 hour'),"
            " count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
        )
    ).one()
    return Health(is_well=late == 0, details={"waiting": waiting, "late": late, "failed": failed})
