"""The public pages, as a browser without JavaScript reads them."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import Page, PageClient
from traitdunion.core import clock
from traitdunion.offers.models import Offer
from traitdunion.rome.models import Occupation


def links(page: Page, start: str) -> list[str]:
    """The addresses of the page's links that start so."""
    return [str(link["href"]) for link in page.find_all("a", href=True) if str(link["href"]).startswith(start)]


class TestHome:
    def test_says_what_it_is_and_the_numbers_of_today(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        training = make.training(session)
        make.training_session(session, make.action(session, training), today=clock.today())
        make.training(session)
        session.commit()

        page = pages.get("/")

        assert page.h1 is not None
        assert "1 offre d’emploi 2 formations financées 1 où l’on peut s’inscrire" in page.main
        picture = page.select_one("svg[role=img] title")
        assert picture is not None
        assert "Essayer" in picture.get_text()

    def test_shows_the_occupations_that_recruit_and_train(self, session: Session, pages: PageClient) -> None:
        make.occupation(session)
        make.occupation(session, "F1703", "Maçon / Maçonne")
        make.offer(session)
        make.offer(session, rome_code="F1703")
        make.training(session, rome_codes=["D1102"])
        session.commit()

        page = pages.get("/")

        assert links(page, "/metiers/") == ["/metiers/D1102"]
        assert "1 offre 1 formation financée" in page.main

    def test_searches_offers(self, pages: PageClient) -> None:
        form = pages.get("/").find("form")

        assert form is not None
        assert (form["action"], form["method"]) == ("/offres", "get")
        assert [field["name"] for field in form.find_all("input")] == ["q", "lieu"]


class TestOffers:
    def test_say_what_decides(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        offer = make.offer(session, company_name="Aux Délices", contract_type="CDI", level=0)
        make.match(session, offer, make.training(session))
        session.commit()

        page = pages.get("/offres?q=boulangers&lieu=METZ&rayon=10")

        assert "1 offre pour « boulangers » à moins de 10 km de Metz (57)" in page.main
        card = page.select_one(".result")
        assert card is not None
        said = " ".join(card.get_text(" ").split())
        for words in ("Aux Délices · Metz (57)", "1 formation financée", "à moins de 1 km", "CDI", "Sans diplôme"):
            assert words in said

    def test_mark_what_says_no_more_than_its_departement(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.offer(session, commune_code=None, latitude=None, longitude=None, place_label="57 - Moselle")
        session.commit()

        card = pages.get("/offres?lieu=metz").select_one(".result")

        assert card is not None
        assert "57 - Moselle Lieu précis non indiqué" in " ".join(card.get_text(" ").split())

    def test_part_titles_from_texts(self, session: Session, pages: PageClient) -> None:
        make.offer(session, "Vendeur", description="Avec un boulanger.")
        make.offer(session, "Boulanger")
        session.commit()

        page = pages.get("/offres?q=boulanger")

        headings = [heading.get_text(strip=True) for heading in page.select("h3")]
        assert headings == ["Boulanger", "Elles en parlent dans leur texte", "Vendeur"]

    def test_keep_the_search_in_every_link(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        for _ in range(21):
            make.offer(session)
        session.commit()

        page = pages.get("/offres?q=boulanger&lieu=Metz&rayon=50&contrat=&page=1")

        assert links(page, "/offres/")[0].endswith("?q=boulanger&lieu=Metz&rayon=50")
        assert page.find("a", rel="next") is not None
        assert "/offres?q=boulanger&lieu=Metz&rayon=50&page=2" in links(page, "/offres?")

    def test_put_a_typing_error_right_and_offer_the_exact_words(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        session.commit()

        page = pages.get("/offres?q=boulagner")
        exactly = pages.get("/offres?q=boulagner&exact=1")

        assert "Résultats pour « boulanger »" in page.main
        assert "/offres?q=boulagner&exact=1" in links(page, "/offres?")
        assert "Aucune offre pour « boulagner »" in exactly.main

    def test_propose_larger_radii_and_communes_when_there_is_none(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.commune(session, "54395", "Nancy", latitude=48.69, longitude=6.17)
        make.offer(session, commune_code="54395", latitude=48.69, longitude=6.17)
        session.commit()

        page = pages.get("/offres?q=boulanger&lieu=metz&rayon=5")

        assert "/offres?q=boulanger&lieu=metz&rayon=50" in links(page, "/offres?")
        assert "/offres?q=boulanger&lieu=Nancy+(54)&rayon=5" in [
            link.replace("%28", "(").replace("%29", ")") for link in links(page, "/offres?")
        ]

    def test_propose_each_word_alone_when_they_are_not_together(self, session: Session, pages: PageClient) -> None:
        make.offer(session, "Boulanger")
        make.offer(session, "Maçon", description="Monter des murs.")
        session.commit()

        page = pages.get("/offres?q=boulanger et maçon")

        assert {"/offres?q=boulanger", "/offres?q=ma%C3%A7on"} <= set(links(page, "/offres?"))

    def test_say_that_a_place_is_unknown_and_show_all(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        session.commit()

        page = pages.get("/offres?lieu=xyzzy")

        assert "Nous ne connaissons pas de lieu « xyzzy »" in page.main
        assert len(page.select(".result")) == 1

    def test_list_the_homonyms_of_a_place(self, session: Session, pages: PageClient) -> None:
        for code in ("57001", "67002", "54003"):
            make.commune(session, code, "Saint-Martin")
        session.commit()

        page = pages.get("/offres?lieu=st martin")

        named = {link.get_text() for link in page.select(".links a")} | {page.select_one("#resultats span").get_text()}  # type: ignore[union-attr]
        assert {"Saint-Martin (57)", "Saint-Martin (67)", "Saint-Martin (54)"} <= named

    def test_say_which_field_was_not_understood(self, pages: PageClient) -> None:
        page = pages.get("/offres?rayon=abc&q=" + "a" * 10_000)
        home = pages.get("/?q=" + "a" * 10_000)

        assert [field["id"] for field in page.select("[aria-invalid=true]")] == ["q", "rayon"]
        assert "Le rayon n’est pas un nombre de kilomètres" in page.main
        assert "Ce texte est trop long" in page.main
        assert "Ce texte est trop long" in home.main

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(
        arguments=st.lists(
            st.tuples(
                st.sampled_from(
                    "q lieu rayon page exact niveau contrat formation diplome metier tri debut mode offre x".split()
                ),
                st.text(max_size=60)
                | st.sampled_from(
                    [
                        *(
                            "-1",
                            "0",
                            "1",
                            "10000",
                            "99999999999999999999",
                            "abc",
                            "\0",
                            "🙂",
                            "' OR 1=1 --",
                            "a" * 10_000,
                        ),
                        *("metz", "57", "D1102", "Z9999", "CDI", "sans", "3", "distance", ":words", "%(x)s", "!&|"),
                    ]
                ),
            ),
            max_size=6,
        ),
        path=st.sampled_from(
            ["/", "/offres", "/formations", "/offres/{offer}", "/formations/{training}", "/metiers/D1102"]
        ),
    )
    def test_answer_any_query_string(
        self, session: Session, pages: PageClient, arguments: list[tuple[str, str]], path: str
    ) -> None:
        make.commune(session)
        if session.get(Occupation, "D1102") is None:
            make.occupation(session)
        offer, training = make.offer(session), make.training(session)
        session.commit()

        response = pages.client.get(path.format(offer=offer.id, training=training.id), query_string=arguments)

        assert response.status_code == 200

    @pytest.mark.parametrize("code", ["Z9999", "d9", "<script>", "🙂", "D1102D1102D1102"])
    def test_say_that_an_occupation_is_unknown_and_show_all(
        self, session: Session, pages: PageClient, code: str
    ) -> None:
        make.offer(session)
        session.commit()

        page = pages.get(f"/offres?metier={quote(code)}")

        assert ("Nous ne connaissons pas de métier" in page.main) is any(sign.isalnum() for sign in code)
        assert len(page.select(".result")) == 1

    def test_keep_to_an_occupation_and_its_family(self, session: Session, pages: PageClient) -> None:
        make.occupation(session)
        make.offer(session)
        make.offer(session, "Maçon", rome_code="F1703")
        session.commit()

        page = pages.get("/offres?metier=d1102&contrat=")

        assert "1 offre du métier « Boulanger / Boulangère »" in page.main
        assert page.find("input", {"name": "metier", "value": "D1102"}) is not None
        assert "/offres" in links(page, "/offres")

    @pytest.mark.parametrize(("asked", "km"), [("0", 1), ("10000", 200)])
    def test_bring_a_radius_between_the_smallest_and_the_largest(
        self, session: Session, pages: PageClient, asked: str, km: int
    ) -> None:
        make.commune(session)
        make.offer(session)
        session.commit()

        page = pages.get(f"/offres?lieu=metz&rayon={asked}")

        assert f"Le rayon va de 1 à 200 km : nous cherchons à {km} km." in page.main
        assert f"1 offre à moins de {km} km de Metz (57)" in page.main

    def test_list_twenty_homonyms_at_most_once_each(self, session: Session, pages: PageClient) -> None:
        for number in range(20):
            make.commune(session, f"{10 + number}001", "Saint-Martin", latitude=44 + number / 4, longitude=2.0)
        session.commit()

        page = pages.get("/offres?lieu=saint-martin")

        named = [link.get_text() for link in page.select(".notice .links a")]
        assert 1 < len(named) == len(set(named)) <= 8

    def test_show_offers_that_say_next_to_nothing(self, session: Session, pages: PageClient) -> None:
        nothing: dict[str, Any] = {
            "description": "",
            "company_name": None,
            "contract_type": None,
            "contract_label": None,
            "commune_code": None,
            "department": None,
            "place_label": None,
            "latitude": None,
            "longitude": None,
            "level": None,
            "rome_code": None,
            "url": None,
            "updated_at": None,
            "published_at": None,
        }
        bare = make.offer(session, "Poste", **nothing)
        shouted = make.offer(session, "BOULANGÈRE" * 30, **nothing)
        session.commit()

        page = pages.get("/offres")

        assert {f"/offres/{bare.id}", f"/offres/{shouted.id}"} <= set(links(page, "/offres/"))
        assert page.main.count("lieu non précisé") == 2
        for offer in (bare, shouted):
            pages.get(f"/offres/{offer.id}")
        assert "Plus de critères" in pages.get("/offres?lieu=metz&tri=distance&q=" + "BOULANGÈRE" * 20).main


class TestOffer:
    def test_shows_the_offer_its_facts_and_its_trainings_with_why(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.occupation(session)
        offer = make.offer(session, company_name="Aux Délices", salary_label="12 € de l'heure", level=3, positions=2)
        training = make.training(session, organisation=make.organisation(session), entry_level=0)
        action = make.action(session, training)
        today = clock.today()
        make.training_session(session, action, today=today, closes_on=today + timedelta(days=23))
        reasons = [
            make.reason("same_occupation", codes=["D1102"]),
            make.reason("title", words=["boulanger"]),
            make.reason("level", 1.0),
        ]
        make.match(session, offer, training, reasons=reasons)
        session.commit()

        page = pages.get(f"/offres/{offer.id}?lieu=metz")

        for words in (
            "Aux Délices · Metz (57)",
            "Salaire 12 € de l'heure",
            "Niveau demandé CAP, BEP",
            "Postes 2",
            "Distance de Metz à moins de 1 km",
            "Cette formation prépare au métier de l’offre : Boulanger / Boulangère.",
            "Mot en commun : « boulanger ».",
            "Son niveau convient à ce que l’offre demande.",
            "Greta Lorraine · Metz",
            "(plus que 23 jours)",
            "Accessible sans diplôme",
        ):
            assert words in page.main.replace(" .", "."), words
        assert page.find("a", href=str(offer.url), rel="noopener nofollow") is not None

    def test_leads_back_to_the_results(self, session: Session, pages: PageClient) -> None:
        offer = make.offer(session)
        session.commit()

        page = pages.get(f"/offres/{offer.id}?q=boulanger&lieu=Metz&rayon=50&page=2")

        assert "/offres?q=boulanger&lieu=Metz&rayon=50&page=2" in links(page, "/offres?")

    def test_shows_what_a_stranger_wrote_as_text(self, session: Session, pages: PageClient) -> None:
        evil = '<script>alert(1)</script><img src=x onerror=alert(1)> "><b>'
        offer = make.offer(
            session, title=evil, description=evil, company_name=evil, place_label=evil, salary_label=evil
        )
        training = make.training(session, title=evil, objective=evil)
        make.action(session, training, city=evil, address=evil)
        make.match(session, offer, training, reasons=[make.reason("title", words=[evil])])
        session.commit()

        for path in (f"/offres/{offer.id}", "/offres", f"/formations/{training.id}", "/formations"):
            page = pages.get(path)
            inline = [script for script in page.find_all("script") if not script.get("src")]
            assert all(script["type"] == "application/ld+json" for script in inline)
            assert page.find("img", src="x") is None
            assert "<script>alert(1)</script>" in page.main

    def test_is_a_404_when_unknown(self, pages: PageClient) -> None:
        for number in ("1", str(2**63), "9" * 40):
            pages.get(f"/offres/{number}", status=404)

    def test_is_a_410_with_living_offers_when_withdrawn(self, session: Session, pages: PageClient) -> None:
        gone = make.offer(session, withdrawn_at=make.NOW)
        living = [make.offer(session).id for _ in range(4)]
        session.commit()

        page = pages.get(f"/offres/{gone.id}", status=410)

        assert len(set(links(page, "/offres/")) & {f"/offres/{id_}" for id_ in living}) == 3

    def test_leads_from_a_duplicate_to_the_one_shown(self, session: Session, pages: PageClient) -> None:
        shown = make.offer(session)
        duplicate = make.offer(session, duplicate_of_id=shown.id)
        session.commit()

        response = pages.client.get(f"/offres/{duplicate.id}?q=boulanger")

        assert (response.status_code, response.location) == (302, f"/offres/{shown.id}?q=boulanger")

    def test_says_when_no_training_leads_to_it(self, session: Session, pages: PageClient) -> None:
        offer = make.offer(session, description="", url=None)
        session.commit()

        page = pages.get(f"/offres/{offer.id}")

        assert "Nous n’avons pas trouvé de formation financée" in page.main
        assert f"cherchez l’offre {offer.source_id} sur France Travail" in page.main
        assert "Ce poste n’est pas décrit" in page.main


class TestNeighbours:
    def test_are_the_offers_of_its_occupation_nearby(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.occupation(session)
        offer = make.offer(session)
        other = make.offer(session, company_name="Fournil d’à côté")
        make.offer(session, rome_code="F1703", title="Maçon")
        make.offer(session, title="Boulanger au loin", latitude=43.3, longitude=5.4)
        session.commit()

        page = pages.get(f"/offres/{offer.id}?niveau=3")

        assert "1 autre offre pour ce métier près d’ici" in page.main
        assert links(page, f"/offres/{other.id}") == [f"/offres/{other.id}?niveau=3"]
        assert "Chercher ce métier autour de Metz" in page.main

    def test_are_not_told_where_the_place_is_unknown(self, session: Session, pages: PageClient) -> None:
        offer = make.offer(session, latitude=None, longitude=None)
        make.offer(session)
        session.commit()

        assert "près d’ici" not in pages.get(f"/offres/{offer.id}").main


class TestTrainings:
    def test_list_the_funded_ones(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        training = make.training(session, "CAP boulanger")
        make.action(session, training)
        session.commit()

        page = pages.get("/formations?q=boulangère&lieu=57000")

        assert "1 formation pour « boulangère » à moins de 30 km de Metz (57)" in page.main
        assert links(page, f"/formations/{training.id}")

    def test_keep_what_was_asked_on_every_page(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        for number in range(21):
            make.action(session, make.training(session, f"CAP n° {number}", entry_level=0), is_permanent=True)
        session.commit()

        page = pages.get("/formations?lieu=metz&niveau=0&debut=toute-l-annee")

        assert "21 formations" in page.main
        assert any("niveau=0" in link and "debut=toute-l-annee" in link for link in links(page, "/formations?"))
        shown = links(page, "/formations/")[0]
        assert "niveau=0" in shown
        back = links(pages.get(shown), "/formations?")[0]
        assert "21 formations" in pages.get(back).main

    def test_propose_larger_radii(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.action(session, make.training(session), latitude=49.5, longitude=6.196)
        session.commit()

        page = pages.get("/formations?lieu=metz&rayon=10")

        assert "À 50 km : 1 formation" in page.main
        assert "1 formation à moins de 50 km" in pages.get(links(page, "/formations?")[0]).main

    def test_propose_to_drop_what_narrows(self, pages: PageClient) -> None:
        page = pages.get("/formations?q=boulanger&mode=distance&debut=2027-01")

        assert "Aucune formation" in page.main
        assert "/formations?q=boulanger" in links(page, "/formations?")

    def test_say_when_there_is_none(self, pages: PageClient) -> None:
        assert "Aucune formation pour « boulanger »" in pages.get("/formations?q=boulanger").main


class TestTraining:
    def test_shows_sessions_and_the_work_it_leads_to(self, session: Session, pages: PageClient) -> None:
        make.occupation(session)
        offer = make.offer(session)
        training = make.training(
            session, organisation=make.organisation(session), objective="Savoir pétrir.", entry_level=3, exit_level=3
        )
        action = make.action(session, training, address="1 rue du Four", contact_phone="03 87 00 00 00")
        make.training_session(session, action, today=clock.today(), seats=12)
        make.training_session(session, action, today=clock.today(), starts_in=-40)
        make.match(session, offer, training)
        session.commit()

        page = pages.get(f"/formations/{training.id}")

        assert len(page.select(".sessions li")) == 1
        for words in (
            "12 places",
            "1 rue du Four",
            "Savoir pétrir.",
            "Boulanger / Boulangère",
            "1 offre d’emploi en ce moment",
        ):
            assert words in page.main, words
        assert links(page, f"/offres/{offer.id}")
        assert set(links(page, "tel:")) == {"tel:0387000000"}
        assert "Comment s’inscrire" in page.main

    def test_puts_its_level_beside_the_persons(self, session: Session, pages: PageClient) -> None:
        training = make.training(session, entry_level=4)
        session.commit()

        assert "bac : vous l’avez" in pages.get(f"/formations/{training.id}?niveau=5").main
        assert "bac : plus que le vôtre" in pages.get(f"/formations/{training.id}?niveau=3").main

    def test_keeps_what_was_asked_of_offers(self, session: Session, pages: PageClient) -> None:
        training = make.training(session)
        session.commit()

        page = pages.get(f"/formations/{training.id}?offre=7&q=pain&contrat=CDI&niveau=3&formation=1")

        assert "/offres/7?q=pain&niveau=3&contrat=CDI&formation=1" in links(page, "/offres/7")

    def test_leads_back_to_the_offer_with_its_search(self, session: Session, pages: PageClient) -> None:
        training = make.training(session)
        session.commit()

        page = pages.get(f"/formations/{training.id}?offre=12&q=boulanger")

        assert links(page, "/offres/12") == ["/offres/12?q=boulanger"]

    def test_says_when_it_is_not_funded(self, session: Session, pages: PageClient) -> None:
        training = make.training(session, is_funded=False)
        session.commit()

        assert "n’est pas financée" in pages.get(f"/formations/{training.id}").main

    def test_is_a_410_when_no_catalogue_shows_it(self, session: Session, pages: PageClient) -> None:
        training = make.training(session, withdrawn_at=make.NOW)
        session.commit()

        assert "plus au catalogue" in pages.get(f"/formations/{training.id}", status=410).main

    def test_is_a_404_when_unknown(self, pages: PageClient) -> None:
        for number in ("1", str(2**63)):
            pages.get(f"/formations/{number}", status=404)


class TestQueries:
    def test_are_as_many_for_one_result_as_for_twenty(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        offer = make.offer(session)
        make.offer(session)
        self.add_training(session, offer, rank=1)
        session.commit()
        paths = ("/offres?q=boulanger&lieu=metz", f"/offres/{offer.id}", "/formations?lieu=metz")
        for_one = [self.count(pages, path) for path in paths]

        for number in range(2, 22):
            make.offer(session)
            self.add_training(session, offer, rank=number)
        session.commit()

        assert [self.count(pages, path) for path in paths] == for_one
        assert max(for_one) <= 18

    @staticmethod
    def add_training(session: Session, offer: Offer, *, rank: int) -> None:
        training = make.training(session, organisation=make.organisation(session, f"Greta {rank}"))
        make.training_session(session, make.action(session, training), today=clock.today())
        make.match(session, offer, training, rank=rank)

    @staticmethod
    def count(pages: PageClient, path: str) -> int:
        """How many statements the page sends to the database."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            sent.append(statement)

        engine = pages.app.extensions["database"].engine
        event.listen(engine, "before_cursor_execute", note)
        pages.get(path)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)


class TestFiction:
    @pytest.mark.parametrize("is_fictitious", [True, False])
    def test_is_said_on_every_page_and_hidden_from_machines(
        self, session: Session, pages: PageClient, is_fictitious: bool
    ) -> None:
        make.source(session, "demo", is_fictitious=is_fictitious)
        offer, training = make.offer(session, source="demo"), make.training(session)
        session.commit()

        paths = ("/", "/offres", f"/offres/{offer.id}", "/formations", f"/formations/{training.id}")
        told = [pages.get(path).find(string="Territoire de démonstration") is not None for path in paths]
        told.append(pages.get("/nulle-part", status=404).find(string="Territoire de démonstration") is not None)

        assert told == [is_fictitious] * 6
        assert ("Disallow: /\n" in pages.client.get("/robots.txt").text) is is_fictitious
