"""The fields of a search as HTML: what a stranger typed stays text."""

from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from traitdunion.search.forms import OfferSearch


def written(name: str, arguments: dict[str, str], **attributes: object) -> Tag:
    """The tag of a field."""
    page = BeautifulSoup(OfferSearch(MultiDict(arguments), radius=30)[name](**attributes), "lxml")
    tag = page.find(True, attrs={"name": name})
    assert isinstance(tag, Tag)
    return tag


class TestWords:
    @given(st.text(max_size=60))
    def test_give_back_what_was_typed_and_nothing_else(self, typed: str) -> None:
        tag = written("q", {"q": typed}, **{"class": "x"}, data_suggestions="/a?b=1&c=2")

        assert tag["value"] == OfferSearch(MultiDict({"q": typed}), radius=30).q.data
        assert set(tag.attrs) == {"id", "name", "type", "value", "class", "data-suggestions"}
        assert tag["data-suggestions"] == "/a?b=1&c=2"

    def test_leave_out_what_is_not_wanted(self) -> None:
        assert "data-suggestions" not in written("lieu", {}, data_suggestions=False).attrs


class TestBox:
    def test_is_ticked_by_the_address(self) -> None:
        ticked = [written("diplome", {"diplome": said}).has_attr("checked") for said in ("sans", "1", "0", "non", "")]

        assert ticked == [True, True, False, False, False]


class TestOptions:
    def test_select_the_one_that_was_chosen(self) -> None:
        tag = written("contrat", {"contrat": "CDD"})

        assert [str(option["value"]) for option in tag.find_all("option", selected=True)] == ["CDD"]
