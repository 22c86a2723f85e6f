"""Guard: no territory's name, code or place in code or templates; they live in TOML files, facts and tests."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from traitdunion.territories import areas, territories
from traitdunion.territories.communes import records

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Marks:
    """By what a territory is recognised: `words` in a text, `codes` as a whole text."""

    words: re.Pattern[str]
    codes: frozenset[str]


@pytest.fixture(scope="module")
def marks() -> Marks:
    """Of the territories that are shipped: their keys, names, régions, départements, and the commune in the middle."""
    communes = {commune.code: commune.name for commune in records.read(records.FACTS)}
    words, codes = set(), set()
    for territory in territories.load([territories.FILES]).values():
        departments = [areas.departments()[code] for code in territory.departments]
        words |= {territory.key, territory.name, territory.region_name, communes[territory.centre_code]}
        words |= {department.name for department in departments}
        codes |= {territory.region_code, territory.centre_code, *territory.departments}
    return marked(words, codes)


def marked(words: set[str], codes: set[str]) -> Marks:
    """A word may be written with a space for a hyphen, and stand between underscores."""
    written = "|".join(re.escape(word).replace(r"\-", "[- _]") for word in sorted(words))
    return Marks(re.compile(rf"(?<![^\W_])(?:{written})(?![^\W_])"), frozenset(codes))


def in_python(source: str, marks: Marks) -> list[str]:
    """What texts and names of the code give away; docstrings and comments may give examples."""
    tree = ast.parse(source)
    # A text that stands alone is a docstring, of a module, a class, a function or the attribute above.
    prose = {id(line.value) for line in ast.walk(tree) if isinstance(line, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            text = node.value
            if text in marks.codes or marks.words.search(text):
                found.append(f"{node.lineno}: {text!r}")
        names = [getattr(node, field, None) for field in ("id", "attr", "arg", "name")]
        found += [name for name in names if isinstance(name, str) and marks.words.search(name.lower())]
    return found


def in_template(source: str, marks: Marks) -> list[str]:
    """Words anywhere, and codes between quotation marks."""
    quoted = [match[1] for match in re.finditer(r"""["']([0-9AB]{2,5})["']""", source)]
    return marks.words.findall(source) + [code for code in quoted if code in marks.codes]


SAMPLE = marked({"metz", "Metz", "Grand Est", "Meurthe-et-Moselle"}, {"57", "44", "57463"})


class TestGuard:
    @pytest.mark.parametrize(
        "source",
        [
            'code = "57"',
            'codes = ["57", "54"]',
            'if territory.key == "metz": pass',
            'message = f"Autour de Metz, à {km} km"',
            'title = "Offres en Grand Est"',
            "FUNDER = 'la Région Grand Est.'",
            'place = "Meurthe et Moselle"',
            'where(department="57")',
            "def offers_of_metz(): pass",
            "metz_centre = 1",
            'CENTRES = {"57463": 1}',
        ],
    )
    def test_sees_a_territory_in_code(self, source: str) -> None:
        assert in_python(source, SAMPLE)

    @pytest.mark.parametrize(
        "source",
        [
            '"""Offers around Metz (57)."""',
            'def f():\n    """Reads "57 - METZ"."""',
            "x = 57  # Metz",
            'x = "157"',
            'x = "Metzger"',
            'x = "57 %"',
            "metzger = 1",
        ],
    )
    def test_bears_numbers_examples_and_other_words(self, source: str) -> None:
        assert not in_python(source, SAMPLE)

    @pytest.mark.parametrize("source", ["<h1>Offres à Metz</h1>", "{% if department == '57' %}", '{{ link("44") }}'])
    def test_sees_a_territory_in_a_template(self, source: str) -> None:
        assert in_template(source, SAMPLE)

    @pytest.mark.parametrize("source", ["<h1>{{ territory.name }}</h1>", "57 offres", '<td colspan="5">'])
    def test_bears_other_templates(self, source: str) -> None:
        assert not in_template(source, SAMPLE)


def test_marks_are_those_of_the_files(marks: Marks) -> None:
    assert {"57", "54", "44", "57463"} <= marks.codes
    assert all(marks.words.search(word) for word in ("Metz", "metz", "Moselle", "Grand Est", "Nancy"))


def test_no_territory_is_named_in_code(marks: Marks) -> None:
    files = [ROOT / "config.py", *(ROOT / "traitdunion").rglob("*.py")]

    named = {str(path.relative_to(ROOT)): found for path in files if (found := in_python(path.read_text(), marks))}

    assert not named


def test_no_territory_is_named_in_templates(marks: Marks) -> None:
    written = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*")]
    # A picture is read in the drawing that it is made from.
    files = [path for path in written if path.suffix != ".png"] + [*(ROOT / "scripts").glob("*.svg")]

    named = {str(path.relative_to(ROOT)): found for path in files if (found := in_template(path.read_text(), marks))}

    assert not named
