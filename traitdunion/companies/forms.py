"""The forms about companies and their members."""

import re
from typing import Any

from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length

from traitdunion.companies import siret
from traitdunion.companies.companies import Described
from traitdunion.companies.siret import SiretRefused
from traitdunion.core.forms import EmailField, Form, Trap, cleaned

_LONGEST = 200


class SiretField(StringField):
    """Fourteen digits, typed in any usual way; kept as typed when they are wrong."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = cleaned(valuelist[0]) if valuelist else ""
        if self.data:
            try:
                self.data = siret.read(self.data)
            except SiretRefused as refusal:
                raise ValueError(str(refusal)) from None


class CompanyForm(Trap):
    """The establishment to register; `is_described` asks for what the register could not tell."""

    siret = SiretField(
        "SIRET de votre établissement",
        description="14\u00a0chiffres, sur un bulletin de paie ou le Kbis. Les espaces ne gênent pas.",
        validators=[InputRequired("Écrivez le SIRET de votre établissement\u00a0: 14\u00a0chiffres.")],
    )
    nom = StringField("Nom de l’établissement", filters=[cleaned], validators=[Length(max=_LONGEST)])
    adresse = StringField("Numéro et rue (facultatif)", filters=[cleaned], validators=[Length(max=_LONGEST)])
    code_postal = StringField("Code postal", filters=[cleaned])
    ville = StringField("Ville", filters=[cleaned], validators=[Length(max=_LONGEST)])

    @property
    def described(self) -> Described | None:
        """What the person says of the establishment; None while something is missing."""
        postcode = "".join((self.code_postal.data or "").split())
        if not self.nom.data or not self.ville.data or not postcode:
            return None
        return Described(name=self.nom.data, address=self.adresse.data or None, postcode=postcode, city=self.ville.data)

    def ask_for_missing(self) -> None:
        """Says, beside each field of the description that is empty, what to write."""
        asked = {
            "nom": "Indiquez le nom de l’établissement.",
            "code_postal": "Indiquez le code postal.",
            "ville": "Indiquez la ville.",
        }
        for name, message in asked.items():
            if not self[name].data:
                self[name].errors = [message]

    def validate_code_postal(self, field: StringField) -> None:
        """Five digits, or nothing."""
        if field.data and not re.fullmatch(r"[0-9]{5}", "".join(field.data.split())):
            raise ValidationError("Un code postal a 5\u00a0chiffres.")


class InvitationForm(Form):
    """Whom to invite."""

    email = EmailField(
        "E-mail de votre collègue",
        description="Cette personne recevra un lien, valable 14\u00a0jours.",
        validators=[InputRequired("Écrivez l’e-mail de la personne à inviter.")],
    )


class CodeForm(Form):
    """The code of the letter."""

    code = StringField(
        "Code reçu par courrier",
        description="8\u00a0lettres et chiffres. Cinq essais.",
        filters=[cleaned],
        validators=[InputRequired("Écrivez le code de la lettre."), Length(max=40, message="Ce code est trop long.")],
    )
