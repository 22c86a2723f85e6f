"""What a prescriber writes in a person's file."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from traitdunion.accounts.forms import LEVELS
from traitdunion.core.forms import Form, cleaned
from traitdunion.immersions.slot_form import Asked
from traitdunion.prescribers.models import CaseloadEntry, Organisation
from traitdunion.prescribers.projects import RADII, Project
from traitdunion.rome.models import Occupation

LONGEST_TITLE, LONGEST_PLACE, LONGEST_WORD, LONGEST_NOTE = 120, 80, 1_000, 4_000


def _most(count: int) -> Length:
    return Length(max=count, message=f"C’est trop long\u00a0: {count}\u00a0signes au plus.")


class ProjectForm(Form):
    """The project; `occupations` are what its title may mean. The level is asked while the person did not say it."""

    projet = StringField(
        "Métier visé", filters=[cleaned], validators=[_most(LONGEST_TITLE)], description="Exemple\u00a0: boulangère."
    )
    metier = RadioField("Dans la liste des métiers, c’est", validators=[Optional()], validate_choice=False)
    lieu = StringField("Autour de", filters=[cleaned], validators=[_most(LONGEST_PLACE)])
    rayon = SelectField("Jusqu’à", coerce=int, choices={str(km): f"{km}\u00a0km" for km in RADII})
    permis = SelectField("Voiture", choices={"": "Non précisé", "oui": "Conduit une voiture", "non": "Sans permis"})
    niveau = SelectField("Diplôme le plus élevé", choices={**LEVELS, "": "Non précisé"})

    def __init__(self, *args: Any, occupations: Sequence[Occupation], asks_level: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.metier.choices = [(one.code, one.label) for one in occupations]
        if not asks_level:
            del self.niveau

    @property
    def project(self) -> Project:
        """What was said."""
        return Project(
            title=self.projet.data or "",
            occupation_code=self.metier.data or None,
            place=self.lieu.data or "",
            radius_km=self.rayon.data,
            has_licence={"oui": True, "non": False}.get(self.permis.data or ""),
        )

    @property
    def level(self) -> int | None:
        """The level, where it is asked and said."""
        return int(self.niveau.data) if "niveau" in self and self.niveau.data else None


def answers(entry: CaseloadEntry, *, place: str | None, radius_km: int) -> dict[str, Any]:
    """What the form of an entry says first; `place` and `radius_km` where it says none."""
    level = entry.person.level
    return {
        "projet": entry.project,
        "metier": entry.occupation_code,
        "lieu": entry.place or place,
        "rayon": entry.radius_km or min(RADII, key=lambda km: abs(km - radius_km)),
        "permis": {True: "oui", False: "non", None: ""}[entry.has_licence],
        "niveau": "" if level is None else str(level),
    }


class NoteForm(Form):
    """A note for colleagues."""

    note = TextAreaField(
        "Nouvelle note",
        filters=[cleaned],
        validators=[Asked("Écrivez la note."), _most(LONGEST_NOTE)],
    )


class HandOnForm(Form):
    """To which organisation, with a word that it reads."""

    organisme = SelectField("Organisme", coerce=int)
    mot = TextAreaField(
        "Un mot pour cet organisme",
        filters=[cleaned],
        validators=[Asked("Dites en un mot pourquoi\u00a0: l’organisme le lira."), _most(LONGEST_WORD)],
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisme.choices = [(one.id, f"{one.name} ({one.city})") for one in organisations]


class EndForm(Form):
    """Why the organisation no longer follows the person."""

    raison = StringField("Pourquoi (facultatif)", filters=[cleaned], validators=[_most(LONGEST_WORD)])
