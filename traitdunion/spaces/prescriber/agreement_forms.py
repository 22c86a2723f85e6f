"""What a prescriber writes about an agreement: a word, an address put right, another text, other days."""

from dataclasses import replace
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import TimeField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.lifecycle import LONGEST_WORD
from traitdunion.agreements.models import Agreement, AgreementParty
from traitdunion.agreements.prefilling import is_minor, shifts
from traitdunion.agreements.snapshot import Day, Terms
from traitdunion.core.forms import DateField, EmailField, Form, PhoneField, cleaned
from traitdunion.immersions import dates
from traitdunion.prescribers.models import Organisation
from traitdunion.territories import working_days

LONGEST_TASKS = 2_000
_LONGEST_DAYS = 62
"""What is typed beyond is a slip; the guard says what the law allows."""
_WORD = Length(max=LONGEST_WORD, message="C’est trop long\u00a0: 6\u00a0000 signes au plus.")


class WordForm(Form):
    """Why."""

    mot = TextAreaField(
        "Pourquoi\u202f?",
        filters=[cleaned],
        validators=[DataRequired("Dites en quelques mots pourquoi\u00a0: les personnes concernées le liront."), _WORD],
    )


class AskForm(Form):
    """What to put right, and whom to ask."""

    partie = SelectField("À qui\u202f?")
    question = TextAreaField(
        "Votre question",
        filters=[cleaned],
        validators=[DataRequired("Écrivez votre question."), _WORD],
        description="Elle part par message\u00a0; la réponse revient ici.",
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reachable = [one for one in agreement.parties if one.email or one.phone]
        self.partie.choices = {one.role: f"{one.name} ({PartyRole(one.role).label.lower()})" for one in reachable}


class AddressForm(Form):
    """Where a party signs: a correction, which keeps the signatures; what is left empty stays as it is."""

    partie = SelectField("De qui\u202f?")
    email = EmailField("Nouvel e-mail", description="Laissez vide ce qui ne change pas.")
    telephone = PhoneField("Nouveau téléphone")

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partie.choices = {one.role: _reached(one) for one in agreement.parties}

    def validate_telephone(self, field: PhoneField) -> None:
        """Something is put right."""
        if not field.data and not self.email.data:
            raise ValidationError("Donnez l’e-mail ou le téléphone à corriger.")


class DaysForm(Form):
    """From which day to which, and at which hours; every working day between them, like the slot's."""

    premier = DateField("Premier jour", validators=[InputRequired("Choisissez un jour.")])
    dernier = DateField("Dernier jour", validators=[InputRequired("Choisissez un jour.")])
    debut = TimeField("De", validators=[InputRequired("Tapez une heure, comme 08:30.")])
    fin = TimeField("À", validators=[InputRequired("Tapez une heure, comme 16:30.")])

    def validate_dernier(self, field: DateField) -> None:
        """Not before the first, nor far beyond what the law allows."""
        if field.data and self.premier.data:
            length = (field.data - self.premier.data).days
            if length < 0:
                raise ValidationError("Le dernier jour est avant le premier.")
            if length > _LONGEST_DAYS:
                raise ValidationError("Une immersion dure un mois au plus.")

    def validate_fin(self, field: TimeField) -> None:
        """After the beginning."""
        if field.data and self.debut.data and field.data <= self.debut.data:
            raise ValidationError("La fin est avant le début.")

    def days(self, terms: Terms) -> tuple[Day, ...]:
        """The days, with a break where the law wants one; where nothing changed, those that were."""
        first, last, starts_at, ends_at = self.premier.data, self.dernier.data, self.debut.data, self.fin.data
        if first is None or last is None or starts_at is None or ends_at is None:
            raise ValueError("the form is not valid")
        known = _known(terms)
        if (first, last, starts_at, ends_at) == (known["premier"], known["dernier"], known["debut"], known["fin"]):
            return terms.days
        local = working_days.subdivision(terms.place.department)
        young = terms.beneficiary.birth_date
        return tuple(
            Day(on=day, shifts=shifts(starts_at, ends_at, is_young=is_minor(young, day)))
            for day in dates.days_between(first, last, local=local)
        )


class TermsForm(DaysForm):
    """What the text says of days, place and tasks."""

    adresse = StringField("Adresse", filters=[cleaned], validators=[Length(max=300)])
    taches = TextAreaField(
        "Tâches confiées",
        filters=[cleaned],
        validators=[
            DataRequired("Décrivez les tâches."),
            Length(max=LONGEST_TASKS, message="C’est trop long\u00a0: 2\u00a0000 signes au plus."),
        ],
    )
    equipement = StringField("Équipement de protection", filters=[cleaned], validators=[Length(max=500)])

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The values of the fields."""
        more = {"adresse": terms.place.address, "taches": terms.tasks, "equipement": terms.equipment}
        return {**_known(terms), **more}

    def terms(self, before: Terms) -> Terms:
        """The terms with what was typed."""
        return replace(
            before,
            days=self.days(before),
            place=replace(before.place, address=self.adresse.data or None),
            tasks=self.taches.data or "",
            equipment=self.equipement.data or None,
        )


class RenewalForm(DaysForm):
    """Once more, for an objective not reached (L. 5135-4)."""

    mot = TextAreaField(
        "Quel objectif n’est pas atteint\u202f?",
        filters=[cleaned],
        validators=[DataRequired("Dites ce qui reste à découvrir ou à confirmer."), _WORD],
    )

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The same hours; the days are to be chosen."""
        known = _known(terms)
        return {"debut": known["debut"], "fin": known["fin"]}


class TransferForm(WordForm):
    """To which organisation."""

    organisme = SelectField("Organisme", coerce=int)

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisme.choices = [(one.id, f"{one.name} ({one.city})") for one in organisations]


def _reached(party: AgreementParty) -> str:
    """« Ada Martin (l’entreprise d’accueil) : ada@exemple.fr »."""
    where = ", ".join(way for way in (party.email, party.phone) if way)
    return f"{party.name} ({PartyRole(party.role).label.lower()})\u00a0: {where or 'sans adresse'}"


def _known(terms: Terms) -> dict[str, Any]:
    first, last = terms.days[0], terms.days[-1]
    return {
        "premier": first.on,
        "dernier": last.on,
        "debut": first.shifts[0].starts_at,
        "fin": first.shifts[-1].ends_at,
    }
