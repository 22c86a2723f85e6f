"""The contact form."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from wtforms import Field, Form, SelectField, StringField, TextAreaField
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Length, ValidationError

from traitdunion.about.models import Subject

if TYPE_CHECKING:
    from _typeshed import SupportsItems

LONGEST_BODY = 5_000
LONGEST_REPLY_TO = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_TELEPHONE = re.compile(r"\+?(?:[\s.()-]*\d){9,15}[\s.]*")


def _cleaned(typed: str | None) -> str:
    """Without control signs, which PostgreSQL or an operator's terminal would take amiss, lines kept."""
    lines = unicodedata.normalize("NFC", typed or "").splitlines()
    return "\n".join("".join(sign if sign.isprintable() else " " for sign in line) for line in lines).strip()


class ContactForm(Form):
    """Subject, message, and where to answer; `website` is a trap that people do not see and robots fill in."""

    class Meta(DefaultMeta):
        locales = ("fr_FR", "fr")

        def render_field(self, field: Field, render_kw: "SupportsItems[str, Any]") -> Markup:
            """Ties the hint and the errors of a field to it, for those who do not see the page."""
            attributes = dict(render_kw.items())
            described = [f"{field.id}-aide"] if field.description else []
            if field.errors:
                attributes["aria-invalid"] = "true"
                described.append(f"{field.id}-erreur")
            if described:
                attributes["aria-describedby"] = " ".join(described)
            return super().render_field(field, attributes)

    sujet = SelectField(
        "De quoi s’agit-il\u202f?",
        choices={subject.value: subject.label for subject in Subject},
        default=Subject.QUESTION.value,
    )
    message = TextAreaField(
        "Votre message",
        filters=[_cleaned],
        validators=[
            InputRequired("Écrivez votre message."),
            Length(min=1, message="Écrivez votre message."),
            Length(max=LONGEST_BODY, message="Votre message est trop long\u00a0: 5\u202f000 signes au plus."),
        ],
        description="N’y mettez ni numéro de sécurité sociale ni information de santé.",
    )
    reponse = StringField(
        "Votre e-mail ou votre téléphone (facultatif)",
        filters=[_cleaned],
        validators=[Length(max=LONGEST_REPLY_TO, message="Cette adresse est trop longue.")],
        description="Sans lui, nous lirons votre message mais ne pourrons pas y répondre. "
        "Exemples\u00a0: prenom@exemple.fr ou 03\u00a000\u00a000\u00a000\u00a000.",
    )
    website = StringField("Ne remplissez pas ce champ")

    def validate_reponse(self, field: StringField) -> None:
        """An e-mail address or a telephone number, or nothing."""
        if field.data and not (_EMAIL.fullmatch(field.data) or _TELEPHONE.fullmatch(field.data)):
            raise ValidationError(
                "Ce n’est ni une adresse e-mail ni un numéro de téléphone. Corrigez, ou laissez ce champ vide."
            )

    @property
    def is_trapped(self) -> bool:
        """A robot filled in what people do not see."""
        return bool(self.website.data)
