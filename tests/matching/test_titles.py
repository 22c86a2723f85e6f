"""Titles are read the same whatever the gender, the contract, the place or the typing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.matching import titles

ONE_TRADE = [
    ("boulanger", "boulangère"),
    ("boulanger", "boulangers"),
    ("boulanger", "boulangé"),
    ("boulanger", "BOULANGÈRES"),
    ("serveur", "serveuse"),
    ("serveur", "serveuses"),
    ("coiffeur", "coiffeuse"),
    ("infirmier", "infirmière"),
    ("infirmier", "infirmieres"),
    ("technicien", "technicienne"),
    ("technicien", "techniciennes"),
    ("acheteur", "acheteuse"),
    ("directeur", "directrice"),
    ("conducteur", "conductrice"),
    ("animateur", "animatrice"),
    ("éducateur", "éducatrices"),
    ("formateur", "formatrice"),
    ("aide-soignant", "aide-soignante"),
    ("aide-soignant", "aides-soignantes"),
    ("vendeur", "vendeuse"),
    ("maçon", "maçonne"),
    ("macon", "maçons"),
    ("agent", "agente"),
    ("agent", "agents"),
    ("sage-femme", "sages-femmes"),
    ("commis", "commise"),
    ("hôte", "hôtesse"),
    ("hôtes", "hôtesses"),
    ("caissier", "caissière"),
    ("cuisinier", "cuisinière"),
    ("pâtissier", "patissière"),
    ("boucher", "bouchère"),
    ("charcutier", "charcutière"),
    ("employé", "employée"),
    ("employé", "employés"),
    ("assistant", "assistante"),
    ("assistant", "assistants"),
    ("chargé", "chargée"),
    ("chef", "cheffe"),
    ("chefs", "cheffes"),
    ("gérant", "gérante"),
    ("conseiller", "conseillère"),
    ("ouvrier", "ouvrière"),
    ("menuisier", "menuisière"),
    ("électricien", "électricienne"),
    ("mécanicien", "mecanicienne"),
    ("esthéticien", "esthéticienne"),
    ("pharmacien", "pharmaciens"),
    ("commercial", "commerciale"),
    ("commercial", "commerciaux"),
    ("commercial", "commerciales"),
    ("administratif", "administrative"),
    ("sportif", "sportive"),
    ("ingénieur", "ingénieure"),
    ("professeur", "professeure"),
    ("ambassadeur", "ambassadrice"),
    ("maître", "maîtresse"),
    ("contremaître", "contremaîtresse"),
    ("berger", "bergère"),
    ("couturier", "couturière"),
    ("chauffeur", "chauffeuse"),
    ("livreur", "livreuse"),
    ("soudeur", "soudeuses"),
    ("peintre", "peintres"),
    ("cariste", "caristes"),
    ("auxiliaire", "auxiliaires"),
    ("professionnel", "professionnelle"),
    ("industriel", "industrielles"),
    ("travail", "travaux"),
    ("travailleur", "travailleuse"),
]

OTHER_TRADES = [
    ("boulanger", "boulon"),
    ("serveur", "service"),
    ("coiffeur", "coffreur"),
    ("magasinier", "magasin"),
    ("caissier", "caisse"),
    ("routier", "route"),
    ("carreleur", "carrossier"),
    ("fraiseur", "fraise"),
    ("tourneur", "tournage"),
    ("facteur", "facture"),
    ("plombier", "plomb"),
    ("hôtesse", "hôtel"),
    ("maçon", "magasin"),
    ("couvreur", "couturier"),
    ("conducteur", "conseiller"),
    ("mécanicien", "mécatronicien"),
    ("vendeur", "vente"),
    ("soudeur", "souder"),
    ("chef", "chèvre"),
]

READ = [
    ("Boulanger / Boulangère", "boulanger"),
    ("BOULANGERE H/F", "boulanger"),
    ("Boulanger (H/F) (H/F)", "boulanger"),
    ("Boulanger F/H/NB", "boulanger"),
    ("boulanger.ère", "boulanger"),
    ("Directeur(trice) de crèche", "directeur de creche"),
    ("Chargé·e de clientèle", "charge de clientele"),
    ("Développeur/euse web", "developpeur web"),
    ("Technicien.ne informatique F/H en alternance (H/F)", "technicien informatique"),
    ("Assistant / e de direction", "assistant de direction"),
    ("Coordinateur d'agence / Coordinatrice d'agence (H/F)", "coordinateur agence"),
    (
        "Conducteur routier / Conductrice routière de transport de marchandises",
        "conducteur routier de transport de marchandises",
    ),
    ("Une cheffe ou un chef de projet", "chef de projet"),
    ("VENDEUR - METZ (H/F)", "vendeur"),
    ("Serveur Lyon 3e", "serveur"),
    ("Audioprothésiste H/F - Mulhouse (68)", "audioprothesiste"),
    ("74 - Serveur / Serveuse de restaurant (H/F)", "serveur de restaurant"),
    ("Maçon CDI 35h 1 800 € brut", "macon"),
    ("REGLEUR EXTRUSION EN CDI, H/F (H/F)", "regleur extrusion"),
    ("URGENT Recherchons cuisinier débutant accepté", "cuisinier"),
    ("PrÃ©parateur de commandes", "preparateur de commandes"),
    ("Agent d&apos;accueil", "agent accueil"),
    ("AS de nuit (H/F)", "aide soignant"),
    ("IDE H/F", "infirmier diplome etat"),
    ("Chauffeur SPL", "chauffeur super poids lourd"),
    ("Conducteur d'engins TP", "conducteur engins travaux publics"),
    ("Fraiseur CN", "fraiseur commande numerique"),
    ("ASH en EHPAD", "agent de service hospitalier en maison de retraite"),
    ("", ""),
    ("1 800", ""),
    ("🥖🥐", ""),
    ("H/F", "h f"),
    ("CDI", "cdi"),
    ("повар", "повар"),
]


WORDS_OF_ADVERTS = (
    "Boulanger / boulangère (trice) (e) ·e H/F ou chef cheffe de - METZ saint Denis AS TP 35h CDI à le en un une "
    "poste agent agent , 1800 € (H/F) nuit . PrÃ©parateur l'aide d' /NB"
)


class TestNormalise:
    @pytest.mark.parametrize(("title", "expected"), READ)
    def test_keeps_what_says_the_trade(self, title: str, expected: str) -> None:
        assert titles.normalise(title) == expected

    @given(st.text(max_size=60))
    def test_changes_nothing_the_second_time(self, title: str) -> None:
        once = titles.normalise(title)

        assert titles.normalise(once) == once

    @given(
        st.lists(
            st.sampled_from(re.split(" ", WORDS_OF_ADVERTS)),
            max_size=12,
        )
    )
    def test_changes_nothing_the_second_time_on_the_words_of_adverts(self, words: list[str]) -> None:
        once = titles.normalise(" ".join(words))

        assert titles.normalise(once) == once

    @given(st.text(max_size=30))
    def test_is_never_empty_for_a_title_with_a_letter(self, title: str) -> None:
        assert bool(titles.normalise(title)) or not any(sign.isalpha() for sign in title)

    def test_reads_ten_thousand_characters(self) -> None:
        assert titles.normalise("serveur " * 1_250) == "serveur"

    def test_is_read_as_noise_only_when_nothing_says_a_trade(self) -> None:
        assert titles.is_noise("H/F")
        assert titles.is_noise("")
        assert titles.is_noise("CDI 35h")
        assert not titles.is_noise("Boulanger H/F")


class TestSubject:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("CAP boulanger", "boulanger"),
            ("Titre professionnel conducteur(trice) de transport en commun", "conducteur de transport en commun"),
            ("TP maçon", "macon"),
            ("BTS négociation et relation client", "negociation et relation client"),
            ("METIERS DE L'EAU (BTS)", "eau"),
            ("Licence", "licence"),
            ("Photographe (XYZW)", "photographe"),
            ("Assistant (école du lac) de gestion", "assistant de gestion"),
            ("Directeur(trice) de crèche", "directeur de creche"),
            ("Ingénieur diplômé de l'école du lac, spécialité mécanique", "ingenieur mecanique"),
            ("(fiche nationale)", "fiche nationale"),
        ],
    )
    def test_leaves_the_diploma_out(self, title: str, expected: str) -> None:
        assert titles.subject(title) == expected

    @given(st.text(alphabet="ab(é) ,d", max_size=40))
    def test_is_never_empty_for_a_title_with_a_letter(self, title: str) -> None:
        assert bool(titles.subject(title)) or not any(sign.isalpha() for sign in title)


class TestWish:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("Je veux travailler dans un EHPAD", "ehpad"),
            ("J’aimerais devenir boulangère près de chez moi", "boulangere"),
            ("métier avec des enfants", "enfants"),
            ("responsable formation", "responsable formation"),
            ("travail social", "travail social"),
            ("je cherche un emploi", ""),
            ("H/F", ""),
            ("🙂", ""),
            ("", ""),
        ],
    )
    def test_is_what_is_left_of_the_words(self, said: str, meant: str) -> None:
        assert titles.wish(said) == meant

    @given(st.text(max_size=200))
    def test_is_found_once_and_for_all(self, text: str) -> None:
        assert titles.wish(titles.wish(text)) == titles.wish(text)


class TestStems:
    @pytest.mark.parametrize(("one", "other"), ONE_TRADE)
    def test_are_blind_to_gender_and_number(self, one: str, other: str) -> None:
        assert titles.stems(one) == titles.stems(other)

    @pytest.mark.parametrize(("one", "other"), OTHER_TRADES)
    def test_keep_other_words_apart(self, one: str, other: str) -> None:
        assert titles.stems(one) != titles.stems(other)

    def test_leave_grammar_and_cut_off_endings_out(self) -> None:
        assert titles.stems("Directeur(trice) de l'agence") == titles.stems("directeur agence")

    def test_are_blind_to_the_way_an_accent_is_written(self) -> None:
        assert titles.stems("boulange\u0301") == titles.stems("boulang\u00e9")

    @given(st.text())
    def test_read_any_text(self, text: str) -> None:
        found = titles.stems(text)

        assert all(found)

    @given(st.from_regex(r"[a-zéèç]{2,14}", fullmatch=True))
    def test_are_one_at_most_for_a_word(self, word: str) -> None:
        assert len(titles.stems(word)) <= 1
