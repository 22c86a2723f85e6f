"""The form of the company's bilan, in three questions, and that of the person's word on it."""

from datetime import date
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from traitdunion.core.forms import DateField, Form, cleaned
from traitdunion.impact.bilans import Said
from traitdunion.impact.kinds import Contract, Presence

LONGEST_WORD = 3_000
MOST_HOURS = 200
_TOO_LONG = f"C’est trop long\u00a0: {LONGEST_WORD} signes au plus."
_CHOOSE = "Choisissez une réponse."


class BilanForm(Form):
    """Came or not, what went well, hired or not; the days of the immersion are `first_day` to `last_day`."""

    presence = RadioField(
        "La personne est-elle venue\u202f?",
        choices={one.value: one.label for one in Presence},
        validators=[InputRequired(_CHOOSE)],
    )
    dernier_jour = DateField(
        "Dernier jour où elle est venue", validators=[Optional()], description="Si elle est venue en partie."
    )
    heures = IntegerField(
        "Heures manquées",
        validators=[
            Optional(),
            NumberRange(0, MOST_HOURS, message=f"Tapez un nombre d’heures, de 0 à {MOST_HOURS}."),
        ],
        description="À peu près\u00a0; si elle est venue en partie.",
    )
    reussi = TextAreaField(
        "Qu’est-ce qui s’est bien passé\u202f? Que lui reste-t-il à apprendre\u202f?",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WORD, message=_TOO_LONG)],
        description="Quelques mots suffisent. Cette personne les lira, et l’organisme qui la suit aussi.",
    )
    embauche = RadioField(
        "L’embauchez-vous\u202f?", choices={"non": "Non, ou pas maintenant", "oui": "Oui"}, default="non"
    )
    contrat = SelectField(
        "Avec quel contrat\u202f?",
        choices={"": "À préciser", **{one.value: one.label for one in Contract}},
        validators=[Optional()],
        description="Si vous l’embauchez.",
    )

    def __init__(self, *args: Any, first_day: date, last_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._days = (first_day, last_day)

    def validate_dernier_jour(self, field: DateField) -> None:
        """A day of the immersion."""
        if field.data and not self._days[0] <= field.data <= self._days[1]:
            raise ValidationError("Ce jour n’est pas un jour de l’immersion.")

    @property
    def said(self) -> Said:
        """What the company says."""
        return Said(
            presence=Presence(self.presence.data),
            last_day_of_presence=self.dernier_jour.data,
            missed_hours=self.heures.data,
            went_well=self.reussi.data,
            was_hired=self.embauche.data == "oui",
            contract=Contract(self.contrat.data) if self.contrat.data else None,
        )


class OpinionForm(Form):
    """Whether the person agrees."""

    accord = RadioField(
        "Ce bilan est-il juste\u202f?",
        choices={"oui": "Oui, il est juste", "non": "Non, pas tout à fait"},
        validators=[InputRequired(_CHOOSE)],
    )
    mot = TextAreaField(
        "Votre mot",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WORD, message=_TOO_LONG)],
        description="Facultatif si vous êtes d’accord. L’organisme qui vous suit le lira.",
    )
