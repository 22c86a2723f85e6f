"""How the list of people is narrowed; what is none of the choices narrows nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from wtforms import SelectField, StringField

from traitdunion.core.forms import Form, cleaned
from traitdunion.prescribers.followed import Choice, Criteria
from traitdunion.prescribers.models import Prescriber
from traitdunion.prescribers.steps import Ball, Kind

MINE, ALL = "moi", "tous"
_LONGEST = 80
_SINCE = {
    "": "Peu importe",
    "semaine": "Moins d’une semaine",
    "mois": "Moins d’un mois",
    "trimestre": "Plus de 3\u00a0mois",
    "semestre": "Plus de 6\u00a0mois",
}
_AFTER = {"semaine": timedelta(days=7), "mois": timedelta(days=30)}
_BEFORE = {"trimestre": timedelta(days=91), "semestre": timedelta(days=182)}


class CaseloadForm(Form):
    """The fields of the list, all optional; the address keeps them."""

    q = StringField("Nom", filters=[cleaned])
    qui = SelectField("Référent", choices={MINE: "Mes personnes", ALL: "Tout l’organisme"}, default=MINE)
    etape = SelectField(
        "Prochaine étape",
        choices={
            "": "Toutes",
            **{ball.value: ball.label for ball in Ball},
            **{kind.value: kind.label for kind in Kind},
        },
    )
    metier = SelectField("Métier")
    commune = SelectField("Commune")
    depuis = SelectField("Suivies depuis", choices=_SINCE)

    def __init__(self, *args: Any, jobs: Sequence[Choice], communes: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metier.choices = {"": "Tous"} | {one.value: f"{one.label} ({one.count})" for one in jobs}
        self.commune.choices = {"": "Toutes"} | {one.value: f"{one.label} ({one.count})" for one in communes}
        for field in (self.qui, self.etape, self.metier, self.commune, self.depuis):
            if field.data not in set(field.choices or ()):
                field.data = MINE if field is self.qui else ""

    @property
    def step(self) -> Ball | Kind | None:
        """Where people must be; None: anywhere."""
        chosen = self.etape.data or ""
        if chosen in set(Ball):
            return Ball(chosen)
        return Kind(chosen) if chosen in set(Kind) else None

    @property
    def is_narrowed(self) -> bool:
        """More is chosen than whose people they are: the fields stay open."""
        return any(field.data for field in (self.etape, self.metier, self.commune, self.depuis))

    @property
    def chosen(self) -> dict[str, str]:
        """What an address of the same list bears."""
        fields = (self.q, self.qui, self.etape, self.metier, self.commune, self.depuis)
        return {field.name: field.data for field in fields if field.data}

    def criteria(self, prescriber: Prescriber, *, now: datetime) -> Criteria:
        """The same, as the query takes it; the step is applied afterwards."""
        since = self.depuis.data or ""
        return Criteria(
            prescriber_id=prescriber.id if self.qui.data == MINE else None,
            text=(self.q.data or "")[:_LONGEST],
            occupation_code=self.metier.data or None,
            postcode=self.commune.data or None,
            after=now - _AFTER[since] if since in _AFTER else None,
            before=now - _BEFORE[since] if since in _BEFORE else None,
        )
