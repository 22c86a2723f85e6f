"""Texts put right: what software did to them, never what their author wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.offers import texts


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Préparateur de commandes", "Préparateur de commandes"),
        ("PrÃ©parateur", "Préparateur"),
        ("l\x92atelier", "l’atelier"),
        ("R&amp;D", "R&D"),
        ("People &amp;amp; Baby", "People & Baby"),
        ("tel\x00 quel", "tel quel"),
        ("Missions : ¿ servir", "Missions : • servir"),
    ],
)
def test_clean_puts_right(written: str, meant: str) -> None:
    assert texts.clean(written) == meant


class TestParagraphs:
    def test_turns_layout_tags_into_breaks(self) -> None:
        assert texts.paragraphs("<p>Un</p><ul><li>deux</li><li>trois</li></ul>") == "Un\n\n• deux\n• trois"

    def test_leaves_scripts_as_text_for_pages_to_escape(self) -> None:
        assert texts.paragraphs("<script>alert(1)</script>") == "<script>alert(1)</script>"

    def test_is_empty_for_what_is_no_text(self) -> None:
        assert texts.paragraphs(None) == texts.paragraphs(["a"]) == texts.paragraphs(3) == ""

    @given(st.text(max_size=300))
    def test_never_holds_what_postgresql_refuses(self, text: str) -> None:
        assert "\x00" not in texts.paragraphs(text)


class TestLine:
    def test_is_one_line_within_its_limit(self) -> None:
        assert texts.line("  a \n b ", 10) == "a b"
        assert texts.line("x" * 50, 10) == "x" * 10

    def test_is_none_when_nothing_is_left(self) -> None:
        assert texts.line(" \n ") is None
        assert texts.line(12) is None
