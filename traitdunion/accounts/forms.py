"""The forms of accounts."""

import re
from datetime import date, timedelta
from typing import ClassVar

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from traitdunion.accounts.models import Status
from traitdunion.core import clock
from traitdunion.core.forms import DateField, EmailOrPhoneField, Form, Trap, cleaned

LONGEST_NAME = 80
LONGEST_WISH = 500
_POSTCODE = re.compile(r"\d{5}")
_OLDEST = 110  # years
LEVELS = {
    "": "Je ne le dis pas",
    "0": "Sans diplôme",
    "3": "CAP, BEP",
    "4": "Bac",
    "5": "Bac+2",
    "6": "Bac+3 ou bac+4",
    "7": "Bac+5",
    "8": "Doctorat",
}


class SignInForm(Trap):
    """Where to send the link and the code."""

    # Browsers fill in the one field by themselves: a person may answer within a second.
    quickest: ClassVar[timedelta] = timedelta(0)

    adresse = EmailOrPhoneField(
        "Votre e-mail ou votre numéro de portable",
        validators=[InputRequired("Écrivez votre e-mail ou votre numéro de portable.")],
        description="Exemples\u00a0: prenom@exemple.fr ou 06\u00a039\u00a098\u00a000\u00a000.",
    )


class AddressForm(Form):
    """Another address for somebody who is signed in."""

    adresse = EmailOrPhoneField(
        "Nouvel e-mail ou nouveau numéro de portable",
        validators=[InputRequired("Écrivez votre e-mail ou votre numéro de portable.")],
        description="Nous y envoyons un code, à recopier ici\u00a0: l’adresse ne change qu’après.",
    )


class CodeForm(Form):
    """The six digits of the message."""

    code = StringField(
        "Code à 6\u00a0chiffres",
        filters=[lambda typed: re.sub(r"\D", "", typed or "")],
        validators=[
            InputRequired("Écrivez les six chiffres du message."),
            Length(6, 6, "Le code a six chiffres."),
        ],
    )


class ChecksPerson:
    """How a form reads `naissance` and `code_postal`; whether they may stay empty is its fields' own matter."""

    def validate_naissance(self, field: DateField) -> None:
        """Somebody alive, who was born."""
        if field.data:
            check_birth_date(field.data)

    def validate_code_postal(self, field: StringField) -> None:
        """Five digits, or nothing."""
        if field.data and not _POSTCODE.fullmatch(field.data):
            raise ValidationError("Un code postal a cinq chiffres.")


class DetailsForm(ChecksPerson, Form):
    """What a person says of themselves; all but the name may stay empty."""

    prenom = StringField(
        "Prénom",
        filters=[cleaned],
        validators=[InputRequired("Écrivez votre prénom."), Length(1, LONGEST_NAME, "Écrivez votre prénom.")],
    )
    nom = StringField(
        "Nom",
        filters=[cleaned],
        validators=[InputRequired("Écrivez votre nom."), Length(1, LONGEST_NAME, "Écrivez votre nom.")],
    )
    naissance = DateField(
        "Date de naissance (facultatif)",
        validators=[Optional()],
        description="Elle dit si vous êtes mineur\u00a0: la loi protège alors davantage.",
    )
    code_postal = StringField("Code postal (facultatif)", filters=[cleaned])
    situation = SelectField(
        "Votre situation (facultatif)",
        choices={"": "Je ne le dis pas"} | {status.value: status.label for status in Status},
    )
    niveau = SelectField("Votre diplôme le plus élevé (facultatif)", choices=LEVELS)
    souhait = TextAreaField(
        "La formation que vous aimeriez suivre (facultatif)",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WISH, message="C’est trop long\u00a0: 500 signes au plus.")],
    )


def check_birth_date(day: date) -> None:
    """Raises ValidationError for a day in the future, or more than 110 years ago."""
    today = clock.today()
    if day >= today:
        raise ValidationError("Cette date de naissance est dans le futur.")
    if today.year - day.year > _OLDEST:
        raise ValidationError("Vérifiez l’année de naissance.")
