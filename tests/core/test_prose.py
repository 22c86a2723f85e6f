"""Strangers' texts: readable, and never HTML."""

import html
import re

from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from traitdunion.core.prose import readable


class TestReadable:
    def test_parts_paragraphs_at_blank_lines_and_keeps_line_breaks(self) -> None:
        shown = readable("Un fournil.\r\nDeux fours.\n\n\nTrois apprentis.")

        assert shown == "<p>Un fournil.<br>\nDeux fours.</p>\n<p>Trois apprentis.</p>"

    def test_makes_a_list_of_lines_that_start_with_a_dash_or_a_bullet(self) -> None:
        shown = readable("Vos missions :\n- pétrir\n• cuire\n* vendre\nÀ bientôt")

        assert shown == "<p>Vos missions :</p>\n<ul><li>pétrir</li><li>cuire</li><li>vendre</li></ul>\n<p>À bientôt</p>"

    def test_leaves_out_lines_that_only_draw_a_rule(self) -> None:
        assert readable("Un\n-------\nDeux") == "<p>Un</p>\n<p>Deux</p>"

    def test_shows_html_and_scripts_as_text(self) -> None:
        shown = readable('<script>alert("là")</script> <img src=x onerror=alert(1)> & co')

        assert BeautifulSoup(shown, "lxml").find(["script", "img"]) is None
        assert "&lt;script&gt;" in shown

    def test_links_web_addresses_only_and_vouches_for_none(self) -> None:
        shown = readable("Voir https://exemple.fr/a?b=1&c=2. Pas javascript:alert(1) ni ftp://exemple.fr")

        links = BeautifulSoup(shown, "lxml").find_all("a")
        assert [link["href"] for link in links] == ["https://exemple.fr/a?b=1&c=2"]
        assert links[0]["rel"] == ["noopener", "nofollow"]
        assert ">https://exemple.fr/a?b=1&amp;c=2</a>." in shown

    def test_does_not_let_an_address_leave_its_attribute(self) -> None:
        shown = readable('https://exemple.fr/"onmouseover="alert(1)')

        link = BeautifulSoup(shown, "lxml").find("a")
        assert link is not None
        assert set(link.attrs) == {"href", "rel"}

    @example("::_{")
    @given(st.text(alphabet=st.sampled_from("ab -•*\n\r<>&\"'/:.?#=https;")) | st.text())
    def test_makes_nothing_but_paragraphs_lists_and_links_and_loses_no_word(self, text: str) -> None:
        shown = readable(text)

        assert set(re.findall(r"</?([a-z]+)", shown)) <= {"p", "br", "ul", "li", "a"}
        # Lines of signs alone (underscores too) are rules drawn by hand, and are left out.
        written = re.findall(r"[^\W_]+", html.unescape(re.sub(r"<[^>]*>", " ", shown)))
        assert "".join(written) == "".join(re.findall(r"[^\W_]+", _without_bullets(text)))


def _without_bullets(text: str) -> str:
    # A letter "o" before two spaces is a bullet of a word processor.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(re.sub(r"^\s*o(?=\s{2,}\S)", "", line.strip()) for line in lines)
