"""The contact form."""

import re

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from traitdunion.about.models import Subject
from traitdunion.core.forms import Trap, cleaned

LONGEST_BODY = 5_000
LONGEST_REPLY_TO = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_TELEPHONE = re.compile(r"\+?(?:[\s.()-]*\d){9,15}[\s.]*")


class ContactForm(Trap):
    """Subject, message, and where to answer."""

    sujet = SelectField(
        "De quoi s’agit-il\u202f?",
        choices={subject.value: subject.label for subject in Subject},
        default=Subject.QUESTION.value,
    )
    message = TextAreaField(
        "Votre message",
        filters=[cleaned],
        validators=[
            InputRequired("Écrivez votre message."),
            Length(min=1, message="Écrivez votre message."),
            Length(max=LONGEST_BODY, message="Votre message est trop long\u00a0: 5\u202f000 signes au plus."),
        ],
        description="N’y mettez ni numéro de sécurité sociale ni information de santé.",
    )
    reponse = StringField(
        "Votre e-mail ou votre téléphone (facultatif)",
        filters=[cleaned],
        validators=[Length(max=LONGEST_REPLY_TO, message="Cette adresse est trop longue.")],
        description="Sans lui, nous lirons votre message mais ne pourrons pas y répondre. "
        "Exemples\u00a0: prenom@exemple.fr ou 03\u00a000\u00a000\u00a000\u00a000.",
    )

    def validate_reponse(self, field: StringField) -> None:
        """An e-mail address or a telephone number, or nothing."""
        if field.data and not (_EMAIL.fullmatch(field.data) or _TELEPHONE.fullmatch(field.data)):
            raise ValidationError(
                "Ce n’est ni une adresse e-mail ni un numéro de téléphone. Corrigez, ou laissez ce champ vide."
            )
