"""The one list of what the service is made of: blueprints, commands, models, checks."""

from collections.abc import Callable

from click import Command
from flask import Blueprint, Flask

from traitdunion.core import commands as core_commands
from traitdunion.core import health
from traitdunion.core import views as core_views
from traitdunion.rome import commands as rome_commands

BLUEPRINTS: tuple[Blueprint, ...] = (core_views.blueprint,)
COMMANDS: tuple[Command, ...] = (
    core_commands.database,
    core_commands.setup,
    core_commands.worker,
    core_commands.serve,
    rome_commands.rome,
)
SET_UP: tuple[Callable[[], None], ...] = ()
LISTENERS: tuple[Callable[[Flask], None], ...] = ()
HEALTH_CHECKS: dict[str, health.Check] = {"database": health.database, "queue": health.queue}
