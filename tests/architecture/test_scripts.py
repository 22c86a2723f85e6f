"""Guards of the scripts that browsers run: small, without any host but IGN's, and in good typography."""

import re
from pathlib import Path

import pytest

from tests.pages import TYPOGRAPHY

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "static").glob("*.js"))

_STRING = re.compile(r'"([^"\n]*)"|`([^`]*)`')
_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def sentences(source: str) -> list[str]:
    """What a script may say to people: its strings with a space."""
    found = (match[1] or match[2] for match in _STRING.finditer(_COMMENT.sub("", source)))
    return [re.sub(r"\$\{[^}]*\}", "§", text) for text in found if text and " " in text]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
class TestScript:
    def test_is_in_good_typography(self, script: Path) -> None:
        for text in sentences(script.read_text()):
            for pattern, trouble in TYPOGRAPHY:
                assert not pattern.search(text), f"{trouble}: {text}"

    def test_writes_no_html_and_asks_no_other_host(self, script: Path) -> None:
        source = script.read_text()

        assert not re.findall(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|style=", source)
        assert set(re.findall(r"https?://([\w.-]+)", source)) <= {"data.geopf.fr", "www.ign.fr"}


class TestGuards:
    def test_see_bad_typography(self) -> None:
        source = '/* it is "l\'un" */ say("Vraiment ?"); say(`L\'offre est là`); // "d\'un mot"'

        found = [text for text in sentences(source) if any(pattern.search(text) for pattern, _ in TYPOGRAPHY)]

        assert found == ["Vraiment ?", "L'offre est là"]
