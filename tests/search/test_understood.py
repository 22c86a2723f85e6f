"""People's words are read as occupations when the model is sure, and as nothing when it is not."""

from typing import ClassVar

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.pages import PageClient
from traitdunion.matching.occupations import Example, Model, Prediction
from traitdunion.rome import learned
from traitdunion.search import understood

_TRADES = {
    "D1102": ("boulanger", "boulanger tourier", "ouvrier boulanger", "boulanger traditionnel"),
    "D1104": ("pâtissier", "ouvrier pâtissier", "pâtissier chocolatier", "pâtissier glacier"),
    "N4101": ("conducteur de camion", "chauffeur de camion", "conducteur routier", "chauffeur poids lourd"),
    "J1501": ("aide-soignant en ehpad", "aide-soignant", "aide-soignant de nuit en ehpad", "soignant en ehpad"),
}
_SAID = "Vous {}. Les horaires, la rémunération, et les avantages de l’entreprise sont bons."
_DOES = {"D1102": "cuisez", "D1104": "garnissez les gâteaux", "N4101": "conduisez un camion", "J1501": "soignez"}


@pytest.fixture(scope="module")
def model() -> Model:
    """A model that knows four trades."""
    examples = [
        Example(title, code, description=_SAID.format(_DOES[code]))
        for code, names in _TRADES.items()
        for title in names
    ]
    return Model.learn([*examples, *(Example(f"{each.title} confirmé", each.code) for each in examples)] * 3)


@pytest.fixture
def _learned(session: Session, model: Model) -> None:
    """The model is in force, and the trades are known."""
    learned.keep(session, model, now=factories.NOW)
    for code, names in _TRADES.items():
        factories.occupation(session, code, names[0].capitalize())
    session.commit()


class TestRead:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("je veux travailler dans un ehpad", "J1501"),
            ("Je cherche un emploi de boulangère", "D1102"),
            ("conduire des camions", "N4101"),
            ("devenir pâtissier", "D1104"),
        ],
    )
    def test_finds_the_trade_in_a_wish(self, model: Model, typed: str, code: str) -> None:
        assert understood.read(model, typed)[0].code == code

    @pytest.mark.parametrize(
        "typed", ["", "bonjour", "je cherche un travail", "le", "xqzw wvxq", "🙂", "H/F", "12", "a" * 10_000]
    )
    def test_says_nothing_of_words_that_tell_no_trade(self, model: Model, typed: str) -> None:
        assert understood.read(model, typed) == []


class TestHeard:
    FOUND: ClassVar = [Prediction("D1102", 0.7), Prediction("D1104", 0.4)]

    def said(self, session: Session, **counts: int) -> None:
        """So many offers of each occupation say « levain »."""
        factories.occupation(session)
        factories.occupation(session, "D1104", "Pâtissier / Pâtissière")
        for code, count in counts.items():
            for _ in range(count):
                factories.offer(session, "Ouvrier", rome_code=code, description="Le levain.")

    def test_leaves_out_what_next_to_no_offer_carries(self, session: Session) -> None:
        self.said(session, D1104=20)

        assert understood.heard(session, "je veux du levain", self.FOUND) == self.FOUND[1:]

    def test_proposes_what_many_carry_where_nothing_is_left(self, session: Session) -> None:
        self.said(session, J1501=12, J1506=8, K1304=2)

        assert [code for code, _ in understood.heard(session, "levain", self.FOUND)] == ["J1501", "J1506"]

    def test_asks_few_offers_nothing(self, session: Session) -> None:
        self.said(session, J1501=3)

        assert understood.heard(session, "levain", self.FOUND) == self.FOUND

    @pytest.mark.parametrize("typed", ["", "je veux", "'", "& | !", "le levain' & x:*", "a" * 5_000])
    def test_bears_any_words(self, session: Session, typed: str) -> None:
        understood.heard(session, typed, self.FOUND)


@pytest.mark.usefixtures("_learned")
class TestPage:
    def test_proposes_the_occupation_and_its_offers(self, session: Session, pages: PageClient) -> None:
        factories.offer(session, "Chauffeur PL", rome_code="N4101")
        session.commit()

        page = pages.get("/offres?q=conduire+des+camions")

        assert "Métier proche de votre recherche" in page.main
        addresses = [str(link["href"]) for link in page.select("main a")]
        assert "/metiers/N4101" in addresses
        assert "/offres?metier=N4101" in addresses

    def test_shows_its_offers_where_the_words_find_none(self, session: Session, pages: PageClient) -> None:
        factories.offer(session, "Chauffeur PL", rome_code="N4101", description="Livrer.")
        factories.offer(session, "Boulanger", description="Cuire.")
        session.commit()

        page = pages.get("/offres?q=conduire+des+camions")

        assert "Aucune offre" in page.main
        assert "Chauffeur PL" in page.main
        assert "Boulanger" not in page.main

    def test_keeps_the_place_in_the_links(self, session: Session, pages: PageClient) -> None:
        factories.commune(session)
        session.commit()

        page = pages.get("/offres?q=conduire+des+camions&lieu=Metz")

        assert "/offres?lieu=Metz&rayon=30&metier=N4101" in [str(link["href"]) for link in page.select("main a")]

    def test_says_nothing_when_it_is_not_sure(self, pages: PageClient) -> None:
        page = pages.get("/offres?q=bonjour")

        assert "proche de votre recherche" not in page.main

    def test_says_nothing_when_the_occupation_is_chosen(self, pages: PageClient) -> None:
        page = pages.get("/offres?q=camion&metier=N4101")

        assert "proche de votre recherche" not in page.main


def test_page_works_without_a_model(session: Session, pages: PageClient) -> None:
    page = pages.get("/offres?q=conduire+des+camions")

    assert "Aucune offre" in page.main
