"""Guards of the code: names, sizes, and words that carry nothing."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    *("utils", "helpers", "common", "services", "managers", "misc"),
    *("tools", "base", "constants", "exceptions", "types"),
}
MOST_LINES = {"traitdunion": 400, "tests": 500}
LONGEST_FUNCTION = 50


def files() -> list[Path]:
    """Every Python file of ours."""
    return [
        path for folder in ("traitdunion", "tests", "migrations", "scripts") for path in (ROOT / folder).rglob("*.py")
    ]


def code_lines(path: Path) -> int:
    """Lines that are neither blank nor comment."""
    return sum(1 for line in path.read_text().splitlines() if line.strip() and not line.strip().startswith("#"))


def long_functions(source: str, longest: int) -> list[str]:
    """The functions whose body, without its docstring, is longer than `longest` lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 > longest:
                found.append(node.name)
    return found


def test_the_measure_of_functions_can_fail() -> None:
    long = "def f():\n" + "    x = 1\n" * 51

    assert long_functions(long, 50) == ["f"]
    assert long_functions(long, 51) == []


def test_no_name_says_nothing() -> None:
    named = [path for path in files() if path.stem in FORBIDDEN or path.parent.name in FORBIDDEN]

    assert not named


def test_no_file_piles_up() -> None:
    long = {
        str(path.relative_to(ROOT)): code_lines(path)
        for path in files()
        if code_lines(path) > MOST_LINES.get(path.relative_to(ROOT).parts[0], 400)
    }

    assert not long


def test_no_function_is_longer_than_a_page() -> None:
    long = {
        str(path.relative_to(ROOT)): names
        for path in files()
        if path.relative_to(ROOT).parts[0] != "migrations"
        and (names := long_functions(path.read_text(), LONGEST_FUNCTION))
    }

    assert not long


def test_every_module_opens_with_a_sentence() -> None:
    silent = [str(path.relative_to(ROOT)) for path in files() if not ast.get_docstring(ast.parse(path.read_text()))]

    assert not silent


def test_only_the_database_module_commits_requests() -> None:
    # Commands and jobs use `db.transaction()`; a view that commits would cut its request in two.
    committing = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "traitdunion").rglob("views.py")
        if re.search(r"\.(commit|flush)\(\)", path.read_text())
    ]

    assert not committing


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "Makefile", "requirements.txt", "config.py", ".ci/run"])
def test_the_top_level_has(name: str) -> None:
    assert (ROOT / name).is_file()


def test_every_setting_is_in_the_readme() -> None:
    import dataclasses

    import config

    readme = (ROOT / "README.md").read_text()

    missing = [
        field.name.upper() for field in dataclasses.fields(config.Config) if f"`{field.name.upper()}`" not in readme
    ]

    assert not missing
