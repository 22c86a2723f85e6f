"""The form of a person who is new to an organisation: an e-mail address and a telephone number may both be missing."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from traitdunion.accounts.forms import LEVELS, LONGEST_NAME, ChecksPerson
from traitdunion.accounts.models import Status
from traitdunion.core.forms import DateField, EmailField, Form, PhoneField, cleaned
from traitdunion.prescribers.duplicates import Described


class PersonForm(ChecksPerson, Form):
    """Who it is, and where to write."""

    prenom = StringField(
        "Prénom",
        filters=[cleaned],
        validators=[InputRequired("Écrivez son prénom."), Length(1, LONGEST_NAME, "Écrivez son prénom.")],
    )
    nom = StringField(
        "Nom",
        filters=[cleaned],
        validators=[InputRequired("Écrivez son nom."), Length(1, LONGEST_NAME, "Écrivez son nom.")],
    )
    naissance = DateField(
        "Date de naissance",
        validators=[InputRequired("Écrivez sa date de naissance.")],
        description="Elle distingue les homonymes, et dit si la personne est mineure.",
    )
    code_postal = StringField("Code postal (facultatif)", filters=[cleaned])
    email = EmailField("E-mail (facultatif)")
    telephone = PhoneField("Téléphone portable (facultatif)", is_mobile=True)
    situation = SelectField(
        "Situation (facultatif)",
        choices={"": "Non précisée"} | {status.value: status.label for status in Status},
        default="",
    )
    niveau = SelectField("Diplôme le plus élevé (facultatif)", choices={**LEVELS, "": "Non précisé"}, default="")

    @property
    def described(self) -> Described:
        """What was typed, once it is valid."""
        return Described(
            given_name=self.prenom.data or "",
            family_name=self.nom.data or "",
            birth_date=self.naissance.data,
            email=self.email.data or None,
            phone=self.telephone.data or None,
            postcode=self.code_postal.data or None,
            status=self.situation.data or None,
            level=int(self.niveau.data) if self.niveau.data else None,
        )
