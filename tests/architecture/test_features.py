"""Guards of the list of features: nothing that exists is left out of it."""

from pathlib import Path

from traitdunion import features

PACKAGE = Path(features.__file__).parent


def modules(name: str) -> set[str]:
    """The dotted names of the modules of that name in the feature folders."""
    return {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob(f"*/{name}.py")}


def test_every_model_is_listed() -> None:
    assert modules("models") <= {module.__name__ for module in features.MODELS}


def test_every_job_is_listed() -> None:
    assert modules("jobs") <= {module.__name__ for module in features.JOBS}


def test_every_blueprint_is_listed() -> None:
    listed = {blueprint.import_name for blueprint in features.BLUEPRINTS}

    assert modules("views") <= listed


def test_every_module_of_commands_is_listed() -> None:
    listed = {command.callback.__module__ for command in features.COMMANDS if command.callback}
    groups = {
        sub.callback.__module__
        for command in features.COMMANDS
        for sub in getattr(command, "commands", {}).values()
        if sub.callback
    }

    assert modules("commands") <= listed | groups
