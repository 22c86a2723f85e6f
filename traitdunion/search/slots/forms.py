"""The search of slots, read from the address."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.widgets import DateInput

from traitdunion.core.forms import read_day
from traitdunion.immersions.models import SlotKind
from traitdunion.search.forms import ChoiceField, SearchForm, TickField

_ORDERS = {"": "Date", "distance": "Distance"}


class DayField(Field):
    """A day, in any French form; what is none asks for nothing, and is said."""

    widget = DateInput()
    data: date | None

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keeps None for what is not a day."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = read_day(typed[:40])
            except ValueError:
                raise ValueError("Cette date ne se lit pas\u00a0: elle n’est pas prise en compte.") from None


class SlotSearch(SearchForm):
    """Words, place and radius, then how long, from when, for whom."""

    duree = ChoiceField(
        "Durée", default="", choices={"": "Toutes les durées"} | {kind.value: kind.label for kind in SlotKind}
    )
    du = DayField("À partir du", default=None)
    mineurs = TickField("J’ai moins de 18\u00a0ans")
    libres = TickField("Avec une place libre")
    tri = ChoiceField("Trier par", default="", choices=_ORDERS)

    def filters(self) -> dict[str, object]:
        """Kind, first day, minors, free places and order."""
        return {
            "duree": self.duree.data,
            "du": self.du.data.isoformat() if self.du.data else None,
            "mineurs": "1" if self.mineurs.data else None,
            "libres": "1" if self.libres.data else None,
            "tri": self.tri.data,
        }
