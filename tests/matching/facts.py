"""Small facts for the tests of matching: a handful of occupations, trainings and examples that a counsellor knows."""

from traitdunion.matching.occupations import Example, ExampleKind
from traitdunion.matching.trainings import OfferFacts, Reference, TrainingFacts

REFERENCE = Reference(
    parents={
        "D1102": "D1102",
        "D1111": "D1102",
        "D1104": "D1104",
        "G1803": "G1803",
        "M1805": "M1805",
        "M1855": "M1805",
    },
    mobilities={"D1102": frozenset({"D1104"}), "D1104": frozenset({"D1102"})},
    labels={
        "D1102": "Boulangerie - viennoiserie",
        "D1104": "Pâtisserie, confiserie, chocolaterie et glacerie",
        "G1803": "Service en restauration",
        "K2503": "Sécurité et surveillance privées",
        "K2204": "Nettoyage de locaux",
        "M1805": "Études et développement informatique",
        "I1604": "Mécanique automobile",
    },
)

BAKING = TrainingFacts("t-boulanger", "CAP boulanger", ("D1102",), entry_level=0, level=3)
PASTRY = TrainingFacts("t-patissier", "CAP pâtissier", ("D1104",), entry_level=0, level=3)
WAITING = TrainingFacts("t-serveur", "Titre professionnel serveur en restauration", ("G1803",), entry_level=0, level=3)
GUARDING = TrainingFacts("t-securite", "Agent de prévention et de surveillance", ("K2503",), entry_level=0, level=3)
CODING = TrainingFacts("t-web", "Titre professionnel développeur web", ("M1805",), entry_level=4, level=5)
UNIVERSITY = TrainingFacts("t-daeu", "DAEU - diplôme d'accès aux études universitaires", ("G1803", "D1102", "M1805"))

CATALOGUE = (BAKING, PASTRY, WAITING, GUARDING, CODING, UNIVERSITY)


def offer(title: str, code: str | None = None, **more: object) -> OfferFacts:
    """An offer that bears this title and this code."""
    return OfferFacts(key=title, title=title, rome_code=code, **more)  # type: ignore[arg-type]


def examples() -> list[Example]:
    """Titles of six trades, said in several ways, as offers and as official job titles."""
    said = {
        "D1102": [
            "Boulanger / Boulangère",
            "Boulanger tourier",
            "Ouvrier boulanger",
            "Aide boulanger",
            "Boulangère CDI",
        ],
        "D1104": [
            "Pâtissier / Pâtissière",
            "Chocolatier",
            "Pâtissier tourier",
            "Aide pâtissier",
            "Ouvrière pâtissière",
        ],
        "G1803": ["Serveur / Serveuse", "Serveur de restaurant", "Chef de rang", "Serveuse extra", "Commis de salle"],
        "K2503": ["Agent de sécurité", "Agent de surveillance", "Rondier", "Agent de sécurité incendie", "Vigile"],
        "K2204": [
            "Agent d'entretien",
            "Agent de nettoyage",
            "Agent de propreté",
            "Nettoyeur de locaux",
            "Laveur de vitres",
        ],
        "M1805": [
            "Développeur web",
            "Développeuse Java",
            "Analyste programmeur",
            "Ingénieur logiciel",
            "Développeur PHP",
        ],
    }
    noise = ("", " H/F", " - METZ", " (H/F) 35h", " débutant accepté")
    offers = [Example(f"{title}{more}", code) for code, titles in said.items() for title in titles for more in noise]
    official = [Example(title, code, kind=ExampleKind.JOB_TITLE) for code, titles in said.items() for title in titles]
    return offers + official
