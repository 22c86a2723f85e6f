"""The forms about prescriber organisations: asking for one, what it says of itself, its delegation, its members."""

import re
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from traitdunion.companies.forms import SiretField
from traitdunion.core.forms import DateField, EmailField, Form, PhoneField, Trap, cleaned
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.organisations import Details

_LONGEST = 200
_LONGEST_TEXT = 20_000
_LONGEST_PROOF = 2_000
LONGEST_WORD = 500
_POSTCODE = re.compile(r"\d{5}")
_DELEGATORS = {kind.value: kind.label for kind in OrganisationKind if kind.may_delegate}
_SAID = "delegant_nom", "numero", "debut", "fin"


class DetailsForm(Form):
    """What an organisation says of itself."""

    nom = StringField(
        "Nom de l’organisme",
        filters=[cleaned],
        validators=[InputRequired("Écrivez le nom de l’organisme."), Length(max=_LONGEST)],
    )
    genre = SelectField("C’est", choices={kind.value: kind.label for kind in OrganisationKind})
    siret = SiretField("SIRET (facultatif)", description="14\u00a0chiffres. Les espaces ne gênent pas.")
    forme = StringField(
        "Forme juridique (facultatif)",
        description="Par exemple\u00a0: association, établissement public. Les conventions la demandent.",
        filters=[cleaned],
        validators=[Length(max=_LONGEST)],
    )
    adresse = StringField("Numéro et rue (facultatif)", filters=[cleaned], validators=[Length(max=_LONGEST)])
    code_postal = StringField("Code postal", filters=[cleaned], validators=[InputRequired("Indiquez le code postal.")])
    ville = StringField(
        "Ville", filters=[cleaned], validators=[InputRequired("Indiquez la ville."), Length(max=_LONGEST)]
    )
    email = EmailField("E-mail de l’organisme", validators=[InputRequired("Écrivez un e-mail où vous joindre.")])
    telephone = PhoneField("Téléphone (facultatif)")
    zone = TextAreaField(
        "Les communes et codes postaux que vous suivez",
        description="Un par ligne. Le nom d’un département suffit pour toutes ses communes.",
        filters=[cleaned],
        validators=[
            InputRequired("Écrivez au moins une commune, un code postal ou un département."),
            Length(max=_LONGEST_TEXT, message="C’est trop long\u00a0: écrivez plutôt le nom du département."),
        ],
    )

    def validate_code_postal(self, field: StringField) -> None:
        """Five digits."""
        if not _POSTCODE.fullmatch("".join((field.data or "").split())):
            raise ValidationError("Un code postal a 5\u00a0chiffres.")

    @property
    def kind(self) -> OrganisationKind:
        """What was chosen."""
        return OrganisationKind(self.genre.data)

    @property
    def details(self) -> Details:
        """What may be stored."""
        return Details(
            name=self.nom.data or "",
            kind=self.kind,
            siret=self.siret.data or None,
            legal_form=self.forme.data or None,
            address=self.adresse.data or None,
            postcode="".join((self.code_postal.data or "").split()),
            city=self.ville.data or "",
            email=self.email.data or None,
            phone=self.telephone.data or None,
        )


class DelegationForm(Form):
    """The delegation of another body; all of it may stay empty where the law already gives the right."""

    delegant = SelectField("Qui vous délègue la prescription", choices=_DELEGATORS)
    delegant_nom = StringField(
        "Son nom",
        description="Par exemple\u00a0: l’agence qui a signé.",
        filters=[cleaned],
        validators=[Length(max=_LONGEST)],
    )
    numero = StringField("Numéro de la convention de délégation", filters=[cleaned], validators=[Length(max=_LONGEST)])
    debut = DateField("Premier jour", validators=[Optional()])
    fin = DateField("Dernier jour", validators=[Optional()])

    @property
    def is_said(self) -> bool:
        """Something of it was written."""
        return any(self[name].data for name in _SAID)

    @property
    def said(self) -> dict[str, Any]:
        """What `delegations.declare` asks for."""
        return {
            "delegator": OrganisationKind(self.delegant.data),
            "delegator_name": self.delegant_nom.data or "",
            "number": self.numero.data or "",
            "starts_on": self.debut.data,
            "ends_on": self.fin.data,
        }

    def ask_for_missing(self) -> bool:
        """Says beside each field that is empty what to write; whether one was."""
        asked = {
            "delegant_nom": "Écrivez le nom de qui vous délègue.",
            "numero": "Écrivez le numéro de la convention.",
            "debut": "Indiquez le premier jour.",
            "fin": "Indiquez le dernier jour.",
        }
        missing = [name for name in _SAID if not self[name].data and not self[name].errors]
        for name in missing:
            self[name].errors = [asked[name]]
        return bool(missing)


class RequestForm(DetailsForm, DelegationForm, Trap):
    """A new organisation, and its proof."""

    preuve = TextAreaField(
        "Ce qui montre que vous prescrivez",
        description="Une phrase, l’adresse d’une page, un numéro d’agrément ou de convention. Notre équipe la lit.",
        filters=[cleaned],
        validators=[
            InputRequired("Dites en une phrase ce qui le montre."),
            Length(max=_LONGEST_PROOF, message="C’est trop long\u00a0: 2\u202f000\u00a0signes au plus."),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A delegation too, from those that the law does not name."""
        is_good = super().validate(extra_validators)
        if not self.genre.errors and (self.is_said or not self.kind.prescribes_by_right):
            is_good = not self.ask_for_missing() and is_good
        return is_good


class InvitationForm(Form):
    """Whom to invite."""

    email = EmailField(
        "E-mail de votre collègue",
        description="Son adresse professionnelle\u00a0: elle seule ouvrira l’espace. Lien valable 14\u00a0jours.",
        validators=[InputRequired("Écrivez l’e-mail de la personne à inviter.")],
    )
    fonction = StringField(
        "Sa fonction (facultatif)",
        description="Par exemple\u00a0: conseillère en insertion.",
        filters=[cleaned],
        validators=[Length(max=_LONGEST)],
    )


class LeavingForm(Form):
    """Who takes the people over."""

    reprise = SelectField("Qui reprend les personnes suivies", coerce=int)


class DecisionForm(Form):
    """The word of an operator."""

    mot = TextAreaField(
        "Un mot pour l’organisme",
        description="Il le lira. Obligatoire pour refuser ou fermer.",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WORD, message=f"{LONGEST_WORD}\u00a0signes au plus.")],
    )


class RoutingForm(Form):
    """Which organisation signs for the person who answers; 0: none."""

    organisme = RadioField("Votre organisme", coerce=int)
