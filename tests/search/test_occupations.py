"""An occupation: its names, who recruits here, what trains for it, and what is near it."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from tests.search.test_views import links
from traitdunion.core import clock
from traitdunion.rome.models import JobTitle, Mobility, Occupation
from traitdunion.search import occupations

HERE = ["57", "54"]


def child(session: Session, code: str, label: str, parent: str) -> Occupation:
    """An occupation of ROME 4 that descends from one of ROME 3."""
    found = make.occupation(session, code, label)
    found.parent_code, found.in_v3 = parent, False
    session.flush()
    return found


def job_title(session: Session, label: str, code: str = "D1102", **fields: Any) -> None:
    row: dict[str, Any] = {"short_label": label, "parent_code": code, "is_rare": False, "in_v3": True, "in_v4": True}
    session.add(JobTitle(ogr_code=abs(hash(label)) % 10**9, label=label, occupation_code=code, **{**row, **fields}))
    session.flush()


class TestPortrait:
    def test_has_some_names_the_usual_ones_first(self, session: Session) -> None:
        make.occupation(session)
        job_title(session, "Boulanger / Boulangère")
        job_title(session, "Mitron", is_rare=True)
        for number in range(6):
            job_title(session, f"Ouvrier boulanger n° {number}")

        found = occupations.portrait(session, "D1102")

        assert found is not None
        assert found.names == [f"Ouvrier boulanger n° {number}" for number in range(6)]

    def test_of_a_parent_is_that_of_its_family(self, session: Session) -> None:
        make.occupation(session)
        child(session, "D1109", "Tourier / Tourière", "D1102")

        parent, finer = occupations.portrait(session, "D1102"), occupations.portrait(session, "D1109")

        assert parent is not None
        assert finer is not None
        assert parent.family == {"D1102", "D1109"}
        assert finer.family == {"D1109"}
        assert finer.trained_by == {"D1109", "D1102"}

    @pytest.mark.parametrize("code", ["Z9999", "D11", "\0", "D1102 OR 1=1", ""])
    def test_is_none_of_what_is_no_occupation(self, session: Session, code: str) -> None:
        assert occupations.portrait(session, code) is None


class TestRecruitment:
    def test_counts_living_offers_of_the_territory_by_contract_and_commune(self, session: Session) -> None:
        make.commune(session)
        make.commune(session, "54395", "Nancy", latitude=48.69, longitude=6.17)
        for contract in ("CDI", "CDI", "CDD", None):
            make.offer(session, contract_type=contract)
        make.offer(session, contract_type="CDD", is_work_study=True, commune_code="54395", department="54")
        make.offer(session, department="75", commune_code=None)
        make.offer(session, withdrawn_at=make.NOW)
        make.offer(session, rome_code="F1703")

        found = occupations.recruitment(session, ["D1102"], departments=HERE)

        assert found.count == 5
        assert {(bar.name, bar.count, bar.percent) for bar in found.contracts} == {
            ("CDI", 2, 100),
            ("CDD", 1, 50),
            ("Alternance", 1, 50),
            ("Autre ou non précisé", 1, 50),
        }
        assert [(bar.name, bar.count, bar.percent) for bar in found.communes] == [
            ("Metz (57)", 4, 100),
            ("Nancy (54)", 1, 25),
        ]

    def test_is_nothing_when_nobody_recruits(self, session: Session) -> None:
        assert occupations.recruitment(session, ["D1102"], departments=HERE) == occupations.Recruitment()


class TestNear:
    def test_are_the_mobilities_of_rome_4_in_their_order_with_their_offers(self, session: Session) -> None:
        baker = make.occupation(session)
        make.occupation(session, "D1104", "Pâtissier / Pâtissière")
        make.occupation(session, "G1602", "Cuisinier / Cuisinière")
        child(session, "D1110", "Chocolatier / Chocolatière", "D1104")
        make.offer(session, rome_code="D1110")
        for to, rank in (("G1602", 2), ("D1104", 1)):
            session.add(Mobility(version=4, from_code="D1102", to_code=to, rank=rank))
        session.add(Mobility(version=3, from_code="D1102", to_code="X1234", kind="close"))

        found = occupations.near(session, baker, departments=HERE)

        assert [(each.code, each.offers) for each in found] == [("D1104", 1), ("G1602", 0)]

    def test_are_those_of_the_parent_at_once_before_later(self, session: Session) -> None:
        make.occupation(session)
        finer = child(session, "D1109", "Tourier / Tourière", "D1102")
        for to, kind in (("A1101", "evolution"), ("D1104", "close")):
            make.occupation(session, to, to)
            session.add(Mobility(version=3, from_code="D1102", to_code=to, kind=kind))

        found = occupations.near(session, finer, departments=HERE)

        assert [each.code for each in found] == ["D1104", "A1101"]

    def test_are_those_of_the_domain_that_recruit_where_no_edition_tells(self, session: Session) -> None:
        baker = make.occupation(session)
        for code, count in (("D1101", 1), ("D1103", 2), ("D1104", 0), ("D1202", 1)):
            make.occupation(session, code, code)
            for _ in range(count):
                make.offer(session, rome_code=code)

        found = occupations.near(session, baker, departments=HERE)

        assert [(each.code, each.offers) for each in found] == [("D1103", 2), ("D1101", 1)]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Boulanger / Boulangère", "boulanger"),
        ("Maçon / Maçonne", "maçon"),
        ("Aide-soignant / Aide-soignante", "aide soignant"),
        ("Conducteur / Conductrice de transport en commun sur route", "conducteur transport"),
    ],
)
def test_search_words_are_few_and_accented(label: str, words: str) -> None:
    assert occupations.search_words(label) == words


class TestPage:
    def test_shows_the_offers_the_trainings_and_what_is_near(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.occupation(session)
        make.occupation(session, "D1104", "Pâtissier / Pâtissière")
        session.add(Mobility(version=4, from_code="D1102", to_code="D1104", rank=1))
        job_title(session, "Ouvrier boulanger / Ouvrière boulangère")
        ids = [make.offer(session, contract_type="CDI").id for _ in range(6)]
        open_one, closed = make.training(session, "Pain"), make.training(session, "Bon pain")
        make.training_session(session, make.action(session, open_one), today=clock.today())
        make.training(session, "Autre", rome_codes=["F1703"])
        session.commit()

        page = pages.get("/metiers/D1102?lieu=metz")

        for words in (
            "6 offres d’emploi en ce moment",
            "2 formations financées",
            "Ouvrier boulanger / Ouvrière boulangère",
            "Metz (57) 6",
            "CDI 6",
            "à moins de 1 km",
            "Pâtissier / Pâtissière Pas d’offre en ce moment",
        ):
            assert words in page.main, words
        assert links(page, "/offres/") == [f"/offres/{id_}?lieu=metz&rayon=30" for id_ in reversed(ids[1:])]
        assert [link.split("?")[0] for link in links(page, "/formations/")] == [
            f"/formations/{open_one.id}",
            f"/formations/{closed.id}",
        ]
        assert {"/metiers/D1104", "/offres?metier=D1102&lieu=metz", "/formations?q=boulanger"} <= set(links(page, "/"))
        canonical = page.find("link", rel="canonical")
        assert canonical is not None
        assert canonical["href"] == "http://localhost/metiers/D1102"

    def test_is_whole_and_not_indexed_when_there_is_nothing(self, session: Session, pages: PageClient) -> None:
        make.occupation(session)
        session.commit()

        page = pages.get("/metiers/D1102")

        assert "Aucune offre d’emploi de ce métier en ce moment" in page.main
        assert "pas trouvé de formation financée" in page.main
        assert page.find("svg") is None
        assert "Autrement dit" not in page.main
        assert page.find("meta", {"name": "robots", "content": "noindex"}) is not None

    def test_answers_to_either_version_and_any_case(self, session: Session, pages: PageClient) -> None:
        make.occupation(session).label_v3 = "Boulangerie - viennoiserie"
        child(session, "D1109", "Tourier / Tourière", "D1102")
        make.offer(session, rome_code="D1109")
        session.commit()

        parent, finer = pages.get("/metiers/D1102"), pages.get("/metiers/D1109")

        assert "1 offre d’emploi en ce moment" in parent.main
        assert "1 offre d’emploi en ce moment" in finer.main
        assert "de la même famille, « Boulangerie - viennoiserie »" in parent.main
        assert "de la même famille" not in finer.main
        response = pages.client.get("/metiers/d1102")
        assert (response.status_code, response.location) == (301, "/metiers/D1102")

    @pytest.mark.parametrize("code", ["Z9999", "abc", "%00", "%F0%9F%99%82", "D1102%27"])
    def test_is_a_404_of_what_is_no_occupation(self, pages: PageClient, code: str) -> None:
        pages.get(f"/metiers/{code.upper()}", status=404)

    def test_costs_the_same_number_of_queries_however_many_there_are(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.occupation(session)

        def fill(count: int) -> None:
            for number in range(count):
                make.offer(session)
                make.action(session, make.training(session))
                code = f"D13{make.offer(session).id % 100:02}"
                if session.get(Occupation, code) is None:
                    make.occupation(session, code, f"Métier {number}")
                    session.add(Mobility(version=4, from_code="D1102", to_code=code, rank=1))
            session.commit()

        counts = []
        for count in (1, 6):
            fill(count)
            statements: list[str] = []
            event.listen(session.get_bind(), "before_cursor_execute", lambda *given, s=statements: s.append(given[2]))
            pages.get("/metiers/D1102")
            counts.append(len([text for text in statements if text.startswith("SELECT")]))

        assert 0 < counts[0] == counts[1] < 20

    def test_is_linked_from_offers_and_trainings(self, session: Session, pages: PageClient) -> None:
        make.occupation(session)
        offer, training = make.offer(session), make.training(session)
        make.match(session, offer, training, reasons=[make.reason("near_occupation", codes=["D1102"])])
        session.commit()

        assert links(pages.get(f"/offres/{offer.id}"), "/metiers/") == ["/metiers/D1102"] * 2
        assert links(pages.get(f"/formations/{training.id}"), "/metiers/") == ["/metiers/D1102"]


class TestInDemand:
    def test_are_those_that_recruit_most_and_that_one_can_train_for(self, session: Session) -> None:
        make.occupation(session)
        make.occupation(session, "F1703", "Maçon / Maçonne")
        make.occupation(session, "G1602", "Cuisinier / Cuisinière")
        for code, count in (("D1102", 2), ("F1703", 3), ("G1602", 4)):
            for _ in range(count):
                make.offer(session, rome_code=code)
        make.offer(session, rome_code="D1102", department="13")
        make.training(session, rome_codes=["D1102", "F1703"])
        make.training(session, rome_codes=["D1102"])
        make.training(session, rome_codes=["G1602"], is_funded=False)

        found = occupations.in_demand(session, departments=["57"], region_code=make.REGION)

        assert [(each.code, each.offers, each.trainings) for each in found] == [("F1703", 3, 1), ("D1102", 2, 2)]


class TestSkills:
    def test_are_those_that_most_offers_ask_for(self, session: Session) -> None:
        for names in (["Pétrir", "Cuire"], ["Pétrir"], []):
            make.offer(session, record={"competences": [{"libelle": name} for name in names]}, level=3)
        make.offer(session, record={"competences": "?"})
        make.offer(session, record={})
        make.offer(session, record={"competences": [{"libelle": "Cuire"}, {"libelle": "Pétrir"}]}, level=3)

        told = occupations.recruitment(session, ["D1102"], departments=["57"])

        assert told.skills == ["Pétrir", "Cuire"]
        assert [(bar.name, bar.count) for bar in told.levels] == [("CAP, BEP", 4)]
