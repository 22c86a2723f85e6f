"""The forms of referrals, consents and short codes."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from traitdunion.core.forms import DateField, Form, cleaned
from traitdunion.prescribers import referrals, short_codes
from traitdunion.prescribers.kinds import ConsentMeans, DeclineReason

LONGEST_WORD = 300
"""It travels by SMS as well."""
_TOO_LONG = f"C’est trop long\u00a0: {LONGEST_WORD} signes au plus."


class ProposalForm(Form):
    """What goes with the slots that a prescriber proposes."""

    mot = TextAreaField(
        "Un mot pour ces personnes (facultatif)",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WORD, message=_TOO_LONG)],
        description="Chaque personne le lit, seule, dans son message.",
    )


class AnswerForm(Form):
    """What a person answers; the reason is asked of those who say no, the birth date where it is not known."""

    raison = RadioField(
        "Pourquoi\u202f?",
        choices={reason.value: reason.label for reason in DeclineReason},
        validators=[Optional()],
        default=DeclineReason.DATES.value,
    )
    mot = TextAreaField(
        "Un mot pour la personne qui vous accompagne (facultatif)",
        filters=[cleaned],
        validators=[Length(max=LONGEST_WORD, message=_TOO_LONG)],
    )
    naissance = DateField("Votre date de naissance", validators=[Optional()])

    @property
    def reason(self) -> DeclineReason:
        """The reason that was chosen; another one where the value is none of ours."""
        return DeclineReason(self.raison.data) if self.raison.data in set(DeclineReason) else DeclineReason.OTHER


class CodeForm(Form):
    """The code of a sheet of paper, and the birth date of whom it was given to."""

    code = StringField(
        "Le code de votre feuille",
        filters=[cleaned],
        validators=[InputRequired("Écrivez le code de votre feuille."), Length(max=40, message="C’est trop long.")],
        description=f"{referrals.CODE_LENGTH} lettres et chiffres, par exemple K7PM-4RTX.",
    )
    naissance = DateField(
        "Votre date de naissance",
        validators=[InputRequired("Écrivez votre date de naissance.")],
        description="Jour, mois, année.",
    )

    def validate_code(self, field: StringField) -> None:
        """Tells what to correct before anything is looked for."""
        try:
            field.data = short_codes.read(field.data or "")
        except short_codes.CodeRefused as refusal:
            raise ValidationError(str(refusal)) from None


class ConsentForm(Form):
    """When and how a person consented; the words are those of the page."""

    moyen = RadioField(
        "Comment l’accord a été donné",
        choices={means.value: means.label for means in ConsentMeans},
        validators=[InputRequired("Dites comment l’accord a été donné.")],
    )
    jour = DateField("Quand", validators=[InputRequired("Écrivez le jour où l’accord a été donné.")])
