"""What every `flask …` command of ours does with trouble: one clear line and exit status 1, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import OperationalError, ProgrammingError

from traitdunion.core import logs, schema
from traitdunion.core.errors import Refused


class Group(AppGroup):
    """A group of commands; what an action refuses, and a database that does not answer, are told in one line.

    Commands find their tables: a database of our own, or an empty one, gets them first (`needs_schema`).
    """

    def __init__(self, name: str, *, help: str, needs_schema: bool = True) -> None:  # noqa: A002 — click's word
        super().__init__(name, help=help)
        self.needs_schema = needs_schema

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was asked for."""
        logs.quiet()
        app = ctx.ensure_object(ScriptInfo).load_app()
        with in_one_line(), app.app_context():
            if self.needs_schema and "--help" not in ctx.args:
                schema.ensure()
            return super().invoke(ctx)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turns what may be expected to go wrong into the line an operator reads."""
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "sans raison"
        raise click.ClickException(f"La base de données ne répond pas : {reason}") from None
    except ProgrammingError as error:
        if "does not exist" not in str(error.orig):
            raise
        raise click.ClickException("La base de données n’est pas à jour : lancez « flask db upgrade ».") from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
