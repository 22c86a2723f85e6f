"""Guards of the templates: each compiles, is used, hides no misspelt variable, and is written in good typography."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from tests.pages import TYPOGRAPHY

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))

_NAMED = re.compile(r"""["']((?:[\w-]+/)*[\w.-]+\.html)["']""")
_KIND = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')
_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^<>]*>|<script.*?</script>", re.DOTALL)
_STRING = re.compile(r'"([^"\n]*)"')


def used(name: str, sources: dict[str, str]) -> bool:
    """Another template extends, includes or imports it, or code renders it by its name."""
    return any(name in _NAMED.findall(text) for other, text in sources.items() if other != name)


def written(source: str) -> list[str]:
    """What a template says to people: its text between tags, and the sentences in its expressions."""
    sentences = [text for text in _STRING.findall(source) if " " in text and "<" not in text and "{" not in text]
    return [re.sub(r"[ \n]+", " ", _CODE.sub("§", source)), *sentences]


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The text of every template, and of every Python file of the package."""
    templates = {name: (TEMPLATES / name).read_text() for name in NAMES}
    code = {str(path): path.read_text() for path in (ROOT / "traitdunion").rglob("*.py")}
    # A message's template bears the name of its kind, which the code that writes it says.
    said = {word for text in code.values() for word in _KIND.findall(text)}
    kinds = {"by kind": " ".join(f'"{name}"' for name in NAMES if name in {f"messages/{word}.html" for word in said})}
    errors = {"by status": " ".join(f'"errors/{path.name}"' for path in (TEMPLATES / "errors").glob("*.html"))}
    return templates | code | errors | kinds


def test_undefined_variables_are_errors(app: Flask) -> None:
    assert app.jinja_env.undefined is StrictUndefined


@pytest.mark.parametrize("name", NAMES)
class TestTemplate:
    def test_compiles(self, app: Flask, name: str) -> None:
        with app.app_context():
            assert app.jinja_env.get_template(name)

    def test_is_used(self, sources: dict[str, str], name: str) -> None:
        assert used(name, sources)

    def test_is_in_good_typography(self, name: str) -> None:
        for text in written((TEMPLATES / name).read_text()):
            for pattern, trouble in TYPOGRAPHY:
                found = pattern.search(text)
                assert not found, f"{trouble}: …{text[max(0, found.start() - 30) : found.end() + 10]}…"


class TestGuards:
    def test_see_an_unused_template(self) -> None:
        sources = {"used.html": "", "alone.html": '{% extends "alone.html" %}', "view.py": 'render("used.html")'}

        assert [name for name in ("used.html", "alone.html") if used(name, sources)] == ["used.html"]

    @pytest.mark.parametrize("text", ["<p>L'offre</p>", '{{ "Vraiment ?" }}', "<p>Ici : là</p>", "<p>« mot »</p>"])
    def test_see_bad_typography(self, text: str) -> None:
        assert any(pattern.search(part) for part in written(text) for pattern, _ in TYPOGRAPHY)

    def test_leave_code_alone(self) -> None:
        source = "{% set x = {'a': y if z else t} %}<a href=\"/?a='b'\">§</a>"

        assert not any(pattern.search(part) for part in written(source) for pattern, _ in TYPOGRAPHY)
