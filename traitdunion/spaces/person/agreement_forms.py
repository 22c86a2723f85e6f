"""What the person adds to the draft of an agreement, step by step; each form reads the terms and writes them."""

from dataclasses import replace
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from traitdunion.accounts.forms import LONGEST_NAME, ChecksPerson
from traitdunion.accounts.models import Status as Situation
from traitdunion.agreements import agreements
from traitdunion.agreements.kinds import Objective, PartyRole
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.parties import Reach
from traitdunion.agreements.snapshot import Emergency, Employer, Representative, Terms
from traitdunion.companies import siret
from traitdunion.core.forms import DateField, EmailOrPhoneField, Form, PhoneField, cleaned

LONGEST_ADDRESS, LONGEST_TEXT = 300, 2_000
_SITUATIONS = {situation.label: situation for situation in Situation}
_NAME = Length(1, LONGEST_NAME, "80\u00a0signes au plus.")
_TEXT = Length(max=LONGEST_TEXT, message="C’est trop long\u00a0: 2\u00a0000 signes au plus.")


class StepForm(Form):
    """A step: `of` gives what is known, `terms` and `reaches` what becomes of it."""

    @staticmethod
    def of(terms: Terms, agreement: Agreement) -> dict[str, Any]:
        """The values of the fields."""
        raise NotImplementedError

    def terms(self, before: Terms) -> Terms:
        """The terms with what was typed."""
        raise NotImplementedError

    def reaches(self) -> dict[PartyRole, Reach]:
        """The addresses that were typed, by party."""
        return {}

    def keep_what_is_right(self, known: dict[str, Any]) -> None:
        """What was typed wrong, or not yet, is what was `known` again: for what is saved while somebody types."""
        for name in self.errors:
            if name is not None and name in self:
                self[name].data = known.get(name)


class PersonForm(ChecksPerson, StepForm):
    """Who does the immersion (D. 5135-3, 2°)."""

    prenom = StringField("Prénom", filters=[cleaned], validators=[InputRequired("Écrivez votre prénom."), _NAME])
    nom = StringField("Nom", filters=[cleaned], validators=[InputRequired("Écrivez votre nom."), _NAME])
    naissance = DateField("Date de naissance", validators=[InputRequired("Indiquez votre date de naissance.")])
    adresse = StringField(
        "Adresse",
        filters=[cleaned],
        validators=[InputRequired("Écrivez votre adresse."), Length(max=LONGEST_ADDRESS)],
        description="Numéro, rue, code postal, ville.",
    )
    situation = SelectField(
        "Votre situation",
        choices={"": "Choisissez"} | {situation.value: situation.label for situation in Situation},
        validators=[InputRequired("Choisissez votre situation.")],
    )
    rsa = RadioField(
        "Recevez-vous le RSA\u202f?",
        choices={"oui": "Oui", "non": "Non"},
        validators=[InputRequired("Répondez par oui ou par non.")],
    )
    employeur = StringField(
        "Nom de votre employeur (si vous êtes salarié)",
        filters=[cleaned],
        validators=[Length(max=LONGEST_ADDRESS)],
        description="Il signe aussi la convention.",
    )
    employeur_siret = StringField("Son numéro SIRET (facultatif)", filters=[cleaned])
    employeur_adresse = StringField(
        "Son adresse (facultatif)", filters=[cleaned], validators=[Length(max=LONGEST_ADDRESS)]
    )
    poste = StringField("Votre poste (facultatif)", filters=[cleaned], validators=[Length(max=LONGEST_ADDRESS)])
    employeur_contact = EmailOrPhoneField("E-mail ou portable de la personne qui signe pour lui")

    def validate_employeur(self, field: StringField) -> None:
        """Who is employed says by whom."""
        if self._is_employed and not field.data:
            raise ValidationError("Écrivez le nom de votre employeur.")

    def validate_employeur_siret(self, field: StringField) -> None:
        """Fourteen digits that go together, or nothing."""
        if field.data and self._is_employed:
            try:
                field.data = siret.read(field.data)
            except siret.SiretRefused as refusal:
                raise ValidationError(str(refusal)) from None

    def validate_employeur_contact(self, field: EmailOrPhoneField) -> None:
        """Who signs is written to."""
        if self._is_employed and not field.data:
            raise ValidationError("Écrivez l’e-mail ou le portable de la personne qui signe.")

    @staticmethod
    def of(terms: Terms, agreement: Agreement) -> dict[str, Any]:
        """What is known of the person."""
        one, employer = terms.beneficiary, terms.beneficiary.employer
        situation = _SITUATIONS.get(one.situation or "")
        signs = agreements.party(agreement, PartyRole.EMPLOYER)
        return {
            "prenom": one.given_name,
            "nom": one.family_name,
            "naissance": one.birth_date,
            "adresse": one.address or "",
            "situation": situation.value if situation else "",
            "rsa": None if one.receives_rsa is None else "oui" if one.receives_rsa else "non",
            "employeur": employer.name if employer else "",
            "employeur_siret": (employer.siret or "") if employer else "",
            "employeur_adresse": (employer.address or "") if employer else "",
            "poste": (employer.job or "") if employer else "",
            "employeur_contact": (signs.email or signs.phone or "") if signs else "",
        }

    def terms(self, before: Terms) -> Terms:
        """The person as they say they are."""
        employer = Employer(
            name=self.employeur.data or "",
            siret=self.employeur_siret.data or None,
            address=self.employeur_adresse.data or None,
            job=self.poste.data or None,
        )
        person = replace(
            before.beneficiary,
            given_name=self.prenom.data or "",
            family_name=self.nom.data or "",
            birth_date=self.naissance.data,
            address=self.adresse.data or None,
            situation=Situation(self.situation.data).label if self.situation.data else None,
            receives_rsa=self.rsa.data == "oui" if self.rsa.data else None,
            employer=employer if self._is_employed and employer.name else None,
        )
        return replace(before, beneficiary=person)

    def reaches(self) -> dict[PartyRole, Reach]:
        """The employer's."""
        contact = self.employeur_contact
        if not self._is_employed or not contact.data:
            return {}
        return {PartyRole.EMPLOYER: Reach(email=contact.email, phone=contact.phone)}

    @property
    def _is_employed(self) -> bool:
        return bool(self.situation.data == Situation.EMPLOYEE)


class ObjectiveForm(StepForm):
    """What the immersion is for (D. 5135-3, 5°, and L. 5135-1)."""

    objet = RadioField(
        "Cette immersion sert à",
        choices={one.value: one.label for one in Objective},
        validators=[InputRequired("Choisissez une des trois réponses.")],
    )
    buts = TextAreaField(
        "Ce que vous voulez découvrir ou vérifier",
        filters=[cleaned],
        validators=[InputRequired("Écrivez une phrase, avec vos mots."), _TEXT],
        description="Exemple\u00a0: voir si le rythme et les gestes me conviennent avant de demander la formation.",
    )
    evaluation = TextAreaField(
        "Comment saurez-vous si c’est réussi\u202f?",
        filters=[cleaned],
        validators=[InputRequired("Écrivez une phrase."), _TEXT],
        description="Vous pouvez garder cette réponse.",
    )

    @staticmethod
    def of(terms: Terms, agreement: Agreement) -> dict[str, Any]:  # noqa: ARG004 — as every step
        """What was said before."""
        return {
            "objet": terms.objective.value if terms.objective else None,
            "buts": terms.goals or "",
            "evaluation": terms.assessment or "",
        }

    def terms(self, before: Terms) -> Terms:
        """The objective, in the law's words and in the person's."""
        objective = Objective(self.objet.data) if self.objet.data else None
        return replace(
            before, objective=objective, goals=self.buts.data or None, assessment=self.evaluation.data or None
        )


class EmergencyForm(StepForm):
    """Whom to call."""

    nom = StringField(
        "Nom de la personne à prévenir", filters=[cleaned], validators=[InputRequired("Écrivez son nom."), _NAME]
    )
    telephone = PhoneField("Son téléphone", validators=[InputRequired("Écrivez son téléphone.")])

    @staticmethod
    def of(terms: Terms, agreement: Agreement) -> dict[str, Any]:  # noqa: ARG004 — as every step
        """What was said before."""
        one = terms.emergency
        return {"nom": one.name if one else "", "telephone": one.phone if one else ""}

    def terms(self, before: Terms) -> Terms:
        """Whom to call."""
        if not self.nom.data or not self.telephone.data:
            return before
        return replace(before, emergency=Emergency(name=self.nom.data, phone=self.telephone.data))


class RepresentativeForm(StepForm):
    """Who signs with somebody under 18."""

    prenom = StringField("Son prénom", filters=[cleaned], validators=[InputRequired("Écrivez son prénom."), _NAME])
    nom = StringField("Son nom", filters=[cleaned], validators=[InputRequired("Écrivez son nom."), _NAME])
    lien = StringField(
        "Qui est-ce pour vous\u202f?",
        filters=[cleaned],
        validators=[InputRequired("Écrivez par exemple «\u00a0ma mère\u00a0»."), _NAME],
        description="Exemples\u00a0: ma mère, mon père, ma tutrice.",
    )
    contact = EmailOrPhoneField(
        "Son e-mail ou son portable",
        validators=[InputRequired("Écrivez son e-mail ou son portable.")],
        description="Différent du vôtre\u00a0: cette personne y reçoit un code pour signer.",
    )
    contact_autre = EmailOrPhoneField("Une autre façon de la joindre (facultatif)", validators=[Optional()])

    @staticmethod
    def of(terms: Terms, agreement: Agreement) -> dict[str, Any]:
        """What was said before."""
        one, signs = terms.representative, agreements.party(agreement, PartyRole.REPRESENTATIVE)
        contacts = [said for said in (signs.email, signs.phone) if said] if signs else []
        return {
            "prenom": one.given_name if one else "",
            "nom": one.family_name if one else "",
            "lien": one.link if one else "",
            "contact": contacts[0] if contacts else "",
            "contact_autre": contacts[1] if len(contacts) > 1 else "",
        }

    def terms(self, before: Terms) -> Terms:
        """Who signs too."""
        if not self.prenom.data or not self.nom.data:
            return before
        named = Representative(given_name=self.prenom.data, family_name=self.nom.data, link=self.lien.data or "")
        return replace(before, representative=named)

    def reaches(self) -> dict[PartyRole, Reach]:
        """One address or two."""
        one, two = self.contact, self.contact_autre
        if not one.data and not two.data:
            return {}
        return {PartyRole.REPRESENTATIVE: Reach(email=one.email or two.email, phone=one.phone or two.phone)}
