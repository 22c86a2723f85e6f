"""The search forms: read from the address, never refused: what cannot be understood is replaced, and said."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, SelectField
from wtforms.meta import DefaultMeta

from traitdunion.search import facets, widgets
from traitdunion.search.criteria import RADII, WORK_STUDY, Order
from traitdunion.search.facets import Filter
from traitdunion.trainings.drafts import Mode
from traitdunion.trainings.levels import Level

if TYPE_CHECKING:
    from _typeshed import SupportsItems

LONGEST = 200
"""Signs read of a field; no job title or place is longer, and the rest would only cost time."""
_LARGEST_RADIUS = 200
"""Km; an address may ask for any from 1."""
_LAST_PAGE = 1_000_000
_LONGEST_CODE = 10
_MONTHS = 12
"""Months offered as the start of a training, this one included."""
_LEVELS = {"": "Tous les niveaux"} | {str(level.value): f"{level.label[0].upper()}{level.label[1:]}" for level in Level}
_MODES = {"sur-place": Mode.ON_SITE, "mixte": Mode.MIXED, "distance": Mode.DISTANCE}
_ALL_YEAR = "toute-l-annee"


class WordsField(Field):
    """Words on one line; control signs are spaces, and what follows the first 200 signs is left out, and said."""

    widget = staticmethod(widgets.words)
    data: str

    def _value(self) -> str:
        return self.data or ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps the first value, cleaned."""
        typed = str(valuelist[0]) if valuelist else ""
        shown = (sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", typed[: 4 * LONGEST]))
        cleaned = " ".join("".join(shown).split())
        self.data = cleaned[:LONGEST].strip()
        if len(typed) > LONGEST and len(cleaned) > LONGEST:
            raise ValueError(f"Ce texte est trop long : seuls ses {LONGEST} premiers signes sont pris en compte.")


class TickField(BooleanField):
    """A box to tick: whatever an address gives but nothing, 0, « non » and « false » ticks it."""

    widget = staticmethod(widgets.box)
    false_values = ("", "0", "non", "false")


class RadiusField(SelectField):
    """Kilometres; any number is brought between the smallest and the largest."""

    widget = staticmethod(widgets.options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps the default when no number can be read."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        found = re.fullmatch(r"([+-]?\d{1,9})(?:[.,]\d{1,9})?\s*(?:km)?", typed, re.IGNORECASE | re.ASCII)
        if found is None:
            raise ValueError(f"Le rayon n’est pas un nombre de kilomètres : nous cherchons à {self.data} km.")
        asked = int(found.group(1))
        self.data = min(max(asked, 1), _LARGEST_RADIUS)
        if self.data != asked:
            raise ValueError(f"Le rayon va de 1 à {_LARGEST_RADIUS} km : nous cherchons à {self.data} km.")

    def pre_validate(self, form: Any) -> None:
        """Any radius that was read is good."""


class ChoiceField(SelectField):
    """One of a short list; anything else is the first of the list, which stands for no choice."""

    widget = staticmethod(widgets.options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps the default for an unknown value: nobody typed it, the address was tampered with or is old."""
        if valuelist and str(valuelist[0]) in (self.choices or {}):
            self.data = str(valuelist[0])


class StartField(SelectField):
    """The month in which a training starts, as « 2027-01 », or the whole year; anything else is any time."""

    widget = staticmethod(widgets.options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps any month, also one that is over: its address may have been kept."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        if typed == _ALL_YEAR or re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", typed, re.ASCII):
            self.data = typed

    def pre_validate(self, form: Any) -> None:
        """Any month that was read is good."""

    @property
    def is_all_year(self) -> bool:
        """Trainings that one enters at any time."""
        return bool(self.data == _ALL_YEAR)

    @property
    def month(self) -> date | None:
        """Its first day."""
        return date.fromisoformat(f"{self.data}-01") if self.data and not self.is_all_year else None

    def offer(self, today: date) -> None:
        """Gives the months to choose from."""
        months = [
            date(today.year + at // 12, at % 12 + 1, 1) for at in range(today.month - 1, today.month - 1 + _MONTHS)
        ]
        self.choices = {"": "À tout moment", _ALL_YEAR: "Entrées toute l’année"}
        for month in sorted({*months, *([self.month] if self.month else [])}):
            name = format_date(month, "LLLL y", locale="fr")
            self.choices[f"{month:%Y-%m}"] = f"{name[0].upper()}{name[1:]}"


class OccupationField(Field):
    """A ROME code, as the links of our pages give it; what is none is kept as it was typed, to be said unknown."""

    widget = staticmethod(widgets.hidden)
    data: str

    def _value(self) -> str:
        return self.data or ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps the first signs, in capitals."""
        typed = str(valuelist[0])[: 2 * _LONGEST_CODE] if valuelist else ""
        self.data = "".join(sign for sign in typed.upper() if sign.isalnum())[:_LONGEST_CODE]


class PageField(Field):
    """The number of the page of results, from 1; anything else is the first page."""

    widget = staticmethod(widgets.hidden)
    data: int

    def _value(self) -> str:
        return str(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps the default for what is not a page."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        if re.fullmatch(r"\d{1,7}", typed, re.ASCII):
            self.data = min(max(int(typed), 1), _LAST_PAGE)


class SearchForm(Form):
    """Words, place, radius and page: what every search has."""

    class Meta(DefaultMeta):
        locales = ("fr_FR", "fr")

        def render_field(self, field: Field, render_kw: "SupportsItems[str, Any]") -> Markup:
            """Ties the errors of a field to it, for those who do not see the page."""
            attributes = dict(render_kw.items())
            if field.errors:
                attributes |= {"aria-invalid": "true", "aria-describedby": f"{field.id}-erreur"}
            written: Markup = field.widget(field, **attributes)
            return written

    q = WordsField("Métier ou mot-clé", default="")
    lieu = WordsField("Ville ou code postal", default="", widget=widgets.text)
    rayon = RadiusField("Rayon", coerce=int)
    page = PageField(default=1)
    exact = TickField("Chercher ces mots exactement")

    def __init__(self, arguments: MultiDict[str, str], *, radius: int) -> None:
        """Reads the query string; `radius` (km) is the territory's."""
        super().__init__(arguments, rayon=radius)
        self.validate()
        self.rayon.choices = {str(km): f"{km} km" for km in sorted({*RADII, self.rayon.data})}

    def kept(self, **changes: object) -> dict[str, Any]:
        """The parameters of the address of this search, without what is empty or usual; `changes` replace them."""
        values: dict[str, Any] = {
            "q": self.q.data,
            "lieu": self.lieu.data,
            "rayon": self.rayon.data if self.lieu.data else None,
            **self.filters(),
            "exact": "1" if self.exact.data else None,
            "page": self.page.data if self.page.data > 1 else None,
            **changes,
        }
        return {name: value for name, value in values.items() if value not in (None, "")}

    def filters(self) -> dict[str, object]:
        """The parameters that narrow the search, besides words and place."""
        return {}

    def widened(self) -> dict[str, None]:
        """The changes to `kept` that leave nothing but words and place."""
        return dict.fromkeys([*self.filters(), "page"])


class OfferSearch(SearchForm):
    """The search of offers."""

    niveau = ChoiceField(
        "Mon niveau",
        default="",
        choices=_LEVELS,
    )
    contrat = ChoiceField(
        "Contrat",
        default="",
        choices={
            "": "Tous les contrats",
            "CDI": "CDI",
            "CDD": "CDD",
            "MIS": "Intérim",
            "SAI": "Saisonnier",
            WORK_STUDY: "Alternance",
        },
    )
    formation = TickField("Avec une formation financée")
    diplome = TickField("Accessible sans diplôme")
    metier = OccupationField("Métier", default="")
    tri = ChoiceField(
        "Trier par",
        default="",
        choices={Order.RELEVANCE.value: "Pertinence", Order.DISTANCE.value: "Distance", Order.DATE.value: "Date"},
    )

    def filters(self) -> dict[str, object]:
        """Occupation, level, contract, training, diploma and order."""
        return {
            "metier": self.metier.data,
            "niveau": self.niveau.data,
            "contrat": self.contrat.data,
            "formation": "1" if self.formation.data else None,
            "diplome": "sans" if self.diplome.data else None,
            "tri": self.tri.data,
        }

    def tell(self, counts: facets.Counts) -> None:
        """Says in each choice how many offers it gives, all else as asked; as text, so that every reader has it."""
        for field, name in ((self.contrat, Filter.CONTRACT), (self.niveau, Filter.LEVEL), (self.rayon, Filter.RADIUS)):
            found = {"" if value is None else str(value): count for (of, value), count in counts.items() if of is name}
            assert isinstance(field.choices, dict)  # noqa: S101 — narrows the type: all of ours are
            field.choices = {
                value: f"{label} ({facets.bounded(found[value])})" if value in found else label
                for value, label in field.choices.items()
            }
        for box, name in ((self.formation, Filter.TRAINING), (self.diplome, Filter.DIPLOMA)):
            box.label.text = f"{box.label.text} ({facets.bounded(counts[name, True])})"


class TrainingSearch(SearchForm):
    """The search of trainings."""

    niveau = ChoiceField("Mon niveau", default="", choices=_LEVELS)
    debut = StartField("Début", default="")
    mode = ChoiceField(
        "Sur place ou à distance",
        default="",
        choices={
            "": "Peu importe",
            "sur-place": "Sur place",
            "mixte": "En partie à distance",
            "distance": "À distance",
        },
    )

    def __init__(self, arguments: MultiDict[str, str], *, radius: int, today: date) -> None:
        """Offers the months that follow `today`."""
        super().__init__(arguments, radius=radius)
        self.debut.offer(today)

    @property
    def wanted_mode(self) -> Mode | None:
        """What was chosen, None when nothing was."""
        return _MODES.get(self.mode.data)

    def filters(self) -> dict[str, object]:
        """Level, start and mode."""
        return {"niveau": self.niveau.data, "debut": self.debut.data, "mode": self.mode.data}
